"""The courts: a nightly snapshot of results, a CSV file with a manifest.

Belongs here: the layout of the files and the reading of them. Does not: what the fields mean
(`assets.sources.court_records`).
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from assets.parsing import outcomes
from assets.parsing.files import LONGEST_FIELD, decode, quarantine_rows, repeat_kind, unreadable
from assets.sources.contract import Delivery, Fault, Feed, Reading, Source
from assets.sources.court_records import standardise
from warehouse.tables.raw import HEADING_AGAIN, raw_table

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
MOST_ROWS = 1_000_000_000  # no manifest declares more and is right
DELIMITERS = ",;\t|"
RECORD_START = re.compile(rf'^"?R\d{{4,}}"?[{DELIMITERS}]')  # a line that begins as a result_id does
RAW_RESULTS = raw_table("raw_court__results", "a result of a court as sent", FIELDS, key=("result_id",))
FEED = Feed(
    "court",
    "court",
    re.compile(r"court_results_(?P<date>\d{4}-\d{2}-\d{2})(?:_r(?P<revision>\d+))?\.csv"),
    companion=lambda name: name.removesuffix(".csv") + ".manifest.json",
)
REASONS = {
    "null_byte": "The row holds a null byte. Ask the court service to send the row again.",
    "undecodable": "The row holds bytes that are no UTF-8 text. Ask the court service to send the row again.",
    "field_count": "The row has too few or too many fields. It may be cut, or a quotation mark may stand alone: "
    "ask the court service to send the row again.",
    "too_long": f"A field is longer than {LONGEST_FIELD:,} characters. Ask the court service to check the row.",
    "key_missing": "The row has no result_id, so it can't be kept apart from others. Ask for it again.",
    "key_reused": "An earlier row has the same result_id and other content. Ask the court service which is right.",
    HEADING_AGAIN: "The row is the heading once more, as where two files were joined. Nothing is to be done.",
    **outcomes.REASONS,
}
ASK_AGAIN = "Ask the court service to send the delivery again."


@dataclass(frozen=True)
class _Row:
    """A row of the file: the line it begins on, its text, its fields."""

    row_number: int
    text: str
    fields: list[str]


@dataclass(frozen=True)
class _Header:
    """Where each field stands in a row, how many cells a row has, where rows begin, what is wrong with the heading.

    Cells are parted by `delimiter`.
    """

    places: dict[str, int]
    width: int
    first_row: int
    delimiter: str = ","
    faults: tuple[Fault, ...] = ()


def read(delivery: Delivery) -> Reading:
    """Read one delivery of the courts; see `assets.sources.contract.Source.read`."""
    decoded = decode(delivery.check_rows(delivery.path.read_bytes()), expected="utf-8")
    lines = list(io.StringIO(decoded.text, newline=""))
    if not any(line.strip() for line in lines):
        fault = Fault("empty_file", f"The file is empty. Expected a heading and results. {ASK_AGAIN}")
        return Reading({RAW_RESULTS.name: RAW_RESULTS.empty()}, faults=(*decoded.faults, fault))
    header = _read_header(lines)
    declared, manifest_faults = _read_manifest(delivery)
    rows = _read_rows(lines, header, declared=declared)
    judged = _judge(rows, header)
    bad = judged.filter(pl.col("reason_code").is_not_null() & (pl.col("reason_code") != "duplicate"))
    return Reading(
        tables={RAW_RESULTS.name: _kept(judged, header, delivery)},
        quarantine=quarantine_rows(bad, delivery, reasons=REASONS),
        rows_read=len(rows),
        rows_duplicate=judged.filter(pl.col("reason_code") == "duplicate").height,
        rows_declared=declared,
        faults=(
            *decoded.faults,
            *header.faults,
            *_end_faults(judged, lines),
            *manifest_faults,
            *_count_faults(judged, declared),
        ),
    )


def _read_header(lines: Sequence[str]) -> _Header:
    """Find the fields by their names in the first line that is not blank, in any order."""
    first = next(place for place, line in enumerate(lines) if line.strip())
    if RECORD_START.match(lines[first]):
        fault = Fault(
            "no_header", f"The first line is no heading; the columns were taken in their usual order. {ASK_AGAIN}"
        )
        return _Header(
            {name: place for place, name in enumerate(FIELDS)}, len(FIELDS), first_row=first, faults=(fault,)
        )
    headings = {mark: _named(_parse(lines, first, first + 1, delimiter=mark)[0].fields) for mark in DELIMITERS}
    delimiter, names = max(headings.items(), key=lambda heading: len(set(FIELDS) & set(heading[1])))
    places = {name: names.index(name) for name in FIELDS if name in names}
    return _Header(places, len(names), first + 1, delimiter, faults=tuple(_heading_faults(names, places)))


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


def _read_rows(lines: list[str], header: _Header, *, declared: int | None) -> list[_Row]:
    """The rows below the heading.

    As one CSV, if every row comes out with the right number of cells, and there are as many as lines that begin a row
    or as the manifest declares. Else a quotation mark stands alone somewhere: then each stretch from one line that
    begins a row to the next is read by itself, so that the damage stays where it is. A line begins a row if it begins
    as a result_id does and has at least half the cells of a row: a cell may hold a line such as `R000000077, of Leeds`.
    """
    first = header.first_row
    starts = [
        place
        for place in range(first, len(lines))
        if RECORD_START.match(lines[place]) and 2 * (lines[place].count(header.delimiter) + 1) >= header.width
    ]
    rows = _parse(lines, first, len(lines), delimiter=header.delimiter)
    results = sum(not _is_heading(row, header) for row in rows)
    if all(len(row.fields) == header.width for row in rows) and results in {len(starts), declared}:
        return rows
    bounds = sorted({first, *starts, len(lines)})
    return [row for start, end in pairwise(bounds) for row in _parse(lines, start, end, delimiter=header.delimiter)]


def _is_heading(row: _Row, header: _Header) -> bool:
    """Whether the cells are the names of the columns once more; what begins as a result does is spared the look."""
    if RECORD_START.match(row.text):
        return False
    names = _named(row.fields)
    return sum(names[place] == name for name, place in header.places.items() if place < len(names)) > header.width / 2


def _named(cells: Sequence[str]) -> list[str]:
    """Headings by the names of the fields, where they are known."""
    names = [re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_") for cell in cells]
    return [COLUMN_ALIASES.get(name, name) if name not in FIELDS else name for name in names]


def _parse(lines: Sequence[str], start: int, end: int, *, delimiter: str) -> list[_Row]:
    """The rows of a stretch of lines; what the CSV reader refuses, for its length, is one row of one field."""
    reader = csv.reader((lines[place] for place in range(start, end)), delimiter=delimiter)
    rows, begun = [], 0
    try:
        for fields in reader:
            text = "".join(lines[start + begun : start + reader.line_num]).rstrip("\r\n")
            if text.strip():
                rows.append(_Row(start + begun + 1, text, fields))
            begun = reader.line_num
    except csv.Error:
        text = "".join(lines[start + begun : end]).rstrip("\r\n")
        rows.append(_Row(start + begun + 1, text, [text]))
    return rows


def _judge(rows: list[_Row], header: _Header) -> pl.DataFrame:
    """The rows with `reason_code`: null to keep, `duplicate`, or why the row is put aside."""
    frame = pl.DataFrame(
        {
            "row_number": [row.row_number for row in rows],
            "row_text": [row.text for row in rows],
            "fields": [row.fields for row in rows],
            "is_heading": [_is_heading(row, header) for row in rows],
        },
        schema={"row_number": pl.Int64, "row_text": pl.String, "fields": pl.List(pl.String), "is_heading": pl.Boolean},
    ).with_columns(key=_field("result_id", header).str.strip_chars(), words=_field("result_text", header))
    longest = pl.col("fields").list.eval(pl.element().str.len_chars()).list.max()
    own = (
        pl.when(longest > LONGEST_FIELD)
        .then(pl.lit("too_long"))
        .when(pl.col("is_heading"))
        .then(pl.lit(HEADING_AGAIN))
        .when(pl.col("fields").list.len() != header.width)
        .then(pl.lit("field_count"))
        .when(pl.col("key").fill_null("") == "")
        .then(pl.lit("key_missing"))
    )
    judged = frame.with_columns(reason_code=pl.coalesce(unreadable(pl.col("row_text")), own))
    readable = pl.col("reason_code").is_null()
    keyed = judged.with_columns(key=pl.when(readable).then(pl.col("key"))).with_columns(
        reason_code=pl.coalesce(
            "reason_code", pl.when(readable).then(repeat_kind(["key"], pl.col("fields").list.join("\x1f")))
        )
    )
    return keyed.with_columns(reason_code=pl.coalesce("reason_code", outcomes.set_aside(keyed, words="words")))


def _field(name: str, header: _Header) -> pl.Expr:
    if name not in header.places:
        return pl.lit(None, pl.String)
    return pl.col("fields").list.get(header.places[name], null_on_oob=True)


def _kept(judged: pl.DataFrame, header: _Header, delivery: Delivery) -> pl.DataFrame:
    return RAW_RESULTS.conform(
        judged.filter(pl.col("reason_code").is_null()).select(
            pl.lit(delivery.delivery_id).alias("delivery_id"),
            pl.lit(delivery.path.name).alias("file_name"),
            "row_number",
            *(_field(name, header).alias(name) for name in FIELDS),
        )
    )


def _end_faults(judged: pl.DataFrame, lines: list[str]) -> Iterator[Fault]:
    if judged.is_empty():
        yield Fault("empty_file", f"The file holds a heading and no result. A full snapshot was expected. {ASK_AGAIN}")
    elif not lines[-1].endswith(("\n", "\r")) or judged.item(-1, "reason_code") == "field_count":
        yield Fault("cut_short", f"The file ends in the middle of a row. {ASK_AGAIN}")


def _read_manifest(delivery: Delivery) -> tuple[int | None, list[Fault]]:
    """The number of rows that the manifest declares, and what is wrong with it or with the digest of the file."""
    path = delivery.companion_path
    if path is None or not path.is_file():
        return None, [
            Fault("manifest_missing", f"The manifest did not come, so the file can't be checked. {ASK_AGAIN}")
        ]
    try:
        manifest = json.loads(path.read_bytes())
        declared, digest = int(manifest["rows"]), str(manifest["sha256"]).lower()
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        declared, digest = -1, ""
    if not 0 <= declared <= MOST_ROWS:
        return None, [Fault("manifest_unreadable", f"The manifest holds no rows and sha256. {ASK_AGAIN}")]
    if digest != delivery.sha256():
        message = f"The file's SHA-256 is not the one in the manifest, so it was changed on its way. {ASK_AGAIN}"
        return declared, [Fault("digest_differs", message)]
    return declared, []


def _count_faults(judged: pl.DataFrame, declared: int | None) -> Iterator[Fault]:
    """Whether the file holds as many rows as the manifest declares, headings that come again counted or not."""
    results = judged.filter(pl.col("reason_code").ne_missing(HEADING_AGAIN)).height
    if declared is not None and declared not in {results, judged.height}:
        message = f"The manifest declares {declared} rows; the file holds {results}. {ASK_AGAIN}"
        yield Fault("row_count", message)


SOURCE = Source(
    name="court",
    feeds=(FEED,),
    raw_tables=(RAW_RESULTS,),
    read=read,
    records=standardise,
    amends="amends_result_id",
)
