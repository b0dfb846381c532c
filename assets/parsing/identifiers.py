"""National identifiers as sources write them, each with whether its check letter is right.

Belongs here: reading a column of them. Does not: their forms and the check letter (`warehouse.identifiers`).
"""

from collections.abc import Callable
from functools import partial

import polars as pl

from assets.parsing.distinct import read_distinct
from warehouse.identifiers import is_asn_valid, is_cro_valid, is_pnc_id_valid, parse_asn, parse_cro, parse_pnc_id

Reading = Callable[[pl.Expr], pl.Expr]


def read_pnc_id(text: pl.Expr, *, this_year: int) -> pl.Expr:
    """Read PNC ids into a struct of `pnc_id` and `is_pnc_id_valid`."""
    return _read(text, "pnc_id", partial(parse_pnc_id, this_year=this_year), is_pnc_id_valid)


def read_cro_number(text: pl.Expr) -> pl.Expr:
    """Read CRO numbers into a struct of `cro_number` and `is_cro_valid`."""
    return _read(text, "cro_number", parse_cro, is_cro_valid)


def read_asn(text: pl.Expr) -> pl.Expr:
    """Read ASNs into a struct of `asn` and `is_asn_valid`."""
    return _read(text, "asn", parse_asn, is_asn_valid)


def _read(text: pl.Expr, name: str, parse: Reading, is_valid: Reading) -> pl.Expr:
    validity = is_valid.__name__

    def read(texts: pl.DataFrame) -> pl.DataFrame:
        return texts.with_columns(parse(pl.col("text")).alias(name)).with_columns(
            is_valid(pl.col(name)).alias(validity)
        )

    return read_distinct(text, read, {name: pl.String, validity: pl.Boolean})
