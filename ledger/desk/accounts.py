"""Accounts of the desk: who may sign in, in which role, and whose records they see.

Belongs here: reading and writing `accounts`. Does not: passwords (`review.access.passwords`), sessions.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ledger.decisions.metadata import users
from ledger.desk.desk_tables import ROLES, accounts
from warehouse.codes import FORCE_CODES

NAME_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}", re.ASCII)
"""It is in addresses of pages and in the log as it is."""
RESERVED = frozenset({"operator"})
LOOK_ALIKE = str.maketrans("01i", "oll", "._-")
DECIDING_ROLES = frozenset({"steward", "approver"})


class AccountError(Exception):
    """An account can't be made or changed as asked; the message says why."""


@dataclass(frozen=True)
class Account:
    """Who may sign in.

    Attributes:
        role: what they may do, one of `ROLES`.
        forces: codes of the forces whose orders they see; None: all.
        password_hash: of local sign-in; None: by the identity provider alone.
        identity: `<issuer>|<subject>` of an identity provider.
        second_factor: the sealed secret of their one-time codes; None: they have not set it up.
        password_until: until when a password that another user chose opens the account; None: it is their own.
    """

    name: str
    role: str
    forces: frozenset[str] | None
    password_hash: str | None
    identity: str | None
    added_at: datetime
    disabled_at: datetime | None
    preferences: Mapping[str, Any]
    second_factor: str | None = None
    password_until: datetime | None = None


def all_accounts(connection: sa.Connection) -> tuple[Account, ...]:
    """All accounts, by name."""
    return tuple(_account(row) for row in connection.execute(sa.select(accounts).order_by(accounts.c.name)))


def find_account(connection: sa.Connection, name: str) -> Account | None:
    """The account of that name."""
    row = connection.execute(sa.select(accounts).where(accounts.c.name == name)).one_or_none()
    return None if row is None else _account(row)


def find_identity(connection: sa.Connection, identity: str) -> Account | None:
    """The account of a user whom an identity provider knows."""
    row = connection.execute(sa.select(accounts).where(accounts.c.identity == identity)).one_or_none()
    return None if row is None else _account(row)


def add_account(
    connection: sa.Connection,
    name: str,
    *,
    role: str,
    at: datetime,
    forces: Collection[str] | None = None,
    password_hash: str | None = None,
    password_until: datetime | None = None,
    identity: str | None = None,
) -> None:
    """Make an account; the ledger takes decisions of its user if the role decides.

    Raises:
        AccountError: the name is unfit, taken or looks like another, the role or a force is unknown, or the identity
            has an account.
    """
    if not NAME_FORM.fullmatch(name) or _appearance(name) in RESERVED:
        raise AccountError(
            "a user's name is made of letters, digits and . _ - @, begins with a letter or digit, has at most 100 "
            f"characters and is none of {', '.join(sorted(RESERVED))}"
        )
    looks = {_appearance(other): other for other in connection.execute(sa.select(accounts.c.name)).scalars()}
    if _appearance(name) in looks:
        raise AccountError(f"there is an account {looks[_appearance(name)]!r} already: names must not look alike")
    _require_identity(identity)
    if identity is not None and find_identity(connection, identity) is not None:
        raise AccountError("this identity has an account already")
    _require_role(role)
    _let_decide(connection, name, role=role, at=at)
    row = {"name": name, "role": role, "forces": _forces_text(forces), "password_hash": password_hash}
    given = {"password_until": password_until, "identity": identity}
    connection.execute(sa.insert(accounts).values(**row, **given, added_at=at, preferences="{}"))


def set_role(
    connection: sa.Connection, name: str, *, role: str, at: datetime, forces: Collection[str] | None = None
) -> None:
    """Give an account a role and the forces whose orders it sees (None: all).

    Raises:
        AccountError: there is no such account, role or force.
    """
    _require_role(role)
    _update(connection, name, role=role, forces=_forces_text(forces))
    _let_decide(connection, name, role=role, at=at)


def set_password_hash(connection: sa.Connection, name: str, password_hash: str, *, until: datetime | None) -> None:
    """Change the hash of a password, and until when it opens the account (None: its user chose it).

    Raises:
        AccountError: there is no such account.
    """
    _update(connection, name, password_hash=password_hash, password_until=until)


