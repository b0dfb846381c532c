"""Which records are one order, one person, one arrest: the matching engine put to the night's records."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.frame import NIGHTS, AssetEvent, Night, as_of_date, check_specs, checked, inputs, outs
from assets.sources import find_sources
from matching.arrests import link_arrests
from matching.orders import link_orders
from warehouse.tables.link import LINK_ARRESTS, LINK_CLUSTERS, LINK_PAIRS


def core_names(*short_names: str) -> list[str]:
    """The names of those core tables over all sources."""
    return [f"core_{source.name}__{name}" for name in short_names for source in find_sources()]


def gather(frames: dict[str, pl.LazyFrame], short_name: str) -> pl.DataFrame:
    """One core table over all sources."""
    return pl.concat([frame for name, frame in frames.items() if name.endswith(f"__{short_name}")]).collect()


@dg.multi_asset(
    name="link_orders",
    ins=inputs(core_names("orders", "aliases", "conditions")),
    outs=outs((LINK_PAIRS, LINK_CLUSTERS)),
    check_specs=check_specs((LINK_PAIRS, LINK_CLUSTERS)),
    group_name="link",
    partitions_def=NIGHTS,
)
def linked_orders(context: dg.AssetExecutionContext, night: Night, **core: pl.LazyFrame) -> Iterator[AssetEvent]:
    """Candidate pairs of order records with their weights, and the orders and persons they make."""
    orders = gather(core, "orders")
    if orders.is_empty():
        raise dg.Failure("no delivery of any source gave an order record: see that the landing folder is the right one")
    links = link_orders(orders, gather(core, "aliases"), gather(core, "conditions"))
    context.log.info("linked orders: %s", links.diagnostics)
    yield from checked({LINK_PAIRS: links.pairs, LINK_CLUSTERS: links.clusters}, night.store(as_of_date(context)))


@dg.multi_asset(
    name="link_arrests",
    ins=inputs([*core_names("arrests", "orders", "aliases"), LINK_CLUSTERS.name]),
    outs=outs((LINK_ARRESTS,)),
    check_specs=check_specs((LINK_ARRESTS,)),
    group_name="link",
    partitions_def=NIGHTS,
)
def linked_arrests(context: dg.AssetExecutionContext, night: Night, **upstream: pl.LazyFrame) -> Iterator[AssetEvent]:
    """Arrest records with the event they tell of and the person they belong to."""
    clusters = upstream.pop(LINK_CLUSTERS.name).collect()
    links = link_arrests(gather(upstream, "arrests"), gather(upstream, "orders"), gather(upstream, "aliases"), clusters)
    yield from checked({LINK_ARRESTS: links}, night.store(as_of_date(context)))


LINK_ASSETS = [linked_orders, linked_arrests]
