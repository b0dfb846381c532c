"""What the law makes of an order as of a day: its status, what ended it, and the orders before and after it.

Belongs here: rules of the statutes that work on the reconciled register. Does not: which value of a field is believed
(`reconciliation.golden`), what the records say of an end (`reconciliation.endings`), what counts as a discrepancy
(`expectations`).

Rule numbers refer to the rules of orders in the documentation; MSA is the Modern Slavery Act 2015, HTEAS the Human
Trafficking and Exploitation (Scotland) Act 2015, HTENI the Human Trafficking and Exploitation Act (Northern Ireland)
2015. Where the law does not end an order, neither does this module: doubt leaves the person bound, and says so.
"""

from datetime import date
from typing import Final

import polars as pl

from warehouse.codes import reference

COMMENCED_ON: Final = {
    "STRO": date(2015, 7, 31),  # R01; SI 2015/1476 reg. 2
    "STPO": date(2015, 7, 31),  # R01; Northern Ireland later, 1 April 2016 (R32)
    "TEPO": date(2017, 6, 30),  # R26; HTEAS ss.17-19
    "TERO": date(2017, 10, 31),  # R28; HTEAS s.26
}
OPEN_ENDED_TYPES: Final = ("STRO", "STPO")
"""Types that may run until further order. Scottish orders are fixed (R27, R29; HTEAS ss.20(2), 27(2))."""

SCOTTISH_TYPES: Final = ("TERO", "TEPO")
"""Types that courts of Scotland make, and no others (R35; HTEAS ss.17, 26)."""

MINIMUM_MONTHS: Final = {"STRO": 24, "STPO": 60, "TERO": 24, "TEPO": 60}
"""Shortest fixed term of a full order (R02, R03, R27, R29; MSA ss.17(4), 24(4)); orders of foreign-travel prohibitions
alone have none (MSA ss.18(1), 25(1); HTEAS ss.20(3), 27(3))."""

HALF_YEAR: Final = 6
"""In months. Courts set lengths in years and half years [IASC-2022; WMERCIA-24]; a span of so many is no chance."""

LONGEST_TRAVEL_MONTHS: Final = 60
"""A prohibition on foreign travel is for a fixed period of 5 years at most, and so is each extension (R05, R30; MSA
ss.18(1), 18(3), 25(1), 25(3); HTEAS ss.21, 28)."""

PREVENTION_OF: Final = {"STRO": "STPO", "TERO": "TEPO"}
"""A risk order is often followed by a prevention order, after conviction (R25). No section ends it then: MSA s.17(6)
and HTEAS s.20(5) end an earlier prevention order, s.24(6) and s.27(5) an earlier risk order. Both bind."""

INTERIM_GRACE_DAYS: Final = 28
"""An interim order ends at the latest on determination (R13; MSA ss.21(7), 28(7)). Recorded days differ by some days,
so a full order made this long after the interim's recorded end is still taken for its determination."""

INTERIM_LONGEST_DAYS: Final = 548
"""After this (18 months) nobody knows whether an interim order without a recorded end is in force: no rule of law, but
over three times the length seen in public (about five months) [IASC-2022; WMERCIA-24]."""

NOT_KNOWN_WHETHER: Final = ("uncertain", "not_known")
"""Statuses of orders of which nobody knows whether they are in force: they count as in force until somebody does."""

IN_FORCE: Final = ("live", *NOT_KNOWN_WHETHER)
"""Statuses of orders that bind, or may."""

ENDED: Final = ("expired", "discharged", "superseded", "determined")

OPEN_END: Final = "until further order"

CHAIN_COLUMNS: Final = (
    "order_id", "subject_id", "order_type", "is_interim", "court_code", "made_on", "start_on", "end_on",
    "is_until_further_order",
)  # fmt: skip
JUDGED: Final = (
    "legal_status", "follows_order_id", "followed_by_order_id", "ended_after", "ended_by", "is_in_force_doubtful",
    "binds_from", "binds_until",
)  # fmt: skip
"""What `judge_status` works out of the facts of an order, for a day."""


def is_northern_irish(court_code: pl.Expr) -> pl.Expr:
    """Whether a court is one of Northern Ireland; false for a court that is not known."""
    courts = reference("courts").filter(jurisdiction="Northern Ireland").get_column("code")
    return court_code.is_in(courts.implode()).fill_null(value=False)


