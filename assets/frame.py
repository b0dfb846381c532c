"""What all assets share: the nights they are partitioned by, their resources, how a table is put out and checked.

Belongs here: Dagster plumbing. Does not: any step of the reconciliation itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from expectations.gx import Validator
from expectations.suites import suite_for
from warehouse.home import Home
from warehouse.schema import Table
from warehouse.store import TableStore

# Part 2 of the Modern Slavery Act 2015 came into force on 31 July 2015: no order, and no night, is older.
NIGHTS = dg.DailyPartitionsDefinition(start_date="2015-07-31", timezone="Europe/London", end_offset=1)
STRUCTURE, CONTENT = "structure", "content"
# Results of a table's suite are kept under its name with this before it.
EXPECTATIONS = "expectations__"

AssetEvent = dg.Output[pl.DataFrame] | dg.AssetCheckResult


class Night(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where the state of Concord lives, and where tonight's deliveries land."""

    home: str
    landing: str
    presence_days: dict[str, int]
    settings_digest: str

    @property
    def state(self) -> Home:
        """The one folder of all state."""
        return Home(Path(self.home))

    @property
    def landing_folder(self) -> Path:
        """The folder in which the sources' folders lie."""
        return Path(self.landing)

    def store(self, as_of: date) -> TableStore:
        """The tables between the stages of one night."""
        return TableStore(self.state.tables / as_of.isoformat())


class ParquetTables(dg.ConfigurableIOManager):
    """Keeps what an asset makes as one Parquet file, and hands it to the next as a lazy frame."""

    night: dg.ResourceDependency[Night]

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        """Write the table of the asset."""
        self._store(context.partition_key).write(context.asset_key.path[-1], obj)

    def load_input(self, context: dg.InputContext) -> pl.LazyFrame:
        """Scan the table of the asset upstream."""
        return self._store(context.partition_key).scan(context.asset_key.path[-1])

    def _store(self, partition_key: str) -> TableStore:
        return self.night.store(date.fromisoformat(partition_key))


def as_of_date(context: dg.AssetExecutionContext) -> date:
    """The night that is being reconciled."""
    return date.fromisoformat(context.partition_key)


def outs(tables: Sequence[Table]) -> dict[str, dg.AssetOut]:
    """One asset a table, described by what its rows are."""
    return {table.name: dg.AssetOut(dagster_type=dg.Any, description=f"One row is {table.row_is}.") for table in tables}


def check_specs(tables: Sequence[Table]) -> list[dg.AssetCheckSpec]:
    """Two checks a table: its structure, which blocks what is downstream, and its content, which warns."""
    return [
        dg.AssetCheckSpec(
            name,
            asset=table.name,
            blocking=name == STRUCTURE,
            description=f"Great Expectations suite of {table.name}: {words}.",
        )
        for table in tables
        for name, words in ((STRUCTURE, "keys and required values"), (CONTENT, "codes, forms, ranges, rules"))
    ]


def inputs(names: Sequence[str]) -> dict[str, dg.AssetIn]:
    """The assets of those names as inputs of the same names."""
    return {name: dg.AssetIn(name, dagster_type=dg.Any) for name in names}


def checked(frames: Mapping[Table, pl.DataFrame], store: TableStore) -> Iterator[AssetEvent]:
    """Put each table out, validate it against its suite and report both checks; results are kept for the release."""
    validations = {}
    for table, frame in frames.items():
        yield dg.Output(frame, output_name=table.name, metadata={"dagster/row_count": frame.height})
        validations[table] = Validator.shared().submit(table, store.path(table.name), suite_for(table))
    for table, validation in validations.items():
        results = validation.result()
        store.write(f"{EXPECTATIONS}{table.name}", results)
        yield from _check_results(table, results)


def _check_results(table: Table, results: pl.DataFrame) -> Iterator[dg.AssetCheckResult]:
    for name, severity in ((STRUCTURE, "structural"), (CONTENT, "warning")):
        unmet = results.filter((pl.col("severity") == severity) & ~pl.col("is_met"))
        yield dg.AssetCheckResult(
            check_name=name,
            asset_key=table.name,
            passed=unmet.is_empty(),
            severity=dg.AssetCheckSeverity.ERROR if name == STRUCTURE else dg.AssetCheckSeverity.WARN,
            metadata={
                "expectations": results.filter(pl.col("severity") == severity).height,
                "unmet": dg.MetadataValue.json(unmet.select("expectation", "subject", "unexpected", "keys").to_dicts()),
            },
        )
