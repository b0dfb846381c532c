"""What the law makes of an order as of a day: its status, and the order that it followed.

Belongs here: rules of the Modern Slavery Act 2015 (and its counterparts) that work on the reconciled register.
Does not: which value of a field is believed (`reconciliation.golden`), what counts as a discrepancy (`expectations`).
Rule numbers refer to the rules of orders in the documentation; MSA is the Modern Slavery Act 2015, HTEAS the Human
Trafficking and Exploitation (Scotland) Act 2015.
"""

from datetime import date

import polars as pl

COMMENCED_ON = {
    "STRO": date(2015, 7, 31),  # R01; SI 2015/1476 reg. 2
    "STPO": date(2015, 7, 31),  # R01; Northern Ireland later, 1 April 2016 (R32)
    "TEPO": date(2017, 6, 30),  # R26; HTEAS ss.17-19
    "TERO": date(2017, 10, 31),  # R28; HTEAS s.26
}
OPEN_ENDED_TYPES = ("STRO", "STPO")
"""Types that may run until further order. Scottish orders are fixed (R27, R29; HTEAS ss.20(2), 27(2))."""

MINIMUM_MONTHS = {"STRO": 24, "STPO": 60, "TERO": 24, "TEPO": 60}
"""Shortest fixed term of a full order (R02, R03, R27, R29; MSA ss.17, 24)."""

OVERTAKEN_BY = {"STRO": "STPO", "TERO": "TEPO"}
"""A risk order is overtaken by a prevention order after conviction (R25): in practice, not by the section."""

INTERIM_GRACE_DAYS = 28
"""An interim order ends at the latest on determination (R13; MSA ss.21, 28). Recorded days differ by some days, so a
full order made this long after the interim's recorded end is still taken for its determination."""

INTERIM_LONGEST_DAYS = 548
"""An interim order without a recorded end is chained to a full order made at most this long after (18 months)."""

CHAIN_COLUMNS = ("order_id", "subject_id", "order_type", "is_interim", "made_on", "start_on", "end_on")


def judge_status(orders: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Work out the status in law as of a day, and the order that each one followed.

    Args:
        orders: `CHAIN_COLUMNS` and `is_withdrawn` (every standing court result of the order is withdrawn),
            `is_discharged` (the sources that give a status agree that the order was discharged).
        as_of: the day; orders made later neither bind nor supersede.

    Returns:
        `order_id`, `legal_status`, `follows_order_id`.
    """
    successions = find_successions(orders.filter(~pl.col("is_withdrawn")), as_of=as_of)
    superseded = successions.get_column("earlier_id").unique()
    nearest = successions.sort(
        "order_id", "earlier_made_on", "rank", "earlier_id", descending=[False, True, False, False]
    )
    first = nearest.unique("order_id", keep="first", maintain_order=True)
    return (
        orders.with_columns(
            pl.col("order_id").is_in(superseded.implode()).alias("is_superseded"),
        )
        .select("order_id", _status(as_of))
        .join(first.select("order_id", pl.col("earlier_id").alias("follows_order_id")), on="order_id", how="left")
    )


def find_successions(orders: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Pairs of orders of one person of which the later ended the earlier.

    Args:
        orders: `CHAIN_COLUMNS` of orders that stand.
        as_of: orders made after this day end nothing yet.

    Returns:
        `order_id` (the later), `earlier_id`, `earlier_made_on`, `rank` (0: interim and full order of one type,
        1: of types that differ, 2: a later order in place of an earlier one).
    """
    dated = orders.select(*CHAIN_COLUMNS).with_columns(
        pl.coalesce("made_on", "start_on").alias("made_on"), pl.col("is_interim").fill_null(value=False)
    )
    later = dated.filter(pl.col("made_on") <= as_of)
    pairs = dated.join(later, on="subject_id", suffix="_later").filter(pl.col("order_id") != pl.col("order_id_later"))
    return (
        pairs.with_columns(_succession_rank().alias("rank"))
        .filter(pl.col("rank").is_not_null())
        .select(
            pl.col("order_id_later").alias("order_id"),
            pl.col("order_id").alias("earlier_id"),
            pl.col("made_on").alias("earlier_made_on"),
            "rank",
        )
    )


def _succession_rank() -> pl.Expr:
    gap = (pl.col("made_on_later") - pl.col("made_on")).dt.total_days()
    past_end = (pl.col("made_on_later") - pl.col("end_on")).dt.total_days()
    is_same_type = pl.col("order_type") == pl.col("order_type_later")
    is_determined = (gap >= 0) & pl.coalesce(past_end <= INTERIM_GRACE_DAYS, gap <= INTERIM_LONGEST_DAYS)
    is_in_place = (gap > 0) & (past_end <= 0).fill_null(value=True)
    is_interim, is_later_interim = pl.col("is_interim"), pl.col("is_interim_later")
    is_overtaken = pl.col("order_type_later") == pl.col("order_type").replace_strict(OVERTAKEN_BY, default=None)
    return (
        # R13: an interim order ends when the main application is determined; the type may be mistaken in a source.
        pl.when(is_interim & ~is_later_interim & is_determined & is_same_type)
        .then(0)
        .when(is_interim & ~is_later_interim & is_determined)
        .then(1)
        # R15 (MSA s.17(6), s.24 by analogy): a later order of one type ends the earlier; so does a renewed interim.
        .when((is_interim == is_later_interim) & is_in_place & is_same_type)
        .then(2)
        # R25: a risk order gives way to a prevention order made while it runs.
        .when(~is_interim & ~is_later_interim & is_in_place & is_overtaken)
        .then(2)
    )


def _status(as_of: date) -> pl.Expr:
    """The first that holds; the order of the rules is itself a rule."""
    dates = ("made_on", "start_on", "end_on")
    return (
        # A result that the court withdrew made no order.
        pl.when(pl.col("is_withdrawn"))
        .then(pl.lit("withdrawn"))
        # R16 to R18 (MSA ss.20, 27): a court may discharge an order before its end.
        .when(pl.col("is_discharged"))
        .then(pl.lit("discharged"))
        # R13, R15, R25: ended by a later order, whatever end was once fixed.
        .when(pl.col("is_superseded"))
        .then(pl.lit("superseded"))
        .when(pl.all_horizontal(pl.col(dates).is_null()) & ~pl.col("is_until_further_order").fill_null(value=False))
        .then(pl.lit("not_known"))
        # R23: the start may be delayed, for example to release from custody.
        .when(pl.coalesce("start_on", "made_on") > as_of)
        .then(pl.lit("not_started"))
        # R02 to R05: the last day is a day on which the order still binds.
        .when(pl.col("end_on") < as_of)
        .then(pl.lit("expired"))
        # No end recorded is no end: the order binds until someone shows that it does not.
        .otherwise(pl.lit("live"))
        .alias("legal_status")
    )
