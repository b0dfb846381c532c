"""Narrowing the queue down by a view: the items left, in their order, and the counts of each facet.

Belongs here: work on all items at once. Does not: what the items are (`review.queue.queue_items`) and where they stand
(`review.queue.item_states`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from review.queue.facets import FACETS, Facet
from review.queue.queue_view import SORT, QueueView

PAGE = 50


@dataclass(frozen=True, eq=False)
class FilteredItems:
    """The queue as a view shows it.

    Attributes:
        items: those that are left, in the order of the view.
        counts: for each facet its values with how many items there would be, all other facets being as they are.
    """

    items: pl.DataFrame
    counts: Mapping[str, Mapping[str, int]]

    @property
    def pages(self) -> int:
        """How many pages they fill, at least one."""
        return max(1, -(-self.items.height // PAGE))

    def page(self, number: int) -> pl.DataFrame:
        """The items of a page, from 1; of the last one if there are fewer."""
        return self.items.slice((min(number, self.pages) - 1) * PAGE, PAGE)


@dataclass(frozen=True)
class AdjacentItems:
    """What comes before and after an item in a view.

    Attributes:
        previous: id of the item before; None: it is the first.
        next: id of the item after that nobody else works on; None: it is the last.
        position: its place, from 1; None: the view does not hold it.
        total: how many items the view holds.
    """

    previous: str | None
    next: str | None
    position: int | None
    total: int


def filter_items(rows: pl.DataFrame, several: Mapping[str, pl.DataFrame], view: QueueView) -> FilteredItems:
    """Narrow items down.

    Args:
        rows: items that may be shown, with the columns of all facets that have one value an item.
        several: the values of the other facets: `row`, `value`.
        view: what is chosen.
    """
    marked = _marked(rows, several, view)
    left = marked.filter(pl.col("misses") == 0)
    counts = {facet.name: _counts(facet, marked, several, view) for facet in FACETS}
    return FilteredItems(_in_order(left.select(rows.columns), view.sort), counts)


def facet_values(rows: pl.DataFrame, several: Mapping[str, pl.DataFrame]) -> dict[str, frozenset[str]]:
    """All values that items have, of each facet: those that can be chosen."""
    shown = rows.select("row")
    return {
        facet.name: frozenset(
            several[facet.name].join(shown, on="row", how="semi").get_column("value").unique()
            if facet.has_several
            else rows.get_column(facet.name).unique()
        )
        for facet in FACETS
    }


def find_adjacent(
    rows: pl.DataFrame, several: Mapping[str, pl.DataFrame], view: QueueView, item_id: str
) -> AdjacentItems:
    """What comes before and after an item; of one that has left the view, at the place where it was.

    Args:
        rows: items that may be shown, as for `filter_items`.
        several: as for `filter_items`.
        view: what is chosen.
        item_id: the item.
    """
    is_item = pl.col("item_id") == item_id
    within = _marked(rows, several, view).select(pl.col("misses") == 0).to_series()
    ordered = _in_order(rows.with_columns(is_within=within).filter(is_item | pl.col("is_within")), view.sort)
    total = int(within.sum())
    here = ordered.select(is_item.arg_true()).to_series()
    if here.is_empty():
        return AdjacentItems(None, None, None, total)
    place = int(here[0])
    before = ordered.get_column("item_id").head(place)
    after = ordered.slice(place + 1).filter(pl.col("state") != "claimed").get_column("item_id")
    position = place + 1 if ordered.item(place, "is_within") else None
    return AdjacentItems(
        previous=None if before.is_empty() else before[-1],
        next=None if after.is_empty() else after[0],
        position=position,
        total=total,
    )


def _marked(rows: pl.DataFrame, several: Mapping[str, pl.DataFrame], view: QueueView) -> pl.DataFrame:
    """The rows with `misses`: how many facets hold each back; and for each facet in use whether it does."""
    held = {_miss(facet): _holds_back(facet, several, view) for facet in FACETS if view.values(facet.name)}
    marked = rows.with_columns(**held)
    return marked.with_columns(misses=pl.sum_horizontal(pl.lit(0, pl.Int32), *(pl.col(name) for name in held)))


def _holds_back(facet: Facet, several: Mapping[str, pl.DataFrame], view: QueueView) -> pl.Expr:
    values = view.values(facet.name)
    if not facet.has_several:
        return ~pl.col(facet.name).is_in(values)
    fitting = several[facet.name].filter(pl.col("value").is_in(values)).get_column("row")
    return ~pl.col("row").is_in(fitting.implode())


def _counts(facet: Facet, marked: pl.DataFrame, several: Mapping[str, pl.DataFrame], view: QueueView) -> dict[str, int]:
    """Items by value of a facet, as if nothing were chosen of it."""
    own = pl.col(_miss(facet)).cast(pl.Int32) if view.values(facet.name) else pl.lit(0, pl.Int32)
    left = marked.filter(pl.col("misses") == own)
    if facet.has_several:
        values = several[facet.name].join(left.select("row"), on="row", how="semi").get_column("value")
    else:
        values = left.get_column(facet.name)
    return dict(values.value_counts().iter_rows())


def _in_order(items: pl.DataFrame, sort: str) -> pl.DataFrame:
    """The items in the order of a sort; what lacks the value comes last, and ids break ties.

    Of items of equal priority, as it is shown, those come first of whose kind least was decided. By cases, a person's
    items stand where the most important of them does.
    """
    chosen = SORT[sort.removeprefix("-")]
    descending = chosen.descending != sort.startswith("-")
    keys = [(pl.col(chosen.column), descending), (pl.col("item_id"), False)]
    if chosen.column == "priority":
        keys = [(pl.col("priority").round(1), descending), (pl.col("lessons"), False), *keys]
    if chosen.column == "case_priority":
        keys = [keys[0], (pl.col("subject_id"), False), (pl.col("priority"), True), *keys[1:]]
    columns, ways = zip(*keys, strict=True)
    return items.sort(columns, descending=list(ways), nulls_last=True)


def _miss(facet: Facet) -> str:
    return f"misses {facet.name}"
