"""Signing in by an identity provider: sending the browser there, and taking it back."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from review.access.cookies import ASKED, WANTED, drop_cookie, read_cookie, set_cookie
from review.access.oidc import CALLBACK, IdentityError, Provider
from review.access.provider_accounts import find_provider_account
from review.access.tokens import new_token
from review.error_pages import error_page
from review.pages import sentence
from review.routes.signing_in import own_path, welcome

router = APIRouter()
PATIENCE_SECONDS = 600
REFUSED = "You could not be signed in: {}. Try again, or ask an administrator of the desk."


@router.get("/sign-in/identity")
def ask_provider(request: Request) -> Response:
    """Send a browser to the provider."""
    settings, held = request.app.state.settings, new_token()
    try:
        response = RedirectResponse(_provider(request).address_to_ask(held), status_code=303)
    except IdentityError as error:
        return error_page(request, 503, sentence(error))
    set_cookie(response, ASKED, held, settings=settings, seconds=PATIENCE_SECONDS)
    wanted = own_path(request.query_params.get("next"))
    set_cookie(response, WANTED, wanted, settings=settings, seconds=PATIENCE_SECONDS)
    return response


@router.get(CALLBACK)
def take_answer(request: Request) -> Response:
    """Let a user in whom the provider knows, if they have a role here."""
    state, provider = request.app.state, _provider(request)
    held = read_cookie(request, ASKED) or new_token()
    try:
        claims = provider.identify(dict(request.query_params), held, at=state.desk.clock())
        account = find_provider_account(state.desk, state.audit_recorder, claims, settings=state.settings.oidc)
    except IdentityError as error:
        state.audit_recorder.note("refused", who="unknown", what={"sign_in": "identity", "because": str(error)})
        response: Response = error_page(request, 403, REFUSED.format(error))
    else:
        response = welcome(request, account.name, by="identity", wanted=read_cookie(request, WANTED))
    for cookie in (ASKED, WANTED):
        drop_cookie(response, cookie, settings=state.settings)
    return response


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise HTTPException(404)
    return provider
