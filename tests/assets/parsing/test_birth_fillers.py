"""A date that an office gives to many people is a filler; a date that people share by chance is none."""

from datetime import date, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.parsing.birth_fillers import mark_fillers
from warehouse.tables.core import CORE_ARRESTS, CORE_ORDERS

NAMES = ["ADAMS", "BAKER", "COLE", "DIXON", "EVANS", "FORD", "GREEN", "HUGHES", "IRVING", "JONES", "KING", "LEWIS"]


def records(births, *, names=NAMES, office="YHROCU.xlsx"):
    rows = [
        {
            "record_id": f"rocu:{office}#{place}",
            "file_name": office,
            "force_code": "12",
            "forenames_folded": names[-place % len(names)],
            "surname_folded": names[place % len(names)],
            "date_of_birth": born,
            "is_birth_placeholder": False,
        }
        for place, born in enumerate(births)
    ]
    empty = dict.fromkeys(CORE_ORDERS.schema)
    return pl.DataFrame([empty | row for row in rows], schema=CORE_ORDERS.schema)


def births(number, seed=1):
    random = Random(seed)
    return [date(1960, 1, 2) + timedelta(days=random.randrange(45 * 365)) for _ in range(number)]


def fillers(orders):
    marked, _ = mark_fillers(orders, CORE_ARRESTS.empty())
    return set(marked.filter("is_birth_placeholder").get_column("date_of_birth"))


@pytest.mark.parametrize(
    "filled",
    [
        pytest.param([date(1960 + year, 7, 1) for year in range(7)], id="1 July where only the year is known"),
        pytest.param(
            [date(1970 + place, 2 + place % 11, 15) for place in range(11)],
            id="the 15th where only year and month are known",
        ),
        pytest.param([date(1985, 3, 9)] * 6, id="one day for everybody"),
    ],
)
def test_what_an_office_fills_in_is_found(filled):
    true = [born for born in births(20) if born.day != 15]
    assert fillers(records([*true, *filled])) == set(filled)


@pytest.mark.parametrize(
    "orders",
    [
        pytest.param(records([date(1985, 3, 9)] * 40, names=["SMITH", "SMYTH", "SMIT"]), id="one person, spelled anew"),
        pytest.param(
            records([date(1985, 3, 9)] * 40).with_columns(forenames_folded=pl.lit("ANDY")),
            id="one person under many surnames",
        ),
        pytest.param(records([*births(20), date(1985, 3, 9), date(1985, 3, 9)]), id="twins"),
        pytest.param(records([date(1980, 7, 1), date(1991, 7, 1), *births(30)]), id="two people of 1 July"),
    ],
)
def test_a_date_that_people_share_is_a_birth(orders):
    assert not fillers(orders)


def test_what_one_office_fills_in_says_nothing_of_another():
    filled = [date(1960 + year, 7, 1) for year in range(7)]
    both = pl.concat([records(filled), records([*births(20), date(1977, 7, 1)], office="EMSOU.xlsx")])
    assert fillers(both) == set(filled)


@given(seed=st.integers(0, 10_000), number=st.integers(1, 400))
def test_births_spread_over_the_years_are_no_fillers(seed, number):
    assert not fillers(records(births(number, seed)))
