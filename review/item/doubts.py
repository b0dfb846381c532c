"""How sure the register is of its golden values, and what speaks for and against those that it doubts.

Belongs here: confidence in words, for a page. Does not: how it comes about (`reconciliation.confidence`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from reconciliation.confidence.population import Population
from reconciliation.confidence.values import observe_values, weigh_observations
from reconciliation.register import SURE
from review.desk import Desk
from review.item.queue_reason import odds

MOST_LINES: Final = 3
LEAST_WEIGHT: Final = 0.3
"""In log2 odds: what weighs less is not worth reading."""


@dataclass(frozen=True)
class Doubt:
    """Why the register doubts a golden value: what speaks for it, and what against it, the weightiest first."""

    supporting: tuple[str, ...]
    opposing: tuple[str, ...]


Doubts = Mapping[tuple[str, str], Doubt]
"""By order and field."""


def read_doubts(desk: Desk, order_ids: Sequence[str]) -> Doubts:
    """What speaks for and against the golden values of some orders that may be wrong.

    Whether others bear a name does not depend on who looks: it is of the whole release.
    """
    whole = desk.whole_release()
    of_orders = pl.col("order_id").is_in(list(order_ids))
    provenance = whole.table("field_provenance").filter(of_orders)
    unsure = provenance.filter(pl.col("confidence") < SURE).select("order_id", "field")
    if unsure.is_empty():
        return {}
    observed = observe_values(
        provenance,
        whole.keep("population", lambda: Population.of(whole.table("orders"))),
        whole.table("order_sources").filter(of_orders),
        errors=whole.table("source_reliability"),
    ).join(unsure, on=["order_id", "field"], how="semi")
    return {(row["order_id"], row["field"]): _doubt(weigh_observations(row)) for row in observed.to_dicts()}


def sureness(confidence: float | None) -> str:
    """How sure the register is of a value, in words; empty where nobody has measured it."""
    if confidence is None:
        return ""
    if confidence < SURE:
        return f"may be wrong: {odds(1 - confidence)}"
    return f"{min(100 * confidence, 99.9):.3g}% sure"


def _doubt(weighed: Sequence[tuple[float, str]]) -> Doubt:
    supporting = [words for weight, words in weighed if weight >= LEAST_WEIGHT]
    opposing = [words for weight, words in weighed if weight <= -LEAST_WEIGHT]
    return Doubt(_said_once(supporting), _said_once(opposing))


def _said_once(lines: Sequence[str]) -> tuple[str, ...]:
    """The first lines, without those that a longer one repeats."""
    longer = [line for line in lines if not any(other != line and line in other for other in lines)]
    return tuple(dict.fromkeys(longer))[:MOST_LINES]
