"""Which orders can be studied, and why the others can't."""

import re
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from study_cases import COVERED, SETTINGS, arrest, cohort_of, data, order

from reconciliation.register import Register
from study.effect.cohort import NO_AFTER, NO_BEFORE, NO_DAY, find_coverage, require_eligible, select_cohort
from study.effect.study_data import data_of_register
from study.effect.study_settings import StudyError, StudySettings


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({}, None, id="eligible"),
        pytest.param({"start_on": None}, None, id="without a start, the date of order stands for it"),
        pytest.param({"start_on": None, "made_on": None}, NO_DAY, id="no day at all"),
        pytest.param({"start_on": date(2016, 12, 31)}, NO_BEFORE, id="the window before would begin a day too early"),
        pytest.param({"start_on": date(2017, 1, 1)}, None, id="the window before begins with the data"),
        pytest.param({"start_on": date(2023, 1, 1)}, None, id="the window after ends with the data"),
        pytest.param({"start_on": date(2023, 1, 2)}, NO_AFTER, id="the window after would end a day too late"),
        pytest.param({"is_start_settled": False}, "the start is in dispute", id="disputed start"),
        pytest.param({"is_length_settled": False}, "the length is not known, or in dispute", id="disputed length"),
        pytest.param({"is_conditions_known": False}, "no condition is known", id="no conditions"),
        pytest.param({"is_history_known": False}, "neither a PNC ID nor an arrest is known", id="no history"),
        pytest.param(
            {"is_start_settled": False, "is_conditions_known": False},
            "the start is in dispute",
            id="the first reason counts",
        ),
    ],
)
def test_an_order_is_eligible_or_has_a_reason(changes, reason):
    assert cohort_of(order(**changes)).orders["reason"].to_list() == [reason]


def test_only_full_orders_of_the_type_and_region_are_asked_about():
    orders = (
        order(1),
        order(2, is_interim=True),
        order(3, order_type="STPO"),
        order(4, region_code="LONDON"),
        order(5, region_code=None),
    )
    settings = replace(SETTINGS, region="SWROCU")
    assert cohort_of(*orders, settings=settings).orders["order_id"].to_list() == ["O1"]
    assert cohort_of(*orders).orders.height == 3


def test_every_order_is_in_the_funnel_once():
    orders = (order(1), order(2, is_start_settled=False), order(3, start_on=date(2024, 6, 1)), order(4))
    cohort = cohort_of(*orders)
    funnel = dict(cohort.funnel().rows())
    assert funnel["all full orders of the type"] == 4
    assert funnel["with both windows within the data"] == 3
    assert funnel["eligible"] == cohort.eligible.height == 2
    assert sum(funnel[step] for step in funnel if step.startswith("left out")) == -2


def test_the_data_cover_from_the_first_arrest_to_the_release():
    held = data([order()], [arrest(date(2016, 5, 1)), arrest(date(2019, 5, 1))])
    covered = find_coverage(held, SETTINGS, as_of=date(2024, 1, 31))
    assert (covered.first, covered.last) == (date(2016, 5, 1), date(2024, 1, 31))


@pytest.mark.parametrize(
    ("settings", "arrests", "message"),
    [
        pytest.param({}, [], "links no arrest", id="no arrests"),
        pytest.param(
            {"covered_until": date(2025, 1, 1)}, [date(2019, 1, 1)], "choose an earlier day", id="beyond the data"
        ),
        pytest.param({"covered_from": date(2024, 6, 1)}, [date(2019, 1, 1)], "cover nothing", id="nothing covered"),
    ],
)
def test_days_that_the_data_cannot_cover_are_refused(settings, arrests, message):
    held = data([order()], [arrest(day) for day in arrests])
    with pytest.raises(StudyError, match=message):
        find_coverage(held, replace(SETTINGS, **settings), as_of=date(2024, 1, 31))


@pytest.mark.parametrize(
    ("settings", "changes", "message"),
    [
        pytest.param({"order_type": "TERO"}, {}, "holds no full TERO: it has 1 STRO in ", id="no order of the type"),
        pytest.param({"region": "LONDON"}, {}, "holds no full STRO in LONDON", id="no order in the region"),
        pytest.param(
            {"window_months": 120}, {}, "2015-01-01 to 2024-12-31.*shorter window", id="a window beyond the data"
        ),
        pytest.param({}, {"is_conditions_known": False}, "1 because no condition is known", id="no eligible order"),
    ],
)
def test_a_study_without_orders_says_why_and_what_to_do(settings, changes, message):
    asked = replace(SETTINGS, **settings)
    held = data([order(**changes)])
    cohort = select_cohort(held, asked, COVERED)
    with pytest.raises(StudyError, match=message):
        require_eligible(cohort, held, asked, COVERED)


def test_the_longest_window_that_is_offered_fits():
    asked, held = replace(SETTINGS, window_months=120), data([order()])
    with pytest.raises(StudyError) as refused:
        require_eligible(select_cohort(held, asked, COVERED), held, asked, COVERED)
    longest = int(re.search(r"at most (\d+) months", str(refused.value))[1])
    assert longest > 6
    assert not select_cohort(held, replace(asked, window_months=longest), COVERED).with_windows.is_empty()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param({"order_type": "ASBO"}, "no order type 'ASBO': one of STRO, STPO, TERO, TEPO", id="type"),
        pytest.param({"region": "KENT"}, "no region 'KENT': one of SWROCU", id="region"),
        pytest.param({"window_months": 0}, "a window of 0 months: choose 1 to 120", id="window"),
    ],
)
def test_what_there_is_not_is_refused_with_the_choices(settings, message):
    with pytest.raises(StudyError, match=message):
        StudySettings(**settings)


@pytest.mark.parametrize(("lacks", "known"), [(False, 1), (True, 0)], ids=["kept", "an older release"])
def test_a_condition_that_fits_nothing_in_the_catalogue_is_known_all_the_same(one_night, lacks, known):
    with Register.open(one_night / "home") as register:
        order = register.table("orders").filter(pl.col("legal_status") != "withdrawn")["order_id"][0]

        def table(name):
            if name == "uncoded_conditions" and lacks:
                raise KeyError(name)
            uncoded = pl.DataFrame({"order_id": [order]})
            held = {"conditions": register.table("conditions").clear(), "uncoded_conditions": uncoded}
            return held.get(name, register.table(name))

        found = data_of_register(table, sure=0.95).orders
    assert found.filter("is_conditions_known")["order_id"].to_list() == [order] * known
