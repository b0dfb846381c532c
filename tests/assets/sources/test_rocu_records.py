"""What the fields of a regional return mean."""

from datetime import date

import polars as pl
import pytest
from shares import one_in

from assets.sources.rocu import SOURCE
from assets.sources.rocu_records import standardise
from warehouse.tables.core import CORE_ORDERS


def core_tables(**sent: str) -> dict[str, pl.DataFrame]:
    """The core tables of one order with these cells."""
    placed = {"delivery_id": "rocu:2026-10-31:x", "file_name": "return.xlsx", "row_number": 5, "sheet_name": "Orders"}
    raw = {table.name: table.empty() for table in SOURCE.raw_tables}
    row = pl.DataFrame([{**placed, **sent}])
    raw["raw_rocu__orders"] = pl.concat([raw["raw_rocu__orders"], row], how="diagonal_relaxed")
    return standardise({name: frame.lazy() for name, frame in raw.items()}, date(2026, 11, 20))


@one_in(
    2,
    ("length", "months", "rejected"),
    [
        pytest.param("3 years", 36, [], id="a length"),
        pytest.param("interim", None, [], id="interim: no length to be had"),
        pytest.param("N/A - interim", None, [], id="not applicable, as interim"),
        pytest.param("UFO", None, [], id="until further order"),
        pytest.param("3 yeras", None, ["term_months"], id="unreadable"),
    ],
)
def test_the_length_of_an_order(length, months, rejected):
    core = core_tables(order_type="STRO", length=length)
    assert core["orders"].item(0, "term_months") == months
    assert core["rejected_values"].get_column("field").to_list() == rejected


def test_one_cell_holds_several_conditions():
    conditions = core_tables(conditions="Not to enter X / Must not book intl. travel / No contact w/ Y")["conditions"]
    assert conditions.select("sequence", "text").rows() == [
        (1, "Not to enter X"),
        (2, "Must not book intl. travel"),
        (3, "No contact w/ Y"),
    ]


def test_an_empty_row_has_every_core_column():
    orders = core_tables()["orders"]
    assert orders.columns == [column.name for column in CORE_ORDERS.columns]
    assert orders.item(0, "record_id") == "rocu:return.xlsx#Orders#5"


@one_in(2, "sheet", ["TBC", "-", " ", "Orders ", "2026.0"])
def test_a_row_is_known_by_the_name_of_its_sheet_to_the_letter(sheet):
    assert core_tables(order_type="STRO", sheet_name=sheet)["orders"].item(0, "source_key") == f"return.xlsx#{sheet}#5"


def test_marks_that_nobody_sees_do_not_stand_in_a_name():
    orders = core_tables(order_type="STRO", surname="\u200fSm\u200bith\u00ad", forenames="Jon\u2060")["orders"]
    assert orders.select("forenames", "surname").row(0) == ("Jon", "Smith")
