"""The conditions of one or two orders, compared as sets.

Belongs here: which source holds which condition. Does not: coding them (`assets.parsing.conditions`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from review.item.titles import CONDITION_KINDS, format_day, source_name, title_for
from warehouse.codes import condition_label, is_new_condition_code
from warehouse.sources import SOURCE_NAMES

Values = Mapping[str, Any]


@dataclass(frozen=True)
class ConditionHolder:
    """A column of the table: the register or a source, of one order."""

    order_id: str
    source: str | None

    @property
    def title(self) -> str:
        """What the column is called."""
        return source_name(self.source) if self.source else "Register"


@dataclass(frozen=True)
class ConditionRow:
    """A condition and who holds it.

    Attributes:
        code: None: it fits nothing in the catalogue.
        text: the longest wording that a source gives.
        note: that it is in doubt, or has lapsed; None: neither.
        holds: one a column.
        is_disputed: not all that list conditions hold it.
    """

    code: str | None
    label: str
    kind: str
    text: str | None
    note: str | None
    holds: tuple[bool, ...]
    is_disputed: bool


@dataclass(frozen=True)
class ConditionTable:
    """All conditions, a row each."""

    holders: tuple[ConditionHolder, ...]
    rows: tuple[ConditionRow, ...]


def compare_conditions(
    orders: Sequence[Values], conditions: Sequence[Values], uncoded: Sequence[Values] = ()
) -> ConditionTable:
    """The conditions of orders as a set: who holds which.

    Args:
        orders: rows of `orders`; their sources are the columns, and those that gave a condition.
        conditions: rows of `conditions` of these orders.
        uncoded: rows of `uncoded_conditions` of these orders; each is a row of its own, after the others.
    """
    holders = tuple(holder for order in orders for holder in _holders(order, conditions))
    held: dict[str, dict[ConditionHolder, bool]] = {}
    worded: dict[str, Values] = {}
    for row in sorted(conditions, key=lambda row: (row["condition_code"], -len(row["text"] or ""), row["order_id"])):
        places = held.setdefault(row["condition_code"], {})
        places[ConditionHolder(row["order_id"], None)] = row["is_golden"]
        places |= {ConditionHolder(row["order_id"], source): True for source in row["sources"]}
        worded.setdefault(row["condition_code"], row)
    coded = (_row(worded[code], holders, held[code]) for code in sorted(worded))
    return ConditionTable(holders, (*coded, *(_uncoded_row(row, holders) for row in uncoded)))


def describe_condition(code: str) -> str:
    """What a condition is, with its code."""
    label = condition_label(code)
    return label if is_new_condition_code(code) or label == code else f"{label} ({code})"


def _holders(order: Values, conditions: Sequence[Values]) -> list[ConditionHolder]:
    given = (row["sources"] for row in conditions if row["order_id"] == order["order_id"])
    sources = sorted({*order["sources"], *chain.from_iterable(given)}, key=SOURCE_NAMES.index)
    return [ConditionHolder(order["order_id"], source) for source in (None, *sources)]


def _row(row: Values, holders: tuple[ConditionHolder, ...], held: Mapping[ConditionHolder, bool]) -> ConditionRow:
    holds = tuple(held.get(holder, False) for holder in holders)
    return ConditionRow(
        code=row["condition_code"],
        label=row["label"],
        kind=title_for(CONDITION_KINDS, row["kind"]),
        text=row["text"],
        note=_note(row),
        holds=holds,
        is_disputed=not all(holds),
    )


def _uncoded_row(row: Values, holders: tuple[ConditionHolder, ...]) -> ConditionRow:
    return ConditionRow(
        code=None,
        label="Not in the catalogue",
        kind="It may be a prohibition",
        text=row["text"],
        note="Its words fit no condition that is known: it counts as in force. A steward can say which it is.",
        holds=tuple(holder.order_id == row["order_id"] and holder.source in row["sources"] for holder in holders),
        is_disputed=False,
    )


def _note(row: Values) -> str | None:
    if row["is_lapsed"]:
        return f"Lapsed: its last day was {format_day(row['end_on'])}, unless it was extended."
    if row["is_doubtful"]:
        return "In too few sources to be believed: it counts as in force until the court confirms it or does not."
    return None
