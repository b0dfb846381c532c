"""Dates as people and systems write them.

Belongs here: the forms of a date, the birth columns. Does not: which column of a source holds which form.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from assets.parsing.distinct import read_distinct
from assets.parsing.words import known

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\.?"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_LONG_YEAR = r"(?P<year>\d{4})"
_TIME = r"(?:[t ]\s*\d{1,2}[:.]\d{2}.*)?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]? )?"


@dataclass(frozen=True)
class DateForm:
    """A form of a date: its name and the pattern of the whole text, with groups `day`, `month`, `year`, `serial`.

    Patterns see lower case; no two forms of one list match the same text.
    """

    name: str
    pattern: str


DDMMYYYY = DateForm("ddmmyyyy", r"^(?P<day>0[1-9]|[1-9]\d)(?P<month>\d{2})(?P<year>(?:19|20)\d{2})$")
MMYYYY = DateForm("00mmyyyy", r"^00(?P<month>0[1-9]|[1-9]\d)(?P<year>(?:19|20)\d{2})$")
YYYY = DateForm("0000yyyy", r"^0000(?P<year>(?:19|20)\d{2})$")
ISO = DateForm("yyyy-mm-dd", rf"^(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_TIME}$")
ISO_MONTH = DateForm("yyyy-mm", r"^(?P<year>\d{4})-(?P<month>\d{1,2})$")
YEAR = DateForm("yyyy", r"^(?P<year>(?:19|20)\d{2})$")
HAND_TYPED = (
    ISO,
    ISO_MONTH,
    YEAR,
    DDMMYYYY,
    DateForm("yyyymmdd", r"^(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>\d{2})$"),
    DateForm("yyyy/mm/dd", rf"^{_LONG_YEAR} ?[/.] ?(?P<month>\d{{1,2}}) ?[/.] ?{_DAY}{_TIME}$"),
    DateForm("dd/mm/yyyy", rf"^{_DAY} ?[/.\-\\ ] ?(?P<month>\d{{1,2}}) ?[/.\-\\ ] ?{_YEAR}{_TIME}$"),
    DateForm("mm/yyyy", rf"^(?P<month>\d{{1,2}}) ?[/.\-] ?{_LONG_YEAR}$"),
    DateForm(
        "1st March 2019", rf"^{_WEEKDAY}{_DAY} ?(?:st|nd|rd|th)?[ ,./-]*(?:of )?{_MONTH}[ ,./'’-]*{_YEAR}{_TIME}$"
    ),
    DateForm("March 1st, 2019", rf"^{_WEEKDAY}{_MONTH}[ -]+{_DAY}(?:st|nd|rd|th)?(?: |,)[ ,]*{_LONG_YEAR}{_TIME}$"),
    DateForm("March 2019", rf"^{_MONTH}[ ,./-]*{_LONG_YEAR}$"),
    DateForm("Mar-19", rf"^{_MONTH}[-/'’](?P<year>\d{{2}})$"),
    DateForm("Excel serial", r"^(?P<serial>\d{5})(?:\.\d+)?$"),
)
EXCEL_DAY_ZERO = date(1899, 12, 30)
DATE_FIELDS = {"date": pl.Date, "year": pl.Int64, "month": pl.Int64, "reason": pl.String}
BIRTH_FIELDS = {
    "date_of_birth": pl.Date,
    "birth_year": pl.Int64,
    "birth_month": pl.Int64,
    "is_birth_placeholder": pl.Boolean,
    "birth_reason": pl.String,
}
EARLIEST_YEAR = 1900
PLACEHOLDER_DAY = (1, 1)  # 1 January: 1900-01-01, 1901-01-01, 1970-01-01 and every other year's


def read_date(
    text: pl.Expr,
    *,
    forms: tuple[DateForm, ...] = HAND_TYPED,
    latest_year: int = 2099,
) -> pl.Expr:
    """Read a date, or what is given of one.

    Args:
        text: the date as sent; unknown words count as blank.
        forms: the forms to try.
        latest_year: a year after it, or before `EARLIEST_YEAR`, makes the date impossible; a two-digit year above it
            belongs to the 1900s.

    Returns:
        A struct of `date`, `year`, `month` (year and month also of a partial date) and `reason`: null, or why
        `date` is null though the text says something (`partial_date`, `impossible_date`, `unreadable_date`).
    """
    read = partial(_read_dates, forms=forms, latest_year=latest_year)
    return read_distinct(text, read, DATE_FIELDS)


def read_birth(text: pl.Expr, *, forms: tuple[DateForm, ...], this_year: int) -> pl.Expr:
    """Read a date of birth into a struct of `BIRTH_FIELDS`: the columns on birth, and `birth_reason` (see `read_date`).

    A birth cannot lie after this year, so a two-digit year above it belongs to the 1900s.
    """
    return read_distinct(text, partial(_read_births, forms=forms, this_year=this_year), BIRTH_FIELDS)


def _read_births(texts: pl.DataFrame, *, forms: tuple[DateForm, ...], this_year: int) -> pl.DataFrame:
    born_on = pl.col("date")
    is_placeholder = (born_on.dt.month() == PLACEHOLDER_DAY[0]) & (born_on.dt.day() == PLACEHOLDER_DAY[1])
    return _read_dates(texts, forms=forms, latest_year=this_year).select(
        "text",
        date_of_birth=born_on,
        birth_year="year",
        birth_month="month",
        is_birth_placeholder=is_placeholder.fill_null(value=False),
        birth_reason="reason",
    )


def _read_dates(texts: pl.DataFrame, *, forms: tuple[DateForm, ...], latest_year: int) -> pl.DataFrame:
    seen = texts.with_columns(seen=known(pl.col("text")).str.to_lowercase())
    groups = seen.with_columns(pl.col("seen").str.extract_groups(form.pattern).alias(form.name) for form in forms)
    written = groups.with_columns(
        _part("serial", forms).cast(pl.Int32, strict=False).alias("serial"),
        *(_part(name, forms).alias(name) for name in ("year", "month", "day")),
    )
    numbers = written.with_columns(
        from_serial=pl.lit(EXCEL_DAY_ZERO) + pl.duration(days="serial"),
        year=_year(pl.col("year"), latest_year),
        month=_month(pl.col("month")),
        day=pl.col("day").cast(pl.Int64, strict=False),
    ).with_columns(
        pl.coalesce(part, getattr(pl.col("from_serial").dt, part)().cast(pl.Int64)) for part in ("year", "month", "day")
    )
    return _checked(numbers, latest_year)


def _part(name: str, forms: tuple[DateForm, ...]) -> pl.Expr:
    found = [pl.col(form.name).struct.field(name) for form in forms if f"(?P<{name}>" in form.pattern]
    return pl.coalesce(found) if found else pl.lit(None, pl.String)


def _year(digits: pl.Expr, latest_year: int) -> pl.Expr:
    number = digits.cast(pl.Int64, strict=False)
    century = pl.when(number + 2000 > latest_year).then(1900).otherwise(2000)
    return pl.when(digits.str.len_chars() == 2).then(number + century).otherwise(number)


def _month(written: pl.Expr) -> pl.Expr:
    named = written.str.slice(0, 3).replace_strict(
        {name: number for number, name in enumerate(MONTH_NAMES, start=1)}, default=None, return_dtype=pl.Int64
    )
    return pl.coalesce(written.cast(pl.Int64, strict=False), named)


def _checked(numbers: pl.DataFrame, latest_year: int) -> pl.DataFrame:
    """The date where it exists and lies within the years, else the reason why there is none."""
    iso = pl.format("{}-{}-{}", *(pl.col(part).cast(pl.String).str.zfill(2) for part in ("year", "month", "day")))
    is_month = pl.col("month").is_between(1, 12).fill_null(value=True)
    dated = numbers.with_columns(date=iso.str.to_date("%Y-%m-%d", strict=False)).with_columns(
        is_possible=pl.col("year").is_between(EARLIEST_YEAR, latest_year)
        & is_month
        & (pl.col("date").is_not_null() | pl.col("day").is_null())
    )
    reason = (
        pl.when(pl.col("seen").is_null())
        .then(None)
        .when(pl.col("year").is_null())
        .then(pl.lit("unreadable_date"))
        .when(~pl.col("is_possible"))
        .then(pl.lit("impossible_date"))
        .when(pl.col("day").is_null())
        .then(pl.lit("partial_date"))
    )
    return dated.with_columns(
        *(pl.when(pl.col("is_possible")).then(pl.col(part)).alias(part) for part in ("date", "year", "month")),
        reason=reason,
    )
