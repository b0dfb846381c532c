"""Which account a user has whom the identity provider knows, and what the provider says of their role.

Belongs here: from claims to an account. Does not: proving the claims (`review.access.oidc`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ledger.desk.accounts import Account, AccountError, add_account, find_identity, set_role
from ledger.desk.sessions import end_sessions_of
from review.access.audit_recorder import AuditRecorder
from review.access.oidc import IdentityError
from review.desk import Desk
from review.desk_settings import ALL_FORCES, OidcSettings

PROVIDER = "identity-provider"
"""Who is logged for what the provider's claims changed."""


@dataclass(frozen=True)
class ProviderRole:
    """What the provider says of a user: their role, and the forces whose orders they see (None: all)."""

    role: str
    forces: frozenset[str] | None


def find_provider_account(
    desk: Desk, recorder: AuditRecorder, claims: Mapping[str, Any], *, settings: OidcSettings
) -> Account:
    """The account of a user, brought to the role and the forces that the provider gives them.

    Raises:
        IdentityError: they have no account and get none, it is closed, or they have no role here.
    """
    identity = f"{settings.issuer}|{claims['sub']}"
    provided = provider_role(claims, settings)
    with desk.writing() as connection:
        account = find_identity(connection, identity)
        change = _bring_up(
            connection, account, claims, identity=identity, provided=provided, settings=settings, desk=desk
        )
        account = find_identity(connection, identity)
    if account is None or account.disabled_at is not None:
        raise IdentityError("there is no open account for this user")
    if change:
        recorder.note(*change, who=PROVIDER, what={"account": account.name, "change": "standing"})
    return account


def provider_role(claims: Mapping[str, Any], settings: OidcSettings) -> ProviderRole | None:
    """What the provider says of a user; None: the settings leave it to the administrator.

    The first role of the settings that one of the user's groups gives is theirs; forces add up.

    Raises:
        IdentityError: no group of theirs gives a role, or none gives forces.
    """
    if not settings.roles:
        return None
    claimed = claims.get(settings.roles_claim, [])
    groups = {claimed} if isinstance(claimed, str) else {group for group in claimed if isinstance(group, str)}
    role = next((role for group, role in settings.roles.items() if group in groups), None)
    if role is None:
        raise IdentityError("no group of this user gives a role")
    given = [forces for group, forces in settings.forces.items() if group in groups]
    if settings.forces and not given:
        raise IdentityError("no group of this user gives forces")
    sees_all = not settings.forces or ALL_FORCES in given
    return ProviderRole(role, None if sees_all else frozenset(code for codes in given for code in codes))


def _bring_up(
    connection: sa.Connection,
    account: Account | None,
    claims: Mapping[str, Any],
    *,
    identity: str,
    provided: ProviderRole | None,
    settings: OidcSettings,
    desk: Desk,
) -> tuple[str] | None:
    """Make or change the account as the provider says; the act to log, if anything was done."""
    if provided is None:
        return None
    at = desk.clock()
    if account is None and settings.makes_accounts:
        name = str(claims.get(settings.name_claim) or "")
        try:
            add_account(connection, name, role=provided.role, forces=provided.forces, identity=identity, at=at)
        except AccountError as error:
            raise IdentityError("no account can be made by the name that the provider gives") from error
        return ("collection",)
    if account is None or (account.role, account.forces) == (provided.role, provided.forces):
        return None
    set_role(connection, account.name, role=provided.role, forces=provided.forces, at=at)
    end_sessions_of(connection, account.name, at=at)
    return ("alteration",)
