"""Decisions by what they are about: those on one order, its records and its person.

Belongs here: finding them. Does not: whether they still stand on their evidence (`warehouse.ledger.staleness`).
"""

from collections.abc import Collection

import polars as pl

from warehouse.ledger.evidence import follow_orders
from warehouse.ledger.folding import digest_of, fold
from warehouse.ledger.present import Present


def decisions_about(decisions: pl.DataFrame, present: Present, order_ids: Collection[str]) -> pl.DataFrame:
    """All decisions on some orders, those that ended too.

    A pair is about the orders that hold one of its records now; a value or a discrepancy about the order that its own
    went to; the taking back of a decision about what that one was about.

    Args:
        decisions: `DECISIONS`.
        present: the night.
        order_ids: the orders.

    Returns:
        `fold` of these, in ledger order.
    """
    wanted = pl.Series(sorted(order_ids), dtype=pl.String).implode()
    owned = present.owners.filter(pl.col("order_id").is_in(wanted))
    handles = present.records.join(owned, on="record_id", how="semi").get_column("handle").implode()
    went = follow_orders(decisions.get_column("order_id"), present.orders.get_column("order_id"), present.redirects)
    ids = went.filter(pl.col("order_now").is_in(wanted)).get_column("order_id").implode()
    is_pair = pl.col("right_handle").is_not_null()
    touches = pl.col("left_handle").is_in(handles) | pl.col("right_handle").is_in(handles)
    is_about = pl.when(is_pair).then(touches).otherwise(pl.col("order_id").is_in(ids)).fill_null(value=False)
    folded = fold(decisions)
    about = folded.filter(is_about).get_column("decision_id")
    # What takes back a taking back is about the same: follow the names until nothing is added.
    while True:
        undone = folded.filter((pl.col("kind") == "undo") & pl.col("replaces").is_in(about.implode()))
        more = pl.concat([about, undone.get_column("decision_id")]).unique()
        if len(more) == len(about):
            return folded.filter(pl.col("decision_id").is_in(about.implode()))
        about = more


def version_of(decisions: pl.DataFrame, present: Present, order_ids: Collection[str]) -> str:
    """What a form remembers of the decisions on its orders, so that it shows when another was taken meanwhile."""
    return digest_of(decisions_about(decisions, present, order_ids))[:16]
