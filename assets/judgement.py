"""What is wrong in the register, who should correct it, how good each source is, what a steward should see first.

Belongs here: the asset of the judgement, and the evidence that it starts from. Does not: the rules (`expectations`).
"""

from datetime import date

import dagster as dg
import polars as pl

from assets.former import Former
from assets.frame import AssetEvents, NightResource, as_of_date, check_specs, put_out, specs
from assets.ingest import deliveries_table
from assets.judged_pieces import OF_ORDER, JudgedNight, JudgedPieces, judge_pieces
from assets.link import core_names, gather, order_records
from assets.register import CODED_CONDITIONS, GOLDEN_ORDERS, UNJUDGED
from assets.sources import find_sources
from assets.stale_decisions import find_second_looks
from expectations.discrepancies import RULES, Evidence, PresenceClock
from expectations.discrepancy_history import look_again
from expectations.quality import score_sums, watched_sources
from expectations.review_queue import LOOKED_AT as QUEUE_LOOKS_AT
from expectations.review_queue import Linked, build_review_queue
from expectations.rules.frames import rule_frames
from expectations.rules.orders import LOOKED_AT as GOLDEN_LOOKS_AT
from expectations.rules.orders import golden_orders
from expectations.streams import with_streams
from ledger.decisions.binding import constraints, overrides
from ledger.decisions.record_values import READ, name_records
from ledger.packs.following import FollowingEvidence, find_places, follow_lines
from reconciliation import register_tables
from reconciliation.confidence.links import ENDS
from reconciliation.redirects import order_redirects
from reconciliation.statutes import BREACH_OFFENCES
from warehouse.pieces import Pieces
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
    SCOPES,
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
    with Pieces.of_step(context.op_def.name, below=store.folder) as pieces:
        judged = judge(store, pieces, former=Former.of(night.state, as_of), as_of=as_of, clock=clock)
        yield from put_out(judged, night, as_of)


def judge(
    store: TableStore, pieces: Pieces, *, former: Former, as_of: date, clock: PresenceClock, size: int | None = None
) -> dict[Table, pl.DataFrame | pl.LazyFrame]:
    """The judged tables: discrepancies, scores, the queue, and the orders with their counts and scores.

    Args:
        store: of the night.
        pieces: where what is made of each piece is kept until the tables are put out; lazy tables are read from there.
        former: the release before.
        as_of: the night.
        clock: when an order is due in a source.
        size: how many orders are judged at a time, where not as many as `judge_pieces` chooses.
    """
    night = look_at_night(store, former, as_of=as_of, clock=clock)
    kept, tables = judge_pieces(night, pieces, size=size)
    evidence = Evidence.of_columns(night.scanned, QUEUE_LOOKS_AT)
    queue = build_review_queue(
        evidence,
        kept.found,
        provenance=kept.values,
        linked=gather_linked(store, night, evidence, kept),
        former=former.table(REVIEW_QUEUE),
        former_as_of=former.as_of,
        as_of=as_of,
    )
    # In the order of their scopes, of which that of single orders is one.
    others = score_sums(kept.sums, [scope for scope in SCOPES if scope != OF_ORDER])
    is_before = pl.col("scope") < OF_ORDER
    scores = pl.concat([others.filter(is_before).lazy(), tables[QUALITY_SCORES], others.filter(~is_before).lazy()])
    return {
        ORDERS: tables[ORDERS],
        DISCREPANCIES: with_streams(tables[DISCREPANCIES], queue),
        CORRECTION_LINES: follow_corrections(store, night, tables[DISCREPANCIES], former=former),
        QUALITY_SCORES: scores,
        REVIEW_QUEUE: queue,
        DELIVERIES: DELIVERIES.conform(night.scanned["deliveries"].sort(DELIVERIES.order).collect()),
    }


