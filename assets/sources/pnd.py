"""The PND: one gzip of JSON Lines a night, a document a line, orders and arrests mixed.

Belongs here: the feed, the raw tables, reading a delivery. Does not: what the values mean (`pnd_records`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from assets.parsing import outcomes, unmade_rows
from assets.parsing.dates import read_instant
from assets.sources.contract import Delivery, Fault, Feed, Reading, Source
from assets.sources.json_lines import GzipLines
from assets.sources.pnd_documents import FIELDS, PND_REASONS, UnreadableDocumentError, read_document
from assets.sources.pnd_plain_documents import read_plain_document
from assets.sources.pnd_records import standardise
from warehouse.tables.raw import QUARANTINE, raw_table

RAW_TABLES = {
    kind: raw_table(
        f"raw_pnd__{kind}s",
        f"a PND document about an {kind}, as sent; lists and unknown fields as JSON text",
        fields,
        key=("record_id",),
    )
    for kind, fields in FIELDS.items()
}
LONGEST_ROW_TEXT = 10_000
CUT_REASONS = ("not_json", "wrong_encoding")  # what is wrong with a line of which the end is missing
DOCUMENTS_A_BATCH = 5_000  # few enough to live briefly: the collector of garbage walks all that wait
REFUSED_SCHEMA = {"row_number": pl.Int64, "reason_code": pl.String, "row_text": pl.String}


@dataclass
class ReadLines:
    """What the lines gave: documents by kind, refused lines, unknown keys, keys of the contract with two values."""

    batches: dict[str, list[pl.DataFrame]]
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    unknown_keys: Counter[str] = field(default_factory=Counter)
    repeated_keys: Counter[str] = field(default_factory=Counter)
    rows_read: int = 0
    last_line: int = 0
    readable_beyond_ascii: int = 0


def read(delivery: Delivery) -> Reading:
    """Read a delivery of the PND.

    Blank lines are not rows. A line repeated with all its values is an exact duplicate, kept once. Of documents
    that share a `record_id` with different content the one submitted last is kept, the others are quarantined.
    """
    sent = GzipLines(delivery)
    lines = _read_lines(sent)
    distinct = {kind: _drop_repeats(pl.concat(batches)) for kind, batches in lines.batches.items()}
    reused = _find_reused(distinct)
    unmade = _find_unmade(distinct["order"].join(reused, on="row_number", how="anti"))
    aside = pl.concat([reused, unmade])
    refused = pl.DataFrame(lines.refused, schema=REFUSED_SCHEMA, orient="row")
    return Reading(
        tables={
            RAW_TABLES[kind].name: _place(frame.join(aside, on="row_number", how="anti"), kind, delivery)
            for kind, frame in distinct.items()
        },
        quarantine=_as_quarantine(pl.concat([refused, aside]), delivery),
        rows_read=lines.rows_read,
        rows_duplicate=lines.rows_read - refused.height - sum(frame.height for frame in distinct.values()),
        faults=(*(sent.faults or _find_cut(lines)), *_find_faults(lines)),
    )


def _read_lines(sent: Iterable[bytes]) -> ReadLines:
    """Read line by line: the decoder is C code, and each refusal needs its own line and reason."""
    lines = ReadLines({kind: [_as_frame([], kind)] for kind in FIELDS})
    waiting: dict[str, list[list[Any]]] = {kind: [] for kind in FIELDS}
    for number, line in enumerate(sent, start=1):
        lines.last_line = number
        if not line or line.isspace():
            continue
        lines.rows_read += 1
        try:
            kind, values = read_plain_document(line) or read_document(line, lines.unknown_keys)
        except UnreadableDocumentError as error:
            reason, *repeated = error.args
            lines.refused.append((number, reason, _excerpt(line)))
            lines.repeated_keys.update(repeated)
            continue
        lines.readable_beyond_ascii += not line.isascii()
        waiting[kind].append([number, *values])
        if len(waiting[kind]) == DOCUMENTS_A_BATCH:
            lines.batches[kind].append(_as_frame(waiting[kind], kind))
            waiting[kind].clear()
    for kind, documents in waiting.items():
        lines.batches[kind].append(_as_frame(documents, kind))
    return lines


def _as_frame(documents: list[list[Any]], kind: str) -> pl.DataFrame:
    names = ("row_number", *FIELDS[kind])
    columns = zip(*documents, strict=True) if documents else ([] for _ in names)
    return pl.DataFrame(
        [
            pl.Series(name, column, dtype=pl.Int64 if name == "row_number" else pl.String)
            for name, column in zip(names, columns, strict=True)
        ]
    )


def _drop_repeats(documents: pl.DataFrame) -> pl.DataFrame:
    """Only rows that share a `record_id` can be the same, and they are few."""
    shared = documents.filter(pl.col("record_id").is_duplicated())
    kept = shared.unique(pl.exclude("row_number"), keep="first")
    return documents.join(shared.join(kept, on="row_number", how="anti"), on="row_number", how="anti")


def _find_reused(distinct: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows whose `record_id` a document submitted later, or standing further up, has too.

    Later is the later instant: `2023-07-01T00:10+01:00` was before `2023-06-30T23:30Z`.
    """
    ids = pl.concat(
        frame.select("row_number", pl.col("record_id").str.strip_chars(), "submitted_at") for frame in distinct.values()
    )
    keys = ids.filter(pl.col("record_id").is_duplicated()).with_columns(
        read_instant(pl.col("submitted_at")).alias("submitted_at")
    )
    stands = keys.sort("submitted_at", "row_number", descending=[True, False], nulls_last=True).unique(
        "record_id", keep="first", maintain_order=True
    )
    reused = keys.join(stands, on="row_number", how="anti").select("row_number")
    rows = (frame.join(reused, on="row_number") for frame in distinct.values())
    return pl.concat(_put_aside(frame.with_columns(reason_code=pl.lit("key_reused"))) for frame in rows)


