"""Facts of the night: what the register of a person takes from the records of others, worked out first.

Belongs here: those facts, and cutting the night into pieces of whole persons that can then be looked at one by one.
Does not: the register of a piece (`reconciliation.register_pieces`).

Most of them are of one record (an amendment of it, the day of its case, how sure its link is, when it was first seen)
and go with the record into its piece. The others are counts over all people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import polars as pl

from reconciliation.conditions import find_orders_beside
from reconciliation.confidence.links import link_confidence
from reconciliation.confidence.population import POPULATION_COLUMNS, Population
from reconciliation.endings import BEFORE_COLUMNS
from reconciliation.night import NightInput
from reconciliation.person_names import WRITTEN, read_names
from reconciliation.ranking import count_bearers
from reconciliation.record_context import ACROSS_PERSONS, HEARD_COLUMNS, IS_HEARD, look_across_persons
from reconciliation.sightings import find_first_seen
from warehouse.pieces import Pieces, Rows
from warehouse.row_groups import with_facts
from warehouse.tables.core import CORE_ARRESTS
from warehouse.tables.register import ARREST_SOURCES, ARRESTS

ORDER_RECORDS, CONDITION_RECORDS, ARREST_RECORDS = "order_records", "condition_records", "arrest_records"
ALIASES, NAMES, FORMER_ORDERS = "aliases", "names", "former_orders"
ORDERS_APIECE: Final = 20_000
ARREST_COLUMNS: Final = tuple(
    dict.fromkeys(
        name
        for name in (*HEARD_COLUMNS, *ARRESTS.schema, *ARREST_SOURCES.schema, "is_asn_valid")
        if name in CORE_ARRESTS.schema
    )
)
"""What the register reads of an arrest record."""


@dataclass(frozen=True, eq=False)
class NightFacts:
    """What is known of the whole night before any person is looked at.

    Attributes:
        borne: by field of a name, `word` and `bearers` (`reconciliation.ranking.count_bearers`).
        decided: what stewards decided, by field, with `order_cluster`.
    """

    borne: Mapping[str, pl.DataFrame]
    decided: Mapping[str, pl.DataFrame]


@dataclass(frozen=True, eq=False)
class GoldenFacts:
    """What is known of the whole night once its golden values are chosen.

    Attributes:
        errors: how often each source is wrong (`reconciliation.confidence.source_errors`).
        population: what the golden values of all orders say of one.
        beside: what orders beside an order have of its conditions (`find_orders_beside`), with `piece`.
    """

    errors: pl.DataFrame
    population: Population
    beside: pl.DataFrame

    @classmethod
    def of(cls, golden: pl.LazyFrame, listed: pl.LazyFrame, errors: pl.DataFrame) -> Self:
        """The facts of all golden orders and listed conditions, both with `piece`.

        Args:
            golden: `POPULATION_COLUMNS`, `order_id`, `court_code`, `made_on`.
            listed: from `list_conditions`.
            errors: from `reconciliation.confidence.source_errors`.
        """
        orders = golden.select("order_id", "piece", "subject_id", "court_code", "made_on").collect()
        support = listed.select("order_id", "condition_code", "support", "listing_sources", "sources").collect()
        beside = find_orders_beside(support, orders).join(orders.select("order_id", "piece"), on="order_id")
        people = golden.select(POPULATION_COLUMNS).unique().collect()
        return cls(errors, Population.counted(people), beside)


def cut_persons(clusters: Rows, *, apiece: int = ORDERS_APIECE) -> tuple[pl.DataFrame, int]:
    """Whole persons, one after the other, in pieces of about as many orders each.

    Args:
        clusters: `LINK_CLUSTERS`.
        apiece: orders in a piece, if no person has more; a piece has up to half as many more where a small piece would
            be left over, since most of the time a small piece takes does not depend on its orders.

    Returns:
        `subject_cluster`, `piece`; and how many pieces there are.
    """
    persons = clusters.lazy().group_by("subject_cluster").agg(orders=pl.col("order_cluster").n_unique()).collect()
    orders = persons.get_column("orders").sum()
    count = max(round(orders / apiece), 1)
    before = pl.col("orders").cum_sum() - pl.col("orders")
    placed = persons.sort("subject_cluster").select(
        "subject_cluster", piece=(before * count // orders).rank("dense").cast(pl.Int64) - 1
    )
    return placed, int(placed.select(pl.col("piece").max().fill_null(0)).item()) + 1


def cut_night(night: NightInput, persons: pl.DataFrame, count: int, pieces: Pieces) -> NightFacts:
    """Cut the night into pieces of whole persons, with the facts that go with records, and work out the other facts.

    Args:
        night: the night.
        persons: from `cut_persons`.
        count: how many pieces there are, also from `cut_persons`.
        pieces: takes the records, the names and the orders of the release before, cut by person.
    """
    records = pieces.keep("placed_records", _place_records(night, persons))
    arrests = pieces.keep("placed_arrests", _place_arrests(night, persons, pieces=count))
    homes = records.select("record_id", "piece")
    pieces.cut(ORDER_RECORDS, with_facts(night.orders.lazy(), records, "record_id"))
    pieces.cut(CONDITION_RECORDS, night.conditions.lazy().join(homes, on="record_id"))
    pieces.cut(ARREST_RECORDS, with_facts(night.arrests.lazy().select(ARREST_COLUMNS), arrests, "record_id"))
    homes = pl.concat([homes, arrests.select("record_id", "piece")])
    pieces.cut(ALIASES, night.aliases.lazy().join(homes, on="record_id").unique())
    orders = records.select("order_id", "piece").unique()
    pieces.cut(FORMER_ORDERS, night.before.orders.lazy().select(BEFORE_COLUMNS).join(orders, on="order_id"))
    names = _read_names(pieces, persons)
    pieces.cut(NAMES, names.join(persons, on="subject_cluster").lazy())
    clusters = night.order_ids.lazy().select(order_cluster="cluster", order_id="id").collect()
    decided = {name: values.join(clusters, on="order_id") for name, values in night.decided.items()}
    return NightFacts(_bearers_of_parts(names), decided)


def _place_records(night: NightInput, persons: pl.DataFrame) -> pl.DataFrame:
    """Every order record's piece, clusters and ids, and what other people's records say of it; by record."""
    order_ids, subject_ids = night.order_ids.lazy(), night.subject_ids.lazy()
    places = (
        night.clusters.lazy()
        .select("record_id", "order_cluster", "subject_cluster", "match_weight", "is_duplicate")
        .join(persons.lazy(), on="subject_cluster")
        .join(order_ids.select(order_cluster="cluster", order_id="id"), on="order_cluster", how="left")
        .join(subject_ids.select(subject_cluster="cluster", subject_id="id"), on="subject_cluster", how="left")
        .collect()
    )
    read = night.orders.lazy().select(ACROSS_PERSONS).collect().join(places, on="record_id")
    seen_on = find_first_seen(read, night.before).fill_null(night.as_of)
    sure = link_confidence(read.select("record_id", "order_id", "source"), night.pairs)
    return (
        read.select(places.columns)
        .with_columns(seen_on)
        .join(look_across_persons(read), on="record_id", how="left")
        .join(sure, on="record_id", how="left")
        .sort("record_id")
    )


def _place_arrests(night: NightInput, persons: pl.DataFrame, *, pieces: int) -> pl.LazyFrame:
    """Every arrest record's event, person, ids and piece, by record; an event of nobody is in any piece."""
    arrest_ids, subject_ids = night.arrest_ids.lazy(), night.subject_ids.lazy()
    people = persons.lazy().join(subject_ids.select(subject_cluster="cluster", subject_id="id"), on="subject_cluster")
    return (
        night.events.lazy()
        .select("record_id", "event_cluster", "subject_cluster", "match_weight")
        .join(arrest_ids.select(event_cluster="cluster", arrest_id="id"), on="event_cluster", maintain_order="left")
        .join(people, on="subject_cluster", how="left", maintain_order="left")
        .with_columns(pl.col("piece").fill_null((pl.col("event_cluster").hash() % pieces).cast(pl.Int64)))
    )


def _read_names(pieces: Pieces, persons: pl.DataFrame) -> pl.DataFrame:
    """The names of all persons bound by orders, as `read_names` gives them."""
    named = ("record_id", "subject_cluster", "source", *WRITTEN)
    bound = pieces.scan(ORDER_RECORDS).select(named)
    heard = (
        pieces.scan(ARREST_RECORDS)
        .filter(IS_HEARD)
        .select(named)
        .join(persons.lazy(), on="subject_cluster", how="semi")
    )
    people = pl.concat([bound, heard])
    others = pieces.scan(ALIASES).join(people.select("record_id", "subject_cluster"), on="record_id")
    written = people.select("subject_cluster", "source", *WRITTEN).unique()
    return read_names(written.collect(), others.select("subject_cluster", "surname_folded").collect())


def _bearers_of_parts(names: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """How many people bear each word of forenames, and each word of surnames."""
    return {
        name: count_bearers(
            names.drop_nulls(f"{name}_read").select(group="subject_cluster", canonical=f"{name}_folded_read")
        )
        for name in ("forenames", "surname")
    }
