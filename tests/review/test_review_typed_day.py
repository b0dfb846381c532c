"""Days as people type them are understood, and what is wrong is said at its field."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.typed_day import DayError, parse_day


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(("4", "7", "2038"), id="numbers"),
        pytest.param(("04", "07", "2038"), id="numbers with zeros"),
        pytest.param(("4", "July", "2038"), id="the month by name"),
        pytest.param(("4th", "jul", "2038"), id="cut short, with the ending of the day"),
        pytest.param(("4 July 2038", "", ""), id="all in the first field"),
        pytest.param(("4/7/2038", "", ""), id="with slashes"),
        pytest.param(("2038-07-04", "", ""), id="as machines write it"),
    ],
)
def test_a_day_is_understood(parts):
    assert parse_day(parts) == date(2038, 7, 4)


@pytest.mark.parametrize(
    ("parts", "wrong", "words"),
    [
        pytest.param(("", "", ""), ("day", "month", "year"), "enter a date", id="nothing"),
        pytest.param(("31", "", "2027"), ("month",), "must include a month$", id="no month"),
        pytest.param(("31", "3", ""), ("year",), "must include a year", id="no year"),
        pytest.param(("31", "", ""), ("month", "year"), "must include a month and a year", id="no month and no year"),
        pytest.param(("31", "2", "2027"), ("day", "month", "year"), "enter a real date", id="no such day"),
        pytest.param(("31", "Smarch", "2027"), ("day", "month", "year"), "enter a real date", id="no such month"),
        pytest.param(("31", "3", "27"), ("year",), "must have 4 numbers", id="a year of two numbers"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(parts, wrong, words):
    with pytest.raises(DayError, match=words) as caught:
        parse_day(parts)
    assert caught.value.parts == wrong


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_is_read_as_the_desk_writes_it(day):
    assert parse_day((f"{day.day} {day:%B %Y}", "", "")) == day


@given(st.lists(st.text(max_size=12), min_size=3, max_size=3))
def test_anything_typed_is_a_day_or_a_problem(parts):
    with suppress(DayError):
        assert isinstance(parse_day(parts), date)
