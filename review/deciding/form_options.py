"""What a steward may choose on an item: the kinds of decision that fit it, the differences, the values, the records.

Belongs here: what the forms offer. Does not: what was sent (`review.deciding.decision_request`), drawing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.kinds import CANONICAL, DECISION_REASONS, KIND, DecisionReason, Kind
from review.item.findings import Finding, describe_findings, format_value
from review.item.titles import record_title, title_for
from warehouse.tables.titles import FIELD_TITLES

Values = Mapping[str, Any]

ON_DIFFERENCE = ("value", "both_right", "accept", "refer")
ON_RECORDS = ("same_order", "different_order", "same_person", "different_person")


@dataclass(frozen=True)
class ValueOption:
    """A value that some records give for a field.

    Attributes:
        value: as it is sent.
        words: as it is shown.
        held_by: the records that give it, in words.
    """

    value: str
    words: str
    held_by: tuple[str, ...]


@dataclass(frozen=True)
class FormOptions:
    """What can be chosen on an item.

    Attributes:
        findings: the differences that are open: first those that the item asks about, the gravest first.
        about: the one that the form is about; None if the item has none.
        field: the field that it is in, if its value can be decided.
        field_title: in words.
        values: that the records give for it.
        on_difference: kinds of decision on it.
        on_records: kinds of decision on two records.
        records: that can be told together or apart: id and words.
        pair: the two records that are chosen at first; None: there is only one.
        is_about_pair: the item asks about two records.
        reasons: that may be given on a difference, and on two records.
    """

    findings: tuple[Finding, ...]
    about: Finding | None
    field: str | None
    field_title: str
    values: tuple[ValueOption, ...]
    on_difference: tuple[Kind, ...]
    on_records: tuple[Kind, ...]
    records: tuple[tuple[str, str], ...]
    pair: tuple[str, str] | None
    is_about_pair: bool
    reasons: Mapping[str, tuple[DecisionReason, ...]]


def form_options(
    item: Values, discrepancies: pl.DataFrame, present: Present, *, about: str | None = None
) -> FormOptions:
    """What can be chosen on an item.

    Args:
        item: its row in `review_queue`.
        discrepancies: `DISCREPANCIES` of its order.
        present: the night.
        about: id of the difference to decide on; defaults to the gravest of those that the item asks about.
    """
    open_rows = discrepancies.filter(pl.col("state") != "resolved").to_dicts()
    asked = frozenset(item["discrepancy_ids"] or ())
    findings = sorted(describe_findings(open_rows), key=lambda finding: finding.discrepancy_id not in asked)
    chosen = next((finding for finding in findings if finding.discrepancy_id == about), next(iter(findings), None))
    row = next((row for row in open_rows if chosen and row["discrepancy_id"] == chosen.discrepancy_id), None)
    field = row["field"] if row and row["field"] in CANONICAL else None
    orders = [order for order in (item["order_id"], item["other_order_id"]) if order]
    records = _records_of(orders, present)
    kinds = [code for code in ON_DIFFERENCE if chosen and (code != "value" or field)]
    return FormOptions(
        findings=tuple(findings),
        about=chosen,
        field=field,
        field_title=title_for(FIELD_TITLES, field) if field else "",
        values=_values_of(field, item["order_id"], present) if field else (),
        on_difference=tuple(KIND[code] for code in kinds),
        on_records=tuple(KIND[code] for code in ON_RECORDS),
        records=tuple((name, record_title(name)) for name in records.get_column("record_id")),
        pair=_pair_of(item, records),
        is_about_pair=item["left_record_id"] is not None,
        reasons={
            "difference": tuple(reason for reason in DECISION_REASONS if {"value", "discrepancy"} & set(reason.about)),
            "records": tuple(reason for reason in DECISION_REASONS if "pair" in reason.about),
        },
    )


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
    counted = (
        given.drop_nulls()
        .group_by("value")
        .agg(pl.col("record_id").sort())
        .sort(pl.col("record_id").list.len(), "value", descending=[True, False])
    )
    return tuple(
        ValueOption(value, format_value(field, value) or value, tuple(map(record_title, holders)))
        for value, holders in counted.iter_rows()
    )
