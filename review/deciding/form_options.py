"""What a steward may choose on an item: the kinds of decision that fit it, the differences, the values, the records.

Belongs here: what the forms offer. Does not: what was sent (`review.deciding.decision_request`), drawing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.kinds import CANONICAL, DECISION_REASONS, KIND, DecisionReason, Kind
from ledger.packs.owners import owners_of_records
from review.item.fields import FIELD_NATURES
from review.item.findings import Finding, describe_findings, format_value
from review.item.past_decisions import describe_subject
from review.item.titles import record_title, source_name

Values = Mapping[str, Any]

ON_DISCREPANCY = ("both_right", "accept", "refer", "not_enough")
ON_RECORDS = ("same_order", "different_order", "same_person", "different_person")


@dataclass(frozen=True)
class ValueOption:
    """A value that some records give for a field.

    Attributes:
        value: as it is sent.
        words: as it is shown.
        held_by: the sources that give it, and the register if it holds it, in words.
    """

    value: str
    words: str
    held_by: tuple[str, ...]


@dataclass(frozen=True)
class FindingOptions:
    """A discrepancy with the answers that can be given.

    Attributes:
        finding: the discrepancy.
        field: the field that it is in, if its value can be decided.
        values: that the records give for it.
        is_day: the field holds a day.
        kinds: the other kinds of decision on it.
        decided: what was decided on it, in words; None: nothing that stands.
    """

    finding: Finding
    field: str | None
    values: tuple[ValueOption, ...]
    is_day: bool
    kinds: tuple[Kind, ...]
    decided: str | None


@dataclass(frozen=True)
class FormOptions:
    """What can be chosen on an item.

    Attributes:
        asked: the open discrepancies that the item asks about, the gravest first; of an item that asks about none, all.
        beside: those that it does not ask about.
        on_records: kinds of decision on two records.
        records: that can be put together or kept apart: id and words.
        pair: the two records that are chosen at first; None: there is only one.
        is_about_pair: the item asks about two records.
        reasons: that may be given on a difference, and on two records.
        owners: names of those to whom a discrepancy may be referred, but for courts.
    """

    asked: tuple[FindingOptions, ...]
    beside: tuple[FindingOptions, ...]
    on_records: tuple[Kind, ...]
    records: tuple[tuple[str, str], ...]
    pair: tuple[str, str] | None
    is_about_pair: bool
    reasons: Mapping[str, tuple[DecisionReason, ...]]
    owners: tuple[str, ...]


def form_options(item: Values, discrepancies: pl.DataFrame, present: Present, standing: pl.DataFrame) -> FormOptions:
    """What can be chosen on an item.

    Args:
        item: its row in `review_queue`.
        discrepancies: `DISCREPANCIES` of its order.
        present: the night.
        standing: `DECISIONS` in force on its orders.
    """
    rows = {row["discrepancy_id"]: row for row in discrepancies.filter(pl.col("state") != "resolved").to_dicts()}
    options = [
        _options(finding, rows[finding.discrepancy_id], present, standing)
        for finding in describe_findings(list(rows.values()))
    ]
    asked = frozenset(item["discrepancy_ids"] or rows)
    orders = [order for order in (item["order_id"], item["other_order_id"]) if order]
    records = _records_of(orders, present)
    return FormOptions(
        asked=tuple(option for option in options if option.finding.discrepancy_id in asked),
        beside=tuple(option for option in options if option.finding.discrepancy_id not in asked),
        on_records=tuple(KIND[code] for code in ON_RECORDS),
        records=tuple((name, record_title(name)) for name in records.get_column("record_id")),
        pair=_pair_of(item, records),
        is_about_pair=item["left_record_id"] is not None,
        reasons={
            "difference": tuple(reason for reason in DECISION_REASONS if {"value", "discrepancy"} & set(reason.about)),
            "records": tuple(reason for reason in DECISION_REASONS if "pair" in reason.about),
        },
        owners=tuple(owners_of_records()),
    )


def _options(finding: Finding, row: Values, present: Present, standing: pl.DataFrame) -> FindingOptions:
    field = row["field"] if row["field"] in CANONICAL else None
    return FindingOptions(
        finding,
        field,
        _values_of(field, row["order_id"], present) if field else (),
        FIELD_NATURES.get(row["field"]) == "date",
        tuple(KIND[code] for code in ON_DISCREPANCY),
        _decided(row, standing),
    )


def _decided(row: Values, standing: pl.DataFrame) -> str | None:
    """The decision that settles a discrepancy: on it, or on the value of its field."""
    settles = (pl.col("discrepancy_id") == row["discrepancy_id"]) | (
        (pl.col("kind") == "value") & (pl.col("order_id") == row["order_id"]) & (pl.col("field") == row["field"])
    )
    for decision in standing.filter(settles).tail(1).iter_rows(named=True):
        return f"{KIND[decision['kind']].title.capitalize()}, {describe_subject(decision)} ({decision['decided_by']})"
    return None


def _pair_of(item: Values, records: pl.DataFrame) -> tuple[str, str] | None:
    """The two records that are chosen at first: those of the item, or one of each order; never one record twice."""
    if item["left_record_id"]:
        return item["left_record_id"], item["right_record_id"]
    firsts = records.unique("order_id", keep="first", maintain_order=True).get_column("record_id").to_list()
    names = list(dict.fromkeys([*firsts, *records.get_column("record_id")]))
    return (names[0], names[1]) if len(names) > 1 else None


def _records_of(orders: Sequence[str], present: Present) -> pl.DataFrame:
    return present.owners.filter(pl.col("order_id").is_in(orders)).sort("order_id", "record_id")


def _values_of(field: str, order_id: str, present: Present) -> tuple[ValueOption, ...]:
    """The values that the records of an order give for a field: those that most give first."""
    held = present.owners.filter(pl.col("order_id") == order_id).select("record_id")
    given = present.records.join(held, on="record_id").select("record_id", value=pl.col(field).cast(pl.String))
    golden = present.orders.filter(pl.col("order_id") == order_id).get_column(field).cast(pl.String).to_list()
    counted = (
        given.drop_nulls()
        .group_by("value")
        .agg(pl.col("record_id").sort())
        .sort(pl.col("record_id").list.len(), "value", descending=[True, False])
    )
    return tuple(
        ValueOption(value, format_value(field, value) or value, _holders(holders, is_golden=value in golden))
        for value, holders in counted.iter_rows()
    )


def _holders(records: Sequence[str], *, is_golden: bool) -> tuple[str, ...]:
    names = dict.fromkeys(source_name(record.split(":")[0]) for record in records)
    return (*(["the register"] if is_golden else []), *names)
