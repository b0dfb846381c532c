"""What all sources do alike to bring a row into the canonical shape.

Belongs here: record keys, sex, identifiers, the columns as sent. Does not: what one source alone needs.
"""

from collections.abc import Iterable, Mapping

import polars as pl

from assets.parsing.rejections import Check
from assets.parsing.words import known
from warehouse.identifiers import is_cro_valid, is_pnc_id_valid, parse_cro, parse_pnc_id
from warehouse.tables.raw import PLACE

SENT = "sent_"


def as_sent(raw: pl.LazyFrame) -> pl.DataFrame:
    """The raw rows with each field as `sent_<field>`, unknown words null, sorted by file and row."""
    places = [column.name for column in PLACE]
    fields = [name for name in raw.collect_schema().names() if name not in places]
    return (
        raw.select(*places, *(known(pl.col(field)).alias(SENT + field) for field in fields))
        .collect()
        .sort("file_name", "row_number")
    )


def record_columns(source: str, source_key: pl.Expr) -> list[pl.Expr]:
    """`record_id`, `source` and `source_key`."""
    return [
        (pl.lit(f"{source}:") + source_key).alias("record_id"),
        pl.lit(source).alias("source"),
        source_key.alias("source_key"),
    ]


def sex_column(text: pl.Expr, codes: Mapping[str, str | None]) -> pl.Expr:
    """`sex` from the source's words, in any case; null for words that are not among `codes`."""
    return text.str.to_uppercase().replace_strict(dict(codes), default=None, return_dtype=pl.String).alias("sex")


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
