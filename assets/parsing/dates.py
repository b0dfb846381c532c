"""Dates as people and systems write them.

Belongs here: reading a date, the birth columns, what an instant means in London. Does not: the forms of a date
(`date_forms`), which column of a source holds a date, what an end far off means (`terms`).

The rules:

- The day stands before the month (`02/03/2019` is 2 March), or the year comes first. Months have their names in other
  languages too (`month_names.csv`), but for those that are another month elsewhere (`listopad`).
- A day or a month that is not known (`00`, `99`, `XX`, `??`, `--`, `nk`, `un`, or nothing) leaves the rest: a partial
  date. So does a date that is only about right (`c. 1980`, `15/02/1980?`, `Feb 1980 (day nk)`): it keeps its year and
  month.
- A year of two digits is one of the 2000s; a year of birth that would lie ahead is one of the 1900s.
- A time without an offset is London time. A time with an offset is an instant, and its day is the day in London then:
  `1985-06-14T23:00:00Z` is 15 June 1985.
"""

from datetime import date
from functools import cache, partial

import polars as pl

from assets.parsing.date_forms import (
    ABOUT_AFTER,
    ABOUT_BEFORE,
    DAY_WITH_OFFSET,
    HAND_TYPED,
    LABEL,
    MONTH_NAMES,
    MONTH_WORD,
    NO_PART_KNOWN,
    OF,
    ROMAN_MONTHS,
    SLIPS,
    TIMED,
    WEEKDAY,
    WRITTEN,
    DateForm,
)
from assets.parsing.distinct import read_distinct
from assets.parsing.words import known, plain_signs
from warehouse.codes import reference
from warehouse.standardise import fold
from warehouse.time_zone import LONDON

EXCEL_DAY_ZERO = date(1899, 12, 30)
ZONES = {"z": 0, "utc": 0, "gmt": 0, "bst": 60}
DATE_FIELDS = {"date": pl.Date, "year": pl.Int64, "month": pl.Int64, "reason": pl.String}
BIRTH_FIELDS = {
    "date_of_birth": pl.Date,
    "birth_year": pl.Int64,
    "birth_month": pl.Int64,
    "is_birth_placeholder": pl.Boolean,
    "birth_reason": pl.String,
}
EARLIEST_YEAR = 1900
LATEST_YEAR = 2099
PLACEHOLDER_DAY = (1, 1)  # 1 January: 1900-01-01, 1901-01-01, 1970-01-01 and every other year's


