"""Coming and going: signing in and out, where a user begins, what they did not get to send, why they look."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from review.access import resending
from review.access.access_reasons import ACCESS_REASONS, keep_reason, reason_of, reason_text
from review.access.attempt_limits import TooManyAttemptsError
from review.access.cookies import BROWSER, REASON, SESSION, VISITOR, drop_cookie, read_cookie, set_cookie
from review.access.session_store import REMEMBERED
from review.access.sign_in import SignInAttempt, SignInRefusedError
from review.access.tokens import form_token, new_token, text_digest
from review.access.viewer import SignedIn
from review.error_pages import too_many_attempts
from review.pages import redirect_to, render_page

router = APIRouter()
REFUSED = "The name, the password or the one-time code is wrong, or the account is closed."


@router.get("/")
def begin(request: Request, who: SignedIn) -> Response:
    """Send a user to the first place that is theirs."""
    places = request.app.state.pages.links_for(who)
    if not places:
        raise HTTPException(404)
    return redirect_to(request, places[0].href)


@router.get("/sign-in")
def ask_to_sign_in(request: Request) -> Response:
    """The page to sign in on."""
    return _sign_in_page(request)


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
) -> Response:
    """Let a user in who knows their password and has the one-time code, if they have set up one."""
    state = request.app.state
    if not state.settings.local_sign_in:
        raise HTTPException(404)
    address = request.client.host if request.client else ""
    try:
        attempt = SignInAttempt(name, password, address, read_cookie(request, BROWSER), code)
        account = state.password_sign_in.sign_in(attempt)
    except TooManyAttemptsError as error:
        return too_many_attempts(request, error)
    except SignInRefusedError:
        return _sign_in_page(request, error=REFUSED, name=name)
    return welcome(request, account.name, by="password", wanted=request.query_params.get("next"))


@router.post("/sign-out")
def sign_out(request: Request, who: SignedIn) -> Response:
    """End a session."""
    state = request.app.state
    state.sessions.end(read_cookie(request, SESSION) or "")
    state.audit_recorder.note("sign_out", who=who.name, what={})
    response = redirect_to(request, "/sign-in", message="You are signed out.")
    response.headers["Clear-Site-Data"] = '"cache"'
    # The cookie of the ended session stays: a form sent from another tab is kept for the user whose session it was.
    drop_cookie(response, REASON, settings=state.settings)
    return response


@router.get("/unsent")
def show_unsent(request: Request, who: SignedIn) -> Response:
    """What a user typed and sent after their session had ended."""
    return render_page(
        request, "access/unsent.html", forms=resending.unsent_forms_for(request.app.state.desk, who.name)[::-1]
    )


@router.post("/unsent/forget")
def forget_unsent(request: Request, who: SignedIn, form_id: Annotated[str, Form()]) -> Response:
    """Forget one of them."""
    resending.discard_unsent(request.app.state.desk, who.name, form_id)
    return redirect_to(request, "/unsent", message="It is deleted.")


@router.get("/reason")
def ask_for_reason(request: Request, who: SignedIn) -> Response:
    """Ask why a user looks at records."""
    given = reason_of(request, who.session)
    return render_page(
        request, "access/reason.html", reasons=ACCESS_REASONS, given=given, wanted=request.query_params.get("next")
    )


@router.post("/reason")
def give_reason(
    request: Request, who: SignedIn, code: Annotated[str, Form()] = "", words: Annotated[str, Form()] = ""
) -> Response:
    """Hold the reason for the rest of the session."""
    reason = reason_text(code, words)
    if reason is None:
        return render_page(
            request, "access/reason.html", status=422, reasons=ACCESS_REASONS, code=code, words=words, is_wrong=True
        )
    response = redirect_to(request, own_path(request.query_params.get("next")))
    keep_reason(response, request, session=who.session, reason=reason)
    return response


def welcome(request: Request, name: str, *, by: str, wanted: str | None) -> Response:
    """Begin a session for a user who has proved who they are, and send them where they wanted to go.

    What they typed before their last session ended comes first.
    """
    state = request.app.state
    token = state.sessions.begin(name)
    state.audit_recorder.note("sign_in", who=name, what={"by": by})
    response = redirect_to(request, "/unsent" if resending.unsent_forms_for(state.desk, name) else own_path(wanted))
    set_cookie(response, SESSION, token, settings=state.settings)
    set_cookie(
        response, BROWSER, text_digest(token), settings=state.settings, seconds=round(REMEMBERED.total_seconds())
    )
    drop_cookie(response, VISITOR, settings=state.settings)
    return response


def own_path(wanted: str | None) -> str:
    """A path on this desk to go on to; anything else becomes the beginning."""
    if wanted is None or not wanted.isprintable() or not wanted.startswith("/") or wanted[1:2] in ("/", "\\"):
        return "/"
    return wanted


def _sign_in_page(request: Request, *, error: str | None = None, name: str = "") -> Response:
    """The page, with a token for its form that is bound to this browser."""
    visit = read_cookie(request, SESSION) or read_cookie(request, VISITOR)
    token = visit or new_token()
    request.state.form_token = form_token(token)
    wanted = request.query_params.get("next")
    response = render_page(
        request, "access/sign_in.html", status=422 if error else 200, error=error, name=name, wanted=wanted
    )
    if visit is None:
        set_cookie(response, VISITOR, token, settings=request.app.state.settings)
    return response
