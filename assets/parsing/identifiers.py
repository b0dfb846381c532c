"""National identifiers as sources write them, each with whether its check letter is right, or why it was refused.

Belongs here: reading a column of them. Does not: their forms, dummies and the check letter (`warehouse.identifiers`).
"""

from collections.abc import Callable
from functools import partial

import polars as pl

from assets.parsing.distinct import read_distinct
from warehouse.identifiers import (
    asn_form,
    asn_refusal,
    cro_form,
    cro_refusal,
    is_asn_valid,
    is_cro_valid,
    is_pnc_id_valid,
    pnc_id_form,
    pnc_id_refusal,
)

LABEL = r"(?i)^\W*(?:pnc|cro|asn)[ .]?(?:id|no|nr|num|number|ref)?\b[ .:#-]*"

Reading = Callable[[pl.Expr], pl.Expr]


def read_pnc_id(text: pl.Expr, *, this_year: int) -> pl.Expr:
    """Read PNC ids into a struct of `pnc_id`, `is_pnc_id_valid` and `pnc_id_reason` (see `_read`)."""
    form, refusal = partial(pnc_id_form, this_year=this_year), partial(pnc_id_refusal, this_year=this_year)
    return _read(text, "pnc_id", form, refusal, is_pnc_id_valid)


def read_cro_number(text: pl.Expr) -> pl.Expr:
    """Read CRO numbers into a struct of `cro_number`, `is_cro_valid` and `cro_number_reason` (see `_read`)."""
    return _read(text, "cro_number", cro_form, cro_refusal, is_cro_valid)


def read_asn(text: pl.Expr) -> pl.Expr:
    """Read ASNs into a struct of `asn`, `is_asn_valid` and `asn_reason` (see `_read`)."""
    return _read(text, "asn", asn_form, asn_refusal, is_asn_valid)


def _read(text: pl.Expr, name: str, form: Reading, refusal: Reading, is_valid: Reading) -> pl.Expr:
    """The identifier, whether it is valid, and why there is none though the text says something: else null.

    The reason is `bad_format` or one of `warehouse.identifiers`. A label before it (`PNC ID: 12/3456A`) is ignored.
    """
    validity, reason = is_valid.__name__, f"{name}_reason"

    def read(texts: pl.DataFrame) -> pl.DataFrame:
        formed = texts.with_columns(form(pl.col("text").str.replace(LABEL, "")).alias(name)).with_columns(
            pl.coalesce(
                refusal(pl.col(name)),
                pl.when(pl.col("text").is_not_null() & pl.col(name).is_null()).then(pl.lit("bad_format")),
            ).alias(reason)
        )
        kept = formed.with_columns(pl.when(pl.col(reason).is_null()).then(pl.col(name)).alias(name))
        return kept.with_columns(is_valid(pl.col(name)).alias(validity))

    return read_distinct(text, read, {name: pl.String, validity: pl.Boolean, reason: pl.String})
