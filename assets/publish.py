"""The last step: the night's tables become a release, in one atomic step."""

from importlib.metadata import version

import dagster as dg
import polars as pl

from assets.former import Former
from assets.frame import EXPECTATIONS, NIGHTS, Night, as_of_date, inputs
from assets.reconcile import JUDGED, RECONCILED
from assets.sources import find_sources
from warehouse.identity import find_changes, name_cause
from warehouse.releases import Release, publish
from warehouse.store import TableStore
from warehouse.tables.link import LINK_PAIRS
from warehouse.tables.register import DELIVERIES, EXPECTATION_RESULTS, ORDERS, RELEASE_CHANGES

LIBRARIES = ("concord", "dagster", "duckdb", "great-expectations", "polars", "pyarrow", "rapidfuzz")
# States of a delivery with which a night is whole.
WHOLE = ("fresh", "repeated")
PUBLISHED, DEGRADED = "published", "degraded"


@dg.asset(
    name="release",
    ins=inputs([*(table.name for table in (*RECONCILED, *JUDGED)), LINK_PAIRS.name]),
    group_name="release",
    partitions_def=NIGHTS,
    description="The night's register as Parquet and one DuckDB file, put in force in one atomic step.",
)
def release(context: dg.AssetExecutionContext, night: Night, **tables: pl.LazyFrame) -> dg.MaterializeResult[None]:
    """Publish the release of the night."""
    as_of = as_of_date(context)
    store = night.store(as_of)
    deliveries = tables[DELIVERIES.name].collect()
    versions = {name: version(name) for name in LIBRARIES}
    inputs_used = used_inputs(deliveries)
    former = Former.of(night.state, as_of)
    cause = cause_of_changes(former.release, inputs_used, versions, night.settings_digest)
    changes = find_changes(former.table(ORDERS), tables[ORDERS.name].collect(), cause=cause)
    keep_quarantine(night, store, as_of.isoformat())
    published = publish(
        night.state,
        {**tables, RELEASE_CHANGES.name: changes, EXPECTATION_RESULTS.name: gather_expectations(store)},
        as_of=as_of,
        inputs=inputs_used,
        versions=versions,
        config_hash=night.settings_digest,
        state=state_of(deliveries),
    )
    return dg.MaterializeResult(metadata={"release_id": published.release_id, "content_hash": published.content_hash})


def state_of(deliveries: pl.DataFrame) -> str:
    """Degraded if any delivery is late, missing or unreadable, or holds a row that could not be read."""
    is_whole = pl.col("state").is_in(WHOLE) & (pl.col("rows_quarantined") == 0)
    return PUBLISHED if deliveries.select(is_whole.all()).item() else DEGRADED


def used_inputs(deliveries: pl.DataFrame) -> dict[str, str]:
    """The deliveries that the register rests on, with the digests of their bytes."""
    return dict(deliveries.filter(pl.col("is_used")).select("delivery_id", "sha256").iter_rows())


def cause_of_changes(
    former: Release | None, inputs_used: dict[str, str], versions: dict[str, str], settings_digest: str
) -> str:
    """What made this release differ from the one before, by their manifests."""
    if former is None:
        return name_cause(inputs_differ=True)
    return name_cause(
        inputs_differ=former.manifest["inputs"] != inputs_used,
        model_differs=former.manifest["versions"] != versions,
        config_differs=former.manifest["config_hash"] != settings_digest,
    )


def gather_expectations(store: TableStore) -> pl.DataFrame:
    """The results of all suites of the night, whatever table they were put to."""
    names = [path.stem for path in sorted(store.folder.glob(f"{EXPECTATIONS}*.parquet"))]
    return pl.concat([store.scan(name) for name in names]).collect().sort(EXPECTATION_RESULTS.order)


def keep_quarantine(night: Night, store: TableStore, name: str) -> None:
    """Put the night's quarantined rows, all sources together, where a steward finds them."""
    rows = pl.concat([store.scan(f"raw_{source.name}__quarantine") for source in find_sources()]).collect()
    TableStore(night.state.quarantine).write(name, rows)


PUBLISH_ASSETS = [release]
