"""Setting up one's second factor. Taking it away is an administrator's (`review.routes.administration`)."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from ledger.desk.accounts import find_account
from review.access.account_changes import AccountChanges
from review.access.attempt_limits import TooManyAttemptsError
from review.access.second_factor import new_secret, picture, seal, step_of
from review.access.viewer import SignedIn
from review.error_pages import too_many_attempts
from review.pages import redirect_to, render_page
from review.routes.signing_in import own_path

router = APIRouter()
Text = Annotated[str, Form()]
NOT_YOURS = {"password_error": "This is not your password."}


@router.get("/second-factor")
def show_second_factor(request: Request, who: SignedIn) -> Response:
    """Whether it is set up; else a new secret, as a picture and as text."""
    return _page(request, who.name, new_secret())


@router.post("/second-factor")
def set_up(request: Request, who: SignedIn, secret: Text = "", code: Text = "", password: Text = "") -> Response:
    """Keep the secret, once a code made with it and the password prove that it is theirs."""
    state = request.app.state
    try:
        is_proved = state.password_sign_in.prove_again(who.name, password)
    except TooManyAttemptsError as error:
        return too_many_attempts(request, error)
    if not is_proved:
        return _page(request, who.name, secret, **NOT_YOURS)
    if _has_one(request, who.name) or step_of(secret, code, state.desk.clock()) is None:
        return _page(
            request, who.name, secret, code_error="This code is not right. Enter the one that your app shows now."
        )
    office = AccountChanges(state.desk, state.audit_recorder, passwords=state.passwords, by=who.name)
    office.set_second_factor(who.name, seal(state.desk.home, secret))
    wanted = own_path(request.query_params.get("next"))
    return redirect_to(request, wanted, message="Your second factor is set up. You need a code when you sign in.")


def _has_one(request: Request, name: str) -> bool:
    with request.app.state.desk.reading() as connection:
        account = find_account(connection, name)
    return account is not None and account.second_factor is not None


def _page(request: Request, name: str, secret: str, **errors: str) -> Response:
    secret = secret if len(secret) == len(new_secret()) and secret.isalnum() and secret.isascii() else new_secret()
    status, has_one = 422 if errors else 200, _has_one(request, name)
    context = {} if has_one else {"secret": secret, "picture": picture(secret, name)}
    return render_page(request, "access/second_factor.html", status=status, has_one=has_one, **context, **errors)
