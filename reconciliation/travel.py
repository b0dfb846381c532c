"""Periods of conditions: how long each lasts, the longest that a prohibition on travel may, and what is travel alone.

Belongs here: the last day of a condition, and the longest that the law allows. Does not: reading its words
(`reconciliation.stated_periods`), which conditions are believed (`reconciliation.conditions`), lengths of orders
(`reconciliation.golden`).

A prohibition on foreign travel is for a fixed period of at most 5 years, and each extension as long (R05, R30; MSA
ss.18(1), 18(3), 25(1), 25(3); HTEAS ss.21(1), 21(3), 28). The text for Northern Ireland was not read: no limit there.
"""

import polars as pl

from reconciliation.date_arithmetic import months_after
from reconciliation.standing import STANDS
from reconciliation.stated_periods import TRAVEL
from reconciliation.statutes import LONGEST_TRAVEL_MONTHS, SCOTTISH_TYPES
from warehouse.codes import names_of

NOTIFICATION = "notification"


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


def own_end() -> pl.Expr:
    """The last day of a condition, on rows with the golden period of the order; null: it lasts as long as the order.

    Its own words count, whatever they say; a day before its first day says nothing. Without any, a prohibition on
    travel has the end of an order of such prohibitions alone; and beside others it lasts 5 years at most.
    """
    start = pl.coalesce("start_on", "made_on")
    runs_from = pl.coalesce("runs_from", start)
    longest = months_after(start, pl.lit(LONGEST_TRAVEL_MONTHS)).dt.offset_by("-1d")
    by_words = pl.max_horizontal(
        months_after(runs_from, pl.col("stated_months")).dt.offset_by("-1d"),
        pl.when((pl.col("stated_until") >= runs_from).fill_null(value=True)).then("stated_until"),
    )
    is_limited = pl.col("order_type").is_in(["STRO", *SCOTTISH_TYPES]) | (pl.col("jurisdiction") == "England and Wales")
    is_travel = pl.col("kind") == TRAVEL
    by_law = pl.coalesce(
        pl.when(is_travel & pl.col("is_travel_only"))
        .then("end_on")
        .when(is_travel & is_limited.fill_null(value=False))
        .then(pl.min_horizontal("end_on", longest))
        .when(is_travel)
        .then("end_on"),
    )
    return pl.when(~pl.col("is_from_release").fill_null(value=False)).then(pl.coalesce(by_words, by_law))
