"""The help sheet of the keys, where they are changed and switched off; and what else a user sets for themselves."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ledger.desk.accounts import set_preferences
from review.access.viewer import SignedIn
from review.deciding.decision_request import text
from review.deciding.item_navigation import SentForm
from review.desk import Desk
from review.pages import redirect_to, render_page
from review.routes.items_and_orders import HIDE_WEIGHTS
from review.shortcuts import PREFERENCE, SHORTCUTS, SWITCHED_OFF, ShortcutsError, are_on, choose_keys, keys_of

router = APIRouter()


@router.get("/keys")
def show_keys(request: Request, who: SignedIn) -> Response:
    """All keys and what they do."""
    return render_page(
        request,
        "deciding/keys.html",
        actions=SHORTCUTS,
        chosen=keys_of(who.preferences),
        is_on=are_on(who.preferences),
        is_blind=bool(who.preferences.get(HIDE_WEIGHTS)),
        problems={},
    )


@router.post("/keys")
def change_keys(request: Request, who: SignedIn, form: SentForm) -> Response:
    """Change keys, switch them on or off, judge before weights are seen."""
    wanted = {key.action: text(form, f"key-{key.action}") for key in SHORTCUTS}
    is_on, is_blind = text(form, "on") == "yes", text(form, "blind") == "yes"
    try:
        chosen = choose_keys(wanted)
    except ShortcutsError as error:
        return render_page(
            request,
            "deciding/keys.html",
            status=422,
            actions=SHORTCUTS,
            chosen=wanted,
            is_on=is_on,
            is_blind=is_blind,
            problems=error.problems,
            errors=[{"text": words, "href": f"#key-{action}"} for action, words in error.problems.items()],
        )
    desk: Desk = request.app.state.desk
    own = {PREFERENCE: chosen, SWITCHED_OFF: not is_on, HIDE_WEIGHTS: is_blind}
    with desk.writing() as connection:
        set_preferences(connection, who.name, {**who.preferences, **own})
    return redirect_to(request, "/keys", message="Your settings are saved.")
