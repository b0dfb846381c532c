"""Monthly series, selection without effect, other choices, and the harm index."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from study_cases import COVERED, MADE, SETTINGS, arrest, cohort_of, data, order

from study.effect.harm import HarmIndex, assumptions
from study.effect.measures import find_events
from study.effect.selection import RATES, SPREADS, simulate_selection
from study.effect.sensitivity import choices, compare_choices, suppose_custody
from study.effect.series import TERMS, count_by_month, fit_segments
from study.effect.study_settings import StudySettings


@given(st.integers(-729, 730))
def test_every_day_of_the_windows_has_its_month(days):
    on = MADE + timedelta(days=days)
    held = data([order()], [arrest(on)])
    events = find_events(cohort_of(order()).eligible, held.arrests, SETTINGS)
    months = events["month"].to_list()
    begins = [pl.Series([MADE]).dt.offset_by(f"{month}mo")[0] for month in range(-24, 25)]
    assert months == [month for month in range(-24, 24) if begins[month + 24] <= on < begins[month + 25]]


def test_months_without_arrests_are_months_too():
    held = data([order()], [arrest(MADE), arrest(MADE + timedelta(days=3))])
    events = find_events(cohort_of(order()).eligible, held.arrests, SETTINGS)
    months = count_by_month(events, orders=4, window_months=24)
    assert months.height == 48
    assert months.filter(pl.col("arrests") > 0).rows() == [(0, 2, 50.0)]


def test_a_planted_step_and_slope_are_found():
    month = np.arange(-24, 24)
    noise = np.random.default_rng(3).normal(0, 0.5, 48)
    rate = 20 + 0.5 * (month + 0.5) + np.where(month >= 0, -8 - 0.3 * (month + 0.5), 0) + noise
    series = pl.DataFrame({"month": month, "arrests": rate.round().astype(int), "rate": rate})
    fitted = fit_segments(series)
    found = {term: (low, high) for term, _, low, high, _ in fitted.terms.rows()}
    planted = dict(zip(TERMS.values(), (20, 0.5, -8, -0.3), strict=True))
    assert all(low - 0.1 < planted[term] < high + 0.1 for term, (low, high) in found.items())
    assert found["change of level at day 0"][1] < -7
    assert fitted.lags == 3


def test_too_few_arrests_are_not_modelled():
    months = pl.DataFrame({"month": range(-24, 24), "arrests": [0] * 47 + [3], "rate": [0.0] * 47 + [3.0]})
    assert fit_segments(months).terms.is_empty()


def test_selection_alone_makes_arrests_fall_as_theory_says():
    # Of a gamma-Poisson mixture, the rate expected of people with x arrests is (k + x) / (k / m + 1).
    rows = simulate_selection(5.0, seed=1)
    expected = [(shape + 5) / (shape / (share * 5) + 1) for shape in SPREADS.values() for share in RATES.values()]
    assert rows["before"].to_list() == pytest.approx([5.0] * len(expected), abs=0.05)
    assert rows["after"].to_list() == pytest.approx(expected, rel=0.05)
    assert (rows["change_percent"] < 0).all()


def test_other_choices_change_one_thing_each():
    orders = [order(number) for number in range(1, 9)]
    orders.append(order(9, subject_id="S1", order_type="STPO", start_on=date(2021, 1, 1), made_on=date(2021, 1, 1)))
    orders.append(order(10, is_start_settled=False))
    orders.append(order(11, ended_on=date(2021, 1, 1)))
    people = (*range(1, 9), 10, 11)
    arrests = [arrest(MADE + timedelta(days=days), of=number) for number in people for days in (-300, -200, 100, 120)]
    arrests += [arrest(MADE + timedelta(days=50), of=2, offence="MS15007")]
    rows = compare_choices(data(orders, arrests), COVERED, choices(SETTINGS)).filter(pl.col("measure") == "arrests")
    found = {row["choice"]: row for row in rows.iter_rows(named=True)}
    assert found["as asked"]["people"] == 9
    assert found["doubtful orders kept"]["people"] == 10
    assert found["only people with one order in the windows"]["people"] == 8
    assert found["only orders that bound for the whole window"]["people"] == 8
    assert found["without breaches of orders"]["after"] == found["as asked"]["after"] - 1
    assert found["re-arrests within 28 days count once"]["after"] == 10
    assert found["windows of 6 months"]["before"] == 0


def test_an_order_of_24_months_bound_for_the_whole_window_of_24():
    last_days = (date(2022, 3, 13), date(2022, 3, 14), date(2022, 3, 15))
    orders = [order(number, ended_on=last) for number, last in enumerate(last_days, 1)]
    rows = compare_choices(data(orders, [arrest(MADE)]), COVERED, choices(SETTINGS))
    bound = rows.filter(pl.col("choice") == "only orders that bound for the whole window")
    assert bound["people"].to_list() == [3]


def test_a_year_in_custody_halves_the_time_to_be_arrested_in():
    supposed = dict(suppose_custody(100, 50, window_months=24).rows())
    assert supposed == {
        0: pytest.approx(-50),
        3: pytest.approx(-42.86, abs=0.01),
        6: pytest.approx(-33.33, abs=0.01),
        12: 0,
    }


def test_every_offence_without_days_in_the_index_has_an_assumption_or_is_ordinary():
    index = HarmIndex.shipped()
    assert index.table().height == index.days.height + assumptions().height
    assert (assumptions()["low"] <= assumptions()["days"]).all()
    assert (assumptions()["days"] <= assumptions()["high"]).all()
    assert not set(assumptions()["offence_code"]) & set(index.days["offence_code"])


def test_another_edition_takes_the_place_of_the_shipped_one(tmp_path):
    path = tmp_path / "2026.csv"
    path.write_text("offence_code,harm_days\nMS15001,900\nTH68026,273.5\n")
    index = HarmIndex.read(path)
    days = dict(index.table().rows())
    assert index.edition == "2026"
    assert (days["MS15001"], days["TH68026"], days["MS15002"]) == (900, 273.5, 730)
    assert "MD71130" not in days
    assert StudySettings(harm=index).harm is index


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("code,harm_days\nMS15001,1\n", "no column offence_code", id="another heading"),
        pytest.param("offence_code,harm_days\nMS15001,many\n", "a number", id="a word for a number"),
        pytest.param("offence_code,harm_days\nXX1,5\n", "no offence XX1", id="an unknown offence"),
        pytest.param("offence_code,harm_days\nMS15001,5\nMS15001,6\n", "twice", id="an offence twice"),
        pytest.param("offence_code,harm_days\nMS15001,-5\n", "negative", id="negative days"),
    ],
)
def test_a_harm_table_that_cannot_be_right_is_refused(tmp_path, text, message):
    path = tmp_path / "edition.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        HarmIndex.read(path)


def test_choices_leave_out_the_window_that_was_asked_for():
    titles = [choice.title for choice in choices(replace(SETTINGS, window_months=12))]
    assert "windows of 12 months" not in titles
    assert len([title for title in titles if title.startswith("windows of")]) == 4
