"""Periods of conditions: how long each lasts, the longest that a prohibition on travel may, and what is travel alone.

Belongs here: the period that a condition's own words give, and the longest that the law allows. Does not: which
conditions are believed (`reconciliation.conditions`), lengths of orders (`reconciliation.golden`).

A prohibition on foreign travel is for a fixed period of at most 5 years, and each extension as long (R05, R30; MSA
ss.18(1), 18(3), 25(1), 25(3); HTEAS ss.21(1), 21(3), 28). The text for Northern Ireland was not read: no limit there.
"""

from typing import Final

import polars as pl

from reconciliation.date_arithmetic import months_after
from reconciliation.standing import STANDS
from reconciliation.statutes import LONGEST_TRAVEL_MONTHS, SCOTTISH_TYPES
from warehouse.codes import names_of

TRAVEL, NOTIFICATION = "travel", "notification"
WORDS: Final = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "eighteen",
)  # fmt: skip
NUMBERS: Final = dict(zip(WORDS, map(str, (*range(1, 13), 18)), strict=True))
PERIOD: Final = (
    rf"(?i)\bfor (?:an? |the )?(?:fixed |maximum )?(?:(?:period|term) of )?(\d{{1,3}}|{'|'.join(NUMBERS)})"
    r"(?: \(\w+\))?[ -]?(y|m)(?:(?:ea)?rs?|(?:on)?ths?)\b"
)
"""`for 5 years`, `for a period of five (5) years`, `FOR 18 MTHS`: the number, and the unit's first letter."""


def find_travel_only(conditions: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Orders of which every source lists prohibitions on foreign travel and no others.

    They have no least length (MSA ss.17(4), 24(4); HTEAS ss.20(3), 27(3)). Lists are often cut short: one condition
    that could not be coded, or one list that holds another, is enough for it not to be so. A duty to notify is no
    prohibition; in Scotland no requirement may stand beside.

    Args:
        conditions: `core__conditions`.
        held: order records with `order_cluster`, `order_type` and `standing`.

    Returns:
        `order_cluster`, `is_travel_only`, of orders for which conditions are listed.
    """
    kind = pl.col("condition_code").replace_strict(names_of("conditions", "kind"), default=None, return_dtype=pl.String)
    is_scottish = pl.col("order_type").is_in(SCOTTISH_TYPES).any()
    is_allowed = (pl.col("kind") == TRAVEL) | ((pl.col("kind") == NOTIFICATION) & ~is_scottish)
    return (
        conditions.join(
            held.filter(pl.col("standing") == STANDS).select("record_id", "order_cluster", "order_type"), on="record_id"
        )
        .with_columns(kind=kind)
        .group_by("order_cluster")
        .agg(is_travel_only=is_allowed.fill_null(value=False).all() & (pl.col("kind") == TRAVEL).any())
    )


def stated_months() -> pl.Expr:
    """The length in months that a condition's own `text` gives; null if it gives none."""
    parts = pl.col("text").str.replace_all(r"\s+", " ").str.extract_groups(PERIOD)
    number = parts.struct.field("1").str.to_lowercase().replace(NUMBERS).cast(pl.Int64)
    is_years = parts.struct.field("2").str.to_lowercase() == "y"
    return number * pl.when(is_years).then(12).otherwise(1)


def find_stated_periods(wordings: pl.DataFrame) -> pl.DataFrame:
    """The length that most sources give a condition; of several that equally many give, the longest.

    Of a condition that is none on travel, only if every source that holds it gives a length: words about something
    else (`for 2 years`), or left out, must not end it.

    Args:
        wordings: `order_id`, `condition_code`, `kind`, `source`, `text`.

    Returns:
        `order_id`, `condition_code`, `stated_months`.
    """
    return (
        wordings.with_columns(stated_months=stated_months())
        .filter(
            (pl.col("kind") == TRAVEL) | pl.col("stated_months").is_not_null().all().over("order_id", "condition_code")
        )
        .drop_nulls("stated_months")
        .group_by("order_id", "condition_code", "stated_months")
        .agg(pl.col("source").n_unique())
        .sort("order_id", "condition_code", "source", "stated_months", descending=[False, False, True, True])
        .unique(["order_id", "condition_code"], keep="first", maintain_order=True)
        .drop("source")
    )


def own_end() -> pl.Expr:
    """The last day of a condition, on rows with the golden period of the order; null: it lasts as long as the order.

    Its own words count, whatever they say. Without any, a prohibition on travel has the end of an order of such
    prohibitions alone; and beside others it lasts 5 years at most.
    """
    start = pl.coalesce("start_on", "made_on")
    by_words, longest = (
        months_after(start, months).dt.offset_by("-1d")
        for months in (pl.col("stated_months"), pl.lit(LONGEST_TRAVEL_MONTHS))
    )
    is_limited = pl.col("order_type").is_in(["STRO", *SCOTTISH_TYPES]) | (pl.col("jurisdiction") == "England and Wales")
    is_travel = pl.col("kind") == TRAVEL
    return pl.coalesce(
        by_words,
        pl.when(is_travel & pl.col("is_travel_only"))
        .then("end_on")
        .when(is_travel & is_limited.fill_null(value=False))
        .then(pl.min_horizontal("end_on", longest))
        .when(is_travel)
        .then("end_on"),
    )
