"""How a file of court results is laid out: its columns, its heading and its rows, undamaged or not.

Belongs here: finding the heading and parting the rows. Does not: which rows are kept (`assets.sources.court`), what the
fields mean (`assets.sources.court_records`).
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from assets.sources.contract import Fault

# fmt: off
FIELDS = (
    "result_id", "case_urn", "defendant_id", "defendant_name", "date_of_birth", "sex", "pncid", "hearing_date",
    "court_ou_code", "court_name", "result_code", "result_text", "order_start", "order_end", "applicant",
    "prohibitions", "status", "amends_result_id",
)
# fmt: on
# Other names of a column that are known to mean the same.
COLUMN_ALIASES = {
    "resultid": "result_id",
    "id": "result_id",
    "urn": "case_urn",
    "pti_urn": "case_urn",
    "defendant": "defendant_name",
    "name": "defendant_name",
    "dob": "date_of_birth",
    "birth_date": "date_of_birth",
    "gender": "sex",
    "pnc_id": "pncid",
    "date_of_hearing": "hearing_date",
    "court_code": "court_ou_code",
    "ou_code": "court_ou_code",
    "court": "court_name",
    "start_date": "order_start",
    "end_date": "order_end",
    "conditions": "prohibitions",
    "result_status": "status",
    "amends": "amends_result_id",
}
DELIMITERS = ",;\t|"
RECORD_START = re.compile(rf'^"?R\d{{4,}}"?[{DELIMITERS}]')  # a line that begins as a result_id does
ROWS_A_BATCH = 5_000
ROWS: Mapping[str, DataType | DataTypeClass] = {
    "row_number": pl.Int64,
    "row_text": pl.String,
    "fields": pl.List(pl.String),
    "is_heading": pl.Boolean,
}
ASK_AGAIN = "Ask the court service to send the delivery again."


class Row(NamedTuple):
    """A row of the file: the line it begins on, its text, its fields."""

    row_number: int
    text: str
    fields: list[str]


@dataclass(frozen=True)
class Header:
    """Where each field is in a row, how many cells a row has, where rows begin, what is wrong with the heading.

    Cells are parted by `delimiter`.
    """

    places: dict[str, int]
    width: int
    first_row: int
    delimiter: str = ","
    faults: tuple[Fault, ...] = ()


def read_header(lines: Sequence[str]) -> Header:
    """Find the fields by their names in the first line that is not blank, in any order."""
    first = next(place for place, line in enumerate(lines) if line.strip())
    if RECORD_START.match(lines[first]):
        fault = Fault(
            "no_header", f"The first line is not a heading; the columns were read in their usual order. {ASK_AGAIN}"
        )
        return Header({name: place for place, name in enumerate(FIELDS)}, len(FIELDS), first_row=first, faults=(fault,))
    headings = {mark: _named(next(_parse(lines, first, first + 1, delimiter=mark)).fields) for mark in DELIMITERS}
    delimiter, names = max(headings.items(), key=lambda heading: len(set(FIELDS) & set(heading[1])))
    places = {name: names.index(name) for name in FIELDS if name in names}
    return Header(places, len(names), first + 1, delimiter, faults=tuple(_heading_faults(names, places)))


def _heading_faults(names: list[str], places: dict[str, int]) -> Iterator[Fault]:
    if len(places) < len(FIELDS) / 2:
        yield Fault("wrong_source", f"The heading is not that of court results. {ASK_AGAIN}")
    missing = [name for name in FIELDS if name not in places]
    if missing:
        yield Fault("column_missing", f"The heading lacks {', '.join(missing)}. {ASK_AGAIN}")
    twice = sorted({name for name in places if names.count(name) > 1})
    if twice:
        yield Fault(
            "column_twice", f"The heading holds {', '.join(twice)} more than once; the first was read. {ASK_AGAIN}"
        )
    unknown = len([name for name in names if name not in FIELDS])
    if unknown:
        message = (
            f"The heading holds {unknown} columns that are not known; the rest was read. Report it to the maintainers."
        )
        yield Fault("column_unknown", message, is_structural=False)


def read_rows(lines: list[str], header: Header, *, declared: int | None) -> pl.DataFrame:
    """The rows below the heading, as `ROWS`.

    As one CSV, if every row comes out with the right number of cells, and there are as many as lines that begin a row
    or as the manifest declares. Else a quotation mark stands alone somewhere: then each stretch from one line that
    begins a row to the next is read on its own, so that the damage stays where it is. A line begins a row if it begins
    as a result_id does and has at least half the cells of a row: a cell may hold a line such as `R000000077, of Leeds`.
    """
    first = header.first_row
    starts = [
        place
        for place in range(first, len(lines))
        if RECORD_START.match(lines[place]) and 2 * (lines[place].count(header.delimiter) + 1) >= header.width
    ]
    rows = _as_frame(_parse(lines, first, len(lines), delimiter=header.delimiter), header)
    results = rows.filter(~pl.col("is_heading")).height
    if rows.get_column("fields").list.len().eq(header.width).all() and results in {len(starts), declared}:
        return rows
    bounds = pairwise(sorted({first, *starts, len(lines)}))
    apart = (row for start, end in bounds for row in _parse(lines, start, end, delimiter=header.delimiter))
    return _as_frame(apart, header)


def _as_frame(rows: Iterator[Row], header: Header) -> pl.DataFrame:
    """The rows as a frame, some at a time: as Python's objects they take ten times the memory."""
    frames = [pl.DataFrame(schema=ROWS)]
    while batch := [(*row, is_heading(row, header)) for row in islice(rows, ROWS_A_BATCH)]:
        frames.append(pl.DataFrame(dict(zip(ROWS, zip(*batch, strict=True), strict=True)), schema=ROWS))
    return pl.concat(frames)


def is_heading(row: Row, header: Header) -> bool:
    """Whether the cells are the names of the columns, in any order; a row that begins as a result is not looked at."""
    return not RECORD_START.match(row.text) and len(set(_named(row.fields)) & set(FIELDS)) > header.width / 2


def _named(cells: Sequence[str]) -> list[str]:
    """Headings by the names of the fields, where they are known."""
    names = [re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_") for cell in cells]
    return [COLUMN_ALIASES.get(name, name) if name not in FIELDS else name for name in names]


def _parse(lines: Sequence[str], start: int, end: int, *, delimiter: str) -> Iterator[Row]:
    """The rows of a stretch of lines; what the CSV reader refuses, for its length, is one row of one field."""
    reader = csv.reader((lines[place] for place in range(start, end)), delimiter=delimiter)
    begun = 0
    try:
        for fields in reader:
            text = "".join(lines[start + begun : start + reader.line_num]).rstrip("\r\n")
            if text.strip():
                yield Row(start + begun + 1, text, fields)
            begun = reader.line_num
    except csv.Error:
        text = "".join(lines[start + begun : end]).rstrip("\r\n")
        yield Row(start + begun + 1, text, [text])
