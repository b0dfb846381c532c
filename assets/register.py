"""One register out of many records: ids, golden values, people, conditions, arrests, and where each came from.

Belongs here: the asset of the register. Does not: what is wrong in it (`assets.judgement`).
"""

from datetime import date

import dagster as dg
import polars as pl

from assets.decisions import decide_values
from assets.former import Former
from assets.frame import NIGHTS, AssetEvents, NightResource, as_of_date, check_specs, put_out, specs
from assets.link import DROPPED_CONDITIONS, DROPPED_ORDERS, core_names, gather, order_records
from assets.models import MODELS
from assets.wording_decisions import code_by_decisions
from expectations.reliability import describe_reliability
from ledger.decisions.binding import said_in_force
from ledger.decisions.kinds import codes_about
from reconciliation.confidence.trained import load_value_model
from reconciliation.endings import BEFORE_COLUMNS, SEEN_COLUMNS, Before
from reconciliation.id_memory import Identities, identify, remember_former
from reconciliation.night import NightInput
from reconciliation.redirects import order_redirects
from reconciliation.register_tables import SOURCE_ERRORS, write_register
from study.prohibitions.wordings import build_wordings
from warehouse.pieces import Pieces
from warehouse.store import TableStore
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.link import IDENTITIES, LINK_ARRESTS, LINK_CLUSTERS, LINK_PAIRS, PAIR_WEIGHTS
from warehouse.tables.register import (
    ARREST_SOURCES,
    ARRESTS,
    CONDITION_TEXTS,
    CONDITION_WORDINGS,
    CONDITIONS,
    FIELD_PROVENANCE,
    ID_REDIRECTS,
    ORDER_SOURCES,
    ORDERS,
    SOURCE_RELIABILITY,
    SUBJECTS,
    UNCODED_CONDITIONS,
)

RECONCILED = (
    ORDER_SOURCES, SUBJECTS, CONDITIONS, CONDITION_WORDINGS, UNCODED_CONDITIONS, ARRESTS, ARREST_SOURCES,
    FIELD_PROVENANCE, SOURCE_RELIABILITY, ID_REDIRECTS, IDENTITIES,
)  # fmt: skip
# What the judgement starts from. The counts and scores of orders are still empty, so no suite yet.
GOLDEN_ORDERS = "golden_orders"
CODED_CONDITIONS = "coded_conditions"
UNJUDGED = {
    GOLDEN_ORDERS: "One row is an order with its golden values, not yet judged.",
    CODED_CONDITIONS: "One row is a condition as a record words it, coded as stewards named wordings too.",
}
CORE = ("orders", "aliases", "conditions", "arrests")
REGISTER_DEPS = [MODELS, *core_names(*CORE), LINK_CLUSTERS.name, LINK_PAIRS.name, LINK_ARRESTS.name, DECISIONS.name]


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
    with Pieces.of_step(context.op_def.name, below=store.folder) as pieces:
        tables = reconcile_night(store, pieces, former=Former.of(night.state, as_of), as_of=as_of)
        for name in UNJUDGED:
            store.write(name, tables[name])
            yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": store.count(name)})
        yield from put_out({table: tables[table.name] for table in (*RECONCILED, CONDITION_TEXTS)}, night, as_of)


def reconcile_night(store: TableStore, pieces: Pieces, *, former: Former, as_of: date) -> dict[str, pl.LazyFrame]:
    """The register's tables of a night by name, the memory of ids among them; some are read from the pieces."""
    clusters, events = (store.scan(table.name) for table in (LINK_CLUSTERS, LINK_ARRESTS))
    identities = identify(
        {"orders": order_records(store), "arrests": gather(store, "arrests")},
        {"orders": clusters, "arrests": events},
        remembered=remember_former(former.scan),
        former_redirects=former.table(ID_REDIRECTS),
        as_of=as_of,
    ).kept(pieces)
    night = _look_at_night(store, identities, former=former, as_of=as_of)
    tables = write_register(night, pieces)
    errors = tables[SOURCE_ERRORS].collect()
    small = build_wordings(night.conditions, tables[ORDER_SOURCES.name]) | {
        ID_REDIRECTS.name: identities.redirects,
        SOURCE_RELIABILITY.name: describe_reliability(errors, former=former.table(SOURCE_RELIABILITY)),
    }
    large = {
        GOLDEN_ORDERS: tables[ORDERS.name],
        CODED_CONDITIONS: night.conditions.lazy(),
        IDENTITIES.name: identities.memory,
    }
    return tables | large | {name: table.lazy() for name, table in small.items()}


def _look_at_night(store: TableStore, identities: Identities, *, former: Former, as_of: date) -> NightInput:
    """What the register of the night is made of."""
    clusters, decisions = store.scan(LINK_CLUSTERS.name), store.scan(DECISIONS.name).collect()
    conditions = pl.concat([gather(store, "conditions"), store.scan(DROPPED_CONDITIONS)])
    return NightInput(
        orders=order_records(store),
        aliases=gather(store, "aliases"),
        conditions=code_by_decisions(conditions, decisions),
        arrests=gather(store, "arrests"),
        clusters=clusters,
        events=store.scan(LINK_ARRESTS.name),
        order_ids=identities.order_ids,
        subject_ids=identities.subject_ids,
        arrest_ids=identities.arrest_ids,
        as_of=as_of,
        dropped=store.scan(DROPPED_ORDERS).select("record_id").collect().to_series(),
        decided=_decided_values(decisions, order_records(store), clusters, identities),
        said_in_force=_said_in_force(decisions, identities),
        before=Before(
            orders=former.scan(ORDERS).select(BEFORE_COLUMNS).collect(),
            as_of=former.as_of,
            order_sources=former.scan(ORDER_SOURCES).select(SEEN_COLUMNS).collect(),
        ),
        pairs=store.scan(LINK_PAIRS.name).select(PAIR_WEIGHTS),
        confidence=load_value_model(store.folder / MODELS),
    )


def _decided_values(
    decisions: pl.DataFrame, orders: pl.LazyFrame, clusters: pl.LazyFrame, identities: Identities
) -> dict[str, pl.DataFrame]:
    """The golden values that stewards decided, by field."""
    if decisions.filter(pl.col("kind").is_in(codes_about("value"))).is_empty():
        return {}
    owners = (
        clusters.join(identities.order_ids.select(order_cluster="cluster", order_id="id"), on="order_cluster")
        .join(identities.subject_ids.select(subject_cluster="cluster", subject_id="id"), on="subject_cluster")
        .select("record_id", "order_id", "subject_id")
        .collect()
    )
    return decide_values(decisions, orders.collect(), owners=owners, redirects=identities.redirects)


def _said_in_force(decisions: pl.DataFrame, identities: Identities) -> pl.DataFrame:
    """The orders in doubt that stewards said are in force."""
    order_ids = identities.order_ids.select("id").collect().to_series()
    return said_in_force(decisions, order_ids, order_redirects(identities.redirects))
