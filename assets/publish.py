"""The last step: the night's tables become a release, in one atomic step."""

from contextlib import suppress
from dataclasses import asdict
from datetime import date, timedelta
from importlib.metadata import version
from typing import TypedDict

import dagster as dg
import polars as pl

from assets.changes.compared_nights import Tonight, list_changes, mark_accepted
from assets.changes.record_fingerprints import Tables, digest_records
from assets.code import code_digest
from assets.former import Former
from assets.frame import EXPECTATIONS, NIGHTS, AssetEvents, Night, NightResource, as_of_date
from assets.gates import pass_gates
from assets.ingest import quarantine_table
from assets.judgement import JUDGED_TABLES, scan_evidence
from assets.link import DROPPED_ORDERS, core_names, gather
from assets.models import MODELS, version_of_night
from assets.register import RECONCILED
from assets.sources import find_sources
from expectations.discrepancies import PresenceClock
from ledger.audit import head_of, sealed
from ledger.decisions.errors import LedgerError
from ledger.decisions.in_force import decisions_digest
from ledger.decisions.kinds import codes_about
from ledger.decisions.ledger import Ledger
from ledger.packs.log import corrections_digest
from warehouse.codes import condition_catalogue
from warehouse.delivery_states import WHOLE
from warehouse.disk import replacing
from warehouse.releases.publication_checks import CODE
from warehouse.releases.release import publish
from warehouse.row_groups import joined_up
from warehouse.store import TableStore
from warehouse.tables.code_lists import CONDITION_CATALOGUE
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.link import LINK_PAIRS
from warehouse.tables.packs import ASKED_CORRECTIONS
from warehouse.tables.register import (
    ARREST_SOURCES,
    ARRESTS,
    DELIVERIES,
    DISCREPANCIES,
    EXPECTATION_RESULTS,
    ID_REDIRECTS,
    ORDER_SOURCES,
    ORDERS,
    RELEASE_CHANGES,
    SUBJECTS,
    UNEXPLAINED,
)
from warehouse.tables.release import KNOWN_DECISIONS, OBEYED_DECISIONS, RECORD_DIGESTS, SOURCE_RECORDS
from warehouse.time_zone import LONDON

LIBRARIES = ("concord", "dagster", "duckdb", "great-expectations", "polars", "pyarrow", "rapidfuzz")
WHOLE_NIGHT = "whole"
COUNTED = (ORDERS.name, SUBJECTS.name, ARRESTS.name, DISCREPANCIES.name, RELEASE_CHANGES.name)
# The schedule runs at 02:30: by six the operator must know that there is no release.
MORNING = dg.FreshnessPolicy.cron("0 6 * * *", timedelta(hours=6), LONDON.key)
PUBLISHED, DEGRADED = "published", "degraded"


class ReleaseBasis(TypedDict):
    """What a release rests on."""

    as_of: date
    inputs: dict[str, str]
    versions: dict[str, str]
    config_hash: str


PUBLISHED_TABLES = [table.name for table in (*RECONCILED, *JUDGED_TABLES, LINK_PAIRS)]


@dg.asset(
    name="release",
    deps=[*PUBLISHED_TABLES, MODELS],
    group_name="release",
    partitions_def=NIGHTS,
    kinds={"duckdb", "parquet"},
    description="The night's register as Parquet and one DuckDB file, put in force in one atomic step.",
    freshness_policy=MORNING,
    check_specs=[dg.AssetCheckSpec(WHOLE_NIGHT, asset="release", description="All sources came, whole and in time.")],
)
def release(context: dg.AssetExecutionContext, night: NightResource) -> AssetEvents:
    """Publish the release of the night."""
    as_of = as_of_date(context)
    store = night.store(as_of)
    deliveries = store.scan(DELIVERIES.name).collect()
    account = _basis(night, store, deliveries, as_of=as_of)
    former = Former.of(night.state, as_of)
    tonight = look_at(store, account, clock=PresenceClock(days=night.presence_days))
    suites = gather_expectations(store)
    changes = list_changes(former, tonight)
    gates = pass_gates(night, former, store, tonight=tonight, changes=changes, suites=suites)
    accepted = next((gate.accepted for gate in gates if gate.name == UNEXPLAINED), None)
    tables = _released_tables(store, tonight) | {
        RELEASE_CHANGES.name: mark_accepted(changes, accepted),
        EXPECTATION_RESULTS.name: suites,
    }
    keep_quarantine(night, store, as_of.isoformat())
    published = publish(
        night.state,
        tables,
        **account,
        state=state_of(deliveries),
        follows=former.release.release_id if former.release else None,
        ledger_heads=heads_of_the_ledger(night, store),
        notes={"settings": {"presence_days": night.presence_days}, "gates": [asdict(gate) for gate in gates]},
    )
    yield dg.MaterializeResult(
        metadata={
            "release_id": published.release_id,
            "content_hash": published.content_hash,
            "state": published.state,
            "gates_accepted": sum(not gate.is_met for gate in gates),
            **{name: published.manifest["rows"][name] for name in COUNTED},
        },
        check_results=[whole_night(deliveries)],
    )


