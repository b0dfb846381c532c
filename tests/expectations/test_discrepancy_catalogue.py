"""Rules of the catalogue that need an order, a court or a person of their own to show."""

from datetime import date

import polars as pl
import pytest
from order_cases import KEYS, against_agreement, codes, discrepancies, evidence, golden, record
from shares import one_in

from expectations.discrepancies import RULES
from warehouse.codes import reference

UNREAD = [
    pytest.param("made_on", "31/02/2021", id="a date of order that is no day"),
    pytest.param("start_on", "spring 2021", id="a season for a start"),
    pytest.param("end_on", "2026-02-30", id="an end that is no day"),
    pytest.param("term_months", "as ordered", id="no length in the words"),
    pytest.param("order_type", "Trafficking Order", id="words that fit four types"),
    pytest.param("court_code", "B01XQ00", id="a court on no list"),
    pytest.param("force_code", "Northern Constabulary Unit 3", id="a force on no list"),
    pytest.param("date_of_birth", "31111988", id="a day of birth that is no day"),
    pytest.param("pnc_id", "12/061254", id="a PNC id without its letter"),
    pytest.param("cro_number", "000000/00Z", id="a dummy CRO number"),
    pytest.param("sex", "X1", id="a code for sex on no list"),
    pytest.param("is_county_lines", "maybe", id="neither yes nor no"),
    pytest.param("case_urn", "33AB0123456/1", id="a case number with a suffix"),
]


@one_in(2, ("field", "value"), UNREAD)
def test_a_value_that_was_sent_and_could_not_be_read_is_reported_once_and_shown_as_written(field, value):
    empty = {"birth_year": None, "birth_month": None} if field == "date_of_birth" else {}
    silent = record("pnd", **({field: None} if field in record() else {}), **empty)
    refused = {"record_id": silent["record_id"], "source": "pnd", "source_key": silent["source_key"]}
    refused |= {"field": field, "value": value, "reason_code": "bad_format", "expected": "another form"}
    found = discrepancies(against_agreement(silent, rejected=[refused]))
    code = f"UNREADABLE-{field.upper().replace('_', '-')}"
    assert found.select("rule_code", "observed", "severity").rows() == [(code, value, "low")]


def test_there_is_a_rule_for_every_field_that_may_be_unreadable():
    rules = {rule.field for rule in RULES if rule.subject == "rejected"}
    assert rules == {param.values[0] for param in UNREAD}


def test_every_rule_says_whether_its_basis_was_read_and_nothing_else_does():
    listed = reference("rule_verification")
    assert listed.get_column("code").to_list() == [rule.code for rule in RULES]
    assert {rule.verified for rule in RULES} == {"yes", "in part", "not verified"}
    assert all(rule.read.endswith(".") for rule in RULES)


OTHERWISE = [
    pytest.param(
        {"end_on": date(2027, 3, 12), "term_months": None},
        {"end_on": date(2027, 12, 3)},
        "END-SWAPPED",
        id="end swapped",
    ),
    pytest.param(
        {"date_of_birth": date(1988, 4, 3)},
        {"date_of_birth": date(1988, 3, 4)},
        "BIRTH-SWAPPED",
        id="date of birth swapped",
    ),
    pytest.param({"cro_number": "012345/09C"}, {"cro_number": "012346/09D"}, "CRO-OTHER", id="another CRO number"),
    pytest.param({"is_county_lines": True}, {"is_county_lines": False}, "COUNTY-LINES", id="county lines mark"),
    pytest.param(
        {"end_on": None, "is_until_further_order": True, "term_months": None},
        {"end_on": date(2026, 3, 31), "is_until_further_order": False},
        "END-FIXED",
        id="a fixed end for an open order",
    ),
    pytest.param(
        {"is_interim": True, "end_on": date(2021, 8, 9), "term_months": None, "order_type": "STRO"}
        | {"court_code": "B01LY00"},
        {"is_interim": False},
        "INTERIM-AS-FULL",
        id="interim held as full",
    ),
]


