"""An item of the queue, or any order: what the sources say, why, and what was decided before."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote

import polars as pl
from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.errors import LedgerError
from review.access.viewer import AnyViewer, Audit, Auditing, Viewer
from review.access.visible_release import Visible, VisibleRelease, visible_release
from review.deciding.form_context import FormState, claim_for, form_context
from review.deciding.form_options import orders_as_item
from review.deciding.item_navigation import orders_in
from review.deciding.order_decisions import OrderDecisions, read_order_decisions
from review.desk import Desk
from review.item.current_orders import CurrentOrders
from review.item.doubts import read_doubts
from review.item.item_page import ItemPage, build_page
from review.item.titles import KIND_TITLES
from review.item.value_marks import show_hidden
from review.pages import redirect_to, render_page
from review.queue.queue_view import read_view
from review.queue.visible_queue import open_queue

router = APIRouter()

HIDE_WEIGHTS = "hide_weights"
"""The preference to judge before weights and scores are seen."""

RECORDS_COMPARED = 2


@router.get("/items/{item_id}")
def show_item(
    request: Request,
    item_id: str,
    who: AnyViewer,
    visible: Visible,
    audit: Auditing,
    pair: str | None = None,
) -> Response:
    """An item of the queue; of one that is named otherwise now, that one; of one that has left, its order."""
    if visible.table("review_queue").filter(pl.col("item_id") == item_id).is_empty():
        return _lead_on(request, item_id, visible)
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "pair"]
    view = read_view(asked, viewer=who.name)
    return draw_item(request, item_id, who, audit, form_state=FormState(view.query, pair))


def draw_item(
    request: Request,
    item_id: str,
    who: Viewer,
    audit: Audit,
    *,
    form_state: FormState,
) -> Response:
    """The page of an item.

    Raises:
        HTTPException: 404: there is no such item, or they may not see it.
    """
    visible = visible_release(request, who)
    found = visible.table("review_queue").filter(pl.col("item_id") == item_id)
    if found.is_empty():
        raise HTTPException(404)
    item = found.row(0, named=True)
    order_ids = [order_id for order_id in (item["order_id"], item["other_order_id"]) if order_id]
    return _shown(request, order_ids, visible.opening(order_ids), who, audit, item=item, form_state=form_state)


@router.get("/orders/{order_id}")
def show_order(
    request: Request, order_id: str, who: AnyViewer, visible: Visible, audit: Auditing, pair: str | None = None
) -> Response:
    """An order by its id, or where it went."""
    place = visible.find_order(order_id)
    if not place.order_ids:
        raise HTTPException(404)
    if place.is_there:
        return draw_orders(request, [order_id], who, audit, place=place, form_state=FormState(pair=pair))
    if len(place.order_ids) == 1:
        (order_now,) = place.order_ids
        return redirect_to(request, f"/orders/{order_now}", message=f"{order_id} was merged: it is now {order_now}.")
    audit("consultation", what={"page": "order", "orders": list(place.order_ids)})
    return render_page(request, "item/split.html", order_id=order_id, place=place)


@router.get("/compare")
def compare_orders(
    request: Request,
    who: AnyViewer,
    visible: Visible,
    audit: Auditing,
    order: Annotated[tuple[str, ...], Query()] = (),
    search: str = "",
    pair: str | None = None,
) -> Response:
    """Two orders side by side, such as were found by search, to be put together or kept apart."""
    chosen = tuple(dict.fromkeys(order))
    if len(chosen) != RECORDS_COMPARED:
        address = f"/search/{quote(search, safe='')}" if search else "/search"
        return redirect_to(request, address, message="Choose two orders to compare.", tone="warning")
    found = [visible.find_order(order_id).order_ids for order_id in chosen]
    now = tuple(dict.fromkeys(name for names in found for name in names))
    if all(found) and len(now) == 1:
        return redirect_to(request, f"/orders/{now[0]}", message="These two are one order now.")
    shown = now if len(now) == len(chosen) else chosen
    return draw_orders(request, shown, who, audit, form_state=FormState(pair=pair))


def draw_orders(
    request: Request,
    order_ids: Sequence[str],
    who: Viewer,
    audit: Audit,
    *,
    place: CurrentOrders | None = None,
    form_state: FormState,
) -> Response:
    """The page of an order, or of two that are compared, with the form to decide on them.

    Raises:
        HTTPException: 404: there is no such order, or they may not see it.
    """
    visible = visible_release(request, who)
    if not all(visible.has_order(order_id) for order_id in order_ids):
        raise HTTPException(404)
    return _shown(request, order_ids, visible, who, audit, place=place, form_state=form_state)


def _lead_on(request: Request, item_id: str, visible: VisibleRelease) -> Response:
    """From an item that is not in the queue to what is there of its orders, which may be named otherwise by now.

    Raises:
        HTTPException: 404: it names no order that the viewer may see.
    """
    found = [visible.find_order(name).order_ids for name in orders_in(item_id)]
    orders = sorted({ids[0] for ids in found if ids})
    if not orders:
        raise HTTPException(404)
    one, other, *_ = *orders, None
    queued = visible.table("review_queue").filter(order_id=one).filter(pl.col("other_order_id").eq_missing(other))
    if not queued.is_empty():
        query = f"?{request.url.query}" if request.url.query else ""
        return redirect_to(request, f"/items/{queued.item(0, 'item_id')}{query}")
    words = "This item is no longer in the queue. This is the order that it was about."
    return redirect_to(request, f"/orders/{orders[0]}", message=words)


def _shown(
    request: Request,
    order_ids: Sequence[str],
    visible: VisibleRelease,
    who: Viewer,
    audit: Auditing,
    *,
    item: Mapping[str, Any] | None = None,
    place: CurrentOrders | None = None,
    form_state: FormState,
) -> Response:
    desk: Desk = request.app.state.desk
    decisions, view = _decisions(request, order_ids), read_view(parse_qsl(form_state.view), viewer=who.name)
    named = visible.condition_texts() if who.may("decide") else None
    shown = build_page(
        order_ids,
        visible.table,
        as_of=visible.release.as_of,
        item=item,
        decided=decisions.described if decisions else None,
        pair=form_state.pair,
        full_texts=named,
        doubts=read_doubts(desk, order_ids),
    )
    audit("consultation", what=_consulted(shown, named))
    meant = item or orders_as_item(order_ids, visible.table("discrepancies"))
    more = _forms(request, who, visible, meant, decisions, form_state) if who.may("decide") else {}
    return render_page(
        request,
        "item/item.html",
        status=422 if more.get("errors") else 200,
        shown=shown,
        answers=decisions.answers if decisions else (),
        place=place,
        show_hidden=show_hidden,
        is_blind=bool(who.preferences.get(HIDE_WEIGHTS)) and form_state.pair is None,
        drawn_by=visible.release.release_id,
        form_state=form_state,
        neighbours=open_queue(desk, who).neighbours(view, item["item_id"]) if item else None,
        queued=[] if item else _queued(request, who, order_ids),
        of_person=_queued(request, who, _orders_of_persons(visible, shown)),
        kind_titles=KIND_TITLES,
        **more,
    )


def _forms(
    request: Request,
    who: Viewer,
    visible: VisibleRelease,
    item: Mapping[str, Any],
    decisions: OrderDecisions | None,
    form_state: FormState,
) -> dict[str, Any]:
    """What the page shows to anyone who may decide; nothing while the ledger is down."""
    if decisions is None:
        return {}
    sides = (item["order_id"], item["other_order_id"])
    if not all(visible.sees(order_id) for order_id in sides if order_id):
        return {"is_not_theirs": True}
    desk: Desk = request.app.state.desk
    minutes = request.app.state.settings.claim_minutes
    try:
        held_by = claim_for(desk, who, item["item_id"], minutes=minutes) if item["item_id"] else None
        forms = form_context(desk, item, decisions, form_state)
    except LedgerError:
        request.state.is_read_only = True
        return {}
    return forms | {"held_by": held_by}


def _queued(request: Request, who: Viewer, order_ids: Sequence[str]) -> list[Mapping[str, Any]]:
    """The items of the queue that are about these orders, once each."""
    found = open_queue(request.app.state.desk, who).items_of(pl.Series(list(order_ids)))
    return list({item["item_id"]: item for items in found.values() for item in items}.values())


def _orders_of_persons(visible: VisibleRelease, shown: ItemPage) -> list[str]:
    """The other orders of the persons whom a page is about."""
    own = [view.order_id for view in shown.orders]
    subjects = [view.order["subject_id"] for view in shown.orders]
    orders = visible.table("orders").filter(pl.col("subject_id").is_in(subjects), ~pl.col("order_id").is_in(own))
    return orders.get_column("order_id").to_list()


def _decisions(request: Request, order_ids: Sequence[str]) -> OrderDecisions | None:
    """What was decided on the orders; None while the ledger is down."""
    desk: Desk = request.app.state.desk
    try:
        return read_order_decisions(desk, order_ids)
    except LedgerError:
        request.state.is_read_only = True
        return None


def _consulted(shown: ItemPage, named: pl.DataFrame | None) -> dict[str, Any]:
    """The keys of what is looked at, and the orders whose conditions are shown with the people whom they name."""
    keys = {"orders": list(shown.shown_orders), "records": list(shown.record_ids)}
    if named is not None:
        orders = set(named.get_column("order_id"))
        keys |= {"third_parties": [order for order in shown.shown_orders if order in orders]}
    return keys | ({"page": "item", "items": [shown.item["item_id"]]} if shown.item else {"page": "order"})
