"""The courts: a nightly snapshot of results, a CSV file with a manifest.

Belongs here: what of a delivery is kept, set aside or faulty. Does not: how its file is laid out
(`assets.sources.court_layout`), what the fields mean (`assets.sources.court_records`).
"""

import io
import json
import re
from collections.abc import Iterator

import polars as pl

from assets.parsing import outcomes, unmade_rows
from assets.sources.contract import Delivery, Fault, Feed, Reading, Source
from assets.sources.court_layout import ASK_AGAIN, FIELDS, Header, read_header, read_rows
from assets.sources.court_records import standardise
from assets.sources.files import LONGEST_FIELD, decode, quarantine_rows, repeat_kind, unreadable_reason
from warehouse.tables.core import EVENT_REFUSED
from warehouse.tables.raw import HEADING_AGAIN, NOT_THE_MAKING, raw_table

MOST_ROWS = 1_000_000_000  # no manifest declares more and is right
RAW_RESULTS = raw_table("raw_court__results", "a result of a court as sent", FIELDS, key=("result_id",))
FEED = Feed(
    "court",
    "court",
    re.compile(r"court_results_(?P<date>\d{4}-\d{2}-\d{2})(?:_r(?P<revision>\d+))?\.csv"),
    companion=lambda name: name.removesuffix(".csv") + ".manifest.json",
)
COURT_REASONS = {
    "null_byte": "The row holds a null byte. Ask the court service to send the row again.",
    "undecodable": "The row holds bytes that are not UTF-8 text. Ask the court service to send the row again.",
    "field_count": "The row has too few or too many fields. It may be cut, or a quotation mark may be unmatched: "
    "ask the court service to send the row again.",
    "too_long": f"A field is longer than {LONGEST_FIELD:,} characters. Ask the court service to check the row.",
    "key_missing": "The row has no result_id, so it can't be kept apart from others. Ask for it again.",
    "key_reused": "An earlier row has the same result_id and other content. Ask the court service which is right.",
    HEADING_AGAIN: "The row is the heading once more, as where two files were joined. Nothing is to be done.",
    **outcomes.NO_ORDER,
}


def read(delivery: Delivery) -> Reading:
    """Read one delivery of the courts; see `assets.sources.contract.Source.read`."""
    decoded = decode(delivery.read_bytes(), expected="utf-8")
    lines = list(io.StringIO(decoded.text, newline=""))
    if not any(line.strip() for line in lines):
        fault = Fault("empty_file", f"The file is empty. Expected a heading and results. {ASK_AGAIN}")
        return Reading({RAW_RESULTS.name: RAW_RESULTS.empty()}, faults=(*decoded.faults, fault))
    header = read_header(lines)
    declared, manifest_faults = _read_manifest(delivery)
    rows = read_rows(lines, header, declared=declared)
    judged = _judge(rows, header)
    kept = judged.filter(pl.col("reason_code").is_null() | pl.col("is_refusal"))
    bad = judged.filter(pl.col("reason_code").is_not_null() & (pl.col("reason_code") != "duplicate"))
    return Reading(
        tables={RAW_RESULTS.name: _kept(kept, header, delivery)},
        quarantine=quarantine_rows(bad, delivery, reasons=COURT_REASONS),
        rows_read=rows.height,
        rows_duplicate=judged.filter(pl.col("reason_code") == "duplicate").height,
        rows_declared=declared,
        rows_both=kept.get_column("reason_code").count(),
        faults=(
            *decoded.faults,
            *header.faults,
            *_end_faults(judged, lines),
            *manifest_faults,
            *_count_faults(judged, declared),
        ),
    )


def _judge(rows: pl.DataFrame, header: Header) -> pl.DataFrame:
    """The rows with `reason_code`: null to keep, `duplicate`, or why the row is set aside; and `is_refusal`."""
    frame = rows.with_columns(
        key=_field("result_id", header).str.strip_chars(),
        words=_field("result_text", header),
        has_code=_field("result_code", header).str.contains(r"\d").fill_null(value=False),
    )
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
    judged = frame.with_columns(reason_code=pl.coalesce(unreadable_reason(pl.col("row_text")), own))
    readable = pl.col("reason_code").is_null()
    keyed = judged.with_columns(key=pl.when(readable).then(pl.col("key"))).with_columns(
        reason_code=pl.coalesce(
            "reason_code", pl.when(readable).then(repeat_kind(["key"], pl.col("fields").list.join("\x1f")))
        )
    )
    read = outcomes.read_outcome(pl.col("words")).struct
    event, is_other = read.field("event"), read.field("is_other_matter") & ~pl.col("has_code")
    other = pl.when(is_other.fill_null(value=False)).then(pl.lit(NOT_THE_MAKING))
    return keyed.with_columns(
        reason_code=pl.coalesce("reason_code", unmade_rows.set_aside(keyed, words="words"), other),
        # Set aside, and kept with what the police hold.
        is_refusal=(pl.col("reason_code").is_null() & (event == EVENT_REFUSED)).fill_null(value=False),
    )


def _field(name: str, header: Header) -> pl.Expr:
    if name not in header.places:
        return pl.lit(None, pl.String)
    return pl.col("fields").list.get(header.places[name], null_on_oob=True)


def _kept(kept: pl.DataFrame, header: Header, delivery: Delivery) -> pl.DataFrame:
    return RAW_RESULTS.conform(
        kept.select(
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
