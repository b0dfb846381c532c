"""The register of one piece of a night: the tables of some persons, their orders and arrests.

Belongs here: how records, golden values and status in law come together into public tables. Does not: whose value
wins (`reconciliation.golden`), the law (`reconciliation.law`), what a piece takes from the rest of the night
(`reconciliation.night_facts`), discrepancies (`expectations`).
"""

from datetime import date
from typing import Final

import polars as pl

from reconciliation.conditions import believe_conditions, list_conditions
from reconciliation.confidence.contents import with_contents_confidence
from reconciliation.confidence.orders import order_confidence
from reconciliation.confidence.source_errors import count_patterns
from reconciliation.confidence.values import value_confidence
from reconciliation.dropped_orders import mark_dropped
from reconciliation.endings import Before, read_endings
from reconciliation.golden import choose_arrests, choose_golden
from reconciliation.law import judge_status
from reconciliation.night import NightInput
from reconciliation.night_facts import (
    ALIASES,
    ARREST_RECORDS,
    CONDITION_RECORDS,
    FORMER_ORDERS,
    NAMES,
    ORDER_RECORDS,
    GoldenFacts,
    NightFacts,
)
from reconciliation.person_names import NameFacts
from reconciliation.record_context import hold_placed
from reconciliation.said_in_force import hold_in_force
from reconciliation.sightings import find_sightings
from reconciliation.standing import AMENDED, STANDS
from reconciliation.statutes import SCOTTISH_TYPES
from reconciliation.subjects import build_subjects
from warehouse.codes import NATIONS, reference
from warehouse.pieces import Pieces
from warehouse.schema import Table
from warehouse.sources import is_from_court
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

CHOSEN_ORDERS: Final = "chosen_orders"
CHOSEN_VALUES: Final = "chosen_values"
LISTED_CONDITIONS: Final = "listed_conditions"
DRAFTS: Final = (CHOSEN_ORDERS, CHOSEN_VALUES, LISTED_CONDITIONS)
"""What is chosen of a piece, and not yet weighed by what all pieces together say."""
TABLES: Final = (
    ORDERS, ORDER_SOURCES, SUBJECTS, CONDITIONS, CONDITION_TEXTS, ARRESTS, ARREST_SOURCES, FIELD_PROVENANCE,
)  # fmt: skip
"""What a piece gives rows of."""


def choose_piece(pieces: Pieces, piece: int, night: NightInput, facts: NightFacts) -> pl.DataFrame:
    """Choose the golden values of a piece, and all that follows from its records and the facts of the night.

    It writes `DRAFTS` and, as they are published, `order_sources`, `subjects`, `arrests` and `arrest_sources`.

    Returns:
        Who agrees with whom, counted (`reconciliation.confidence.source_errors.count_patterns`).
    """
    conditions, aliases, arrests = (pieces.read(name, piece) for name in (CONDITION_RECORDS, ALIASES, ARREST_RECORDS))
    before = Before(pieces.read(FORMER_ORDERS, piece), night.before.as_of)
    held = mark_dropped(hold_placed(pieces.read(ORDER_RECORDS, piece)), night.dropped)
    ids = held.select("order_cluster", "order_id", "subject_id").unique("order_cluster")
    golden, provenance = choose_golden(
        held,
        as_of=night.as_of,
        conditions=conditions,
        aliases=aliases,
        arrests=arrests,
        decided=facts.decided,
        facts=NameFacts(pieces.read(NAMES, piece), facts.borne),
    )
    golden = golden.join(ids, on="order_cluster", how="left")
    provenance = provenance.join(ids.select("order_cluster", "order_id"), on="order_cluster").drop("order_cluster")
    pieces.write(CHOSEN_VALUES, piece, provenance)
    pieces.write(LISTED_CONDITIONS, piece, list_conditions(conditions, held))
    held_by = held.with_columns((pl.col("standing") == AMENDED).alias("is_amended"))
    sources = _put(pieces, piece, ORDER_SOURCES, held_by)
    patterns = count_patterns(provenance, sources)
    del provenance
    endings = read_endings(held, golden, before=before, decided=facts.decided, as_of=night.as_of)
    endings = hold_in_force(endings, golden, said=night.said_in_force, decided=facts.decided)
    orders = build_orders(golden.join(endings, on="order_id"), held, as_of=night.as_of)
    seen = find_sightings(sources, before, as_of=night.as_of)
    pieces.write(CHOSEN_ORDERS, piece, orders.join(seen, on="order_id", how="left"))
    events = _put(pieces, piece, ARRESTS, build_arrests(arrests))
    _put(pieces, piece, ARREST_SOURCES, arrests)
    _put(pieces, piece, SUBJECTS, build_subjects(golden, held, aliases, events))
    return patterns


