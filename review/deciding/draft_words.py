"""Decisions that are about to be taken, in words.

Belongs here: drafts, what they would change, what has changed since. Does not: decisions that were taken
(`review.item.past_decisions`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft
from ledger.decisions.kinds import DECISION_REASON, KIND
from ledger.decisions.preview import CLOSING, IN_DOUBT, IN_FORCE, NOT_IN_FORCE, NOT_YET
from reconciliation.law import counts_as_in_force
from review.access.visible_release import VisibleRelease
from review.deciding.changed_since import ChangedSince
from review.desk import WholeRelease, decidable_night
from review.item.findings import format_value
from review.item.merged_order import MergedValue, foresee_merged
from review.item.past_decisions import (
    ChangedValue,
    PastDecision,
    describe_changed_value,
    describe_past_decisions,
    describe_subject,
)
from review.item.titles import STATUS_TITLES, title_for
from warehouse.tables.titles import FIELD_TITLES

SHOWN_DRAFTS = 10
SHOWN_CHANGES = 30
MOVES = {
    ("order_id", "merged"): "Orders become one",
    ("order_id", "split"): "Order is split",
    ("subject_id", "merged"): "People become one",
    ("subject_id", "split"): "Person is split",
}
"""What happens to orders and people, by field and change of `foresee`."""


@dataclass(frozen=True)
class SummaryLine:
    """A line of what is decided."""

    key: str
    value: str


@dataclass(frozen=True)
class RegisterChange:
    """Something that a decision would change in the register, in words."""

    order_id: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangedSinceWords:
    """What changed meanwhile, in words: values, decisions on the orders now, or that one is there no more."""

    values: tuple[ChangedValue, ...]
    decided: tuple[PastDecision, ...]
    withdrawn: bool


def describe_drafts(
    drafts: Sequence[Draft], decisions: pl.DataFrame, *, reason_code: str, comment: str | None
) -> list[SummaryLine]:
    """Decisions in lines: what, on what, why."""
    lines = [
        line
        for kind in dict.fromkeys(draft.kind for draft in drafts)
        for line in _lines_of_kind(kind, [draft for draft in drafts if draft.kind == kind], decisions)
    ]
    lines.append(SummaryLine("Why", DECISION_REASON[reason_code].title))
    return [*lines, *([SummaryLine("Comment", comment)] if comment else [])]


def _lines_of_kind(kind: str, drafts: Sequence[Draft], decisions: pl.DataFrame) -> list[SummaryLine]:
    about = _subjects(drafts[:SHOWN_DRAFTS], decisions)
    rest = len(drafts) - len(about)
    return [
        SummaryLine("Decision", f"{KIND[kind].title.capitalize()}."),
        SummaryLine("On", "\n".join([*about, *([f"and {rest} more"] if rest else [])])),
    ]


def _subjects(drafts: Sequence[Draft], decisions: pl.DataFrame) -> list[str]:
    """What decisions are on; of those that take another back, that other one."""
    former = decisions.filter(pl.col("decision_id").is_in([draft.replaces for draft in drafts if draft.replaces]))
    rows = {row["decision_id"]: row for row in former.iter_rows(named=True)}
    taken_back = [rows.get(draft.replaces or "") if draft.kind == "undo" else None for draft in drafts]
    return [
        f"{KIND[row['kind']].title.capitalize()}. {describe_subject(row)}" if row else describe_subject(draft.about())
        for draft, row in zip(drafts, taken_back, strict=True)
    ]


def describe_changes(changes: pl.DataFrame) -> list[RegisterChange]:
    """Rows of `foresee` in words, those that only close a difference left out; of named wordings the first few."""
    is_named = changes.get_column("field") == "conditions"
    return list(_changes(pl.concat([changes.filter(~is_named), changes.filter(is_named).head(SHOWN_CHANGES)])))


def describe_named(drafts: Sequence[Draft], changes: pl.DataFrame, present: Present) -> str | None:
    """How many orders would have a condition by the name of a wording; None if no wording is named."""
    if not any(KIND[draft.kind].about == "wording" for draft in drafts):
        return None
    gaining = changes.filter(field="conditions").get_column("order_id").unique()
    orders = present.orders.filter(pl.col("order_id").is_in(gaining.implode()))
    live = orders.filter(counts_as_in_force()).height
    if not orders.height:
        return "By the wordings of this release no order would have a condition that it does not have already."
    shown = f" The first {SHOWN_CHANGES} are listed." if changes.height > SHOWN_CHANGES else ""
    plural = "order" if orders.height == 1 else "orders"
    return (
        f"By the wordings of this release {orders.height} {plural} would have this condition as well as the others, "
        f"{live} of them in force, or possibly in force.{shown}"
    )


@dataclass(frozen=True)
class MergedOrder:
    """Orders that would become one, and the values in which they differ or would change."""

    orders: tuple[str, ...]
    values: tuple[MergedValue, ...]


def describe_merged(changes: pl.DataFrame, whole: WholeRelease) -> list[MergedOrder]:
    """What each order would hold that two or more would become: of the rows of `foresee`."""
    merged = changes.filter(field="order_id", change="merged").unique("before", maintain_order=True)
    named = [tuple(before.split(", ")) for before in merged.get_column("before")]
    as_of = whole.release.as_of
    return [MergedOrder(orders, foresee_merged(orders, whole.table, as_of=as_of)) for orders in named]


def holding_forces(changes: pl.DataFrame, present: Present) -> list[str]:
    """Names of the forces that hold the orders that would change, of orders that become one those of each."""
    merged = changes.filter(field="order_id", change="merged").select(pl.col("before").str.split(", ").explode())
    named = pl.concat([changes.get_column("order_id"), merged.to_series()]).unique()
    held = present.orders.filter(pl.col("order_id").is_in(named.implode()))
    return held.get_column("force_name").drop_nulls().unique().sort().to_list()


@dataclass(frozen=True)
class Consequences:
    """What decisions would change, in words, as far as the viewer sees it.

    Attributes:
        elsewhere: other orders would change too: a fact of the person is one of all their orders.
        named: of `describe_named`.
        forces: of `holding_forces`.
    """

    changes: list[RegisterChange]
    elsewhere: bool
    merged: list[MergedOrder]
    named: str | None
    forces: list[str]


def describe_consequences(
    drafts: Sequence[Draft], changes: pl.DataFrame, visible: VisibleRelease, whole: WholeRelease
) -> Consequences:
    """What decisions would change: of the rows of `foresee`."""
    present, seen = decidable_night(whole), visible.only(changes)
    return Consequences(
        changes=describe_changes(seen),
        elsewhere=seen.height < changes.height,
        merged=describe_merged(seen, whole),
        named=describe_named(drafts, seen, present),
        forces=holding_forces(seen, present),
    )


def describe_changed_since(changed: ChangedSince, whole: WholeRelease) -> ChangedSinceWords:
    """What changed since a form was drawn, in words."""
    present = decidable_night(whole)
    names = dict(present.records.select("handle", "record_id").iter_rows())
    before = {(sight.of, sight.field): sight.value for sight in changed.was}
    after = {(sight.of, sight.field): sight.value for sight in changed.now}
    values = {key: (before.get(key), after.get(key)) for key in sorted({*before, *after})}
    decided = describe_past_decisions(changed.decisions, whole.table, as_of=present.as_of)
    return ChangedSinceWords(
        values=tuple(
            describe_changed_value({"of": of, "field": field, "was": was, "now": now}, names)
            for (of, field), (was, now) in values.items()
        ),
        decided=decided,
        withdrawn=not decided and not values,
    )


def _changes(changes: pl.DataFrame) -> Iterator[RegisterChange]:
    for row in changes.iter_rows(named=True):
        field, change = row["field"], row["change"]
        if change in CLOSING:
            continue
        if change == "changed":
            title = title_for(FIELD_TITLES | {"in_force": "Whether it is in force"}, field)
            yield RegisterChange(row["order_id"], title, *(_value(field, row[side]) for side in _SIDES))
        else:
            yield RegisterChange(row["order_id"], MOVES[field, change], row["before"], row["after"])


_SIDES = ("before", "after")
WORDS_IN_FORCE = {
    IN_FORCE: "In force",
    IN_DOUBT: "In doubt: it counts as in force",
    NOT_YET: "Not yet in force",
    NOT_IN_FORCE: "Not in force: it binds nobody",
}


def _value(field: str, text: str | None) -> str:
    if field == "in_force" and text:
        return WORDS_IN_FORCE[text]
    if text is None:
        return "not among them" if field == "conditions" else "none"
    return STATUS_TITLES[text] if field == "legal_status" else format_value(field, text) or text
