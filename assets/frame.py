"""What all assets share: the nights they are partitioned by, their resources, how a table is put out and checked.

Belongs here: Dagster plumbing. Does not: any step of the reconciliation itself.

An asset writes its tables itself and hands Dagster no frame: a run in one process keeps every output it is handed until
the run ends, which at 100,000 orders is 4 GB.
"""

import errno
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

import dagster as dg
import polars as pl

from assets.code import basis_of_tables
from assets.feed_history import RecentNights
from assets.former import Former
from expectations.bounds import Bounds
from expectations.gx import Validator
from expectations.suites import suite_for
from ledger.decisions.errors import LedgerLockedError, LedgerUnreachableError
from matching.engine.patterns import Each
from matching.engine.spark import spark_pieces
from reconciliation.statutes import FIRST_ORDER_ON
from warehouse.home import Home
from warehouse.run_lock import only_run
from warehouse.schema import Table
from warehouse.stamps import change_stamps, stamp_tables
from warehouse.storage import fetch_landing
from warehouse.store import TableStore
from warehouse.tables.register import EXPECTATION_RESULTS
from warehouse.time_zone import LONDON, today


def nights_since(first: date) -> dg.DailyPartitionsDefinition:
    """The nights from one on, up to that of today."""
    return dg.DailyPartitionsDefinition(start_date=first.isoformat(), timezone=LONDON.key, end_offset=1)


def is_night(day: date) -> bool:
    """Whether a night can be run for a day: the law was in force, and the day has begun."""
    return FIRST_ORDER_ON <= day <= today()


NIGHTS = nights_since(FIRST_ORDER_ON)
"""All nights that there may be; an installation shows those since its first delivery (`pipelines.assembly`)."""
STRUCTURE, CONTENT = "structure", "content"
# Results of a table's suite are kept under its name with this before it.
EXPECTATIONS = "expectations__"

# Faults of a disk, above all of one on a network, that may pass by themselves.
PASSING = frozenset({errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT})
PASSING_FAULTS = (LedgerLockedError, LedgerUnreachableError)
MOST_TRIES, FIRST_WAIT = 3, 2

AssetEvents = Iterator[dg.MaterializeResult[None]]


@dataclass(frozen=True, kw_only=True)
class Night:
    """Where the state of Concord lives, where tonight's deliveries land, and the settings in force.

    It follows from the environment and the settings alone: no run can be started with another one.

    Attributes:
        limits: how large a delivery may be, where that is set (`assets.sources.contract.Limits`).
        accepted: why an operator accepts what a gate refuses, by the name of the gate.
        policies: what is done about a bad delivery, by state or source and state.
        bounds: how much may change from night to night, by name.
        known_at: the moment up to which decisions are known, for a past night; None: all are.
        is_locked: who started the run keeps other runs off already.
        spark_master: the Spark cluster on which pairs are compared; None: they are compared in threads.
        spark_options: of Spark.
        landing_url: the object store that deliveries come from, if any.
        is_full: nothing is taken over from the night before.
    """

    home: Path
    landing: Path
    presence_days: dict[str, int]
    settings_digest: str
    limits: Mapping[str, int] = field(default_factory=dict)
    ledger: str | None = None
    accepted: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, float] = field(default_factory=dict)
    known_at: datetime | None = None
    is_locked: bool = False
    spark_master: str | None = None
    spark_options: Mapping[str, str] = field(default_factory=dict)
    landing_url: str | None = None
    is_full: bool = False

    @property
    def state(self) -> Home:
        """The one folder of all state."""
        return Home(self.home)

    @property
    def ledger_url(self) -> str:
        """Where stewards' decisions lie; a password comes by the environment alone."""
        return self.state.ledger_url(self.ledger)

    def recent_nights(self, as_of: date) -> RecentNights:
        """What tonight's deliveries are compared with."""
        return RecentNights.before(
            self.state,
            as_of,
            bounds=Bounds.model_validate(self.bounds),
            policies=self.policies,
            accepted=self.accepted,
        )

    def each(self) -> AbstractContextManager[Each | None]:
        """What shares out the comparing of pairs, where it is not threads; see `LinkageModel.on`."""
        return spark_pieces(self.spark_master, self.spark_options) if self.spark_master else nullcontext()

    def store(self, as_of: date) -> TableStore:
        """The tables between the stages of one night."""
        return TableStore(self.state.tables / as_of.isoformat())


NightResource = dg.ResourceParam[Night]
"""The night as assets and sensors ask for it."""


def night_resource(night: Night, run_config: Mapping[str, object] | None = None) -> dg.ResourceDefinition:
    """The night as a resource that takes no configuration, so that a run that is given some is an error.

    It keeps other runs off while the run lasts. At the end of a run that Dagster started it ends the worker that
    validated the tables; a command ends with its worker, and its nights share it.
    """

    def held(context: dg.InitResourceContext) -> Generator[Night, None, None]:
        if context.run is not None and context.run.run_config != (run_config or {}):
            raise dg.Failure("a night takes no configuration and is made as a whole: start the job `nightly` as it is")
        # A sensor asks where deliveries land: that is not a run.
        is_unlocked_run = context.run is not None and not night.is_locked
        with only_run(night.state) if is_unlocked_run else nullcontext():
            if is_unlocked_run:
                fetch_landing(night.landing_url, night.landing)
            try:
                yield night
            finally:
                if is_unlocked_run:
                    Validator.close_shared()

    return dg.ResourceDefinition(held, config_schema={})


