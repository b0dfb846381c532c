"""What became of the corrections that owners were asked for, worked out each night from the night's own evidence.

Belongs here: the states of a line and what brings them about. Does not: what is asked (`ledger.packs.content`),
discrepancies and their states (`expectations.discrepancy_history`).

A line is known again by the record's handle, not by its row or its order's id. Nothing counts as corrected that only
stopped being wrong in our eyes: the record itself has to hold another value, or an absent one to have come.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from ledger.decisions.decision import OF_CONFLICT
from ledger.decisions.record_values import name_records, normal
from ledger.decisions.staleness import conflicts
from reconciliation.redirects import follow_orders
from warehouse.sources import is_from_court
from warehouse.tables.register import CORRECTION_LINES

PLACE = ("order_now", "source", "handle", "field")
CONFLICT = (*PLACE, *OF_CONFLICT)


@dataclass(frozen=True, eq=False)
class FollowingEvidence:
    """What a night holds.

    Attributes:
        records: order records of all sources in their core shape.
        order_sources: `ORDER_SOURCES`.
        discrepancies: `DISCREPANCIES`, with the stewards' closures.
        compared: what the rules compare tonight (`expectations.discrepancy_history.look_again`).
        codes: of tonight's rules.
    """

    records: pl.DataFrame
    order_sources: pl.DataFrame
    discrepancies: pl.DataFrame
    compared: pl.DataFrame
    codes: frozenset[str]


def find_places(
    asked: pl.DataFrame, records: pl.DataFrame, order_sources: pl.DataFrame, redirects: pl.DataFrame
) -> pl.DataFrame:
    """Where the lines asked are tonight.

    Args:
        asked: `ASKED_CORRECTIONS`.
        records: order records of all sources in their core shape.
        order_sources: `ORDER_SOURCES`.
        redirects: `id_redirects` of orders.

    Returns:
        The rows with `record_id` (null: not sent tonight, or none was asked about) and `order_now`: the order that the
        record is in, or else the one that the order has become; null if it is no more or was split.
    """
    held = order_sources.select("record_id", order_of_record="order_id")
    ids = name_records(records).select("handle", "record_id")
    moved = follow_orders(asked.get_column("order_id"), order_sources.get_column("order_id"), redirects)
    return (
        asked.join(ids, on="handle", how="left")
        .join(held, on="record_id", how="left")
        .join(moved, on="order_id", how="left")
        .with_columns(order_now=pl.coalesce("order_of_record", "order_now"))
        .drop("order_of_record")
    )


def follow_lines(
    places: pl.DataFrame, evidence: FollowingEvidence, *, former: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """The state of each line asked.

    Args:
        places: of `find_places`.
        evidence: of the night.
        former: `CORRECTION_LINES` of the release before; empty on the first night.
        as_of: the night.

    Returns:
        `CORRECTION_LINES`, sorted by its key.
    """
    before = former.select("reference", "first_corrected_on", was="state", was_since="state_since")
    judged = (
        _with_findings(places, evidence)
        .join(
            _compared(evidence.compared),
            on=["rule_code", "order_now", "source", "record_id"],
            how="left",
            nulls_equal=True,
        )
        .join(before, on="reference", how="left")
        .with_columns(state=_state(evidence.codes))
    )
    since = pl.when(pl.col("state") == pl.col("was")).then("was_since").otherwise(pl.lit(as_of))
    corrected_on = pl.when(pl.col("state") == "corrected").then(pl.lit(as_of))
    return CORRECTION_LINES.conform(
        judged.with_columns(
            order_id="order_now",
            state_since=since,
            first_corrected_on=pl.coalesce("first_corrected_on", corrected_on),
        )
    ).sort(CORRECTION_LINES.order)


def _with_findings(places: pl.DataFrame, evidence: FollowingEvidence) -> pl.DataFrame:
    """Lines, canonical values, and whether tonight the same is found, was closed, or the field is wrong otherwise."""
    named = name_records(evidence.records)
    is_active = pl.col("state") != "resolved"
    is_by_steward = ~is_active & (pl.col("resolved_by") == "steward").fill_null(value=False)
    active, closed = (
        conflicts(evidence.discrepancies.filter(chosen), named).with_columns(_conflict())
        for chosen in (is_active, is_by_steward)
    )
    # A court corrects by another result, which has a key of its own.
    courts = active.filter(is_from_court).select("order_now", "source", "field")
    held = evidence.order_sources.select("source", order_now="order_id")
    twins = named.select("source", expected_key="source_key")
    canonical = places.with_columns(*_conflict(), expected_key=pl.col("expected"))
    return (
        canonical.pipe(_mark, active, on=CONFLICT, name="is_found")
        .pipe(_mark, closed, on=CONFLICT, name="is_closed")
        .pipe(_mark, active, on=PLACE, name="is_wrong")
        .pipe(_mark, courts, on=("order_now", "source", "field"), name="is_wrong_in_court")
        .pipe(_mark, held, on=("order_now", "source"), name="is_held")
        .pipe(_mark, twins, on=("source", "expected_key"), name="is_twin_there")
    )


def _conflict() -> list[pl.Expr]:
    """The values in conflict as they are compared; a duplicate is known by its record alone, for rows have no keys."""
    is_duplicate = pl.col("field") == "duplicate"
    return [pl.when(~is_duplicate).then(normal(pl.col(side))).alias(side) for side in OF_CONFLICT]


def _mark(lines: pl.DataFrame, there: pl.DataFrame, *, on: tuple[str, ...], name: str) -> pl.DataFrame:
    """The lines with a column that says whether what they are about is there."""
    known = there.select(*on, pl.lit(value=True).alias(name)).unique()
    return lines.join(known, on=on, how="left", nulls_equal=True).with_columns(pl.col(name).fill_null(value=False))


def _compared(compared: pl.DataFrame) -> pl.DataFrame:
    """One row for each rule and record: where several values could not be read, any of them shows that one is there."""
    return (
        compared.select(
            "rule_code",
            "source",
            "record_id",
            order_now="order_id",
            observed_now=normal(pl.col("observed")),
            is_compared=pl.lit(value=True),
        )
        .sort("observed_now", nulls_last=True)
        .unique(["rule_code", "order_now", "source", "record_id"], keep="first", maintain_order=True)
    )


def _state(codes: frozenset[str]) -> pl.Expr:
    """The state of a line, by the first of these that holds."""
    observed, now = pl.col("observed"), pl.col("observed_now")
    is_absence = pl.col("handle").is_null() & pl.col("source").is_not_null()
    is_unsent = pl.col("handle").is_not_null() & pl.col("record_id").is_null()
    is_duplicate = pl.col("field") == "duplicate"
    is_compared = pl.col("is_compared").fill_null(value=False)
    is_emptied = now.is_null() & observed.is_not_null() & pl.col("expected").is_not_null()
    is_wrong = pl.col("is_wrong") | (~is_compared & pl.col("is_wrong_in_court"))
    states = (
        (pl.col("is_found") & pl.col("first_corrected_on").is_not_null(), "rebounded"),
        (pl.col("is_found"), "unchanged"),
        (pl.col("is_closed"), "withdrawn"),
        (is_duplicate & (is_unsent | ~pl.col("is_twin_there")), "corrected"),
        (is_unsent, "gone"),
        (~pl.col("rule_code").is_in(sorted(codes)) | pl.col("order_now").is_null(), "withdrawn"),
        (is_compared & now.eq_missing(observed), "withdrawn"),
        (is_absence & ~is_compared & pl.col("is_held"), "corrected"),
        (~is_compared & (is_duplicate | pl.col("handle").is_null()), "withdrawn"),
        (is_wrong | (is_compared & is_emptied), "changed_otherwise"),
    )
    chosen = pl.coalesce(*(pl.when(holds).then(pl.lit(state)) for holds, state in states))
    return chosen.fill_null("corrected")
