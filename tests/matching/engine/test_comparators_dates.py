"""Dates against a slow reading of the same rules, and days that are not what they seem."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.comparators import Dates, Numbers
from matching.engine.values import encode


def reported(comparator: Dates | Numbers, one: object, other: object, kind: pl.DataType | None = None) -> str:
    column = encode([pl.Series("value", [one, other], dtype=kind)])[0]
    judge = comparator.bind([column])
    levels = [judge([column.codes[[row]]], [column.codes[[1 - row]]]).item() for row in (0, 1)]
    assert levels[0] == levels[1]
    return comparator.levels[levels[0]]


def is_slip(one: str, other: str) -> bool:
    differing = [place for place in range(8) if one[place] != other[place]]
    if len(differing) == 2 and differing[1] == differing[0] + 1:
        exchanged = list(one)
        exchanged[differing[0]], exchanged[differing[1]] = one[differing[1]], one[differing[0]]
        return "".join(exchanged) == other
    return len(differing) == 1


def plainly(one: str, other: str) -> str:
    """What two dates of eight digits reach, said slowly."""
    (year, month, day), (other_year, other_month, other_day) = (
        (text[:4], text[4:6], text[6:]) for text in (one, other)
    )
    apart = abs(int(year) - int(other_year))
    rules = {
        "the same": one == other,
        "day and month exchanged": year == other_year and month == other_day and day == other_month,
        "one digit off, or neighbours exchanged": is_slip(one, other),
        "two of year, month and day the same": (year == other_year) + (month == other_month) + (day == other_day) >= 2,
        "at most 1 year apart": apart <= 1,
        "at most 10 years apart": apart <= 10,
    }
    return next((level for level, holds in rules.items() if holds), "differ")


digits = st.text(alphabet="0123456789", min_size=8, max_size=8) | st.text(alphabet="0189", min_size=8, max_size=8)
days = st.dates(date(1900, 1, 1), date(2026, 12, 31))


@st.composite
def with_a_slip(draw: st.DrawFn) -> tuple[str, str]:
    """A date and what a slip or two make of it."""
    text = list(draw(days).strftime("%Y%m%d"))
    changed = list(text)
    for place in draw(st.lists(st.integers(0, 7), max_size=2)):
        if place < 7 and draw(st.booleans()):
            changed[place], changed[place + 1] = changed[place + 1], changed[place]
        else:
            changed[place] = draw(st.sampled_from("0123456789"))
    return "".join(text), "".join(changed)


@given(st.tuples(digits, digits) | with_a_slip())
def test_digits_read_as_they_are_said(pair):
    assert reported(Dates(), *pair) == plainly(*pair)


@given(days, st.integers(-400, 400) | st.integers(-4000, 4000))
def test_dates_and_their_texts_reach_the_same_level(day, moved):
    other = min(max(day + timedelta(moved), date(1900, 1, 1)), date(2026, 12, 31))
    level = plainly(day.strftime("%Y%m%d"), other.strftime("%Y%m%d"))
    assert reported(Dates(), day, other) == level
    assert reported(Dates(), str(day), str(other)) == level
    afternoons = [datetime.combine(date_of, time(13), UTC) for date_of in (day, other)]
    assert reported(Dates(), *afternoons) == level


@given(digits, digits)
def test_what_may_be_partial_or_a_filler_and_is_not_is_compared_as_ever(one, other):
    if "00" in (one[4:6], one[6:], other[4:6], other[6:]) or "0101" in (one[4:], other[4:]):
        return
    assert reported(Dates(partial=True, placeholders=("01-01",)), one, other) == plainly(one, other)


@pytest.mark.parametrize(
    ("years", "one", "other", "level"),
    [
        pytest.param((), "1984-08-17", "1985-03-02", "differ", id="years do not count"),
        pytest.param((2,), "1984-08-17", "1986-03-02", "at most 2 years apart", id="two years"),
        pytest.param((2,), "1984-08-17", "1987-03-02", "differ", id="three years"),
    ],
)
def test_years_apart_are_chosen(years, one, other, level):
    assert reported(Dates(years), one, other) == level
    assert reported(Dates(years, placeholders=("02-30",), partial=True), one, other) == level


@pytest.mark.parametrize("day", ["1.1.1900", "1900-1-1", "1900", ""])
def test_placeholders_are_whole_days(day):
    with pytest.raises(ValueError, match="placeholders are YYYY-MM-DD or MM-DD"):
        Dates(placeholders=(day,))


def test_numbers_are_no_dates():
    with pytest.raises(ValueError, match="dates"):
        Dates().bind(encode([pl.Series("value", [19840817])]))


def test_digits_of_other_scripts_are_no_digits():
    assert reported(Dates(), "١٩٨٤", "1984-08-17") == "not known"


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_numbers_are_so_far_apart(one, other):
    if one == other:
        return
    apart = abs(one - other)
    share = apart / max(abs(one), abs(other))
    levels = {"at most 1 apart": apart <= 1, "at most 100 apart": apart <= 100}
    assert reported(Numbers((1, 100)), one, other) == next(
        (level for level, holds in levels.items() if holds), "differ"
    )
    level = "at most 50 % apart" if share <= 0.5 else "differ"
    assert reported(Numbers((0.5,), relative=True), one, other) == level


def test_decimals_and_whole_numbers_are_numbers():
    assert reported(Numbers((1,)), 10, 11, pl.Int8()) == "at most 1 apart"
    assert reported(Numbers((1,)), 10, 12, pl.Decimal(10, 2)) == "differ"
    with pytest.raises(ValueError, match="values must be numbers, not String"):
        reported(Numbers((1,)), "10", "11")


def test_every_two_days_of_a_leap_year():
    days = [date(1984, 1, 1) + timedelta(place) for place in range(366)]
    column = encode([pl.Series("day", days)])[0]
    left, right = (places.ravel() for places in np.indices((366, 366)))
    levels = Dates().bind([column])([column.codes[left]], [column.codes[right]])
    texts = [day.strftime("%Y%m%d") for day in days]
    expected = [plainly(texts[one], texts[other]) for one, other in zip(left, right, strict=True)]
    assert [Dates().levels[level] for level in levels] == expected
