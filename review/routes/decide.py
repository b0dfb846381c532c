"""Deciding: what a decision would change, and taking it."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.errors import DecisionError, DecisionRefusedError
from ledger.desk.claims import let_go
from review.access.viewer import AnySteward, Audit, Auditing, Viewer
from review.deciding.context import Filled
from review.deciding.decider import Outcome
from review.deciding.previewing import decider_of, show_preview
from review.deciding.sight import UnseenError
from review.deciding.way import SentForm, go_to_next
from review.deciding.wishes import WishError, read_wish, sent_fields, text
from review.pages import go_on
from review.routes.item import draw_item

router = APIRouter()


@router.post("/decide/preview")
def preview(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """What a decision would change, before it is saved."""
    try:
        wish = read_wish(form)
    except WishError as error:
        return _draw_again(request, who, audit, form, error.problems)
    return show_preview(request, who, wish)


@router.post("/decide/save")
def save(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """Take a decision, or let it wait for a second steward; what changed since the preview is shown first."""
    try:
        wish = read_wish(form)
    except WishError as error:
        return _draw_again(request, who, audit, form, error.problems)
    try:
        outcome = decider_of(request, who).carry_out(wish)
    except (DecisionError, DecisionRefusedError, UnseenError):
        outcome = None
    if outcome is None:
        return show_preview(request, who, wish)
    if wish.item_id is None:
        return go_on(request, "/decisions/mine", message=_told(outcome))
    let_go(request.app.state.desk.database, wish.item_id, by=who.name)
    return go_to_next(request, who, wish.item_id, text(form, "view"), _told(outcome))


@router.post("/decide/change")
def change(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """Back to the item, with what was typed."""
    return _draw_again(request, who, audit, form, {})


def _draw_again(request: Request, who: Viewer, audit: Audit, form: FormData, problems: Mapping[str, str]) -> Response:
    """The item again, with what was typed and what is to be mended."""
    filled = Filled(text(form, "view"), fields=sent_fields(form), problems=problems)
    return draw_item(request, text(form, "item_id"), who, audit, filled=filled)


def _told(outcome: Outcome) -> str:
    """What became of a decision, in words."""
    if outcome.proposal_id:
        return "Your decision waits for a second steward."
    if not any(taken.is_new for taken in outcome.taken):
        return "This had been decided before: nothing was added."
    count = len(outcome.taken)
    return "The decision is saved." if count == 1 else f"{count} decisions are saved."
