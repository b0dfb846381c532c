"""Periods that the words of conditions give: `for 5 years`, `until 3 May 2027`, `from 1 June 2025`, `from release`.

Belongs here: reading them, and which of them count where sources differ. Does not: the longest period that the law
allows, and the last day that follows from it (`reconciliation.travel`). Where the words leave a doubt, the condition
goes on: a person who may be bound is never shown as free.
"""

from typing import Final

import polars as pl

from warehouse.sources import is_from_court

TRAVEL: Final = "travel"
WORDS: Final = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "eighteen",
)  # fmt: skip
NUMBERS: Final = dict(zip(WORDS, map(str, (*range(1, 13), 18)), strict=True))
PERIOD: Final = (
    rf"(?i)\bfor (?:an? |the )?(?:fixed |maximum )?(?:(?:period|term) of )?(\d{{1,3}}|{'|'.join(NUMBERS)})"
    r"(?: \(\w+\))?[ -]?(y|m)(?:(?:ea)?rs?|(?:on)?ths?)\b"
)
"""`for 5 years`, `for a period of five (5) years`, `FOR 18 MTHS`: the number, and the unit's first letter."""

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NUMBER_OF_MONTH: Final = {
    written: number for number, name in enumerate(MONTHS, 1) for written in (name, str(number), f"{number:02}")
}
DATE: Final = (
    r"(?:the )?(?:(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    rf"|(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: day)?(?: of)?[ ./-]?(?P<m>{'|'.join(MONTHS)}|\d{{1,2}})[a-z]*[ .,/-]+"
    r"(?P<y>\d{4}|\d\d))\b"
)
UNTIL: Final = rf"(?i)\b(?:until|till|up to|ending)(?: and including| midnight)?(?: on)? {DATE}"
FROM: Final = rf"(?i)\b(?:from|commencing|starting|beginning|with effect from|wef)(?: on)? {DATE}"
FROM_RELEASE: Final = (
    r"(?i)\b(?:from|on|upon|after|following|since) (?:(?:the )?(?:date|day|time|point) of )?"
    r"(?:(?:his|her|their|your|the|any|\w+'s) )?release\b"
)
ENOUGH: Final = 2
"""Sources that give a prohibition on travel a period, for it to count where others that hold it give none."""


def stated_months() -> pl.Expr:
    """The length in months that a condition's own `text` gives; null if it gives none."""
    parts = _text().str.extract_groups(PERIOD)
    number = parts.struct.field("1").str.to_lowercase().replace(NUMBERS).cast(pl.Int64)
    is_years = parts.struct.field("2").str.to_lowercase() == "y"
    return number * pl.when(is_years).then(12).otherwise(1)


def stated_day(pattern: str) -> pl.Expr:
    """The day that a condition's own `text` gives by a pattern (`UNTIL`, `FROM`); null if it gives none."""
    parts = _text().str.extract_groups(pattern).struct
    month = pl.coalesce(parts.field("month"), parts.field("m")).str.to_lowercase()
    year = pl.coalesce(parts.field("year"), parts.field("y"))
    written = pl.format(
        "{}-{}-{}",
        pl.when(year.str.len_chars() == 2).then(pl.lit("20") + year).otherwise(year),
        month.replace_strict(NUMBER_OF_MONTH, default=None, return_dtype=pl.Int64),
        pl.coalesce(parts.field("day"), parts.field("d")),
    )
    return written.str.to_date("%Y-%m-%d", strict=False)


def find_stated_periods(wordings: pl.DataFrame) -> pl.DataFrame:
    """What sources say of the period of a condition.

    Of several last days the latest counts. Of several lengths the longest that the court gives, or that most sources
    give. Neither counts unless every source that holds the condition gives one: words about something else (`for 2
    years`), or left out, must not end it. For a prohibition on travel, which must have a period, it is enough that the
    court gives one, or two sources. A first day counts if every source gives one, the earliest; a length runs from the
    latest. If any source lets it begin with a release from prison, whose day no source gives, none of this is known.

    Args:
        wordings: `order_id`, `condition_code`, `kind`, `source`, `text`.

    Returns:
        `order_id`, `condition_code`, `stated_months`, `stated_until`, `stated_from`, `runs_from`, `is_from_release`, of
        conditions whose words say anything.
    """
    key = ["order_id", "condition_code"]
    read = _read(wordings.get_column("text"))
    # Most conditions give no period in any source: the rest of the work is left to those that do.
    dated = wordings.join(read.filter(_says_anything()), on="text", how="semi").select(key).unique()
    said = wordings.join(dated, on=key, how="semi", maintain_order="left").join(
        read, on="text", how="left", nulls_equal=True, maintain_order="left"
    )
    ends = pl.any_horizontal(pl.col("stated_months", "stated_until").is_not_null())
    is_borne_out = (ends & is_from_court).any() | (pl.col("source").filter(ends).n_unique() >= ENOUGH)
    counts = ends.all() | ((pl.col("kind") == TRAVEL).first() & is_borne_out)
    counts = counts.over(key) & ~pl.col("is_from_release").any().over(key)
    said = said.with_columns(pl.when(counts).then(pl.col("stated_months", "stated_until")))
    months = (
        said.drop_nulls("stated_months")
        .group_by(*key, "stated_months")
        .agg(pl.col("source").n_unique(), is_from_court.any().alias("is_from_court"))
        .filter((pl.col("source") == pl.col("source").max().over(key)) | pl.col("is_from_court"))
        .group_by(key)
        .agg(pl.col("stated_months").max())
    )
    days = said.group_by(key, maintain_order=True).agg(
        pl.col("stated_until").max(),
        pl.when(pl.col("stated_from").is_not_null().all()).then(pl.col("stated_from").min()),
        pl.col("stated_from").max().alias("runs_from"),
        pl.col("is_from_release").any(),
    )
    return days.join(months, on=key, how="left", maintain_order="left").filter(_says_anything())


def _says_anything() -> pl.Expr:
    given = pl.col("stated_months", "stated_until", "stated_from").is_not_null()
    return pl.any_horizontal(given, "is_from_release")


def _read(texts: pl.Series) -> pl.DataFrame:
    """What each distinct text gives: conditions are worded alike over and over."""
    return pl.DataFrame({"text": texts.unique()}).with_columns(
        stated_months=stated_months(),
        stated_until=stated_day(UNTIL),
        stated_from=stated_day(FROM),
        is_from_release=_text().str.contains(FROM_RELEASE).fill_null(value=False),
    )


def _text() -> pl.Expr:
    return pl.col("text").str.replace_all(r"\s+", " ")
