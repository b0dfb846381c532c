"""Reading a delivered file: its encoding, rows set aside, repeated rows.

Belongs here: what sources that send text files share. Does not: the layout of any one file.
"""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.sources.contract import Delivery, Fault
from warehouse.tables.raw import QUARANTINE

LONGEST_FIELD = 10_000
REPLACEMENT = "\ufffd"  # stands where bytes could not be decoded
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ENCODING_NAMES = {"cp1252": "Windows-1252", "utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


@dataclass(frozen=True)
class Decoded:
    """The text of a file, `REPLACEMENT` where bytes could not be decoded, and what was wrong with its encoding."""

    text: str
    faults: tuple[Fault, ...] = ()


def decode(data: bytes, *, expected: str) -> Decoded:
    """Decode a file, also from another encoding than expected where the bytes leave no doubt which.

    Args:
        data: the bytes of the file.
        expected: `cp1252`, or `utf-8` (a byte order mark is taken off).
    """
    found, mark = _find_encoding(data, expected)
    text = data[len(mark) :].decode(found, errors="replace")
    if found != expected:
        return Decoded(text, (_wrong_encoding(expected, ENCODING_NAMES[found]),))
    if expected == "utf-8" and not mark and REPLACEMENT in text:
        return Decoded(text, (_wrong_encoding(expected, "another"),))
    return Decoded(text)


def quarantine_rows(rows: pl.DataFrame, delivery: Delivery, *, reasons: Mapping[str, str]) -> pl.DataFrame:
    """Rows of the quarantine table.

    Args:
        rows: `row_number` (of the line), `row_text`, `reason_code`.
        delivery: where they came in.
        reasons: what each reason code means: what was expected and what to do.
    """
    return QUARANTINE.conform(
        rows.select(
            pl.lit(delivery.feed.source).alias("source"),
            pl.lit(delivery.delivery_id).alias("delivery_id"),
            pl.lit(delivery.path.name).alias("file_name"),
            pl.format("line {}", "row_number").alias("place"),
            "row_number",
            "reason_code",
            pl.col("reason_code").replace_strict(dict(reasons), return_dtype=pl.String).alias("reason"),
            pl.col("row_text").str.slice(0, LONGEST_FIELD),
        ).sort("row_number")
    )


def repeat_kind(key: list[str], content: pl.Expr) -> pl.Expr:
    """Whether a row repeats an earlier one of its key: `duplicate` (same content), `key_reused` (other), or null.

    Rows must stand in the order of the file.
    """
    is_first = pl.int_range(pl.len()).over(key) == 0
    is_same = content == content.first().over(key)
    return pl.when(~is_first).then(pl.when(is_same).then(pl.lit("duplicate")).otherwise(pl.lit("key_reused")))


def unreadable_reason(text: pl.Expr) -> pl.Expr:
    """Why the text of a row can't be read at all: `null_byte`, `undecodable`, or null."""
    return (
        pl.when(text.str.contains("\x00", literal=True))
        .then(pl.lit("null_byte"))
        .when(text.str.contains(REPLACEMENT, literal=True))
        .then(pl.lit("undecodable"))
    )


def _find_encoding(data: bytes, expected: str) -> tuple[str, bytes]:
    """The encoding that a byte order mark or the bytes themselves prove, else the expected one; and the mark."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding, mark
    half = len(data) // 2
    if half and data[1::2].count(0) > 0.9 * half:
        return "utf-16-le", b""
    if half and data[0::2].count(0) > 0.9 * half:
        return "utf-16-be", b""
    return ("utf-8" if expected == "cp1252" and _is_utf8_beyond_ascii(data) else expected), b""


def _is_utf8_beyond_ascii(data: bytes) -> bool:
    """Bytes above ASCII that form UTF-8 throughout are hardly ever anything else."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _wrong_encoding(expected: str, found: str) -> Fault:
    return Fault(
        "wrong_encoding",
        f"The file should be in {ENCODING_NAMES[expected]} and is in {found} encoding. "
        "Rows that could be decoded were read; ask the source to send it again.",
    )
