"""The drafts that a request makes on a night.

Belongs here: this step, for one decision and for several, and what of it can't be, for the form to say at its field.
Does not: judging them (`review.deciding.decider`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ledger.decisions.bulk import draft_of, drafted_together
from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft
from ledger.decisions.errors import DecisionError, DecisionRefusedError, RefusedTogetherError
from ledger.decisions.preview import NOT_IN_FORCE, foresee_all
from review.deciding.decision_request import DecisionRequest
from review.item.titles import with_titles
from warehouse.codes import DOUBT
from warehouse.tables.core import split_record_id


def draft_all(wanted: DecisionRequest, present: Present) -> tuple[Draft, ...]:
    """The decisions on what there is now.

    Raises:
        DecisionError: the one decision can't be taken: what it names is not there, or does not fit.
        ValuesChangedError: the values of the one decision have changed since the preview.
        RefusedTogetherError: of several decisions some can't be taken.
    """
    listed = [one for asked in wanted.decisions for one in _spread(asked, present)]
    prints: Sequence[str | None] = wanted.fingerprints or [None] * len(listed)
    if len(prints) != len(listed):
        raise DecisionError("the form does not say of each decision what was seen: look again")
    night, drafts, refusals = drafted_together(listed, present), list[Draft](), dict[int, Exception]()
    for place, (asked, seen) in enumerate(zip(listed, prints, strict=True)):
        try:
            drafts.append(draft_of({**asked, "fingerprint": seen}, night))
        except (DecisionError, DecisionRefusedError) as error:
            refusals[place] = error
    if refusals and len(listed) == 1:
        raise refusals[0]
    if refusals:
        raise RefusedTogetherError(refusals)
    return tuple(drafts)


def refusal(asked: Mapping[str, Any], together: Sequence[Mapping[str, Any]], present: Present) -> str | None:
    """Why a value or an acceptance can't be, in words for its field; nothing of an order that is no longer there.

    Args:
        asked: the decision.
        together: all decisions of the form: a value is judged beside the others that it would stand with.
        present: the night.
    """
    try:
        if asked["kind"] == "accept":
            present.require_acceptance(asked["accepted_until"])
            _require_in_force(asked, together, present)
        if asked["kind"] == "value" and asked["order_id"] in present.orders.get_column("order_id"):
            drafted_together(together, present).require_value(asked["order_id"], asked["field"], asked["value"])
    except DecisionError as error:
        words = with_titles(str(error))
        return words[:1].upper() + words[1:]
    return None


def _require_in_force(accepted: Mapping[str, Any], together: Sequence[Mapping[str, Any]], present: Present) -> None:
    """A steward who says that an order is in force can't also give a value with which it binds nobody.

    Raises:
        DecisionError: they do.
    """
    found = present.discrepancies.filter(
        pl.col("discrepancy_id") == accepted["discrepancy_id"], pl.col("rule_code").str.starts_with(DOUBT)
    )
    values = [one for one in together if one["kind"] == "value" and one["order_id"] in found.get_column("order_id")]
    if not values:
        return
    night = drafted_together(values, present)
    foreseen = foresee_all([draft_of(dict(one), night) for one in values], present)
    ended = foreseen.filter(
        pl.col("order_id").is_in(found.get_column("order_id").implode()), field="in_force", after=NOT_IN_FORCE
    )
    if not ended.is_empty():
        raise DecisionError("another answer says that the order has ended: give one of the two, or neither")


def _spread(asked: Mapping[str, Any], present: Present) -> list[Mapping[str, Any]]:
    """For two orders that are one: a decision on the records named, and one for each further source that holds both.

    A source should hold an order once: where it holds a record of either, the linking would keep these apart, and only
    one record would move.
    """
    named = [asked.get("left_record_id"), asked.get("right_record_id")]
    orders = dict(present.owners.filter(pl.col("record_id").is_in(named)).select("record_id", "order_id").iter_rows())
    if asked["kind"] != "same_order" or len(set(orders.values())) < 2:
        return [asked]
    left, right = (_by_source(orders[str(name)], present) for name in named)
    further = [
        {"kind": "same_order", "left_record_id": left[source], "right_record_id": right[source]}
        for source in sorted(left.keys() & right.keys())
        if {left[source], right[source]} != set(named)
    ]
    return [asked, *further]


def _by_source(order_id: str, present: Present) -> dict[str, str]:
    """The first record of an order in each source."""
    held = present.owners.filter(pl.col("order_id") == order_id).sort("record_id", descending=True)
    return {split_record_id(name)[0]: name for name in held.get_column("record_id")}
