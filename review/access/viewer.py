"""Who asks, and what their role lets them do: what routes depend on.

Belongs here: the rights of roles. Does not: whose records a user sees (`review.access.visible_release`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request

from review.access.access_reasons import reason_of
from review.access.audit_recorder import AuditRecorder
from review.access.cookies import SESSION, read_cookie
from review.access.pace import kinds_of

RIGHTS: Mapping[str, frozenset[str]] = {
    "viewer": frozenset({"see"}),
    "steward": frozenset({"see", "decide"}),
    "approver": frozenset({"see", "decide", "approve"}),
    "administrator": frozenset({"administer"}),  # who gives rights away has none over records
}


@dataclass(frozen=True)
class Viewer:
    """Who asks.

    Attributes:
        role: one of `RIGHTS`.
        forces: codes of the forces whose orders they see; None: all.
        session: digest of the token of their session.
    """

    name: str
    role: str
    forces: frozenset[str] | None
    preferences: Mapping[str, Any]
    session: str

    def may(self, right: str) -> bool:
        """Whether their role lets them see, decide, approve or administer."""
        return right in RIGHTS[self.role]


class SignInRequiredError(Exception):
    """Nobody is signed in, or their session has ended.

    Attributes:
        name: whose session it was; None: there was none.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__("nobody is signed in")
        self.name = name


class ReasonRequiredError(Exception):
    """The installation asks why people look at records, and this one has not said."""


class SecondFactorRequiredError(Exception):
    """The installation asks for a second factor, and this person has not set one up."""


class OwnPasswordRequiredError(Exception):
    """Another user chose this person's password, and they have not changed it yet."""


def signed_in(request: Request) -> Viewer:
    """The person who is signed in, in any role.

    Raises:
        SignInRequiredError: nobody is.
    """
    token = read_cookie(request, SESSION)
    known = request.app.state.sessions.find(token) if token else None
    if known is None or not known.is_open:
        raise SignInRequiredError(known.account.name if known else None)
    account = known.account
    who = Viewer(account.name, account.role, account.forces, account.preferences, known.session.token_digest)
    request.state.viewer = who
    request.state.is_read_only = known.is_from_memory
    request.state.lacks_own_password = account.password_until is not None
    request.state.lacks_second_factor = account.identity is None and account.second_factor is None
    return who


def may(request: Request, who: Viewer, right: str) -> bool:
    """Whether a user has a right: by their role, or to approve, where the installation lets stewards do so."""
    by_policy = right == "approve" and request.app.state.settings.stewards_approve
    return who.may("decide" if by_policy else right)


def require(right: str) -> Callable[[Request, Viewer], Viewer]:
    """A dependency on a user whose role has a right."""

    def allowed(request: Request, who: Annotated[Viewer, Depends(signed_in)]) -> Viewer:
        _keep_pace(request, who)
        if not may(request, who, right):
            recorder: AuditRecorder = request.app.state.audit_recorder
            recorder.note("refused", who=who.name, what={"right": right, "path": request.url.path})
            raise HTTPException(403, "Your role does not let you do this. Ask an administrator if it should.")
        if request.state.lacks_own_password:
            raise OwnPasswordRequiredError
        if request.app.state.settings.second_factor == "required" and request.state.lacks_second_factor:
            raise SecondFactorRequiredError
        is_asked_why = right != "administer" and request.app.state.settings.reason == "required"
        if is_asked_why and reason_of(request, who.session) is None:
            raise ReasonRequiredError
        return who

    return allowed


def _keep_pace(request: Request, who: Viewer) -> None:
    """Count a request once, also where its route asks for two rights."""
    if not getattr(request.state, "is_counted", False):
        request.state.is_counted = True
        kinds = kinds_of(request.method, request.scope["route"].path)
        request.app.state.pace.admit(who.name, kinds, at=request.app.state.desk.clock())


viewer = require("see")
steward = require("decide")
approver = require("approve")
administrator = require("administer")


class Audit:
    """Notes in the audit log what the viewer of a request does: `audit("consultation", what={"orders": [...]})`."""

    def __init__(self, request: Request, who: str, *, reason: str | None) -> None:
        self._recorder: AuditRecorder = request.app.state.audit_recorder
        self._state = request.state
        self._who = who
        self._reason = reason

    def __call__(self, act: str, *, what: Mapping[str, Any], reason: str | None = None) -> None:
        """Note an act before its page is sent: keys alone, never values.

        Args:
            act: one of `ledger.audit.ACTS`.
            what: kinds of things and their keys.
            reason: why; defaults to the reason that was given for the session.
        """
        if act == "consultation":
            self._state.consulted = what
        self._recorder.note(act, who=self._who, what=what, reason=reason or self._reason)


def auditor(request: Request, who: Annotated[Viewer, Depends(signed_in)]) -> Audit:
    """What a route notes its acts with."""
    asks = request.app.state.settings.reason != "off"
    return Audit(request, who.name, reason=reason_of(request, who.session) if asks else None)


SignedIn = Annotated[Viewer, Depends(signed_in)]
AnyViewer = Annotated[Viewer, Depends(viewer)]
AnySteward = Annotated[Viewer, Depends(steward)]
AnyApprover = Annotated[Viewer, Depends(approver)]
AnyAdministrator = Annotated[Viewer, Depends(administrator)]
Auditing = Annotated[Audit, Depends(auditor)]
