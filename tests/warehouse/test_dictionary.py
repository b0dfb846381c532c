"""The data dictionary: every column that an analyst meets has its parts, and its example is a value it may hold."""

import re
from datetime import date, datetime

import polars as pl
import pytest

from warehouse.releases.views import VIEWS
from warehouse.schema import Column
from warehouse.tables.code_lists import CODE_LISTS
from warehouse.tables.register import PUBLIC_TABLES

OF_TABLES = {
    f"{table.name}.{column.name}": column for table in (*PUBLIC_TABLES, *CODE_LISTS) for column in table.columns
}
COLUMNS = OF_TABLES | {f"{view.name}.{column.name}": column for view in VIEWS for column in view.columns}
NUMBERS = (pl.Int64, pl.Float64)
READ_AS = {pl.Int64: int, pl.Float64: float, pl.Date: date.fromisoformat}


def is_possible(column, text):
    read = READ_AS.get(column.dtype, datetime.fromisoformat if isinstance(column.dtype, pl.Datetime) else str)
    try:
        value = read(text)
    except ValueError:
        return False
    if column.dtype in NUMBERS:
        return (column.minimum is None or value >= column.minimum) and (
            column.maximum is None or value <= column.maximum
        )
    if column.dtype == pl.Boolean:
        return value in ("true", "false")
    fits = not column.pattern or re.fullmatch(column.pattern, text)
    return bool(text and fits) and (not column.codes or text in column.codes)


def test_every_column_of_a_table_says_what_it_means_and_where_its_values_come_from():
    assert [name for name, column in OF_TABLES.items() if not (column.description and column.source)] == []


def test_every_example_is_a_value_that_its_column_may_hold():
    assert [name for name, column in COLUMNS.items() if not is_possible(column, column.sample)] == []


def test_numbers_have_a_unit_and_nothing_else_has():
    assert [name for name, column in COLUMNS.items() if bool(column.measured_in) != (column.dtype in NUMBERS)] == []


def test_what_no_value_means_is_in_the_caveat():
    assert [name for name, column in COLUMNS.items() if "null" in column.description.lower()] == []


@pytest.mark.parametrize(
    ("column", "text"),
    [
        pytest.param(
            Column("term_months", "Length.", pl.Int64, caveat="Null if not known."),
            "Length. Unit: months. Null if not known.",
            id="a number",
        ),
        pytest.param(
            Column("state", "How it stands.", codes=("new", "open"), coding="new: found tonight; open"),
            "How it stands. Codes: new: found tonight; open.",
            id="codes that are explained",
        ),
        pytest.param(
            Column("place", "Where.", codes=("A", "B"), coding="`places`"),
            "Where. Codes: A, B (`places`).",
            id="codes that a table explains",
        ),
    ],
)
def test_a_comment_of_the_database_puts_the_parts_together(column, text):
    assert column.meaning == text
