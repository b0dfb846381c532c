"""From the landing folder to one canonical shape: two assets a source, made for every source that is found."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.deliveries import take_in
from assets.frame import NIGHTS, AssetEvent, Night, as_of_date, check_specs, checked, inputs, outs
from assets.sources import find_sources
from assets.sources.contract import Source
from warehouse.schema import Table
from warehouse.tables.core import CORE_TABLES, core_table
from warehouse.tables.raw import QUARANTINE
from warehouse.tables.register import DELIVERIES


def intake_tables(source: Source) -> tuple[Table, Table]:
    """The tables that tell of a source's deliveries: the rows put aside, and the deliveries themselves."""
    return QUARANTINE.renamed(f"raw_{source.name}__quarantine"), DELIVERIES.renamed(f"raw_{source.name}__deliveries")


def core_tables(source: Source) -> dict[str, Table]:
    """The core tables of a source by their short names."""
    return {table.name.removeprefix("core__"): core_table(source.name, table) for table in CORE_TABLES}


def raw_asset(source: Source) -> dg.AssetsDefinition:
    """Every row that the source sent, as text, and what became of its deliveries."""
    quarantine, deliveries = intake_tables(source)
    tables = (*source.raw_tables, quarantine, deliveries)

    @dg.multi_asset(
        name=f"raw_{source.name}",
        outs=outs(tables),
        check_specs=check_specs(tables),
        group_name=source.name,
        partitions_def=NIGHTS,
    )
    def read(context: dg.AssetExecutionContext, night: Night) -> Iterator[AssetEvent]:
        as_of = as_of_date(context)
        intake = take_in(source, landing=night.landing_folder, archive=night.state.archive, as_of=as_of)
        kept = {table: intake.tables[table.name] for table in source.raw_tables}
        yield from checked({**kept, quarantine: intake.quarantine, deliveries: intake.deliveries}, night.store(as_of))

    return read


def core_asset(source: Source) -> dg.AssetsDefinition:
    """The source's records in the shape that all sources share."""
    tables = core_tables(source)

    @dg.multi_asset(
        name=f"core_{source.name}",
        ins=inputs([table.name for table in source.raw_tables]),
        outs=outs(list(tables.values())),
        check_specs=check_specs(list(tables.values())),
        group_name=source.name,
        partitions_def=NIGHTS,
    )
    def standardise(context: dg.AssetExecutionContext, night: Night, **raw: pl.LazyFrame) -> Iterator[AssetEvent]:
        as_of = as_of_date(context)
        core = source.standardise(raw, as_of)
        yield from checked({table: table.conform(core[name]) for name, table in tables.items()}, night.store(as_of))

    return standardise


INGEST_ASSETS = [build(source) for source in find_sources() for build in (raw_asset, core_asset)]
