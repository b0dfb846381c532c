"""The rows of the comparison: which field, in which words, and by what two values of it are the same fact.

Belongs here: the list. Does not: comparing (`review.item.comparison`), marking (`review.item.value_marks`).
"""

from dataclasses import dataclass
from typing import Final, Literal

Nature = Literal["name", "sign", "date", "code", "flag", "number"]


@dataclass(frozen=True)
class FieldRow:
    """One field of an order.

    Attributes:
        name: the column of `orders` and of `field_provenance`, or of the records alone.
        title: what it is called on the page.
        nature: how it is written and how two values of it are marked: names and signs (ids, references) by
            characters, dates by their parts, the others as a whole.
        golden: the column of `orders`; none if only records hold it.
        written: the column that holds the value as the source writes it.
        steps: comparisons of the matching models that weigh it.
    """

    name: str
    title: str
    nature: Nature
    golden: str | None
    written: str | None = None
    steps: tuple[str, ...] = ()


def _of_both(name: str, title: str, nature: Nature, *steps: str, written: str | None = None) -> FieldRow:
    """A field that records and the golden order hold under one name."""
    return FieldRow(name, title, nature, name, written, steps)


def _of_records(name: str, title: str, nature: Nature, *steps: str) -> FieldRow:
    """A field that the register does not reconcile."""
    return FieldRow(name, title, nature, None, None, steps)


PERSON_ROWS: Final = (
    _of_both("surname", "Surname", "name", "name"),
    _of_both("forenames", "Forenames", "name", "name"),
    _of_both("date_of_birth", "Date of birth", "date", "date of birth"),
    _of_both("sex", "Sex", "code", "sex"),
    _of_both("pnc_id", "PNC ID", "sign", "PNC id"),
    _of_both("cro_number", "CRO number", "sign", "CRO number"),
)

ORDER_ROWS: Final = (
    _of_both("made_on", "Made on", "date", "dates made and start"),
    _of_both("start_on", "Starts on", "date", "dates made and start"),
    _of_both("end_on", "Last day", "date", "end"),
    _of_both("is_until_further_order", "Until further order", "flag", "end"),
    _of_both("order_type", "Type of order", "code", "type"),
    _of_both("is_interim", "Interim order", "flag", "interim"),
    _of_both("term_months", "Length in months", "number", "term"),
    _of_both("court_code", "Court", "code", "court", written="court_as_written"),
    _of_both("force_code", "Force", "code", "force", written="force_as_written"),
    _of_records("case_urn", "Case reference", "sign", "case"),
    _of_records("occurrence_ref", "Occurrence reference", "sign", "occurrence"),
    FieldRow("recorded_status", "Status", "code", "legal_status"),
    _of_both("is_county_lines", "County lines", "flag"),
    _of_records("result_state", "State of the court result", "code"),
    _of_records("breach_count", "Breaches recorded", "number"),
    _of_records("recorded_on", "Record last touched on", "date"),
)

FIELD_ROWS: Final = (*PERSON_ROWS, *ORDER_ROWS)
FIELD_TITLES: Final = {row.name: row.title for row in FIELD_ROWS} | {
    "conditions": "Conditions",
    "presence": "Whether the source holds the order",
    "duplicate": "Second record in one source",
    "legal_status": "Status",
}
FIELD_NATURES: Final = {row.name: row.nature for row in FIELD_ROWS}

STEP_TITLES: Final = {
    "name": "Names",
    "date of birth": "Date of birth",
    "sex": "Sex",
    "PNC id": "PNC ID",
    "CRO number": "CRO number",
    "dates made and start": "Made on and starts on",
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
