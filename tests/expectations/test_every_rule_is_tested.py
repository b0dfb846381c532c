"""A rule without a test cannot be added: each is named in one, and every rule on a row has a row that breaks it."""

import ast
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from expectations.discrepancies import RULES
from expectations.row_rules import ROW_RULES
from warehouse.tables.core import CORE_TABLES
from warehouse.tables.link import LINK_PAIRS
from warehouse.tables.register import PUBLIC_TABLES

TABLES = {table.name: table for table in (*CORE_TABLES, LINK_PAIRS, *PUBLIC_TABLES)}
LAW = "made since commencement"
SCOTTISH = {"order_type": "TERO", "court_code": "SC-GLASGOW", "is_interim": False}
IRISH = {"court_code": "NI-BELFAST-MC"}

# By the words of the rule: values of a row that meets it, and of one that breaks it.
ROWS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "end on or after start": ({"start_on": "2020-03-02", "end_on": "2025-03-01"}, {"end_on": "2020-03-01"}),
    "start on or after made": ({"made_on": "2020-03-02", "start_on": "2020-02-24"}, {"start_on": "2020-02-23"}),
    "until further order has no end": ({"is_until_further_order": True}, {"end_on": "2025-03-01"}),
    "until further order has no term": ({"is_until_further_order": True}, {"term_months": 24}),
    "interim is not until further order": (
        {"is_interim": True, "is_until_further_order": False},
        {"is_until_further_order": True},
    ),
    "term agrees with dates": (
        {"made_on": "2020-03-02", "end_on": "2025-03-01", "term_months": 60},
        {"term_months": 24},
    ),
    f"England and Wales: {LAW}": ({"order_type": "STPO", "made_on": "2015-07-31"}, {"made_on": "2015-07-30"}),
    f"Northern Ireland: {LAW}": (IRISH | {"made_on": "2016-04-01"}, {"made_on": "2016-03-31"}),
    f"TEPO: {LAW}": ({"order_type": "TEPO", "made_on": "2017-06-30"}, {"made_on": "2017-06-29"}),
    f"TERO: {LAW}": ({"order_type": "TERO", "made_on": "2017-10-31"}, {"made_on": "2017-10-30"}),
    "prevention order lasts at least 5 years": (
        {
            "order_type": "STPO",
            "is_interim": False,
            "is_travel_only": False,
            "made_on": "2020-03-02",
            "end_on": "2025-03-01",
        },
        {"end_on": "2025-02-28"},
    ),
    "risk order lasts at least 2 years": (
        {
            "order_type": "STRO",
            "is_interim": False,
            "is_travel_only": False,
            "made_on": "2020-03-02",
            "end_on": "2022-03-01",
        },
        {"end_on": "2022-02-28"},
    ),
    "order of travel prohibitions lasts at most 5 years": (
        {"is_travel_only": True, "made_on": "2020-03-02", "end_on": "2025-03-02"},
        {"end_on": "2025-03-03"},
    ),
    "Scottish order has a fixed term": (SCOTTISH | {"is_until_further_order": False}, {"is_until_further_order": True}),
    "order type fits the nation of the court": (
        {"order_type": "STRO", "court_code": "B01IX00"},
        {"order_type": "TERO"},
    ),
    "adult under a Scottish order": (
        SCOTTISH | {"made_on": "2020-03-02", "date_of_birth": "2002-03-02"},
        {"date_of_birth": "2002-03-03"},
    ),
    "person born at least 10 years before": (
        {"made_on": "2020-03-02", "date_of_birth": "2010-03-02"},
        {"date_of_birth": "2010-03-03"},
    ),
    "PNC id judged where there is one": ({"pnc_id": "1981/0000034U", "is_pnc_id_valid": True}, {"pnc_id": None}),
    "CRO number judged where there is one": ({"cro_number": "012345/09C", "is_cro_valid": True}, {"cro_number": None}),
    "PNC id has its check letter": ({"is_pnc_id_valid": True}, {"is_pnc_id_valid": False}),
    "CRO number has its check letter": ({"is_cro_valid": True}, {"is_cro_valid": False}),
    "ASN has its check letter": ({"is_asn_valid": True}, {"is_asn_valid": False}),
    "year of birth agrees with date": ({"date_of_birth": "1988-04-17", "birth_year": 1988}, {"birth_year": 1989}),
    "recorded on or after made": (
        {"made_on": "2020-03-02", "recorded_on": "2020-03-02"},
        {"recorded_on": "2020-03-01"},
    ),
    "person born at least 8 years before": (
        {"arrested_on": "2020-03-02", "date_of_birth": "2012-03-02"},
        {"date_of_birth": "2012-03-03"},
    ),
    "left before right": ({"left_id": "pnc:1", "right_id": "pnd:1"}, {"left_id": "pnd:2"}),
    "held by a source": ({"sources": ["pnc"]}, {"sources": []}),
    "interim has no term": ({"is_interim": True}, {"term_months": 6}),
    "does not follow itself": ({"order_id": "o1", "follows_order_id": "o2"}, {"follows_order_id": "o1"}),
    "winner is named": ({"value": "M", "rule": "agreement", "source_key": "1"}, {"source_key": None}),
    "decision is named": ({"rule": "steward", "decision_id": "DEC-1"}, {"decision_id": None}),
    "numerator within denominator": ({"numerator": 4.0, "denominator": 4.0}, {"numerator": 5.0}),
    "no score where nothing was judged": ({"denominator": 0.0}, {"score": 1.0}),
    "interval holds the score": ({"score": 0.9, "low": 0.8, "high": 0.95}, {"low": 0.91}),
    "interval holds the rate": ({"error_rate": 0.1, "low": 0.05, "high": 0.2}, {"low": 0.11}),
    "near match is another order": ({"order_id": "o1", "other_order_id": "o2"}, {"other_order_id": "o1"}),
    "no row lost": (
        {"rows_read": 10, "rows_kept": 7, "rows_quarantined": 2, "rows_duplicate": 1},
        {"rows_quarantined": 1},
    ),
}
EVERY_ROW_RULE = [(table, rule) for table, rules in ROW_RULES.items() for rule in rules]


@pytest.fixture(scope="module")
def named() -> set[object]:
    """Every text and number in the tests of this folder."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parent.glob("*.py")]
    return {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def test_every_rule_that_finds_discrepancies_is_named_in_a_test(named):
    unread = {rule.code for rule in RULES if rule.subject == "rejected"}  # one test for all of them, by field
    assert not [rule.code for rule in RULES if rule.code not in named | unread]


@pytest.mark.parametrize(("table", "rule"), EVERY_ROW_RULE, ids=lambda part: getattr(part, "subject", part))
def test_every_rule_on_a_row_is_met_by_one_row_and_broken_by_another(table, rule):
    assert rule.subject in ROWS, "a rule without a row that breaks it: add one to ROWS"
    meets, breaks = ROWS[rule.subject]
    schema = TABLES[table].schema
    rows = [{name: typed(schema[name], value) for name, value in row.items()} for row in (meets, meets | breaks)]
    assert pl.DataFrame(rows, schema=schema).select(holds=rule.holds)["holds"].to_list() == [True, False]


def typed(dtype, value):
    return date.fromisoformat(value) if dtype == pl.Date and isinstance(value, str) else value