def _find_unmade(orders: pl.DataFrame) -> pl.DataFrame:
    """Documents whose words or status say that no order was made, or that they are about something else."""
    judged = orders.with_columns(unmade_rows.set_aside(orders, words="order", status="status", made="made"))
    return _put_aside(judged.drop_nulls("reason_code"))


def _put_aside(documents: pl.DataFrame) -> pl.DataFrame:
    """Documents with a `reason_code` in the shape of refused lines."""
    content = pl.struct(pl.exclude("row_number", "reason_code")).struct.json_encode()
    return documents.select("row_number", "reason_code", row_text=content.str.head(LONGEST_ROW_TEXT))


def _place(documents: pl.DataFrame, kind: str, delivery: Delivery) -> pl.DataFrame:
    return RAW_TABLES[kind].conform(
        documents.with_columns(delivery_id=pl.lit(delivery.delivery_id), file_name=pl.lit(delivery.path.name))
    )


def _as_quarantine(rows: pl.DataFrame, delivery: Delivery) -> pl.DataFrame:
    return QUARANTINE.conform(
        rows.sort("row_number").with_columns(
            source=pl.lit("pnd"),
            delivery_id=pl.lit(delivery.delivery_id),
            file_name=pl.lit(delivery.path.name),
            place=pl.format("document {}", "row_number"),
            reason=pl.col("reason_code").replace_strict(PND_REASONS | outcomes.NO_ORDER, return_dtype=pl.String),
        )
    )


def _excerpt(line: bytes) -> str:
    return line[: 4 * LONGEST_ROW_TEXT].decode("utf-8", errors="replace")[:LONGEST_ROW_TEXT]


def _find_cut(lines: ReadLines) -> tuple[Fault, ...]:
    """A whole gzip may hold a text that was cut before it was packed: its last line has no end and is not JSON."""
    if not any(number == lines.last_line and reason in CUT_REASONS for number, reason, _ in lines.refused[-1:]):
        return ()
    return (
        Fault(
            "cut_short",
            f"The text ends in the middle of line {lines.last_line:,}. Expected a whole file: ask the sender to send "
            "the delivery again.",
        ),
    )


def _find_faults(lines: ReadLines) -> list[Fault]:
    reasons = Counter(reason for _, reason, _ in lines.refused)
    faults = []
    if reasons["wrong_encoding"] > lines.readable_beyond_ascii:
        faults.append(
            Fault(
                "wrong_encoding",
                f"{reasons['wrong_encoding']:,} of {lines.rows_read:,} lines are not UTF-8 and hardly any line "
                "beyond plain ASCII is. Expected UTF-8: ask the sender to send the delivery again as UTF-8.",
            )
        )
    if lines.repeated_keys:
        faults.append(_repeated_keys_fault(lines.repeated_keys))
    if lines.unknown_keys:
        faults.append(_unknown_keys_fault(lines.unknown_keys))
    return faults


def _repeated_keys_fault(keys: Counter[str]) -> Fault:
    listed = ", ".join(f"`{key}` ({count:,} times)" for key, count in sorted(keys.items()))
    return Fault(
        "repeated_key",
        f"Documents hold a key twice with different values, and are quarantined: {listed}. Ask the PND team to send "
        "them again with one value.",
        is_structural=False,
    )


def _unknown_keys_fault(keys: Counter[str]) -> Fault:
    # A key may be data in the wrong place: none is repeated in a message.
    return Fault(
        "unknown_key",
        f"{keys.total():,} times documents hold one of {len(keys):,} keys that the contract does not name. They are "
        "kept in `other_fields` and not used: look there, and agree their meaning with the PND team.",
        is_structural=False,
    )


SOURCE = Source(
    name="pnd",
    feeds=(
        Feed(
            "pnd",
            "pnd",
            re.compile(r"pnd_pole_(?P<date>\d{4}-\d{2}-\d{2})(?:_r(?P<revision>\d+))?\.jsonl\.gz"),
        ),
    ),
    raw_tables=tuple(RAW_TABLES.values()),
    read=read,
    records=standardise,
)
