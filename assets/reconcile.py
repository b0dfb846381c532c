"""One register out of many records: ids, golden values, discrepancies, quality, the steward's queue."""

from datetime import date

import dagster as dg
import polars as pl

from assets.decisions import decide_values
from assets.former import Former
from assets.frame import NIGHTS, AssetEvents, NightResource, as_of_date, check_specs, put_out, specs
from assets.ingest import deliveries_table
from assets.link import DROPPED_CONDITIONS, DROPPED_ORDERS, core_names, gather, order_records
from assets.models import MODELS
from assets.sources import find_sources
from assets.stale_decisions import find_second_looks
from assets.wording_decisions import code_by_decisions
from expectations.discrepancies import RULES, Evidence, PresenceClock, find_discrepancies
from expectations.discrepancy_history import active_ones, close, look_again
from expectations.quality import score_quality
from expectations.reliability import describe_reliability
from expectations.review_queue import Linked, build_review_queue
from expectations.rules.frames import rule_frames
from expectations.streams import with_streams
from ledger.decisions.binding import Closures, closures, constraints, overrides
from ledger.decisions.kinds import LEFT_OPEN
from ledger.decisions.record_values import name_records
from ledger.packs.following import FollowingEvidence, find_places, follow_lines
from reconciliation import register_tables
from reconciliation.confidence.contents import contents_as_values
from reconciliation.confidence.trained import load_value_model
from reconciliation.endings import Before
from reconciliation.id_memory import identify
from reconciliation.redirects import order_redirects
from study.prohibitions.wordings import build_wordings
from warehouse.schema import Table
from warehouse.store import TableStore
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.link import IDENTITIES, LINK_ARRESTS, LINK_CLUSTERS, LINK_CONFLICTS, LINK_PAIRS, PAIR_WEIGHTS
from warehouse.tables.packs import ASKED_CORRECTIONS
from warehouse.tables.register import (
    ARREST_SOURCES,
    ARRESTS,
    CONDITION_TEXTS,
    CONDITION_WORDINGS,
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
    SOURCE_RELIABILITY,
    SUBJECTS,
    UNCODED_CONDITIONS,
)

RECONCILED = (
    ORDER_SOURCES, SUBJECTS, CONDITIONS, CONDITION_WORDINGS, UNCODED_CONDITIONS, ARRESTS, ARREST_SOURCES,
    FIELD_PROVENANCE, SOURCE_RELIABILITY, ID_REDIRECTS, IDENTITIES,
)  # fmt: skip
JUDGED_TABLES = (ORDERS, DISCREPANCIES, CORRECTION_LINES, QUALITY_SCORES, REVIEW_QUEUE, DELIVERIES)
# What the judgement starts from. The counts and scores of orders are still empty, so no suite yet.
GOLDEN_ORDERS = "golden_orders"
CODED_CONDITIONS = "coded_conditions"
UNJUDGED = {
    GOLDEN_ORDERS: "One row is an order with its golden values, not yet judged.",
    CODED_CONDITIONS: "One row is a condition as a record words it, coded as stewards named wordings too.",
}
CORE = ("orders", "aliases", "conditions", "arrests")
REGISTER_DEPS = [MODELS, *core_names(*CORE), LINK_CLUSTERS.name, LINK_PAIRS.name, LINK_ARRESTS.name, DECISIONS.name]
DELIVERY_TABLES = [deliveries_table(source).name for source in find_sources()]


@dg.multi_asset(
    name="register",
    specs=[
        *(
            dg.AssetSpec(
                name, deps=REGISTER_DEPS, group_name="register", partitions_def=NIGHTS, description=description
            )
            for name, description in UNJUDGED.items()
        ),
        *specs((*RECONCILED, CONDITION_TEXTS), group="register", deps=REGISTER_DEPS),
    ],
    check_specs=check_specs((*RECONCILED, CONDITION_TEXTS)),
)
def register(context: dg.AssetExecutionContext, night: NightResource) -> AssetEvents:
    """Orders, people and arrests with ids that last, golden values and where each came from."""
    as_of = as_of_date(context)
    store = night.store(as_of)
    tables = reconcile_night(store, former=Former.of(night.state, as_of), as_of=as_of)
    for name in UNJUDGED:
        store.write(name, tables[name])
        yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": tables[name].height})
    yield from put_out({table: tables[table.name] for table in (*RECONCILED, CONDITION_TEXTS)}, night, as_of)