def weigh_piece(pieces: Pieces, piece: int, night: NightInput, facts: GoldenFacts) -> None:
    """Say how sure the golden values of a piece are, and which conditions are believed, from what all pieces say.

    It writes `orders`, `conditions`, `condition_texts` and `field_provenance` as they are published.
    """
    chosen, provenance, listed = (pieces.read(name, piece) for name in DRAFTS)
    sources = pieces.read(ORDER_SOURCES.name, piece)
    believed = believe_conditions(listed, chosen, facts.beside.filter(piece=piece).drop("piece"), as_of=night.as_of)
    _put(pieces, piece, CONDITION_TEXTS, believed.filter("is_person_named"))
    conditions = _put(pieces, piece, CONDITIONS, believed)
    sure = value_confidence(
        provenance, chosen, sources, model=night.confidence, errors=facts.errors, population=facts.population
    )
    provenance = _put(pieces, piece, FIELD_PROVENANCE, provenance.join(sure, on=["order_id", "field"], how="left"))
    counts = conditions.group_by("order_id").agg(pl.col("is_golden").sum().alias("condition_count"))
    orders = (
        chosen.join(counts, on="order_id", how="left")
        .with_columns(pl.col("condition_count").fill_null(0))
        .join(order_confidence(provenance, sources), on="order_id", how="left")
    )
    _put(pieces, piece, ORDERS, with_contents_confidence(orders, conditions, provenance, sources))


def _put(pieces: Pieces, piece: int, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of a table in its order; written."""
    made = table.conform(frame).sort(table.order)
    pieces.write(table.name, piece, made)
    return made


def build_orders(golden: pl.DataFrame, held: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Golden values with names of codes, status in law and sources.

    Args:
        golden: golden values, with what the records say of the end (`reconciliation.endings`).
        held: order records with `order_id`.
        as_of: the night.
    """
    presence = held.group_by("order_id").agg(
        pl.col("source").filter(~pl.col("is_dropped")).unique().sort().alias("sources"),
        pl.len().alias("record_count"),
    )
    forces = reference("forces").filter(pl.col("code") == pl.col("current_code"))
    courts = reference("courts").select(court_code="code", court_name="name", court_nation="nation")
    force_names = forces.select("region_code", force_code="code", force_name="name", force_nation="nation")
    return (
        golden.drop("ended_after", "ended_by")
        .join(judge_status(golden, as_of=as_of), on="order_id")
        .join(presence, on="order_id")
        .join(courts.unique("court_code", keep="first", maintain_order=True), on="court_code", how="left")
        .join(force_names, on="force_code", how="left")
        .join(_said_of_case(held), on="order_id", how="left")
        .join(forces.select(applicant_code="code", applicant_kind="kind"), on="applicant_code", how="left")
        .with_columns(
            _nation(),
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
    """The nation of the court; else of the type, since only Scotland has its two; else of the force, if it has one."""
    by_type = pl.when(pl.col("order_type").is_in(SCOTTISH_TYPES)).then(pl.lit("Scotland"))
    of_force = pl.when(pl.col("force_nation").is_in(NATIONS)).then("force_nation")
    return pl.coalesce("court_nation", by_type, of_force).alias("nation")


def build_arrests(records: pl.DataFrame) -> pl.DataFrame:
    """Arrest events with their golden values, the offence named and weighed by the reference list.

    Args:
        records: arrest records with `event_cluster`, `arrest_id` and `subject_id`.
    """
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
    of_event = records.group_by("event_cluster").agg(
        pl.col("source").unique().sort().alias("sources"), pl.col("arrest_id", "subject_id").first()
    )
    return choose_arrests(records).join(of_event, on="event_cluster").join(offences, on="offence_code", how="left")
