"""The evidence of a night in the form in which the ledger keeps and compares it.

Belongs here: what a record is known by, its canonical values, where an order's id went. Does not: comparing them with
what a steward saw (`ledger.decisions.staleness`).
"""

import polars as pl

from ledger.decisions.kinds import CANONICAL
from reconciliation.stable_ids import record_handles
from warehouse.text_hashes import digests

RECORD = ("record_id", "handle", "source")
READ = ("record_id", "source", "event", "file_name", "row_number", "occurrence_ref", *dict.fromkeys(CANONICAL.values()))
"""The columns of order records that decisions rest on, and that records are known by."""


def name_records(records: pl.DataFrame) -> pl.DataFrame:
    """Order records with what each is known by in the ledger.

    Args:
        records: order records of all sources in their core shape: all of them, since what a row of a regional return
            is known by depends on the others. Those that are named already are left as they are.

    Returns:
        The records with `handle`: a digest, since some hold names.
    """
    if "handle" in records.columns:
        return records
    handles = record_handles(records)
    return records.join(handles.with_columns(digests(handles.get_column("handle"))), on="record_id")


def canonical_values(records: pl.DataFrame) -> pl.DataFrame:
    """The values of records as they are compared.

    Args:
        records: some of the rows of `name_records`, with further columns if need be.

    Returns:
        `record_id`, `handle`, `source`, `field`, `value`: one row for each record and field that can be decided on;
        `value` is null where the record has none.
    """
    wide = records.select(
        *RECORD, *(pl.col(column).cast(pl.String).alias(field) for field, column in CANONICAL.items())
    )
    long = wide.unpivot(index=list(RECORD), variable_name="field", value_name="value")
    return long.with_columns(normal(pl.col("value")))


def normal(text: pl.Expr) -> pl.Expr:
    """A value in the form in which values are compared: one form of each letter, no capitals, single blanks."""
    squeezed = text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(squeezed != "").then(squeezed).alias(text.meta.output_name())
