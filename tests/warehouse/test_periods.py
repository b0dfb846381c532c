"""Lengths between days."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.periods import months_after, whole_months


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
