"""The items of the queue with all by which they are filtered down, ordered and shown: made once a release.

Belongs here: what the release says of an item. Does not: who works on it and whether it has been decided since
(`review.queue.item_states`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from expectations.settling import SETTLED_BY
from ledger.decisions.kinds import CANONICAL
from review.queue.facets import NOT_KNOWN, band_of
from warehouse.codes import SEVERITIES
from warehouse.tables.core import parts_of_record_id

ITEM_COLUMNS = (
    *("item_id", "kind", "order_id", "other_order_id", "priority", "age_days", "reason", "arithmetic"),
    *("fields", "at_stake", "uncertainty", "left_record_id"),
)
ORDER_COLUMNS = (
    *("forenames", "surname", "end_on", "is_until_further_order", "is_interim", "legal_status", "is_in_force_doubtful"),
)
PART = ("item_id", "order_id", "discrepancy_id", "rule_code", "field")
CODED = {"type": "order_type", "status": "legal_status", "force": "force_code", "region": "region_code"}
"""Facets that an item has of its order, by the column of `review_queue`."""


@dataclass(frozen=True, eq=False)
class QueueItems:
    """The items of a release.

    Attributes:
        rows: an item each: `row`, columns of `review_queue`, those of its order that are shown, `lessons`, and a
            column for each facet that has one value an item.
        several: for each facet that has several: `row`, `value`, once each.
        parts: what an item asks: `item_id`, `order_id`, `discrepancy_id`, `rule_code`, `field`; a value that may be
            wrong although no discrepancy of the item is about it has no `discrepancy_id` and no `rule_code`.
        decisions: the decisions that an item asks to look at again: `item_id`, `decision_id`, `excludes` (whether it
            and others of the item exclude one another).
    """

    rows: pl.DataFrame
    several: Mapping[str, pl.DataFrame]
    parts: pl.DataFrame
    decisions: pl.DataFrame


def build_queue_items(table: Callable[[str], pl.DataFrame], *, as_of: date) -> QueueItems:
    """Bring together what a release says of its items.

    Args:
        table: the tables of the release by name: `review_queue`, `orders`, `discrepancies`, `field_provenance`,
            `obeyed_decisions`.
        as_of: the day of the release.
    """
    queue = table("review_queue").sort("item_id").with_row_index("row")
    orders = table("orders")
    parts = _exploded(queue, "discrepancy_ids", "discrepancy_id").join(
        table("discrepancies").select("discrepancy_id", "rule_code", "order_id", "field", "source"), on="discrepancy_id"
    )
    several = {
        "field": _exploded(queue, "fields", "value").select("row", "value"),
        "rule": _exploded(queue, "rule_codes", "value").select("row", "value"),
        "pair": _source_pairs(queue, parts, orders, table("field_provenance")),
    }
    return QueueItems(
        rows=_rows(queue, orders, as_of).join(_lessons(queue, table("obeyed_decisions")), on="row", how="left"),
        several=several,
        parts=pl.concat([parts.select(PART), _doubted(queue, parts)]),
        decisions=_exploded(queue, "decision_ids", "decision_id")
        .join(
            _exploded(queue, "excluding_ids", "decision_id").select(
                "item_id", "decision_id", excludes=pl.lit(value=True)
            ),
            on=["item_id", "decision_id"],
            how="left",
        )
        .select("item_id", "decision_id", pl.col("excludes").fill_null(value=False)),
    )


def _lessons(queue: pl.DataFrame, obeyed: pl.DataFrame) -> pl.DataFrame:
    """`row`, `lessons`: decisions of which the night knew the values, of the field of an item that has fewest.

    Confidences are learned from decisions on values: the fewer there are on a field, the more the next one teaches.
    """
    judged = obeyed.drop_nulls("field").group_by("field").agg(lessons=pl.len())
    fields = _exploded(queue, "fields", "field").join(judged, on="field", how="left")
    fewest = fields.group_by("row").agg(pl.col("lessons").fill_null(0).min())
    return queue.select("row").join(fewest, on="row", how="left").with_columns(pl.col("lessons").fill_null(0))


def _doubted(queue: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """The values at issue of which an item names no discrepancy, as `PART`."""
    fields = queue.filter(pl.col("other_order_id").is_null()).select("item_id", "order_id", field="fields")
    listed = fields.explode("field", empty_as_null=False).drop_nulls("field")
    settling = pl.DataFrame(
        list(SETTLED_BY.items()), schema={"rule_code": pl.String, "field": pl.List(pl.String)}, orient="row"
    )
    covered = parts.drop("field").join(settling, on="rule_code").explode("field").select("item_id", "field")
    asked = listed.join(
        pl.concat([parts.select("item_id", "field"), covered]), on=["item_id", "field"], how="anti"
    ).filter(pl.col("field").is_in(list(CANONICAL)))
    return asked.with_columns(**dict.fromkeys(("discrepancy_id", "rule_code"), pl.lit(None, pl.String))).select(PART)


def _rows(queue: pl.DataFrame, orders: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The items as the queue shows them; what is not known has a value of its own to choose it by."""
    described = orders.select(
        "order_id",
        "subject_id",
        *ORDER_COLUMNS,
        name_folded=pl.concat_str("surname_folded", "forenames_folded", separator=" ", ignore_nulls=True),
    )
    rows = queue.select(
        "row",
        *ITEM_COLUMNS,
        came="state",
        stream=pl.col("stream").fill_null("settle"),
        severity=pl.col("severity").fill_null(SEVERITIES[0]),
        **{name: pl.col(column).fill_null(NOT_KNOWN) for name, column in CODED.items()},
    ).join(described, on="order_id", how="left", maintain_order="left")
    days_left = (pl.col("end_on") - pl.lit(as_of)).dt.total_days()
    numbers = {"chance": pl.col("uncertainty"), "age": pl.col("age_days"), "ends": days_left}
    return rows.with_columns(
        *(band_of(name, number) for name, number in numbers.items()),
        case_priority=pl.col("priority").max().over("subject_id"),
    )


