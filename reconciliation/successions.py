"""Which order of a person followed which, and whether it ended it.

Belongs here: the sections on later orders and on decided applications. Does not: the status in law that follows
(`reconciliation.law`).
"""

from datetime import date
from typing import Final

import polars as pl

from reconciliation.statutes import INTERIM_GRACE_DAYS, INTERIM_LONGEST_DAYS, PREVENTION_OF, is_northern_irish

CHAIN_COLUMNS: Final = (
    "order_id", "subject_id", "order_type", "is_interim", "court_code", "made_on", "start_on", "end_on",
    "is_until_further_order",
)  # fmt: skip
DETERMINED, MISTAKEN_TYPE, SAME_TYPE, ALONGSIDE = range(4)
"""How a later order stands to an earlier one, the closest first: it decided the interim order's application; perhaps
so, but it is of another type; it is one more of the same type; it binds beside the earlier one."""


# Of a pair of orders of one person, the columns of the later one with `_later`.
_GAP: Final = (pl.col("made_on_later") - pl.col("made_on")).dt.total_days()
_PAST_END: Final = (pl.col("made_on_later") - pl.col("end_on")).dt.total_days()
_IS_SAME_TYPE: Final = (pl.col("order_type") == pl.col("order_type_later")).fill_null(value=False)
# Only "such an order" ends it: where the type of either is in doubt, so is the end.
_IS_TYPE_SURE: Final = ~pl.any_horizontal(pl.col("is_type_doubtful", "is_type_doubtful_later").fill_null(value=False))
# An STPO of Northern Ireland is made under its own Act, so an order under Part 2 of the MSA is not "such an order".
_IS_SAME_LAW: Final = is_northern_irish(pl.col("court_code")) == is_northern_irish(pl.col("court_code_later"))
_IS_MADE: Final = ~pl.col("is_making_doubtful_later").fill_null(value=False)


def find_successions(orders: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Pairs of orders of one person of which the later followed the earlier.

    Args:
        orders: `CHAIN_COLUMNS` of orders that stand, `is_discharged`, `is_making_doubtful`, `is_type_doubtful` (the
            sources do not agree on its type) and `ended_by`.
        as_of: orders made after this day follow nothing yet.

    Returns:
        `order_id` (the later), `made_on` (its own), `earlier_id`, `earlier_made_on`, `rank`, `ends_on` (the day on
        which the later ends the earlier; null if it does not), `casts_doubt` (it leaves open whether the earlier still
        binds).
    """
    dated = orders.select(
        *CHAIN_COLUMNS, "is_discharged", "is_making_doubtful", "is_type_doubtful", "ended_by"
    ).with_columns(
        pl.coalesce("made_on", "start_on").alias("made_on"),
        pl.col("is_interim").fill_null(value=False),
        starts_on=pl.coalesce("start_on", "made_on"),
        # On paper some orders start before they were made; they end nothing so early.
        takes_effect_on=pl.max_horizontal("made_on", "start_on"),
    )
    later = dated.filter(pl.col("made_on") <= as_of)
    pairs = dated.join(later, on="subject_id", suffix="_later").filter(pl.col("order_id") != pl.col("order_id_later"))
    return (
        pairs.with_columns(_relations(as_of))
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


def _relations(as_of: date) -> list[pl.Expr]:
    """`rank`, `ends_on` and `casts_doubt` of a pair of orders of one person."""
    is_interim, is_later_interim = pl.col("is_interim"), pl.col("is_interim_later")
    is_full_after_interim = is_interim & ~is_later_interim
    effect, has_no_end = pl.col("takes_effect_on_later"), pl.col("end_on").is_null()
    may_be_ended = ~is_interim & ~is_later_interim & _IS_SAME_TYPE & _IS_SAME_LAW & _is_already_subject()
    is_ended = may_be_ended & _IS_TYPE_SURE
    # R13 (MSA ss.21(7), 28(7); HTEAS s.24(4); HTENI Sch.3 para 7(5)): ended by the decision itself, not by its effect.
    is_determined = is_full_after_interim & _is_decided() & _IS_SAME_TYPE & _IS_TYPE_SURE & _IS_SAME_LAW & _IS_MADE
    is_in_place = ((_GAP > 0) & (has_no_end | (_PAST_END <= 0))).fill_null(value=False)
    is_prevention = pl.col("order_type_later") == pl.col("order_type").replace_strict(PREVENTION_OF, default=None)
    rank = (
        pl.when(is_determined)
        .then(DETERMINED)
        .when(is_full_after_interim & _is_decided())
        .then(MISTAKEN_TYPE)
        .when(may_be_ended | ((is_interim == is_later_interim) & is_in_place & _IS_SAME_TYPE))
        .then(SAME_TYPE)
        # R25: a risk order made void by nothing but its end or a discharge.
        .when(~is_interim & ~is_later_interim & is_in_place & is_prevention)
        .then(ALONGSIDE)
    )
    leaves_open = is_full_after_interim & has_no_end & (_GAP >= 0) & ~is_determined
    is_end_unsure = may_be_ended & ~_IS_TYPE_SURE & (effect <= as_of)
    return [
        rank.alias("rank"),
        pl.when(is_determined).then("made_on_later").when(is_ended).then(effect).alias("ends_on"),
        (leaves_open | is_end_unsure).fill_null(value=False).alias("casts_doubt"),
    ]


def _is_decided() -> pl.Expr:
    """Whether the later order can be the decision on the application of the interim one."""
    in_time = pl.coalesce(_PAST_END <= INTERIM_GRACE_DAYS, _GAP <= INTERIM_LONGEST_DAYS)
    return ((_GAP >= 0) & in_time).fill_null(value=False)


def _is_already_subject() -> pl.Expr:
    """Whether the person is bound by the earlier order when the later one takes effect.

    R15 (MSA s.17(6), s.24(6); HTEAS s.20(5), 27(5)): a later order ends the earlier one of its type to which the person
    "is already subject", on the day it takes effect: delayed to release, it leaves no gap before. An order that was
    discharged before that day, or perhaps never made, ends nothing.
    """
    effect = pl.col("takes_effect_on_later")
    is_subject = (pl.col("starts_on") <= effect) & (pl.col("end_on").is_null() | (pl.col("end_on") >= effect))
    never_began = pl.col("is_discharged_later") & (pl.col("ended_by_later") <= effect).fill_null(value=False)
    return (_GAP > 0) & is_subject & ~never_began & _IS_MADE


def nearest_in_time(chain: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `follows_order_id`, `followed_by_order_id`: of several the order made nearest in time."""
    before = chain.sort("order_id", "earlier_made_on", "rank", "earlier_id", descending=[False, True, False, False])
    after = chain.sort("earlier_id", "made_on", "rank", "order_id")
    follows = before.unique("order_id", keep="first").select("order_id", follows_order_id="earlier_id")
    followed = after.unique("earlier_id", keep="first").select(order_id="earlier_id", followed_by_order_id="order_id")
    return follows.join(followed, on="order_id", how="full", coalesce=True)
