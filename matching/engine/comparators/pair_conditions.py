"""Conditions and features for `Expressions`: of text, lists, dates, identifiers with a check character.

Belongs here: what can be said of two values of a kind, symmetric in both. Does not: which columns are compared
and what an agreement is worth, which the models say.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any, Final

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from matching.engine.comparators.expressions import LEFT, RIGHT, Feature

ANYTHING = pl.lit(True)


def left(column: str) -> pl.Expr:
    """The column of the left record."""
    return pl.col(column + LEFT)


def right(column: str) -> pl.Expr:
    """The column of the right record."""
    return pl.col(column + RIGHT)


def missing(column: str) -> pl.Expr:
    """One of the two values is not there."""
    return left(column).is_null() | right(column).is_null()


def equal(column: str) -> pl.Expr:
    """Both values are there and equal."""
    return left(column) == right(column)


def crossed(one: str, other: str) -> pl.Expr:
    """A value of one column equals the other record's value of the other column."""
    return (left(one) == right(other)) | (left(other) == right(one))


def either(condition: Callable[[Callable[[str], pl.Expr], Callable[[str], pl.Expr]], pl.Expr]) -> pl.Expr:
    """The condition holds one way round or the other."""
    return condition(left, right) | condition(right, left)


def both(column: str) -> pl.Expr:
    """The flag is set in both records."""
    return left(column) & right(column)


# Text

# By the kind of a feature, which holds no function itself: these can't be sent to another process.
SCORERS: Final[Mapping[str, Any]] = {
    "similarity": JaroWinkler.similarity,
    "edits": OSA.distance,
    "token_ratio": fuzz.token_sort_ratio,
}


def _where_different(kind: str, one: str, other: str, cutoff: float, frame: pl.DataFrame) -> pl.Series:
    texts = frame.select(one=one, other=other)
    is_different = texts.select((pl.col("one") != pl.col("other")).fill_null(value=False)).to_series()
    different = texts.filter(is_different)
    # Pairs of values are distinct already (`Expressions`), so that few pairs of texts stand twice.
    scores = process.cpdist(
        different.get_column("one").to_list(),
        different.get_column("other").to_list(),
        scorer=SCORERS[kind],
        score_cutoff=cutoff,
        workers=-1,
    )
    unknown = pl.Series("score", [None], dtype=pl.Float32).new_from_index(0, frame.height)
    return unknown.scatter(is_different.arg_true(), pl.Series(scores, dtype=pl.Float32))


def jaro_winkler(one: str, other: str | None = None, *, least: float) -> Feature:
    """Jaro-Winkler similarity of a column in both records, or of two columns crosswise.

    0 to 1, and 0 below `least`; null where the texts are equal or one is missing.
    """
    return _text_feature("similarity", one, other, cutoff=least)


def edits(one: str, *, most: int = 1) -> Feature:
    """Edits between two texts: letters put in, left out, changed, or neighbours exchanged (OSA distance).

    `most` + 1 stands for more; null where the texts are equal or one is missing.
    """
    return _text_feature("edits", one, None, cutoff=most)


def token_ratio(column: str, *, least: float, where: pl.Expr) -> Feature:
    """Likeness of two texts whose words may stand in another order.

    0 to 100, and 0 below `least`; null where the texts are equal, one is missing, or `where` does not hold.
    """
    feature = _text_feature("token_ratio", column, None, cutoff=least)

    def compute(frame: pl.DataFrame) -> pl.Series:
        texts = [pl.when(where).then(pl.col(column + side)).alias(column + side) for side in (LEFT, RIGHT)]
        return feature.compute(frame.select(texts))

    return Feature(feature.name, compute)


def _text_feature(kind: str, one: str, other: str | None, *, cutoff: float) -> Feature:
    second = other or one
    name = f"{one}_{kind}" if other is None else f"{one}_{other}_{kind}"
    return Feature(name, lambda frame: _where_different(kind, one + LEFT, second + RIGHT, cutoff, frame))


