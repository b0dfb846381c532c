"""The queue as a user sees it at a moment: the items of the release that are theirs to see, each where it stands.

Belongs here: bringing release, ledger and viewer together. Does not: what any of them says (`review.queue.queue_items`,
`review.queue.item_states`), pages.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from ledger.decisions.errors import LedgerError
from ledger.decisions.metadata import decisions
from ledger.desk.desk_tables import judgements, proposals
from ledger.desk.item_work import ItemWork, read_item_work
from ledger.desk.proposals import read_proposals
from review.access.viewer import Viewer
from review.access.visible_release import ORDER_COLUMNS, VisibleRelease
from review.desk import Desk, WholeRelease
from review.queue.filters import AdjacentItems, FilteredItems, facet_values, filter_items, find_adjacent
from review.queue.item_states import DecisionsSinceRelease, SettledItems, decided_items, with_states
from review.queue.queue_items import QueueItems, build_queue_items
from review.queue.queue_view import QueueView


@dataclass(frozen=True, eq=False)
class VisibleQueue:
    """The items that a user may see.

    Attributes:
        rows: the items, with where they stand.
        several: values of facets of which an item has several: `row`, `value`.
    """

    release_id: str
    rows: pl.DataFrame
    several: Mapping[str, pl.DataFrame]

    def filtered(self, view: QueueView) -> FilteredItems:
        """The items that a view holds, and the counts of its facets."""
        return filter_items(self.rows, self.several, view)

    def choices(self) -> Mapping[str, frozenset[str]]:
        """The values that can be chosen of each facet."""
        return facet_values(self.rows, self.several)

    def neighbours(self, view: QueueView, item_id: str) -> AdjacentItems:
        """What comes before and after an item in a view."""
        return find_adjacent(self.rows, self.several, view, item_id)

    def items_of(self, orders: pl.Series) -> Mapping[str, list[Mapping[str, Any]]]:
        """The items of some orders, by order; one of two orders is an item of both."""
        columns = ("item_id", "kind", "at_stake", "state", "stream")
        sides = [self.rows.select(*columns, order_id=name) for name in ORDER_COLUMNS]
        found = pl.concat(sides).filter(pl.col("order_id").is_in(orders.implode())).sort("order_id", "item_id")
        by_order: dict[str, list[Mapping[str, Any]]] = {}
        for item in found.iter_rows(named=True):
            by_order.setdefault(item["order_id"], []).append(item)
        return by_order

    def item(self, item_id: str) -> Mapping[str, object] | None:
        """An item by its id; None if there is none, or it is not theirs to see."""
        found = self.rows.filter(pl.col("item_id") == item_id)
        return None if found.is_empty() else found.row(0, named=True)


def open_queue(desk: Desk, who: Viewer) -> VisibleQueue:
    """The queue of the release in force, as a user sees it now.

    While the ledger is down items stand where they were last known to stand.

    Raises:
        NoReleaseError: there is no release yet.
    """
    whole = desk.whole_release()
    items = items_of(whole)
    work, settled = whole.keep("watch", lambda: _Watch(whole, items)).now(desk)
    seen = VisibleRelease(whole, who.forces).only(items.rows)
    return VisibleQueue(whole.release.release_id, with_states(seen, work, settled, viewer=who.name), items.several)


def items_of(whole: WholeRelease) -> QueueItems:
    """All items of a release, whether or not the viewer may see them."""
    return whole.keep("queue", lambda: build_queue_items(whole.table, as_of=whole.release.as_of))


class _Watch:
    """Where the items of a release are known to stand.

    What was decided or waits is worked out again only when there is more of it.
    """

    def __init__(self, whole: WholeRelease, items: QueueItems) -> None:
        self._whole = whole
        self._items = items
        self._known: tuple[int, ...] = ()
        self._settled = SettledItems.none()
        self._work = ItemWork.none()
        self._lock = threading.Lock()

    def now(self, desk: Desk) -> tuple[ItemWork, SettledItems]:
        with self._lock:
            with suppress(LedgerError):
                self._look(desk)
            return self._work, self._settled

    def _look(self, desk: Desk) -> None:
        with desk.reading() as connection:
            self._work = read_item_work(connection, at=desk.clock())
            counts = [sa.select(sa.func.count()).select_from(table) for table in (decisions, proposals, judgements)]
            known = tuple(connection.execute(count).scalar_one() for count in counts)
        if known != self._known:
            self._settled = self._settle(desk)
            self._known = known

    def _settle(self, desk: Desk) -> SettledItems:
        obeyed = self._whole.table("obeyed_decisions")
        taken = DecisionsSinceRelease.of(desk.ledger.read(), obeyed, as_of=self._whole.release.as_of)
        sources, orders = self._whole.table("order_sources"), self._whole.table("orders")
        owners = sources.select("order_id", "record_id")
        placed = owners.join(orders.select("order_id", "subject_id"), on="order_id")
        decided = decided_items(self._items, taken, placed)
        waiting = read_proposals(desk.database, waiting=True)
        drafts = [draft for proposal in waiting for draft, _ in proposal.requests]
        with_them = decided_items(self._items, taken.with_proposed(drafts), placed) if drafts else decided
        return SettledItems(decided, with_them.filter(~with_them.is_in(decided.implode())))
