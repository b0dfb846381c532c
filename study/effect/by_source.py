"""What the study would have found from each source alone, from all of them unreconciled, and from the register.

Belongs here: the data as a source holds it, the comparison. Does not: the data of the register and the truth
(`study.effect.study_data`), what became of each true arrest (`study.effect.true_arrests`).

A source alone is used as an analyst without a register would: every record is an order, every arrest record an arrest,
and an arrest belongs to an order where the PNC ID is the same, or else the name and the date of birth.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from study.effect.cohort import Coverage, select_cohort
from study.effect.measures import count_by_person, find_events, measure_changes
from study.effect.study_data import StudyData, regions
from study.effect.study_settings import OVERALL, StudySettings
from warehouse.sources import SOURCES
from warehouse.store import TableStore

UNRECONCILED, REGISTER, TRUTH = "all sources, unreconciled", "the register", "the truth"
SCHEMA: Final = {
    "basis": pl.String,
    "orders": pl.Int64,
    "with_both_windows": pl.Int64,
    "eligible": pl.Int64,
    "before": pl.Int64,
    "after": pl.Int64,
    "change_percent": pl.Float64,
    "low_percent": pl.Float64,
    "high_percent": pl.Float64,
    "harm_change_percent": pl.Float64,
    "note": pl.String,
}
BY_NAME: Final = ["surname_folded", "forenames_folded", "date_of_birth"]


def data_of_sources(store: TableStore) -> dict[str, StudyData]:
    """What each source holds alone, and all of them put together without any matching, by title.

    Raises:
        FileNotFoundError: the tables of the night are not kept any more.
    """
    orders, arrests, conditions = {}, {}, {}
    for source in SOURCES:
        tables = (store.scan(f"core_{source.name}__{name}").collect() for name in ("orders", "arrests", "conditions"))
        orders[source.title], arrests[source.title], conditions[source.title] = tables
    alone = {title: _data(orders[title], arrests[title], conditions[title]) for title in orders}
    together = (pl.concat(frames.values(), how="diagonal_relaxed") for frames in (orders, arrests, conditions))
    return {**alone, UNRECONCILED: _data(*together)}


def _data(orders: pl.DataFrame, arrests: pl.DataFrame, conditions: pl.DataFrame) -> StudyData:
    standing = orders.filter((pl.col("recorded_status") != "withdrawn").fill_null(value=True))
    linked = _link(standing, arrests)
    has_arrest = pl.col("record_id").is_in(linked["subject_id"].unique().implode())
    is_length_known = pl.col("end_on").is_not_null() | pl.col("is_until_further_order").fill_null(value=False)
    return StudyData.of(
        standing.drop("region_code", strict=False)
        .join(regions(), on="force_code", how="left")
        .with_columns(
            order_id="record_id",
            subject_id="record_id",
            is_interim=pl.col("is_interim").fill_null(value=False),
            ended_on="end_on",
            is_start_settled=pl.lit(value=True),
            is_length_settled=is_length_known & (pl.col("recorded_status") != "discharged").fill_null(value=True),
            is_conditions_known=pl.col("record_id").is_in(conditions["record_id"].unique().implode()),
            is_history_known=pl.col("pnc_id").is_not_null() | has_arrest,
        ),
        linked,
    )


def _link(orders: pl.DataFrame, arrests: pl.DataFrame) -> pl.DataFrame:
    """Arrest records with the order records (`subject_id`) of the same PNC ID, or the same name and date of birth."""
    events = arrests.select(pl.col("record_id").alias("arrest_id"), "arrested_on", "offence_code", "pnc_id", *BY_NAME)
    keyed = orders.select(pl.col("record_id").alias("subject_id"), "pnc_id", *BY_NAME)
    found = [
        keyed.select("subject_id", *keys).drop_nulls().join(events.drop_nulls(keys), on=keys)
        for keys in (["pnc_id"], BY_NAME)
    ]
    return pl.concat(pairs.select("subject_id", "arrest_id", "arrested_on", "offence_code") for pairs in found).unique(
        ["subject_id", "arrest_id"], maintain_order=True
    )


def compare_bases(data_by_basis: Mapping[str, StudyData], settings: StudySettings, covered: Coverage) -> pl.DataFrame:
    """The funnel and the overall change by each basis (`SCHEMA`), over the days that the register covers."""
    rows = [_row(basis, data, settings, covered) for basis, data in data_by_basis.items()]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _row(basis: str, data: StudyData, settings: StudySettings, covered: Coverage) -> tuple[object, ...]:
    cohort = select_cohort(data, settings, covered)
    funnel = basis, cohort.orders.height, cohort.with_windows.height, cohort.eligible.height
    if data.arrests.is_empty():
        return *funnel, *[None] * 6, "holds no arrests"
    if cohort.eligible.is_empty():
        return *funnel, *[None] * 6, "no eligible order"
    events = find_events(cohort.eligible, data.arrests, settings)
    counts = count_by_person(cohort, events).filter(pl.col("category") == OVERALL)
    arrests, harm = measure_changes(counts, settings).iter_rows(named=True)
    change = (arrests[name] for name in ("change_percent", "low_percent", "high_percent"))
    return *funnel, int(arrests["before"]), int(arrests["after"]), *change, harm["change_percent"], None
