"""The catalogue of discrepancies as a specification: one case a rule, and the cases that are none."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from order_cases import (
    AS_OF,
    DELIVERED,
    KEYS,
    against_agreement,
    codes,
    delivery,
    discrepancies,
    evidence,
    golden,
    record,
)
from properties import HALF
from shares import one_in

from expectations.discrepancies import RULES, PresenceClock, find_discrepancies
from warehouse.tables.register import DISCREPANCIES, ORDERS

JANUARY = date(1988, 1, 1)

DIFFERENT = [
    pytest.param({"made_on": date(2021, 9, 3)}, "MADE-SWAPPED", id="day and month of making swapped"),
    pytest.param({"made_on": date(2020, 3, 9)}, "MADE-YEAR", id="year of making wrong"),
    pytest.param({"made_on": date(2021, 3, 11)}, "MADE-DAYS", id="made some days off"),
    pytest.param({"start_on": date(2021, 3, 9)}, "START-MADE", id="date of order given as start"),
    pytest.param({"start_on": date(2021, 1, 4)}, "START-SWAPPED", id="day and month of start swapped"),
    pytest.param({"start_on": date(2022, 4, 1)}, "START-YEAR", id="year of start wrong"),
    pytest.param({"start_on": date(2021, 4, 3)}, "START-DAYS", id="start some days off"),
    pytest.param({"end_on": None, "is_until_further_order": None}, "END-MISSING", id="end missing"),
    pytest.param({"end_on": None, "is_until_further_order": True}, "END-OPEN", id="open against a fixed end"),
    pytest.param({"end_on": date(2026, 2, 28)}, "END-DAYS", id="end a month short of the length"),
    pytest.param({"end_on": date(2025, 3, 31)}, "END-YEAR", id="end of another year than the length recorded"),
    pytest.param({"term_months": 36}, "TERM-WRONG", id="length wrong"),
    pytest.param({"term_months": 36, "end_on": date(2024, 3, 31)}, "TERM-WRONG", id="length wrong and the end with it"),
    pytest.param({"term_months": None, "end_on": date(2028, 3, 31)}, "TERM-BY-DATES", id="dates span another length"),
    pytest.param({"order_type": "STRO"}, "TYPE-WRONG", id="prevention order held as risk order"),
    pytest.param({"is_interim": True}, "FULL-AS-INTERIM", id="full held as interim"),
    pytest.param({"court_code": "C37IP00"}, "COURT-WRONG", id="another court"),
    pytest.param({"force_code": "01"}, "FORCE-OTHER", id="another force"),
    pytest.param({"recorded_status": "expired"}, "STATUS-CLOSED", id="ended though live"),
    pytest.param({"recorded_status": "withdrawn"}, "STATUS-CLOSED", id="withdrawn though live"),
    pytest.param({"sex": "M"}, "SEX-OTHER", id="sex differs"),
    pytest.param({"surname_folded": "JANA", "forenames_folded": "NOVAK BLACK"}, "NAME-SWAPPED", id="names swapped"),
    pytest.param({"surname_folded": "NOVAK"}, "SURNAME-CUT", id="double-barrelled surname cut"),
    pytest.param({"surname_folded": "NOVAK BLAKC"}, "SURNAME-SPELLING", id="surname spelt otherwise"),
    pytest.param({"surname_folded": "HORWICZ"}, "SURNAME-OTHER", id="another surname"),
    pytest.param({"surname_folded": "HORWICZ", "forenames_folded": "SUE"}, "NAME-OTHER", id="another name"),
    pytest.param({"forenames_folded": "JANA"}, "FORENAME-SHORT", id="middle name dropped"),
    pytest.param({"forenames_folded": "JANA M"}, "FORENAME-SHORT", id="middle name as initial"),
    pytest.param({"forenames_folded": "JAAN MARIA"}, "FORENAME-SPELLING", id="forename spelt otherwise"),
    pytest.param({"forenames_folded": "KWERTY"}, "FORENAME-OTHER", id="another forename"),
    pytest.param({"date_of_birth": date(1988, 4, 27)}, "BIRTH-DIGIT", id="a digit of the date of birth wrong"),
    pytest.param({"date_of_birth": date(1988, 5, 27)}, "BIRTH-DAY", id="date of birth wrong"),
    pytest.param({"date_of_birth": date(1978, 4, 17)}, "BIRTH-YEAR", id="year of birth wrong"),
    pytest.param({"date_of_birth": JANUARY, "is_birth_placeholder": True}, "BIRTH-FILLER", id="filler of birth"),
    pytest.param(
        {"date_of_birth": None, "birth_year": None, "birth_month": None}, "BIRTH-MISSING", id="date of birth missing"
    ),
    pytest.param({"date_of_birth": None, "birth_year": 1987}, "BIRTH-PARTIAL", id="partial birth that disagrees"),
    pytest.param({"pnc_id": "2012/0612542M", "is_pnc_id_valid": False}, "PNCID-LETTER", id="check letter wrong"),
    pytest.param({"pnc_id": "2012/0613542N", "is_pnc_id_valid": False}, "PNCID-DIGIT", id="digit of the PNC id wrong"),
    pytest.param({"pnc_id": "1999/0034567B"}, "PNCID-TWO", id="two PNC ids"),
    pytest.param({"end_on": date(2026, 3, 8)}, "END-FROM-MADE", id="end counted from the date of order"),
]

SAME = [
    pytest.param({}, id="all agree"),
    pytest.param({"end_on": date(2026, 4, 1)}, id="end counted to the anniversary"),
    pytest.param({"term_months": None, "start_on": None}, id="optional values left out"),
    pytest.param({"surname_folded": "NOVAKBLACK"}, id="hyphen dropped"),
    pytest.param({"surname": "NOVAK BLACK"}, id="capitals"),
    pytest.param({"forenames_folded": "JANA MARIA ELISABETH"}, id="more forenames than others know"),
    pytest.param({"pnc_id": None, "is_pnc_id_valid": None}, id="no PNC id"),
    pytest.param({"date_of_birth": None}, id="partial date of birth that agrees"),
    pytest.param({"sex": None, "court_code": None, "force_code": None}, id="unknown values"),
    pytest.param(
        {"surname_folded": "BLACK", "forenames_folded": "JANA MARIA NOVAK"}, id="the same words, split otherwise"
    ),
]


SUNDAY = {"made_on": date(2021, 3, 7)}
QUESTIONS = [
    pytest.param({"date_of_birth": date(2004, 4, 17), "court_code": "B01LY00"}, "Q-YOUTH", id="a child"),
    pytest.param({"force_code": "93", "region_code": None}, "Q-BTP", id="the transport police"),
    pytest.param({"term_months": 61, "end_on": date(2026, 5, 1)}, "Q-LENGTH", id="61 months"),
    pytest.param({"condition_count": 14}, "Q-CONDITIONS", id="14 conditions"),
    pytest.param(SUNDAY, "Q-SITTING", id="a Sunday"),
    pytest.param({"made_on": date(2021, 3, 6)}, "Q-SITTING", id="a Saturday in the Crown Court"),
    pytest.param({"made_on": date(2020, 12, 28)}, "Q-SITTING", id="a bank holiday"),
    pytest.param({"order_type": "STRO"}, "R09", id="a risk order of the Crown Court, as on appeal"),
    pytest.param({"is_interim": True}, "R14", id="an interim prevention order of the Crown Court, as on appeal"),
]


@pytest.mark.parametrize("length", [60, None])
def test_of_an_order_that_a_steward_says_has_ended_owners_are_asked_for_the_end_and_not_for_another_length(length):
    records = [record(source, term_months=length) for source in ("pnc", "court")]
    whole = evidence(records, [golden(end_on=date(2024, 3, 31), sources=["court", "pnc"], record_count=2)])
    found = discrepancies(whole).filter(
        pl.col("source").is_not_null(), pl.col("field").is_in(["end_on", "term_months"])
    )
    assert set(found["rule_code"]) == {"END-YEAR"}


@one_in(2, ("changed", "code"), QUESTIONS)
def test_an_order_that_is_odd_but_lawful_is_asked_about(changed, code):
    records = [
        record(
            source, **{name: value for name, value in changed.items() if not name.startswith(("region", "condition"))}
        )
        for source in ("pnc", "pnd", "court", "rocu")
    ]
    found = discrepancies(evidence(records, [golden(**changed)]))
    assert found.select("rule_code", "severity", "source").rows() == [(code, "low", None)]


def test_an_adult_order_on_a_child_is_found():
    scottish = {
        "court_code": "SC-GLASGOW",
        "order_type": "TEPO",
        "force_code": "PS",
        "date_of_birth": date(2004, 4, 17),
    }
    records = [record(source, **scottish) for source in ("pnc", "pnd")]
    order = golden(**scottish, sources=["pnc", "pnd"], region_code=None)
    assert codes(evidence(records, [order])) == ["R26-AGE"]


def test_an_end_that_is_the_full_orders_is_reported_as_such():
    interim = {"is_interim": True, "end_on": date(2021, 3, 9), "term_months": None, "made_on": date(2020, 12, 1)}
    interim |= {"start_on": date(2020, 12, 1), "court_code": "B01LY00", "order_type": "STRO"}
    full = {"order_type": "STRO", "court_code": "B01LY00"}
    records = [record(source, **full) for source in KEYS]
    records += [
        record(source, **interim | ({"end_on": date(2026, 3, 31)} if source == "pnc" else {}), source_key=f"{source}-2",
               order_id="ORDER-2", recorded_status="superseded")
        for source in KEYS
    ]  # fmt: skip
    orders = [
        golden(**full, follows_order_id="ORDER-2"),
        golden(**interim, order_id="ORDER-2", legal_status="superseded"),
    ]
    assert codes(evidence(records, orders)) == ["END-OF-FULL"]


def test_a_start_deferred_in_one_record_is_reported_as_such():
    same_day = {"start_on": date(2021, 3, 9), "end_on": date(2026, 3, 8)}
    others = [record(source, **same_day) for source in ("pnd", "court", "rocu")]
    late = record("pnc", start_on=date(2021, 10, 4), end_on=date(2026, 3, 8))
    assert codes(evidence([late, *others], [golden(**same_day)])) == ["START-PUT-OFF"]


def test_the_courts_force_is_reported_as_the_applicants():
    assert codes(against_agreement(record("court", force_code="01"))) == ["FORCE-APPLICANT"]


def test_an_agency_that_applied_is_no_other_force():
    assert codes(against_agreement(record("court", force_code="GL"))) == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("Nottingham", [], id="the town alone"),
        pytest.param("NOTTINGHAM MC", ["COURT-WRONG"], id="the town's other court"),
        pytest.param("Leicester", ["COURT-WRONG"], id="another town"),
    ],
)
def test_a_town_that_has_two_courts_contradicts_neither(written, expected):
    wrong = record("rocu", court_code="B31IZ00", court_as_written=written)
    assert codes(against_agreement(wrong, order=golden(court_name="Nottingham Crown Court"))) == expected


def test_two_forces_that_upload_one_order_are_a_duplicate_and_no_more():
    second = record("pnd", source_key="PND-0000009", is_duplicate=True, force_code="34")
    assert codes(evidence([*map(record, KEYS), second])) == ["DUPLICATE"]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param({"is_amended": True}, id="amended"),
        pytest.param({"result_state": "WITHDRAWN"}, id="withdrawn and entered anew"),
    ],
)
def test_a_result_in_place_of_another_is_no_duplicate(first):
    earlier = record("court", source_key="R000000000", is_duplicate=True, **first)
    assert codes(evidence([*map(record, KEYS), earlier])) == []


def test_a_return_without_any_conditions_was_asked_for_them():
    conditions = {row["record_id"]: ["C01", "C02"] for row in map(record, ("pnc", "court", "pnd"))}
    assert codes(evidence(conditions=conditions, golden_conditions=["C01", "C02"])) == ["COND-NONE"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Notify any address within 3 days", [], id="the same period"),
        pytest.param("NOTIFY ANY ADDRESS WITHIN 7 DAYS", ["COND-PERIOD"], id="another period"),
        pytest.param("Notify any address", [], id="no period"),
    ],
)
def test_a_condition_with_another_period_is_found(text, expected):
    whole = evidence(conditions={row["record_id"]: ["C29"] for row in map(record, KEYS)}, golden_conditions=["C29"])
    worded = pl.when(pl.col("record_id") == "pnc:00000001").then(pl.lit(text)).otherwise(pl.lit("notify in 3 days"))
    assert codes(
        replace(
            whole,
            core_conditions=whole.core_conditions.with_columns(text=worded),
            conditions=whole.conditions.with_columns(text=pl.lit("Notify any address within 3 days")),
        )
    ) == expected  # fmt: skip


def two_people(*, other_birth=date(1979, 2, 3), **values):
    other = {"order_id": "ORDER-2", "pnc_id": "1999/0034567B", "date_of_birth": other_birth}
    records = [
        *(record(source, **(values if source == "pnc" else {})) for source in KEYS),
        *(record(source, source_key=f"{source}-2", **other) for source in KEYS),
    ]
    return records, [golden(), golden(subject_id="SUBJECT-2", **other)]


def test_the_pnc_id_of_another_person_of_the_register_is_found():
    assert codes(evidence(*two_people(pnc_id="1999/0034567B"))) == ["PNCID-OF-OTHER"]


def test_two_pnc_ids_on_two_people_of_one_name_and_birth_are_reported_the_one_with_fewer_records():
    records, orders = two_people(other_birth=date(1988, 4, 17))
    lesser = [row for row in records if row["order_id"] == "ORDER-1" or row["source"] == "rocu"]
    counted = [order | {"record_count": 4 if order["order_id"] == "ORDER-1" else 1} for order in orders]
    found = discrepancies(evidence(lesser, counted)).filter(pl.col("field") == "pnc_id")
    assert found.select("rule_code", "order_id", "observed", "expected").rows() == [
        ("PNCID-NAMESAKE", "ORDER-2", "1999/0034567B", "2012/0612542N")
    ]


def test_of_two_namesakes_with_as_many_records_the_id_issued_later_is_the_second_one():
    found = discrepancies(evidence(*two_people(other_birth=date(1988, 4, 17))))
    assert found.select("rule_code", "observed").unique().rows() == [("PNCID-NAMESAKE", "2012/0612542N")]


def test_one_pnc_id_on_two_people_is_found_in_every_record():
    records = [record(source, source_key=f"{source}-{n}", order_id=f"ORDER-{n}") for n in (1, 2) for source in KEYS]
    orders = [golden(order_id=f"ORDER-{n}", subject_id=f"SUBJECT-{n}") for n in (1, 2)]
    assert codes(evidence(records, orders)) == ["PNCID-SHARED"] * 8


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param({"pnc": 10}, ["ABSENT-PNC"], id="by source"),
        pytest.param({"pnc": 10, "pnc:STPO": 2000}, [], id="by source and type"),
        pytest.param({"pnc": 10, "pnc:STRO": 2000}, ["ABSENT-PNC"], id="of another type"),
    ],
)
def test_the_clock_of_a_source_may_differ_by_order_type(days, expected):
    clock = PresenceClock(days=PresenceClock().days | days)
    found = find_discrepancies(without("pnc"), as_of=AS_OF, clock=clock, former=DISCREPANCIES.empty())
    assert found.filter(pl.col("field") == "presence").get_column("rule_code").to_list() == expected


def test_every_rule_of_the_catalogue_is_complete():
    for rule in RULES:
        texts = (rule.title, rule.message, rule.correction, rule.note, rule.example)
        assert all(len(text.split()) > 1 or text in rule.title for text in texts), rule.code
        assert rule.message.endswith(".")
        assert rule.example.endswith((".", ")")), rule.code
        assert rule.owner in ("holder", "court", "force")


@pytest.mark.parametrize(("changed", "code"), DIFFERENT)
def test_a_difference_is_found_once_under_its_most_specific_cause(changed, code):
    assert codes(against_agreement(record("pnc", **changed))) == [code]


@one_in(2, "changed", SAME)
def test_the_same_fact_in_another_form_is_no_discrepancy(changed):
    assert codes(against_agreement(record("pnc", **changed))) == []


def test_a_wrong_day_copied_as_the_start_is_one_mistake():
    same_day = {"start_on": date(2021, 3, 9), "made_on": date(2021, 3, 9)}
    order = golden(**same_day, end_on=date(2026, 3, 8))
    others = [record(source, **same_day, end_on=date(2026, 3, 8)) for source in ("pnd", "court", "rocu")]
    wrong = record("pnc", made_on=date(2021, 3, 10), start_on=date(2021, 3, 10), end_on=date(2026, 3, 8))
    assert codes(evidence([wrong, *others], [order])) == ["MADE-DAYS"]


def test_an_interim_and_the_full_order_after_it_both_keep_their_ends():
    interim = {"is_interim": True, "end_on": date(2021, 3, 9), "term_months": None, "made_on": date(2020, 12, 1)}
    interim |= {"start_on": date(2020, 12, 1), "court_code": "B01LY00", "order_type": "STRO"}
    full = {"order_type": "STRO", "court_code": "B01LY00"}
    keys = ("pnc", "pnd", "court", "rocu")
    records = [record(source, **full) for source in keys]
    records += [
        record(source, **interim, source_key=f"{source}-2", order_id="ORDER-2", recorded_status="superseded")
        for source in keys
    ]
    orders = [golden(**full), golden(**interim, order_id="ORDER-2", legal_status="superseded")]
    assert codes(evidence(records, orders)) == []


def test_an_interim_held_as_full_is_found():
    interim = {"is_interim": True, "order_type": "STRO", "court_code": "B01LY00"}
    records = [record(source, **interim) for source in ("pnd", "court", "rocu")]
    wrong = record("pnc", **{**interim, "is_interim": False})
    assert codes(evidence([wrong, *records], [golden(**interim)])) == ["INTERIM-AS-FULL"]


def test_an_end_before_the_order_began_is_asked_about_where_no_source_gives_another():
    without_end = {"end_on": None, "is_until_further_order": False, "term_months": None}
    others = [record(source, **without_end) for source in ("pnc", "court", "rocu")]
    wrong = record("pnd", **without_end | {"end_on": date(1900, 1, 1)})
    assert codes(evidence([wrong, *others], [golden(**without_end)])) == ["END-BEFORE-START"]
    known = {"end_on": date(2026, 3, 31), "is_until_further_order": False, "term_months": 60}
    assert "END-BEFORE-START" not in codes(evidence([wrong, record("court", **known)], [golden(**known)]))


def test_a_fixed_end_against_until_further_order_is_found():
    without_end = {"end_on": None, "is_until_further_order": True, "term_months": None}
    records = [record(source, **without_end) for source in ("pnd", "court", "rocu")]
    wrong = record("pnc", term_months=None)
    assert codes(evidence([wrong, *records], [golden(**without_end)])) == ["END-FIXED"]


def test_no_end_recorded_beside_until_further_order_is_no_discrepancy():
    without_end = {"end_on": None, "is_until_further_order": True, "term_months": None}
    records = [record(source, **without_end) for source in ("pnc", "court", "rocu")]
    silent = record("pnd", **{**without_end, "is_until_further_order": None})
    assert codes(evidence([silent, *records], [golden(**without_end)])) == []


def test_a_length_that_disagrees_with_its_own_dates_is_found_where_no_source_gives_one():
    order = golden(term_months=None)
    records = [record(source, term_months=None) for source in ("pnd", "court", "rocu")]
    assert codes(evidence([record("pnc", term_months=24), *records], [order])) == ["TERM-SELF"]


def test_a_length_that_its_own_dates_belie_is_found_though_the_register_took_it():
    records = [record(source, term_months=None) for source in ("pnc", "pnd", "rocu")]
    found = codes(evidence([record("court", term_months=84), *records], [golden(term_months=84)]))
    assert found == ["TERM-SELF"]


def test_the_word_in_place_of_the_length_of_an_interim_order_is_not_missed():
    interim = {"is_interim": True, "order_type": "STRO", "court_code": "B01LY00", "term_months": None}
    rows = [record(source, **interim) for source in ("pnc", "pnd", "court", "rocu")]
    refused = {"record_id": rows[3]["record_id"], "source": "rocu", "source_key": rows[3]["source_key"]}
    refused |= {"field": "term_months", "value": "interim", "reason_code": "bad_format", "expected": "a length"}
    assert codes(evidence(rows, [golden(**interim)], rejected=[refused])) == []


def test_a_name_known_as_an_alias_is_reported_as_such():
    wrong = record("pnc", surname_folded="HORWICZ", forenames_folded="SUE")
    alias = {"record_id": "pnd:PND-0000001", "surname_folded": "HORWICZ", "forenames_folded": "SUE"}
    assert codes(against_agreement(wrong, aliases=[alias])) == ["NAME-ALIAS"]


def test_a_familiar_form_of_a_forename_is_of_low_severity():
    names = {"forenames": "William", "forenames_folded": "WILLIAM"}
    others = [record(source, **names) for source in ("pnd", "court", "rocu")]
    wrong = record("pnc", forenames="Bill", forenames_folded="BILL")
    found = discrepancies(evidence([wrong, *others], [golden(forenames="William")]))
    assert found.select("rule_code", "severity").rows() == [("FORENAME-NICKNAME", "low")]


@one_in(
    2,
    ("held", "expected"),
    [
        pytest.param(["C01", "C02"], [], id="the same conditions"),
        pytest.param(["C01"], ["COND-MISSING"], id="one missing"),
        pytest.param(["C01", "C02", "C09"], ["COND-EXTRA"], id="one too many"),
        pytest.param(["C01", "C09"], ["COND-DIFFER"], id="another in its place"),
        pytest.param(["C01", None], ["COND-CUT"], id="one cut so short that it has no code"),
        pytest.param(["C01", "C02", None], [], id="one that has no code beside all that are due"),
        pytest.param([], ["COND-NONE"], id="none given at all"),
    ],
)
def test_conditions_are_compared_as_sets_of_codes(held, expected):
    others = {f"{row['record_id']}": ["C01", "C02"] for row in map(record, ("pnd", "court", "rocu"))}
    conditions = {**others, "pnc:00000001": held}
    assert codes(evidence(conditions=conditions, golden_conditions=["C01", "C02"])) == expected


@pytest.mark.parametrize(
    ("by_court", "by_others", "expected"),
    [
        pytest.param(["C01"], ["C01", "C02"], ["COND-COURT-LACKS"], id="not in the result, and in three others"),
        pytest.param([], ["C01", "C02"], ["COND-COURT-LACKS"], id="none in the result at all"),
        pytest.param(["C01", "C02", "C09"], ["C01", "C02"], ["COND-COURT-ALONE"], id="in the result alone"),
    ],
)
def test_a_court_is_asked_to_confirm_and_never_reported_that_its_result_is_wrong(by_court, by_others, expected):
    conditions = {row["record_id"]: by_others for row in map(record, ("pnc", "pnd", "rocu"))}
    conditions |= {record("court")["record_id"]: by_court}
    found = discrepancies(evidence(conditions=conditions, golden_conditions=["C01", "C02"]))
    assert found.get_column("rule_code").to_list() == expected
    assert "confirm" in found.item(0, "message")


def test_one_other_source_is_not_believed_against_the_result_of_the_court():
    held = {"court:R000000001": ["C01"], "pnc:00000001": ["C01", "C02"]}
    whole = evidence([record("court"), record("pnc")], conditions=held, golden_conditions=["C01", "C02"])
    assert discrepancies(whole).filter(field="conditions").height == 0


def test_nobody_is_asked_to_remove_a_condition_of_the_court_that_is_in_doubt():
    held = {record("court")["record_id"]: ["C01", "C09"], record("pnc")["record_id"]: ["C01", "C09"]}
    held |= {row["record_id"]: ["C01"] for row in map(record, ("pnd", "rocu"))}
    found = discrepancies(evidence(conditions=held, golden_conditions=["C01"]))
    assert found.select("rule_code", "source").rows() == [("COND-COURT-ALONE", "court")]


def test_a_document_of_the_pnd_without_any_conditions_does_not_contradict_the_order():
    conditions = {row["record_id"]: ["C01", "C02"] for row in map(record, ("pnc", "court", "rocu"))}
    assert codes(evidence(conditions=conditions, golden_conditions=["C01", "C02"])) == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param("expired", "STATUS-OPEN", id="expired"),
        pytest.param("superseded", "STATUS-NOT-SUPERSEDED", id="a later order of its type took effect"),
        pytest.param("determined", "STATUS-OPEN", id="an interim order whose application was decided"),
    ],
)
def test_an_ended_order_shown_as_live_is_found_in_each_source_that_shows_it(status, code):
    found = discrepancies(evidence(orders=[golden(legal_status=status)]))
    assert found.select("rule_code", "source").sort("source").rows() == [
        (code, "pnc"),
        (code, "pnd"),
        (code, "rocu"),
    ]


def with_prevention(**values):
    risk = {"order_type": "STRO", "court_code": "B01LY00", "end_on": date(2024, 3, 31), "term_months": 36}
    later = {"order_id": "ORDER-2", "made_on": date(2022, 5, 9), "start_on": date(2022, 5, 9), "end_on": None}
    later |= {"is_until_further_order": True, "term_months": None}
    records = [record(source, **risk | (values if source == "pnc" else {})) for source in KEYS]
    records += [record(source, **later, source_key=f"{source}-2") for source in KEYS]
    orders = [golden(**risk, followed_by_order_id="ORDER-2"), golden(**later, follows_order_id="ORDER-1")]
    return evidence(records, orders)


@pytest.mark.parametrize("status", ["superseded", "discharged", "expired"])
def test_a_risk_order_closed_because_of_a_prevention_order_is_asked_about(status):
    found = discrepancies(with_prevention(recorded_status=status))
    assert found.select("rule_code", "source", "order_id").rows() == [("STATUS-BESIDE", "pnc", "ORDER-1")]
    assert found.item(0, "correction").startswith("Was it discharged?")


def test_nobody_is_asked_to_close_a_risk_order_beside_a_prevention_order():
    assert codes(with_prevention()) == []


def refused(*others):
    """An order that the police hold and the court refused, beside it: what the rules say of its status."""
    court = record("court", **dict.fromkeys(("made_on", "start_on", "end_on", "term_months", "court_code")))
    told = court | {"event": "refused", "recorded_status": "doubtful"}
    found = discrepancies(evidence([told, *others], [golden(is_in_force_doubtful=True, sources=["court", "pnc"])]))
    return found.filter(field="legal_status").sort("source").select("rule_code", "source", "owner").rows()


def test_the_police_and_not_the_court_are_asked_of_an_order_that_the_court_refused():
    assert refused(record("pnc")) == [("DOUBT-REFUSED", "pnc", "pnc_bureau")]
    assert [row[:2] for row in refused(record("pnc"), record("pnd"))] == [
        ("DOUBT-REFUSED", "pnc"),
        ("DOUBT-REFUSED", "pnd"),
    ]


def test_who_has_closed_the_order_that_the_court_refused_is_not_asked():
    assert refused(record("pnc", recorded_status="ended")) == []


def test_the_court_is_asked_of_an_order_that_it_told_of_and_nobody_holds():
    told = record("court", event="discharged", recorded_status="discharged", made_on=None)
    found = discrepancies(evidence([told], [golden(legal_status="discharged", sources=["court"])]))
    assert found.select("rule_code", "owner").rows() == [("DOUBT-NOT-HELD", "court:C31NT00")]


def test_a_result_that_tells_what_became_of_an_order_is_no_second_record_of_it():
    told = record("court", source_key="R000000009", event="kept", end_on=None, is_duplicate=False)
    assert codes(evidence([*(record(source) for source in KEYS), told])) == []


def test_the_court_is_asked_of_the_types_where_a_later_order_may_have_ended_an_earlier_one():
    later = golden(order_id="ORDER-2", made_on=date(2022, 5, 9), start_on=date(2022, 5, 9), is_type_doubtful=True)
    earlier = golden(is_in_force_doubtful=True, followed_by_order_id="ORDER-2")
    closed = record("pnc", recorded_status="superseded")
    found = discrepancies(evidence([closed], [earlier, later])).filter(field="legal_status", order_id="ORDER-1")
    assert found.get_column("rule_code").to_list() == ["DOUBT-TYPE"]


DOUBTS = [
    pytest.param(
        {"is_interim": True, "legal_status": "uncertain", "end_on": None, "order_type": "STRO"},
        "DOUBT-INTERIM",
        id="an interim order without an end",
    ),
    pytest.param({"legal_status": "discharged"}, "DOUBT-DISCHARGE", id="a discharge that one source shows"),
    pytest.param({"legal_status": "expired"}, "DOUBT-END", id="an end that one source gives"),
    pytest.param({"legal_status": "live"}, "DOUBT-STATUS", id="shown as withdrawn"),
    pytest.param({"legal_status": "live", "is_dropped": True}, "DOUBT-DROPPED", id="held by no source any more"),
    pytest.param({"legal_status": "not_known"}, "DOUBT-DATES", id="no dates"),
    pytest.param({"legal_status": "not_started"}, "DOUBT-DATES", id="dated after the night"),
]


@pytest.mark.parametrize(("changed", "code"), DOUBTS)
def test_a_doubt_whether_an_order_is_in_force_is_put_to_the_court_and_nobody_is_asked_to_close_it(changed, code):
    doubtful = golden(**changed, is_in_force_doubtful=True)
    found = discrepancies(evidence([record("pnc", **{name: value for name, value in changed.items()
                                                     if name != "legal_status"})], [doubtful]))  # fmt: skip
    assert found.filter(field="legal_status").select("rule_code", "severity", "source").rows() == [(code, "high", None)]


def test_a_withdrawn_result_still_held_is_found_in_each_other_source():
    records = [record("court", result_state="WITHDRAWN"), record("pnc"), record("pnd")]
    order = golden(legal_status="withdrawn", sources=["court", "pnc", "pnd"])
    assert codes(evidence(records, [order])) == ["STATUS-WITHDRAWN", "STATUS-WITHDRAWN"]


@pytest.mark.parametrize(
    ("name", "earlier", "code"),
    [
        pytest.param("made_on", date(2021, 3, 2), "MADE-AMENDED", id="date of order"),
        pytest.param("start_on", date(2021, 5, 1), "START-AMENDED", id="start"),
        pytest.param("end_on", date(2030, 12, 12), "END-AMENDED", id="end"),
        pytest.param("term_months", 84, "TERM-AMENDED", id="length"),
    ],
)
def test_a_source_that_still_gives_what_the_court_amended_has_not_followed(name, earlier, code):
    before = record("court", source_key="R000000000", is_amended=True, **{name: earlier})
    after = record("court", result_state="AMENDED", amends_source_key="R000000000")
    behind = record("pnc", **{name: earlier})
    assert codes(evidence([before, after, behind, record("pnd"), record("rocu")])) == [code]


def test_a_second_record_of_an_order_in_one_source_is_a_duplicate():
    second = record("pnd", source_key="PND-0000009", is_duplicate=True)
    found = discrepancies(evidence([*map(record, ("pnc", "pnd", "court", "rocu")), second]))
    assert found.select("rule_code", "observed", "expected").rows() == [("DUPLICATE", "PND-0000009", "PND-0000001")]


def without(source, **order):
    sources = [name for name in ("court", "pnc", "pnd", "rocu") if name != source]
    return evidence([record(name) for name in sources], [golden(sources=sources, **order)])


@one_in(
    2,
    ("source", "order", "expected"),
    [
        pytest.param("court", {}, "ABSENT-COURT", id="court"),
        pytest.param("pnc", {}, "ABSENT-PNC", id="PNC"),
        pytest.param("pnc", {"made_on": date(2019, 3, 9)}, "ABSENT-PNC-OLD", id="PNC before it was instructed"),
        pytest.param("pnd", {}, "ABSENT-PND", id="PND"),
        pytest.param("rocu", {}, "ABSENT-ROCU", id="regional return"),
    ],
)
def test_an_order_absent_from_a_source_is_found(source, order, expected):
    found = discrepancies(without(source, **order)).filter(pl.col("field") == "presence")
    assert found.select("rule_code", "source", "source_key").rows() == [(expected, source, None)]


def test_an_order_that_one_source_alone_holds_without_a_court_result_is_of_high_severity():
    found = discrepancies(evidence([record("pnd")], [golden(sources=["pnd"])])).filter(pl.col("source") == "court")
    assert found.select("rule_code", "severity").rows() == [("ABSENT-COURT-ALONE", "high")]


@one_in(
    2,
    ("source", "order", "deliveries"),
    [
        pytest.param("pnc", {"made_on": date(2023, 11, 29)}, DELIVERED, id="within the days of grace"),
        pytest.param("court", {"court_code": None}, DELIVERED, id="court not known"),
        pytest.param(
            "court",
            {"court_code": "SC-GLASGOW", "order_type": "TEPO", "force_code": "PS", "region_code": None},
            DELIVERED,
            id="made outside England and Wales",
        ),
        pytest.param("rocu", {}, DELIVERED[:3], id="no return from the region"),
        pytest.param("rocu", {"region_code": None}, DELIVERED, id="region not known"),
        pytest.param(
            "pnd",
            {},
            (*DELIVERED[:1], delivery("pnd", "pnd", is_used=False), *DELIVERED[2:]),
            id="no sound delivery of the source",
        ),
        pytest.param(
            "pnd",
            {},
            (*DELIVERED[:1], delivery("pnd", "pnd", dated_on=date(2021, 3, 20)), *DELIVERED[2:]),
            id="the last delivery is older than the order is due",
        ),
        pytest.param("pnc", {"legal_status": "withdrawn"}, DELIVERED, id="withdrawn"),
    ],
)
def test_an_order_that_is_not_due_is_not_absent(source, order, deliveries):
    sources = [name for name in ("court", "pnc", "pnd", "rocu") if name != source]
    whole = evidence([record(name) for name in sources], [golden(sources=sources, **order)], deliveries=deliveries)
    absent = discrepancies(whole).filter(pl.col("field") == "presence", pl.col("source") == source)
    assert absent.height == 0


BREACHES = [
    pytest.param({"made_on": date(2015, 7, 30), "start_on": date(2021, 4, 1)}, "R01", id="before Part 2"),
    pytest.param({"end_on": date(2025, 3, 30)}, "R02", id="prevention order under five years"),
    pytest.param(
        {"order_type": "STRO", "court_code": "B01LY00", "end_on": date(2023, 3, 30)}, "R03", id="STRO too short"
    ),
    pytest.param({"is_interim": True, "court_code": "B01LY00", "end_on": None}, "R13", id="interim without an end"),
    pytest.param({"order_type": "TEPO"}, "R35", id="Scottish type from an English court"),
]


@pytest.mark.parametrize(("changed", "code"), BREACHES)
def test_an_order_that_breaks_a_hard_rule_is_reported_once_and_the_court_is_asked(changed, code):
    values = {"term_months": None, **changed}
    records = [record(source, **values) for source in ("pnc", "pnd", "court", "rocu")]
    found = discrepancies(evidence(records, [golden(**values)]))
    assert found.select("rule_code", "source", "owner").rows() == [
        (code, None, f"court:{values.get('court_code', 'C31NT00')}")
    ]


def test_a_last_day_that_a_steward_gave_is_no_period_that_a_court_set_too_short():
    values = {"order_type": "STRO", "court_code": "B01LY00", "end_on": date(2023, 3, 30), "term_months": None}
    whole = evidence([record(source, **values) for source in ("pnc", "pnd", "court", "rocu")], [golden(**values)])
    decided = pl.DataFrame({"order_id": ["ORDER-1"], "field": ["end_on"]})
    assert codes(replace(whole, decided=decided)) == []


@one_in(
    2,
    "changed",
    [
        pytest.param({"end_on": date(2026, 3, 31)}, id="five years to the day before"),
        pytest.param({"end_on": date(2026, 4, 1)}, id="five years to the day"),
        pytest.param({"end_on": None, "is_until_further_order": True}, id="until further order"),
        pytest.param({"made_on": date(2015, 7, 31)}, id="made on the day of commencement"),
        pytest.param(
            {"order_type": "STRO", "court_code": "B01LY00", "end_on": date(2023, 3, 31)},
            id="two years from magistrates",
        ),
    ],
)
def test_an_order_that_keeps_the_rules_is_left_alone(changed):
    values = {"term_months": None, **changed}
    records = [record(source, **values) for source in ("pnc", "pnd", "court", "rocu")]
    assert codes(evidence(records, [golden(**values)])) == []


def test_two_live_orders_of_one_type_for_one_person_are_found_on_both():
    records = [record(source, order_id=f"ORDER-{n}", source_key=f"{source}-{n}") for n in (1, 2) for source in
               ("pnc", "pnd", "court", "rocu")]  # fmt: skip
    assert codes(evidence(records, [golden(), golden(order_id="ORDER-2")])) == ["R15", "R15"]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        pytest.param("unreadable_date", ["UNREADABLE-END-ON"], id="a date nobody can read"),
        pytest.param("partial_date", [], id="a partial date"),
    ],
)
def test_a_value_that_could_not_be_read_is_the_cause_of_its_absence(reason, expected):
    silent = record("rocu", end_on=None, is_until_further_order=None)
    refused = {"record_id": silent["record_id"], "source": "rocu", "source_key": silent["source_key"]}
    refused |= {"field": "end_on", "value": "x", "reason_code": reason, "expected": "a date"}
    assert codes(against_agreement(silent, rejected=[refused])) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("NOTTINGHAM", [], id="the beginning of the court's name"),
        pytest.param("Xyzzy", ["UNREADABLE-COURT-CODE"], id="no court at all"),
    ],
)
def test_a_court_cut_short_does_not_contradict_the_order(value, expected):
    silent = record("pnc", court_code=None)
    refused = {"record_id": silent["record_id"], "source": "pnc", "source_key": silent["source_key"]}
    refused |= {"field": "court_code", "value": value, "reason_code": "unknown_code", "expected": "a court"}
    order = golden(court_name="Nottingham Crown Court")
    assert codes(against_agreement(silent, order=order, rejected=[refused])) == expected


@pytest.mark.parametrize(
    ("source", "owner"),
    [
        pytest.param("pnc", "pnc_bureau", id="PNC"),
        pytest.param("pnd", "force:33", id="PND"),
        pytest.param("court", "court:C31NT00", id="court"),
        pytest.param("rocu", "region:EMSOU", id="regional return"),
    ],
)
def test_the_holder_of_the_wrong_record_is_asked_to_correct_it(source, owner):
    found = discrepancies(against_agreement(record(source, made_on=date(2021, 3, 11))))
    assert found.get_column("owner").to_list() == [owner]


def test_first_seen_is_carried_over_and_the_state_speaks_of_it():
    whole = against_agreement(record("pnc", made_on=date(2021, 3, 11)))
    first = discrepancies(whole, as_of=date(2023, 11, 29))
    second = discrepancies(whole, former=first)
    assert first.select("state", "first_seen_on").rows() == [("new", date(2023, 11, 29))]
    assert second.select("state", "first_seen_on").rows() == [("open", date(2023, 11, 29))]


def test_a_repeated_night_stays_new():
    whole = against_agreement(record("pnc", made_on=date(2021, 3, 11)))
    assert discrepancies(whole, former=discrepancies(whole)).equals(discrepancies(whole))


def test_the_id_changes_with_the_conflicting_value():
    ids = [
        discrepancies(against_agreement(record("pnc", made_on=date(2021, 3, day)))).item(0, "discrepancy_id")
        for day in (10, 11)
    ]
    assert ids[0] != ids[1]


def test_the_id_of_a_return_row_outlives_its_place_in_the_workbook():
    ids = [
        discrepancies(
            against_agreement(
                record("rocu", made_on=date(2021, 3, 11), source_key=key, occurrence_ref="33/1", order_id="ORDER-1")
            )
        ).item(0, "discrepancy_id")
        for key in ("EMSOU_2023-11.xlsx#Orders#5", "EMSOU_2023-12.xlsx#Orders#8")
    ]
    assert ids[0] == ids[1]


def test_two_alike_rows_of_a_return_have_ids_of_their_own():
    rows = [record("rocu", made_on=date(2021, 3, 11), source_key=key, is_duplicate=key == "b") for key in ("a", "b")]
    found = discrepancies(against_agreement(*rows)).filter(pl.col("field") == "made_on")
    assert found.get_column("discrepancy_id").n_unique() == 2


@HALF
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random):
    changes = [{"made_on": date(2021, 3, 11)}, {"surname_folded": "NOVAK"}, {"end_on": date(2027, 1, 1)}, {}]
    rows = [record(source, **change) for source, change in zip(("pnc", "pnd", "court", "rocu"), changes, strict=True)]
    shuffled = random.sample(rows, len(rows))
    assert discrepancies(evidence(shuffled)).equals(discrepancies(evidence(rows)))


def test_no_evidence_gives_no_discrepancy():
    assert discrepancies(evidence([], [])).equals(DISCREPANCIES.empty())


def test_messages_carry_no_values():
    secret = record("pnc", surname_folded="HORWICZ", date_of_birth=date(1978, 4, 17), pnc_id="1999/0034567B")
    texts = discrepancies(against_agreement(secret)).select("message", "correction", "owner")
    joined = " ".join(" ".join(row) for row in texts.rows())
    assert not any(value in joined for value in ("HORWICZ", "NOVAK", "Novak", "1978", "0034567B"))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param({"end_on": date(2023, 3, 31)}, ["TERM-SELF"], id="12 months, and dates 24 months apart"),
        pytest.param(
            {"end_on": date(2023, 4, 20)}, ["TERM-SELF"], id="12 months, and dates 24 months and a week apart"
        ),
        pytest.param({"end_on": date(2022, 4, 6)}, [], id="12 months, and an end some days off"),
    ],
)
def test_a_length_that_its_own_dates_contradict_is_asked_about(dates, expected):
    values = {"term_months": 12, "order_type": "STRO", "court_code": "B01LY00"} | dates
    found = discrepancies(evidence([record("pnc", **values)], [golden(**values, sources=["pnc"])]))
    assert found.filter(field="term_months").get_column("rule_code").to_list() == expected


def test_every_rule_speaks_of_a_known_field_and_has_a_code_of_its_own():
    known = {column.name for column in ORDERS.columns} | {
        "conditions",
        "presence",
        "duplicate",
        "case_urn",
        "breach_count",
    }
    assert {rule.field for rule in RULES} <= known
    assert len({rule.code for rule in RULES}) == len(RULES)


def test_the_result_has_the_declared_shape():
    found = discrepancies(against_agreement(record("pnc", made_on=date(2021, 3, 11))), as_of=AS_OF)
    assert found.schema == DISCREPANCIES.schema


def whole_order(**values):
    changed = {"term_months": None, **values}
    held = {name: value for name, value in changed.items() if name in record()}
    return [record(source, **held) for source in KEYS], golden(**changed)


TRAVEL = {"order_id": "ORDER-1", "condition_code": "C27", "label": "l", "kind": "travel", "sources": ["court"]}
TRAVEL |= {"is_golden": True, "is_doubtful": False, "is_lapsed": False}


SCOTTISH = {"court_code": "SC-GLASGOW", "force_code": "PS", "region_code": None, "order_type": "TERO"}


@pytest.mark.parametrize(
    ("order", "end", "expected"),
    [
        pytest.param(SCOTTISH, date(2029, 3, 31), ["R30"], id="eight years in Scotland"),
        pytest.param({}, date(2026, 3, 31), [], id="five years to the day before"),
        pytest.param({}, date(2028, 3, 31), ["R05"], id="seven years by its words"),
        pytest.param(
            {"is_travel_only": True, "end_on": date(2029, 3, 31)},
            date(2029, 3, 31),
            ["R05"],
            id="eight years by the span of an order of nothing else",
        ),
        pytest.param(
            {"is_travel_only": True, "end_on": date(2022, 3, 31)},
            date(2022, 3, 31),
            [],
            id="an order of nothing else has no shortest length",
        ),
    ],
)
def test_a_prohibition_on_travel_lasts_five_years_at_most(order, end, expected):
    records, whole = whole_order(**order)
    held = {row["record_id"]: ["C27"] for row in records}
    assert codes(evidence(records, [whole], conditions=held, travel=[TRAVEL | {"end_on": end}])) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param(
            {"made_on": date(2023, 12, 4), "start_on": None}, ["MADE-AFTER-NIGHT"], id="dated after the night"
        ),
        pytest.param({"start_on": date(2021, 3, 8)}, ["START-BEFORE-MADE"], id="a start before it was made"),
        pytest.param({"start_on": date(2021, 3, 9)}, [], id="a start on the day it was made"),
    ],
)
def test_dates_that_cannot_be_are_put_to_the_court(order, expected):
    records, whole = whole_order(end_on=None, is_until_further_order=True, **order)
    assert codes(evidence(records, [whole])) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param({"ended_by": date(2023, 5, 2)}, ["R16"], id="a prevention order within five years"),
        pytest.param({"ended_by": date(2026, 3, 9)}, [], id="a prevention order after five years"),
        pytest.param(
            {"ended_by": date(2023, 3, 8), "order_type": "STRO", "court_code": "B01LY00"},
            ["R17"],
            id="a risk order within two years",
        ),
        pytest.param({"ended_by": None}, [], id="on a day that is not known"),
    ],
)
def test_a_discharge_within_the_minimum_is_asked_about(order, expected):
    records, whole = whole_order(legal_status="discharged", **order)
    shown = [record_ | {"recorded_status": None} for record_ in records]
    assert codes(evidence(shown, [whole])) == expected


def test_a_discharge_whose_last_day_a_steward_gave_is_not_asked_about():
    records, whole = whole_order(legal_status="discharged", ended_by=date(2023, 5, 2), end_on=date(2026, 3, 30))
    shown = evidence([row | {"recorded_status": None, "end_on": None, "term_months": None} for row in records], [whole])
    assert "R16" in codes(shown)
    assert "R16" not in codes(replace(shown, decided=pl.DataFrame({"order_id": ["ORDER-1"], "field": ["end_on"]})))


@one_in(
    2,
    ("arrest", "breaches", "expected"),
    [
        pytest.param({}, None, ["Q-BREACH"], id="no source counts breaches"),
        pytest.param({}, 0, ["Q-BREACH"], id="no breach counted"),
        pytest.param({}, 1, [], id="a breach counted"),
        pytest.param({"offence_code": "MS15003"}, 0, [], id="another offence"),
        pytest.param({"arrested_on": date(2021, 3, 31)}, 0, [], id="before the order began"),
        pytest.param({"subject_id": "SUBJECT-2"}, 0, [], id="another person"),
    ],
)
def test_an_arrest_for_breach_without_a_breach_is_asked_about(arrest, breaches, expected):
    made = {"arrest_id": "A1", "subject_id": "SUBJECT-1", "arrested_on": date(2022, 5, 4), "offence_code": "MS15007"}
    records = [record(source, breach_count=breaches if source == "rocu" else None) for source in KEYS]
    assert codes(evidence(records, arrests=[made | arrest])) == expected