def set_identity(connection: sa.Connection, name: str, identity: str | None) -> None:
    """Let a user whom an identity provider knows sign in to an account.

    Raises:
        AccountError: there is no such account, the identity has another, or it does not say who knows the user.
    """
    _require_identity(identity)
    other = find_identity(connection, identity) if identity else None
    if other is not None and other.name != name:
        raise AccountError("this identity has an account already")
    _update(connection, name, identity=identity)


def _require_identity(identity: str | None) -> None:
    if identity is not None and not all(identity.partition("|")):
        raise AccountError(
            f"{identity!r} is no identity: give `os|<user>` for a user of this machine, or `<issuer>|<subject>`"
        )


def set_second_factor(connection: sa.Connection, name: str, sealed: str | None) -> None:
    """Keep the sealed secret of a user's one-time codes, or take it away.

    Raises:
        AccountError: there is no such account.
    """
    _update(connection, name, second_factor=sealed, second_factor_step=None)


def keep_resealed(connection: sa.Connection, name: str, sealed: str) -> None:
    """Keep the same secret, sealed again; a code that was taken stays taken."""
    _update(connection, name, second_factor=sealed)


def use_code(connection: sa.Connection, name: str, step: int) -> bool:
    """Note that the one-time code of a time step was taken; False if it, or a later one, was taken before."""
    last = sa.func.coalesce(accounts.c.second_factor_step, -1)
    unused = sa.update(accounts).where(accounts.c.name == name, last < step).values(second_factor_step=step)
    return connection.execute(unused).rowcount > 0


def set_preferences(connection: sa.Connection, name: str, preferences: Mapping[str, Any]) -> None:
    """Keep what a user set for themselves.

    Raises:
        AccountError: there is no such account.
    """
    _update(connection, name, preferences=json.dumps(preferences, sort_keys=True))


def set_disabled(connection: sa.Connection, name: str, *, is_disabled: bool, at: datetime) -> None:
    """Close an account, or open it again.

    Raises:
        AccountError: there is no such account.
    """
    _update(connection, name, disabled_at=at if is_disabled else None)
    account = find_account(connection, name)
    if account is not None:
        _let_decide(connection, name, role="" if is_disabled else account.role, at=at)


def _appearance(name: str) -> str:
    """What a name looks like at a glance: names of one appearance would be taken for one another."""
    plain = name.casefold().translate(LOOK_ALIKE)
    for pair, letter in (("rn", "m"), ("vv", "w"), ("cl", "d")):
        plain = plain.replace(pair, letter)
    return plain


def _update(connection: sa.Connection, name: str, **values: object) -> None:
    if not connection.execute(sa.update(accounts).where(accounts.c.name == name).values(**values)).rowcount:
        raise AccountError(f"there is no account {name!r}")


def _let_decide(connection: sa.Connection, name: str, *, role: str, at: datetime) -> None:
    """Make the ledger take decisions of a user just if the role decides, by whatever program they come."""
    retired_at = None if role in DECIDING_ROLES else at
    changed = connection.execute(sa.update(users).where(users.c.name == name).values(retired_at=retired_at))
    if not changed.rowcount:
        connection.execute(sa.insert(users).values(name=name, added_at=at, retired_at=retired_at))


def _require_role(role: str) -> None:
    if role not in ROLES:
        raise AccountError(f"there is no role {role!r}: use {', '.join(ROLES)}")


def _forces_text(forces: Collection[str] | None) -> str | None:
    if forces is None:
        return None
    unknown = sorted(set(forces) - set(FORCE_CODES))
    if unknown or not forces:
        raise AccountError(f"unknown force codes: {', '.join(unknown)}" if unknown else "choose forces, or all forces")
    return json.dumps(sorted(set(forces)))


def _account(row: sa.Row[Any]) -> Account:
    held = {part.name: getattr(row, part.name) for part in fields(Account)}
    forces = None if row.forces is None else frozenset(json.loads(row.forces))
    return Account(**held | {"forces": forces, "preferences": json.loads(row.preferences)})
