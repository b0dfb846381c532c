"""The items of the queue with all by which they are narrowed down, ordered and shown: made once a release.

Belongs here: what the release says of an item. Does not: who works on it and whether it has been decided since
(`review.queue.standing`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from review.queue.facets import NOT_KNOWN
from warehouse.tables.register import SEVERITIES

QUEUED_SEVERITIES = ("high", "medium")
ITEM_COLUMNS = ("item_id", "kind", "order_id", "other_order_id", "priority", "impact", "uncertainty", "age_days")
TEXT_COLUMNS = ("reason", "arithmetic")
ORDER_COLUMNS = (
    "forenames",
    "surname",
    "end_on",
    "is_until_further_order",
    "is_interim",
    "sources",
    "name_folded",
)


@dataclass(frozen=True, eq=False)
class Items:
    """The items of a release.

    Attributes:
        rows: an item each: `row`, the columns of `review_queue`, those of its order that are shown, and a column for
            each facet that has one value an item.
        several: for each facet that has several: `row`, `value`, once each.
        parts: what an item is made of: `item_id`, `order_id`, `discrepancy_id`, `field`.
    """

    rows: pl.DataFrame
    several: Mapping[str, pl.DataFrame]
    parts: pl.DataFrame


def build_items(table: Callable[[str], pl.DataFrame]) -> Items:
    """Bring together what a release says of its items.

    Args:
        table: the tables of the release by name: `review_queue`, `orders`, `discrepancies`, `field_provenance`.
    """
    queue = table("review_queue").sort("item_id").with_row_index("row")
    orders = _described(table("orders"))
    parts = _parts(queue, table("discrepancies"))
    rows = (
        queue.select("row", *ITEM_COLUMNS, *TEXT_COLUMNS)
        .join(orders, on="order_id", how="left", maintain_order="left")
        .join(_severities(parts), on="row", how="left", maintain_order="left")
        # Two orders that may be one: whose order it is, and until when, hangs on it.
        .with_columns(pl.col("severity").fill_null(SEVERITIES[0]))
    )
    several = {
        "field": _values(parts, "field"),
        "rule": _values(parts, "rule_code"),
        "pair": _source_pairs(queue, parts, orders, table("field_provenance")),
    }
    return Items(rows, several, parts.select("item_id", "order_id", "discrepancy_id", "field"))


def _described(orders: pl.DataFrame) -> pl.DataFrame:
    """The orders as the queue shows them; what is not known has a value of its own to choose it by."""
    facets = {"type": "order_type", "status": "legal_status", "force": "force_code", "region": "region_code"}
    return orders.with_columns(
        name_folded=pl.concat_str("surname_folded", "forenames_folded", separator=" ", ignore_nulls=True)
    ).select(
        "order_id",
        *ORDER_COLUMNS,
        **{name: pl.col(column).fill_null(NOT_KNOWN) for name, column in facets.items()},
    )


def _parts(queue: pl.DataFrame, discrepancies: pl.DataFrame) -> pl.DataFrame:
    """The discrepancies behind each item."""
    found = discrepancies.filter(pl.col("state") != "resolved", pl.col("severity").is_in(QUEUED_SEVERITIES))
    of_the_order = pl.col("source").is_null()
    columns = ("order_id", "discrepancy_id", "rule_code", "field", "severity", "source")
    breaks = pl.col("kind") == "constraint"
    differs = pl.col("kind").is_in(["discrepancies", "lone_record"])
    sides = ((breaks, of_the_order), (differs, ~of_the_order))
    return pl.concat(
        queue.filter(kind).select("row", "item_id", "order_id").join(found.filter(what).select(columns), on="order_id")
        for kind, what in sides
    ).sort("row", "discrepancy_id")


def _severities(parts: pl.DataFrame) -> pl.DataFrame:
    """The highest severity among the parts of each item."""
    ranks = parts.select(
        "row", rank=pl.col("severity").replace_strict({name: at for at, name in enumerate(SEVERITIES)})
    )
    return ranks.group_by("row").agg(
        severity=pl.col("rank").min().replace_strict(dict(enumerate(SEVERITIES)), return_dtype=pl.String)
    )


def _values(parts: pl.DataFrame, column: str) -> pl.DataFrame:
    return parts.select("row", value=column).unique().sort("row", "value")


def _source_pairs(
    queue: pl.DataFrame, parts: pl.DataFrame, orders: pl.DataFrame, provenance: pl.DataFrame
) -> pl.DataFrame:
    """The pairs of sources that differ.

    Of a discrepancy its source with each that gives the golden value; of two orders that may be one, each source of
    the one with each of the other.
    """
    holders = orders.select("order_id", other="sources")
    held = parts.filter(pl.col("source").is_not_null())
    place = ["order_id", "field"]
    won = held.join(provenance.select(*place, other="agreeing"), on=place).explode("other", empty_as_null=False)
    # Conditions and presence have no winner: all other sources of the order stand on the other side.
    open_ended = held.join(provenance, on=place, how="anti").join(holders, on="order_id")
    is_duplicate, differ = pl.col("field") == "duplicate", pl.col("source") != pl.col("other")
    others = pl.when(is_duplicate).then(pl.concat_list("source")).otherwise("other")
    against = open_ended.with_columns(other=others).explode("other", empty_as_null=False)
    facing = (
        queue.filter(pl.col("other_order_id").is_not_null())
        .join(orders.select("order_id", source="sources"), on="order_id")
        .join(holders, left_on="other_order_id", right_on="order_id")
        .explode("source", empty_as_null=False)
        .explode("other", empty_as_null=False)
    )
    sides = pl.concat(
        [
            won.select("row", "source", pl.col("other").str.extract(r"^([a-z]+):")).filter(differ),
            against.filter(differ | is_duplicate).select("row", "source", "other"),
            facing.select("row", "source", "other"),
        ]
    ).unique()
    low, high = pl.min_horizontal("source", "other"), pl.max_horizontal("source", "other")
    return sides.select("row", value=pl.concat_str(low, high, separator="-")).unique().sort("row", "value")
