"""Which order a court's result is about that says what became of one made before.

Belongs here: finding the order by the person, the type and the day or the case that the result names. Does not: what
the result says (`assets.parsing.outcomes`), who is one person (`matching.orders`), what it makes of the order
(`reconciliation.endings`).

A result such as `order of 3 March 2024 discharged` is no order, so it takes no part in the clustering: it is put to the
one order that it can be about. Where there is none, or more than one, it stays alone, and a steward is asked.
"""

from dataclasses import replace
from typing import Final

import polars as pl

from matching.engine.clusters import Clusters
from warehouse.sources import is_from_court
from warehouse.tables.core import EVENT_REFUSED

FACTS: Final = (
    "source", "event", "order_type", "is_interim", "made_on", "start_on", "end_on", "recorded_on", "case_urn",
    "ends_another",
)  # fmt: skip
REFUSAL_DAYS: Final = 31
"""Days between a refusal and the day on which the police hold the order as made: more, and it is another matter."""
BY_DAY, BY_CASE, BY_PERSON = range(3)
"""How an event names its order, the surest first."""


def is_event() -> pl.Expr:
    """Whether a record speaks of an order made before, or of none."""
    return pl.col("event").is_not_null()


def with_events(records: pl.DataFrame, orders: Clusters, subjects: Clusters, *, apart: pl.DataFrame) -> Clusters:
    """The orders with the events that are about them; see `place_events`."""
    placed = place_events(records, orders.labels, subjects.labels, apart=apart)
    rows = pl.int_range(len(orders.labels), eager=True).replace(placed["row"], placed["label"])
    moved = orders.labels.gather(rows).rename("label").to_frame().with_row_index("row").cast(pl.Int64)
    # A row that joined an order may come before the others of it.
    return replace(orders, labels=moved.select(pl.col("row").min().over("label")).to_series())


def without_settled(pairs: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """The pairs but those of an event that has its order with records of others, or that is about none.

    Args:
        pairs: `left`, `right` (rows).
        labelled: `event`, `order` (label), a row for each record.
    """
    is_settled = is_event() & ((pl.len().over("order") > 1) | (pl.col("event") == EVENT_REFUSED))
    settled = labelled.select("order", is_settled=is_settled.fill_null(value=False))
    one, other = settled[pairs.get_column("left")], settled[pairs.get_column("right")]
    return pairs.filter(~(one["is_settled"] | other["is_settled"]) | (one["order"] == other["order"]))


def place_events(records: pl.DataFrame, orders: pl.Series, subjects: pl.Series, *, apart: pl.DataFrame) -> pl.DataFrame:
    """Find the order that each event is about.

    Args:
        records: `FACTS`, a row for each record.
        orders: the label of the order of each record: the smallest row number in it.
        subjects: the label of the person of each record.
        apart: `left`, `right` (rows) that stewards keep apart.

    Returns:
        `row` (of the event), `label` (of its order); no row for an event that is about none, or about more than one,
        nor for one that is in an order with other records already: a steward put it there, or it amends one of them.
    """
    rows = records.select(*FACTS, label=orders, subject=subjects).with_row_index("row").cast({"row": pl.Int64})
    made = _made_orders(rows)
    kept_apart = pl.concat([apart.select("left", "right"), apart.select(left="right", right="left")])
    events = rows.filter(is_event()).join(made.select("label"), on="label", how="anti")
    found = (
        events.join(made, on="subject", suffix="_made")
        .with_columns(how=_how())
        .drop_nulls("how")
        .join(_labels_apart(kept_apart, rows), on=["row", "label_made"], how="anti")
    )
    best = found.filter(pl.col("how") == pl.col("how").min().over("row"))
    return best.filter(pl.len().over("row") == 1).select("row", label="label_made").sort("row")


def _made_orders(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each order that a record says was made: what its records say of it."""
    days = pl.concat([pl.col("made_on"), pl.col("start_on")]).drop_nulls().unique()
    return (
        rows.filter(~is_event())
        .group_by("label")
        .agg(
            pl.col("subject").first(),
            pl.col("order_type").drop_nulls().unique().alias("types"),
            pl.col("is_interim").drop_nulls().unique().alias("interims"),
            pl.col("case_urn").drop_nulls().unique().alias("cases"),
            days.alias("days"),
            pl.coalesce("made_on", "start_on").min().alias("first_on"),
            pl.when(pl.col("end_on").null_count() == 0).then(pl.col("end_on").max()).alias("last_on"),
            is_from_court.any().alias("is_held_by_court"),
        )
    )


def _labels_apart(kept_apart: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    labels = rows.select(right="row", label_made="label")
    return kept_apart.join(labels, on="right").select("label_made", row="left")


def _how() -> pl.Expr:
    """How the event may be about the order; null where it is not."""
    fits = _is_among("order_type", "types") & _is_among("is_interim", "interims")
    heard_on, first_on = pl.col("recorded_on"), pl.col("first_on")
    is_before = (first_on < heard_on).fill_null(value=True)
    is_running = is_before & (pl.col("last_on") >= heard_on).fill_null(value=True)
    is_of_case = pl.col("cases").list.contains(pl.col("case_urn")).fill_null(value=False)
    # A refused application made no order: what the police hold of that time, and the court does not, is in question.
    is_near = ((heard_on - first_on).dt.total_days().abs() <= REFUSAL_DAYS).fill_null(value=True)
    is_held_elsewhere = ~pl.col("is_held_by_court") & is_near & pl.col("order_type").is_not_null()
    # It is of the interim order that its words name by the day, or that is of the same case: one refused for good ended
    # it, and whether it outlives one that was withdrawn or struck out is in question.
    is_interim = (pl.col("interims").list.len() == 1) & pl.col("interims").list.first()
    is_of_day = pl.col("days").list.contains(pl.col("made_on"))
    is_named = pl.when(pl.col("made_on").is_null()).then(is_of_case).otherwise(is_of_day)
    is_of_full = pl.col("ends_another") | ~pl.col("is_interim").fill_null(value=False)
    is_of_application = is_of_full & is_interim & is_running & is_named
    is_of_type = pl.col("types").list.contains(pl.col("order_type"))
    return (
        pl.when((pl.col("event") == EVENT_REFUSED) & is_of_application & is_of_type)
        .then(BY_CASE)
        .when(~fits)
        .then(None)
        .when(pl.col("event") == EVENT_REFUSED)
        .then(pl.when(is_held_elsewhere).then(BY_DAY))
        .when(pl.col("made_on").is_not_null())
        .then(pl.when(pl.col("days").list.contains(pl.col("made_on"))).then(BY_DAY))
        .when(is_running & is_of_case)
        .then(BY_CASE)
        .when(is_running)
        .then(BY_PERSON)
    )


def _is_among(said: str, known: str) -> pl.Expr:
    """Whether the order has what the event says of it; what either leaves open speaks against nothing."""
    return (
        pl.col(said).is_null() | (pl.col(known).list.len() == 0) | pl.col(known).list.contains(pl.col(said))
    ).fill_null(value=True)
