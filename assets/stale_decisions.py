"""Decisions that a steward should look at again: their evidence has changed, or they exclude one another.

Belongs here: which decisions, and the orders that they are about tonight. Does not: judging staleness and
contradictions (`ledger.decisions`), their place in the queue (`expectations.review_items`), Dagster.
"""

import polars as pl

from ledger.decisions.binding import Closures, DecidedValues, LinkConstraints
from reconciliation.redirects import follow_orders

SECOND_LOOKS = pl.Schema(
    {
        "kind": pl.String(),
        "order_id": pl.String(),
        "other_order_id": pl.String(),
        "decision_ids": pl.List(pl.String),
        "fields": pl.List(pl.String),
    }
)


def find_second_looks(
    decisions: pl.DataFrame,
    named: pl.DataFrame,
    owners: pl.DataFrame,
    redirects: pl.DataFrame,
    *,
    bound: tuple[LinkConstraints, DecidedValues, Closures],
) -> pl.DataFrame:
    """The decisions to be looked at again, by the orders that they are about.

    A decision of which neither order nor record is there tonight waits, and `concord decisions check` lists it.

    Args:
        decisions: those in force, `DECISIONS`.
        named: `name_records` of all sources.
        owners: `record_id`, `order_id`, `subject_id` of the night.
        redirects: `id_redirects` of orders.
        bound: what the decisions bind tonight, and which of them rest on changed evidence.

    Returns:
        `kind` (`stale_decision`, `contradiction`), `order_id`, `other_order_id`, `decision_ids`, `fields`: one row a
        kind and pair of orders.
    """
    if decisions.is_empty():
        return pl.DataFrame(schema=SECOND_LOOKS)
    links, values, _ = bound
    stale = pl.concat([part.stale.select("decision_id", "field") for part in bound])
    excluded = pl.concat([links.contradictions, values.contradictions])
    both = pl.concat([excluded.select("decision_id"), excluded.select(decision_id=pl.col("against").explode())])
    found = pl.concat(
        [
            stale.unique().with_columns(kind=pl.lit("stale_decision")),
            both.unique().with_columns(kind=pl.lit("contradiction"), field=pl.lit(None, pl.String)),
        ],
        how="diagonal",
    )
    placed = found.join(_place(decisions, named, owners, redirects), on="decision_id").drop_nulls("order_id")
    return (
        placed.join(decisions.select("decision_id", own="field"), on="decision_id")
        .group_by("kind", "order_id", "other_order_id")
        .agg(
            pl.col("decision_id").unique().sort().alias("decision_ids"),
            pl.coalesce("field", "own").drop_nulls().unique().sort().alias("fields"),
        )
        .select(*SECOND_LOOKS)
        .sort("kind", "order_id", "other_order_id", nulls_last=True)
    )


def _place(decisions: pl.DataFrame, named: pl.DataFrame, owners: pl.DataFrame, redirects: pl.DataFrame) -> pl.DataFrame:
    """`decision_id`, `order_id`, `other_order_id` of tonight; of an order that was split, its first part."""
    held = named.select("handle", "record_id").join(owners.select("record_id", "order_id"), on="record_id")
    sides = {
        side: held.select(pl.col("handle").alias(f"{side}_handle"), pl.col("order_id").alias(side))
        for side in ("left", "right")
    }
    there = owners.get_column("order_id").unique()
    followed = follow_orders(decisions.get_column("order_id"), there, redirects)
    parts = (
        redirects.filter(pl.col("new_id").is_in(there.implode()))
        .group_by(order_id="old_id")
        .agg(pl.col("new_id").min().alias("part"))
    )
    placed = (
        decisions.select("decision_id", "left_handle", "right_handle", "order_id")
        .join(sides["left"], on="left_handle", how="left")
        .join(sides["right"], on="right_handle", how="left")
        .join(followed, on="order_id", how="left")
        .join(parts, on="order_id", how="left")
    )
    is_pair = pl.col("right_handle").is_not_null()
    one = pl.when(is_pair).then(pl.min_horizontal("left", "right")).otherwise(pl.coalesce("order_now", "part"))
    other = pl.when(is_pair & (pl.col("left") != pl.col("right"))).then(pl.max_horizontal("left", "right"))
    return placed.select("decision_id", order_id=one, other_order_id=other)
