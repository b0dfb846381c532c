"""The register's tables, from records of four sources that speak of two orders of one person."""

from datetime import date

import polars as pl
import pytest
from shares import one_in

from ledger.decisions.values import typed_values
from reconciliation.night import NightInput
from reconciliation.register_tables import build_register, finish_orders
from warehouse.tables.core import CORE_ALIASES, CORE_ARRESTS, CORE_CONDITIONS, CORE_ORDERS
from warehouse.tables.link import LINK_ARRESTS, LINK_CLUSTERS
from warehouse.tables.register import (
    ARREST_SOURCES,
    ARRESTS,
    CONDITIONS,
    DISCREPANCIES,
    FIELD_PROVENANCE,
    ORDER_SOURCES,
    ORDERS,
    QUALITY_SCORES,
    SUBJECTS,
)

D = date
AS_OF = D(2023, 11, 30)


def rows(table, *given):
    return pl.DataFrame([dict.fromkeys(table.schema) | row for row in given], schema=table.schema)


def record(source, key, **values):
    return {
        "record_id": f"{source}:{key}",
        "source": source,
        "source_key": key,
        "delivery_id": f"{source}:2023-11-30:r1",
        "file_name": f"{source}.file",
        "row_number": 7,
        "is_birth_placeholder": False,
    } | values


def order(source, key, **values):
    name = {"forenames": "Dávid", "surname": "Soós", "forenames_folded": "DAVID", "surname_folded": "SOOS"}
    return record(source, key, order_type="STRO", recorded_on=D(2023, 6, 1)) | name | values


FULL = {"made_on": D(2022, 11, 1), "start_on": D(2022, 11, 1), "term_months": 24, "is_interim": False}
INTERIM = {"made_on": D(2022, 6, 1), "start_on": D(2022, 6, 1), "end_on": D(2022, 11, 1), "is_interim": True}
ORDER_ROWS = (
    order("court", "R1", **FULL, court_code="B20BL00", result_state="FINAL"),
    order(
        "court",
        "R2",
        **FULL,
        court_code="B20BL00",
        result_state="AMENDED",
        amends_source_key="R1",
        applicant_code="GL",
        case_urn="20BL0412322",
    ),
    order("pnc", "001", **FULL, force_code="20", recorded_status="live"),
    order("pnd", "P1", **FULL, forenames="David", surname="Soos", recorded_status="live"),
    order("rocu", "r#Orders#9", **INTERIM, is_county_lines=True, breach_count=2, surname="Sos", surname_folded="SOS"),
)
OWNER = {"court:R1": "court:R1", "court:R2": "court:R1", "pnc:001": "court:R1", "pnd:P1": "court:R1"}


def condition(record_id, sequence, code, text):
    return {
        "record_id": record_id,
        "sequence": sequence,
        "text": text,
        "condition_code": code,
        "match_score": 90.0,
        "is_cut": False,
    }


CONDITION_ROWS = (
    condition("court:R1", 1, "C09", "Only in the amended result"),
    condition("court:R2", 1, "C01", "Not to enter the area shown"),
    condition("pnc:001", 1, "C01", "NOT TO ENTER THE AREA"),
    condition("pnc:001", 2, None, "A WORDING THAT FITS NOTHING"),
    condition("pnd:P1", 1, "C02", "No contact with children"),
)


