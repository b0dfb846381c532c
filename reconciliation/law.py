"""What the law makes of an order as of a day: its status, whether that is in doubt, and the days on which it binds.

Belongs here: the status in law of the reconciled register. Does not: which order followed which
(`reconciliation.successions`), figures of the statutes and their abbreviations (`reconciliation.statutes`), which value
of a field is believed (`reconciliation.golden`), what the records say of an end (`reconciliation.endings`), what counts
as a discrepancy (`expectations`).

Where the law does not end an order, neither does this module: doubt leaves the person bound, and says so.
"""

from datetime import date
from typing import Final

import polars as pl

from reconciliation.statutes import INTERIM_LONGEST_DAYS
from reconciliation.successions import DETERMINED, find_successions, nearest_in_time

NOT_KNOWN_WHETHER: Final = ("uncertain", "not_known")
"""Statuses of orders of which nobody knows whether they are in force: they count as in force until that is known."""

IN_FORCE: Final = ("live", *NOT_KNOWN_WHETHER)
"""Statuses of orders that bind, or may."""

ENDED: Final = ("expired", "discharged", "superseded", "determined")

OPEN_END: Final = "until further order"

STATUS_COLUMNS: Final = (
    "legal_status", "follows_order_id", "followed_by_order_id", "ended_after", "ended_by", "is_in_force_doubtful",
    "ceased_on", "ceased_certainty", "binds_from", "binds_until",
)  # fmt: skip
"""What `judge_status` works out of the facts of an order, for a day."""


def counts_as_in_force() -> pl.Expr:
    """Whether an order of the register binds, or may: doubt is on the side of the person protected by it."""
    return (pl.col("legal_status") == "live") | pl.col("is_in_force_doubtful").fill_null(value=False)


def binds_on(day: date) -> pl.Expr:
    """Whether an order of the register binds on a day, or may: what is not known of its days leaves it bound."""
    has_begun = (pl.col("binds_from") <= day).fill_null(value=True)
    has_not_ended = (pl.col("binds_until") >= day).fill_null(value=True)
    return (pl.col("legal_status") != "withdrawn") & has_begun & has_not_ended


def may_bind_from(day: date) -> pl.Expr:
    """Whether an order of the register binds on a day or a later one, or may."""
    return (pl.col("legal_status") != "withdrawn") & (pl.col("binds_until") >= day).fill_null(value=True)


def facts_of(orders: pl.DataFrame) -> pl.DataFrame:
    """Published orders with the facts that `judge_status` needs, read back from their status.

    Args:
        orders: `ORDERS`, or rows of it.

    Returns:
        The orders with `is_withdrawn`, `is_discharged`, `is_determined`, `is_shown_ended`, `is_without_making`.
    """
    # What no order followed was determined by a refusal.
    is_determined = (pl.col("legal_status") == "determined") & pl.col("followed_by_order_id").is_null()
    return orders.with_columns(
        pl.col("disputed_ends").fill_null([]),
        is_withdrawn=pl.col("legal_status") == "withdrawn",
        is_discharged=(pl.col("legal_status") == "discharged") | is_determined,
        is_determined=is_determined,
        is_type_doubtful=pl.col("is_type_doubtful").fill_null(value=False),
        # Nothing else makes an order with dates one of which nothing is known.
        is_without_making=(pl.col("legal_status") == "not_known")
        & pl.any_horizontal(pl.col("made_on", "start_on", "end_on").is_not_null()),
        is_shown_ended=pl.coalesce(
            "is_shown_ended", (pl.col("legal_status") == "live") & pl.col("is_in_force_doubtful").fill_null(value=False)
        ),
    )


