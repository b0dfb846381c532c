"""What a comparison is, and how one is carried out on many pairs at once.

Belongs here: the shapes `Level`, `Feature`, `Comparison`, and their evaluation on distinct pairs of values.
Does not: conditions for kinds of values (`matching.comparators`), sums of weights (`matching.weights`), or
anything that knows what the records are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log2

import polars as pl

LEFT, RIGHT = "_left", "_right"


@dataclass(frozen=True, eq=False)
class Level:
    """One degree of agreement, reached where its condition is the first to hold.

    Attributes:
        name: what was found, in words.
        condition: over the columns of both records (`matching.comparators.left`, `right`) and the features.
        m: share of pairs that speak of the same thing and reach this level.
        u: share of other pairs that reach it.
    """

    name: str
    condition: pl.Expr
    m: float
    u: float

    @property
    def weight(self) -> float:
        """Match weight: log2 of the Bayes factor m/u (Fellegi and Sunter, 1969)."""
        return round(log2(self.m / self.u), 2)


@dataclass(frozen=True, eq=False)
class Feature:
    """A column worked out from both records before the levels are read, such as a similarity."""

    name: str
    compute: Callable[[pl.DataFrame], pl.Series]


@dataclass(frozen=True, eq=False)
class Comparison:
    """A comparison: the columns it reads, its levels from the first to hold, the features these need.

    Both records are treated alike: conditions and features must not tell left from right.
    """

    name: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]
    features: tuple[Feature, ...] = ()

    @property
    def weights(self) -> tuple[float, ...]:
        """The weight of each level, in order."""
        return tuple(level.weight for level in self.levels)


@dataclass(frozen=True, eq=False)
class Coded:
    """The records as one comparison sees them.

    Attributes:
        comparison: the comparison.
        codes: for each record the row of `values` that holds its values.
        values: the distinct values of the columns that the comparison reads.
    """

    comparison: Comparison
    codes: pl.Series
    values: pl.DataFrame


def code_values(comparison: Comparison, records: pl.DataFrame) -> Coded:
    """Number the distinct values of the columns that a comparison reads."""
    values = records.select(comparison.columns)
    codes = values.select(pl.struct(pl.all()).hash(0).rank("dense").cast(pl.UInt32) - 1).to_series()
    representative = pl.DataFrame({"code": codes, "row": pl.int_range(len(codes), eager=True)}).unique(
        "code", keep="first", maintain_order=True
    )
    return Coded(comparison, codes, values[representative.sort("code").get_column("row")])


def assess(coded: Coded, pairs: pl.DataFrame) -> pl.Series:
    """The level each pair reaches, as its place in the levels of the comparison.

    Every distinct pair of values is looked at once, however many pairs of records share it.

    Args:
        coded: from `code_values`.
        pairs: columns `left` and `right`, row numbers of the records.

    Returns:
        Int8, one a pair, in the order of `pairs`.
    """
    ends = pl.DataFrame({side: coded.codes.gather(pairs.get_column(side)) for side in ("left", "right")})
    low, high = (bound("left", "right").cast(pl.UInt64) for bound in (pl.min_horizontal, pl.max_horizontal))
    keys = ends.select(key=low * 2**32 + high)
    distinct = keys.unique()
    levels = _levels(
        coded.comparison,
        coded.values[distinct.select(pl.col("key") // 2**32).to_series()],
        coded.values[distinct.select(pl.col("key") % 2**32).to_series()],
    )
    reached = keys.join(distinct.with_columns(level=levels), on="key", how="left", maintain_order="left")
    return reached.get_column("level").alias(coded.comparison.name)


def _levels(comparison: Comparison, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
    both = pl.concat(
        [
            left.rename(lambda column: column + LEFT),
            right.rename(lambda column: column + RIGHT),
        ],
        how="horizontal",
    )
    features = [feature.compute(both).alias(feature.name) for feature in comparison.features]
    reached = pl.lit(len(comparison.levels) - 1, dtype=pl.Int8)
    for place, level in reversed(list(enumerate(comparison.levels[:-1]))):
        reached = pl.when(level.condition).then(pl.lit(place, dtype=pl.Int8)).otherwise(reached)
    return both.with_columns(features).select(level=reached).to_series()
