"""Which records are one order, one person, one arrest: the matching engine put to the night's records."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import polars as pl

from assets.decisions import link_decisions
from assets.former import Former
from assets.frame import AssetEvents, NightResource, as_of_date, check_specs, put_out, specs
from assets.ingest import deliveries_table
from assets.models import MODELS, models_of_night
from assets.sources import find_sources
from ledger.decisions.record_values import READ
from matching.arrests import link_arrests
from matching.orders import link_orders
from reconciliation.dropped_orders import keep_dropped
from reconciliation.id_memory import remember_former
from warehouse.schema import Table
from warehouse.store import TableStore
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.link import LINK_ARRESTS, LINK_CLUSTERS, LINK_CONFLICTS, LINK_PAIRS

DROPPED_ORDERS, DROPPED_CONDITIONS = "dropped_orders", "dropped_conditions"
"""The last records of orders that no source holds any more, and their conditions: tables beside those of the core."""


def core_names(*short_names: str) -> list[str]:
    """The names of those core tables over all sources."""
    return [f"core_{source.name}__{name}" for name in short_names for source in find_sources()]


def gather(store: TableStore, short_name: str) -> pl.LazyFrame:
    """One core table over all sources, of which only what is used is read."""
    return pl.concat([store.scan(name) for name in core_names(short_name)])


def order_records(store: TableStore) -> pl.LazyFrame:
    """The order records that the register rests on: tonight's, and the last ones of orders that no source holds."""
    return pl.concat([gather(store, "orders"), store.scan(DROPPED_ORDERS)])


def nothing_to_link(store: TableStore) -> str:
    """Why there is no order record at all: the first faults of the deliveries."""
    deliveries = pl.concat([store.scan(deliveries_table(source).name) for source in find_sources()])
    faults = deliveries.select(pl.col("faults").explode(empty_as_null=False)).drop_nulls().head(5).collect()
    found = " ".join(faults.to_series())
    return f"no delivery of any source gave an order record; see that the landing folder is the right one. {found}"


@contextmanager
def warnings_in_log(context: dg.AssetExecutionContext) -> Iterator[None]:
    """What the matching engine warns of, such as pairs that it left out, in the log of the night."""
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        yield
    for warning in raised:
        context.log.warning("%s", warning.message)


@dg.multi_asset(
    name="link_orders",
    specs=specs(
        (LINK_PAIRS, LINK_CLUSTERS, LINK_CONFLICTS),
        group="link",
        deps=[*core_names("orders", "aliases", "conditions"), DECISIONS.name, MODELS],
    ),
    check_specs=check_specs((LINK_PAIRS, LINK_CLUSTERS, LINK_CONFLICTS)),
)
def linked_orders(context: dg.AssetExecutionContext, night: NightResource) -> AssetEvents:
    """Candidate pairs of order records with their weights, and the orders and persons they make."""
    as_of = as_of_date(context)
    store, former = night.store(as_of), Former.of(night.state, as_of)
    tonight = gather(store, "orders").select(READ).collect()
    if tonight.is_empty():
        raise dg.Failure(nothing_to_link(store))
    dropped, conditions = keep_dropped(tonight, former.table, remembered=remember_former(former.scan), as_of=as_of)
    decisions = link_decisions(store.scan(DECISIONS.name).collect(), pl.concat([tonight, dropped.select(READ)]))
    del tonight
    with warnings_in_log(context), night.each() as each:
        links = link_orders(
            pl.concat([gather(store, "orders"), dropped.lazy()]),
            gather(store, "aliases"),
            pl.concat([gather(store, "conditions"), conditions.lazy()]),
            models=models_of_night(store),
            decisions=decisions,
            each=each,
        )
    context.log.info("linked orders: %s", links.diagnostics)
    made: dict[Table, pl.DataFrame | pl.LazyFrame] = {
        LINK_PAIRS: links.shown,
        LINK_CLUSTERS: links.clusters,
        LINK_CONFLICTS: links.conflicts,
    }
    yield from put_out(made, night, as_of, beside={DROPPED_ORDERS: dropped, DROPPED_CONDITIONS: conditions})


@dg.multi_asset(
    name="link_arrests",
    specs=specs(
        (LINK_ARRESTS,),
        group="link",
        deps=[*core_names("arrests", "orders", "aliases"), LINK_CLUSTERS.name, MODELS],
    ),
    check_specs=check_specs((LINK_ARRESTS,)),
)
def linked_arrests(context: dg.AssetExecutionContext, night: NightResource) -> AssetEvents:
    """Arrest records with the event they record and the person they belong to."""
    store = night.store(as_of_date(context))
    clusters = store.scan(LINK_CLUSTERS.name).collect()
    with warnings_in_log(context), night.each() as each:
        links = link_arrests(
            gather(store, "arrests"),
            order_records(store),
            gather(store, "aliases"),
            clusters,
            models=models_of_night(store),
            each=each,
        )
    yield from put_out({LINK_ARRESTS: links}, night, as_of_date(context))


LINK_ASSETS = [linked_orders, linked_arrests]
