"""One register out of many records: ids, golden values, discrepancies, quality, the steward's queue."""

from collections.abc import Iterator
from datetime import date

import dagster as dg
import polars as pl

from assets.former import Former
from assets.frame import NIGHTS, AssetEvent, Night, as_of_date, check_specs, checked, inputs, outs
from assets.link import core_names, gather
from assets.sources import find_sources
from expectations.discrepancies import Evidence, PresenceClock, find_discrepancies
from expectations.quality import score_quality
from expectations.review import build_review_queue
from warehouse import reconcile
from warehouse.memory import identify
from warehouse.schema import Table
from warehouse.tables.link import IDENTITIES, LINK_ARRESTS, LINK_CLUSTERS, LINK_PAIRS
from warehouse.tables.register import (
    ARREST_SOURCES,
    ARRESTS,
    CONDITIONS,
    DELIVERIES,
    DISCREPANCIES,
    FIELD_PROVENANCE,
    ID_REDIRECTS,
    ORDER_SOURCES,
    ORDERS,
    QUALITY_SCORES,
    REVIEW_QUEUE,
    SUBJECTS,
)

RECONCILED = (ORDER_SOURCES, SUBJECTS, CONDITIONS, ARRESTS, ARREST_SOURCES, FIELD_PROVENANCE, ID_REDIRECTS, IDENTITIES)
JUDGED = (ORDERS, DISCREPANCIES, QUALITY_SCORES, REVIEW_QUEUE, DELIVERIES)
# Orders with their golden values, before they are judged: counts and scores are still empty, so no suite yet.
GOLDEN_ORDERS = "golden_orders"


@dg.multi_asset(
    name="register",
    ins=inputs([*core_names("orders", "aliases", "conditions", "arrests"), LINK_CLUSTERS.name, LINK_ARRESTS.name]),
    outs={
        GOLDEN_ORDERS: dg.AssetOut(dagster_type=dg.Any, description="One row is an order, not yet judged."),
        **outs(RECONCILED),
    },
    check_specs=check_specs(RECONCILED),
    group_name="register",
    partitions_def=NIGHTS,
)
def register(context: dg.AssetExecutionContext, night: Night, **upstream: pl.LazyFrame) -> Iterator[AssetEvent]:
    """Orders, people and arrests with ids that last, golden values and where each came from."""
    as_of = as_of_date(context)
    clusters, events = (upstream.pop(table.name).collect() for table in (LINK_CLUSTERS, LINK_ARRESTS))
    core = {name: gather(upstream, name) for name in ("orders", "aliases", "conditions", "arrests")}
    former = Former.of(night.state, as_of)
    identities = identify(
        {"orders": core["orders"], "arrests": core["arrests"]},
        {"orders": clusters, "arrests": events},
        remembered=former.table(IDENTITIES),
        former_redirects=former.table(ID_REDIRECTS),
        as_of=as_of,
    )
    tables = reconcile.build_register(
        reconcile.Night(
            **core,
            clusters=clusters,
            events=events,
            order_ids=identities.order_ids,
            subject_ids=identities.subject_ids,
            arrest_ids=identities.arrest_ids,
            as_of=as_of,
        )
    )
    tables |= {ID_REDIRECTS.name: identities.redirects, IDENTITIES.name: identities.memory}
    yield dg.Output(tables[ORDERS.name], output_name=GOLDEN_ORDERS)
    yield from checked({table: tables[table.name] for table in RECONCILED}, night.store(as_of))


@dg.multi_asset(
    name="judgement",
    ins=inputs(
        [
            *core_names("orders", "aliases", "conditions", "rejected_values"),
            *(f"raw_{source.name}__deliveries" for source in find_sources()),
            *(table.name for table in (LINK_PAIRS, ORDER_SOURCES, CONDITIONS, FIELD_PROVENANCE)),
            GOLDEN_ORDERS,
        ]
    ),
    outs=outs(JUDGED),
    check_specs=check_specs(JUDGED),
    group_name="register",
    partitions_def=NIGHTS,
)
def judgement(context: dg.AssetExecutionContext, night: Night, **upstream: pl.LazyFrame) -> Iterator[AssetEvent]:
    """What is wrong, who should correct it, how good each source is, what a steward should look at first."""
    as_of = as_of_date(context)
    provenance = upstream.pop(FIELD_PROVENANCE.name).collect()
    pairs = upstream.pop(LINK_PAIRS.name).collect()
    evidence = gather_evidence(upstream)
    clock = PresenceClock(days=night.presence_days)
    tables = judge(evidence, provenance, pairs, former=Former.of(night.state, as_of), as_of=as_of, clock=clock)
    yield from checked(tables, night.store(as_of))


def gather_evidence(upstream: dict[str, pl.LazyFrame]) -> Evidence:
    """What the rules look at, all sources together."""
    register_tables = {table: upstream.pop(table.name).collect() for table in (ORDER_SOURCES, CONDITIONS)}
    return Evidence(
        orders=upstream.pop(GOLDEN_ORDERS).collect(),
        order_sources=register_tables[ORDER_SOURCES],
        conditions=register_tables[CONDITIONS],
        deliveries=gather(upstream, "deliveries"),
        core_orders=gather(upstream, "orders"),
        core_aliases=gather(upstream, "aliases"),
        core_conditions=gather(upstream, "conditions"),
        rejected_values=gather(upstream, "rejected_values"),
    )


def judge(
    evidence: Evidence,
    provenance: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    former: Former,
    as_of: date,
    clock: PresenceClock,
) -> dict[Table, pl.DataFrame]:
    """The judged tables: discrepancies, scores, the queue, and the orders with their counts and scores."""
    discrepancies = find_discrepancies(evidence, as_of=as_of, clock=clock, former=former.table(DISCREPANCIES))
    scores = score_quality(evidence, discrepancies, as_of=as_of, clock=clock)
    queue = build_review_queue(
        evidence,
        discrepancies,
        provenance=provenance,
        pairs=pairs,
        former=former.table(REVIEW_QUEUE),
        former_as_of=former.as_of,
        as_of=as_of,
    )
    orders = reconcile.finish_orders(evidence.orders, discrepancies, scores)
    frames = (orders, discrepancies, scores, queue, evidence.deliveries.sort(DELIVERIES.order))
    return {table: table.conform(frame) for table, frame in zip(JUDGED, frames, strict=True)}


RECONCILE_ASSETS = [register, judgement]
