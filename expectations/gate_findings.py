"""What each gate finds: pure functions from the frames of a night to counts and keys.

Belongs here: what is counted, and whether it keeps within its bound. Does not: the table of gates
(`expectations.gates`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from expectations.bounds import Bounds, is_implausibly_few
from expectations.discrepancy_history import active_ones
from expectations.rules.statute import STATUTE_RULES
from reconciliation.law import counts_as_in_force
from reconciliation.redirects import follow_redirects
from warehouse.delivery_states import IMPLAUSIBLE, policy_for
from warehouse.tables.register import CAUSES, STRAY_FEED, UNEXPLAINED

SHOWN_ORDERS = 10
"""How many orders a gate names."""
RAN_OUT = "calendar"
NO_CAUSE = "no cause"
NOTHING_BEFORE = "there is no release before to compare with"


@dataclass(frozen=True)
class GatedRegister:
    """A register, as the gates look at it: tonight's, or that of the release before."""

    orders: pl.DataFrame
    discrepancies: pl.DataFrame
    people: int
    arrests: int


@dataclass(frozen=True, kw_only=True)
class GatedNight:
    """All that the gates look at.

    Attributes:
        now: tonight's register.
        before: that of the release before; None for the first night.
        deliveries: `DELIVERIES`.
        order_sources: `ORDER_SOURCES`.
        records: ids of all records of orders that were read.
        changes: `RELEASE_CHANGES`.
        redirects: `ID_REDIRECTS`.
        suites: `EXPECTATION_RESULTS`.
        bounds: in force.
        policies: for bad deliveries, by state, or source and state.
    """

    now: GatedRegister
    before: GatedRegister | None
    deliveries: pl.DataFrame
    order_sources: pl.DataFrame
    records: pl.Series
    changes: pl.DataFrame
    redirects: pl.DataFrame
    suites: pl.DataFrame
    bounds: Bounds
    policies: Mapping[str, str]


@dataclass(frozen=True)
class GateFinding:
    """What a gate found: counts and keys alone.

    Attributes:
        subject: the feed it is about; empty where it is about the register.
    """

    is_met: bool
    words: str
    subject: str = ""


def find_held_deliveries(night: GatedNight) -> list[GateFinding]:
    """A finding for each feed whose policy is to hold the release; one if there is none."""
    states = night.deliveries.filter(pl.col("feed") != STRAY_FEED).select("source", "feed", "state", "accepted")
    held: dict[str, list[str]] = {}
    for source, feed, state, accepted in states.unique(maintain_order=True).iter_rows():
        if accepted is None and policy_for(night.policies, source, state) == "hold":
            held.setdefault(feed, []).append(state)
    return [
        GateFinding(is_met=False, words=_words_of_held(feed, named), subject=feed) for feed, named in held.items()
    ] or [GateFinding(is_met=True, words="no delivery holds the release")]


def _words_of_held(feed: str, states: Sequence[str]) -> str:
    used = "; to accept it is to use what came as it is" if IMPLAUSIBLE in states else ""
    return f"{feed} is {' and '.join(states)}, and the setting is to hold the release{used}"


def find_repeated_ids(night: GatedNight) -> list[GateFinding]:
    """Ids given twice, and records in two orders."""
    orders, records = night.now.orders, night.order_sources
    repeated = orders.height - orders.get_column("order_id").n_unique()
    shared = records.height - records.get_column("record_id").n_unique()
    words = f"{orders.height:,} orders, {repeated:,} ids given twice; {shared:,} records in two orders"
    return [GateFinding(repeated + shared == 0, words)]


def find_lost_records(night: GatedNight) -> list[GateFinding]:
    """Records in no order, and rows not accounted for."""
    balance = pl.sum_horizontal("rows_kept", "rows_quarantined", "rows_duplicate")
    rows = int(night.deliveries.select((pl.col("rows_read") - balance).abs().sum()).item() or 0)
    lost = night.records.len() - night.records.is_in(night.order_sources.get_column("record_id").implode()).sum()
    words = f"{night.records.len():,} records read, {lost:,} in no order; {rows:,} rows not accounted for"
    return [GateFinding(lost + rows == 0, words)]


def find_unmet_suites(night: GatedNight) -> list[GateFinding]:
    """Structural expectations that are not met."""
    unmet = night.suites.filter(pl.col("severity") == "structural", ~pl.col("is_met"))
    tables = ", ".join(unmet.get_column("table_name").unique().sort())
    words = f"{night.suites.height:,} expectations, {unmet.height:,} structural ones not met"
    return [GateFinding(unmet.is_empty(), f"{words}: {tables}" if tables else words)]


def compare_counts(night: GatedNight) -> list[GateFinding]:
    """Orders, people and arrests beside those of the release before."""
    if night.before is None:
        return [GateFinding(is_met=True, words=NOTHING_BEFORE)]
    counts = {
        "orders": (night.before.orders.height, night.now.orders.height),
        "people": (night.before.people, night.now.people),
        "arrests": (night.before.arrests, night.now.arrests),
    }
    bounds = night.bounds
    is_met = not any(
        is_implausibly_few(now, before, gone=bounds.rows_gone) or is_implausibly_few(before, now, gone=bounds.rows_new)
        for before, now in counts.values()
    )
    return [GateFinding(is_met, ", ".join(f"{before:,} {name}, now {now:,}" for name, (before, now) in counts.items()))]


