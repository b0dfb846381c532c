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


def assess(comparison: Comparison, records: pl.DataFrame, pairs: pl.DataFrame) -> pl.Series:
    """The level each pair reaches, as its place in `comparison.levels`.

    Every distinct pair of values is looked at once, however many pairs of records share it.

    Args:
        comparison: the comparison.
        records: one row a record, with the columns the comparison reads.
        pairs: columns `left` and `right`, row numbers of `records`.

    Returns:
        Int8, one a pair, in the order of `pairs`.
    """
    values = records.select(comparison.columns)
    codes = values.select(pl.struct(pl.all()).hash(0).rank("dense").cast(pl.UInt32)).to_series()
    representative = pl.DataFrame({"code": codes, "row": pl.int_range(len(codes), eager=True)}).unique(
        "code", keep="first", maintain_order=True
    )
    rows = representative.sort("code").get_column("row")
    coded = pl.DataFrame(
        {"left": codes.gather(pairs.get_column("left")), "right": codes.gather(pairs.get_column("right"))}
    ).select(low=pl.min_horizontal("left", "right"), high=pl.max_horizontal("left", "right"))
    distinct = coded.unique()
    levels = _levels(
        comparison,
        values[rows.gather(distinct.get_column("low") - 1)],
        values[rows.gather(distinct.get_column("high") - 1)],
    )
    reached = coded.join(distinct.with_columns(level=levels), on=["low", "high"], how="left", maintain_order="left")
    return reached.get_column("level").alias(comparison.name)


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
