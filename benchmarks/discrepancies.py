"""How many planted errors are found as discrepancies, and how many discrepancies were planted.

Run: `python -m benchmarks.discrepancies FOLDER [--given] [--only KIND]` on a folder with `landing/` and `truth/`. With
`--given` records are put together as in truth, so that rules and golden values are measured without the matching. With
`--only nickname` the planted errors of that kind alone count, and precision says nothing.
"""

import argparse
import re
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from assets.deliveries import take_in
from assets.sources import find_sources
from benchmarks.planted import find_hidden, measure, places, plant
from benchmarks.truth import stated_values, true_values
from expectations.discrepancies import Evidence, PresenceClock, find_discrepancies
from expectations.quality import score_quality
from matching.arrests import link_arrests
from matching.orders import link_orders
from reconciliation.night import NightInput
from reconciliation.register_tables import build_register
from warehouse.tables.core import CORE_TABLES
from warehouse.tables.link import LINK_ARRESTS, LINK_CLUSTERS, LINK_PAIRS
from warehouse.tables.register import DELIVERIES, DISCREPANCIES


def judge_folder(
    folder: Path, found: pl.DataFrame, core: dict[str, pl.DataFrame], *, only: str | None = None
) -> pl.DataFrame:
    """The table of `measure` for what was found in a folder, of all planted errors or of those of one kind."""
    links = pl.read_csv(folder / "truth" / "links.csv", infer_schema=False)
    errors = pl.read_csv(folder / "truth" / "errors.csv", infer_schema=False)
    errors = errors.filter(pl.col("error") == only) if only else errors
    stated, truth = stated_values(core), true_values(folder / "truth")
    planted = plant(errors, stated, truth, links)
    hidden = find_hidden(planted, stated, truth, links, refused=core["rejected_values"])
    return measure(places(found, planted, links), hidden)


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


def given_events(arrests: pl.DataFrame, clusters: pl.DataFrame, core_orders: pl.DataFrame, truth: Path) -> pl.DataFrame:
    """The arrests of truth, each with the subject that most records of its person's orders are of."""
    persons = pl.read_csv(truth / "orders.csv", infer_schema=False).select("order_id", "person_id")
    links = pl.read_csv(truth / "links.csv", infer_schema=False).join(persons, on="order_id")
    subjects = (
        core_orders.select("record_id", "source", "source_key")
        .join(clusters.select("record_id", "subject_cluster"), on="record_id")
        .join(links, on=["source", "source_key"])
        .group_by("person_id")
        .agg(pl.col("subject_cluster").mode().min())
    )
    events = pl.read_csv(truth / "arrest_links.csv", infer_schema=False)
    people = pl.read_csv(truth / "arrests.csv", infer_schema=False).select("event_id", "person_id")
    placed = arrests.select("record_id", "source", "source_key").join(events, on=["source", "source_key"])
    return LINK_ARRESTS.conform(
        placed.join(people, on="event_id")
        .join(subjects, on="person_id", how="left")
        .with_columns(event_cluster=pl.col("record_id").min().over("event_id"), match_weight=pl.lit(None, pl.Float64))
    )


def link(core: dict[str, pl.DataFrame], truth: Path | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The clusters of orders and of arrests: those of truth, or without it those that the matching finds."""
    if truth is not None:
        clusters = given_clusters(core["orders"], truth)
        return clusters, given_events(core["arrests"], clusters, core["orders"], truth)
    clusters = link_orders(core["orders"], core["aliases"], core["conditions"]).clusters
    return clusters, link_arrests(core["arrests"], core["orders"], core["aliases"], clusters)


def build_night(
    core: dict[str, pl.DataFrame],
    clusters: pl.DataFrame,
    events: pl.DataFrame,
    *,
    as_of: date,
    pairs: pl.DataFrame | None = None,
) -> NightInput:
    """What the register of a night is made of, ids being the clusters themselves."""

    def ids_of(names: pl.Series) -> pl.DataFrame:
        cluster = names.drop_nulls().unique().sort()
        return pl.DataFrame({"cluster": cluster, "id": cluster})

    return NightInput(
        orders=core["orders"].join(clusters.select("record_id"), on="record_id", how="semi"),
        aliases=core["aliases"],
        conditions=core["conditions"],
        arrests=core["arrests"],
        clusters=clusters,
        events=events,
        order_ids=ids_of(clusters["order_cluster"]),
        subject_ids=ids_of(clusters["subject_cluster"]),
        arrest_ids=ids_of(events["event_cluster"]),
        as_of=as_of,
        pairs=LINK_PAIRS.empty() if pairs is None else pairs,
    )


def build_evidence(
    core: dict[str, pl.DataFrame],
    deliveries: pl.DataFrame,
    clusters: pl.DataFrame,
    events: pl.DataFrame,
    *,
    as_of: date,
) -> Evidence:
    """The register of a night as the rules look at it, ids being the clusters themselves."""
    register = build_register(build_night(core, clusters, events, as_of=as_of))
    return Evidence(
        core_orders=core["orders"],
        core_aliases=core["aliases"],
        core_conditions=core["conditions"],
        rejected_values=core["rejected_values"],
        orders=register["orders"],
        order_sources=register["order_sources"],
        conditions=register["conditions"],
        arrests=register["arrests"],
        deliveries=deliveries,
    )


def latest_night(landing: Path) -> date:
    """The day of the newest PNC file."""
    days = [re.findall(r"\d{8}", path.name) for path in (landing / "pnc").iterdir()]
    return max(date.fromisoformat(day) for found in days for day in found)


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found in a folder.

    Attributes:
        discrepancies: `DISCREPANCIES`.
        table: from `benchmarks.planted.measure`.
        scores: `QUALITY_SCORES`.
        seconds: taken to find discrepancies.
    """

    discrepancies: pl.DataFrame
    table: pl.DataFrame
    scores: pl.DataFrame
    seconds: float


def find_in_folder(folder: Path, *, is_given: bool, only: str | None = None) -> Findings:
    """Put a folder through the pipeline and measure it; with `is_given` its records are put together as in truth."""
    as_of = latest_night(folder / "landing")
    core, deliveries = read_core(folder / "landing", as_of)
    clusters, events = link(core, folder / "truth" if is_given else None)
    evidence = build_evidence(core, deliveries, clusters, events, as_of=as_of)
    started, clock = time.perf_counter(), PresenceClock()
    found = find_discrepancies(evidence, as_of=as_of, clock=clock, former=DISCREPANCIES.empty())
    seconds = time.perf_counter() - started
    scores = score_quality(evidence, found, as_of=as_of, clock=clock)
    return Findings(found, judge_folder(folder, found, core, only=only), scores, seconds)


def main() -> None:
    """Measure a folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--given", action="store_true", help="records put together as in truth")
    parser.add_argument("--only", help="planted errors of this kind alone")
    settings = parser.parse_args()
    findings = find_in_folder(settings.folder, is_given=settings.given, only=settings.only)
    found, scores = findings.discrepancies, findings.scores
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True
    ):
        print(findings.table)
        print(found.group_by("rule_code").len().sort("len", "rule_code", descending=[True, False]))
        print(scores.filter(pl.col("scope") == "source").pivot("dimension", index="scope_key", values="score"))
    print(f"{found.height} discrepancies in {findings.seconds:.1f} s")


if __name__ == "__main__":
    main()
