"""The evidence behind one order, as a person is shown it.

Belongs here: what an explanation holds, pairs of records with their weights read back. Does not: gathering it from a
release (`reconciliation.register`), drawing it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import polars as pl


@dataclass(frozen=True)
class WeightStep:
    """One bar of a waterfall: a comparison, the level that the two records reach, its weight (log2 Bayes factor)."""

    comparison: str
    level: str
    weight: float


@dataclass(frozen=True)
class Pair:
    """Two records of an order and why they belong together."""

    left_id: str
    right_id: str
    person_weight: float
    order_weight: float
    match_weight: float
    steps: tuple[WeightStep, ...]


@dataclass(frozen=True)
class Explanation:
    """The evidence behind one order.

    Attributes:
        asked_for: the id that was asked for; another one if it was redirected.
        pairs: its pairs of records with their weights, if the release keeps them.
        doubts: by field, of which the register is less than `SURE`: what weighs most for and against the golden value.
    """

    order_id: str
    asked_for: str
    order: Mapping[str, Any]
    records: pl.DataFrame
    pairs: tuple[Pair, ...]
    provenance: pl.DataFrame
    discrepancies: pl.DataFrame
    doubts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The explanation for machines: tables as lists of rows."""
        parts = {one.name: getattr(self, one.name) for one in fields(self)}
        parts["pairs"] = [asdict(pair) for pair in self.pairs]
        return {name: part.to_dicts() if isinstance(part, pl.DataFrame) else part for name, part in parts.items()}


def read_pair(row: Mapping[str, Any]) -> Pair:
    """A pair from a row of `order_pairs` or `near_pairs`."""
    return Pair(
        left_id=row["left_id"],
        right_id=row["right_id"],
        person_weight=row["person_weight"],
        order_weight=row["order_weight"],
        match_weight=row["match_weight"],
        steps=tuple(_step(level, weight) for level, weight in zip(row["levels"], row["weights"], strict=True)),
    )


def _step(level: str, weight: str) -> WeightStep:
    """A step from `comparison=level` and `comparison=+1.23`; the two lists stand in the order of the model."""
    comparison, _, reached = level.partition("=")
    return WeightStep(comparison, reached, float(weight.rpartition("=")[2]))
