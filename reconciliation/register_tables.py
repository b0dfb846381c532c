"""The register's tables, made of the core records, the clusters they were linked into and the ids of those clusters.

Belongs here: how records, golden values and status in law come together into public tables. Does not: whose value
wins (`reconciliation.golden`), the law (`reconciliation.law`), ids (`reconciliation.stable_ids`), discrepancies
(`expectations`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from reconciliation.conditions import build_conditions
from reconciliation.confidence.contents import with_contents_confidence
from reconciliation.confidence.links import link_confidence
from reconciliation.confidence.model import ConfidenceModel
from reconciliation.confidence.orders import order_confidence
from reconciliation.confidence.source_errors import estimate_errors
from reconciliation.confidence.values import value_confidence
from reconciliation.dropped_orders import mark_dropped
from reconciliation.endings import Before, read_endings
from reconciliation.golden import choose_arrests, choose_golden
from reconciliation.law import judge_status
from reconciliation.record_context import HEARD_COLUMNS, hold_records
from reconciliation.said_in_force import SAID_IN_FORCE, hold_in_force
from reconciliation.sightings import find_first_seen, find_sightings
from reconciliation.standing import AMENDED, STANDS
from reconciliation.statutes import SCOTTISH_TYPES
from reconciliation.subjects import build_subjects
from warehouse.codes import NATIONS, reference
from warehouse.schema import Table
from warehouse.sources import is_from_court
from warehouse.tables.core import CORE_ARRESTS
from warehouse.tables.link import LINK_PAIRS
from warehouse.tables.register import (
    ARREST_SOURCES,
    ARRESTS,
    CONDITION_TEXTS,
    CONDITIONS,
    FIELD_PROVENANCE,
    ORDER_SOURCES,
    ORDERS,
    SUBJECTS,
)

SOURCE_ERRORS = "source_errors"


@dataclass(frozen=True)
class NightInput:
    """What a night's register is made of.

    Attributes:
        orders, aliases, conditions, arrests: the core tables, all sources together. Of a lazy table of arrests each use
            reads its own columns, and none stays in memory.
        clusters: `link_orders__clusters`.
        events: `link_arrests__clusters`.
        order_ids, subject_ids, arrest_ids: `cluster` and `id`, one row for each cluster.
        as_of: the day of the release.
        decided: golden values that stewards decided, by field (`ledger.decisions.values.typed_values`).
        dropped: ids of those records that their sources no longer hold.
        said_in_force: orders in doubt that stewards said are in force, as `SAID_IN_FORCE`.
        before: what the release before knew; nothing on the first night.
        pairs: `PAIR_WEIGHTS` of `link_orders__pairs`; without them no link has a confidence.
        confidence: how golden values are weighed; None: as comes with Concord.
    """

    orders: pl.DataFrame
    aliases: pl.DataFrame
    conditions: pl.DataFrame
    arrests: pl.DataFrame | pl.LazyFrame
    clusters: pl.DataFrame
    events: pl.DataFrame
    order_ids: pl.DataFrame
    subject_ids: pl.DataFrame
    arrest_ids: pl.DataFrame
    as_of: date
    decided: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    dropped: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.String))
    said_in_force: pl.DataFrame = field(default_factory=SAID_IN_FORCE.clear)
    before: Before = field(default_factory=Before)
    pairs: pl.DataFrame = field(default_factory=LINK_PAIRS.empty)
    confidence: ConfidenceModel | None = None


def build_register(night: NightInput) -> dict[str, pl.DataFrame]:
    """Build the tables that rest on the records alone, by table name.

    Returns:
        `orders` (with `discrepancy_count` and `quality_score` still empty: see `finish_orders`), `order_sources`,
        `subjects`, `conditions`, `arrests`, `arrest_sources`, `field_provenance`; and, not published, `condition_texts`
        and how often each source is wrong (`SOURCE_ERRORS`).
    """
    tables: dict[str, pl.DataFrame] = {}

    def add(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        # Each is brought to its columns at once: what it was made of is wide, and is let go.
        tables[table.name] = table.conform(frame).sort(table.order)
        return tables[table.name]

    order_ids = _named(night.order_ids, "order")
    decided = {name: values.join(order_ids, on="order_id") for name, values in night.decided.items()}
    held = mark_dropped(hold_records(night.orders, night.clusters), night.dropped)
    golden, provenance = choose_golden(
        held,
        as_of=night.as_of,
        conditions=night.conditions,
        aliases=night.aliases,
        arrests=_placed_arrests(night),
        decided=decided,
    )
    golden = _identify(golden, night)
    held = _identify(held, night)
    sources = add(ORDER_SOURCES, build_order_sources(held, night))
    listed = build_conditions(night.conditions, held, golden, as_of=night.as_of)
    add(CONDITION_TEXTS, listed.filter("is_person_named"))
    conditions = add(CONDITIONS, listed)
    del listed
    endings = read_endings(held, golden, before=night.before, decided=decided, as_of=night.as_of)
    endings = hold_in_force(endings, golden, said=night.said_in_force, decided=decided)
    orders = build_orders(golden.join(endings, on="order_id"), held, conditions, as_of=night.as_of)
    orders = orders.join(find_sightings(sources, night.before, as_of=night.as_of), on="order_id", how="left")
    provenance = provenance.join(order_ids, on="order_cluster", how="left")
    tables[SOURCE_ERRORS] = estimate_errors(provenance, sources)
    confident = value_confidence(provenance, orders, sources, model=night.confidence, errors=tables[SOURCE_ERRORS])
    provenance = add(FIELD_PROVENANCE, provenance.join(confident, on=["order_id", "field"], how="left"))
    sure = orders.join(order_confidence(provenance, sources), on="order_id", how="left")
    add(ORDERS, with_contents_confidence(sure, conditions, provenance, sources))
    del confident, orders, sure
    arrests = add(ARRESTS, build_arrests(night))
    add(SUBJECTS, build_subjects(golden, held, night.aliases, arrests))
    add(ARREST_SOURCES, build_arrest_sources(night))
    return tables


def _placed_arrests(night: NightInput) -> pl.DataFrame:
    """`HEARD_COLUMNS` of the arrests of known persons, with `event_cluster` and `subject_cluster`."""
    persons = night.events.lazy().select("record_id", "event_cluster", "subject_cluster").drop_nulls("subject_cluster")
    return night.arrests.lazy().select(HEARD_COLUMNS).join(persons, on="record_id").collect()


def finish_orders(orders: pl.DataFrame, discrepancies: pl.DataFrame, quality_scores: pl.DataFrame) -> pl.DataFrame:
    """Put the number of discrepancies and the weighted mean of its quality dimensions to every order.

    A dimension without a score has no part in the mean; an order without any has none.
    """
    counts = discrepancies.group_by("order_id").agg(pl.len().alias("discrepancy_count"))
    scores = (
        quality_scores.filter((pl.col("scope") == "record") & pl.col("score").is_not_null())
        .sort("scope_key", "dimension")
        .group_by("scope_key", maintain_order=True)
        .agg(quality_score=((pl.col("score") * pl.col("weight")).sum() / pl.col("weight").sum()).round(4))
    )
    finished = (
        orders.drop("discrepancy_count", "quality_score")
        .join(counts, on="order_id", how="left")
        .join(scores, left_on="order_id", right_on="scope_key", how="left")
        .with_columns(pl.col("discrepancy_count").fill_null(0))
    )
    return ORDERS.conform(finished).sort("order_id")


def build_orders(golden: pl.DataFrame, held: pl.DataFrame, conditions: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Golden values with names of codes, status in law, sources and counts.

    Args:
        golden: golden values, with what the records say of the end (`reconciliation.endings`).
        held: order records with `order_id`.
        conditions: `CONDITIONS`.
        as_of: the night.
    """
    presence = held.group_by("order_id").agg(
        pl.col("source").filter(~pl.col("is_dropped")).unique().sort().alias("sources"),
        pl.len().alias("record_count"),
    )
    counts = conditions.group_by("order_id").agg(pl.col("is_golden").sum().alias("condition_count"))
    forces = reference("forces").filter(pl.col("code") == pl.col("current_code"))
    courts = reference("courts").select(court_code="code", court_name="name", court_nation="nation")
    force_names = forces.select("region_code", force_code="code", force_name="name", force_nation="nation")
    return (
        golden.drop("ended_after", "ended_by")
        .join(judge_status(golden, as_of=as_of), on="order_id")
        .join(presence, on="order_id")
        .join(counts, on="order_id", how="left")
        .join(courts.unique("court_code", keep="first", maintain_order=True), on="court_code", how="left")
        .join(force_names, on="force_code", how="left")
        .join(_said_of_case(held), on="order_id", how="left")
        .join(forces.select(applicant_code="code", applicant_kind="kind"), on="applicant_code", how="left")
        .with_columns(
            _nation(),
            pl.col("condition_count").fill_null(0),
            pl.lit(None).alias("discrepancy_count"),
            pl.lit(None).alias("quality_score"),
        )
    )


