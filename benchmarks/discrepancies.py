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
from benchmarks.truth import FIELDS as VALUES
from benchmarks.truth import PERSON_FIELDS, stated_values, true_values
from expectations.discrepancies import Evidence, PresenceClock, find_discrepancies
from expectations.quality import score_quality
from matching.arrests import link_arrests
from matching.orders import link_orders
from warehouse.periods import whole_months
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
    "case_urn": "urn",
}
PLACE = ["source", "source_key", "field"]
FATES = ("corrected", "no trace", "untold", "missed")
HALF_YEAR = 6
# What a record leaves out is an error where every order has it; elsewhere a record that does not say is not wrong.
NEVER_ABSENT = ("dob", "end", "conditions")


def places(discrepancies: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Where something was found: record and field, in the terms of truth; a duplicate stands for its order."""
    found = discrepancies.filter(pl.col("source_key").is_not_null() & pl.col("field").is_in(FIELDS))
    return _name_duplicates(found.with_columns(pl.col("field").replace_strict(FIELDS)).select(PLACE), links).unique()


def plant(errors: pl.DataFrame, stated: pl.DataFrame, truth: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Where something is wrong: record and field.

    What truth marks as another form of the fact or as a gap is nothing wrong. Duplicates are the orders of which a
    source holds two records that stand. What a record does not give apart it gives by what stands for it: a day of
    making mistaken in a record that has a start alone is a start mistaken, and an end whole half years off in a record
    that has no length is a length mistaken.

    Args:
        errors: truth: `source`, `source_key`, `field`, and where it is told `nature`.
        stated: from `benchmarks.truth.stated_values`.
        truth: from `benchmarks.truth.true_values`.
        links: truth: `source`, `source_key`, `order_id`.
    """
    wrong = errors.filter(pl.col("nature") == "error") if "nature" in errors.columns else errors
    ends = (pl.col(name).str.to_date(strict=False) for name in ("true_end", "end"))
    given = (
        stated.join(links, on=PLACE[:2])
        .join(truth.select("order_id", true_end="end"), on="order_id")
        .select(
            *PLACE[:2],
            has_one_day=pl.col("made").is_null() & pl.col("start").is_not_null(),
            has_other_length=pl.col("term").is_null() & (whole_months(*ends) % HALF_YEAR == 0),
        )
    )
    is_start = (pl.col("field") == "made") & pl.col("has_one_day")
    is_length = (pl.col("field") == "end") & pl.col("has_other_length").fill_null(value=False)
    moved = wrong.join(given, on=PLACE[:2]).with_columns(
        field=pl.when(is_start).then(pl.lit("start")).when(is_length).then(pl.lit("term")).otherwise(pl.col("field"))
    )
    standing = links.join(stated.filter("is_standing"), on=PLACE[:2], how="semi")
    twice = standing.filter(pl.len().over("source", "order_id") > 1)
    duplicates = twice.select("source", "source_key", field=pl.lit("duplicate"))
    kept = moved.filter(pl.col("field") != "duplicate").select(PLACE)
    return _name_duplicates(pl.concat([kept, duplicates]), links).unique()


def _name_duplicates(rows: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Which of two records is the second one is nobody's fault: both stand for their order."""
    key = pl.when(pl.col("field") == "duplicate").then("order_id").otherwise("source_key")
    return rows.join(links, on=PLACE[:2], how="left").select("source", key.alias("source_key"), "field")


def tell_fates(planted: pl.DataFrame, stated: pl.DataFrame, truth: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """What became of each error, had it not been found.

    Args:
        planted: from `plant`.
        stated: from `benchmarks.truth.stated_values`.
        truth: from `benchmarks.truth.true_values`.
        links: truth.

    Returns:
        `planted` with `fate`: corrected (the court has amended or withdrawn the result), no trace (the record says
        the truth, or nothing), untold (no other record of the order, or of the person, tells the truth), missed.
    """
    said = lengthen_values(stated, "source", "source_key", "is_standing").join(links, on=PLACE[:2])
    true = lengthen_values(truth, "order_id", "person_id").rename({"value": "true"})
    known = said.join(true, on=["order_id", "field"])
    group = pl.when(pl.col("field").is_in(["name", *PERSON_FIELDS])).then("person_id").otherwise("order_id")
    known = known.with_columns(group=group)
    tells = pl.col("is_standing") & (pl.col("value") == pl.col("true")).fill_null(value=False)
    known = known.with_columns(tellers=tells.sum().over("group", "field"))
    is_silent = pl.col("value").is_null() & ~pl.col("field").is_in(NEVER_ABSENT)
    fate = (
        pl.when(~pl.col("is_standing"))
        .then(pl.lit("corrected"))
        .when(is_silent | (pl.col("value") == pl.col("true")))
        .then(pl.lit("no trace"))
        .when((pl.col("field") != "status") & (pl.col("tellers") == 0))
        .then(pl.lit("untold"))
    )
    told = known.select(*PLACE, fate.alias("fate"))
    return planted.join(told, on=PLACE, how="left").with_columns(pl.col("fate").fill_null("missed"))


def lengthen_values(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """One row a value in the terms of the errors: surname and forenames together are the name."""
    named = frame.with_columns(name=pl.concat_str("surname", "forenames", separator="/", ignore_nulls=True))
    fields = ["name", *(field for field in VALUES if field not in ("surname", "forenames"))]
    return named.unpivot(fields, index=keys, variable_name="field")


def measure(found: pl.DataFrame, planted: pl.DataFrame) -> pl.DataFrame:
    """Recall and precision by field, and over all.

    Args:
        found: from `places`; absences and findings on the golden order are left aside.
        planted: from `tell_fates`; several errors of one field in one record count once.

    Returns:
        `field`, `planted`, `found`, `hits`, `recall`, `precision`; of the planted that were not found their number by
        fate; `visible`: recall among those that were found or missed; last row `all`.
    """
    hits = planted.join(found, on=PLACE)
    rest = planted.join(found, on=PLACE, how="anti")
    sets = {"planted": planted, "found": found, "hits": hits}
    sets |= {fate: rest.filter(pl.col("fate") == fate) for fate in FATES}
    counts = pl.DataFrame({"field": sorted({*planted["field"], *found["field"]})}, schema={"field": pl.String})
    for name, rows in sets.items():
        counts = counts.join(rows.group_by("field").agg(pl.len().alias(name)), on="field", how="left")
    counts = counts.fill_null(0)
    whole = counts.select(pl.lit("all").alias("field"), pl.col(list(sets)).sum())
    return pl.concat([counts, whole]).select(
        "field",
        "planted",
        "found",
        "hits",
        recall=(pl.col("hits") / pl.col("planted")).round(3),
        precision=(pl.col("hits") / pl.col("found")).round(3),
        visible=(pl.col("hits") / (pl.col("hits") + pl.col("missed"))).round(3),
        **{fate: pl.col(fate) for fate in FATES},
    )


def judge_folder(folder: Path, found: pl.DataFrame, core: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The table of `measure` for what was found in a folder."""
    links = pl.read_csv(folder / "truth" / "links.csv", infer_schema=False)
    errors = pl.read_csv(folder / "truth" / "errors.csv", infer_schema=False)
    stated, truth = stated_values(core), true_values(folder / "truth")
    planted = plant(errors, stated, truth, links)
    return measure(places(found, links), tell_fates(planted, stated, truth, links))


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


def build_evidence(
    core: dict[str, pl.DataFrame],
    deliveries: pl.DataFrame,
    clusters: pl.DataFrame,
    events: pl.DataFrame,
    *,
    as_of: date,
) -> Evidence:
    """The register of a night, ids being the clusters themselves."""

    def ids_of(names: pl.Series) -> pl.DataFrame:
        cluster = names.drop_nulls().unique().sort()
        return pl.DataFrame({"cluster": cluster, "id": cluster})

    register = build_register(
        Night(
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
    clusters, events = link(core, settings.folder / "truth" if settings.given else None)
    evidence = build_evidence(core, deliveries, clusters, events, as_of=as_of)
    started, clock = time.perf_counter(), PresenceClock()
    found = find_discrepancies(evidence, as_of=as_of, clock=clock, former=DISCREPANCIES.empty())
    between = time.perf_counter()
    scores = score_quality(evidence, found, as_of=as_of, clock=clock)
    ended = time.perf_counter()
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True):
        print(judge_folder(settings.folder, found, core))
        print(found.group_by("rule_code").len().sort("len", "rule_code", descending=[True, False]))
        print(scores.filter(pl.col("scope") == "source").pivot("dimension", index="scope_key", values="score"))
    print(f"{found.height} discrepancies in {between - started:.1f} s, scores in {ended - between:.1f} s")


if __name__ == "__main__":
    main()
