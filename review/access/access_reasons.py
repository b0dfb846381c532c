"""Why a user looks at records, where the installation asks for it.

Belongs here: what may be given as a reason, and holding it for a session. Does not: logging it (`ledger.audit`).

The Data Protection Act 2018, section 62(2) and (3), wants logs of consultation and disclosure to make it possible to
establish the justification; whether people are asked for it is a setting, since that duty has been under revision.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from review.access.cookies import REASON, read_cookie, set_cookie

LONGEST_REASON = 200
MARK_DIGITS = 16


@dataclass(frozen=True)
class AccessReason:
    """Something that people look at records for."""

    code: str
    words: str


ACCESS_REASONS = (
    AccessReason("queue", "Working the queue"),
    AccessReason("request", "A question of a force, a court or a regional unit"),
    AccessReason("rights", "A person’s request under data protection law"),
    AccessReason("quality", "Checking quality, or training"),
    AccessReason("other", "Something else"),
)
CODES = frozenset(reason.code for reason in ACCESS_REASONS)


def reason_of(request: Request, session: str) -> str | None:
    """The reason that was given in a session."""
    held = read_cookie(request, REASON)
    if held is None:
        return None
    try:
        mark, _, reason = urlsafe_b64decode(held).decode().partition(" ")
    except ValueError:
        return None
    return reason if mark == session[:MARK_DIGITS] and is_valid_reason(reason) else None


def keep_reason(response: Response, request: Request, *, session: str, reason: str) -> None:
    """Hold a reason for the rest of a session."""
    held = urlsafe_b64encode(f"{session[:MARK_DIGITS]} {reason}".encode()).decode()
    set_cookie(response, REASON, held, settings=request.app.state.settings)


def reason_text(code: str, words: str) -> str | None:
    """A reason as it is logged: its code, and words where some were given; None if it can't be one."""
    comment = " ".join(words.split())
    text = f"{code}: {comment}" if comment else code
    return text if is_valid_reason(text) and (code != "other" or comment) else None


def is_valid_reason(reason: str) -> bool:
    """Whether a text is a reason of ours."""
    return reason.partition(":")[0] in CODES and len(reason) <= LONGEST_REASON and reason.isprintable()
