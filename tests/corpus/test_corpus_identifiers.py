"""Identifiers as offices write them: `identifiers.csv` holds each with the number it is read as, or why it is none."""

from pathlib import Path

import polars as pl
import pytest

from assets.parsing.identifiers import read_asn, read_cro_number, read_pnc_id
from assets.parsing.words import known

CASES = pl.read_csv(Path(__file__).with_name("identifiers.csv"), infer_schema=False)
THIS_YEAR = 2026
READERS = {
    "pnc_id": lambda text: read_pnc_id(text, this_year=THIS_YEAR),
    "cro_number": read_cro_number,
    "asn": read_asn,
}


@pytest.mark.parametrize("case", [pytest.param(row, id=row["id"]) for row in CASES.iter_rows(named=True)])
def test_an_identifier_is_read_as(case):
    read = pl.select(READERS[case["field"]](known(pl.lit(case["written"]))).struct.unnest())
    value, is_valid, reason = read.row(0)
    assert (value, reason) == (case["value"], case["reason"])
    assert is_valid == {"true": True, "false": False}.get(case["is_valid"])