def reconcile_night(store: TableStore, *, former: Former, as_of: date) -> dict[str, pl.DataFrame]:
    """The register's tables of a night by name, the memory of ids among them."""
    decisions = store.scan(DECISIONS.name).collect()
    orders, arrests = order_records(store).collect(), gather(store, "arrests")
    listed = pl.concat([gather(store, "conditions"), store.scan(DROPPED_CONDITIONS)]).collect()
    conditions = code_by_decisions(listed, decisions)
    clusters, events = (store.scan(table.name).collect() for table in (LINK_CLUSTERS, LINK_ARRESTS))
    identities = identify(
        {"orders": orders, "arrests": arrests.collect()},
        {"orders": clusters, "arrests": events},
        remembered=former.table(IDENTITIES),
        former_redirects=former.table(ID_REDIRECTS),
        as_of=as_of,
    )
    owners = (
        clusters.join(identities.order_ids.select(order_cluster="cluster", order_id="id"), on="order_cluster")
        .join(identities.subject_ids.select(subject_cluster="cluster", subject_id="id"), on="subject_cluster")
        .select("record_id", "order_id", "subject_id")
    )
    tables = register_tables.build_register(
        register_tables.NightInput(
            orders=orders,
            aliases=gather(store, "aliases").collect(),
            conditions=conditions,
            arrests=arrests,
            clusters=clusters,
            events=events,
            order_ids=identities.order_ids,
            subject_ids=identities.subject_ids,
            arrest_ids=identities.arrest_ids,
            as_of=as_of,
            dropped=store.scan(DROPPED_ORDERS).select("record_id").collect().to_series(),
            decided=decide_values(decisions, orders, owners=owners, redirects=identities.redirects),
            before=Before(former.table(ORDERS), former.as_of, former.table(ORDER_SOURCES)),
            pairs=store.scan(LINK_PAIRS.name).select(PAIR_WEIGHTS).collect(),
            confidence=load_value_model(store.folder / MODELS),
        )
    )
    return tables | {
        GOLDEN_ORDERS: tables[ORDERS.name],
        CODED_CONDITIONS: conditions,
        **build_wordings(conditions, tables[ORDER_SOURCES.name]),
        ID_REDIRECTS.name: identities.redirects,
        IDENTITIES.name: identities.memory,
        SOURCE_RELIABILITY.name: describe_reliability(
            tables[register_tables.SOURCE_ERRORS], former=former.table(SOURCE_RELIABILITY)
        ),
    }


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
    provenance = store.scan(FIELD_PROVENANCE.name).collect()
    measured = pl.concat([provenance, contents_as_values(evidence.orders)], how="diagonal")
    queue = build_review_queue(
        evidence,
        # What was referred waits for its owner, what lacks evidence for more of it: neither for a steward.
        active.join(decided.closed.filter(is_left_open), on="discrepancy_id", how="anti"),
        provenance=measured,
        linked=gather_linked(store, evidence, found),
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


def gather_linked(store: TableStore, evidence: Evidence, found: pl.DataFrame) -> Linked:
    """What the linking and the stewards left to be looked at."""
    owners = register_tables.owners_of_records(evidence.order_sources, evidence.orders)
    decisions, named = store.scan(DECISIONS.name).collect(), name_records(evidence.core_orders)
    redirects, links = order_redirects(store.scan(ID_REDIRECTS.name).collect()), constraints(decisions, named)
    return Linked(
        pairs=store.scan(LINK_PAIRS.name).select(PAIR_WEIGHTS).collect(),
        conflicts=store.scan(LINK_CONFLICTS.name).collect(),
        kept_apart=pl.concat([links.cannot, links.unclear]),
        unclear=overrides(decisions, named, owners, redirects).unclear,
        decided=find_second_looks(
            decisions,
            evidence.core_orders,
            owners=owners,
            redirects=redirects,
            discrepancies=found,
        ),
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
    records = name_records(evidence.core_orders)
    places = find_places(asked, records, evidence.order_sources, redirects)
    frames = rule_frames(evidence, as_of=as_of, clock=clock)
    compared = look_again(RULES, frames, places.select("rule_code", order_id="order_now"))
    night = FollowingEvidence(
        records=records,
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
    return Evidence(
        orders=store.scan(GOLDEN_ORDERS).collect(),
        order_sources=store.scan(ORDER_SOURCES.name).collect(),
        conditions=store.scan(CONDITIONS.name).collect(),
        arrests=store.scan(ARRESTS.name).collect(),
        deliveries=pl.concat([store.scan(name) for name in DELIVERY_TABLES]).collect(),
        core_orders=order_records(store).collect(),
        core_aliases=gather(store, "aliases").collect(),
        core_conditions=store.scan(CODED_CONDITIONS).collect(),
        rejected_values=gather(store, "rejected_values").collect(),
        decided=store.scan(FIELD_PROVENANCE.name).drop_nulls("decision_id").select("order_id", "field").collect(),
    )


RECONCILE_ASSETS = [register, judgement]
