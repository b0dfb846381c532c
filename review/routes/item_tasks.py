"""Work on an item other than deciding: deferring it, assigning it, commenting on it."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.errors import DecisionError
from ledger.desk.comments import Comment, add_comment
from ledger.desk.item_work import assign, defer, require_deferral
from review.access.viewer import AnySteward, Auditing
from review.access.visible_release import Visible
from review.deciding.decision_request import read_day, sent_fields, text
from review.deciding.form_context import FormState, who_may_take
from review.deciding.item_navigation import SentForm, go_to_next, item_address, require_item
from review.desk import Desk
from review.item.titles import format_day
from review.pages import redirect_to
from review.queue.facets import A_TEAM, team_words
from review.routes.items_and_orders import draw_item, draw_orders

router = APIRouter()


@router.post("/items/{item_id}/defer")
def defer_item(request: Request, who: AnySteward, audit: Auditing, form: SentForm, item_id: str) -> Response:
    """Defer an item to a day."""
    item = require_item(request, who, item_id)
    problems: dict[str, str] = {}
    until, why = read_day(form, "deferred", problems, of="Defer until"), text(form, "deferred_why")
    desk: Desk = request.app.state.desk
    try:
        if until is not None:
            require_deferral(until, at=desk.clock())
    except DecisionError as error:
        problems["deferred-day"] = f"{error}".capitalize()
    if not why:
        problems["deferred_why"] = "Enter why it is deferred"
    if until is None or problems:
        return draw_item(request, item_id, who, audit, form_state=_again(form, problems))
    defer(desk.database, [item_id], until, by=who.name, at=desk.clock())
    said = Comment(item_id, str(item["order_id"]), who.name, desk.clock(), f"Deferred until {format_day(until)}: {why}")
    add_comment(desk.database, said)
    return go_to_next(request, who, item_id, text(form, "view"), f"The item is deferred until {format_day(until)}.")


@router.post("/items/{item_id}/assign")
def give(request: Request, who: AnySteward, form: SentForm, item_id: str) -> Response:
    """Give an item to a user, or to nobody."""
    item = require_item(request, who, item_id)
    desk: Desk = request.app.state.desk
    chosen = text(form, "assignee")
    is_team = chosen.startswith(A_TEAM)
    assignee, team = (None, chosen.removeprefix(A_TEAM)) if is_team else (chosen or None, None)
    orders = [str(order) for order in (item["order_id"], item["other_order_id"]) if order]
    stewards, teams = who_may_take(desk, orders)
    address = item_address(item_id, text(form, "view"))
    if (assignee and assignee not in stewards) or (team and team not in teams):
        words = "Only stewards who may see the order can be given it."
        return redirect_to(request, address, message=words, tone="warning")
    assign(desk.database, [item_id], assignee, team=team, by=who.name, at=desk.clock())
    name = team_words(team) if team else assignee
    words = f"The item is assigned to {name}." if name else "The item is no longer assigned."
    return redirect_to(request, address, message=words)


@router.post("/items/{item_id}/comment")
def comment_on(request: Request, who: AnySteward, audit: Auditing, form: SentForm, item_id: str) -> Response:
    """Comment for other stewards."""
    item = require_item(request, who, item_id)
    desk: Desk = request.app.state.desk
    said = Comment(
        item_id, str(item["order_id"]), who.name, desk.clock(), text(form, "words", strip=False).replace("\r\n", "\n")
    )
    try:
        add_comment(desk.database, said)
    except DecisionError as error:
        return draw_item(request, item_id, who, audit, form_state=_again(form, {"words": f"{error}".capitalize()}))
    return redirect_to(request, f"{item_address(item_id, text(form, 'view'))}#said", message="Your comment is saved.")


@router.post("/orders/{order_id}/comment")
def comment_on_order(
    request: Request, who: AnySteward, visible: Visible, audit: Auditing, form: SentForm, order_id: str
) -> Response:
    """Comment on an order that was not come to by an item."""
    if not visible.has_order(order_id):
        raise HTTPException(404)
    desk: Desk = request.app.state.desk
    words = text(form, "words", strip=False).replace("\r\n", "\n")
    try:
        add_comment(desk.database, Comment(order_id, order_id, who.name, desk.clock(), words))
    except DecisionError as error:
        state = _again(form, {"words": f"{error}".capitalize()})
        return draw_orders(request, [order_id], who, audit, form_state=state)
    return redirect_to(request, f"/orders/{order_id}#said", message="Your comment is saved.")


def _again(form: FormData, problems: Mapping[str, str]) -> FormState:
    """A form that came back, with what is wrong in it."""
    return FormState(text(form, "view"), fields=sent_fields(form), problems=problems)
