"""What the records say of the end of an order: withdrawn, discharged, when, and which later ends they leave open.

Belongs here: facts read off the records beside the golden values. Does not: what the law makes of them
(`reconciliation.law`), which end is believed (`reconciliation.golden`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from reconciliation.date_arithmetic import months_after
from reconciliation.determinations import with_determinations
from reconciliation.disputed_types import find_disputed_types
from reconciliation.dropped_orders import find_unheld
from reconciliation.law import ENDED, OPEN_END
from reconciliation.overrides import orders_with_decided_period
from reconciliation.standing import AMENDED, STANDS
from reconciliation.statutes import SCOTTISH_TYPES, shortest_months
from warehouse.sources import is_from_court
from warehouse.tables.register import ORDER_SOURCES, ORDERS

MANY: Final = 2
"""At least this many sources that hold an order live are not overruled by a word that the order was never made."""

BEFORE_COLUMNS: Final = ("order_id", "legal_status", "ended_after", "ended_by", "first_seen_on")
SEEN_COLUMNS: Final = ("order_id", "source", "source_key", "first_seen_on")


@dataclass(frozen=True, eq=False)
class Before:
    """What the release before knew: between two nights an end falls whose day no source gives.

    Attributes:
        orders: its `ORDERS`, of which `BEFORE_COLUMNS` are read.
        as_of: its day; None on the first night.
        order_sources: its `ORDER_SOURCES`, of which `SEEN_COLUMNS` are read.
    """

    orders: pl.DataFrame = field(default_factory=ORDERS.empty)
    as_of: date | None = None
    order_sources: pl.DataFrame = field(default_factory=ORDER_SOURCES.empty)


def read_endings(
    held: pl.DataFrame, golden: pl.DataFrame, *, before: Before, decided: Mapping[str, pl.DataFrame], as_of: date
) -> pl.DataFrame:
    """Read what the records say of each order's end.

    Args:
        held: order records with `order_id`, `subject_id`, `standing` and `is_dropped`.
        golden: `order_id`, `order_type`, `is_interim`, `is_travel_only`, `court_code`, `start_on`, `made_on`, `end_on`.
        before: the release before.
        decided: what stewards decided, by field, with `order_id`: where they decided a period, no end is open.
        as_of: the night.

    Returns:
        One row for each order: `order_id`, `is_withdrawn`, `is_shown_ended`, `is_making_doubtful`, `is_discharged`,
        `ended_after` and `ended_by` (of a discharge: the last day known to be in force and the first known not to be),
        `disputed_ends`, `is_without_making`, `is_type_doubtful`, `is_determined` (discharged in that the application of
        an interim order was refused).
    """
    held = with_determinations(held, golden)
    endings = (
        _find_free_from(golden)
        .join(_find_withdrawn(held), on="order_id", how="left")
        .join(_find_shown_ended(held), on="order_id", how="left")
        .join(find_unheld(held), on="order_id")
        .join(_find_discharged(held, as_of), on="order_id", how="left")
        .join(_find_ended_beside(held), on="order_id", how="left")
        .join(find_disputed_types(held, golden, decided), on="order_id", how="left")
        .join(_find_later_ends(held, golden, decided), on="order_id", how="left")
        .join(_find_ends_too_soon(golden, decided), on="order_id", how="left")
        .join(_bound_discharges(held, before, as_of=as_of), on="order_id", how="left")
    )
    own_end = pl.coalesce(pl.col("end_on").cast(pl.String), pl.lit(OPEN_END))
    is_known = pl.col("is_discharged").fill_null(value=False)
    is_early = (pl.col("ended_by") < pl.col("free_from")).fill_null(value=False) & ~pl.col("is_from_the_court")
    is_disputed = pl.col("is_discharge_disputed") | (is_known & is_early)
    is_decided = pl.col("order_id").is_in(orders_with_decided_period(decided).implode())
    return endings.select(
        "order_id",
        "is_withdrawn",
        pl.col("is_without_making") & ~is_decided,
        pl.col("is_type_doubtful").fill_null(value=False),
        pl.col("is_determined").fill_null(value=False) & is_known,
        pl.any_horizontal(
            pl.col("is_shown_ended", "is_held_live", "is_ended_beside", "is_dropped").fill_null(value=False)
        ).alias("is_shown_ended"),
        pl.col("is_making_doubtful").fill_null(value=False) | pl.col("is_held_live") | pl.col("is_without_making"),
        is_discharged=is_known,
        ended_after=pl.when(is_known).then("ended_after"),
        ended_by=pl.when(is_known).then("ended_by"),
        disputed_ends=pl.concat_list(
            pl.when(is_disputed).then(pl.concat_list(own_end)).otherwise(pl.lit([], pl.List(pl.String))),
            pl.col("later_ends").fill_null([]),
            pl.concat_list("soonest_end").list.drop_nulls(),
        ),
    )


def _find_free_from(golden: pl.DataFrame) -> pl.DataFrame:
    """`free_from`, beside `end_on`: the first day on which it, of travel bans alone too, can be discharged freely."""
    # R16, R17 (MSA ss.20, 27): before, only with consent, of which no police source knows.
    months = pl.when(~pl.col("order_type").is_in(SCOTTISH_TYPES)).then(shortest_months())
    return golden.with_columns(is_travel_only=pl.lit(value=False)).select(
        "order_id", "end_on", free_from=months_after(pl.col("made_on"), months)
    )


def _find_withdrawn(held: pl.DataFrame) -> pl.DataFrame:
    """`is_withdrawn`: the court withdrew every result that no other amends, and at most one other source says live.

    A result that was withdrawn may have been entered again and not yet sent: `is_held_live`, two others hold the order.
    It counts as in force, but ends no other.
    """
    is_latest = is_from_court & (pl.col("standing") != AMENDED) & pl.col("event").is_null()
    is_withdrawn = pl.col("result_state").eq_missing("WITHDRAWN").filter(is_latest).all() & is_latest.any()
    live = pl.col("source").filter((pl.col("recorded_status") == "live") & ~is_from_court).n_unique()
    return held.group_by("order_id").agg(
        (is_withdrawn & (live < MANY)).alias("is_withdrawn"),
        (is_withdrawn & (live >= MANY)).alias("is_held_live"),
    )


def _find_shown_ended(held: pl.DataFrame) -> pl.DataFrame:
    """`is_shown_ended`: a standing record shows it as withdrawn, in doubt, or no longer in force without saying why.

    `is_making_doubtful`: the words of one leave open whether it was made, and at most one other source says live.
    """
    status = pl.col("recorded_status")
    live = pl.col("source").filter(status == "live").n_unique()
    return (
        _with_status(held)
        .group_by("order_id")
        .agg(
            status.is_in(["withdrawn", "ended", "doubtful"]).any().alias("is_shown_ended"),
            ((status == "doubtful").any() & (live < MANY)).alias("is_making_doubtful"),
        )
    )


def _find_ended_beside(held: pl.DataFrame) -> pl.DataFrame:
    """`is_ended_beside`: the result that made a later order of another type says that one of the person was discharged.

    It is not said which; a later order of the same type ends the earlier one anyhow.
    """
    standing = held.filter(pl.col("standing") == STANDS)
    ending = standing.filter(pl.col("ends_another").fill_null(value=False)).select(
        "subject_id", "order_type", "made_on"
    )
    earlier = standing.filter(pl.col("event").is_null()).join(ending, on="subject_id", suffix="_later")
    is_ended = (pl.col("order_type") != pl.col("order_type_later")) & (pl.col("made_on") < pl.col("made_on_later"))
    return earlier.filter(is_ended).select("order_id", is_ended_beside=pl.lit(value=True)).unique()


def _find_discharged(held: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`is_discharged`, `is_from_the_court`, `is_discharge_disputed`: neither the court nor two sources without dissent.

    A discharge is recorded as an act, while a record that nobody touched goes on saying live: half of the sources
    that give a status are enough to believe it. But one police record alone must not make a person free: unless the
    court's own result says that the order was discharged, a single source, or one that is contradicted, is a doubt. So
    is a result that names neither the day nor the case of the order, unless another source says so too.
    """
    is_to_come = pl.col("event").is_not_null() & (pl.col("recorded_on") > as_of).fill_null(value=False)
    is_discharge = (pl.col("recorded_status") == "discharged") & ~is_to_come
    by_source = (
        _with_status(_with_named_order(held))
        .group_by("order_id", "source")
        .agg(
            pl.col("is_determined").any(),
            is_discharge.any().alias("says_discharged"),
            is_from_court.first().alias("is_court"),
            (is_discharge & pl.col("is_order_named")).any().alias("names_order"),
        )
    )
    says_so = pl.col("says_discharged")
    is_said_by_court = (says_so & pl.col("is_court")).any()
    is_from_the_court = is_said_by_court & ((pl.col("is_court") & pl.col("names_order")).any() | (says_so.sum() > 1))
    is_discharged = is_said_by_court | (says_so.sum() * 2 >= pl.len())
    is_agreed = says_so.all() & (pl.len() > 1)
    return by_source.group_by("order_id").agg(
        is_discharged.alias("is_discharged"),
        pl.col("is_determined").any(),
        is_from_the_court.alias("is_from_the_court"),
        (is_discharged & ~is_from_the_court & ~is_agreed).alias("is_discharge_disputed"),
    )


