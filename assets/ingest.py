"""From the landing folder to one canonical shape: two steps a source, made for every source that is found."""

from collections.abc import Mapping
from datetime import date
from functools import partial

import dagster as dg
import polars as pl

from assets.code import basis_of_tables
from assets.deliveries import take_in
from assets.frame import AssetEvents, Night, NightResource, as_of_date, check_specs, put_out, specs, tried_again
from assets.reuse import TakenOver, read_changed, readings_name, standardise_changed
from assets.sources import find_sources
from assets.sources.contract import RECORD_TABLES, Limits, Source
from warehouse.pieces import Pieces
from warehouse.releases.manifests import published_inputs
from warehouse.schema import Table
from warehouse.stamps import IN_FULL, TAKEN_OVER, FormerTables
from warehouse.store import TableStore
from warehouse.tables.core import CORE_TABLES, core_table
from warehouse.tables.raw import QUARANTINE
from warehouse.tables.register import DELIVERIES


def quarantine_table(source: Source) -> Table:
    """The rows of a source that were set aside."""
    return QUARANTINE.renamed(f"raw_{source.name}__quarantine")


def deliveries_table(source: Source) -> Table:
    """The deliveries of a source."""
    return DELIVERIES.renamed(f"raw_{source.name}__deliveries")


def core_tables_of(source: Source) -> dict[str, Table]:
    """The core tables of a source by their short names."""
    return {table.name.removeprefix("core__"): core_table(source.name, table) for table in CORE_TABLES}


class LostRecordError(Exception):
    """The core tables of a source do not hold as many records as rows were read: the reader is at fault."""


def check_no_record_is_lost(source: Source, store: TableStore, core: Mapping[str, pl.DataFrame | pl.LazyFrame]) -> None:
    """Hold a source to one core record for each row on an order or arrest.

    Raises:
        LostRecordError: there are more or fewer.
    """
    rows = sum(store.count(table.name) for table in source.raw_tables if table.name.endswith(RECORD_TABLES))
    records = sum(int(core[name].lazy().select(pl.len()).collect().item()) for name in ("orders", "arrests"))
    if rows != records:
        raise LostRecordError(
            f"{source.name}: {rows} rows on orders and arrests were read, but they gave {records} records"
        )


def former_tables(night: Night, as_of: date) -> FormerTables:
    """The tables of the night before, as far as this night may take them over."""
    because = "a full night was asked for" if night.is_full else ""
    basis = basis_of_tables(night.limits, as_of.year)
    return FormerTables.before(night.state, as_of, basis=basis, because=because)


def said_of(taken: TakenOver, context: dg.AssetExecutionContext) -> dict[str, int | str]:
    """What a step says of what it took over from the night before, in the log too where that was nothing."""
    if taken.in_full:
        context.log.warning("%s is done in full: %s", context.op_def.name, taken.in_full)
    return {TAKEN_OVER: taken.rows, IN_FULL: taken.in_full}


def raw_asset(source: Source) -> dg.AssetsDefinition:
    """Every row that the source sent, as text, and what became of its deliveries."""
    tables = (*source.raw_tables, quarantine_table(source), deliveries_table(source))

    @dg.multi_asset(name=f"raw_{source.name}", specs=specs(tables, group=source.name), check_specs=check_specs(tables))
    def read(context: dg.AssetExecutionContext, night: NightResource) -> AssetEvents:
        as_of = as_of_date(context)
        with tried_again(context):
            intake, readings, taken = read_changed(
                source,
                quarantine_table(source).name,
                former=former_tables(night, as_of),
                as_of=as_of,
                take_in=partial(
                    take_in,
                    landing=night.landing,
                    archive=night.state.archive,
                    as_of=as_of,
                    limits=Limits(**night.limits),
                    known=published_inputs(night.state),
                    recent=night.recent_nights(as_of),
                ),
            )
        kept = {table: intake.tables[table.name] for table in source.raw_tables}
        aside = {quarantine_table(source): intake.quarantine, deliveries_table(source): intake.deliveries}
        said = said_of(taken, context)
        yield from put_out(kept | aside, night, as_of, beside={readings_name(source): readings}, metadata=said)

    return read


def core_asset(source: Source) -> dg.AssetsDefinition:
    """The source's records in the shape that all sources share."""
    tables = core_tables_of(source)
    raw_names = [table.name for table in source.raw_tables]

    @dg.multi_asset(
        name=f"core_{source.name}",
        specs=specs(list(tables.values()), group=source.name, deps=raw_names),
        check_specs=check_specs(list(tables.values())),
    )
    def standardise(context: dg.AssetExecutionContext, night: NightResource) -> AssetEvents:
        as_of = as_of_date(context)
        store = night.store(as_of)
        raw = {name: store.scan(name) for name in raw_names}
        with Pieces.of_step(context.op_def.name, below=store.folder) as pieces:
            core, taken = standardise_changed(
                source, raw, former=former_tables(night, as_of), as_of=as_of, pieces=pieces
            )
            check_no_record_is_lost(source, store, core)
            frames = {table: table.conform(core[name]) for name, table in tables.items()}
            yield from put_out(frames, night, as_of, made_from=raw_names, metadata=said_of(taken, context))

    return standardise


INGEST_ASSETS = [build(source) for source in find_sources() for build in (raw_asset, core_asset)]
