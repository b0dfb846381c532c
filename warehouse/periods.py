"""Lengths between days.

Belongs here: arithmetic of days and months that the choice of golden values and the rules on records share. Does not:
what a length ought to be (`warehouse.legal`).
"""

import polars as pl


def whole_months(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """The length in whole months, the last day being the same day of the month or the day before it; else null."""
    return pl.coalesce(_months_to(start, end), _months_to(start, end.dt.offset_by("1d")))


def months_after(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    """The same day some months later, or the last day of that month where it is shorter."""
    return day.dt.offset_by(pl.format("{}mo", months))


def _months_to(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    is_short_month = (end.dt.day() < start.dt.day()) & (end.dt.offset_by("1d").dt.day() == 1)
    months = (end.dt.year().cast(pl.Int64) - start.dt.year()) * 12 + end.dt.month().cast(pl.Int64) - start.dt.month()
    return pl.when((end.dt.day() == start.dt.day()) | is_short_month).then(months)
