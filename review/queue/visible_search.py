"""A search as its page shows it: the orders that the viewer may see, each with its items in the queue.

Belongs here: limiting what was found to the viewer. Does not: how orders are found (`review.queue.order_search`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from ledger.decisions.errors import LedgerError
from ledger.decisions.lookup import orders_of_drafts
from review.access.viewer import Viewer
from review.access.visible_release import VisibleRelease
from review.desk import Desk, decidable_night
from review.queue.order_search import NOTHING_FOUND, FoundOrders, SearchIndex, build_search_index, find_orders
from review.queue.visible_queue import open_queue

MOST_FOUND = 50


@dataclass(frozen=True, eq=False)
class SearchResult:
    """What a search leads to.

    Attributes:
        orders: the closest matches that the viewer may see, with all columns of `orders`.
        by: `reference`, `birth`, `decision` or `name`; None: nothing was found.
    """

    orders: pl.DataFrame
    items: Mapping[str, list[Mapping[str, Any]]]
    by: str | None
    total: int


def search_orders(desk: Desk, who: Viewer, text: str) -> SearchResult:
    """The visible orders that a text leads to, and their items."""
    whole = desk.whole_release()
    visible = VisibleRelease(whole, who.forces)
    index: SearchIndex = whole.keep("search", lambda: build_search_index(whole.table))
    found = find_orders(index, text, this_year=desk.clock().year)
    if found.by is None:
        found = _by_decision(desk, text)
    seen = visible.only(found.orders)
    shown = seen.head(MOST_FOUND).join(visible.table("orders"), on="order_id", how="left", maintain_order="left")
    return SearchResult(shown, open_queue(desk, who).items_of(shown.get_column("order_id")), found.by, seen.height)


def _by_decision(desk: Desk, text: str) -> FoundOrders:
    """The orders that a decision is about, by its id; none while the ledger is down."""
    try:
        decisions = desk.ledger.read()
    except LedgerError:
        return NOTHING_FOUND
    night = decidable_night(desk.whole_release())
    named = decisions.filter(pl.col("decision_id").str.to_uppercase() == text.strip().upper())
    drafts = [night.draft_undo(name) for name in named.get_column("decision_id")]
    found = pl.DataFrame(
        {"order_id": sorted(orders_of_drafts(drafts, decisions, night))}, schema={"order_id": pl.String}
    )
    return (
        FoundOrders(found.with_columns(likeness=pl.lit(1.0), is_golden=True), "decision") if drafts else NOTHING_FOUND
    )
