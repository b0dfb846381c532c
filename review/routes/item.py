"""An item of the queue, or any order: what the sources say, why, and what was decided before."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import polars as pl
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ledger.decisions.errors import LedgerError
from review.access.scope import only_seen, sees
from review.access.viewer import AnyViewer, Audit, Auditing, Viewer
from review.deciding.context import Filled, deciding_context, hold
from review.deciding.meanwhile import decisions_on
from review.desk import Desk, Snapshot
from review.item.page import ItemPage, build_page
from review.item.signs import visible
from review.item.whereabouts import Whereabouts, find_order
from review.pages import go_on, page
from review.queue.board import open_board
from review.queue.narrowing import Neighbours
from review.queue.view import read_view

router = APIRouter()

HIDE_WEIGHTS = "hide_weights"
"""The preference to judge before weights and scores are seen."""

OWN_PARAMETERS = ("pair", "about")


@router.get("/items/{item_id}")
def show_item(
    request: Request,
    item_id: str,
    who: AnyViewer,
    audit: Auditing,
    pair: str | None = None,
    about: str | None = None,
) -> HTMLResponse:
    """An item of the queue."""
    view = read_view(_of_view(request.query_params.multi_items()), viewer=who.name)
    return draw_item(request, item_id, who, audit, filled=Filled(view.query, about, pair))


def draw_item(
    request: Request,
    item_id: str,
    who: Viewer,
    audit: Audit,
    *,
    filled: Filled,
) -> HTMLResponse:
    """The page of an item.

    Args:
        request: what is answered.
        item_id: the item.
        who: looks.
        audit: notes it.
        filled: the page as it was come to, or its forms as they were sent.

    Raises:
        HTTPException: 404: there is no such item, or they may not see it.
    """
    desk: Desk = request.app.state.desk
    snapshot = desk.snapshot()
    found = only_seen(snapshot.table("review_queue").filter(pl.col("item_id") == item_id), snapshot, who.forces)
    if found.is_empty():
        raise HTTPException(404)
    item = found.row(0, named=True)
    order_ids = [order_id for order_id in (item["order_id"], item["other_order_id"]) if order_id]
    return _shown(request, order_ids, snapshot, who, audit, item=item, filled=filled)


@router.get("/orders/{order_id}")
def show_order(request: Request, order_id: str, who: AnyViewer, audit: Auditing, pair: str | None = None) -> Response:
    """An order by its id, or where it went."""
    desk: Desk = request.app.state.desk
    snapshot = desk.snapshot()
    place = find_order(order_id, snapshot.table).only(lambda found: sees(found, snapshot, who.forces))
    if not place.order_ids:
        raise HTTPException(404)
    if place.is_there:
        return _shown(request, [order_id], snapshot, who, audit, place=place, filled=Filled(pair=pair))
    if len(place.order_ids) == 1:
        (order_now,) = place.order_ids
        return go_on(request, f"/orders/{order_now}", message=f"{order_id} was merged: it is now {order_now}.")
    audit("consultation", what={"page": "order", "orders": list(place.order_ids)})
    return page(request, "item/split.html", order_id=order_id, place=place)


def _shown(
    request: Request,
    order_ids: Sequence[str],
    snapshot: Snapshot,
    who: Viewer,
    audit: Auditing,
    *,
    item: Mapping[str, Any] | None = None,
    place: Whereabouts | None = None,
    filled: Filled,
) -> HTMLResponse:
    decisions = _decisions(request, order_ids, snapshot)
    shown = build_page(
        order_ids,
        snapshot.table,
        as_of=snapshot.release.as_of,
        sees=lambda order_id: sees(order_id, snapshot, who.forces),
        item=item,
        decisions=decisions,
        pair=filled.pair,
    )
    audit("consultation", what=_consulted(shown))
    more = _forms(request, who, snapshot, item, decisions, filled) if item and who.may("decide") else {}
    neighbours = _neighbours(request, who, item, filled) if item else None
    return page(
        request,
        "item/item.html",
        status=422 if more.get("errors") else 200,
        shown=shown,
        place=place,
        visible=visible,
        is_blind=bool(who.preferences.get(HIDE_WEIGHTS)) and filled.pair is None,
        drawn_by=snapshot.release.release_id,
        filled=filled,
        neighbours=neighbours,
        **more,
    )


def _forms(
    request: Request,
    who: Viewer,
    snapshot: Snapshot,
    item: Mapping[str, Any],
    decisions: pl.DataFrame | None,
    filled: Filled,
) -> dict[str, Any]:
    """What the page shows to whoever may decide; nothing while the ledger is down."""
    if decisions is None:
        return {}
    sides = (item["order_id"], item["other_order_id"])
    if not all(sees(order_id, snapshot, who.forces) for order_id in sides if order_id):
        return {"is_not_theirs": True}
    desk: Desk = request.app.state.desk
    own = {"item_id": item["item_id"], "minutes": request.app.state.settings.claim_minutes}
    try:
        held_by = hold(desk, who, **own)
        forms = deciding_context(desk, snapshot, item, decisions, filled)
    except LedgerError:
        request.state.is_read_only = True
        return {}
    return forms | {"held_by": held_by}


def _neighbours(request: Request, who: Viewer, item: Mapping[str, Any], filled: Filled) -> Neighbours:
    """What comes before and after an item in the view by which it was come to."""
    view = read_view(parse_qsl(filled.view), viewer=who.name)
    return open_board(request.app.state.desk, who).neighbours(view, item["item_id"])


def _of_view(parameters: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The part of an item's address that is the view of the queue by which it was come to."""
    return [(name, value) for name, value in parameters if name not in OWN_PARAMETERS]


def _decisions(request: Request, order_ids: Sequence[str], snapshot: Snapshot) -> pl.DataFrame | None:
    """What was decided on the orders; None while the ledger is down."""
    desk: Desk = request.app.state.desk
    try:
        return decisions_on(desk.database, snapshot, order_ids)
    except LedgerError:
        request.state.is_read_only = True
        return None


def _consulted(shown: ItemPage) -> dict[str, Any]:
    """The keys of what is looked at."""
    keys = {"orders": list(shown.shown_orders), "records": list(shown.record_ids)}
    return keys | ({"page": "item", "items": [shown.item["item_id"]]} if shown.item else {"page": "order"})
