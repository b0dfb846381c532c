"""Arithmetic of days and months: lengths, differences, slips of the hand.

Belongs here: what golden values and rules on records share. Does not: what a length ought to be (`reconciliation.law`).
"""

from typing import Final

import polars as pl

DAYS_OF_SLIP: Final = 14
"""A day mistaken by more than two weeks is another day, unless a digit, the year or day and month were mistaken."""


def whole_months(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """The length in whole months, the last day being the same day of the month or the day before it; else null."""
    return pl.coalesce(_months_to(start, end), _months_to(start, end.dt.offset_by("1d")))


def months_after(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    """The same day some months later, or the last day of that month where it is shorter."""
    return day.dt.offset_by(pl.format("{}mo", months))


def is_slip_for(day: pl.Expr, meant: pl.Expr) -> pl.Expr:
    """Whether a slip of the hand makes one day of the other: days off, a digit, the year, day and month swapped."""
    is_near = (day - meant).dt.total_days().abs() <= DAYS_OF_SLIP
    return is_near | is_exchanged(day, meant) | is_same_but_for_year(day, meant) | (digits_apart(day, meant) == 1)


def is_exchanged(day: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether day and month of one are month and day of the other; also of a day such as 5 May beside itself."""
    return (day.dt.year() == other.dt.year()) & (day.dt.month() == other.dt.day()) & (day.dt.day() == other.dt.month())


def is_same_but_for_year(day: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether day and month agree; also of a day beside itself."""
    return (day.dt.month() == other.dt.month()) & (day.dt.day() == other.dt.day())


def digits_apart(day: pl.Expr, other: pl.Expr) -> pl.Expr:
    """The number of digits in which two days, written in full, differ."""
    written, beside = (
        date.dt.year() * 10_000 + date.dt.month().cast(pl.Int32) * 100 + date.dt.day() for date in (day, other)
    )
    digits = (10**place for place in range(8))
    return pl.sum_horizontal((written // digit % 10 != beside // digit % 10).cast(pl.Int64) for digit in digits)


def _months_to(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    is_short_month = (end.dt.day() < start.dt.day()) & (end.dt.offset_by("1d").dt.day() == 1)
    months = (end.dt.year().cast(pl.Int64) - start.dt.year()) * 12 + end.dt.month().cast(pl.Int64) - start.dt.month()
    return pl.when((end.dt.day() == start.dt.day()) | is_short_month).then(months)
