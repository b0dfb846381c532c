"""Lengths and differences between days.

Belongs here: arithmetic of days and months that the choice of golden values and the rules on records share. Does not:
what a length ought to be (`warehouse.legal`).
"""

from typing import Final

import polars as pl

from warehouse.settled import Settled

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
    is_swapped = (
        (day.dt.year() == meant.dt.year()) & (day.dt.month() == meant.dt.day()) & (day.dt.day() == meant.dt.month())
    )
    is_other_year = (day.dt.month() == meant.dt.month()) & (day.dt.day() == meant.dt.day())
    return is_near | is_swapped | is_other_year | (digits_apart(day, meant) == 1)


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


def settle_period(golden: pl.DataFrame, settled: Settled) -> pl.DataFrame:
    """Make end, term and open end of an order one statement; what is missing is worked out from the rest.

    An order until further order has neither end nor term; an interim order has no term; no order ends before it
    starts. The last day is worked out as start and term; a term is worked out only from dates that are whole months
    apart. What is settled stays, and the others follow it: an order with a settled end or term is not open, a settled
    end makes the term, and a settled term the end.
    """
    has_end, has_term = settled.has("end_on"), settled.has("term_months")
    is_closed = (has_end | has_term) & ~settled.has("is_until_further_order")
    is_open = pl.col("is_until_further_order").fill_null(value=False) & ~is_closed
    is_interim = pl.col("is_interim").fill_null(value=False)
    is_before_start = (pl.col("end_on") < pl.coalesce("start_on", "made_on")).fill_null(value=False)
    by_term = months_after(pl.col("start_on"), pl.col("term_months"))
    by_dates = whole_months(pl.col("start_on"), pl.col("end_on"))
    return golden.with_columns(
        pl.when(is_closed & pl.col("is_until_further_order"))
        .then(pl.lit(value=False))
        .otherwise("is_until_further_order")
        .alias("is_until_further_order"),
        pl.when(has_end)
        .then("end_on")
        .when(~is_open & has_term)
        .then(pl.coalesce(by_term, "end_on"))
        .when(~is_open)
        .then(pl.coalesce(pl.when(~is_before_start).then("end_on"), by_term))
        .alias("end_on"),
        pl.when(has_term)
        .then("term_months")
        .when(~is_open & ~is_interim & has_end)
        .then(by_dates)
        .when(~is_open & ~is_interim)
        .then(pl.coalesce("term_months", by_dates))
        .alias("term_months"),
    )
