"""Redirects: from ids that orders once had to the orders that hold their records now.

Belongs here: following them, in either direction. Does not: making them (`reconciliation.stable_ids`).
"""

import polars as pl


def order_redirects(redirects: pl.DataFrame) -> pl.DataFrame:
    """`old_id`, `new_id` of the rows of `ID_REDIRECTS` that are about orders, not persons."""
    return redirects.filter(pl.col("kind") == "order").select("old_id", "new_id")


def follow_redirects(ids: pl.Series, redirects: pl.DataFrame, *, until: pl.Series | None = None) -> pl.DataFrame:
    """Every id that redirects lead to, step by step.

    Args:
        ids: where to start.
        redirects: `old_id`, `new_id`; the other way round to go back to former ids.
        until: ids at which the way ends; by default it goes on as far as redirects lead.

    Returns:
        `id`, `reached`: each start with every id on its way, itself among them.
    """
    steps = redirects.select(reached="old_id", further="new_id")
    ends = pl.Series([], dtype=pl.String) if until is None else until.unique()
    fresh = ids.drop_nulls().unique().sort().to_frame("id").with_columns(reached="id")
    reached = fresh
    while fresh.height:
        moved = fresh.filter(~pl.col("reached").is_in(ends.implode())).join(steps, on="reached")
        fresh = moved.select("id", reached="further").unique().join(reached, on=["id", "reached"], how="anti")
        reached = pl.concat([reached, fresh])
    return reached


def follow_orders(order_ids: pl.Series, present: pl.Series, redirects: pl.DataFrame) -> pl.DataFrame:
    """Where orders are now.

    Args:
        order_ids: ids as they were once.
        present: the ids of all orders there are now.
        redirects: of `order_redirects`.

    Returns:
        `order_id`, `order_now`: the id itself while there is such an order, or the one that its redirects lead to;
        null where there is none, or where they lead to several: the order was split.
    """
    there = pl.col("reached").is_in(present.unique().implode())
    found = follow_redirects(order_ids, redirects, until=present).rename({"id": "order_id"})
    ends = pl.col("reached").filter(there).unique()
    now = pl.when(ends.len() == 1).then(ends.first())
    return found.group_by("order_id").agg(order_now=now).sort("order_id")
