"""What is in force: the decisions that are left after all that was taken back or replaced.

Belongs here: the fold over the ledger's rows; it depends on what they say alone, never on their order. Does not:
whether their evidence still stands (`ledger.decisions.staleness`).
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from graphlib import TopologicalSorter

import polars as pl

from warehouse.tables.ledger import DECISIONS


def fold(decisions: pl.DataFrame) -> pl.DataFrame:
    """Say of each decision whether it is in force.

    A decision is void if it was taken back by one that is not void itself. It stands if it is not void and nothing
    that is not void has replaced it: to take back a decision that replaced another puts that other one in force again.

    Args:
        decisions: `DECISIONS`, in any order.

    Returns:
        The rows in ledger order, with `ended_by` (the decision that ended it; the earliest of several) and `ended_as`
        (`undone` or `superseded`); both null for those that stand.
    """
    links = decisions.filter(pl.col("replaces").is_not_null()).sort("decided_at", "decision_id")
    is_undo = pl.col("kind") == "undo"
    undone = _endings(_undone_by(links.filter(is_undo)), ended_as="undone")
    effective = links.filter(~is_undo).join(undone, on="decision_id", how="anti", maintain_order="left")
    replaced = dict(effective.reverse().select("replaces", "decision_id").iter_rows())
    superseded = _endings(replaced, ended_as="superseded")
    endings = pl.concat([undone, superseded.join(undone, on="decision_id", how="anti")])
    return decisions.join(endings, on="decision_id", how="left").sort("decided_at", "decision_id")


def in_force(decisions: pl.DataFrame, *, as_of: date | None = None) -> pl.DataFrame:
    """The decisions that stand and have not run out, in ledger order and with the columns of `DECISIONS`.

    Args:
        decisions: `DECISIONS`.
        as_of: the night; acceptances whose last day lies before it have run out. None: none has.
    """
    standing = fold(decisions).filter(pl.col("ended_by").is_null() & (pl.col("kind") != "undo"))
    if as_of is not None:
        standing = standing.filter((pl.col("accepted_until") >= as_of).fill_null(value=True))
    return DECISIONS.conform(standing)


def decisions_digest(decisions: pl.DataFrame) -> str:
    """Digest of a set of decisions, whatever their order: what a release that rests on them has to name."""
    named = "\n".join(decisions.get_column("decision_id").sort())
    return hashlib.sha256(named.encode()).hexdigest()


def _undone_by(undos: pl.DataFrame) -> dict[str, str]:
    """For each void decision the one that took it back; takers are judged before what they take back."""
    takers: dict[str, list[str]] = {}
    for taken, taker in undos.select("replaces", "decision_id").iter_rows():
        takers.setdefault(taken, []).append(taker)
    undone: dict[str, str] = {}
    for decision_id in TopologicalSorter(takers).static_order():
        taker = next((other for other in takers.get(decision_id, ()) if other not in undone), None)
        if taker is not None:
            undone[decision_id] = taker
    return undone


def _endings(ends: Mapping[str, str], *, ended_as: str) -> pl.DataFrame:
    schema = {"decision_id": pl.String, "ended_by": pl.String}
    return pl.DataFrame(list(ends.items()), schema=schema, orient="row").with_columns(ended_as=pl.lit(ended_as))
