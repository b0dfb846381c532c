"""Coming and going: signing in and out, and where somebody begins."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from review.access.cookies import SESSION, VISITOR, drop_cookie, read_cookie, set_cookie
from review.access.sign_in import RefusedError, check_password
from review.access.tokens import form_token, new_token
from review.access.viewer import SignedIn
from review.pages import go_on, page

router = APIRouter()
REFUSED = "The name or the password is not right, or the account is closed."


@router.get("/")
def begin(request: Request, who: SignedIn) -> Response:
    """Send somebody to the first place that is theirs."""
    places = request.app.state.pages.places_of(who)
    if not places:
        raise HTTPException(404)
    return go_on(request, places[0].href)


@router.get("/sign-in")
def ask_to_sign_in(request: Request) -> HTMLResponse:
    """The page to sign in on."""
    return _sign_in_page(request)


@router.post("/sign-in")
def sign_in(request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "") -> Response:
    """Let somebody in who knows their password."""
    state = request.app.state
    try:
        account = check_password(state.desk, state.logbook, state.passwords, name=name, password=password)
    except RefusedError:
        return _sign_in_page(request, error=REFUSED, name=name)
    token = state.gate.begin(account.name)
    state.logbook.note("sign_in", who=account.name, what={"by": "password"})
    response = go_on(request, own_path(request.query_params.get("next")))
    set_cookie(response, SESSION, token, settings=state.settings)
    drop_cookie(response, VISITOR, settings=state.settings)
    return response


@router.post("/sign-out")
def sign_out(request: Request, who: SignedIn) -> Response:
    """End a session."""
    state = request.app.state
    state.gate.end(read_cookie(request, SESSION) or "")
    state.logbook.note("sign_out", who=who.name, what={})
    response = go_on(request, "/sign-in", message="You are signed out.")
    drop_cookie(response, SESSION, settings=state.settings)
    return response


def own_path(wanted: str | None) -> str:
    """A path on this desk to go on to; anything else becomes the beginning."""
    is_own = (
        wanted is not None and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    )
    return wanted if wanted is not None and is_own else "/"


def _sign_in_page(request: Request, *, error: str | None = None, name: str = "") -> HTMLResponse:
    """The page, with a token for its form that is bound to this browser."""
    visit = read_cookie(request, SESSION) or read_cookie(request, VISITOR)
    token = visit or new_token()
    request.state.form_token = form_token(token)
    response = page(request, "access/sign_in.html", status=422 if error else 200, error=error, name=name)
    if visit is None:
        set_cookie(response, VISITOR, token, settings=request.app.state.settings)
    return response
