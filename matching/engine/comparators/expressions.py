"""A comparator made of conditions on both records, for what no other comparator covers.

Belongs here: levels and features as polars expressions. Does not: the conditions themselves (`pair_conditions`), whole
entries of a model (`entries`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from matching.engine.comparators.base import NOT_KNOWN, UNKNOWN_LEVEL, Comparator, Judge, Levels
from matching.engine.values import CodedColumn, Codes, distinct_pairs

LEFT, RIGHT = "_left", "_right"
# Up to this many distinct rows, and so many that records outnumber their pairs, all pairs are looked at beforehand.
TABLE = 1_000


@dataclass(frozen=True, eq=False)
class Level:
    """A level of agreement: that of pairs for which its condition is the first to hold.

    Attributes:
        name: what was found.
        condition: over the columns of both records (`pair_conditions.left`, `right`) and the features.
        m: share of matching pairs at this level.
        u: share of other pairs at this level.
        unknown: a value is missing, and has no weight; so also where m and u are both 1.
        fixed: the declared weight stands whatever the data say.
    """

    name: str
    condition: pl.Expr
    m: float
    u: float
    unknown: bool = False
    fixed: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether this is level `NOT_KNOWN`."""
        return self.unknown or self.m == self.u == 1


@dataclass(frozen=True, eq=False)
class Feature:
    """A column worked out from both records before the levels are read, such as a similarity."""

    name: str
    compute: Callable[[pl.DataFrame], pl.Series]


@dataclass(frozen=True, eq=False)
class Expressions(Comparator):
    """Levels by the first condition to hold.

    Conditions and features read `<column>_left` and `<column>_right` and must treat both sides alike. They are applied
    to each distinct pair of rows once, however many pairs of records share it. The last level holds where no other
    does, so its condition is not read.

    Attributes:
        columns: in the order of the comparison.
        steps: the levels, in the order in which their conditions are tried.
        features: what the conditions need.
    """

    columns: tuple[str, ...]
    steps: tuple[Level, ...]
    features: tuple[Feature, ...] = ()

    jointly: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if sum(not step.is_unknown for step in self.steps) < 2:
            raise ValueError("at least two levels with known values are needed")

    @property
    def known(self) -> tuple[Level, ...]:
        """Levels with known values, in their order; the first is level 1."""
        return tuple(step for step in self.steps if not step.is_unknown)

    @property
    def levels(self) -> tuple[str, ...]:
        """Not known, then the others in the order in which they are tried."""
        unknown = [step.name for step in self.steps if step.is_unknown]
        return ((unknown or [UNKNOWN_LEVEL])[0], *(step.name for step in self.known))

    def bind(self, columns: Sequence[CodedColumn]) -> Judge:
        """See `Comparator.bind`."""
        rows = columns[0].dictionary.values.struct.unnest()
        if missing := sorted(set(self.columns) - set(rows.columns)):
            raise ValueError(f"conditions read columns that are not there: {', '.join(missing)}")
        if len(rows) <= TABLE and len(rows) ** 2 <= len(columns[0].codes):
            table = self._table(rows)
            return lambda left, right: table[left[0], right[0]]

        def judge(left: Sequence[Codes], right: Sequence[Codes]) -> Levels:
            one, other, places = distinct_pairs(left[0], right[0], len(rows))
            return self._reached(rows, one, other)[places]

        return judge

    def _table(self, rows: pl.DataFrame) -> Levels:
        """The level of every two rows."""
        size = len(rows)
        one, other = (codes.astype(np.int32) for codes in np.triu_indices(size))
        table = np.zeros((size, size), np.int8)
        table[one, other] = table[other, one] = self._reached(rows, one, other)
        return table

    def _reached(self, rows: pl.DataFrame, one: Codes, other: Codes) -> Levels:
        if not len(one):
            return np.zeros(0, np.int8)
        first = rows[one].rename(lambda column: column + LEFT)
        second = rows[other].rename(lambda column: column + RIGHT)
        both = pl.concat([first, second], how="horizontal")
        features = [feature.compute(both).alias(feature.name) for feature in self.features]
        counts = np.cumsum([not step.is_unknown for step in self.steps]).tolist()
        places = [NOT_KNOWN if step.is_unknown else count for step, count in zip(self.steps, counts, strict=True)]
        reached = pl.lit(places[-1], dtype=pl.Int8)
        for place, step in reversed(list(zip(places[:-1], self.steps[:-1], strict=True))):
            reached = pl.when(step.condition).then(pl.lit(place, dtype=pl.Int8)).otherwise(reached)
        try:
            # Lazily: what several conditions name is worked out once.
            return both.lazy().with_columns(features).select(level=reached).collect().to_series().to_numpy()
        except pl.exceptions.PolarsError as error:
            # Its message may quote values.
            read = ", ".join(f"{name} ({kind})" for name, kind in rows.schema.items())
            raise ValueError(f"conditions can't be worked out from {read}: {type(error).__name__}") from None
