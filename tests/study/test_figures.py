"""Published figures beside the register's."""

from datetime import date

import polars as pl
import pytest

from study.figures import COUNTED, compare_figures, published_figures
from warehouse.codes import COURT_CODES, ORDER_TYPES, reference
from warehouse.sources import SOURCE_NAMES

CROWN = reference("courts").filter(pl.col("court_type") == "crown")["code"][0]
MAGISTRATES = reference("courts").filter(pl.col("court_type") == "magistrates")["code"][0]
ORDER = {
    "order_id": "O1",
    "subject_id": "S1",
    "order_type": "STPO",
    "is_interim": False,
    "legal_status": "live",
    "made_on": date(2018, 5, 1),
    "court_code": CROWN,
    "nation": "England",
    "sources": list(SOURCE_NAMES),
}


def figures_of(*orders, in_force=()):
    frame = pl.DataFrame([ORDER | changes for changes in orders], schema_overrides={"court_code": pl.String})
    found = compare_figures(frame, in_force=lambda _day: frame.filter(pl.col("order_id").is_in(in_force)))
    keys = zip(found["figure"], found["area"], found["from_on"].dt.year(), strict=True)
    return dict(zip(keys, found.iter_rows(named=True), strict=True))


PEOPLE_2018 = ("STPO: people, crown court", "England and Wales", 2018)


def test_a_person_with_two_orders_in_a_year_counts_once():
    found = figures_of({}, {"order_id": "O2"}, {"order_id": "O3", "subject_id": "S2"})
    assert found[PEOPLE_2018]["register"] == 2
    assert found[PEOPLE_2018]["published"] == "38"
    assert found[PEOPLE_2018]["difference"] == -36


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        pytest.param({}, 1, id="within the scope"),
        pytest.param({"made_on": date(2017, 12, 31)}, 0, id="made a day too early"),
        pytest.param({"court_code": MAGISTRATES}, 0, id="made by another kind of court"),
        pytest.param({"order_type": "STRO"}, 0, id="of another type"),
        pytest.param({"is_interim": True}, 0, id="an interim order"),
        pytest.param({"legal_status": "withdrawn"}, 0, id="withdrawn by the court"),
        pytest.param({"court_code": None}, 0, id="of an unknown court"),
    ],
)
def test_the_register_is_counted_within_the_scope_of_the_figure(changes, count):
    assert figures_of(changes)[PEOPLE_2018]["register"] == count


def test_interim_orders_are_counted_beside():
    row = figures_of({"is_interim": True})[PEOPLE_2018]
    assert (row["register"], row["interim_too"]) == (0, 1)


def test_an_order_of_an_unknown_court_is_in_the_area_of_its_nation():
    found = figures_of({"court_code": None})
    assert found["STPO: made", "England and Wales", 2015]["register"] == 1
    assert found["STPO: made", "Northern Ireland", 2017]["register"] == 0


def test_orders_in_force_on_the_day_are_counted_whatever_they_were_made():
    found = figures_of({}, {"order_id": "O2", "made_on": None}, in_force=["O2"])
    assert found["STPO: in force, on the PNC", "United Kingdom", 2022]["register"] == 1


def test_a_number_that_is_not_exact_has_no_difference():
    found = figures_of({})
    assert found["STPO and STRO: made", "United Kingdom", 2016]["published"] == "about 300"
    assert found["STPO and STRO: made", "United Kingdom", 2016]["difference"] is None


def test_every_figure_can_be_counted():
    figures = published_figures()
    assert set(figures["counted"]) <= set(COUNTED)
    assert set(figures["order_types"].explode()) <= set(ORDER_TYPES)
    assert set(figures["held_by"].drop_nulls()) <= set(SOURCE_NAMES)
    assert set(figures["court_type"].drop_nulls()) <= set(reference("courts")["court_type"])
    assert (figures["from_on"] <= figures["to_on"]).all()
    assert CROWN in COURT_CODES