def look_at_night(store: TableStore, former: Former, *, as_of: date, clock: PresenceClock) -> JudgedNight:
    """What the orders are judged by, piece by piece, worked out of few columns of the whole night."""
    scanned = scan_evidence(store)
    decisions = store.scan(DECISIONS.name).collect()
    is_asked = decisions.height or store.count(ASKED_CORRECTIONS.name)
    records = scanned["core_orders"].select(*READ, "source_key")
    return JudgedNight(
        scanned=scanned,
        provenance=store.scan(FIELD_PROVENANCE.name),
        golden=golden_orders(Evidence.of_columns(scanned, GOLDEN_LOOKS_AT)),
        watched=watched_sources(scanned["order_sources"].select("source", "first_seen_on").collect()),
        decisions=decisions,
        named=name_records((records if is_asked else records.clear()).collect()),
        redirects=order_redirects(store.scan(ID_REDIRECTS.name).collect()),
        former=former.scan(DISCREPANCIES),
        as_of=as_of,
        clock=clock,
    )


def gather_linked(store: TableStore, night: JudgedNight, evidence: Evidence, kept: JudgedPieces) -> Linked:
    """What the linking and the stewards left to be looked at; of pairs of records those of two orders."""
    decisions, named, redirects = night.decisions, night.named, night.redirects
    owners = register_tables.owners_of_records(evidence.order_sources, evidence.orders)
    links, values = constraints(decisions, named), overrides(decisions, named, owners, redirects)
    pairs = store.scan(LINK_PAIRS.name).select(PAIR_WEIGHTS)
    for side in ENDS:
        order = owners.lazy().select(pl.col("record_id").alias(side), pl.col("order_id").alias(f"order_of_{side}"))
        pairs = pairs.join(order, on=side)
    is_apart = pl.col(f"order_of_{ENDS[0]}") != pl.col(f"order_of_{ENDS[1]}")
    return Linked(
        pairs=pairs.filter(is_apart).select(PAIR_WEIGHTS).collect(engine="streaming"),
        conflicts=store.scan(LINK_CONFLICTS.name).collect(),
        kept_apart=pl.concat([links.cannot, links.unclear]),
        unclear=values.unclear,
        answered=kept.answered,
        decided=find_second_looks(decisions, named, owners, redirects, bound=(links, values, kept.closed)),
    )


def follow_corrections(
    store: TableStore, night: JudgedNight, discrepancies: pl.LazyFrame, *, former: Former
) -> pl.DataFrame:
    """What became of the corrections that owners were asked for, as `CORRECTION_LINES`."""
    asked = store.scan(ASKED_CORRECTIONS.name).collect()
    if asked.is_empty():
        return CORRECTION_LINES.empty()
    sources = night.scanned["order_sources"].select("record_id", "order_id", "source").collect()
    places = find_places(asked, night.named, sources, night.redirects)
    orders = places.select(order_id="order_now").drop_nulls().unique()
    evidence = Evidence.of_orders(night.scanned, orders)
    frames = rule_frames(evidence, as_of=night.as_of, clock=night.clock, golden=night.golden)
    looked_at = FollowingEvidence(
        records=night.named,
        order_sources=sources,
        discrepancies=discrepancies.join(orders.lazy(), on="order_id", how="semi").collect(),
        compared=look_again(RULES, frames, places.select("rule_code", order_id="order_now")),
        codes=frozenset(rule.code for rule in RULES),
    )
    return follow_lines(places, looked_at, former=former.table(CORRECTION_LINES), as_of=night.as_of)


def scan_evidence(store: TableStore) -> dict[str, pl.LazyFrame]:
    """What the rules look at by its name in `Evidence`, of which only what is used is read."""
    return {
        "orders": store.scan(GOLDEN_ORDERS),
        "order_sources": store.scan(ORDER_SOURCES.name),
        "conditions": store.scan(CONDITIONS.name),
        "arrests": store.scan(ARRESTS.name).filter(pl.col("offence_code").is_in(BREACH_OFFENCES)),
        "deliveries": pl.concat([store.scan(name) for name in DELIVERY_TABLES]),
        "core_orders": order_records(store),
        "core_aliases": gather(store, "aliases"),
        "core_conditions": store.scan(CODED_CONDITIONS),
        "rejected_values": gather(store, "rejected_values"),
        "decided": store.scan(FIELD_PROVENANCE.name).drop_nulls("decision_id").select("order_id", "field"),
    }
