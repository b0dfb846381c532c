"""Dates of birth that one office gives to many people: fillers beside 1 January, found by how often they occur.

Belongs here: which dates of an office are too common to be births. Does not: 1 January, a filler by itself
(`assets.parsing.dates`), what a filler is worth as evidence (`matching.persons`).
"""

from dataclasses import dataclass
from typing import Final

import polars as pl
from scipy.special import gammainc

from warehouse.schema import Frame

DAYS_IN_YEAR: Final = 365.25
YEARS_OF_BIRTH: Final = 45
"""The years within which people under orders are born, about: the fewer, the more careful the search."""

FEWEST: Final = 4
"""Fewer people with one date are a chance, or one person under several names."""

LEAST_CHANCE: Final = 1e-5
"""The chance, for one office and night, that births alone repeat so often; below it the date is a filler."""

DATES: Final = ("date_of_birth",)
FOLDED: Final = ("forenames_folded", "surname_folded")
INITIALS: Final = ("forename_initial", "surname_initial")
OFFICES: Final = (("file_name",), ("file_name", "force_code"))


@dataclass(frozen=True)
class _Habit:
    """A way to fill in a birth.

    One person has one date, however often the office writes it: dates are counted for a day of the year or month. For a
    whole date the first letters of forenames and of surnames are, the fewer of both: one person has several spellings
    and several surnames.

    Attributes:
        alike: what fillers have in common.
        counted: what is counted among births that are alike.
        share: the share of births that are alike by chance.
        kinds: how many such groups there are.
    """

    alike: pl.Expr
    counted: tuple[str, ...]
    share: float
    kinds: float


HABITS: Final = (
    _Habit(pl.col("date_of_birth").dt.day(), DATES, 12 / DAYS_IN_YEAR, 31),
    _Habit(pl.col("date_of_birth").dt.strftime("%m-%d"), DATES, 1 / DAYS_IN_YEAR, DAYS_IN_YEAR),
    _Habit(pl.col("date_of_birth"), INITIALS, 1 / DAYS_IN_YEAR / YEARS_OF_BIRTH, DAYS_IN_YEAR * YEARS_OF_BIRTH),
)


def mark_fillers(orders: Frame, arrests: Frame) -> tuple[Frame, Frame]:
    """The records with `is_birth_placeholder` also true for dates that their office gives to many people.

    The chance that births alone repeat so often is that of a Poisson distribution (births are spread evenly over days
    and years, nearly enough), times the number of dates that could have been so common.

    Args:
        orders: `core__orders` of one source.
        arrests: its `core__arrests`.
    """
    columns = ["record_id", "file_name", "force_code", *FOLDED, "date_of_birth"]
    people = pl.concat(
        records.lazy()
        .filter(~pl.col("is_birth_placeholder") & pl.col("date_of_birth").is_not_null())
        .select(columns)
        .with_columns(pl.col(name).str.head(1).alias(initial) for name, initial in zip(FOLDED, INITIALS, strict=True))
        .drop(FOLDED)
        for records in (orders, arrests)
    ).collect()
    births = people.drop("record_id").unique()  # of many records the same
    found = [_find(people, births, habit, office) for habit in HABITS for office in OFFICES]
    is_filler = pl.col("record_id").is_in(pl.concat(found).unique().implode())
    is_placeholder = pl.col("is_birth_placeholder") | is_filler
    return (
        orders.with_columns(is_birth_placeholder=is_placeholder),
        arrests.with_columns(is_birth_placeholder=is_placeholder),
    )


def _find(people: pl.DataFrame, births: pl.DataFrame, habit: _Habit, office: tuple[str, ...]) -> pl.Series:
    """`record_id` of records whose date is a filler by one habit of an office."""
    births = births.with_columns(alike=habit.alike)
    groups = (
        births.group_by(*office, "alike")
        .agg(count=pl.min_horizontal(pl.col(column).n_unique() for column in habit.counted))
        .join(births.group_by(office).agg(all=pl.col("date_of_birth").n_unique()), on=office, nulls_equal=True)
    )
    # The chance that a Poisson number of this mean reaches a count is the regularised incomplete gamma function.
    by_chance = groups.get_column("all").to_numpy() * habit.share
    chance = pl.Series("chance", gammainc(groups.get_column("count").to_numpy(), by_chance) * habit.kinds)
    fillers = groups.filter((chance < LEAST_CHANCE) & (pl.col("count") >= FEWEST))
    alike = people.with_columns(alike=habit.alike)
    return alike.join(fillers, on=[*office, "alike"], how="semi", nulls_equal=True).get_column("record_id")