def _with_named_order(held: pl.DataFrame) -> pl.DataFrame:
    """`is_order_named`: the record is of the making, or names the order by its day, its case or its first result."""
    is_making = pl.col("event").is_null()
    cases = pl.col("case_urn").filter(is_making).unique().implode().over("order_id", mapping_strategy="join")
    is_named = pl.any_horizontal(pl.col("made_on", "amends_source_key").is_not_null())
    is_of_case = pl.col("case_urn").is_in(cases).fill_null(value=False)
    return held.with_columns(is_order_named=is_making | is_named | is_of_case)


def _with_status(held: pl.DataFrame) -> pl.DataFrame:
    return held.filter(pl.col("recorded_status").is_not_null() & (pl.col("standing") == STANDS))


def _bound_discharges(held: pl.DataFrame, before: Before, *, as_of: date) -> pl.DataFrame:
    """`ended_after` and `ended_by` of a discharge, for every order that a record shows as discharged.

    It was known by the night that first showed it, and by the day on which a record that shows it was last touched.
    On the last night that showed the order in force it was not known: unless it was recorded late, it came after. A
    court's result gives the day itself.
    """
    court_day = pl.col("recorded_on").filter(pl.col("event").is_not_null()).min()
    known_by = (
        _with_status(held)
        .filter(pl.col("recorded_status") == "discharged")
        .group_by("order_id")
        .agg(
            court_day.alias("court_day"),
            pl.min_horizontal(pl.col("recorded_on").min(), pl.lit(as_of)).alias("known_by"),
        )
    )
    was_discharged = pl.col("legal_status") == "discharged"
    seen_on = pl.when(~pl.col("legal_status").is_in(ENDED)).then(pl.lit(before.as_of, pl.Date))
    former = before.orders.select(
        "order_id",
        former_after=pl.when(was_discharged).then("ended_after").otherwise(seen_on),
        former_by=pl.when(was_discharged).then("ended_by"),
    )
    bounded = known_by.join(former, on="order_id", how="left").with_columns(
        ended_by=pl.coalesce("court_day", pl.min_horizontal("known_by", "former_by"))
    )
    seen_after = pl.when(pl.col("former_after") < pl.col("ended_by")).then("former_after")
    return bounded.select(
        "order_id", "ended_by", ended_after=pl.coalesce(pl.col("court_day").dt.offset_by("-1d"), seen_after)
    )