def night(orders=ORDER_ROWS):
    clusters = [
        {
            "record_id": row["record_id"],
            "order_cluster": OWNER.get(row["record_id"], row["record_id"]),
            "subject_cluster": "court:R1",
            "match_weight": 12.5,
            "is_duplicate": False,
        }
        for row in orders
    ]
    arrests = (
        record(
            "pnc", "2161EF0100000000001A", arrested_on=D(2021, 4, 4), offence_code="MS15001", asn="2161EF0100000000001A"
        ),
        record("pnd", "P2", arrested_on=D(2021, 4, 5), offence_code="MS15001", custody_ref="61/CU/1"),
        record("pnd", "P3", arrested_on=D(2019, 1, 1)),
    )
    events = [
        {
            "record_id": "pnc:2161EF0100000000001A",
            "event_cluster": "pnc:2161EF0100000000001A",
            "subject_cluster": "court:R1",
        },
        {"record_id": "pnd:P2", "event_cluster": "pnc:2161EF0100000000001A", "subject_cluster": "court:R1"},
        {"record_id": "pnd:P3", "event_cluster": "pnd:P3"},
    ]
    alias = {"record_id": "pnc:001", "forenames_folded": "DAVE", "surname_folded": "SOOS"}
    ids = {"schema": {"cluster": pl.String, "id": pl.String}, "orient": "row"}
    return NightInput(
        orders=rows(CORE_ORDERS, *orders),
        aliases=rows(CORE_ALIASES, alias, alias | {"forenames_folded": "DAVID"}),
        conditions=rows(CORE_CONDITIONS, *CONDITION_ROWS),
        arrests=rows(CORE_ARRESTS, *arrests),
        clusters=rows(LINK_CLUSTERS, *clusters),
        events=rows(LINK_ARRESTS, *events),
        order_ids=pl.DataFrame([("court:R1", "ORD-1"), ("rocu:r#Orders#9", "ORD-2")], **ids),
        subject_ids=pl.DataFrame([("court:R1", "SUB-1")], **ids),
        arrest_ids=pl.DataFrame([("pnc:2161EF0100000000001A", "ARR-1"), ("pnd:P3", "ARR-2")], **ids),
        as_of=AS_OF,
    )


@pytest.fixture(scope="module")
def register():
    return build_register(night())


def row(frame, **key):
    return frame.filter(**key).row(0, named=True)


@pytest.mark.parametrize(
    "table",
    [ORDERS, ORDER_SOURCES, SUBJECTS, CONDITIONS, ARRESTS, ARREST_SOURCES, FIELD_PROVENANCE],
    ids=lambda table: table.name,
)
def test_table_has_its_declared_shape_and_key(register, table):
    frame = register[table.name]
    assert frame.schema == table.schema
    assert frame.height > 0
    assert frame.select(table.key).is_unique().all()
    required = [column.name for column in table.columns if column.required and column.name != "discrepancy_count"]
    assert frame.select(required).null_count().sum_horizontal().item() == 0


def test_order_carries_golden_values_and_the_names_of_codes(register):
    full = row(register["orders"], order_id="ORD-1")
    assert (full["surname"], full["end_on"], full["term_months"]) == ("Soós", D(2024, 11, 1), 24)
    assert (full["force_name"], full["region_code"]) == ("West Midlands Police", "ROCUWM")
    assert full["court_name"] == "Birmingham Magistrates' Court"
    assert (full["sources"], full["record_count"]) == (["court", "pnc", "pnd"], 4)


def test_order_says_where_who_applied_in_which_case_and_how_often_it_was_breached(register):
    full, interim = (row(register["orders"], order_id=key) for key in ("ORD-1", "ORD-2"))
    assert (full["nation"], full["applicant_code"], full["applicant_kind"]) == ("England", "GL", "agency")
    assert (full["case_urn"], full["breach_count"], interim["breach_count"]) == ("20BL0412322", None, 2)


@one_in(
    2,
    ("given", "nation"),
    [
        pytest.param({"court_code": "B61NP00", "force_code": "20"}, "Wales", id="the court's, whatever the force"),
        pytest.param({"order_type": "TEPO"}, "Scotland", id="without a court, of the law that knows its type"),
        pytest.param({"force_code": "61"}, "Wales", id="without a court, of the force"),
        pytest.param({"force_code": "93"}, None, id="not known, since the force belongs to all of them"),
        pytest.param({}, None, id="not known, since nothing says"),
    ],
)
def test_nation_of_an_order(given, nation):
    orders = build_register(night((order("pnd", "P1", **FULL, **given),)))["orders"]
    assert orders.get_column("nation").to_list() == [nation]