def _exploded(queue: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """`row`, `item_id` and each value of a list once."""
    listed = queue.select("row", "item_id", pl.col(column).alias(name))
    return listed.explode(name, empty_as_null=False).drop_nulls(name).unique().sort("row", name)


def _source_pairs(
    queue: pl.DataFrame, parts: pl.DataFrame, orders: pl.DataFrame, provenance: pl.DataFrame
) -> pl.DataFrame:
    """The pairs of sources that differ.

    Of a discrepancy its source with each that gives the golden value; of two orders that may be one, the sources of
    the two records that speak most for it.
    """
    held = parts.filter(pl.col("source").is_not_null())
    place = ["order_id", "field"]
    is_duplicate, differ = pl.col("field") == "duplicate", pl.col("source") != pl.col("other")
    won = held.join(provenance.select(*place, other="agreeing"), on=place).explode("other", empty_as_null=False)
    # Conditions and presence have no winner: all other sources of the order stand on the other side.
    others = pl.when(is_duplicate).then(pl.concat_list("source")).otherwise("sources")
    against = (
        held.join(provenance, on=place, how="anti")
        .join(orders.select("order_id", "sources"), on="order_id")
        .with_columns(other=others)
        .explode("other", empty_as_null=False)
    )
    sides = pl.concat(
        [
            won.select("row", "source", other=parts_of_record_id(pl.col("other"))[0]).filter(differ),
            against.filter(differ | is_duplicate).select("row", "source", "other"),
            queue.drop_nulls(["left_record_id", "right_record_id"]).select(
                "row",
                source=parts_of_record_id(pl.col("left_record_id"))[0],
                other=parts_of_record_id(pl.col("right_record_id"))[0],
            ),
        ]
    ).unique()
    low, high = pl.min_horizontal("source", "other"), pl.max_horizontal("source", "other")
    return sides.select("row", value=pl.concat_str(low, high, separator="-")).unique().sort("row", "value")
