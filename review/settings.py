"""The settings of the desk, each with a default that works on one machine.

Belongs here: what an installation may choose. Does not: where settings are read from (`pipelines.settings`), secrets.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ReasonPolicy = Literal["off", "optional", "required"]


def _own_origin(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ValueError("expected https://host or https://host:port, without a path")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("plain http is for this machine alone: use https")
    return origin.lower()


Origin = Annotated[str, AfterValidator(_own_origin)]


class DeskSettings(BaseModel):
    """All settings of the desk.

    Attributes:
        origin: the address that browsers know the desk by; cookies are marked Secure if it is https.
        marking: the protective marking shown on every page.
        idle_minutes: a session ends when nothing was asked for so long.
        session_hours: a session ends so long after signing in, whatever is done.
        claim_minutes: how long an item is held for who opened it.
        second_look_share: share of ordinary decisions that wait for a second steward, 0 to 1.
        reason: whether people are asked why they look at records: off, optional or required.
        local_sign_in: users may sign in with a password kept here.
        password_length: characters of a new password, at least.
        password_memory_kib: memory that hashing a password takes (Argon2id), in KiB.
        password_passes: passes over that memory.
        attempts_by_name: failed attempts to sign in with one name before further ones must wait.
        attempts_by_address: failed attempts from one address before further ones must wait.
        attempt_minutes: over how long attempts are counted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    origin: Origin = "http://127.0.0.1:8000"
    marking: Annotated[str, Field(min_length=1, max_length=60)] = "OFFICIAL-SENSITIVE"
    idle_minutes: Annotated[int, Field(ge=1, le=240)] = 30
    session_hours: Annotated[int, Field(ge=1, le=24)] = 10
    claim_minutes: Annotated[int, Field(ge=1, le=240)] = 10
    second_look_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    reason: ReasonPolicy = "off"
    local_sign_in: bool = True
    password_length: Annotated[int, Field(ge=12, le=128)] = 14
    password_memory_kib: Annotated[int, Field(ge=8, le=1_048_576)] = 65_536
    password_passes: Annotated[int, Field(ge=1, le=20)] = 3
    attempts_by_name: Annotated[int, Field(ge=3, le=1_000)] = 5
    attempts_by_address: Annotated[int, Field(ge=3, le=100_000)] = 50
    attempt_minutes: Annotated[int, Field(ge=1, le=1_440)] = 15

    @property
    def is_secure(self) -> bool:
        """Browsers reach the desk by https."""
        return self.origin.startswith("https:")
