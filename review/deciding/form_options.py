"""What a steward may choose on an item: the kinds of decision that fit it, the differences, the values, the records.

Belongs here: what the forms offer. Does not: what was sent (`review.deciding.decision_request`), drawing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.review_pairs import LOOKS_LIKE_ONE_PERSON
from expectations.rules.doubt import NOT_HELD
from expectations.settling import SETTLED_BY
from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft
from ledger.decisions.kinds import CANONICAL, DECISION_REASONS, KIND, DecisionReason, Kind
from ledger.owners import owners_of_records
from review.deciding.settling import IS_IN_FORCE, advice_on, kinds_on, last_decided, settled_by_value
from review.deciding.value_options import ValueOption, all_values, names_to_search, values_of
from review.item.doubts import Doubt, Doubts, sureness
from review.item.fields import FIELD_NATURES
from review.item.findings import Finding, describe_findings, format_value
from review.item.titles import record_title, title_for
from warehouse.tables.titles import FIELD_TITLES

Values = Mapping[str, Any]

ON_VALUE = ("value_unclear",)
ON_RECORDS = ("same_order", "different_order", "same_person", "different_person", "pair_unclear")


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that an item asks, with the answers that can be given.

    Attributes:
        key: names it within the form.
        field: the field that it is about, if its value can be decided.
        title: of that field.
        values: that the field can have: those that records give, or all of a short list.
        names: of all values of a long list, to search.
        is_day: the field holds a day.
        kinds: the other kinds of decision on it.
        decided: what was decided on it, in words; None: nothing that stands.
        is_waiting: an answer to it waits for a second steward.
    """

    key: str
    field: str | None
    title: str
    values: tuple[ValueOption, ...]
    names: tuple[str, ...]
    is_day: bool
    kinds: tuple[Kind, ...]
    decided: str | None
    is_waiting: bool

    @property
    def words_of_kinds(self) -> Mapping[str, str]:
        """What a kind of decision is called here, where it is not called as everywhere."""
        return {}

    @property
    def takes_other(self) -> bool:
        """A value that is not listed can be given."""
        return self.field is not None and not all_values(self.field)


@dataclass(frozen=True, kw_only=True)
class FindingOptions(Question):
    """A discrepancy with the answers that can be given."""

    finding: Finding

    @property
    def advice(self) -> str | None:
        """What to do, of an order of which nobody knows whether it is in force."""
        return advice_on(self.finding.rule_code)

    @property
    def asks_which_order(self) -> bool:
        """What a court says may be of another order of the person."""
        return self.finding.rule_code == NOT_HELD

    @property
    def words_of_kinds(self) -> Mapping[str, str]:
        """What kinds of decision are called: to accept the doubt on such an order is to say that it is in force."""
        return {"accept": IS_IN_FORCE} if self.advice else {}


@dataclass(frozen=True, kw_only=True)
class DoubtedValue(Question):
    """A value that may be wrong, whether or not records dispute it, with the answers that can be given.

    Attributes:
        golden: the value that the register holds, in words.
        sureness: how sure the register is of it, in words.
        doubt: what speaks for and against it.
    """

    golden: str
    sureness: str
    doubt: Doubt | None


@dataclass(frozen=True)
class FormOptions:
    """What can be chosen on an item.

    Attributes:
        asked: the open discrepancies that the item asks about, the gravest first.
        doubted: the values that it asks about although no discrepancy is about them.
        beside: those that it does not ask about.
        on_records: kinds of decision on two records.
        records: that can be put together or kept apart: id and words.
        pair: the two records that are chosen at first; None: there is only one.
        is_about_pair: the item asks about two records.
        reasons: that may be given on a difference, and on two records.
        owners: names of those to whom a discrepancy may be referred, but for courts.
    """

    asked: tuple[FindingOptions, ...]
    doubted: tuple[DoubtedValue, ...]
    beside: tuple[FindingOptions, ...]
    on_records: tuple[Kind, ...]
    records: tuple[tuple[str, str], ...]
    pair: tuple[str, str] | None
    is_about_pair: bool
    reasons: Mapping[str, tuple[DecisionReason, ...]]
    owners: tuple[str, ...]

    @property
    def titles_of_pair(self) -> list[str]:
        """The two records that are chosen at first, in words."""
        titles = dict(self.records)
        return [titles.get(name, name) for name in self.pair or ()]


def orders_as_item(orders: Sequence[str], discrepancies: pl.DataFrame) -> dict[str, Any]:
    """An order, or two that are compared, in the form of an item: all that is open on the first can be answered."""
    open_ones = discrepancies.filter(pl.col("order_id") == orders[0], pl.col("state") != "resolved")
    is_asked = len(orders) == 1
    return {
        "item_id": "",
        "kind": "",
        "order_id": orders[0],
        "other_order_id": None if is_asked else orders[1],
        "discrepancy_ids": open_ones.get_column("discrepancy_id").to_list() if is_asked else [],
        "decision_ids": [],
        "excluding_ids": [],
        "fields": [],
        "left_record_id": None,
        "right_record_id": None,
    }


