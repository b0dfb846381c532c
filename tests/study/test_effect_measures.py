"""Arrests counted within windows, harm added up, and the change measured."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import THIRD
from study_cases import COCAINE, MADE, SERVITUDE, SETTINGS, arrest, cohort_of, data, order

from study.effect.cohort import Cohort
from study.effect.measures import count_by_person, find_events, interval_of_change, measure_changes, rank_biserial
from study.effect.study_data import StudyData
from study.effect.study_settings import StudySettings


def counted(
    cohort: Cohort, held: StudyData, settings: StudySettings = SETTINGS
) -> dict[tuple[str, str], tuple[float, float]]:
    counts = count_by_person(cohort, find_events(cohort.eligible, held.arrests, settings))
    sums = counts.group_by("measure", "category").agg(pl.col("before", "after").sum())
    return {(measure, category): (before, after) for measure, category, before, after in sums.rows()}


@pytest.mark.parametrize(
    ("on", "before_and_after"),
    [
        pytest.param(date(2018, 3, 14), (0, 0), id="a day before the windows"),
        pytest.param(date(2018, 3, 15), (1, 0), id="first day of the window before"),
        pytest.param(date(2020, 3, 14), (1, 0), id="last day of the window before"),
        pytest.param(date(2020, 3, 15), (0, 1), id="day 0"),
        pytest.param(date(2022, 3, 14), (0, 1), id="last day of the window after"),
        pytest.param(date(2022, 3, 15), (0, 0), id="a day after the windows"),
    ],
)
def test_an_arrest_counts_in_the_window_that_holds_its_day(on, before_and_after):
    held = data([order()], [arrest(on)])
    assert counted(cohort_of(order()), held)["arrests", "overall"] == before_and_after


@pytest.mark.parametrize(("where", "expected"), [("before", (1, 0)), ("after", (0, 1)), ("no", (0, 0))])
def test_an_arrest_on_day_0_counts_as_asked(where, expected):
    settings = replace(SETTINGS, day_zero_counts=where)
    assert counted(cohort_of(order()), data([order()], [arrest(MADE)]), settings)["arrests", "overall"] == expected


def test_day_0_is_the_start_or_the_day_of_making():
    delayed = order(start_on=MADE + timedelta(days=100))
    held = data([delayed], [arrest(MADE + timedelta(days=50))])
    by_making = replace(SETTINGS, day_zero="made_on")
    assert counted(cohort_of(delayed), held)["arrests", "overall"] == (1, 0)
    assert counted(cohort_of(delayed, settings=by_making), held, by_making)["arrests", "overall"] == (0, 1)


def test_half_days_of_harm_are_kept_and_the_2015_act_counts_as_assumed():
    held = data([order()], [arrest(MADE - timedelta(days=9), offence=code) for code in (COCAINE, SERVITUDE)])
    found = counted(cohort_of(order()), held)
    assert found["harm", "drugs"] == (547.5, 0)
    assert found["harm", "modern_slavery"] == (730, 0)
    assert found["harm", "overall"] == (1277.5, 0)
    without = replace(SETTINGS, harm=SETTINGS.harm.with_assumed("none"))
    assert counted(cohort_of(order()), held, without)["harm", "modern_slavery"] == (0, 0)


def test_an_arrest_without_a_known_offence_counts_overall_alone():
    held = data([order()], [arrest(MADE, offence=None)])
    found = counted(cohort_of(order()), held)
    assert found["arrests", "overall"] == (0, 1)
    assert sum(after for (measure, category), (_, after) in found.items() if measure == "arrests") == 1


def test_an_application_for_an_order_is_no_offence():
    held = data([order()], [arrest(MADE, offence="MS15503")])
    assert counted(cohort_of(order()), held)["arrests", "overall"] == (0, 0)


def test_rearrests_within_days_count_once_if_asked():
    days = [MADE + timedelta(days=days) for days in (1, 20, 40, 90)]
    held = data([order()], [arrest(day) for day in days])
    asked = replace(SETTINGS, rearrest_days=28)
    assert counted(cohort_of(order()), held, asked)["arrests", "overall"] == (0, 2)


def changes_of(before: list[int], after: list[int]) -> pl.DataFrame:
    counts = pl.DataFrame({"before": before, "after": after}, schema={"before": pl.Float64, "after": pl.Float64})
    return measure_changes(counts.with_columns(measure=pl.lit("arrests"), category=pl.lit("overall")), SETTINGS)


def test_a_change_has_its_interval_its_tests_and_its_sizes():
    row = changes_of([5, 6, 4, 7, 5, 8, 3, 6], [2, 1, 3, 2, 1, 4, 0, 2]).row(0, named=True)
    assert row["change_percent"] == pytest.approx(100 * (15 - 44) / 44)
    assert row["low_percent"] < row["change_percent"] < row["high_percent"] < 0
    assert row["p_wilcoxon"] < 0.05
    assert row["p_permutation"] < 0.05
    assert row["rank_biserial"] == -1
    assert row["cohens_d"] < -1


def test_nothing_before_gives_no_percentage():
    row = changes_of([0] * 8, [1, 0, 2, 0, 1, 0, 1, 1]).row(0, named=True)
    assert (row["change_percent"], row["low_percent"], row["high_percent"]) == (None, None, None)
    assert row["after"] == 6


def test_too_few_people_are_not_tested():
    row = changes_of([3, 4, 5], [1, 0, 2]).row(0, named=True)
    assert row["change_percent"] == pytest.approx(-75)
    assert [row[name] for name in ("low_percent", "p_wilcoxon", "p_permutation", "cohens_d")] == [None] * 4


def test_a_person_with_two_orders_is_one_pair_in_the_tests():
    orders = (order(1), order(2, subject_id="S1", made_on=date(2021, 3, 15), start_on=date(2021, 3, 15)))
    held = data(list(orders), [arrest(date(2020, 9, 1))])
    counts = count_by_person(cohort_of(*orders), find_events(cohort_of(*orders).eligible, held.arrests, SETTINGS))
    overall = counts.filter((pl.col("measure") == "arrests") & (pl.col("category") == "overall"))
    assert overall.select("before", "after").rows() == [(1.0, 1.0)]


PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=6, max_size=25)


@given(PAIRS)
def test_before_and_after_exchanged_turns_the_effect_round(pairs):
    difference = np.array([after - before for before, after in pairs], dtype=float)
    if difference.any():
        assert rank_biserial(-difference) == pytest.approx(-rank_biserial(difference))
        assert -1 <= rank_biserial(difference) <= 1


@THIRD
@given(PAIRS, st.randoms())
def test_the_order_of_people_moves_no_total_and_no_test(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    names = ["before", "after", "change_percent", "p_wilcoxon", "rank_biserial"]
    found, again = (changes_of(*map(list, zip(*rows, strict=True))).select(names).row(0) for rows in (pairs, shuffled))
    assert found == pytest.approx(again, nan_ok=True)


def test_the_interval_is_the_same_on_every_run():
    before, after = np.arange(10.0), np.arange(10.0)[::-1] / 3
    assert interval_of_change(before, after, SETTINGS) == interval_of_change(before, after, SETTINGS)