def test_interim_and_full_order_are_chained(register):
    full, interim = (row(register["orders"], order_id=key) for key in ("ORD-1", "ORD-2"))
    assert (interim["legal_status"], full["legal_status"]) == ("determined", "live")
    assert (full["follows_order_id"], interim["followed_by_order_id"]) == ("ORD-2", "ORD-1")


def test_name_of_the_person_holds_for_all_orders_of_the_person(register):
    assert register["orders"].get_column("surname").to_list() == ["Soós", "Soós"]


def test_every_record_is_listed_and_the_amended_result_marked(register):
    sources = register["order_sources"]
    assert sources.height == len(ORDER_ROWS)
    assert sources.filter(pl.col("is_amended")).get_column("source_key").to_list() == ["R1"]


def test_condition_of_half_of_the_sources_is_believed_and_an_amended_result_is_not_heard(register):
    conditions = register["conditions"]
    assert conditions.get_column("condition_code").to_list() == ["C01", "C02"]
    of_court = row(conditions, condition_code="C01")
    assert (of_court["sources"], of_court["is_golden"]) == (["court", "pnc"], True)
    assert of_court["text"] == "Not to enter the area shown"


def test_condition_of_one_source_in_three_is_not_believed(register):
    assert row(register["conditions"], condition_code="C02")["is_golden"] is False
    assert row(register["orders"], order_id="ORD-1")["condition_count"] == 1


def test_whom_a_condition_names_is_not_published():
    said = {"record_id": "court:R2", "sequence": 9, "condition_code": "C03", "is_cut": False}
    said |= {"text": "Not to contact Jana Novak"}
    whole = night()
    conditions = rows(CORE_CONDITIONS, *CONDITION_ROWS, said)
    tables = build_register(NightInput(**{**vars(whole), "conditions": conditions}))
    published = row(tables["conditions"], condition_code="C03")
    assert (published["text"], published["is_person_named"]) == ("Not to contact [named person]", True)
    assert tables["condition_texts"].get_column("full_text").to_list() == ["Not to contact Jana Novak"]


def test_subject_is_counted_with_orders_arrests_and_other_names(register):
    subject = row(register["subjects"], subject_id="SUB-1")
    assert (subject["order_count"], subject["arrest_count"]) == (2, 1)
    assert subject["other_names"] == ["SOOS, DAVE", "SOS, DAVID"]


def test_arrest_held_twice_is_one_event_with_its_offence_named(register):
    arrest = row(register["arrests"], arrest_id="ARR-1")
    assert (arrest["arrested_on"], arrest["subject_id"]) == (D(2021, 4, 4), "SUB-1")
    assert arrest["offence_category"] == "modern_slavery"
    assert (arrest["custody_ref"], arrest["sources"]) == ("61/CU/1", ["pnc", "pnd"])


def test_arrest_of_nobody_under_an_order_has_no_subject(register):
    arrest = row(register["arrests"], arrest_id="ARR-2")
    assert (arrest["subject_id"], arrest["offence_title"]) == (None, None)


def test_provenance_names_file_and_row_of_the_winner(register):
    won = row(register["field_provenance"], order_id="ORD-1", field="force_code")
    assert (won["value"], won["source"], won["source_key"]) == ("20", "pnc", "001")
    assert (won["file_name"], won["row_number"], won["rule"]) == ("pnc.file", 7, "only_source")


def test_worked_out_end_names_no_winner(register):
    end = row(register["field_provenance"], order_id="ORD-1", field="end_on")
    assert (end["value"], end["source"], end["rule"]) == ("2024-11-01", None, "derived")


def status_of_full(**changed):
    orders = [row | changed.get(row["source"], {}) for row in ORDER_ROWS]
    return row(build_register(night(orders))["orders"], order_id="ORD-1")["legal_status"]


