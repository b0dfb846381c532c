"""The comparison: records of one or two orders as columns, fields as rows, each value beside the register's.

Belongs here: whether two values are the same fact, and what is said of each. Does not: marks within a value
(`review.item.value_marks`), weights (`review.item.waterfall`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from datetime import date
from typing import Any, Final, Literal

from review.item.doubts import Doubt, sureness
from review.item.fields import FIELD_ROWS, FieldRow
from review.item.titles import CHOICE_REASONS, format_day, record_title, source_name, title_for, title_of
from review.item.value_marks import MARK_OF_NATURE, Pieces, fold_name, mark_whole
from warehouse.tables.core import record_id_of

State = Literal["reference", "same", "other_form", "differs", "silent", "alone"]
Values = Mapping[str, Any]

AS_RECORDED: Final = {"not_started": "live", "determined": "superseded"}
"""No source distinguishes an order that has not started from a live one, nor an interim order that the decision of its
application ended from one that a later order ended."""

CHECKED: Final = {"pnc_id": "is_pnc_id_valid", "cro_number": "is_cro_valid"}


@dataclass(frozen=True)
class ComparisonColumn:
    """A column of the comparison: the register's view of an order, or a record of it.

    Attributes:
        title: `Register`, or the source.
        record_id: the record; none for the register.
        notes: what else is to be known of it: a second record in its source, amended.
    """

    order_id: str
    title: str
    record_id: str | None = None
    key: str | None = None
    file_name: str | None = None
    row_number: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it is called beside a value that stands alone."""
        if not self.record_id:
            return self.title
        return f"{self.title} {self.key if self.has_own_key else f'row {self.row_number}'}"

    @property
    def has_own_key(self) -> bool:
        """Its key says more than file and row do."""
        return not str(self.key).startswith(f"{self.file_name}#")


@dataclass(frozen=True)
class ComparisonCell:
    """A value.

    Attributes:
        text: the value in words; none where it is silent.
        state: how it stands to the golden value of the first order.
        pieces: the value with marks, where it differs.
        golden: the value that it differs from, with marks.
        notes: what else is to be known of it.
        has_won: the register took it from here.
        sureness: of a value of the register: how sure it is, in words.
        doubt: of a value of the register that may be wrong: what speaks for and against it.
    """

    text: str | None
    state: State
    pieces: Pieces = ()
    golden: Pieces = ()
    notes: tuple[str, ...] = ()
    has_won: bool = False
    sureness: str = ""
    doubt: Doubt | None = None


@dataclass(frozen=True)
class ComparisonRow:
    """A field and its values, a cell a column.

    Attributes:
        is_asked: a discrepancy, a doubt or a decision that waits is about it, whether or not a record differs.
    """

    field: FieldRow
    cells: tuple[ComparisonCell, ...]
    is_asked: bool = False

    @property
    def is_disputed(self) -> bool:
        """Some value differs from the register's."""
        return any(cell.state == "differs" for cell in self.cells)

    @property
    def comes_first(self) -> bool:
        """It is what there is to judge: a value that one source does not give may be the one that is asked about."""
        return self.is_asked or self.is_disputed


@dataclass(frozen=True)
class ComparisonSide:
    """An order and its records, as the comparison takes them.

    Attributes:
        order: its row in `orders`.
        records: its rows in `source_records` with those of `order_sources`.
        provenance: its rows in `field_provenance`, by field.
        disputed: `(record_id, field)` of what the rules found wrong.
        doubts: why a golden value may be wrong, by field.
        asked: fields that discrepancies, or decisions that wait, are about.
    """

    order: Values
    records: Sequence[Values]
    provenance: Mapping[str, Values]
    disputed: Collection[tuple[str, str]] = frozenset()
    doubts: Mapping[str, Doubt] = made_by(default_factory=dict)
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OrderComparison:
    """The whole table."""

    columns: tuple[ComparisonColumn, ...]
    rows: tuple[ComparisonRow, ...]

    @property
    def orders(self) -> tuple[tuple[str, int], ...]:
        """The orders compared, each with the number of its columns."""
        ids = [column.order_id for column in self.columns]
        return tuple((order_id, ids.count(order_id)) for order_id in dict.fromkeys(ids))

    def asking(self, fields: Collection[str]) -> "OrderComparison":
        """The same, with these fields asked about too."""
        rows = (
            replace(row, is_asked=True) if {row.field.name, row.field.golden} & {*fields} else row for row in self.rows
        )
        return replace(self, rows=tuple(rows))


def compare(sides: Sequence[ComparisonSide]) -> OrderComparison:
    """Put the records of one order, or of two, side by side; all values are held against the first order's."""
    columns = tuple(column for side in sides for column in _columns(side))
    asked = {name for side in sides for name in (*side.asked, *side.doubts)}
    rows = (ComparisonRow(field, tuple(_cells(field, sides))) for field in FIELD_ROWS)
    return OrderComparison(columns, tuple(row for row in rows if any(cell.text for cell in row.cells))).asking(asked)


def text_of(field: FieldRow, value: Any) -> str | None:
    """A value of a field in words; None where there is none."""
    if value is None:
        return None
    if field.nature == "date":
        return format_day(value)
    if field.nature == "flag":
        return "Yes" if value else "No"
    return title_of(field.name, str(value)) if field.nature == "code" else str(value)


def _columns(side: ComparisonSide) -> list[ComparisonColumn]:
    order_id = side.order["order_id"]
    return [ComparisonColumn(order_id, "Register"), *(_column(order_id, record) for record in side.records)]


