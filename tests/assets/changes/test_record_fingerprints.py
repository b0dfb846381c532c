"""What counts as a change of a record: its values and companions; not where it stands or how codes are written."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.changes.record_fingerprints import digest_records
from warehouse.tables.core import CORE_ALIASES, CORE_ARRESTS, CORE_CONDITIONS, CORE_ORDERS, CORE_REJECTED_VALUES
from warehouse.tables.register import ARREST_SOURCES, ARRESTS, ORDER_SOURCES, ORDERS

PLACE = {"delivery_id": "pnc:1", "file_name": "file", "row_number": 1}
PERSON = {"surname_folded": "KHAN", "forenames_folded": "AMIR ALI", "pnc_id": "2012/0612542N"}
CASE = {"court_code": "C31NT00", "made_on": date(2021, 3, 9)}


def rows(table, *given):
    return pl.DataFrame(list(given), schema=table.schema)


def order(source="pnc", **values):
    return {"record_id": f"{source}:1", "source": source, "source_key": "1"} | PLACE | PERSON | CASE | values


def digest_all(*orders, aliases=(), conditions=(), arrests=(), rejected=()):
    core = {
        "orders": rows(CORE_ORDERS, *orders),
        "aliases": rows(CORE_ALIASES, *aliases),
        "conditions": rows(CORE_CONDITIONS, *conditions),
        "arrests": rows(CORE_ARRESTS, *arrests),
        "rejected_values": rows(CORE_REJECTED_VALUES, *rejected),
    }
    keys = ("source", "source_key", "record_id", "row_number")
    tables = {
        "orders": rows(ORDERS, {"order_id": "O1", "subject_id": "S1"}),
        "order_sources": rows(ORDER_SOURCES, *({key: row[key] for key in keys} | {"order_id": "O1"} for row in orders)),
        "arrests": rows(ARRESTS, {"arrest_id": "A1", "subject_id": "S1"}),
        "arrest_sources": rows(
            ARREST_SOURCES, *({key: row[key] for key in keys} | {"arrest_id": "A1"} for row in arrests)
        ),
    }
    return pl.concat(digest_records(core, tables))


def digest(row, **companions):
    return digest_all(row, **companions).item(0, "digest")


def condition(text, sequence=1):
    return {"record_id": "pnc:1", "sequence": sequence, "text": text, "is_cut": False}


ALIAS = {"record_id": "pnc:1", "surname_folded": "CAAN"}
REFUSED = {"record_id": "pnc:1", "source": "pnc", "source_key": "1", "field": "end_on", "value": "31/02/2024"}


@pytest.mark.parametrize(
    ("row", "companions"),
    [
        pytest.param(order(end_on=date(2025, 1, 1)), {}, id="a value"),
        pytest.param(order(recorded_on=date(2025, 1, 1)), {}, id="the day it was touched"),
        pytest.param(order(), {"aliases": [ALIAS]}, id="another name"),
        pytest.param(order(), {"conditions": [condition("not to travel")]}, id="a condition"),
        pytest.param(order(), {"rejected": [REFUSED]}, id="a value that was refused"),
    ],
)
def test_a_record_changed_if_it_says_something_else(row, companions):
    assert digest(row, **companions) != digest(order())


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(order(row_number=7, file_name="other", delivery_id="pnc:2"), id="its place"),
        pytest.param(order(court_as_written="Crown Ct"), id="how a code is written"),
        pytest.param(order(court_score=91.0), id="how well it was understood"),
    ],
)
def test_a_record_did_not_change_by(row):
    assert digest(row) == digest(order())


def test_the_month_of_a_return_is_no_value_of_its_rows():
    first, second = (digest(order("rocu", recorded_on=date(2025, month, 28))) for month in (1, 2))
    assert first == second


@given(st.permutations(["not to travel", "to report", "not to drive"]))
def test_conditions_count_in_whatever_order_their_rows_come(texts):
    numbered = {"not to travel": 1, "to report": 2, "not to drive": 3}
    listed = [condition(text, numbered[text]) for text in texts]
    assert digest(order(), conditions=listed) == digest(order(), conditions=sorted(listed, key=str))


def test_ties_are_reported_by_digest_alone():
    (ties,) = digest_all(order(cro_number=None)).get_column("ties").to_list()
    assert [tie.split(":")[0] for tie in ties] == ["surname", "forename", "forename", "pnc_id", "case", "region"]
    assert "KHAN" not in str(ties)


@pytest.mark.parametrize(
    ("kind", "other", "in_common"),
    [
        pytest.param("surname", {"surname_folded": "KHAN SHAH"}, 1, id="one word of a double surname"),
        pytest.param("forename", {"forenames_folded": "OMAR ALI"}, 1, id="a second forename"),
        pytest.param("forename", {"forenames_folded": "ALI AMIR"}, 2, id="both forenames in another order"),
        pytest.param("forename", {"forenames_folded": "AMIRA"}, 0, id="no whole word"),
        pytest.param("surname", {"surname_folded": None}, 0, id="no surname"),
    ],
)
def test_names_bear_on_one_another_word_by_word(kind, other, in_common):
    own, others = (set(digest_all(row).get_column("ties").to_list()[0]) for row in (order(), order(**other)))
    assert len([tie for tie in own & others if tie.startswith(f"{kind}:")]) == in_common


def test_an_arrest_belongs_to_its_person_and_to_no_order():
    arrest = {"record_id": "pnc:9", "source": "pnc", "source_key": "9"} | PLACE | PERSON
    found = digest_all(order(), arrests=[arrest]).select("kind", "record_id", "order_id", "subject_id")
    assert found.rows() == [("arrest", "pnc:9", None, "S1"), ("order", "pnc:1", "O1", "S1")]


def test_digests_are_the_same_however_many_records_are_digested_at_once(monkeypatch):
    arrest = {"record_id": "pnc:9", "source": "pnc", "source_key": "9"} | PLACE | PERSON
    orders = [
        order(record_id=f"pnc:{number}", source_key=str(number), end_on=date(2025, 1, number + 1))
        for number in range(5)
    ]
    night = {"conditions": [condition("not to travel")], "aliases": [ALIAS], "arrests": [arrest]}
    whole = digest_all(*orders, **night)
    monkeypatch.setattr("assets.changes.record_fingerprints.AT_ONCE", 2)
    assert digest_all(*orders, **night).equals(whole)
    assert whole.height == len(orders) + 1
