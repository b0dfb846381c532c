"""The PNC: nightly snapshots of ancillary orders and of arrests.

Belongs here: the reading of the two files. Does not: their layout (`assets.sources.pnc_layout`), what the fields
mean (`assets.sources.pnc_records`).
"""

import re
from dataclasses import dataclass, field

import polars as pl

from assets.sources.contract import Delivery, Fault, Reading, Source
from assets.sources.files import LONGEST_FIELD, decode, quarantine_rows, repeat_kind, unreadable_reason
from assets.sources.pnc_layout import FILE_KINDS, FileKind, RecordType
from assets.sources.pnc_records import standardise

COUNT = re.compile(r"[0-9]{1,9}")

PNC_REASONS = {
    "null_byte": "The record holds a null byte. Ask the PNC to send the record again.",
    "undecodable": "The record holds bytes that are not Windows-1252 text. Ask the PNC to send the record again.",
    "unknown_record_type": "The record type is not one of this file's. Expected ORD, ALS and CON, or ARR: ask the PNC.",
    "field_count": "The record has too few or too many fields for its type. Cut, or a `|` inside? Ask for it again.",
    "too_long": f"A field is longer than {LONGEST_FIELD:,} characters. Ask the PNC to check the record.",
    "key_missing": "The record number, sequence, name, text or ASN is blank or no number, so it can't be kept apart. "
    "Ask the PNC to send the record again.",
    "without_order": "The record belongs to an order that the file does not hold. Ask the PNC to send the order.",
    "key_reused": "An earlier record of the file has the same key and other content. Ask the PNC which is right.",
    "after_trailer": "The record comes after the trailer. Ask the PNC whether two files were joined.",
}


@dataclass
class _Frame:
    """The lines of a file between header and trailer, and what is wrong with the frame around them."""

    body: pl.DataFrame
    after: pl.DataFrame
    rows_declared: int | None = None
    orders_declared: int | None = None
    faults: list[Fault] = field(default_factory=list)


def read(delivery: Delivery) -> Reading:
    """Read one file of the PNC; see `assets.sources.contract.Source.read`."""
    kind = next(kind for kind in FILE_KINDS if kind.feed.name == delivery.feed.name)
    decoded = decode(delivery.read_bytes(), expected="cp1252")
    frame = _take_frame(_lines(decoded.text), delivery, kind)
    counted = frame.body.filter(pl.col("tag") == kind.record_types[0].tag).height
    frame.faults += _count_faults(frame, counted)
    judged = _judge(frame.body, kind)
    tables = {record.table.name: _kept(judged, record, delivery) for record in kind.record_types}
    bad = judged.filter(pl.col("reason_code").is_not_null() & (pl.col("reason_code") != "duplicate"))
    after = frame.after.with_columns(reason_code=pl.lit("after_trailer"))
    columns = ["row_number", "row_text", "reason_code"]
    return Reading(
        tables=tables,
        quarantine=quarantine_rows(
            pl.concat([bad.select(columns), after.select(columns)]), delivery, reasons=PNC_REASONS
        ),
        rows_read=frame.body.height + frame.after.height,
        rows_duplicate=judged.filter(pl.col("reason_code") == "duplicate").height,
        rows_declared=frame.rows_declared,
        faults=(*decoded.faults, *frame.faults),
    )