def _column(order_id: str, record: Values) -> ComparisonColumn:
    notes = {
        "second record of the order in this source": record.get("is_duplicate"),
        "amended by a later result": record.get("is_amended"),
        "its source no longer holds it": record.get("is_dropped"),
    }
    return ComparisonColumn(
        order_id,
        source_name(record["source"]),
        record["record_id"],
        record["source_key"],
        record["file_name"],
        record["row_number"],
        tuple(words for words, holds in notes.items() if holds),
    )


def _cells(field: FieldRow, sides: Sequence[ComparisonSide]) -> list[ComparisonCell]:
    reference = _golden(field, sides[0].order)
    cells: list[ComparisonCell] = []
    for place, side in enumerate(sides):
        notes = _reasons(field, side)
        if place == 0:
            cell = ComparisonCell(text_of(field, reference), "reference", notes=notes)
        else:
            cell = _cell(field, _golden(field, side.order), reference, notes=notes)
        confidence = side.provenance.get(field.golden or "", {}).get("confidence")
        cells.append(replace(cell, sureness=sureness(confidence), doubt=side.doubts.get(field.name)))
        cells.extend(_record_cell(field, record, reference, side) for record in side.records)
    return cells


def _golden(field: FieldRow, order: Values) -> Any:
    return order[field.golden] if field.golden else None


def _record_cell(field: FieldRow, record: Values, reference: Any, side: ComparisonSide) -> ComparisonCell:
    won = side.provenance.get(field.golden or "", {})
    has_won = (won.get("source"), won.get("source_key")) == (record["source"], record["source_key"])
    value, notes = record[field.name], _notes(field, record)
    if field.name == "date_of_birth" and value is None:
        return _partial_birth(record, reference)
    is_disputed = (record["record_id"], field.name) in side.disputed
    return _cell(field, value, reference, notes=notes, has_won=has_won, is_disputed=is_disputed)


def _cell(
    field: FieldRow,
    value: Any,
    reference: Any,
    *,
    notes: tuple[str, ...] = (),
    has_won: bool = False,
    is_disputed: bool = False,
) -> ComparisonCell:
    text = text_of(field, value)
    if text is None:
        return ComparisonCell(None, "silent", notes=notes)
    if field.golden is None or reference is None:
        return ComparisonCell(text, "alone", notes=notes, has_won=has_won)
    if _is_same(field, value, reference):
        return ComparisonCell(text, "same", notes=notes, has_won=has_won)
    if field.name == "end_on" and not is_disputed and abs((value - reference).days) == 1:
        counted = "the last day counted to the day, or to the day before"
        return ComparisonCell(text, "other_form", notes=(*notes, counted), has_won=has_won)
    marks = _pieces(field, value, reference), _pieces(field, reference, value)
    return ComparisonCell(text, "differs", *marks, notes, has_won)


def _is_same(field: FieldRow, value: Any, reference: Any) -> bool:
    if field.nature == "name":
        return fold_name(value) == fold_name(reference)
    if field.golden == "legal_status":
        return bool(AS_RECORDED.get(value, value) == AS_RECORDED.get(reference, reference))
    return bool(value == reference)


def _pieces(field: FieldRow, value: Any, reference: Any) -> Pieces:
    mark = MARK_OF_NATURE.get(field.nature)
    return mark(value, reference) if mark else mark_whole(str(text_of(field, value)), str(text_of(field, reference)))


def _partial_birth(record: Values, reference: date | None) -> ComparisonCell:
    """A date of birth of which only the year, or year and month, are known."""
    year, month = record["birth_year"], record["birth_month"]
    if year is None:
        return ComparisonCell(None, "silent")
    text = f"{date(year, month, 1):%B} {year}" if month else str(year)
    if reference is None:
        return ComparisonCell(text, "alone", notes=("day not known",))
    known = f"{reference:%B} {reference.year}" if month else str(reference.year)
    if known == text:
        return ComparisonCell(text, "other_form", notes=("day not known",))
    return ComparisonCell(text, "differs", mark_whole(text, known), mark_whole(known, text), ("day not known",))


def _notes(field: FieldRow, record: Values) -> tuple[str, ...]:
    """What is to be known of a record's value: how it is written, a filler, a wrong check letter."""
    notes: list[str] = []
    text, written = text_of(field, record[field.name]), record[field.written] if field.written else None
    if written is not None and (text is None or fold_name(written) != fold_name(text)):
        notes.append(f"written: {written}")
    if field.name in CHECKED and record[CHECKED[field.name]] is False:
        notes.append("check letter wrong")
    if field.name == "date_of_birth" and record["is_birth_placeholder"]:
        notes.append("looks like a placeholder")
    return tuple(notes)


def _reasons(field: FieldRow, side: ComparisonSide) -> tuple[str, ...]:
    """Why the register holds what it holds."""
    chosen = side.provenance.get(field.golden or "")
    if chosen is None:
        return ()
    if decision := chosen.get("decision_id"):
        return (f"decided: {decision}",)
    reason = title_for(CHOICE_REASONS, chosen["rule"])
    if chosen["source"] is None:
        return (reason,)
    winner = record_id_of(chosen)
    if any(record["record_id"] == winner for record in side.records):
        return (f"{source_name(chosen['source'])}: {reason}",)
    return (f"{record_title(winner)}, of another order or of an arrest: {reason}",)
