"""What is wrong in the register, who should correct it, how good each source is, what a steward should see first.

Belongs here: the asset of the judgement, and the evidence that it starts from. Does not: the rules (`expectations`).
"""

from dataclasses import replace
from datetime import date

import dagster as dg
import polars as pl

from assets.former import Former
from assets.frame import AssetEvents, NightResource, as_of_date, check_specs, put_out, specs
from assets.ingest import deliveries_table
from assets.link import core_names, gather, order_records
from assets.register import CODED_CONDITIONS, GOLDEN_ORDERS, UNJUDGED
from assets.sources import find_sources
from assets.stale_decisions import find_second_looks
from expectations.discrepancies import RULES, Evidence, PresenceClock, find_discrepancies
from expectations.discrepancy_history import active_ones, close, look_again
from expectations.quality import score_quality
from expectations.review_queue import Linked, build_review_queue
from expectations.rules.frames import rule_frames
from expectations.streams import with_streams
from ledger.decisions.binding import Closures, closures, constraints, overrides
from ledger.decisions.kinds import LEFT_OPEN
from ledger.decisions.record_values import name_records
from ledger.packs.following import FollowingEvidence, find_places, follow_lines
from reconciliation import register_tables
from reconciliation.confidence.contents import contents_as_values
from reconciliation.redirects import order_redirects
from warehouse.schema import Table
from warehouse.store import TableStore
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.link import LINK_CONFLICTS, LINK_PAIRS, PAIR_WEIGHTS
from warehouse.tables.packs import ASKED_CORRECTIONS
from warehouse.tables.register import (
    ARRESTS,
    CONDITIONS,
    CORRECTION_LINES,
    DELIVERIES,
    DISCREPANCIES,
    FIELD_PROVENANCE,
    ID_REDIRECTS,
    ORDER_SOURCES,
    ORDERS,
    QUALITY_SCORES,
    REVIEW_QUEUE,
)

JUDGED_TABLES = (ORDERS, DISCREPANCIES, CORRECTION_LINES, QUALITY_SCORES, REVIEW_QUEUE, DELIVERIES)
DELIVERY_TABLES = [deliveries_table(source).name for source in find_sources()]


@dg.multi_asset(
    name="judgement",
    specs=specs(
        JUDGED_TABLES,
        group="register",
        deps=[
            *core_names("orders", "aliases", "rejected_values"),
            *DELIVERY_TABLES,
            *(
                table.name
                for table in (
                    DECISIONS,
                    ASKED_CORRECTIONS,
                    LINK_CONFLICTS,
                    LINK_PAIRS,
                    ORDER_SOURCES,
                    CONDITIONS,
                    ARRESTS,
                    FIELD_PROVENANCE,
                    ID_REDIRECTS,
                )
            ),
            *UNJUDGED,
        ],
    ),
    check_specs=check_specs(JUDGED_TABLES),
)
def judgement(context: dg.AssetExecutionContext, night: NightResource) -> AssetEvents:
    """What is wrong, who should correct it, how good each source is, what a steward should look at first."""
    as_of = as_of_date(context)
    store = night.store(as_of)
    clock = PresenceClock(days=night.presence_days)
    yield from put_out(judge(store, former=Former.of(night.state, as_of), as_of=as_of, clock=clock), night, as_of)


def judge(store: TableStore, *, former: Former, as_of: date, clock: PresenceClock) -> dict[Table, pl.DataFrame]:
    """The judged tables: discrepancies, scores, the queue, and the orders with their counts and scores."""
    evidence = gather_evidence(store)
    evidence = replace(evidence, core_orders=name_records(evidence.core_orders))
    found = find_discrepancies(evidence, as_of=as_of, clock=clock, former=former.table(DISCREPANCIES))
    decided = closures_of(found, evidence, store)
    is_left_open = pl.col("kind").is_in(LEFT_OPEN)
    discrepancies = close(
        found,
        closed=decided.closed.filter(~is_left_open).get_column("discrepancy_id"),
        stale=decided.successors,
        former=former.table(DISCREPANCIES),
        as_of=as_of,
    )
    active = active_ones(discrepancies)
    scores = score_quality(evidence, active, as_of=as_of, clock=clock)
    weighed = ("order_id", "field", "decision_id", "confidence")
    provenance = store.scan(FIELD_PROVENANCE.name).select(weighed).collect()
    measured = pl.concat([provenance, contents_as_values(evidence.orders)], how="diagonal")
    queue = build_review_queue(
        evidence,
        # What was referred waits for its owner, what lacks evidence for more of it: neither for a steward.
        active.join(decided.closed.filter(is_left_open), on="discrepancy_id", how="anti"),
        provenance=measured,
        linked=gather_linked(store, evidence, decided),
        former=former.table(REVIEW_QUEUE),
        former_as_of=former.as_of,
        as_of=as_of,
    )
    discrepancies = with_streams(discrepancies, provenance=measured, order_sources=evidence.order_sources, queue=queue)
    orders = register_tables.finish_orders(evidence.orders, active, scores)
    lines = follow_corrections(store, evidence, discrepancies, former=former, as_of=as_of, clock=clock)
    deliveries = evidence.deliveries.sort(DELIVERIES.order)
    frames = (orders, discrepancies, lines, scores, queue, deliveries)
    return {table: table.conform(frame) for table, frame in zip(JUDGED_TABLES, frames, strict=True)}


