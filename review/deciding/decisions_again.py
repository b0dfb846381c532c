"""Decisions that an item asks to look at again: what makes each stand on what there is now.

Belongs here: the fields of a form that takes the same decision once more, in place of the former. Does not: whether its
evidence has changed (`ledger.decisions.staleness`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.kinds import KIND
from review.deciding.decision_request import ANSWER
from review.item.past_decisions import PastDecision
from review.typed_day import DAY_PARTS

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DecisionAgain:
    """A decision to look at again.

    Attributes:
        decision: what was decided, and what has changed since.
        fields: what a form sends so that it still stands; empty if what it is about is no longer there.
        reason_code: why it was taken.
        reasons: which of `FormOptions.reasons` may be given.
    """

    decision: PastDecision
    fields: Fields
    reason_code: str
    reasons: str


def decisions_again(
    item: Mapping[str, Any],
    decisions: pl.DataFrame,
    described: Sequence[PastDecision],
    discrepancies: pl.DataFrame,
    present: Present,
) -> tuple[DecisionAgain, ...]:
    """The decisions that an item asks to look at again and that nothing has ended yet.

    Args:
        item: its row in `review_queue`.
        decisions: `DECISIONS` on its orders.
        described: the same in words.
        discrepancies: `DISCREPANCIES` of its order.
        present: the night.
    """
    asked, rows = frozenset(item["decision_ids"] or ()), {row["decision_id"]: row for row in decisions.to_dicts()}
    excluding = frozenset(item["excluding_ids"] or ())
    return tuple(
        DecisionAgain(
            decision,
            () if decision.decision_id in excluding else _fields(rows[decision.decision_id], discrepancies, present),
            rows[decision.decision_id]["reason_code"],
            "records" if KIND[rows[decision.decision_id]["kind"]].about == "pair" else "difference",
        )
        for decision in described
        if decision.decision_id in asked and decision.ended_by is None
    )


def _fields(row: Mapping[str, Any], discrepancies: pl.DataFrame, present: Present) -> Fields:
    about = KIND[row["kind"]].about
    if about == "value":
        answer = f"{row['kind']}|{row['field']}" + (f"|{row['value']}" if row["value"] else "")
        fields: Fields = (("order_id", row["order_id"]), (f"{ANSWER}{row['decision_id']}", answer))
    elif about == "pair":
        fields = _of_pair(row, present)
    else:
        fields = _of_discrepancy(row, discrepancies)
    return (*fields, ("replaces", row["decision_id"])) if fields else ()


def _of_pair(row: Mapping[str, Any], present: Present) -> Fields:
    names = dict(present.records.select("handle", "record_id").iter_rows())
    records = [names.get(row[side]) for side in ("left_handle", "right_handle")]
    if None in records:
        return ()
    sides = zip(("left_record_id", "right_record_id"), map(str, records), strict=True)
    return (("kind", row["kind"]), *sides)


def _of_discrepancy(row: Mapping[str, Any], discrepancies: pl.DataFrame) -> Fields:
    """The discrepancy that has come up in the place of the one decided on."""
    follows = pl.col("state") == "stale_decision", pl.col("rule_code") == row["rule_code"]
    found = discrepancies.filter(*follows, pl.col("source").eq_missing(pl.lit(row["source"], pl.String)))
    if found.height != 1:
        return ()
    until, referred = row["accepted_until"], row["referred_to"]
    day = (
        [
            (f"until-{part}", str(number))
            for part, number in zip(DAY_PARTS, (until.day, until.month, until.year), strict=True)
        ]
        if until
        else []
    )
    answer = (f"{ANSWER}{found.item(0, 'discrepancy_id')}", row["kind"])
    return (answer, *day, *([("referred_to", referred)] if referred else []))
