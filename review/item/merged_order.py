"""What one order would hold if two became it: the survivor, value by value, before anybody decides.

Belongs here: choosing golden values from the records of both, and what the law makes of them. Does not: which orders a
decision would put together (`ledger.decisions.preview`). Other orders of the person and earlier decisions are left to
the night.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from reconciliation.dropped_orders import mark_dropped
from reconciliation.endings import Before, read_endings
from reconciliation.golden import choose_golden
from reconciliation.law import judge_status
from reconciliation.record_context import hold_records
from review.item.comparison import text_of
from review.item.fields import FIELD_ROWS
from review.item.titles import status_words
from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.titles import FIELD_TITLES


@dataclass(frozen=True)
class MergedValue:
    """A field in which the orders differ, or the one that they would become.

    Attributes:
        now: the value of each order, in words; None where it has none.
    """

    field: str
    now: tuple[str | None, ...]
    then: str | None


def foresee_merged(
    order_ids: Sequence[str], table: Callable[[str], pl.DataFrame], *, as_of: date
) -> tuple[MergedValue, ...]:
    """The values of the one order that orders would become."""
    orders, placed, conditions = (
        table(name).filter(pl.col("order_id").is_in(order_ids)) for name in ("orders", "order_sources", "conditions")
    )
    rows = {row["order_id"]: row for row in orders.to_dicts()}
    one = placed.select("record_id", order_cluster=pl.lit("one"), subject_cluster=pl.lit("one"))
    records = CORE_ORDERS.conform(table("source_records").join(placed, on="record_id", how="semi"))
    # Where an order forbids more than travel, a list with a condition of no code says so.
    listed = (
        placed.select("order_id", "record_id")
        .join(orders.select("order_id", "is_travel_only"), on="order_id")
        .join(conditions.select("order_id", "condition_code"), on="order_id")
        .select("record_id", condition_code=pl.when("is_travel_only").then("condition_code"))
    )
    held = hold_records(records, one)
    golden, _ = choose_golden(held, as_of=as_of, conditions=listed)
    merged = golden.row(0, named=True)
    status = MergedValue(
        FIELD_TITLES["legal_status"],
        tuple(status_words(rows[order_id]) for order_id in order_ids),
        status_words(_judged(held, golden, placed, as_of)),
    )
    values = (
        MergedValue(
            field.title,
            tuple(text_of(field, rows[order_id][field.golden]) for order_id in order_ids),
            text_of(field, merged[field.golden]),
        )
        for field in FIELD_ROWS
        if field.golden in merged
    )
    return tuple(value for value in (status, *values) if len({*value.now, value.then}) > 1)


def _judged(held: pl.DataFrame, golden: pl.DataFrame, placed: pl.DataFrame, as_of: date) -> Mapping[str, Any]:
    """What the law makes of the one order, by its records alone."""
    named = {"order_id": pl.lit("one"), "subject_id": pl.lit("one")}
    dropped = placed.filter(pl.col("is_dropped").fill_null(value=False)).get_column("record_id")
    order = golden.with_columns(**named)
    endings = read_endings(
        mark_dropped(held, dropped).with_columns(**named), order, before=Before(), decided={}, as_of=as_of
    )
    return judge_status(order.join(endings, on="order_id"), as_of=as_of).row(0, named=True)