@pytest.mark.parametrize(("order", "wrong", "code"), OTHERWISE)
def test_one_source_that_holds_an_order_otherwise_is_reported(order, wrong, code):
    rows = [record(source, **order | (wrong if source == "rocu" else {})) for source in KEYS]
    found = discrepancies(evidence(rows, [golden(**order)]))
    assert found.select("rule_code", "source").rows() == [(code, "rocu")]


def test_a_cro_number_whose_letter_is_wrong_is_reported_though_nobody_gives_another():
    wrong = {"cro_number": "012345/09A", "is_cro_valid": False}
    assert codes(against_agreement(record("pnc", **wrong))) == ["CRO-LETTER"]


def test_a_court_result_that_no_police_system_holds_is_of_high_severity():
    found = discrepancies(evidence([record("court")], [golden(sources=["court"])])).filter(pl.col("source") == "pnc")
    assert found.select("rule_code", "severity").rows() == [("ABSENT-PNC-ALONE", "high")]


SCOTTISH = {"court_code": "SC-GLASGOW", "force_code": "PS", "region_code": None}
IRISH = {"court_code": "NI-BELFAST-CC", "force_code": "98", "region_code": None}
START = {"start_on": date(2021, 4, 1)}
ABROAD = [
    pytest.param(
        SCOTTISH | START | {"order_type": "TEPO", "made_on": date(2017, 3, 9)}, "R26", id="TEPO before its day"
    ),
    pytest.param(
        SCOTTISH | START | {"order_type": "TERO", "made_on": date(2017, 7, 7)}, "R28", id="TERO before its day"
    ),
    pytest.param(
        IRISH | START | {"order_type": "STPO", "made_on": date(2016, 3, 9)}, "R32", id="Belfast before its day"
    ),
    pytest.param(
        SCOTTISH | START | {"order_type": "TEPO", "end_on": date(2024, 3, 31)}, "R27", id="a TEPO of three years"
    ),
    pytest.param(
        SCOTTISH | START | {"order_type": "TERO", "end_on": date(2022, 3, 31)}, "R29", id="a TERO of one year"
    ),
    pytest.param(
        IRISH | START | {"order_type": "STPO", "end_on": date(2023, 3, 31)}, "R33", id="a Belfast STPO of two years"
    ),
    pytest.param(
        SCOTTISH | {"order_type": "TEPO", "end_on": None, "is_until_further_order": True},
        "R27-OPEN",
        id="a TEPO until further order",
    ),
    pytest.param(IRISH | {"order_type": "STRO"}, "R34", id="a risk order of Belfast"),
    pytest.param(IRISH | {"order_type": "TEPO"}, "R35", id="a Scottish type of Belfast"),
]


@one_in(2, ("order", "code"), ABROAD)
def test_an_order_that_the_law_of_its_nation_does_not_know_is_reported_and_the_court_is_asked(order, code):
    values = {"term_months": None} | order
    held = {name: value for name, value in values.items() if name != "region_code"}
    rows = [record(source, **held) for source in ("pnc", "pnd")]
    found = discrepancies(evidence(rows, [golden(**values, sources=["pnc", "pnd"])]))
    assert found.select("rule_code", "source", "owner").rows() == [(code, None, f"court:{order['court_code']}")]


@pytest.mark.parametrize(
    ("force", "expected"),
    [
        pytest.param("20", [("FORCE-NATION", "pnc", "pnc_bureau")], id="of another nation"),
        pytest.param("PS", [], id="of the court's nation"),
        pytest.param("93", [], id="of all Great Britain"),
    ],
)
def test_a_force_of_another_nation_than_the_court_is_reported_though_no_source_gives_another(force, expected):
    alone = SCOTTISH | {"order_type": "TEPO", "force_code": force, "sources": ["pnc"]}
    held = {name: value for name, value in alone.items() if name not in ("region_code", "sources")}
    found = discrepancies(evidence([record("pnc", **held)], [golden(**alone)])).filter(pl.col("field") == "force_code")
    assert found.select("rule_code", "source", "owner").rows() == expected