@one_in(
    2,
    ("changed", "status"),
    [
        pytest.param({"pnc": {"recorded_status": "discharged"}}, "discharged", id="discharged in one source of two"),
        pytest.param(
            {"court": {"result_state": "WITHDRAWN"}, "pnc": {"recorded_status": "withdrawn"}},
            "withdrawn",
            id="all results of the court withdrawn",
        ),
        pytest.param({"court": {"result_state": "WITHDRAWN"}}, "live", id="withdrawn, while two other sources hold it"),
        pytest.param({"pnc": {"recorded_status": "expired"}}, "live", id="a source that takes it for expired"),
    ],
)
def test_status_reported_by_the_records(changed, status):
    assert status_of_full(**changed) == status


def test_discharge_in_one_source_of_three_is_not_believed():
    orders = [*ORDER_ROWS, order("rocu", "r#Orders#10", **FULL, recorded_status="discharged")]
    owners = OWNER | {"rocu:r#Orders#10": "court:R1"}
    three = night(orders)
    clusters = three.clusters.with_columns(
        pl.col("record_id").replace(owners).alias("order_cluster"),
    )
    register = build_register(NightInput(**{**vars(three), "clusters": clusters}))
    assert row(register["orders"], order_id="ORD-1")["legal_status"] == "live"


def test_row_order_does_not_matter():
    given = night()
    turned = {name: frame.reverse() for name, frame in vars(given).items() if isinstance(frame, pl.DataFrame)}
    again = build_register(NightInput(**{**vars(given), **turned}))
    assert all(frame.equals(again[name]) for name, frame in build_register(given).items())


def test_orders_are_finished_with_counts_and_scores(register):
    score = {"scope": "record", "scope_key": "ORD-1", "denominator": 1.0, "weight": 3}
    scores = rows(
        QUALITY_SCORES,
        score | {"dimension": "validity", "score": 1.0, "numerator": 1.0, "weight": 1},
        score | {"dimension": "timeliness", "numerator": 0.0, "denominator": 0.0},
        score | {"dimension": "accuracy", "score": 0.5, "numerator": 0.5},
        score | {"scope": "all", "dimension": "accuracy", "score": 0.0, "numerator": 0.0},
    )
    found = rows(DISCREPANCIES, {"discrepancy_id": "a", "order_id": "ORD-1"})
    finished = finish_orders(register["orders"], found, scores)
    counted = finished.select("order_id", "discrepancy_count", "quality_score").rows()
    assert counted == [("ORD-1", 1, 0.625), ("ORD-2", 0, None)]


def decide(field, value):
    values = pl.DataFrame({"order_id": ["ORD-1"], "field": [field], "value": [value], "decision_id": ["DEC-1"]})
    return NightInput(**{**vars(night()), "decided": typed_values(values, lambda text: text.str.to_uppercase())})


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        pytest.param(
            "end_on", "2025-11-19", {"end_on": D(2025, 11, 19), "term_months": 24}, id="an end leaves the term as made"
        ),
        pytest.param("term_months", "60", {"end_on": D(2027, 11, 1), "term_months": 60}, id="a term makes the end"),
        pytest.param(
            "is_until_further_order", "true", {"end_on": None, "term_months": None}, id="an open order has neither"
        ),
        pytest.param("end_on", "2023-11-29", {"legal_status": "expired"}, id="the status in law is worked out from it"),
        pytest.param("surname", "Sós", {"surname": "Sós", "surname_folded": "SÓS"}, id="a name with its compared form"),
    ],
)
def test_a_decided_value_is_golden_and_the_others_follow_it(field, value, expected):
    tables = build_register(decide(field, value))
    assert row(tables["orders"], order_id="ORD-1").items() >= expected.items()
    reason = row(tables["field_provenance"], order_id="ORD-1", field=field)
    assert (reason["rule"], reason["decision_id"], reason["source"]) == ("steward", "DEC-1", None)


def test_decided_and_chosen_values_are_kept_apart():
    reasons = build_register(decide("made_on", "2022-10-31"))["field_provenance"]
    assert reasons.drop_nulls("decision_id").select("order_id", "field").rows() == [("ORD-1", "made_on")]
    assert "pnc:001=2022-11-01" in row(reasons, order_id="ORD-1", field="made_on")["losing"]
