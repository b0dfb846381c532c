"""What a cell of an exported workbook holds of a text that is longer than a cell."""

from datetime import date

import openpyxl
import polars as pl
import pytest

from warehouse.csv_text import CUT, LONGEST_CELL
from warehouse.home import Home
from warehouse.releases.release import publish
from warehouse.releases.workbook import write_workbook
from warehouse.tables.register import ORDERS

ABOUT = {"as_of": date(2023, 11, 30), "config_hash": "c0ffee", "state": "published", "inputs": {}, "versions": {}}


@pytest.mark.usefixtures("without_database")
def test_a_text_that_is_cut_says_so(make_register, tmp_path):
    release = publish(Home(tmp_path / "home"), make_register(), **ABOUT)
    orders = pl.read_parquet(release.parquet("orders")).head(1)
    long = orders.with_columns(surname=pl.lit("x" * (LONGEST_CELL + 1)))
    write_workbook(tmp_path / "book.xlsx", release, {ORDERS: ORDERS.conform(long)}, marking="OFFICIAL")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["orders"]
    heading, row = sheet.iter_rows(values_only=True)
    shown = dict(zip(heading, row, strict=True))["surname"]
    assert (len(shown), shown[-len(CUT) :]) == (LONGEST_CELL, CUT)
