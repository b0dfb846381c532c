"""What all sources do alike to bring a row into the canonical shape.

Belongs here: record keys, codes, identifiers, dates, conditions, the columns as sent. Does not: what one source
alone needs.
"""

from collections.abc import Iterable, Mapping

import polars as pl

from assets.parsing.conditions import code_conditions
from assets.parsing.dates import DateForm, read_date
from assets.parsing.rejections import Check
from assets.parsing.words import known
from warehouse.identifiers import is_cro_valid, is_pnc_id_valid, parse_cro, parse_pnc_id
from warehouse.schema import Table
from warehouse.tables.raw import PLACE


def as_sent(raw: pl.LazyFrame, *, key: str | None = None) -> pl.DataFrame:
    """The raw rows with each field as `sent_<field>`, unknown words null, sorted by file and row.

    The field `key` is only trimmed: a key may look like a word for nothing.
    """
    places = [column.name for column in PLACE]
    fields = [name for name in raw.collect_schema().names() if name not in places]
    sent = {field: pl.col(field).str.strip_chars() if field == key else known(pl.col(field)) for field in fields}
    columns = [text.alias(f"sent_{field}") for field, text in sent.items()]
    return raw.select(*places, *columns).collect().sort("file_name", "row_number")


def record_columns(source: str, source_key: pl.Expr) -> list[pl.Expr]:
    """`record_id`, `source` and `source_key`."""
    return [
        (pl.lit(f"{source}:") + source_key).alias("record_id"),
        pl.lit(source).alias("source"),
        source_key.alias("source_key"),
    ]


def date_columns(sent: Mapping[str, pl.Expr], *, forms: tuple[DateForm, ...]) -> list[pl.Expr]:
    """For each core column its date and `<column>_reason`, why it is null though something was sent."""
    read = {column: read_date(text, forms=forms) for column, text in sent.items()}
    dates = [date.struct.field("date").alias(column) for column, date in read.items()]
    return dates + [date.struct.field("reason").alias(f"{column}_reason") for column, date in read.items()]


def date_check(field: str, sent: str, expected: str) -> Check:
    """Check of a date read with `date_columns`."""
    return Check(field, sent, pl.col(f"{field}_reason"), expected)


def condition_rows(records: pl.DataFrame, *, cut_at: int | None = None) -> pl.DataFrame:
    """Conditions coded to the catalogue.

    Args:
        records: `record_id`, `source`, `source_key`, `sequence`, `text`; one row a condition.
        cut_at: the length at which the source cuts conditions, if it does.

    Returns:
        The rows with `condition_code`, `match_score`, `is_cut`, sorted by record and sequence.
    """
    coded = records.join(code_conditions(records.get_column("text"), cut_at=cut_at), on="text", how="left")
    is_cut = pl.lit(value=False) if cut_at is None else pl.col("text").str.len_chars() >= cut_at
    return coded.with_columns(is_cut=is_cut).sort("record_id", "sequence")


def coded(sent: str, codes: Mapping[str, str | bool | None]) -> pl.Expr:
    """What the source's code in a column as sent means, in any case; null for codes that are not listed."""
    is_flag = any(isinstance(meaning, bool) for meaning in codes.values())
    return (
        pl.col(sent)
        .str.to_uppercase()
        .replace_strict(dict(codes), default=None, return_dtype=pl.Boolean if is_flag else pl.String)
    )


def identifier_columns(pnc_id: pl.Expr, cro_number: pl.Expr, *, this_year: int) -> list[pl.Expr]:
    """`pnc_id`, `is_pnc_id_valid`, `cro_number`, `is_cro_valid`."""
    pnc, cro = parse_pnc_id(pnc_id, this_year=this_year), parse_cro(cro_number)
    return [
        pnc.alias("pnc_id"),
        is_pnc_id_valid(pnc).alias("is_pnc_id_valid"),
        cro.alias("cro_number"),
        is_cro_valid(cro).alias("is_cro_valid"),
    ]


def pnc_id_checks(sent: str) -> tuple[Check, ...]:
    """Checks of a PNC id: its form, and its check letter (the id is kept then, marked as not valid)."""
    return (
        Check("pnc_id", sent, "bad_format", "a PNC id: year, serial of up to seven digits, letter"),
        Check(
            "pnc_id",
            sent,
            "check_letter",
            "the check letter that year and serial give; the id is kept, marked as not valid",
            ~pl.col("is_pnc_id_valid"),
        ),
    )


def cro_checks(sent: str) -> tuple[Check, ...]:
    """Checks of a CRO number: its form, and its check letter (the number is kept then, marked as not valid)."""
    return (
        Check("cro_number", sent, "bad_format", "a CRO number: serial/year and letter, or SFyear/serial and letter"),
        Check(
            "cro_number",
            sent,
            "check_letter",
            "the check letter that year and serial give; the number is kept, marked as not valid",
            ~pl.col("is_cro_valid"),
        ),
    )


def sex_check(sent: str, codes: Iterable[str]) -> Check:
    """Check of a sex: a word that is not among the source's codes."""
    unknown = pl.col(sent).is_not_null() & ~pl.col(sent).str.to_uppercase().is_in(list(codes))
    return Check("sex", sent, "unknown_code", f"one of {', '.join(codes)}", unknown)


CONDITION_CHECK = Check("condition_code", "text", "unknown_code", "wording like one of the catalogue's")


def in_core_shape(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in the shape of a core table, sorted by its key, one row a key; columns not sent are null."""
    absent = [column for column in table.columns if column.name not in frame.columns]
    shaped = table.conform(frame.with_columns(pl.lit(None, column.dtype).alias(column.name) for column in absent))
    return shaped.sort(*table.key, *shaped.columns, nulls_last=True).unique(
        subset=list(table.key), keep="first", maintain_order=True
    )
