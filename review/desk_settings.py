"""The settings of the desk, each with a default that works on one machine.

Belongs here: what an installation may choose. Does not: where settings are read from (`pipelines.settings`), secrets.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, IPvAnyNetwork, model_validator

from warehouse.codes import FORCE_CODES
from warehouse.server_url import LOOPBACK

ALL_FORCES = "all"
Role = Literal["viewer", "steward", "approver", "administrator"]
ForcesOfGroup = tuple[str, ...] | Literal["all"]
ReasonPolicy = Literal["off", "optional", "required"]


def _own_origin(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ValueError("expected https://host or https://host:port, without a path")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("plain http is for this machine only: use https")
    return origin.lower()


Origin = Annotated[str, AfterValidator(_own_origin)]


def _by_https(address: str) -> str:
    parts = urlsplit(address)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
        raise ValueError("expected an https address")
    return address


def _known_forces(forces: ForcesOfGroup) -> ForcesOfGroup:
    unknown = [] if forces == ALL_FORCES else sorted(set(forces) - set(FORCE_CODES))
    if unknown or not forces:
        raise ValueError(f"expected force codes, or {ALL_FORCES!r} for all forces")
    return forces


class OidcSettings(BaseModel):
    """An identity provider, by OpenID Connect. The desk's secret there comes from the environment alone."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    issuer: Annotated[str, AfterValidator(_by_https)]
    """The provider's address, as it calls itself."""
    client_id: Annotated[str, Field(min_length=1)]
    """The desk's name at the provider."""
    required_acr: tuple[str, ...] = ()
    """How users must have signed in there (`acr` in the token: one of these), such as with two factors. Empty: as the
    provider decides."""
    scope: str = "openid profile"
    """What the desk asks for."""
    name_claim: str = "preferred_username"
    """The claim that gives the name of a new account."""
    roles_claim: str = "groups"
    """The claim that lists the user's groups."""
    roles: Mapping[str, Role] = Field(default_factory=dict)
    """The role that a group gives; the first one listed counts. Empty: roles are the administrator's."""
    forces: Mapping[str, Annotated[ForcesOfGroup, AfterValidator(_known_forces)]] = Field(default_factory=dict)
    """The forces whose orders a group sees, as codes, or `all`; they add up. Empty: all forces."""
    makes_accounts: bool = False
    """Who has a role by their groups gets an account when they first sign in."""


class DeskSettings(BaseModel):
    """All settings of the desk."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    origin: Origin = "http://127.0.0.1:8000"
    """The address that browsers know the desk by; cookies are marked Secure if it is https."""
    proxies: tuple[IPvAnyNetwork, ...] = ()
    """Addresses of reverse proxies that are believed about where a request comes from."""
    idle_minutes: Annotated[int, Field(ge=1, le=240)] = 30
    """A session ends when nothing was asked for so long."""
    session_hours: Annotated[int, Field(ge=1, le=24)] = 10
    """A session ends so long after signing in, whatever is done."""
    claim_minutes: Annotated[int, Field(ge=1, le=240)] = 10
    """How long an item is held for who opened it."""
    second_look_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Share of ordinary decisions that wait for a second steward, 0 to 1."""
    stewards_approve: bool = False
    """Any steward may approve another's proposal, not approvers alone."""
    reason: ReasonPolicy = "off"
    """Whether people are asked why they look at records: off, optional or required."""
    local_sign_in: bool = True
    """Users may sign in with a password kept here."""
    second_factor: Literal["optional", "required"] = "optional"
    """Whether users who sign in with a password must set up one-time codes of an authenticator app, or may."""
    password_length: Annotated[int, Field(ge=12, le=128)] = 14
    """Characters of a new password, at least."""
    password_memory_kib: Annotated[int, Field(ge=8, le=1_048_576)] = 65_536
    """Memory that hashing a password takes (Argon2id), in KiB."""
    password_passes: Annotated[int, Field(ge=1, le=20)] = 3
    """Passes over that memory."""
    attempts_by_name: Annotated[int, Field(ge=3, le=1_000)] = 5
    """Failed attempts to sign in with one name before further ones must wait."""
    attempts_by_address: Annotated[int, Field(ge=3, le=100_000)] = 50
    """Failed attempts from one address before further ones must wait."""
    attempt_minutes: Annotated[int, Field(ge=1, le=1_440)] = 15
    """Over how long attempts are counted."""
    pace_minutes: Annotated[int, Field(ge=1, le=1_440)] = 10
    """Over how long it is counted what a user asks for."""
    most_pages: Annotated[int, Field(ge=20, le=1_000_000)] = 1_500
    """Pages and forms of one user in that time; further ones must wait."""
    most_searches: Annotated[int, Field(ge=5, le=100_000)] = 100
    """Searches of one user in that time."""
    most_changes: Annotated[int, Field(ge=5, le=100_000)] = 400
    """Decisions and other changes of one user in that time; many decided at once are one."""
    most_exports: Annotated[int, Field(ge=2, le=10_000)] = 30
    """Packs that one user hands out, and files of packs that they fetch, in that time."""
    oidc: OidcSettings | None = None
    """The identity provider by which people sign in; defaults to none."""

    @model_validator(mode="after")
    def _has_a_door(self) -> Self:
        if not self.local_sign_in and self.oidc is None:
            raise ValueError("nobody could sign in: local_sign_in is off and no oidc is set")
        return self

    @property
    def is_secure(self) -> bool:
        """Browsers reach the desk by https."""
        return self.origin.startswith("https:")
