"""Partial dates among the rejected values."""

import polars as pl
import pytest

from assets.parsing.rejections import show_partial_dates


@pytest.mark.parametrize(
    ("reason", "value", "shown"),
    [
        pytest.param("partial_date", "March 2019", "2019-03", id="month in words"),
        pytest.param("partial_date", "3/2019", "2019-03", id="month in figures"),
        pytest.param("partial_date", "2019-03", "2019-03", id="already in the form"),
        pytest.param("partial_date", "2019", "2019", id="year"),
        pytest.param("partial_date", "00041990", "1990-04", id="noughts for the day"),
        pytest.param("partial_date", "c. 1990", "1990", id="about a year"),
        pytest.param("impossible_date", "March 2119", "March 2119", id="a date that cannot be"),
        pytest.param("unknown_code", "2019", "2019", id="no date at all"),
        pytest.param("unknown_code", "March 2019", "March 2019", id="looks like a date but is none"),
    ],
)
def test_partial_dates_are_shown_in_one_form(reason, value, shown):
    rejected = pl.DataFrame({"reason_code": [reason], "value": [value]})
    assert show_partial_dates(rejected).rows() == [(reason, shown)]
