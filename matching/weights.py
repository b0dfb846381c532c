"""Match weights: what the levels reached by a pair add up to, and how a weight reads as a probability.

Belongs here: models (lists of comparisons), sums of declared weights. Does not: the comparisons of any model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp2

import polars as pl

from matching.comparisons import Coded, Comparison, assess, code_values

CHUNK = 1_000_000


@dataclass(frozen=True, eq=False)
class Model:
    """A named list of comparisons, read top to bottom."""

    name: str
    comparisons: tuple[Comparison, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the comparisons, in order."""
        return tuple(comparison.name for comparison in self.comparisons)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the comparisons read."""
        return tuple(dict.fromkeys(column for item in self.comparisons for column in item.columns))


@dataclass(frozen=True, eq=False)
class Scales:
    """A model with the records it is put to, coded once for all the pairs that are weighed."""

    model: Model
    coded: tuple[Coded, ...]


def set_up(model: Model, records: pl.DataFrame) -> Scales:
    """Make records ready for weighing.

    Args:
        model: the comparisons.
        records: one row a record, with every column the model reads.
    """
    return Scales(model, tuple(code_values(comparison, records) for comparison in model.comparisons))


def weigh(scales: Scales, pairs: pl.DataFrame) -> pl.DataFrame:
    """The level of each comparison and the sum of their weights.

    Args:
        scales: from `set_up`.
        pairs: columns `left` and `right`, row numbers of the records.

    Returns:
        One row a pair, in the order of `pairs`: a column `<comparison>` with the level reached, and
        `<model>_weight`, log2 of the Bayes factor.
    """
    model = scales.model
    parts = [pl.DataFrame([assess(coded, chunk) for coded in scales.coded]) for chunk in pairs.iter_slices(CHUNK)]
    empty = pl.DataFrame(schema=dict.fromkeys(model.names, pl.Int8))
    levels = pl.concat([empty, *parts])
    return levels.with_columns(total(model.comparisons).alias(f"{model.name}_weight"))


def total(comparisons: Sequence[Comparison]) -> pl.Expr:
    """The sum of the weights of the levels reached, to two places."""
    return pl.sum_horizontal(level_weight(comparison) for comparison in comparisons).round(2)


def level_weight(comparison: Comparison) -> pl.Expr:
    """The weight of the level reached in one comparison."""
    weights = dict(enumerate(comparison.weights))
    return pl.col(comparison.name).replace_strict(weights, return_dtype=pl.Float64)


def on_demand(known: pl.DataFrame, weigher: Callable[[pl.DataFrame], pl.Series]) -> Callable[[pl.DataFrame], pl.Series]:
    """A weigher that looks a pair up first and weighs it only if it is new.

    Args:
        known: `left`, `right`, `weight`.
        weigher: from a frame of `left` and `right` to one weight a row.
    """
    key = pl.col("left").cast(pl.Int64) * 2**32 + pl.col("right").cast(pl.Int64)
    nothing = pl.DataFrame({"weight": [None], "key": [-1]}, schema={"weight": pl.Float64, "key": pl.Int64})
    book = pl.concat([nothing, known.select(pl.col("weight").cast(pl.Float64), key=key)]).sort("key")
    keys, weights = book.get_column("key"), book.get_column("weight")

    def look_up(pairs: pl.DataFrame) -> pl.Series:
        wanted = pairs.select(key=key).to_series()
        place = keys.search_sorted(wanted).clip(upper_bound=len(keys) - 1)
        found = pl.select(weight=pl.when(keys.gather(place) == wanted).then(weights.gather(place))).to_series()
        fresh = pairs.filter(found.is_null())
        if fresh.is_empty():
            return found
        return found.scatter(found.is_null().arg_true(), weigher(fresh).cast(pl.Float64))

    return look_up


def probability(weight: float, prior: float) -> float:
    """The probability that a pair matches.

    Args:
        weight: match weight, log2 of the Bayes factor.
        prior: probability that a pair drawn at random matches.
    """
    odds = prior / (1 - prior) * exp2(weight)
    return odds / (1 + odds)
