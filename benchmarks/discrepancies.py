"""How many planted errors are found as discrepancies, and how many discrepancies were planted.

Run: `python -m benchmarks.discrepancies FOLDER [--given]` on a folder with `landing/` and `truth/`. With `--given`
records are put together as in truth, so that rules and golden values are measured without the matching.
"""

import argparse
import re
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

from assets.deliveries import take_in
from assets.sources import find_sources
from expectations.discrepancies import Evidence, PresenceClock, find_discrepancies
from expectations.quality import score_quality
from matching.orders import link_orders
from warehouse.reconcile import Night, build_register
from warehouse.tables.core import CORE_TABLES
from warehouse.tables.link import LINK_ARRESTS, LINK_CLUSTERS
from warehouse.tables.register import DELIVERIES, DISCREPANCIES

FIELDS = {
    "made_on": "made",
    "start_on": "start",
    "end_on": "end",
    "term_months": "term",
    "order_type": "kind",
    "is_interim": "interim",
    "surname": "name",
    "forenames": "name",
    "date_of_birth": "dob",
    "pnc_id": "pncid",
    "cro_number": "cro",
    "sex": "sex",
    "court_code": "court",
    "force_code": "force",
    "legal_status": "status",
    "conditions": "conditions",
    "is_county_lines": "county_lines",
    "duplicate": "duplicate",
}
PLACE = ["source", "source_key", "field"]


def measure(discrepancies: pl.DataFrame, errors: pl.DataFrame) -> pl.DataFrame:
    """Recall and precision by field, and over all.

    Args:
        discrepancies: `DISCREPANCIES`; absences and findings on the golden order are left aside.
        errors: truth: `source`, `source_key`, `field`; several errors of one field in one record count once.

    Returns:
        `field`, `planted`, `found`, `hits`, `recall`, `precision`; last row `all`.
    """
    found = (
        discrepancies.filter(pl.col("source_key").is_not_null() & pl.col("field").is_in(FIELDS))
        .with_columns(pl.col("field").replace_strict(FIELDS))
        .select(PLACE)
        .unique()
    )
    planted = errors.select(PLACE).unique()
    hits = planted.join(found, on=PLACE)
    sets = {"planted": planted, "found": found, "hits": hits}
    counts = pl.DataFrame({"field": sorted({*planted["field"], *found["field"]})})
    for name, rows in sets.items():
        counts = counts.join(rows.group_by("field").agg(pl.len().alias(name)), on="field", how="left")
    counts = counts.fill_null(0)
    whole = counts.select(pl.lit("all").alias("field"), pl.col(list(sets)).sum())
    return pl.concat([counts, whole]).with_columns(
        recall=(pl.col("hits") / pl.col("planted")).round(3), precision=(pl.col("hits") / pl.col("found")).round(3)
    )


def read_core(landing: Path, as_of: date) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """The core tables, all sources together, by short name; and the deliveries."""
    cores, deliveries = [], []
    with tempfile.TemporaryDirectory() as archive:
        for source in find_sources():
            intake = take_in(source, landing=landing, archive=Path(archive), as_of=as_of)
            cores.append(source.standardise({name: raw.lazy() for name, raw in intake.tables.items()}, as_of))
            deliveries.append(intake.deliveries)
    names = {table.name.removeprefix("core__"): table for table in CORE_TABLES}
    gathered = {name: pl.concat(table.conform(core[name]) for core in cores) for name, table in names.items()}
    return gathered, pl.concat(DELIVERIES.conform(frame) for frame in deliveries)


def given_clusters(core_orders: pl.DataFrame, truth: Path) -> pl.DataFrame:
    """The clusters of truth."""
    links = pl.read_csv(truth / "links.csv", infer_schema=False)
    persons = pl.read_csv(truth / "orders.csv", infer_schema=False).select("order_id", "person_id")
    records = core_orders.select("record_id", "source", "source_key", "amends_source_key", "result_state")
    placed = records.join(links, on=["source", "source_key"]).join(persons, on="order_id").sort("record_id")
    amended = core_orders.get_column("amends_source_key").drop_nulls()
    is_amended = (pl.col("source") == "court") & pl.col("source_key").is_in(amended.implode())
    return LINK_CLUSTERS.conform(
        placed.with_columns(
            order_cluster=pl.col("record_id").min().over("order_id"),
            subject_cluster=pl.col("record_id").min().over("person_id"),
            match_weight=pl.lit(None, pl.Float64),
            is_duplicate=~is_amended & (pl.int_range(pl.len()).over("order_id", "source", is_amended) > 0),
        )
    )


def build_evidence(
    core: dict[str, pl.DataFrame], deliveries: pl.DataFrame, clusters: pl.DataFrame, *, as_of: date
) -> Evidence:
    """The register of a night without arrests, ids being the clusters themselves."""
    ids = [pl.DataFrame({"cluster": clusters[name].unique().sort()}) for name in ("order_cluster", "subject_cluster")]
    orders, subjects = (frame.with_columns(id=pl.col("cluster")) for frame in ids)
    register = build_register(
        Night(
            orders=core["orders"].join(clusters.select("record_id"), on="record_id", how="semi"),
            aliases=core["aliases"],
            conditions=core["conditions"],
            arrests=core["arrests"].clear(),
            clusters=clusters,
            events=LINK_ARRESTS.empty(),
            order_ids=orders,
            subject_ids=subjects,
            arrest_ids=orders.clear(),
            as_of=as_of,
        )
    )
    return Evidence(
        core_orders=core["orders"],
        core_aliases=core["aliases"],
        core_conditions=core["conditions"],
        rejected_values=core["rejected_values"],
        orders=register["orders"],
        order_sources=register["order_sources"],
        conditions=register["conditions"],
        deliveries=deliveries,
    )


def latest_night(landing: Path) -> date:
    """The day of the newest PNC file."""
    days = [re.findall(r"\d{8}", path.name) for path in (landing / "pnc").iterdir()]
    return max(date.fromisoformat(day) for found in days for day in found)


def main() -> None:
    """Measure a folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--given", action="store_true", help="records put together as in truth")
    settings = parser.parse_args()
    as_of = latest_night(settings.folder / "landing")
    core, deliveries = read_core(settings.folder / "landing", as_of)
    if settings.given:
        clusters = given_clusters(core["orders"], settings.folder / "truth")
    else:
        clusters = link_orders(core["orders"], core["aliases"], core["conditions"]).clusters
    evidence = build_evidence(core, deliveries, clusters, as_of=as_of)
    started, clock = time.perf_counter(), PresenceClock()
    found = find_discrepancies(evidence, as_of=as_of, clock=clock, former=DISCREPANCIES.empty())
    between = time.perf_counter()
    scores = score_quality(evidence, found, as_of=as_of, clock=clock)
    ended = time.perf_counter()
    with pl.Config(tbl_rows=-1, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True):
        print(measure(found, pl.read_csv(settings.folder / "truth" / "errors.csv", infer_schema=False)))
        print(found.group_by("rule_code").len().sort("len", "rule_code", descending=[True, False]))
        print(scores.filter(pl.col("scope") == "source").pivot("dimension", index="scope_key", values="score"))
    print(f"{found.height} discrepancies in {between - started:.1f} s, scores in {ended - between:.1f} s")


if __name__ == "__main__":
    main()
