"""Decisions that are about to be taken, in words.

Belongs here: drafts, what they would change, what changed meanwhile. Does not: decisions taken (`review.item.decided`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft, Sighting
from ledger.decisions.kinds import KIND, REASON
from review.deciding.meanwhile import Meanwhile
from review.desk import Snapshot
from review.item.decided import Changed, Decided, about_words, tell_changed, tell_decided
from review.item.fields import FIELD_TITLES
from review.item.findings import words_of
from review.item.words import STATUS_TITLES, titled

SHOWN_DRAFTS = 10
WHAT = {"merged": "become one", "split": "is split"}
OF = {"order_id": "orders", "subject_id": "people"}


@dataclass(frozen=True)
class Line:
    """A line of what is decided."""

    key: str
    value: str


@dataclass(frozen=True)
class Change:
    """Something that a decision would change in the register, in words."""

    order_id: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class MeanwhileTold:
    """What changed meanwhile, in words: values, decisions on the orders now, or that one is there no more."""

    values: tuple[Changed, ...]
    decided: tuple[Decided, ...]
    withdrawn: bool


def tell_drafts(drafts: Sequence[Draft], *, reason_code: str, comment: str | None) -> list[Line]:
    """Decisions in lines: what, on what, why."""
    kind = KIND[drafts[0].kind]
    about = [about_words(draft.about()) for draft in drafts[:SHOWN_DRAFTS]]
    rest = len(drafts) - len(about)
    lines = [
        Line("Decision", f"{kind.title.capitalize()}."),
        Line("On", "\n".join([*about, *([f"and {rest} more"] if rest else [])])),
        Line("Why", REASON[reason_code].title),
    ]
    return [*lines, *([Line("Comment", comment)] if comment else [])]


def tell_changes(changes: pl.DataFrame) -> list[Change]:
    """Rows of `foresee` in words, those that only close a difference left out."""
    return list(_changes(changes))


def holding_forces(changes: pl.DataFrame, present: Present) -> list[str]:
    """Names of the forces that hold the orders that would change."""
    held = present.orders.join(changes.select("order_id").unique(), on="order_id", how="semi")
    return held.get_column("force_name").drop_nulls().unique().sort().to_list()


def tell_meanwhile(meanwhile: Meanwhile, snapshot: Snapshot, present: Present) -> MeanwhileTold:
    """What changed since a form was drawn, in words."""
    names = dict(present.records.select("handle", "record_id").iter_rows())
    changed = _pair_up(meanwhile.was, meanwhile.now)
    decided = tell_decided(meanwhile.decisions, snapshot.table, as_of=present.as_of)
    return MeanwhileTold(
        values=tuple(
            tell_changed({"of": of, "field": field, "was": was, "now": now}, names)
            for (of, field), (was, now) in changed.items()
        ),
        decided=decided,
        withdrawn=not decided and not changed,
    )


def _pair_up(was: Sequence[Sighting], now: Sequence[Sighting]) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    before = {(sight.of, sight.field): sight.value for sight in was}
    after = {(sight.of, sight.field): sight.value for sight in now}
    return {key: (before.get(key), after.get(key)) for key in sorted({*before, *after})}


def _changes(changes: pl.DataFrame) -> Iterator[Change]:
    for row in changes.iter_rows(named=True):
        field, change = row["field"], row["change"]
        if change in ("closed", "referred"):
            continue
        if change == "changed":
            yield Change(row["order_id"], titled(FIELD_TITLES, field), *(_value(field, row[side]) for side in _SIDES))
        else:
            yield Change(row["order_id"], f"{OF[field]} {WHAT[change]}", row["before"], row["after"])


_SIDES = ("before", "after")


def _value(field: str, text: str | None) -> str:
    if text is None:
        return "none"
    return STATUS_TITLES[text] if field == "legal_status" else words_of(field, text) or text
