"""Taking decisions: each is judged against those that stand before it is appended.

Belongs here: when a decision is refused, when it is already there, what it replaces. Does not: keeping it
(`ledger.decisions.ledger`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from ledger.decisions.contradictions import find_contradictions
from ledger.decisions.decision import Draft, Signature, sign
from ledger.decisions.errors import ContradictionError, DecisionError
from ledger.decisions.in_force import fold
from ledger.decisions.kinds import KIND
from warehouse.tables.ledger import DECISIONS

TICK = timedelta(microseconds=1)
"""Between two decisions of one call: the ledger has an order."""

VERDICT = ("kind", "value", "accepted_until", "referred_to")

WEIGHED_COLUMNS = (
    *("decision_id", "kind", "target", "left_handle", "right_handle", "order_id", "field", "value", "accepted_until"),
    *("referred_to", "replaces", "decided_by", "decided_at", "fingerprint"),
)
"""The columns that decisions are judged by; without what was seen they are quickly read."""


@dataclass(frozen=True)
class Taken:
    """What became of a decision.

    Attributes:
        decision_id: its id; of the one in force that says the same of the same evidence, if there was one.
        is_new: it was appended now.
        replaced: the decision it took back or took the place of.
    """

    decision_id: str
    is_new: bool
    replaced: str | None = None


class Bench:
    """Takes decisions one after the other."""

    def __init__(self, known: pl.DataFrame, *, at: datetime) -> None:
        """Begin with all decisions of the ledger (`WEIGHED_COLUMNS`); the first one taken is dated `at`."""
        self.appended: list[dict[str, Any]] = []
        self._known = known.select(*WEIGHED_COLUMNS)
        self._at = at
        self._fold()

    def take(self, draft: Draft, signature: Signature) -> Taken:
        """Judge a decision and take it.

        Raises:
            DecisionError: it can't be taken: an unfitting reason, nothing to take back or replace.
            ContradictionError: it contradicts decisions in force.
        """
        if draft.kind == "undo":
            return self._take_back(draft, signature)
        if self._is_outdated:
            self._fold()
        rows = [self._standing[name] for name in self._of_target.get(draft.target, ()) if name in self._standing]
        former = max(rows, key=lambda row: (row["decided_at"], row["decision_id"]), default=None)
        if former is not None and _says_the_same(former, draft):
            if former["fingerprint"] == draft.fingerprint:
                return Taken(former["decision_id"], is_new=False)
            draft = draft if draft.replaces else draft.replacing(former["decision_id"])
        if draft.replaces is not None and draft.replaces not in self._standing:
            raise DecisionError(f"decision {draft.replaces}, which was to be replaced, is not in force: look again")
        if former is not None and former["decision_id"] != draft.replaces:
            raise ContradictionError(
                f"{former['decision_id']} by {former['decided_by']} of {former['decided_at']:%Y-%m-%d} says otherwise "
                f"({KIND[former['kind']].title}): replace it by name, or leave it",
                [former["decision_id"]],
            )
        if KIND[draft.kind].about == "pair":
            self._require_no_contradiction(draft, signature)
        return self._append(draft, signature)

    def _fold(self) -> None:
        """Work out again what stands."""
        folded = fold(pl.concat([self._known, _frame(self.appended)]))
        self._ended = {
            decision_id: (ended_by, ended_as)
            for decision_id, ended_by, ended_as in folded.select("decision_id", "ended_by", "ended_as").iter_rows()
        }
        standing = folded.filter(pl.col("ended_by").is_null() & (pl.col("kind") != "undo")).select(*WEIGHED_COLUMNS)
        self._standing = {row["decision_id"]: row for row in standing.iter_rows(named=True)}
        self._of_target: dict[str, set[str]] = {}
        for decision_id, row in self._standing.items():
            self._of_target.setdefault(row["target"], set()).add(decision_id)
        self._is_outdated = False

    def _append(self, draft: Draft, signature: Signature) -> Taken:
        row = sign(draft, signature, at=self._at)
        self._at += TICK
        self.appended.append(row)
        self._ended[row["decision_id"]] = (None, None)
        if draft.replaces is not None:
            self._ended[draft.replaces] = (row["decision_id"], "undone" if draft.kind == "undo" else "superseded")
        if draft.kind == "undo":
            self._is_outdated = True  # what it takes back may have replaced another, which stands again
            return Taken(row["decision_id"], is_new=True, replaced=draft.replaces)
        if draft.replaces is not None:
            self._standing.pop(draft.replaces)
        self._standing[row["decision_id"]] = row
        self._of_target.setdefault(row["target"], set()).add(row["decision_id"])
        return Taken(row["decision_id"], is_new=True, replaced=draft.replaces)

    def _take_back(self, draft: Draft, signature: Signature) -> Taken:
        if draft.replaces not in self._ended:
            raise DecisionError(f"there is no decision {draft.replaces} to take back")
        ended_by, ended_as = self._ended[draft.replaces]
        if ended_by is None:
            return self._append(draft, signature)
        if ended_as == "undone":
            return Taken(ended_by, is_new=False, replaced=draft.replaces)
        raise DecisionError(f"decision {draft.replaces} is no longer in force: it was {ended_as} by {ended_by}")

    def _require_no_contradiction(self, draft: Draft, signature: Signature) -> None:
        pairs = [row for row in self._standing.values() if row["right_handle"] and row["decision_id"] != draft.replaces]
        known = {row["decision_id"] for row in find_contradictions(_frame(pairs)).iter_rows(named=True)}
        row = sign(draft, signature, at=self._at)
        found = find_contradictions(_frame([*pairs, row])).filter(~pl.col("decision_id").is_in(sorted(known)))
        for contradiction in found.iter_rows(named=True):
            others = sorted({contradiction["decision_id"], *contradiction["against"]} - {row["decision_id"]})
            raise ContradictionError(
                f"it can't hold together with {', '.join(others)}: take one of them back first", others
            )


def in_reference_order(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows, each after the one that it replaces."""
    waiting = {row["decision_id"]: row for row in rows.iter_rows(named=True)}
    ordered: list[dict[str, Any]] = []
    for decision_id in list(waiting):
        chain, at = [], decision_id
        while at in waiting:
            chain.append(waiting.pop(at))
            at = chain[-1]["replaces"]
        ordered.extend(reversed(chain))
    return ordered


def _says_the_same(former: Mapping[str, Any], draft: Draft) -> bool:
    about = draft.about()
    return all(former[name] == about[name] for name in VERDICT)


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: DECISIONS.schema[name] for name in WEIGHED_COLUMNS})
