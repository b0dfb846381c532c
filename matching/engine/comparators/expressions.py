"""A comparator made of conditions on both records, for what no other comparator covers.

Belongs here: levels and features as polars expressions. Does not: the conditions themselves (`pair_conditions`), whole
entries of a model (`matching.engine.entries`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from matching.engine.comparators.base import NOT_KNOWN, UNKNOWN_LEVEL, Comparator, Judge, Levels
from matching.engine.tables import narrowed
from matching.engine.values import CodedColumn, Codes, Dictionary, distinct_pairs, encode_rows

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
class Part:
    """Conditions that read some of the columns alone, such as a forename and its sound.

    They are applied to each distinct pair of these columns once, which are far fewer than the pairs of rows.

    Attributes:
        columns: that features and conditions read.
        conditions: by the name that the levels call them by.
        features: what the conditions need.
    """

    columns: tuple[str, ...]
    conditions: Mapping[str, pl.Expr]
    features: tuple[Feature, ...] = ()


@dataclass(frozen=True, eq=False)
class _BoundPart:
    """A part put to the rows: the distinct values of its columns, and for each row the place of its own."""

    part: Part
    values: pl.DataFrame
    codes: Codes

    @classmethod
    def of(cls, part: Part, rows: Dictionary) -> "_BoundPart":
        """Put a part to the rows: each that describes it is read once."""
        narrow = encode_rows(rows.rows(narrowed(part.columns, rows.described)), rows.described)
        coded = encode_rows(narrow.dictionary.rows(part.columns))
        return cls(part, coded.dictionary.values.struct.unnest(), coded.codes[narrow.codes])

    def outcomes(self, one: Codes, other: Codes) -> pl.DataFrame:
        """Whether the conditions hold of pairs of rows, a column for each."""
        first, second, places = distinct_pairs(self.codes[one], self.codes[other], len(self.values))
        return _work_out(_beside(self.values, first, second), self.part.features, self.part.conditions)[places]


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
        parts: conditions on some of the columns; those of the levels and features read the other columns, and what the
            conditions of the parts are called.
    """

    columns: tuple[str, ...]
    steps: tuple[Level, ...]
    features: tuple[Feature, ...] = ()
    parts: tuple[Part, ...] = ()

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
        rows, size = columns[0].dictionary, len(columns[0].dictionary.values)
        if missing := sorted(set(self.columns) - set(rows.kinds)):
            raise ValueError(f"conditions read columns that are not there: {', '.join(missing)}")
        parts = [_BoundPart.of(part, rows) for part in self.parts]
        apart = {column for part in self.parts for column in part.columns}
        own = rows.rows([column for column in self.columns if column not in apart])

        def reach(one: Codes, other: Codes) -> Levels:
            try:
                outcomes = [part.outcomes(one, other) for part in parts]
                return self._reached(pl.concat([_beside(own, one, other), *outcomes], how="horizontal"))
            except pl.exceptions.PolarsError as error:
                # Its message may quote values.
                read = ", ".join(f"{name} ({kind})" for name, kind in rows.kinds.items())
                raise ValueError(f"conditions can't be worked out from {read}: {type(error).__name__}") from None

        if size <= TABLE and size**2 <= len(columns[0].codes):
            table = _table(reach, size)
            return lambda left, right: table[left[0], right[0]]

        def judge(left: Sequence[Codes], right: Sequence[Codes]) -> Levels:
            one, other, places = distinct_pairs(left[0], right[0], size)
            return reach(one, other)[places]

        return judge

    def _reached(self, both: pl.DataFrame) -> Levels:
        counts = np.cumsum([not step.is_unknown for step in self.steps]).tolist()
        places = [NOT_KNOWN if step.is_unknown else count for step, count in zip(self.steps, counts, strict=True)]
        reached = pl.lit(places[-1], dtype=pl.Int8)
        for place, step in reversed(list(zip(places[:-1], self.steps[:-1], strict=True))):
            reached = pl.when(step.condition).then(pl.lit(place, dtype=pl.Int8)).otherwise(reached)
        return _work_out(both, self.features, {"level": reached}).to_series().to_numpy()


def _table(reach: Callable[[Codes, Codes], Levels], size: int) -> Levels:
    """The level of every two rows."""
    one, other = (codes.astype(np.int32) for codes in np.triu_indices(size))
    table = np.zeros((size, size), np.int8)
    table[one, other] = table[other, one] = reach(one, other)
    return table


def _beside(rows: pl.DataFrame, one: Codes, other: Codes) -> pl.DataFrame:
    """Pairs of rows, the columns of both side by side."""
    first = rows[one].rename(lambda column: column + LEFT)
    second = rows[other].rename(lambda column: column + RIGHT)
    return pl.concat([first, second], how="horizontal")


def _work_out(both: pl.DataFrame, features: Sequence[Feature], conditions: Mapping[str, pl.Expr]) -> pl.DataFrame:
    known = [feature.compute(both).alias(feature.name) for feature in features]
    # Lazily: what several conditions name is worked out once.
    return both.lazy().with_columns(known).select(**conditions).collect()
