"""Dates as people and systems write them.

Belongs here: the forms of a date, the birth columns. Does not: which column of a source holds which form.
"""

from dataclasses import dataclass

import polars as pl

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


DDMMYYYY = DateForm("ddmmyyyy", r"^(?P<day>\d{2})(?P<month>\d{2})(?P<year>(?:19|20)\d{2})$")
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
PLACEHOLDER_DAY = (1, 1)  # 1 January: 1900-01-01, 1901-01-01, 1970-01-01 and every other year's


def read_date(
    text: pl.Expr,
    *,
    forms: tuple[DateForm, ...] = HAND_TYPED,
    earliest_year: int = 1900,
    latest_year: int = 2099,
) -> pl.Expr:
    """Read a date, or what is given of one.

    Args:
        text: the date as sent; unknown words count as blank.
        forms: the forms to try.
        earliest_year: a year before it makes the date impossible.
        latest_year: a year after it makes the date impossible; a two-digit year above it belongs to the 1900s.

    Returns:
        A struct of `date`, `year`, `month` (year and month also of a partial date) and `reason`: null, or why
        `date` is null though the text says something (`partial_date`, `impossible_date`, `unreadable_date`).
    """
    seen = known(text).str.to_lowercase()
    groups = [seen.str.extract_groups(form.pattern) for form in forms]
    serial = _part("serial", groups, forms).cast(pl.Int32, strict=False)
    from_serial = pl.lit("1899-12-30").str.to_date() + pl.duration(days=serial)
    year = pl.coalesce(_year(_part("year", groups, forms), latest_year), from_serial.dt.year())
    month = pl.coalesce(_month(_part("month", groups, forms)), from_serial.dt.month().cast(pl.Int64))
    day = pl.coalesce(_part("day", groups, forms).cast(pl.Int64, strict=False), from_serial.dt.day().cast(pl.Int64))
    return _checked(seen, year.cast(pl.Int64), month, day, (earliest_year, latest_year))


def birth_columns(text: pl.Expr, *, forms: tuple[DateForm, ...], this_year: int) -> list[pl.Expr]:
    """The columns of `warehouse.tables.core.PERSON` on birth, and `birth_reason` (see `read_date`).

    A birth cannot lie after this year, so a two-digit year above it belongs to the 1900s.
    """
    birth = read_date(text, forms=forms, latest_year=this_year)
    date = birth.struct.field("date")
    month_day = pl.concat_list(date.dt.month(), date.dt.day())
    is_placeholder = month_day == pl.lit(list(PLACEHOLDER_DAY), dtype=pl.List(pl.Int8))
    return [
        date.alias("date_of_birth"),
        birth.struct.field("year").alias("birth_year"),
        birth.struct.field("month").alias("birth_month"),
        is_placeholder.fill_null(value=False).alias("is_birth_placeholder"),
        birth.struct.field("reason").alias("birth_reason"),
    ]


def _part(name: str, groups: list[pl.Expr], forms: tuple[DateForm, ...]) -> pl.Expr:
    found = [
        group.struct.field(name) for group, form in zip(groups, forms, strict=True) if f"(?P<{name}>" in form.pattern
    ]
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


def _checked(seen: pl.Expr, year: pl.Expr, month: pl.Expr, day: pl.Expr, years: tuple[int, int]) -> pl.Expr:
    iso = pl.format("{}-{}-{}", year, month.cast(pl.String).str.zfill(2), day.cast(pl.String).str.zfill(2))
    date = iso.str.to_date("%Y-%m-%d", strict=False)
    is_year = year.is_between(*years)
    is_possible = is_year & month.is_between(1, 12).fill_null(value=True) & (date.is_not_null() | day.is_null())
    reason = (
        pl.when(seen.is_null())
        .then(None)
        .when(year.is_null())
        .then(pl.lit("unreadable_date"))
        .when(~is_possible)
        .then(pl.lit("impossible_date"))
        .when(day.is_null())
        .then(pl.lit("partial_date"))
    )
    return pl.struct(
        date=pl.when(is_possible).then(date),
        year=pl.when(is_possible).then(year),
        month=pl.when(is_possible).then(month),
        reason=reason,
    )