def counts_as_in_force() -> pl.Expr:
    """Whether an order of the register binds, or may: doubt is on the side of the person protected by it."""
    return (pl.col("legal_status") == "live") | pl.col("is_in_force_doubtful").fill_null(value=False)


def facts_of(orders: pl.DataFrame) -> pl.DataFrame:
    """Published orders with the facts that `judge_status` needs, read back from their status.

    Args:
        orders: `ORDERS`, or rows of it.

    Returns:
        The orders with `is_withdrawn`, `is_discharged`, `is_shown_ended`.
    """
    return orders.with_columns(
        pl.col("disputed_ends").fill_null([]),
        is_withdrawn=pl.col("legal_status") == "withdrawn",
        is_discharged=pl.col("legal_status") == "discharged",
        is_shown_ended=(pl.col("legal_status") == "live") & pl.col("is_in_force_doubtful").fill_null(value=False),
    )


def judge_status(orders: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Work out the status in law as of a day, what ended each order, and the orders before and after it.

    Args:
        orders: `CHAIN_COLUMNS` and `is_withdrawn` (every standing court result of the order is withdrawn),
            `is_shown_ended` (a record shows it as withdrawn or no longer in force, and nothing says what ended it),
            `is_discharged` (the sources that give a status agree that the order was discharged), `ended_after` and
            `ended_by` (of a discharge: the days between which it must have been), `disputed_ends` (later ends that as
            many sources give).
        as_of: the day; orders made later neither bind nor end others.

    Returns:
        `order_id` and `JUDGED`.
    """
    chain = find_successions(orders.filter(~pl.col("is_withdrawn")), as_of=as_of)
    is_past = pl.col("ends_on") <= as_of
    endings = (
        chain.drop_nulls("ends_on")
        .sort("ends_on", "rank", "order_id")
        .unique("earlier_id", keep="first", maintain_order=True)
        .select(
            order_id="earlier_id",
            cut_on=pl.when(is_past).then("ends_on"),
            is_cut_by_full=is_past & (pl.col("rank") == DETERMINED),
            to_be_cut_on="ends_on",
        )
    )
    doubted = chain.filter(pl.col("casts_doubt")).select(pl.col("earlier_id").unique())
    judged = (
        orders.join(endings, on="order_id", how="left")
        .with_columns(is_doubted=pl.col("order_id").is_in(doubted.get_column("earlier_id").implode()))
        .with_columns(_status(as_of))
        .with_columns(_is_in_force_doubtful(as_of), *_bounds(), *_binding_period(as_of))
    )
    return judged.join(_nearest(chain), on="order_id", how="left").select("order_id", *JUDGED)


DETERMINED, MISTAKEN_TYPE, SAME_TYPE, ALONGSIDE = range(4)
"""How a later order stands to an earlier one, the closest first: it decided the interim order's application; perhaps
so, but it is of another type; it is one more of the same type; it binds beside the earlier one."""


def find_successions(orders: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Pairs of orders of one person of which the later followed the earlier.

    Args:
        orders: `CHAIN_COLUMNS` of orders that stand, `is_discharged` and `ended_by`.
        as_of: orders made after this day follow nothing yet.

    Returns:
        `order_id` (the later), `made_on` (its own), `earlier_id`, `earlier_made_on`, `rank`, `ends_on` (the day on
        which the later ends the earlier; null if it does not), `casts_doubt` (it leaves open whether the earlier still
        binds).
    """
    dated = orders.select(*CHAIN_COLUMNS, "is_discharged", "ended_by").with_columns(
        pl.coalesce("made_on", "start_on").alias("made_on"),
        pl.col("is_interim").fill_null(value=False),
        starts_on=pl.coalesce("start_on", "made_on"),
        # On paper some orders start before they were made; they end nothing so early.
        takes_effect_on=pl.max_horizontal("made_on", "start_on"),
    )
    later = dated.filter(pl.col("made_on") <= as_of)
    pairs = dated.join(later, on="subject_id", suffix="_later").filter(pl.col("order_id") != pl.col("order_id_later"))
    return (
        pairs.with_columns(_relations())
        .filter(pl.col("rank").is_not_null())
        .select(
            pl.col("order_id_later").alias("order_id"),
            pl.col("made_on_later").alias("made_on"),
            pl.col("order_id").alias("earlier_id"),
            pl.col("made_on").alias("earlier_made_on"),
            "rank",
            "ends_on",
            "casts_doubt",
        )
    )


def _relations() -> list[pl.Expr]:
    """`rank`, `ends_on` and `casts_doubt` of a pair of orders of one person."""
    gap = (pl.col("made_on_later") - pl.col("made_on")).dt.total_days()
    past_end = (pl.col("made_on_later") - pl.col("end_on")).dt.total_days()
    is_same_type = (pl.col("order_type") == pl.col("order_type_later")).fill_null(value=False)
    # An STPO of Northern Ireland is made under its own Act, so an order under Part 2 of the MSA is not "such an order".
    is_same_law = is_northern_irish(pl.col("court_code")) == is_northern_irish(pl.col("court_code_later"))
    has_no_end = pl.col("end_on").is_null()
    is_in_place = ((gap > 0) & (has_no_end | (past_end <= 0))).fill_null(value=False)
    is_decided = ((gap >= 0) & pl.coalesce(past_end <= INTERIM_GRACE_DAYS, gap <= INTERIM_LONGEST_DAYS)).fill_null(
        value=False
    )
    is_interim, is_later_interim = pl.col("is_interim"), pl.col("is_interim_later")
    is_full_after_interim, are_full = is_interim & ~is_later_interim, ~is_interim & ~is_later_interim
    is_prevention = pl.col("order_type_later") == pl.col("order_type").replace_strict(PREVENTION_OF, default=None)
    effect = pl.col("takes_effect_on_later")
    # R15 (MSA s.17(6), s.24(6); HTEAS s.20(5), 27(5)): a later order ends the earlier one of its type to which the
    # person "is already subject", on the day it takes effect: delayed to release, it leaves no gap before. An order
    # that was discharged before that day ends nothing.
    is_subject = (pl.col("starts_on") <= effect) & (has_no_end | (pl.col("end_on") >= effect))
    never_began = pl.col("is_discharged_later") & (pl.col("ended_by_later") <= effect).fill_null(value=False)
    is_ended = are_full & is_same_type & is_same_law & (gap > 0) & is_subject & ~never_began
    # R13 (MSA ss.21(7), 28(7); HTEAS s.24(4); HTENI Sch.3 para 7(5)): ended by the decision itself, not by its effect.
    is_determined = is_full_after_interim & is_decided & is_same_type & is_same_law
    rank = (
        pl.when(is_determined)
        .then(DETERMINED)
        .when(is_full_after_interim & is_decided)
        .then(MISTAKEN_TYPE)
        .when(is_ended | ((is_interim == is_later_interim) & is_in_place & is_same_type))
        .then(SAME_TYPE)
        # R25: a risk order made void by nothing but its end or a discharge.
        .when(are_full & is_in_place & is_prevention)
        .then(ALONGSIDE)
    )
    return [
        rank.alias("rank"),
        pl.when(is_determined).then("made_on_later").when(is_ended).then(effect).alias("ends_on"),
        (is_full_after_interim & has_no_end & (gap >= 0) & ~is_determined).fill_null(value=False).alias("casts_doubt"),
    ]


def _nearest(chain: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `follows_order_id`, `followed_by_order_id`: of several the order made nearest in time."""
    before = chain.sort("order_id", "earlier_made_on", "rank", "earlier_id", descending=[False, True, False, False])
    after = chain.sort("earlier_id", "made_on", "rank", "order_id")
    follows = before.unique("order_id", keep="first").select("order_id", follows_order_id="earlier_id")
    followed = after.unique("earlier_id", keep="first").select(order_id="earlier_id", followed_by_order_id="order_id")
    return follows.join(followed, on="order_id", how="full", coalesce=True)


def _status(as_of: date) -> pl.Expr:
    """The first that holds; the order of the rules is itself a rule."""
    dates = ("made_on", "start_on", "end_on")
    starts_on = pl.coalesce("start_on", "made_on")
    has_no_end = pl.col("is_interim").fill_null(value=False) & pl.col("end_on").is_null()
    is_overdue = (pl.lit(as_of) - starts_on).dt.total_days() > INTERIM_LONGEST_DAYS
    return (
        # A result that the court withdrew made no order.
        pl.when(pl.col("is_withdrawn"))
        .then(pl.lit("withdrawn"))
        # R16 to R18 (MSA ss.20, 27): a court may discharge an order before its end.
        .when(pl.col("is_discharged"))
        .then(pl.lit("discharged"))
        # R13, R15: ended by a later order, whatever end was once fixed.
        .when(pl.col("is_cut_by_full"))
        .then(pl.lit("determined"))
        .when(pl.col("cut_on").is_not_null())
        .then(pl.lit("superseded"))
        .when(pl.all_horizontal(pl.col(dates).is_null()) & ~pl.col("is_until_further_order").fill_null(value=False))
        .then(pl.lit("not_known"))
        # R23: the start may be delayed, for example to release from custody.
        .when(starts_on > as_of)
        .then(pl.lit("not_started"))
        # R02 to R05: the last day is a day on which the order still binds.
        .when(pl.col("end_on") < as_of)
        .then(pl.lit("expired"))
        # R13: an interim order is for a fixed period, ends when the application is decided; neither is known.
        .when(has_no_end & (pl.col("is_doubted") | is_overdue))
        .then(pl.lit("uncertain"))
        # No end recorded is no end: the order binds until someone shows that it does not.
        .otherwise(pl.lit("live"))
        .alias("legal_status")
    )


def _is_in_force_doubtful(as_of: date) -> pl.Expr:
    """Whether it is in doubt that it binds: nothing is known, its end is disputed or unexplained, it is yet to come."""
    status = pl.col("legal_status")
    # As text: what has no end sorts after every day.
    is_disputed = (
        status.is_in(["expired", "discharged"])
        & pl.col("cut_on").is_null()  # whatever came of its discharge, a later order has ended it
        & (pl.col("disputed_ends").list.max() >= as_of.isoformat())
    )
    is_still_to_come = (status == "not_started") & (pl.col("made_on") > as_of).fill_null(value=False)
    is_unexplained = (status == "live") & pl.col("is_shown_ended").fill_null(value=False)
    is_doubtful = (
        status.is_in(NOT_KNOWN_WHETHER) | is_disputed.fill_null(value=False) | is_still_to_come | is_unexplained
    )
    return is_doubtful.alias("is_in_force_doubtful")


def _bounds() -> list[pl.Expr]:
    """`ended_after`, the last day known to be in force, and `ended_by`, the first known not to be."""
    is_expired, is_discharged = (pl.col("legal_status") == name for name in ("expired", "discharged"))
    is_cut = pl.col("legal_status").is_in(["superseded", "determined"])
    # What was cut after its own end had gone on paper ended with that end.
    cut_on = pl.min_horizontal("cut_on", pl.col("end_on").dt.offset_by("1d"))
    return [
        pl.when(is_expired)
        .then("end_on")
        .when(is_cut)
        .then(cut_on.dt.offset_by("-1d"))
        .when(is_discharged)
        .then("ended_after")
        .alias("ended_after"),
        pl.when(is_expired)
        .then(pl.col("end_on").dt.offset_by("1d"))
        .when(is_cut)
        .then(cut_on)
        .when(is_discharged)
        .then("ended_by")
        .alias("ended_by"),
    ]


def _binding_period(as_of: date) -> list[pl.Expr]:
    """`binds_from` and `binds_until`, the first and the last day on which it binds, or may: nothing is null in doubt.

    The days on which `counts_as_in_force` holds if the status is worked out for them with what is known on `as_of`.
    """
    is_withdrawn, is_discharged = (pl.col("legal_status") == name for name in ("withdrawn", "discharged"))
    disputed = pl.col("disputed_ends").list.max()
    # Without a day of its discharge it was in force, for all we know, until this one.
    discharged_on = pl.when(is_discharged).then(pl.col("ended_by").fill_null(as_of))
    own_end = pl.min_horizontal("end_on", discharged_on.dt.offset_by("-1d"))
    last = (
        pl.when(disputed == OPEN_END)
        .then(pl.lit(None, pl.Date))
        .when(own_end.is_not_null())
        .then(pl.max_horizontal(own_end, disputed.str.to_date(strict=False)))
    )
    until = pl.min_horizontal(last, pl.col("to_be_cut_on").dt.offset_by("-1d"))
    starts_on = pl.coalesce("start_on", "made_on")
    return [
        pl.when(~is_withdrawn).then(starts_on).alias("binds_from"),
        pl.when(~is_withdrawn).then(until).alias("binds_until"),
    ]