@dataclass(frozen=True, eq=False)
class FormEvidence:
    """What the choices on an item are made of.

    Attributes:
        discrepancies: `DISCREPANCIES` of its order.
        provenance: `FIELD_PROVENANCE` of its order.
        doubts: why golden values may be wrong.
        present: the night.
        standing: `DECISIONS` in force on its orders.
        proposed: decisions on them that wait for a second steward.
    """

    discrepancies: pl.DataFrame
    provenance: pl.DataFrame
    doubts: Doubts
    present: Present
    standing: pl.DataFrame
    proposed: Sequence[Draft]


def form_options(item: Values, evidence: FormEvidence) -> FormOptions:
    """What can be chosen on an item: on its row in `review_queue`, or on an order in the form of one."""
    open_ones = evidence.discrepancies.filter(pl.col("state") != "resolved")
    rows = {row["discrepancy_id"]: row for row in open_ones.to_dicts()}
    options = [
        _options(finding, rows[finding.discrepancy_id], evidence) for finding in describe_findings(list(rows.values()))
    ]
    asked, present = frozenset(item["discrepancy_ids"]), evidence.present
    orders = [order for order in (item["order_id"], item["other_order_id"]) if order]
    records = present.owners.filter(pl.col("order_id").is_in(orders)).sort("order_id", "record_id")
    return FormOptions(
        asked=tuple(option for option in options if option.finding.discrepancy_id in asked),
        doubted=_doubted(item, [rows[name] for name in sorted(asked & rows.keys())], evidence),
        beside=tuple(option for option in options if option.finding.discrepancy_id not in asked),
        on_records=tuple(KIND[code] for code in ON_RECORDS if code != "different_order" or not _asks_of_person(item)),
        records=tuple((name, record_title(name)) for name in records.get_column("record_id")),
        pair=_pair_of(item, records),
        is_about_pair=item["left_record_id"] is not None or (not item["item_id"] and len(orders) > 1),
        reasons={
            "difference": tuple(reason for reason in DECISION_REASONS if {"value", "discrepancy"} & set(reason.about)),
            "records": tuple(reason for reason in DECISION_REASONS if "pair" in reason.about),
        },
        owners=tuple(owners_of_records()),
    )


def _options(finding: Finding, row: Values, evidence: FormEvidence) -> FindingOptions:
    settles = pl.col("discrepancy_id") == row["discrepancy_id"]
    kinds = kinds_on(row["rule_code"])
    return FindingOptions(finding=finding, key=finding.discrepancy_id, **_question(row, evidence, settles, kinds=kinds))


def _doubted(item: Values, asked: Sequence[Values], evidence: FormEvidence) -> tuple[DoubtedValue, ...]:
    """The values at issue that no discrepancy of the item is about; and those that settle what a rule found."""
    at_issue = item["fields"] if item["other_order_id"] is None else ()
    settling = [field for row in asked for field in SETTLED_BY.get(row["rule_code"], ())]
    covered = {row["field"] for row in asked}
    fields = [field for field in dict.fromkeys((*at_issue, *settling)) if field in CANONICAL and field not in covered]
    golden = {row["field"]: row for row in evidence.provenance.to_dicts()}
    return tuple(
        DoubtedValue(
            key=f"field-{field}",
            golden=format_value(field, golden.get(field, {}).get("value")) or "none",
            sureness=sureness(golden.get(field, {}).get("confidence")),
            doubt=evidence.doubts.get((item["order_id"], field)),
            **_question({"order_id": item["order_id"], "field": field}, evidence, pl.lit(value=False), kinds=ON_VALUE),
        )
        for field in fields
    )


def _question(row: Values, evidence: FormEvidence, settles: pl.Expr, *, kinds: Sequence[str]) -> dict[str, Any]:
    """The parts of `Question`, except its key; a decision settles it, or one on a value that answers it."""
    field = row["field"] if row["field"] in CANONICAL else None
    settles = settles | settled_by_value(row, evidence.present.as_of)
    drafts = [draft.about() for draft in evidence.proposed]
    proposed = pl.DataFrame(drafts, schema=evidence.standing.schema, orient="row")
    return {
        "field": field,
        "title": title_for(FIELD_TITLES, row["field"]),
        "values": values_of(field, row["order_id"], evidence.present) if field else (),
        "names": names_to_search(field) if field else (),
        "is_day": FIELD_NATURES.get(row["field"]) == "date",
        "kinds": tuple(KIND[code] for code in kinds),
        "decided": last_decided(evidence.standing, settles),
        "is_waiting": not proposed.filter(settles).is_empty(),
    }


def _asks_of_person(item: Values) -> bool:
    """The item asks whether two are one person: that their orders differ does not answer that."""
    return str(item.get("reason") or "").startswith(LOOKS_LIKE_ONE_PERSON)


def _pair_of(item: Values, records: pl.DataFrame) -> tuple[str, str] | None:
    """The two records that are chosen at first: those of the item, or one of each order; never one record twice."""
    if item["left_record_id"]:
        return item["left_record_id"], item["right_record_id"]
    firsts = records.unique("order_id", keep="first", maintain_order=True).get_column("record_id").to_list()
    names = list(dict.fromkeys([*firsts, *records.get_column("record_id")]))
    return (names[0], names[1]) if len(names) > 1 else None
