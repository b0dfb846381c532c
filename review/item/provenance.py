"""Where each golden value came from: who won, who lost, by which rule or decision, from which file and row.

Belongs here: rows of `field_provenance` as a page shows them. Does not: choosing (`reconciliation.golden`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.item.doubts import sureness
from review.item.fields import FIELD_ROWS
from review.item.findings import format_value
from review.item.titles import CHOICE_REASONS, record_title, title_for
from warehouse.tables.core import record_id_of
from warehouse.tables.titles import FIELD_TITLES

Values = Mapping[str, Any]
PLACES = {row.name: place for place, row in enumerate(FIELD_ROWS)}


@dataclass(frozen=True)
class DifferingRecord:
    """A record that gives another value."""

    record: str
    value: str


@dataclass(frozen=True)
class ValueOrigin:
    """A golden value and where it came from.

    Attributes:
        winner: the record that it came from; None if it was worked out or decided.
    """

    field: str
    value: str | None
    winner: str | None
    file_name: str | None
    row_number: int | None
    reason: str
    sureness: str
    decision_id: str | None
    agreeing: tuple[str, ...]
    losing: tuple[DifferingRecord, ...]


def describe_origins(provenance: Sequence[Values]) -> tuple[ValueOrigin, ...]:
    """Golden values in the order of the comparison."""
    ranked = sorted(provenance, key=lambda row: (PLACES.get(row["field"], len(PLACES)), row["field"]))
    return tuple(map(_choice, ranked))


def _choice(row: Values) -> ValueOrigin:
    return ValueOrigin(
        field=title_for(FIELD_TITLES, row["field"]),
        value=format_value(row["field"], row["value"]),
        winner=record_title(record_id_of(row)) if row["source"] else None,
        file_name=row["file_name"],
        row_number=row["row_number"],
        reason=title_for(CHOICE_REASONS, row["rule"]),
        sureness=sureness(row.get("confidence")),
        decision_id=row["decision_id"],
        agreeing=tuple(map(record_title, row["agreeing"])),
        losing=tuple(_loser(row["field"], text) for text in row["losing"]),
    )


def _loser(field: str, text: str) -> DifferingRecord:
    """A record and its value from `source:key=value`; keys hold no `=`."""
    record_id, _, value = text.partition("=")
    return DifferingRecord(record_title(record_id), format_value(field, value) or "nothing")