def _lines(text: str) -> pl.DataFrame:
    """The lines that hold anything: `row_number`, `row_text`, `fields`, `tag`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\x1a").split("\n")
    return (
        pl.DataFrame({"row_text": lines}, schema={"row_text": pl.String})
        .with_row_index("row_number", offset=1)
        .filter(pl.col("row_text").str.strip_chars() != "")
        .select(pl.col("row_number").cast(pl.Int64), "row_text", fields=pl.col("row_text").str.split("|"))
        .with_columns(tag=pl.col("fields").list.first())
    )


def _take_frame(lines: pl.DataFrame, delivery: Delivery, kind: FileKind) -> _Frame:
    """Part the lines into header, body, trailer and what stands after it, and say what is wrong with them."""
    if lines.is_empty():
        fault = Fault("empty_file", "The file is empty. Expected a header, records and a trailer; ask for it again.")
        return _Frame(lines, lines, faults=[fault])
    header = lines.row(0, named=True)["fields"] if lines.item(0, "tag") == "HDR" else None
    faults = _header_faults(header, delivery, kind)
    body = lines.slice(1) if header else lines
    trailers = body.with_row_index("place").filter(pl.col("tag") == "TRL")
    if trailers.is_empty():
        message = "The file has no trailer, so its end may be missing. Ask for it again."
        return _Frame(body, body.clear(), faults=[*faults, Fault("no_trailer", message)])
    place, trailer = trailers.item(0, "place"), trailers.item(0, "fields").to_list()
    frame = _Frame(body.slice(0, place), body.slice(place + 1), faults=faults)
    if len(trailer) == 3 and all(COUNT.fullmatch(count.strip()) for count in trailer[1:]):
        frame.orders_declared, frame.rows_declared = int(trailer[1]), int(trailer[2])
    else:
        frame.faults.append(Fault("trailer_unreadable", "The trailer holds no two counts. Ask for the file again."))
    return frame


def _header_faults(header: list[str] | None, delivery: Delivery, kind: FileKind) -> list[Fault]:
    if header is None:
        return [Fault("no_header", "The first line is not a header (`HDR`). Ask for the file again.")]
    if len(header) != 5:
        return [Fault("header_unreadable", f"The header has {len(header)} fields, not 5. Ask for the file again.")]
    expected = {
        "wrong_source": (header[1], "PNC", "source"),
        "wrong_kind": (header[2], kind.word, "kind of file"),
        "date_differs": (header[3], delivery.dated_on.strftime("%Y%m%d"), "date"),
    }
    return [
        Fault(code, f"The {what} in the header is not {wanted}, as the file's name says. Ask which is right.")
        for code, (found, wanted, what) in expected.items()
        if found.strip() != wanted
    ]


def _count_faults(frame: _Frame, counted: int) -> list[Fault]:
    """Faults of a file whose records are none, or not as many as the trailer says."""
    faults = []
    found = frame.body.height
    if frame.rows_declared is not None and (frame.rows_declared, frame.orders_declared) != (found, counted):
        message = (
            f"The trailer declares {frame.orders_declared} main records and {frame.rows_declared} records in all; "
            f"the file holds {counted} and {found}. It may be cut short; ask for it again."
        )
        faults.append(Fault("trailer_count", message))
    if not found and not any(fault.code == "empty_file" for fault in frame.faults):
        faults.append(Fault("empty_file", "The file holds no record. A full snapshot was expected; ask for it again."))
    if not frame.after.is_empty():
        message = f"{frame.after.height} lines come after the trailer. Ask whether two files were joined."
        faults.append(Fault("after_trailer", message))
    return faults


def _judge(body: pl.DataFrame, kind: FileKind) -> pl.DataFrame:
    """The lines with `reason_code`: null to keep, `duplicate`, or why the line is set aside."""
    lines = body.with_columns(
        key=pl.lit(None, pl.String), parent=pl.lit(None, pl.String), reason_code=_own_reason(kind.record_types)
    )
    readable = pl.col("reason_code").is_null()
    lines = lines.with_columns(key=pl.when(readable).then(_keys(kind.record_types)))
    lines = lines.with_columns(
        reason_code=pl.coalesce("reason_code", pl.when(readable).then(repeat_kind(["tag", "key"], pl.col("row_text"))))
    )
    for record in kind.record_types:
        if record.parent:
            lines = _without_parent(lines, record)
    return lines


def _own_reason(record_types: tuple[RecordType, ...]) -> pl.Expr:
    """Why a line can't be read, looking at it alone."""
    reason = unreadable_reason(pl.col("row_text"))
    known_tags = [record.tag for record in record_types]
    reason = pl.coalesce(reason, pl.when(~pl.col("tag").is_in(known_tags)).then(pl.lit("unknown_record_type")))
    for record in record_types:
        is_own = pl.col("tag") == record.tag
        blank = pl.any_horizontal(_value(record, name) == "" for name in record.required)
        no_number = [~_value(record, name).str.contains(r"^\d{1,6}$") for name in record.numbers]
        own = (
            pl.when(pl.col("fields").list.len() != len(record.fields) + 1)
            .then(pl.lit("field_count"))
            .when(pl.col("row_text").str.len_chars() > LONGEST_FIELD)
            .then(pl.lit("too_long"))
            .when(pl.any_horizontal(blank, *no_number))
            .then(pl.lit("key_missing"))
        )
        reason = pl.coalesce(reason, pl.when(is_own).then(own))
    return reason


def _value(record: RecordType, name: str) -> pl.Expr:
    place = record.fields.index(name) + 1
    return pl.col("fields").list.get(place, null_on_oob=True).str.strip_chars()


def _keys(record_types: tuple[RecordType, ...]) -> pl.Expr:
    return pl.coalesce(
        pl.when(pl.col("tag") == record.tag).then(
            pl.concat_str([_value(record, name) for name in record.key], separator="|")
        )
        for record in record_types
    )


def _without_parent(lines: pl.DataFrame, record: RecordType) -> pl.DataFrame:
    """Set aside the lines of a type whose order was not kept."""
    kept = lines.filter((pl.col("tag") == record.parent) & pl.col("reason_code").is_null()).get_column("key")
    is_orphan = (
        (pl.col("tag") == record.tag)
        & (pl.col("reason_code").is_null() | (pl.col("reason_code") == "duplicate"))
        & ~_value(record, record.fields[0]).is_in(kept.implode())
    )
    return lines.with_columns(
        reason_code=pl.when(is_orphan).then(pl.lit("without_order")).otherwise(pl.col("reason_code"))
    )


def _kept(judged: pl.DataFrame, record: RecordType, delivery: Delivery) -> pl.DataFrame:
    lines = judged.filter(pl.col("reason_code").is_null() & (pl.col("tag") == record.tag))
    return record.table.conform(
        lines.select(
            pl.lit(delivery.delivery_id).alias("delivery_id"),
            pl.lit(delivery.path.name).alias("file_name"),
            "row_number",
            *(
                pl.col("fields").list.get(place, null_on_oob=True).alias(name)
                for place, name in enumerate(record.fields, start=1)
            ),
        )
    )


SOURCE = Source(
    name="pnc",
    feeds=tuple(kind.feed for kind in FILE_KINDS),
    raw_tables=tuple(record.table for kind in FILE_KINDS for record in kind.record_types),
    read=read,
    records=standardise,
)