def read_date(
    text: pl.Expr,
    *,
    forms: tuple[DateForm, ...] = HAND_TYPED,
    latest_year: int = LATEST_YEAR,
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


def read_birth(text: pl.Expr, *, forms: tuple[DateForm, ...] = HAND_TYPED, this_year: int) -> pl.Expr:
    """Read a date of birth into a struct of `BIRTH_FIELDS`: the columns on birth, and `birth_reason` (see `read_date`).

    A birth cannot lie after this year, so a two-digit year above it belongs to the 1900s.
    """
    return read_distinct(text, partial(_read_births, forms=forms, this_year=this_year), BIRTH_FIELDS)


def read_instant(text: pl.Expr) -> pl.Expr:
    """Read a day with a time as an instant in UTC; without an offset the time is London's, without a time midnight's.

    Null where the text holds no whole date, or no time that a clock shows.
    """
    return read_distinct(text, _read_instants, {"instant": pl.Datetime("us", "UTC")}).struct.field("instant")


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


def _read_instants(texts: pl.DataFrame) -> pl.DataFrame:
    return _read_dates(texts, forms=WRITTEN, latest_year=LATEST_YEAR).with_columns(
        instant=pl.coalesce("instant", _from_london(_midnight() + pl.col("clock").fill_null(pl.duration())))
    )


def _read_dates(texts: pl.DataFrame, *, forms: tuple[DateForm, ...], latest_year: int) -> pl.DataFrame:
    cleaned = _without_words(texts.with_columns(seen=plain_signs(known(pl.col("text")))))
    groups = cleaned.with_columns(_groups(forms))
    written = groups.with_columns(
        _part("serial", forms).cast(pl.Int32, strict=False).alias("serial"),
        *(_part(name, forms).alias(name) for name in ("year", "month", "day")),
    )
    digits = pl.col("year")
    number = digits.cast(pl.Int64, strict=False)
    century = pl.when(number + 2000 > latest_year).then(1900).otherwise(2000)
    numbers = written.with_columns(
        from_serial=pl.lit(EXCEL_DAY_ZERO) + pl.duration(days="serial"),
        year=pl.when(digits.str.len_chars() == 2).then(number + century).otherwise(number),
        month=_month(pl.col("month")),
        day=_number(pl.col("day")),
    ).with_columns(
        pl.coalesce(part, getattr(pl.col("from_serial").dt, part)().cast(pl.Int64)) for part in ("year", "month", "day")
    )
    return _checked(_in_london(numbers), latest_year)


@cache
def _groups(forms: tuple[DateForm, ...]) -> tuple[pl.Expr, ...]:
    """The parts of the text by each form. Polars compiles the pattern already where such an expression is made."""
    return tuple(pl.col("day_seen").str.extract_groups(form.pattern).alias(form.name) for form in forms)


def _without_words(texts: pl.DataFrame) -> pl.DataFrame:
    """Take weekday, time and words off `seen`: `day_seen`, the `clock` and `offset`, whether it `is_about` right."""
    zone = pl.col("timed").struct.field("zone")
    about = pl.col("day_seen").str.replace(ABOUT_BEFORE, "${digit}").str.replace(ABOUT_AFTER, "${1}${2}")
    evened = pl.col("seen").str.replace(NO_PART_KNOWN, "").replace("", None)
    for pattern, put in SLIPS:
        evened = evened.str.replace_all(pattern, put)
    named = evened.alias("seen")
    return (
        texts.with_columns(named)
        .with_columns(bare=pl.col("seen").str.replace(r"^\((.*)\)$", "$1").str.replace(LABEL, ""))
        .with_columns(bare=pl.col("bare").str.replace(WEEKDAY, "").str.replace(DAY_WITH_OFFSET, "$1"))
        .with_columns(bare=_in_english(pl.col("bare").str.replace_all(OF, " ")))
        .with_columns(timed=_timed())
        .with_columns(
            day_seen=pl.coalesce(pl.col("timed").struct.field("day"), "bare").str.replace(WEEKDAY, ""),
            clock=_clock(),
            offset=pl.coalesce(zone.replace_strict(ZONES, default=None, return_dtype=pl.Int64), _offset(zone)),
            has_clock=pl.col("timed").struct.field("hour").is_not_null(),
        )
        .with_columns(about=about)
        .with_columns(is_about=pl.col("about") != pl.col("day_seen"), day_seen="about")
    )


def _in_english(text: pl.Expr) -> pl.Expr:
    """The text with the name of its month in English; a name that two languages give to two months stays."""
    parts = text.str.extract_groups(MONTH_WORD).struct
    before, name, after = (parts.field(group) for group in ("1", "2", "3"))
    english = fold(name).replace_strict(_foreign_months(), default=None, return_dtype=pl.String)
    return pl.coalesce(pl.concat_str(before, english, after), text)


@cache
def _foreign_months() -> dict[str, str]:
    listed = reference("month_names").select(fold(pl.col("name")), pl.col("month").cast(pl.Int64))
    return {name: MONTH_NAMES[month - 1] for name, month in listed.iter_rows()}


@cache
def _timed() -> pl.Expr:
    return pl.col("bare").str.extract_groups(TIMED)


def _clock() -> pl.Expr:
    """The time of day as a length of time since midnight; null where no clock shows it."""
    field = pl.col("timed").struct.field
    hour = field("hour").cast(pl.Int64, strict=False)
    minute = pl.coalesce(field("minute"), field("minute_2")).cast(pl.Int64, strict=False)
    half = field("half").str.head(1)
    hours = (
        pl.when((half == "p") & (hour < 12)).then(hour + 12).when((half == "a") & (hour == 12)).then(0).otherwise(hour)
    )
    is_shown = (hours <= 24) & (minute <= 59)
    return pl.when(is_shown).then(pl.duration(hours=hours, minutes=minute))


def _offset(zone: pl.Expr) -> pl.Expr:
    """Minutes east of Greenwich of an offset such as `+01:00`, `-0530` or `+01`."""
    hours = zone.str.extract(r"^[+-](\d{2})").cast(pl.Int64)
    minutes = zone.str.extract(r"(\d{2})$").cast(pl.Int64)
    total = hours * 60 + pl.when(zone.str.len_chars() > 3).then(minutes).otherwise(0)
    return pl.when(zone.str.starts_with("-")).then(-total).otherwise(total)


def _in_london(numbers: pl.DataFrame) -> pl.DataFrame:
    """The numbers with `date`, and for an instant (`instant`) its day in London instead of the day as written."""
    iso = pl.format("{}-{}-{}", *(pl.col(part).cast(pl.String).str.zfill(2) for part in ("year", "month", "day")))
    written = numbers.with_columns(date=iso.str.to_date("%Y-%m-%d", strict=False))
    start = _midnight() + pl.col("clock") - pl.duration(minutes="offset")
    in_reach = pl.col("year").is_between(EARLIEST_YEAR, LATEST_YEAR)
    instants = written.with_columns(instant=pl.when(in_reach).then(start).dt.replace_time_zone("UTC"))
    london = pl.col("instant").dt.convert_time_zone(LONDON.key).dt.date()
    return instants.with_columns(date=pl.coalesce(london, "date")).with_columns(
        pl.coalesce(pl.when(pl.col("instant").is_not_null()).then(getattr(pl.col("date").dt, part)()), part).alias(part)
        for part in ("year", "month", "day")
    )


def _midnight() -> pl.Expr:
    return pl.col("date").cast(pl.Datetime("us"))


def _from_london(local: pl.Expr) -> pl.Expr:
    """A local time of London as an instant: the earlier where the clock shows it twice, an hour on where it skips."""
    zoned = local.dt.replace_time_zone(LONDON.key, ambiguous="earliest", non_existent="null")
    return pl.coalesce(zoned.dt.convert_time_zone("UTC"), local.dt.replace_time_zone("UTC"))


def _part(name: str, forms: tuple[DateForm, ...]) -> pl.Expr:
    found = [pl.col(form.name).struct.field(name) for form in forms if f"(?P<{name}>" in form.pattern]
    return pl.coalesce(found) if found else pl.lit(None, pl.String)


def _month(written: pl.Expr) -> pl.Expr:
    named, roman = (
        text.replace_strict(numbers, default=None, return_dtype=pl.Int64)
        for text, numbers in (
            (written.str.slice(0, 3), {name: number for number, name in enumerate(MONTH_NAMES, start=1)}),
            (written, ROMAN_MONTHS),
        )
    )
    return pl.coalesce(_number(written), named, roman)


def _number(written: pl.Expr) -> pl.Expr:
    """A day or a month as a number; null where it is 0, 99 or missing: it is not known then."""
    return written.cast(pl.Int64, strict=False).replace([0, 99], None)


def _checked(numbers: pl.DataFrame, latest_year: int) -> pl.DataFrame:
    """The date where it exists, is sure and lies within the years, else the reason why there is none."""
    is_month = pl.col("month").is_between(1, 12).fill_null(value=True)
    is_day = pl.col("day").is_between(1, 31).fill_null(value=True)
    is_whole = pl.col("day").is_not_null() & pl.col("month").is_not_null()
    is_clock = pl.col("clock").is_not_null() | ~pl.col("has_clock")
    dated = numbers.with_columns(
        is_possible=pl.col("year").is_between(EARLIEST_YEAR, latest_year)
        & is_month
        & is_day
        & is_clock
        & (pl.col("date").is_not_null() | ~is_whole)
    )
    reason = (
        pl.when(pl.col("seen").is_null())
        .then(None)
        .when(pl.col("year").is_null())
        .then(pl.lit("unreadable_date"))
        .when(~pl.col("is_possible"))
        .then(pl.lit("impossible_date"))
        .when(~is_whole | pl.col("is_about"))
        .then(pl.lit("partial_date"))
    )
    return dated.with_columns(
        pl.when(pl.col("is_possible") & ~pl.col("is_about")).then("date").alias("date"),
        *(pl.when(pl.col("is_possible")).then(pl.col(part)).alias(part) for part in ("year", "month")),
        reason=reason,
    )
