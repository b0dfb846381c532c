"""The sending policy: which lines may go into packs without a steward.

Belongs here: setting, revoking and reading it. Does not: which lines there are and what keeps them back
(`ledger.packs.routing`), the sample (`ledger.packs.sample`).

It is kept in the ledger and nowhere else, so that who set it, when and why cannot be lost. Nothing is sent before an
approver sets the first one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from ledger.audit import Entry, append
from ledger.decisions.errors import DecisionError
from ledger.decisions.ledger import Ledger
from ledger.decisions.users import require_active
from ledger.desk.accounts import find_account
from ledger.owners import UnknownOwnerError, owner_title
from ledger.packs.metadata import sending_policies
from warehouse.tables.titles import FIELD_TITLES

LEAST_CONFIDENCE: Final = (0.95, 0.9999)
SAMPLED_SHARE: Final = (0.01, 1.0)
"""The bounds of both settings. Without a sample nobody would know how often the policy is wrong."""
ID_DIGITS: Final = 16


@dataclass(frozen=True)
class PolicyTerms:
    """What an approver sets.

    Attributes:
        owners: whose packs lines may go into; empty: all.
        fields: what lines may be about; empty: anything.
        least_confidence: how sure the register must be that the source is wrong.
        sampled_share: the share of lines that two stewards check first.
    """

    owners: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    least_confidence: float = 0.995
    sampled_share: float = 0.05

    def checked(self) -> "PolicyTerms":
        """The terms with their lists in order.

        Raises:
            DecisionError: an owner or a field is on no list, or a number is out of bounds.
        """
        for owner in self.owners:
            try:
                owner_title(owner)
            except UnknownOwnerError as error:
                raise DecisionError(str(error)) from error
        unknown = sorted(set(self.fields) - set(FIELD_TITLES))
        if unknown:
            raise DecisionError(f"no discrepancy is about {', '.join(unknown)}: use {', '.join(sorted(FIELD_TITLES))}")
        for words, number, (least, most) in (
            ("the least confidence", self.least_confidence, LEAST_CONFIDENCE),
            ("the sampled share", self.sampled_share, SAMPLED_SHARE),
        ):
            if not least <= number <= most:
                raise DecisionError(f"{words} must be between {least} and {most}, not {number}")
        return replace(self, owners=tuple(sorted(set(self.owners))), fields=tuple(sorted(set(self.fields))))


@dataclass(frozen=True)
class SendingPolicy:
    """A policy as it was set, or the end of one.

    Attributes:
        policy_id: a digest of all that it says.
    """

    policy_id: str
    is_on: bool
    terms: PolicyTerms
    reason: str
    set_by: str
    set_at: datetime


def set_policy(ledger: Ledger, terms: PolicyTerms, *, by: str, at: datetime, reason: str) -> SendingPolicy:
    """Let lines go without a steward from now on, in place of what was in force.

    Raises:
        DecisionError: nobody of that name is an approver, there is no reason, or the terms can't be.
    """
    return _append(ledger, terms.checked(), is_on=True, by=by, at=at, reason=reason)


def revoke_policy(ledger: Ledger, *, by: str, at: datetime, reason: str) -> SendingPolicy:
    """Stop sending these lines without a steward.

    Raises:
        DecisionError: nobody of that name is an approver, there is no reason, or no policy is in force.
    """
    former = policy_in_force(ledger)
    if former is None:
        raise DecisionError("no sending policy is in force: there is nothing to revoke")
    return _append(ledger, former.terms, is_on=False, by=by, at=at, reason=reason)


def read_policies(ledger: Ledger) -> tuple[SendingPolicy, ...]:
    """Every policy that was set or revoked, the first one first."""
    with ledger.database.reading() as connection:
        return _read(connection)


def policy_in_force(ledger: Ledger) -> SendingPolicy | None:
    """The policy that lets lines go now; None: nothing goes without a steward."""
    known = read_policies(ledger)
    return known[-1] if known and known[-1].is_on else None


def _append(ledger: Ledger, terms: PolicyTerms, *, is_on: bool, by: str, at: datetime, reason: str) -> SendingPolicy:
    words = reason.strip()
    if not words or not words.isprintable():
        raise DecisionError("a sending policy needs a reason: a printable text")
    with ledger.database.writing() as connection:
        _require_approver(connection, by)
        known = _read(connection)
        if known and at <= known[-1].set_at:  # clocks of two writers differ; the last one is in force
            at = known[-1].set_at + timedelta(microseconds=1)
        row = {
            "owners": json.dumps(terms.owners),
            "fields": json.dumps(terms.fields),
            "least_confidence": terms.least_confidence,
            "sampled_share": terms.sampled_share,
        } | {"is_on": is_on, "reason": words, "set_by": by, "set_at": at}
        said = json.dumps([str(row[name]) for name in sorted(row)])
        row["policy_id"] = f"POL-{hashlib.sha256(said.encode()).hexdigest()[:ID_DIGITS].upper()}"
        connection.execute(sa.insert(sending_policies).values(**row))
        append(connection, [Entry(at, by, "alteration", {"sending_policy": row["policy_id"], "is_on": is_on}, words)])
    return _policy(row)


def _require_approver(connection: sa.Connection, name: str) -> None:
    require_active(connection, name)
    account = find_account(connection, name)
    if account is None or account.role != "approver" or account.forces is not None:
        raise DecisionError(
            f"{name!r} is not an approver of all forces: only an account with that role sets what may be sent"
        )


def _read(connection: sa.Connection) -> tuple[SendingPolicy, ...]:
    ordered = sa.select(sending_policies).order_by(sending_policies.c.set_at, sending_policies.c.policy_id)
    rows: Sequence[Any] = connection.execute(ordered).mappings().all()
    return tuple(map(_policy, rows))


def _policy(row: Any) -> SendingPolicy:
    terms = PolicyTerms(
        tuple(json.loads(row["owners"])),
        tuple(json.loads(row["fields"])),
        row["least_confidence"],
        row["sampled_share"],
    )
    return SendingPolicy(row["policy_id"], row["is_on"], terms, row["reason"], row["set_by"], row["set_at"])
