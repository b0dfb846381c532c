"""Dates in every form that people and systems write."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shares import one_in

from assets.parsing.date_forms import HAND_TYPED, WRITTEN
from assets.parsing.dates import read_birth, read_date
from assets.parsing.terms import FAR_OFF_YEAR, is_until_further_order

MONTHS = tuple(date(2000, month, 1).strftime("%B") for month in range(1, 13))


def read_one(text: str | None, **options: object) -> dict[str, object]:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    return frame.select(read=read_date(pl.col("text"), **options)).unnest("read").row(0, named=True)  # type: ignore[arg-type]


def ordinal(day: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in {11, 12, 13} else 0, "th")
    return f"{day}{ending}"


FULL_FORMS = {
    "ordinal day and month in words": lambda d: f"{ordinal(d.day)} {MONTHS[d.month - 1]} {d.year}",
    "day and short month": lambda d: f"{d.day} {MONTHS[d.month - 1][:3]} {d.year}",
    "short month with hyphens, two-digit year": lambda d: f"{d.day:02}-{MONTHS[d.month - 1][:3]}-{d.year % 100:02}",
    "month first": lambda d: f"{MONTHS[d.month - 1]} {ordinal(d.day)}, {d.year}",
    "slashes, day first": lambda d: f"{d.day:02}/{d.month:02}/{d.year}",
    "full stops, two-digit year": lambda d: f"{d.day:02}.{d.month:02}.{d.year % 100:02}",
    "hyphens, no leading zeros": lambda d: f"{d.day}-{d.month}-{d.year}",
    "ISO": lambda d: d.isoformat(),
    "ISO with midnight": lambda d: f"{d.isoformat()} 00:00:00",
    "ISO with T": lambda d: f"{d.isoformat()}T03:15:00",
    "eight digits, day first": lambda d: f"{d:%d%m%Y}",
    "eight digits, year first": lambda d: f"{d:%Y%m%d}",
    "Excel serial": lambda d: str((d - date(1899, 12, 30)).days),
    "Excel serial with a fraction": lambda d: f"{(d - date(1899, 12, 30)).days}.0",
    "weekday in front": lambda d: f"{d:%A} {d.day} {MONTHS[d.month - 1]} {d.year}",
}


@one_in(2, "write", [pytest.param(write, id=name) for name, write in FULL_FORMS.items()])
@given(day=st.dates(date(2000, 1, 1), date(2070, 12, 31)))
def test_a_date_written_in_any_form_reads_back(write, day):
    assert read_one(write(day)) == {"date": day, "year": day.year, "month": day.month, "reason": None}


@given(text=st.text(alphabet="0123456789/.- abcdefJanMarchOct", max_size=14))
def test_no_two_forms_fit_the_same_text(text):
    lowered = pl.Series([text.strip().lower()])
    fitting = [form.name for form in HAND_TYPED if lowered.str.contains(form.pattern).item()]
    assert len(fitting) <= 1


@pytest.mark.parametrize(
    ("text", "year", "month"),
    [
        pytest.param("March 2019", 2019, 3, id="month in words"),
        pytest.param("03/2019", 2019, 3, id="month in digits"),
        pytest.param("2019-03", 2019, 3, id="ISO month"),
        pytest.param("Mar-19", 2019, 3, id="as Excel shows a month"),
        pytest.param("2019", 2019, None, id="year alone"),
    ],
)
def test_a_partial_date_keeps_what_it_says(text, year, month):
    assert read_one(text) == {"date": None, "year": year, "month": month, "reason": "partial_date"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("31/02/2019", "impossible_date", id="31 February"),
        pytest.param("29/02/2019", "impossible_date", id="29 February of a common year"),
        pytest.param("12/25/2019", "impossible_date", id="month first in digits"),
        pytest.param("13/2019", "impossible_date", id="thirteenth month"),
        pytest.param("01/01/0219", "impossible_date", id="year before all records"),
        pytest.param("15/02/????", "unreadable_date", id="no year"),
        pytest.param("1980s", "unreadable_date", id="ten years"),
        pytest.param("00/13/1980", "impossible_date", id="thirteenth month, the day not known"),
        pytest.param("last spring", "unreadable_date", id="words"),
        pytest.param("5 of 2019", "unreadable_date", id="day and year without a month"),
        pytest.param("n/k", None, id="not known is no fault"),
        pytest.param("?", None, id="question mark is no fault"),
        pytest.param("  ", None, id="blank is no fault"),
        pytest.param(None, None, id="null is no fault"),
    ],
)
def test_what_is_no_date_is_null_with_its_reason(text, reason):
    assert read_one(text) == {"date": None, "year": None, "month": None, "reason": reason}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("01.03.24", date(2024, 3, 1), id="this year"),
        pytest.param("01.03.25", date(1925, 3, 1), id="next year is a century ago"),
        pytest.param("01.03.84", date(1984, 3, 1), id="last century"),
    ],
)
def test_a_two_digit_year_of_birth_is_not_in_the_future(text, day):
    assert read_one(text, latest_year=2024)["date"] == day


def test_a_number_of_days_is_a_date_in_spreadsheets_only():
    assert read_one("43525")["date"] == date(2019, 3, 1)
    assert read_one("43525", forms=WRITTEN)["reason"] == "unreadable_date"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("12041990", (date(1990, 4, 12), 1990, 4, False), id="known day"),
        pytest.param("01011990", (date(1990, 1, 1), 1990, 1, True), id="1 January looks like a filler"),
        pytest.param("01011900", (date(1900, 1, 1), 1900, 1, True), id="1900 looks like a filler"),
        pytest.param("00041990", (None, 1990, 4, False), id="day not known"),
        pytest.param("00001990", (None, 1990, None, False), id="day and month not known"),
        pytest.param("12042031", (None, None, None, False), id="birth in the future"),
        pytest.param("", (None, None, None, False), id="blank"),
    ],
)
def test_a_date_of_birth(text, expected):
    birth = read_birth(pl.col("text"), forms=WRITTEN, this_year=2024)
    assert pl.DataFrame({"text": [text]}).select(birth).unnest("text").row(0)[:4] == expected


def test_reading_keeps_the_order_of_the_rows():
    days = [date(2020, 1, 1) + timedelta(days=(7 * step) % 97) for step in range(300)]
    frame = pl.DataFrame({"text": [day.isoformat() for day in days]})
    assert frame.select(read_date(pl.col("text")).struct.field("date")).to_series().to_list() == days


@given(
    day=st.dates(date(1990, 1, 1), date(2140, 12, 31)),
    form=st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d%m%Y", "%Y%m%d", "%d %B %Y"]),
)
def test_a_day_stands_for_no_end_if_it_is_far_off(day, form):
    assert pl.select(is_until_further_order(pl.lit(day.strftime(form)))).item() == (day.year >= FAR_OFF_YEAR)
