"""Decisions as rows for the terminal: keys, codes and dates; values are personal data and stay in the ledger.

Belongs here: what is shown of a decision. Does not: the commands (`cli.deciding`, `cli.decisions`).
"""

import polars as pl

from ledger.decisions.binding import closures, constraints, overrides
from ledger.decisions.decidable import Present
from ledger.decisions.in_force import fold, in_force


def decision_rows(decisions: pl.DataFrame, *, everything: bool = False) -> pl.DataFrame:
    """The decisions that stand, or all of them: id, day, who, what, about what, why, state."""
    folded = fold(decisions)
    chosen = folded if everything else folded.filter(pl.col("ended_by").is_null() & (pl.col("kind") != "undo"))
    about = (
        pl.when(pl.col("right_record_id").is_not_null())
        .then(pl.format("{} / {}", "left_record_id", "right_record_id"))
        .when(pl.col("order_id").is_not_null())
        .then(pl.format("{} {}", "order_id", "field"))
        .otherwise("replaces")
    )
    state = pl.when(pl.col("ended_by").is_null()).then(pl.lit("stands")).otherwise(pl.col("ended_as"))
    return chosen.select(
        "decision_id",
        day=pl.col("decided_at").dt.date(),
        by="decided_by",
        kind="kind",
        about=about,
        reason="reason_code",
        until="accepted_until",
        batch="batch_id",
        state=state,
    )


def stale_rows(decisions: pl.DataFrame, present: Present) -> pl.DataFrame:
    """The values that changed under decisions in force: decision, kind, field, and the record that holds the value."""
    standing = in_force(decisions, as_of=present.as_of)
    orders = present.orders.get_column("order_id")
    stale = pl.concat(
        [
            constraints(standing, present.records).stale,
            overrides(standing, present.records, present.owners, present.redirects).stale,
            closures(standing, present.discrepancies, present.records, orders, present.redirects).stale,
        ]
    )
    records = present.records.select("handle", "record_id")
    return (
        stale.join(standing.select("decision_id", "kind"), on="decision_id")
        .join(records, left_on="of", right_on="handle", how="left")
        .select("decision_id", "kind", "field", changed=pl.coalesce("record_id", "of"))
        .sort("decision_id", "field", "changed")
    )


def contradiction_rows(decisions: pl.DataFrame, present: Present) -> pl.DataFrame:
    """Decisions in force that others exclude."""
    standing = in_force(decisions, as_of=present.as_of)
    found = pl.concat(
        [
            constraints(standing, present.records).contradictions,
            overrides(standing, present.records, present.owners, present.redirects).contradictions,
        ]
    )
    return found.select("about", "decision_id", against=pl.col("against").list.join(", "))