def find_unexplained(night: GatedNight) -> list[GateFinding]:
    """Differences from the release before without a cause."""
    unexplained = night.changes.filter(pl.col("cause") == UNEXPLAINED)
    if unexplained.is_empty():
        return [GateFinding(is_met=True, words=f"all {night.changes.height:,} differences have a cause")]
    fields = unexplained.group_by("field").len().sort("field", nulls_last=True)
    counted = ", ".join(f"{count} {name or 'orders added or removed'}" for name, count in fields.iter_rows())
    orders = unexplained.get_column("order_id")
    words = (
        f"unexplained changes: {unexplained.height} differences of {orders.n_unique()} orders from the release before "
        f"have no cause ({counted}): no record, decision, model, setting or code changed for them, and no date that "
        f"matters passed: {_named(orders)}"
    )
    return [GateFinding(is_met=False, words=words)]


def unbound_people(night: GatedNight) -> pl.DataFrame:
    """Who was bound by an order in the release before and is bound by none tonight.

    An order counts as binding while it is in force, may be, or is not known not to be; one that was merged or split is
    looked for where its records went.

    Returns:
        `subject_id`, `order_id` (the first of their orders), `cause` (the gravest of those of their orders, the
        calendar last; null where there is none), sorted by `subject_id`.
    """
    if night.before is None:
        return pl.DataFrame(schema={"subject_id": pl.String, "order_id": pl.String, "cause": pl.String})
    bound, now = (orders.filter(_may_bind()) for orders in (night.before.orders, night.now.orders))
    here = {name: now.get_column(name) for name in ("order_id", "subject_id")}
    for name, present in here.items():
        places = follow_redirects(bound.get_column(name), night.redirects.select("old_id", "new_id"), until=present)
        still = places.filter(pl.col("reached").is_in(present.unique().implode()))
        bound = bound.with_columns(pl.col(name).is_in(still.get_column("id").unique().implode()).alias(f"{name}_binds"))
    is_free = ~pl.any_horizontal("order_id_binds", "subject_id_binds").any().over("subject_id")
    free = bound.filter(is_free).select("subject_id", "order_id")
    gravest = pl.Enum([UNEXPLAINED, *(cause for cause in CAUSES if cause not in (UNEXPLAINED, RAN_OUT)), RAN_OUT])
    reported = night.changes.filter(
        pl.col("field").is_null() | pl.col("field").is_in(["legal_status", "is_in_force_doubtful"])
    )
    causes = reported.group_by("order_id").agg(pl.col("cause").cast(gravest).min())
    named = free.join(causes, on="order_id", how="left").group_by("subject_id")
    # An order without a cause leaves the person without one.
    cause = pl.when(pl.col("cause").null_count() == 0).then(pl.col("cause").min()).cast(pl.String)
    return named.agg(pl.col("order_id").min(), cause=cause).sort("subject_id")


def count_unbound(night: GatedNight) -> list[GateFinding]:
    """Who was bound and no longer is, by cause (`unbound_people`)."""
    if night.before is None:
        return [GateFinding(is_met=True, words=NOTHING_BEFORE)]
    free = unbound_people(night).with_columns(pl.col("cause").fill_null(NO_CAUSE))
    others = free.filter(pl.col("cause") != RAN_OUT)
    were = night.before.orders.filter(_may_bind()).get_column("subject_id").n_unique()
    is_met = not is_implausibly_few(were - others.height, were, gone=night.bounds.people_unbound)
    by_cause = free.group_by("cause").len().sort("cause").iter_rows()
    counted = ", ".join(
        f"{count:,} by {cause}" if cause != NO_CAUSE else f"{count:,} without cause" for cause, count in by_cause
    )
    words = f"of {were:,} people bound, {free.height:,} no longer are" + (f" ({counted})" if counted else "")
    has_causes = others.filter(pl.col("cause").is_in([NO_CAUSE, UNEXPLAINED])).is_empty()
    is_met = is_met and has_causes
    return [GateFinding(is_met, words if is_met else f"{words}: {_named(others.get_column('order_id'))}")]


def find_new_breaches(night: GatedNight) -> list[GateFinding]:
    """Orders of the release before that newly break a rule of the statutes."""
    return [
        _find_new(
            night,
            "newly break a rule of the statutes",
            night.bounds.breaches_new,
            codes=[rule.code for rule in STATUTE_RULES],
        )
    ]


def find_new_discrepancies(night: GatedNight) -> list[GateFinding]:
    """Orders of the release before that have a new discrepancy."""
    return [_find_new(night, "have a new discrepancy", night.bounds.discrepancies_new)]


def _find_new(night: GatedNight, what: str, bound: float, *, codes: Sequence[str] | None = None) -> GateFinding:
    """Orders of the release before that have discrepancies which they did not have then."""
    if night.before is None:
        return GateFinding(is_met=True, words=NOTHING_BEFORE)
    orders = night.before.orders.get_column("order_id")
    lasting = pl.col("order_id").is_in(orders.implode())
    is_meant = lasting if codes is None else lasting & pl.col("rule_code").is_in(list(codes))
    now, then = (active_ones(side.discrepancies).filter(is_meant) for side in (night.now, night.before))
    found = now.join(then, on="discrepancy_id", how="anti").get_column("order_id")
    few = is_implausibly_few(orders.len() - found.n_unique(), orders.len(), gone=bound)
    words = f"{found.n_unique():,} of {orders.len():,} orders {what}"
    return GateFinding(not few, f"{words}: {_named(found)}" if few else words)


def _may_bind() -> pl.Expr:
    return counts_as_in_force() | pl.col("legal_status").is_in(["not_started", "not_known"])


def _named(order_ids: pl.Series) -> str:
    distinct = order_ids.unique().sort()
    more = f" and {distinct.len() - SHOWN_ORDERS} more" if distinct.len() > SHOWN_ORDERS else ""
    return ", ".join(distinct.head(SHOWN_ORDERS)) + more
