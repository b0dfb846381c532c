"""A search as its page shows it: the orders that the viewer may see, each with its items in the queue.

Belongs here: limiting what was found to the viewer. Does not: how orders are found (`review.queue.order_search`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from review.access.viewer import Viewer
from review.access.visible_release import VisibleRelease
from review.desk import Desk
from review.queue.order_search import SearchIndex, build_search_index, find_orders
from review.queue.visible_queue import open_queue

MOST_FOUND = 50


@dataclass(frozen=True, eq=False)
class SearchResult:
    """What a search leads to.

    Attributes:
        orders: the closest matches that the viewer may see, with all columns of `orders`.
        items: their items in the queue, by order.
        by: `reference` or `name`; None: nothing was found.
        total: how many orders were found.
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
    seen = visible.only(found.orders)
    shown = seen.head(MOST_FOUND).join(visible.table("orders"), on="order_id", how="left", maintain_order="left")
    return SearchResult(shown, open_queue(desk, who).items_of(shown.get_column("order_id")), found.by, seen.height)
