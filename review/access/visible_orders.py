"""Whose records somebody sees: an order is seen if its force, or the force of a source record of it, is theirs.

Belongs here: this one rule, for frames of any table. Does not: what a role may do (`review.access.viewer`).
"""

import polars as pl

from review.desk import WholeRelease
from warehouse.tables.release import SOURCE_RECORDS

ORDER_COLUMNS = ("order_id", "other_order_id")


def visible_orders(snapshot: WholeRelease, forces: frozenset[str] | None) -> pl.Series | None:
    """Ids of the orders that somebody with these forces sees, sorted; None: all of them."""
    if forces is None:
        return None
    return snapshot.keep(f"orders seen by {sorted(forces)}", lambda: _orders_of(snapshot, forces))


def only_visible(frame: pl.DataFrame, snapshot: WholeRelease, forces: frozenset[str] | None) -> pl.DataFrame:
    """The rows of a table with `order_id` that somebody with these forces sees.

    A row that names a second order (`other_order_id`) is seen by who sees either: to judge whether two orders are one
    takes both.
    """
    seen = visible_orders(snapshot, forces)
    if seen is None:
        return frame
    ids = seen.implode()
    return frame.filter(pl.any_horizontal(pl.col(name).is_in(ids) for name in ORDER_COLUMNS if name in frame.columns))


def is_visible(order_id: str, snapshot: WholeRelease, forces: frozenset[str] | None) -> bool:
    """Whether somebody with these forces sees an order."""
    seen = visible_orders(snapshot, forces)
    return seen is None or order_id in snapshot.keep(f"set of {sorted(forces or ())}", lambda: set(seen))


def _orders_of(snapshot: WholeRelease, forces: frozenset[str]) -> pl.Series:
    codes = sorted(forces)
    held = snapshot.table("orders").filter(pl.col("force_code").is_in(codes)).get_column("order_id")
    sources = snapshot.table("order_sources").with_columns(
        record_id=pl.concat_str("source", "source_key", separator=":")
    )
    recorded = _records(snapshot).filter(pl.col("force_code").is_in(codes)).select("record_id")
    recorded_orders = sources.join(recorded, on="record_id", how="semi").get_column("order_id")
    return pl.concat([held, recorded_orders]).unique().sort()


def _records(snapshot: WholeRelease) -> pl.DataFrame:
    """The source records of a release; an older one keeps none, and less is seen of it."""
    try:
        return snapshot.table(SOURCE_RECORDS.name)
    except KeyError:
        return SOURCE_RECORDS.empty()
