"""Records beside the register: which values are the same fact, and what is said of those that are not."""

import pytest
from item_cases import day, order, provenance, record

from ledger.decisions.kinds import CANONICAL
from matching.order_model import ORDER_MODEL
from matching.persons import person_model
from review.item.comparison import ComparisonSide, compare
from review.item.fields import FIELD_ROWS, STEP_TITLES
from review.item.titles import CHOICE_REASONS, KIND_QUESTIONS, KIND_TITLES, SEVERITY_TITLES, STATE_TITLES, STATUS_TITLES
from warehouse.codes import LEGAL_STATUSES, SEVERITIES
from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.register import DISCREPANCIES, QUEUE_KINDS


def cells(field, *sides):
    """The cells of one row, by the title of the column."""
    comparison = compare(sides)
    row = next(row for row in comparison.rows if row.field.name == field)
    return dict(zip([column.record_id or column.order_id for column in comparison.columns], row.cells, strict=True))


def cell(field, given, golden, **values):
    """The cell of a record beside a golden value."""
    name = "legal_status" if field == "recorded_status" else field
    return cells(field, ComparisonSide(order(**{name: golden}), [record(**{field: given} | values)], {}))["pnc:1"]


@pytest.mark.parametrize(
    ("field", "given", "golden", "state"),
    [
        pytest.param("surname", "ŁUÇ-OBRIEN", "Łuç O'Brien", "same", id="another spelling of signs"),
        pytest.param("surname", "Smyth", "Smith", "differs", id="another letter"),
        pytest.param("surname", "李", "王", "differs", id="another letter of another script"),
        pytest.param("forenames", "Anna", "Anna Maria", "differs", id="a name less"),
        pytest.param("forenames", None, "Anna", "silent", id="no value"),
        pytest.param("pnc_id", "2001/0000001A", None, "alone", id="a value where the register has none"),
        pytest.param("end_on", day("2026-03-31"), day("2026-04-01"), "other_form", id="the last day counted otherwise"),
        pytest.param("end_on", day("2026-03-30"), day("2026-04-01"), "differs", id="two days apart"),
        pytest.param("made_on", day("2026-03-31"), day("2026-04-01"), "differs", id="a day apart, of another field"),
        pytest.param("recorded_status", "live", "not_started", "same", id="live, and not yet started"),
        pytest.param("recorded_status", "live", "expired", "differs", id="live, and expired"),
        pytest.param("is_interim", False, False, "same", id="both say no"),
        pytest.param("is_interim", True, False, "differs", id="yes and no"),
        pytest.param("case_urn", "33AB", None, "alone", id="what the register does not hold"),
    ],
)
def test_values_are_the_same_fact_or_differ(field, given, golden, state):
    found = cell(field, given, golden)
    assert found.state == state
    assert bool(found.pieces) == bool(found.golden) == (state == "differs")


def test_a_day_apart_differs_where_the_rules_found_it_wrong():
    side = ComparisonSide(
        order(end_on=day("2026-04-01")), [record(end_on=day("2026-03-31"))], {}, frozenset({("pnc:1", "end_on")})
    )
    assert cells("end_on", side)["pnc:1"].state == "differs"


@pytest.mark.parametrize(
    ("year", "month", "golden", "text", "state"),
    [
        pytest.param(1980, 5, day("1980-05-17"), "May 1980", "other_form", id="month and year fit"),
        pytest.param(1980, None, day("1980-05-17"), "1980", "other_form", id="the year fits"),
        pytest.param(1981, None, day("1980-05-17"), "1981", "differs", id="another year"),
        pytest.param(1980, 6, day("1980-05-17"), "June 1980", "differs", id="another month"),
        pytest.param(1980, 5, None, "May 1980", "alone", id="nothing to compare with"),
        pytest.param(None, None, day("1980-05-17"), None, "silent", id="nothing known"),
    ],
)
def test_a_date_of_birth_of_which_the_day_is_not_known(year, month, golden, text, state):
    found = cell("date_of_birth", None, golden, birth_year=year, birth_month=month)
    assert (found.text, found.state) == (text, state)


