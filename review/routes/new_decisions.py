"""Deciding: what a decision would change, and taking it."""

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.errors import DecisionError, DecisionRefusedError
from ledger.desk.item_work import release_claim
from review.access.viewer import AnySteward, Audit, Auditing, Viewer
from review.deciding.decider import Outcome
from review.deciding.decision_request import DecisionRequest, FormError, read_request, sent_fields, text, texts
from review.deciding.form_context import FormState
from review.deciding.item_navigation import SentForm, go_on
from review.deciding.preview_page import decider_of, show_preview
from review.deciding.visible_subject import NotVisibleError
from review.pages import redirect_to
from review.routes.items_and_orders import draw_item, draw_orders

router = APIRouter()


@router.post("/decide/preview")
def preview(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """What a decision would change, before it is saved."""
    try:
        wanted = _read(request, who, form)
    except FormError as error:
        return _draw_again(request, who, audit, form, error.problems)
    return show_preview(request, who, audit, wanted)


@router.post("/decide/save")
def save(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """Take a decision, or let it wait for a second steward; what changed since the preview is shown first."""
    try:
        wanted = _read(request, who, form)
    except FormError as error:
        return _draw_again(request, who, audit, form, error.problems)
    try:
        outcome = decider_of(request, who).save(wanted)
    except (DecisionError, DecisionRefusedError, NotVisibleError):
        outcome = None
    if outcome is None:
        return show_preview(request, who, audit, wanted)
    if wanted.item_id is None:
        address = f"/orders/{quote(wanted.orders[0], safe='')}" if wanted.orders else "/decisions/mine"
        return redirect_to(request, address, message=_outcome_words(outcome))
    release_claim(request.app.state.desk.database, wanted.item_id, by=who.name)
    return go_on(request, who, wanted.item_id, text(form, "view"), _outcome_words(outcome))


@router.post("/decide/change")
def change(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """Back to the item, with what was typed."""
    return _draw_again(request, who, audit, form, {})


def _read(request: Request, who: Viewer, form: FormData) -> DecisionRequest:
    """What a form asks for. Raises as `read_request`."""
    return read_request(form, refuse=decider_of(request, who).refuse)


def _draw_again(request: Request, who: Viewer, audit: Audit, form: FormData, problems: Mapping[str, str]) -> Response:
    """The item again, with what was typed and what is wrong in it."""
    form_state = FormState(text(form, "view"), fields=sent_fields(form), problems=problems)
    item_id = text(form, "item_id")
    if not item_id and (orders := texts(form, "orders")):
        return draw_orders(request, orders, who, audit, form_state=form_state)
    return draw_item(request, item_id, who, audit, form_state=form_state)


def _outcome_words(outcome: Outcome) -> str:
    """What became of a decision, in words."""
    if outcome.proposal_id:
        return "Your decision waits for a second steward."
    if not any(taken.is_new for taken in outcome.taken):
        return "This had already been decided, so nothing was added."
    count = len(outcome.taken)
    return "The decision is saved." if count == 1 else f"{count} decisions are saved."