def _said_of_case(held: pl.DataFrame) -> pl.DataFrame:
    """What is not a golden value: `breach_count` is the most, the others are those of the latest record that has one.

    Only court results have `applicant_code` and `case_urn`: those of the making count, not those of a discharge.
    """
    rank = (pl.col("event").is_null(), is_from_court, "recorded_on", "record_id")
    standing = held.filter(pl.col("standing") == STANDS).sort(*rank, descending=True, nulls_last=True)
    return standing.group_by("order_id").agg(
        pl.col("applicant_code", "case_urn", "statutory_basis").drop_nulls().first(), pl.col("breach_count").max()
    )


def _nation() -> pl.Expr:
    """Of the court; else by the type, since only Scotland knows its two; else of the force, if it belongs to one."""
    by_type = pl.when(pl.col("order_type").is_in(SCOTTISH_TYPES)).then(pl.lit("Scotland"))
    of_force = pl.when(pl.col("force_nation").is_in(NATIONS)).then("force_nation")
    return pl.coalesce("court_nation", by_type, of_force).alias("nation")


def owners_of_records(order_sources: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """`record_id`, `order_id`, `subject_id`: the order and the person that each order record belongs to."""
    return order_sources.select("record_id", "order_id").join(orders.select("order_id", "subject_id"), on="order_id")


def build_order_sources(held: pl.DataFrame, night: NightInput) -> pl.DataFrame:
    """Every source record with the order it belongs to, and how sure that is."""
    links = night.clusters.select("record_id", "match_weight", "is_duplicate")
    confident = link_confidence(held.select("record_id", "order_id", "source"), night.pairs)
    return (
        held.join(links, on="record_id")
        .join(confident, on="record_id", how="left")
        .with_columns((pl.col("standing") == AMENDED).alias("is_amended"))
        .pipe(lambda sources: sources.with_columns(find_first_seen(sources, night.before).fill_null(night.as_of)))
    )


def build_arrests(night: NightInput) -> pl.DataFrame:
    """Arrest events with their golden values, the offence named and weighed by the reference list."""
    offences = (
        reference("offences")
        .filter(pl.col("is_default_for_code") == "true")
        .select(
            pl.col("cjs_code").alias("offence_code"),
            pl.col("title").alias("offence_title"),
            pl.col("category").alias("offence_category"),
            pl.col("harm_days").cast(pl.Float64),
        )
        .unique("offence_code", keep="first", maintain_order=True)
    )
    of_event = (
        night.events.lazy()
        .join(night.arrests.lazy().select("record_id", "source"), on="record_id")
        .group_by("event_cluster")
        .agg(pl.col("source").unique().sort().alias("sources"), pl.col("subject_cluster").first())
        .collect()
    )
    return (
        choose_arrests(night.arrests, night.events)
        .join(of_event, on="event_cluster")
        .join(_named(night.arrest_ids, "arrest", cluster="event_cluster"), on="event_cluster")
        .join(_named(night.subject_ids, "subject"), on="subject_cluster", how="left")
        .join(offences, on="offence_code", how="left")
    )


def build_arrest_sources(night: NightInput) -> pl.DataFrame:
    """Every arrest record with the event it is about."""
    return (
        night.arrests.lazy()
        .select("record_id", *(name for name in ARREST_SOURCES.schema if name in CORE_ARRESTS.schema))
        .join(night.events.lazy().select("record_id", "event_cluster", "match_weight"), on="record_id")
        .collect()
        .join(_named(night.arrest_ids, "arrest", cluster="event_cluster"), on="event_cluster")
    )


def _named(ids: pl.DataFrame, kind: str, *, cluster: str | None = None) -> pl.DataFrame:
    return ids.select(pl.col("cluster").alias(cluster or f"{kind}_cluster"), pl.col("id").alias(f"{kind}_id"))


def _identify(frame: pl.DataFrame, night: NightInput) -> pl.DataFrame:
    """Every cluster has its id; a join from the left copies none of the columns that are there."""
    ordered = frame.join(_named(night.order_ids, "order"), on="order_cluster", how="left")
    return ordered.join(_named(night.subject_ids, "subject"), on="subject_cluster", how="left")