def _find_later_ends(held: pl.DataFrame, golden: pl.DataFrame, decided: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`later_ends`: ends after the golden one that at least as many sources give, or the court alone: text, in order.

    The court may have varied the order since, of which the police sources, however many, need not know (R18).

    A source gives an end by naming it, or by a start and a length; one whose own length contradicts its own end gives
    both, and speaks for the later of them alone. The last day is counted to the day itself or to the day before: that
    is not another end.
    """
    ended = _undecided_ends(golden, decided)
    # A record that has it start before it was made may hold both days in each other's place, unless others give another
    # date of order: the length may run from the later one.
    is_believed = pl.col("made_on") == pl.col("golden_made_on")
    own_start = pl.max_horizontal("start_on", pl.when(pl.col("start_on").is_not_null() & is_believed).then("made_on"))
    start = pl.coalesce(own_start, "golden_start_on", "made_on")
    by_term = months_after(start, pl.col("term_months")).dt.offset_by("-1d")
    is_given_already = ((by_term - pl.col("end_on")).dt.total_days().abs() <= 1).fill_null(value=False)
    # A result that varied, extended or renewed the order and names no end may have moved the one that is known.
    is_moved = (pl.col("event") == "changed") & pl.col("end_on").is_null()
    is_open = pl.col("is_until_further_order").fill_null(value=False) | is_moved.fill_null(value=False)
    stated = pl.coalesce(pl.when(is_open).then(pl.lit(OPEN_END)), pl.col("end_on").cast(pl.String))
    given = (
        held.filter(pl.col("standing") == STANDS)
        .join(ended.select("order_id", pl.col("end_on", "start_on", "made_on").name.prefix("golden_")), on="order_id")
        .select(
            *("order_id", "source", "golden_end_on"),
            end=pl.concat_list(stated, pl.when(~is_given_already).then(by_term.cast(pl.String))),
        )
        .explode("end")
        .drop_nulls("end")
        .unique()
    )
    days_after = (pl.col("end").str.to_date(strict=False) - pl.col("golden_end_on")).dt.total_days()
    votes = (
        given.with_columns(
            is_same=(days_after.abs() <= 1).fill_null(value=False), is_later=(days_after > 1).fill_null(value=True)
        )
        .filter(pl.col("is_same") | pl.col("is_later"))
        .with_columns(gives_later=pl.col("is_later").any().over("order_id", "source"))
        .with_columns(votes_for=pl.col("source").filter(~pl.col("gives_later")).n_unique().over("order_id"))
        .filter("is_later")
        .group_by("order_id", "end", "votes_for")
        .agg(votes=pl.col("source").n_unique(), is_given_by_court=is_from_court.any())
    )
    is_open = (pl.col("votes") >= pl.col("votes_for")) | pl.col("is_given_by_court")
    return votes.filter(is_open).group_by("order_id").agg(later_ends=pl.col("end").sort())


def _undecided_ends(golden: pl.DataFrame, decided: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The orders that have an end, except those whose period a steward decided."""
    is_decided = pl.col("order_id").is_in(orders_with_decided_period(decided).implode())
    return golden.drop_nulls("end_on").filter(~is_decided)


def _find_ends_too_soon(golden: pl.DataFrame, decided: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`soonest_end`, of full orders whose end comes sooner than any that the law allows (R02, R03, R27, R29)."""
    soonest = months_after(pl.coalesce("start_on", "made_on"), shortest_months()).dt.offset_by("-1d")
    return (
        _undecided_ends(golden, decided)
        .filter(pl.col("end_on") < soonest)
        .select("order_id", soonest_end=soonest.cast(pl.String))
    )
