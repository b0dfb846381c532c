"""When records and orders were first and last seen.

Belongs here: what nights showed. Does not: the days that sources give (`recorded_on` is the day of the last touch, and
an old record that was updated looks new by it).
"""

from datetime import date

import polars as pl

from reconciliation.endings import Before
from warehouse.sources import delivered_on, has_row_key


def find_first_seen(records: pl.DataFrame, before: Before) -> pl.Series:
    """The first night that showed each record, in their order; null of those that tonight is the first to show.

    Where a source has no row keys, a record is known by its order.

    Args:
        records: `source`, `source_key`, `order_id`, of tonight.
        before: the release before.
    """
    known = before.order_sources.with_columns(pl.col("first_seen_on").fill_null(pl.lit(before.as_of, pl.Date)))
    by_key, by_order = (
        known.filter(is_of_kind).group_by("source", name).agg(pl.col("first_seen_on").min().alias(f"by_{name}"))
        for name, is_of_kind in (("source_key", has_row_key), ("order_id", ~has_row_key))
    )
    joined = records.join(by_key, on=["source", "source_key"], how="left", maintain_order="left").join(
        by_order, on=["source", "order_id"], how="left", maintain_order="left"
    )
    return joined.select(first_seen_on=pl.coalesce("by_source_key", "by_order_id")).to_series()


def find_sightings(order_sources: pl.DataFrame, before: Before, *, as_of: date) -> pl.DataFrame:
    """`order_id`, `first_seen_on`, `last_seen_on` of every order, whichever records held it.

    A return is dated by the last day of its month, which may be to come: it was seen tonight at the latest.
    """
    former = before.orders.select("order_id", former=pl.col("first_seen_on").fill_null(pl.lit(before.as_of, pl.Date)))
    seen = order_sources.group_by("order_id").agg(
        pl.col("first_seen_on").min(), last_seen_on=pl.min_horizontal(delivered_on.max(), pl.lit(as_of))
    )
    return seen.join(former, on="order_id", how="left").select(
        "order_id", pl.min_horizontal("first_seen_on", "former").alias("first_seen_on"), "last_seen_on"
    )