def gather_linked(store: TableStore, evidence: Evidence, closed: Closures) -> Linked:
    """What the linking and the stewards left to be looked at."""
    owners = register_tables.owners_of_records(evidence.order_sources, evidence.orders)
    decisions, named = store.scan(DECISIONS.name).collect(), evidence.core_orders
    redirects, links = order_redirects(store.scan(ID_REDIRECTS.name).collect()), constraints(decisions, named)
    values = overrides(decisions, named, owners, redirects)
    return Linked(
        pairs=store.scan(LINK_PAIRS.name).select(PAIR_WEIGHTS).collect(),
        conflicts=store.scan(LINK_CONFLICTS.name).collect(),
        kept_apart=pl.concat([links.cannot, links.unclear]),
        unclear=values.unclear,
        decided=find_second_looks(decisions, named, owners, redirects, bound=(links, values, closed)),
    )


def follow_corrections(
    store: TableStore,
    evidence: Evidence,
    discrepancies: pl.DataFrame,
    *,
    former: Former,
    as_of: date,
    clock: PresenceClock,
) -> pl.DataFrame:
    """What became of the corrections that owners were asked for, as `CORRECTION_LINES`."""
    asked = store.scan(ASKED_CORRECTIONS.name).collect()
    if asked.is_empty():
        return CORRECTION_LINES.empty()
    redirects = order_redirects(store.scan(ID_REDIRECTS.name).collect())
    places = find_places(asked, evidence.core_orders, evidence.order_sources, redirects)
    frames = rule_frames(evidence, as_of=as_of, clock=clock)
    compared = look_again(RULES, frames, places.select("rule_code", order_id="order_now"))
    night = FollowingEvidence(
        records=evidence.core_orders,
        order_sources=evidence.order_sources,
        discrepancies=discrepancies,
        compared=compared,
        codes=frozenset(rule.code for rule in RULES),
    )
    return follow_lines(places, night, former=former.table(CORRECTION_LINES), as_of=as_of)


def closures_of(found: pl.DataFrame, evidence: Evidence, store: TableStore) -> Closures:
    """Which of the discrepancies found tonight stewards dealt with."""
    return closures(
        store.scan(DECISIONS.name).collect(),
        found,
        evidence.core_orders,
        evidence.orders.get_column("order_id"),
        order_redirects(store.scan(ID_REDIRECTS.name).collect()),
    )


def gather_evidence(store: TableStore) -> Evidence:
    """What the rules look at, all sources together."""
    return Evidence(**{name: frame.collect() for name, frame in scan_evidence(store).items()})


def scan_evidence(store: TableStore) -> dict[str, pl.LazyFrame]:
    """What the rules look at by its name in `Evidence`, of which only what is used is read."""
    return {
        "orders": store.scan(GOLDEN_ORDERS),
        "order_sources": store.scan(ORDER_SOURCES.name),
        "conditions": store.scan(CONDITIONS.name),
        "arrests": store.scan(ARRESTS.name),
        "deliveries": pl.concat([store.scan(name) for name in DELIVERY_TABLES]),
        "core_orders": order_records(store),
        "core_aliases": gather(store, "aliases"),
        "core_conditions": store.scan(CODED_CONDITIONS),
        "rejected_values": gather(store, "rejected_values"),
        "decided": store.scan(FIELD_PROVENANCE.name).drop_nulls("decision_id").select("order_id", "field"),
    }
