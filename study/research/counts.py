"""Counts for researchers, with small ones hidden, and others by which a hidden one could be worked out.

Belongs here: the tables of counts and what is hidden of them. Does not: scores (`expectations.disclosure`).

A table counts within groups whose total is known. In a group no count below the threshold is shown but 0; nor do those
hidden add up to less than it, nor is there a single one, since the total gives it away. Of a type whose total is hidden
nothing else is said: which years or regions are not empty would show where its few orders are.
"""

from typing import Final

import polars as pl

from warehouse.schema import Column, Table

RESEARCH_COUNTS: Final = Table(
    "counts",
    "a number of orders, persons or arrests",
    (
        Column("counted", "What is counted, and by what.", required=True),
        Column("of", "Type of order, `all` for arrests.", required=True),
        Column("value", "Of what: a year, region, condition or category; `total` for all of a type.", required=True),
        Column("count", "How many; null where it is hidden.", pl.Int64, minimum=0),
        Column("is_hidden", "It is small, or would give a small one away.", pl.Boolean, required=True),
    ),
    key=("counted", "of", "value"),
)
TOTAL, NOT_KNOWN = "total", "not known"
GROUP: Final = ["counted", "of"]
OF: Final = (
    pl.when("is_interim")
    .then(pl.col("order_type").fill_null(NOT_KNOWN) + ", interim")
    .otherwise(pl.col("order_type").fill_null(NOT_KNOWN))
)
"""The type of an order, as orders are counted by it."""


def count_all(orders: pl.DataFrame, conditions: pl.DataFrame, arrests: pl.DataFrame, *, least: int) -> pl.DataFrame:
    """Orders by year, region and condition, and arrests of persons by category, small numbers hidden.

    Args:
        orders: `ORDERS`; withdrawn ones don't count.
        conditions: `CONDITIONS`; believed ones count.
        arrests: `ARRESTS`; those of persons who are bound.
        least: the smallest count that is shown, apart from 0.

    Returns:
        `RESEARCH_COUNTS`, sorted by its key. Conditions have no total: an order has several.
    """
    standing = orders.filter(pl.col("legal_status") != "withdrawn")
    dated = standing.with_columns(of=OF, year=pl.col("made_on").dt.year())
    held = conditions.filter("is_golden").select("order_id", "label").join(dated, on="order_id")
    counted = [
        _count(dated, "orders by year made", "year"),
        _count(dated, "orders by region", "region_code"),
        _count(dated, "orders by status", "legal_status"),
        _count(held, "orders by condition", "label"),
        _count(
            arrests.drop_nulls("subject_id").with_columns(of=pl.lit("all")), "arrests by category", "offence_category"
        ),
    ]
    counts = pl.concat(counted)
    totals = counts.filter(pl.col("counted") != "orders by condition").group_by(GROUP).agg(
        pl.lit(TOTAL).alias("value"), pl.col("count").sum()
    )  # fmt: skip
    hidden = hide_small(counts, least=least, without_total="orders by condition")
    shown = totals.with_columns(is_hidden=(pl.col("count") > 0) & (pl.col("count") < least))
    named = hidden.filter(~pl.col("of").is_in(shown.filter("is_hidden").get_column("of").implode()))
    whole = pl.concat([named, shown.select(hidden.columns)])
    return RESEARCH_COUNTS.conform(whole.with_columns(count=pl.when(~pl.col("is_hidden")).then("count"))).sort(
        RESEARCH_COUNTS.key
    )


def types_shown(counts: pl.DataFrame) -> pl.Series:
    """The types whose number of orders is shown, of `RESEARCH_COUNTS`."""
    return counts.filter(pl.col("value") == TOTAL, ~pl.col("is_hidden")).get_column("of").unique()


def hide_small(counts: pl.DataFrame, *, least: int, without_total: str = "") -> pl.DataFrame:
    """Mark what must not be shown: `is_hidden` beside `counted`, `of`, `value`, `count`.

    Args:
        counts: by group; their totals are public.
        least: the smallest count that is shown, apart from 0.
        without_total: what is counted without one: only small counts are hidden.
    """
    marked = counts.with_columns(is_hidden=(pl.col("count") > 0) & (pl.col("count") < least))
    is_hidden, has_total = pl.col("is_hidden"), pl.col("counted") != without_total
    hidden_sum = pl.col("count").filter("is_hidden").sum().over(GROUP)
    gives_away = is_hidden.any().over(GROUP) & ((is_hidden.sum().over(GROUP) == 1) | (hidden_sum < least))
    while True:
        exposed = marked.filter(gives_away & has_total).filter(~is_hidden & (pl.col("count") > 0))
        victims = exposed.sort("count", "value").unique(GROUP, keep="first", maintain_order=True)
        if victims.is_empty():
            return marked
        found = victims.select(*GROUP, "value", is_victim=pl.lit(value=True))
        marked = marked.join(found, on=[*GROUP, "value"], how="left", maintain_order="left").select(
            *GROUP, "value", "count", is_hidden=is_hidden | pl.col("is_victim").fill_null(value=False)
        )


def _count(rows: pl.DataFrame, counted: str, by: str) -> pl.DataFrame:
    value = pl.col(by).cast(pl.String).fill_null(NOT_KNOWN).alias("value")
    return (
        rows.group_by("of", value)
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .select(pl.lit(counted).alias("counted"), "of", "value", "count")
    )