def _basis(night: Night, store: TableStore, deliveries: pl.DataFrame, *, as_of: date) -> ReleaseBasis:
    """What the release rests on: deliveries by the digests of their bytes, and what else there is, by its digest."""
    inputs = dict(deliveries.filter(pl.col("is_used")).select("delivery_id", "sha256").iter_rows())
    for table, digest in ((DECISIONS, decisions_digest), (ASKED_CORRECTIONS, corrections_digest)):
        rows = store.scan(table.name).collect()
        if not rows.is_empty():
            inputs[table.name] = digest(rows)
    return {
        "as_of": as_of,
        "inputs": inputs,
        "versions": {name: version(name) for name in LIBRARIES}
        | {"models": version_of_night(store), CODE: code_digest()},
        "config_hash": night.settings_digest,
    }


def _released_tables(store: TableStore, tonight: Tonight) -> dict[str, pl.LazyFrame | pl.DataFrame]:
    """The tables of a release by name, but for its changes and what was expected of it."""
    made: dict[str, pl.LazyFrame | pl.DataFrame] = {name: store.scan(name) for name in PUBLISHED_TABLES}
    return made | {
        SOURCE_RECORDS.name: pl.scan_parquet([store.path(name) for name in (*core_names("orders"), DROPPED_ORDERS)]),
        CONDITION_CATALOGUE.name: named_catalogue(store.scan(DECISIONS.name).collect()),
        RECORD_DIGESTS.name: tonight.digests,
        OBEYED_DECISIONS.name: tonight.decisions,
        KNOWN_DECISIONS.name: store.scan(KNOWN_DECISIONS.name).collect(),
    }


def whole_night(deliveries: pl.DataFrame) -> dg.AssetCheckResult:
    """Whether the release is degraded, of which feeds, and what to do."""
    feeds = deliveries.filter(~_is_whole()).select(pl.concat_str("feed", pl.lit(" is "), "state")).to_series()
    found = ", ".join(feeds.unique().sort())
    return dg.AssetCheckResult(
        check_name=WHOLE_NIGHT,
        passed=state_of(deliveries) == PUBLISHED,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"Degraded: {found}. Ask the sender; when the delivery is there, run the night again."
        if found
        else None,
    )


def heads_of_the_ledger(night: Night, store: TableStore) -> dict[str, str]:
    """How many decisions the ledger held, their digest, and the end of its audit log under the installation's mark."""
    known = store.scan(KNOWN_DECISIONS.name).collect()
    heads = {"decisions": str(known.height), "decisions_digest": decisions_digest(known)}
    with (
        suppress(LedgerError),
        Ledger.open(night.ledger_url, night.state) as ledger,
        ledger.database.reading() as connection,
    ):
        heads["audit_log"] = sealed(night.state, head_of(connection))
    return heads


def state_of(deliveries: pl.DataFrame) -> str:
    """Degraded if any delivery is late, missing or unreadable, or holds a row that could not be read."""
    return PUBLISHED if deliveries.select(_is_whole().all()).item() else DEGRADED


def _is_whole() -> pl.Expr:
    return pl.col("state").is_in(WHOLE) & (pl.col("rows_quarantined") == pl.col("rows_set_aside"))


def named_catalogue(decisions: pl.DataFrame) -> pl.DataFrame:
    """The catalogue of conditions with those that stewards named, whether or not a record words one so tonight."""
    named = decisions.filter(pl.col("kind").is_in(codes_about("wording"))).get_column("value")
    return CONDITION_CATALOGUE.conform(condition_catalogue(named)).sort(CONDITION_CATALOGUE.order)


def look_at(store: TableStore, account: ReleaseBasis, *, clock: PresenceClock) -> Tonight:
    """Tonight's release as its differences from the one before are judged by."""
    evidence = scan_evidence(store) | {"orders": store.scan(ORDERS.name)}
    core: Tables = {
        "orders": evidence["core_orders"],
        "aliases": evidence["core_aliases"],
        "conditions": evidence["core_conditions"],
        "rejected_values": evidence["rejected_values"],
        "arrests": gather(store, "arrests"),
    }
    tables: Tables = {
        ORDERS.name: evidence["orders"],
        ORDER_SOURCES.name: evidence["order_sources"],
        ARRESTS.name: store.scan(ARRESTS.name),
        ARREST_SOURCES.name: store.scan(ARREST_SOURCES.name),
    }
    store.write(RECORD_DIGESTS.name, joined_up(digest_records(core, tables), RECORD_DIGESTS.schema))
    return Tonight(
        as_of=account["as_of"],
        evidence=evidence,
        clock=clock,
        digests=store.scan(RECORD_DIGESTS.name),
        decisions=OBEYED_DECISIONS.conform(store.scan(DECISIONS.name).collect()),
        redirects=store.scan(ID_REDIRECTS.name).collect(),
        account=account,
    )


def gather_expectations(store: TableStore) -> pl.DataFrame:
    """The results of all suites of the night, whatever table they were put to."""
    names = [path.stem for path in sorted(store.folder.glob(f"{EXPECTATIONS}*.parquet"))]
    return pl.concat([store.scan(name) for name in names]).collect().sort(EXPECTATION_RESULTS.order)


def keep_quarantine(night: Night, store: TableStore, name: str) -> None:
    """Put the night's quarantined rows, all sources together, where a steward finds them."""
    rows = pl.concat([store.scan(quarantine_table(source).name) for source in find_sources()]).collect()
    with replacing(night.state.quarantine / f"{name}.parquet") as written:
        rows.write_parquet(written)