@contextmanager
def tried_again(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Ask Dagster to do the step again, a little later each time, if a fault inside may pass without help.

    Raises:
        RetryRequested: the disk or the ledger did not answer, and has not been asked too often.
    """
    try:
        yield
    except (OSError, *PASSING_FAULTS) as error:
        if isinstance(error, OSError) and error.errno not in PASSING:
            raise
        raise dg.RetryRequested(MOST_TRIES, FIRST_WAIT * 2**context.retry_number) from error


def as_of_date(context: dg.AssetExecutionContext) -> date:
    """The night that is being reconciled."""
    return date.fromisoformat(context.partition_key)


def specs(tables: Sequence[Table], *, group: str, deps: Sequence[str] = ()) -> list[dg.AssetSpec]:
    """One asset for each table, described by what its rows are."""
    return [
        dg.AssetSpec(
            table.name,
            deps=deps,
            group_name=group,
            partitions_def=NIGHTS,
            description=f"One row is {table.row_is}.",
            kinds={"polars", "parquet"},
        )
        for table in tables
    ]


def check_specs(tables: Sequence[Table]) -> list[dg.AssetCheckSpec]:
    """Two checks for each table: its structure, which blocks what is downstream, and its content, which warns."""
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


def put_out(
    frames: Mapping[Table, pl.DataFrame | pl.LazyFrame],
    night: Night,
    as_of: date,
    *,
    made_from: Collection[str] = (),
    beside: Mapping[str, pl.DataFrame | pl.LazyFrame] = MappingProxyType({}),
    metadata: Mapping[str, int | str] = MappingProxyType({}),
) -> AssetEvents:
    """Write the tables, validate each against its suite and report both checks; results are kept for the release.

    A lazy table is never whole in memory: it is written some rows at a time, and validated as it was written.

    Tables `beside` them have no suite. All are stamped with what they were `made_from`, where the next night that takes
    them over must know.
    """
    store, known = night.store(as_of), unmet_before(night.state, as_of)
    names = [*beside, *(table.name for table in frames)]
    change_stamps(store, dict.fromkeys(names))
    for name, frame in {**beside, **{table.name: frame for table, frame in frames.items()}}.items():
        store.write(name, frame)
    validator = Validator.shared()
    validations = {table: validator.submit(table, store.scan(table.name), suite_for(table)) for table in frames}
    for table, validation in validations.items():
        results = validation.result()
        store.write(f"{EXPECTATIONS}{table.name}", results)
        yield dg.MaterializeResult(
            asset_key=table.name,
            metadata={"dagster/row_count": store.count(table.name), **metadata},
            check_results=[structure_check(table, results), content_check(table, results, known)],
        )
    stamp_tables(store, basis_of_tables(night.limits, as_of.year), dict.fromkeys(names, made_from))


def unmet_before(home: Home, as_of: date) -> pl.DataFrame:
    """The expectations that the release before did not meet: `table_name`, `expectation`, `subject`."""
    try:
        results = Former.of(home, as_of).table(EXPECTATION_RESULTS)
    except LookupError:  # the step that carries on from it says so
        results = EXPECTATION_RESULTS.empty()
    return results.filter(~pl.col("is_met")).select(EXPECTATION_RESULTS.key)


def structure_check(table: Table, results: pl.DataFrame) -> dg.AssetCheckResult:
    """What stops the night."""
    own = results.filter(pl.col("severity") == "structural")
    unmet = own.filter(~pl.col("is_met"))
    words = "The night stops: the reader or the code is at fault, report it with the run." if unmet.height else ""
    return _check_result(table, STRUCTURE, own, passed=unmet.is_empty(), words=words)


def content_check(table: Table, results: pl.DataFrame, known: pl.DataFrame) -> dg.AssetCheckResult:
    """What the release before did not meet either is not new: it is listed, and the check passes."""
    own = results.filter(pl.col("severity") == "warning")
    unmet = own.filter(~pl.col("is_met"))
    fresh = unmet.join(known, on=EXPECTATION_RESULTS.key, how="anti").height
    old = unmet.height - fresh
    news = (
        f"{fresh} expectations are not met that were: is a delivery wrong? `concord report` lists them."
        if fresh
        else ""
    )
    rest = f"{old} are not met, as before: their senders are asked by correction packs." if old else ""
    return _check_result(table, CONTENT, own, passed=not fresh, words=f"{news} {rest}".strip())


def _check_result(table: Table, name: str, results: pl.DataFrame, *, passed: bool, words: str) -> dg.AssetCheckResult:
    unmet = results.filter(~pl.col("is_met")).select("expectation", "subject", "unexpected", "keys")
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=table.name,
        passed=passed,
        severity=dg.AssetCheckSeverity.ERROR if name == STRUCTURE else dg.AssetCheckSeverity.WARN,
        description=words or None,
        metadata={
            "expectations": results.height,
            "unmet": unmet.height,
            "unmet_rows": dg.MetadataValue.json(unmet.to_dicts()),
        },
    )
