"""The rows of the comparison: which field, in which words, and by what two values of it are the same fact.

Belongs here: the list. Does not: comparing (`review.item.comparison`), marking (`review.item.value_marks`).
"""

from dataclasses import dataclass
from typing import Final, Literal

from warehouse.tables.titles import FIELD_TITLES

Nature = Literal["name", "identifier", "date", "code", "flag", "number"]


@dataclass(frozen=True)
class FieldRow:
    """One field of an order.

    Attributes:
        name: the column of `orders` and of `field_provenance`, or of the records alone.
        nature: how it is written and how two values of it are marked: names and identifiers (ids, references) by
            characters, dates by their parts, the others as a whole.
        golden: the column of `orders`; none if only records hold it.
        written: the column that holds the value as the source writes it.
        steps: comparisons of the matching models that weigh it.
    """

    name: str
    nature: Nature
    golden: str | None
    written: str | None = None
    steps: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called on the page."""
        return FIELD_TITLES[self.name]


def _of_both(name: str, nature: Nature, *steps: str, written: str | None = None) -> FieldRow:
    """A field that records and the order hold under one name."""
    return FieldRow(name, nature, name, written, steps)


def _of_records(name: str, nature: Nature, *steps: str) -> FieldRow:
    """A field that the register does not reconcile."""
    return FieldRow(name, nature, None, None, steps)


PERSON_ROWS: Final = (
    _of_both("surname", "name", "name"),
    _of_both("forenames", "name", "name"),
    _of_both("date_of_birth", "date", "date of birth"),
    _of_both("sex", "code", "sex"),
    _of_both("pnc_id", "identifier", "PNC id"),
    _of_both("cro_number", "identifier", "CRO number"),
)

ORDER_ROWS: Final = (
    _of_both("made_on", "date", "dates made and start"),
    _of_both("start_on", "date", "dates made and start"),
    _of_both("end_on", "date", "end"),
    _of_both("is_until_further_order", "flag", "end"),
    _of_both("order_type", "code", "type"),
    _of_both("is_interim", "flag", "interim"),
    _of_both("term_months", "number", "term"),
    _of_both("court_code", "code", "court", written="court_as_written"),
    _of_both("force_code", "code", "force", written="force_as_written"),
    _of_records("case_urn", "identifier", "case"),
    _of_records("occurrence_ref", "identifier", "occurrence"),
    FieldRow("recorded_status", "code", "legal_status"),
    _of_both("is_county_lines", "flag"),
    _of_records("event", "code"),
    _of_records("result_state", "code"),
    _of_records("breach_count", "number"),
    _of_records("recorded_on", "date"),
)

FIELD_ROWS: Final = (*PERSON_ROWS, *ORDER_ROWS)
FIELD_NATURES: Final = {row.name: row.nature for row in FIELD_ROWS}

STEP_TITLES: Final = {
    "name": "Names",
    "date of birth": "Date of birth",
    "sex": "Sex",
    "PNC id": "PNC ID",
    "CRO number": "CRO number",
    "dates made and start": "Date of order and start",
    "end": "Last day",
    "type": "Type of order",
    "interim": "Interim order",
    "term": "Length in months",
    "court": "Court",
    "force": "Force",
    "conditions": "Conditions",
    "case": "Case reference",
    "occurrence": "Occurrence reference",
    "source": "Sources of the two records",
}
"""What the matching models compare, in the words of the page."""