def variant(column: str, pairs: Iterable[tuple[str, str]]) -> pl.Expr:
    """The two values are known variants of each other."""
    known = sorted({" = ".join(sorted(pair)) for pair in pairs})
    met = pl.concat_str(
        pl.min_horizontal(left(column), right(column)),
        pl.lit(" = "),
        pl.max_horizontal(left(column), right(column)),
    )
    return met.is_in(known)


def crossed_likeness(one: str, other: str, least: float) -> pl.Expr:
    """Each of two names is like the other name of the other record: they have changed places."""
    ways = (f"{one}_{other}_similarity", f"{other}_{one}_similarity")
    here = (pl.col(ways[0]) >= least) | (left(one) == right(other))
    there = (pl.col(ways[1]) >= least) | (left(other) == right(one))
    return here & there


# Lists


def one_holds(value: str, values: str) -> pl.Expr:
    """The value of one record is among the list of the other."""
    return either(lambda one, other: other(values).list.contains(one(value)))


def lists_meet(column: str) -> pl.Expr:
    """The two lists share a value."""
    return shared(column) > 0


def shared(column: str) -> pl.Expr:
    """How many values the two lists share."""
    return left(column).list.set_intersection(right(column)).list.len()


def smaller(column: str) -> pl.Expr:
    """The length of the shorter list."""
    return pl.min_horizontal(left(column).list.len(), right(column).list.len())


def overlap(column: str) -> pl.Expr:
    """Share of the shorter list that the other holds too; null where one is empty."""
    return pl.when(smaller(column) > 0).then(shared(column) / smaller(column))


# Dates


def days_apart(column: str) -> pl.Expr:
    """Days between two dates."""
    return (left(column) - right(column)).dt.total_days().abs()


def day_and_month_swapped(column: str) -> pl.Expr:
    """One date is the other with day and month exchanged."""
    one, other = left(column).dt, right(column).dt
    return (
        (one.year() == other.year())
        & (one.month().cast(pl.Int32) == other.day().cast(pl.Int32))
        & (one.day().cast(pl.Int32) == other.month().cast(pl.Int32))
    )


def year_off(column: str, years: int) -> pl.Expr:
    """Same day and month (or 28 and 29 February), at most so many years apart."""
    one, other = left(column).dt, right(column).dt
    is_leap_day = (one.month() == 2) & (one.day() + other.day() == 28 + 29)
    return (
        ((one.year() - other.year()).abs() <= years)
        & (one.month() == other.month())
        & ((one.day() == other.day()) | is_leap_day)
    )


def years_apart(column: str) -> pl.Expr:
    """Years between two dates, months and days aside."""
    return (left(column).dt.year() - right(column).dt.year()).abs()


def same_day_of_year(column: str) -> pl.Expr:
    """Same day and month, any year."""
    one, other = left(column).dt, right(column).dt
    return (one.month() == other.month()) & (one.day() == other.day())


def same_year_and_month(column: str) -> pl.Expr:
    """Same year and month, any day."""
    one, other = left(column).dt, right(column).dt
    return (one.year() == other.year()) & (one.month() == other.month())


def digits_off(column: str) -> pl.Expr:
    """In how many digits of `YYYYMMDD` the dates differ; null where one is missing."""
    one, other = _digits(left(column)), _digits(right(column))
    places = [(one // 10**place % 10 != other // 10**place % 10).cast(pl.Int8) for place in range(8)]
    return pl.sum_horizontal(places, ignore_nulls=False)


def _digits(day: pl.Expr) -> pl.Expr:
    year, month = day.dt.year().cast(pl.Int32), day.dt.month().cast(pl.Int32)
    return year * 10_000 + month * 100 + day.dt.day().cast(pl.Int32)


# Identifiers with a check letter


def letter_off(column: str) -> pl.Expr:
    """The same but for the last character, the check letter, which may be the same too."""
    return left(column).str.head(-1) == right(column).str.head(-1)


def any_of(conditions: Iterable[pl.Expr]) -> pl.Expr:
    """At least one of the conditions holds."""
    return reduce(or_, conditions)