def judge_status(orders: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Work out the status in law as of a day, what ended each order, and the orders before and after it.

    Args:
        orders: `CHAIN_COLUMNS` and `is_withdrawn` (every standing court result of the order is withdrawn),
            `is_shown_ended` (a record shows it as withdrawn or no longer in force, or no source holds it any more, and
            nothing says what ended it),
            `is_making_doubtful` (it may never have been made: then it ends no other order),
            `is_without_making` (court results say what became of it, and no record holds the order itself),
            `is_type_doubtful` (the sources do not agree on its type: it neither ends nor is ended beyond doubt),
            `is_discharged` (the sources that give a status agree that the order was discharged), `is_determined` (in
            that the application of an interim order was refused), `ended_after` and
            `ended_by` (of a discharge: the days between which it must have been), `disputed_ends` (later ends that as
            many sources give).
        as_of: the day; orders made later neither bind nor end others.

    Returns:
        `order_id` and `STATUS_COLUMNS`.
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
        .with_columns(_ceased())
    )
    return judged.join(nearest_in_time(chain), on="order_id", how="left").select("order_id", *STATUS_COLUMNS)


def _status(as_of: date) -> pl.Expr:
    """The first that holds; the order of the rules is itself a rule."""
    dates = ("made_on", "start_on", "end_on")
    starts_on = pl.coalesce("start_on", "made_on")
    is_determined = pl.col("is_determined").fill_null(value=False)
    has_no_end = pl.col("is_interim").fill_null(value=False) & pl.col("end_on").is_null()
    is_overdue = (pl.lit(as_of) - starts_on).dt.total_days() > INTERIM_LONGEST_DAYS
    return (
        # A result that the court withdrew made no order.
        pl.when(pl.col("is_withdrawn"))
        .then(pl.lit("withdrawn"))
        # R16 to R18 (MSA ss.20, 27): a court may discharge an order before its end.
        .when(pl.col("is_discharged") & ~is_determined)
        .then(pl.lit("discharged"))
        # R13, R15: ended by a later order, whatever end was once fixed; or by the refusal of its application.
        .when(pl.col("is_cut_by_full") | is_determined)
        .then(pl.lit("determined"))
        .when(pl.col("cut_on").is_not_null())
        .then(pl.lit("superseded"))
        .when(pl.col("is_without_making").fill_null(value=False))
        .then(pl.lit("not_known"))
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
        status.is_in(["expired", "discharged", "determined"])
        & pl.col("cut_on").is_null()  # whatever became of its discharge, a later order has ended it
        & (pl.col("disputed_ends").list.max() >= as_of.isoformat())
    )
    is_still_to_come = (status == "not_started") & (pl.col("made_on") > as_of).fill_null(value=False)
    is_unexplained = (status == "live") & pl.col("is_shown_ended").fill_null(value=False)
    # A later order ended it, if both are of the type that is believed.
    is_perhaps_cut = (status == "live") & pl.col("is_doubted")
    is_doubtful = pl.any_horizontal(
        status.is_in(NOT_KNOWN_WHETHER), is_disputed.fill_null(value=False), is_still_to_come, is_unexplained,
        is_perhaps_cut,
    )  # fmt: skip
    return is_doubtful.alias("is_in_force_doubtful")


def _bounds() -> list[pl.Expr]:
    """`ended_after`, the last day known to be in force, and `ended_by`, the first known not to be."""
    is_expired = pl.col("legal_status") == "expired"
    is_cut = pl.col("legal_status").is_in(["superseded", "determined"]) & pl.col("cut_on").is_not_null()
    is_discharged = pl.col("is_discharged") & pl.col("legal_status").is_in(["discharged", "determined"])
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


def _ceased() -> tuple[pl.Expr, pl.Expr]:
    """`ceased_on` and `ceased_certainty` of what is known to have ended."""
    days = (pl.col("ended_by") - pl.col("ended_after")).dt.total_days()
    has_ceased = pl.col("ended_by").is_not_null() & ~pl.col("is_in_force_doubtful")
    certainty = pl.when(days == 1).then(pl.lit("day")).when(days > 1).then(pl.lit("between")).otherwise(pl.lit("by"))
    return (
        pl.when(has_ceased).then("ended_by").alias("ceased_on"),
        pl.when(has_ceased).then(certainty).alias("ceased_certainty"),
    )


def _binding_period(as_of: date) -> list[pl.Expr]:
    """`binds_from` and `binds_until`, the first and the last day on which it binds, or may: nothing is null in doubt.

    The days on which `counts_as_in_force` holds if the status is worked out for them with what is known on `as_of`.
    """
    is_withdrawn = pl.col("legal_status") == "withdrawn"
    is_discharged = pl.col("is_discharged") & ~is_withdrawn
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
