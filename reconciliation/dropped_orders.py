"""Orders that no source holds any more: kept on their last records until they have ended, or a steward ends them.

Belongs here: which orders those are, and what the register goes on knowing of them. Does not: the doubt in which they
are (`reconciliation.endings`), the question that a steward is asked (`expectations.rules.doubt`).

A record that is deleted, or can't be read tonight, ends no order: only its time, a discharge or a later order does
(MSA 2015 ss.17, 20, 24 and 27).
"""

from collections.abc import Callable
from datetime import date

import polars as pl

from reconciliation.law import may_bind_from
from reconciliation.stable_ids import record_handles
from reconciliation.standing import AMENDED
from warehouse.schema import Table
from warehouse.sources import has_row_key
from warehouse.tables.core import CORE_CONDITIONS, CORE_ORDERS
from warehouse.tables.register import CONDITIONS, ORDER_SOURCES, ORDERS, UNCODED_CONDITIONS
from warehouse.tables.release import SOURCE_RECORDS
from warehouse.text_hashes import digests

FormerTable = Callable[[Table], pl.DataFrame]
"""The tables of the release before; empty ones on the first night."""


def keep_dropped(
    tonight: pl.DataFrame, former: FormerTable, *, remembered: pl.DataFrame, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The last known records of orders that bind, or may, and of which no record came tonight; and their conditions.

    A row of a workbook may have taken the place of another: where the id of a last record is that of a record of
    tonight, it is kept under one of its own, made with the id of its order.

    Args:
        tonight: order records of all sources, in the shape of `core__orders`.
        former: the release before.
        remembered: its ids (`reconciliation.id_memory.remember_former`).
        as_of: the night: what had ended by then is not kept.

    Returns:
        `CORE_ORDERS` and `CORE_CONDITIONS`, sorted by their keys; no record of tonight among them. Conditions are those
        that the release before lists, coded or not, a row for each source of each. Names of third parties are masked
        in their texts: the release holds no others.
    """
    # A result that says what became of an order does not hold it.
    handles = digests(record_handles(tonight.filter(pl.col("event").is_null())).get_column("handle")).to_frame()
    held = remembered.filter(pl.col("kind") == "order").join(handles, on="handle", how="semi")
    is_taken = pl.col("record_id").is_in(tonight.get_column("record_id").implode())
    dropped = (
        former(ORDERS)
        .filter(may_bind_from(as_of))
        .join(held, left_on="order_id", right_on="id", how="anti")
        .join(former(ORDER_SOURCES), on="order_id")
        .filter(~(has_row_key & is_taken))
    )
    if dropped.is_empty():  # as on most nights
        return CORE_ORDERS.empty(), CORE_CONDITIONS.empty()
    own_key = pl.when(is_taken).then(pl.format("{}#{}", "order_id", "source_key")).otherwise("source_key")
    keys = dropped.select("record_id", own_key.alias("own_key"))
    records = former(SOURCE_RECORDS).join(keys, on="record_id").with_columns(source_key="own_key")
    conditions = _list_conditions(dropped, former).join(keys, on="record_id")
    own_id = pl.format("{}:{}", "source", "own_key").alias("record_id")
    return (
        CORE_ORDERS.conform(records.with_columns(own_id)).sort(CORE_ORDERS.key),
        CORE_CONDITIONS.conform(conditions.with_columns(own_id)).sort(CORE_CONDITIONS.key),
    )


def _list_conditions(dropped: pl.DataFrame, former: FormerTable) -> pl.DataFrame:
    """The conditions of dropped orders, on one record of each source that the release before names for them."""
    firsts = (
        dropped.sort("is_amended", "record_id")
        .unique(["order_id", "source"], keep="first", maintain_order=True)
        .select("order_id", "source", "record_id")
    )
    columns = ("order_id", "condition_code", "text", "match_score", "sources")
    uncoded = former(UNCODED_CONDITIONS).with_columns(
        condition_code=pl.lit(None, pl.String), match_score=pl.lit(None, pl.Float64)
    )
    return (
        pl.concat([former(CONDITIONS).select(columns), uncoded.select(columns)])
        .explode("sources")
        .rename({"sources": "source"})
        .join(firsts, on=["order_id", "source"])
        .sort("record_id", "condition_code", "text")
        .with_columns(sequence=pl.int_range(1, pl.len() + 1).over("record_id"), is_cut=pl.lit(value=False))
    )


def mark_dropped(held: pl.DataFrame, dropped: pl.Series) -> pl.DataFrame:
    """Mark the records that their source no longer holds; they stand only while no other record holds their order.

    Args:
        held: order records with `order_cluster` and `standing`.
        dropped: `record_id` of those from `keep_dropped`.

    Returns:
        The records with `is_dropped`, and `standing`.
    """
    is_dropped = pl.col("record_id").is_in(dropped.implode())
    is_held_still = ~is_dropped & pl.col("event").is_null()
    is_replaced = is_dropped & is_held_still.any().over("order_cluster")
    return held.with_columns(
        is_dropped.alias("is_dropped"), pl.when(is_replaced).then(AMENDED).otherwise("standing").alias("standing")
    )


def find_unheld(held: pl.DataFrame) -> pl.DataFrame:
    """Find the orders that no source holds, whatever a court's result says became of them.

    Args:
        held: order records with `order_id`, `event` and `is_dropped`.

    Returns:
        One row for each order: `order_id`, `is_without_making` (no record holds it: court results alone speak of it),
        `is_dropped` (no source holds it any more).
    """
    is_making = pl.col("event").is_null()
    is_held = is_making & ~pl.col("is_dropped")
    return held.group_by("order_id").agg(
        is_without_making=~is_making.any(), is_dropped=pl.col("is_dropped").any() & ~is_held.any()
    )
