"""Lengths between days."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.date_arithmetic import digits_apart, is_slip_for, months_after, whole_months


def months_between(start, end):
    days = pl.DataFrame({"start": [start], "end": [end]}, schema={"start": pl.Date, "end": pl.Date})
    return days.select(whole_months(pl.col("start"), pl.col("end"))).item()


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        pytest.param(date(2020, 5, 1), date(2022, 5, 1), 24, id="to the same day"),
        pytest.param(date(2020, 5, 1), date(2022, 4, 30), 24, id="to the day before"),
        pytest.param(date(2020, 1, 31), date(2020, 2, 29), 1, id="to the last day of a shorter month"),
        pytest.param(date(2020, 5, 1), date(2022, 5, 20), None, id="not whole months"),
        pytest.param(None, date(2022, 5, 1), None, id="no start"),
    ],
)
def test_whole_months(start, end, months):
    assert months_between(start, end) == months


@given(st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.integers(1, 240), st.booleans())
def test_length_counted_forward_is_read_back(start, months, is_day_before):
    end = pl.select(months_after(pl.lit(start), pl.lit(months)).dt.offset_by("-1d" if is_day_before else "0d")).item()
    assert months_between(start, end) == months


@pytest.mark.parametrize(
    ("day", "is_slip"),
    [
        pytest.param(date(2021, 3, 9), True, id="the same day"),
        pytest.param(date(2021, 3, 23), True, id="two weeks off"),
        pytest.param(date(2021, 3, 24), False, id="more than two weeks off"),
        pytest.param(date(2021, 9, 3), True, id="day and month swapped"),
        pytest.param(date(2023, 3, 9), True, id="another year"),
        pytest.param(date(2021, 8, 9), True, id="one digit"),
        pytest.param(date(2021, 10, 4), False, id="several digits"),
        pytest.param(None, None, id="no day"),
    ],
)
def test_a_slip_of_the_hand(day, is_slip):
    days = pl.DataFrame({"day": [day], "meant": [date(2021, 3, 9)]}, schema={"day": pl.Date, "meant": pl.Date})
    assert days.select(is_slip_for(pl.col("day"), pl.col("meant"))).item() is is_slip


@given(st.dates(), st.dates())
def test_digits_apart_are_those_of_the_days_written_in_full(day, other):
    days = pl.DataFrame({"day": [day], "other": [other]})
    written = (f"{date:%Y%m%d}".zfill(8) for date in (day, other))
    expected = sum(one != another for one, another in zip(*written, strict=True))
    assert days.select(digits_apart(pl.col("day"), pl.col("other"))).item() == expected