@pytest.mark.parametrize(
    ("values", "field", "note"),
    [
        pytest.param(
            {"court_code": "C40LU00", "court_as_written": "LUTON CC"}, "court_code", "written: LUTON CC", id="court"
        ),
        pytest.param(
            {"court_as_written": "Nowhere"}, "court_code", "written: Nowhere", id="a court that could not be read"
        ),
        pytest.param({"pnc_id": "1", "is_pnc_id_valid": False}, "pnc_id", "check letter wrong", id="check letter"),
        pytest.param(
            {"date_of_birth": day("1970-01-01"), "is_birth_placeholder": True},
            "date_of_birth",
            "looks like a placeholder",
            id="filler",
        ),
    ],
)
def test_what_is_to_be_known_of_a_value_is_reported(values, field, note):
    side = ComparisonSide(
        order(**{field: day("1980-01-02") if field == "date_of_birth" else "x"}), [record(**values)], {}
    )
    assert note in cells(field, side)["pnc:1"].notes


def test_a_court_as_it_is_called_is_not_reported_twice():
    side = ComparisonSide(order(), [record(court_code="C40LU00", court_as_written="LUTON CROWN COURT")], {})
    assert cells("court_code", side)["pnc:1"].notes == ()


def test_the_winner_is_marked_and_the_register_says_why():
    records = [record("1", sex="M"), record("2", source="court", sex="M")]
    chosen = {"sex": provenance("sex", "court:2"), "surname": provenance("surname", "pnd:9")}
    sides = [ComparisonSide(order(sex="M", surname="Lee"), records, chosen)]
    found = cells("sex", *sides)
    assert [found[name].has_won for name in ("pnc:1", "court:2")] == [False, True]
    assert found["ORD-1"].notes == ("Court: most sources agree",)
    assert cells("surname", *sides)["ORD-1"].notes == ("PND 9, of another order or of an arrest: most sources agree",)


def test_a_decided_value_names_its_decision():
    chosen = {"sex": provenance("sex") | {"source": None, "rule": "steward", "decision_id": "DEC-1"}}
    assert cells("sex", ComparisonSide(order(sex="M"), [], chosen))["ORD-1"].notes == ("decided: DEC-1",)


def test_records_of_two_orders_are_held_against_the_first():
    sides = [
        ComparisonSide(order("ORD-1", surname="Smith"), [record("1", surname="Smith")], {}),
        ComparisonSide(order("ORD-2", surname="Smyth"), [record("2", surname="Smith")], {}),
    ]
    assert {name: found.state for name, found in cells("surname", *sides).items()} == {
        "ORD-1": "reference",
        "pnc:1": "same",
        "ORD-2": "differs",
        "pnc:2": "same",
    }
    assert compare(sides).orders == (("ORD-1", 2), ("ORD-2", 2))


def test_rows_without_any_value_are_left_out_and_disputed_ones_are_known():
    comparison = compare([ComparisonSide(order(surname="Lee"), [record(surname="Li", sex="F")], {})])
    disputed = {row.field.name: row.is_disputed for row in comparison.rows}
    assert disputed["surname"]
    assert not disputed["sex"]
    assert "case_urn" not in disputed


def test_a_field_that_is_asked_about_comes_first_though_no_record_differs():
    held = [record("1"), record("2", source="court", end_on=day("2030-01-01"), sex="F")]
    side = ComparisonSide(order(end_on=day("2030-01-01"), sex="F"), held, {}, asked=frozenset({"end_on"}))
    first = {row.field.name: row.comes_first for row in compare([side]).rows}
    assert first["end_on"]
    assert not first["sex"]


def test_every_field_that_can_be_decided_on_has_a_row():
    assert {row.golden for row in FIELD_ROWS} >= set(CANONICAL)


def test_every_comparison_of_the_models_has_a_title_and_but_for_two_a_row():
    names = {comparison.name for model in (person_model(), ORDER_MODEL) for comparison in model.comparisons}
    assert set(STEP_TITLES) == names
    assert names - {step for row in FIELD_ROWS for step in row.steps} == {"conditions", "source"}


def test_codes_of_the_register_have_words():
    recorded = CORE_ORDERS.column("recorded_status").codes or ()
    assert set(STATUS_TITLES) == {*LEGAL_STATUSES, *recorded}
    assert set(SEVERITY_TITLES) == set(SEVERITIES)
    assert set(STATE_TITLES) == set(DISCREPANCIES.column("state").codes or ())
    assert set(KIND_QUESTIONS) == set(KIND_TITLES) == set(QUEUE_KINDS)
    assert all(CHOICE_REASONS.values())
