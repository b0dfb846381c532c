import re
from datetime import date

import polars as pl
import pytest

from expectations.row_rules import ROW_RULES
from expectations.suites import Expectation, suite_for
from warehouse.schema import Column, Table
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.core import CORE_ARRESTS, CORE_ORDERS, CORE_TABLES, core_table
from warehouse.tables.link import LINK_ARRESTS, LINK_CLUSTERS, LINK_PAIRS
from warehouse.tables.raw import raw_table
from warehouse.tables.register import ORDER_SOURCES, ORDERS, PUBLIC_TABLES, REVIEW_QUEUE

RAW = raw_table("raw_pnc__orders", "an ORD line", ("recno", "name"), key=("recno",))
EVERY_TABLE = [
    RAW,
    *(core_table(source, table) for source in SOURCE_NAMES for table in CORE_TABLES),
    LINK_PAIRS,
    LINK_CLUSTERS,
    LINK_ARRESTS,
    *PUBLIC_TABLES,
]
ORDER = {
    "order_type": "STPO",
    "is_interim": False,
    "date_of_birth": date(1980, 5, 1),
    "made_on": date(2020, 3, 2),
    "start_on": date(2020, 3, 2),
    "end_on": date(2025, 3, 1),
    "is_until_further_order": False,
    "term_months": 60,
    "court_code": "B01IX00",
    "order_id": "o1",
    "sources": ["pnc"],
    "is_travel_only": False,
}


def found(table: Table, kind: str, subject: str) -> Expectation | None:
    return next((item for item in suite_for(table) if (item.type, item.subject) == (kind, subject)), None)


def verdict(subject: str, **changes: object) -> bool | None:
    """What a rule of `orders` says of one order."""
    order = pl.DataFrame([{**ORDER, **changes}], schema=ORDERS.schema)
    rule = next(rule for rule in ROW_RULES["orders"] if rule.subject == subject)
    value = order.select(rule.holds).item()
    assert value is None or isinstance(value, bool)
    return value


@pytest.mark.parametrize("table", EVERY_TABLE, ids=lambda table: table.name)
def test_every_table_has_a_suite_whose_expectations_are_kept_apart(table: Table) -> None:
    suite = suite_for(table)

    names = [(item.type, item.subject) for item in suite]
    assert len(names) == len(set(names))
    assert any(item.severity == "structural" for item in suite)
    assert all(item.note for item in suite)


@pytest.mark.parametrize("table", EVERY_TABLE, ids=lambda table: table.name)
def test_rules_can_be_worked_out_on_the_columns_of_their_table(table: Table) -> None:
    for item in suite_for(table):
        if item.holds is not None:
            assert table.empty().select(item.holds.alias("holds")).schema == {"holds": pl.Boolean}


def test_rules_are_declared_for_tables_that_exist() -> None:
    names = {table.name for table in (*CORE_TABLES, LINK_PAIRS, LINK_CLUSTERS, LINK_ARRESTS, *PUBLIC_TABLES)}

    assert set(ROW_RULES) <= names


@pytest.mark.parametrize(
    ("table", "kind", "subject", "severity"),
    [
        pytest.param(ORDERS, "be_unique", "order_id", "structural", id="the key of a register table"),
        pytest.param(RAW, "be_unique", "recno", "warning", id="a key that a source repeats"),
        pytest.param(ORDER_SOURCES, "be_unique", "source, source_key", "structural", id="a key of two columns"),
        pytest.param(RAW, "not_be_null", "delivery_id", "structural", id="the delivery of a raw row"),
        pytest.param(ORDERS, "be_in_set", "legal_status", "structural", id="a required code of the register"),
        pytest.param(ORDERS, "be_in_set", "force_code", "warning", id="a code that may be missing"),
        pytest.param(CORE_ORDERS, "be_in_set", "source", "warning", id="a code of a source"),
        pytest.param(CORE_ARRESTS, "match_regex", "asn", "warning", id="a pattern"),
        pytest.param(CORE_ORDERS, "be_between", "court_score", "warning", id="a range"),
    ],
)
def test_severity_follows_from_the_declaration(table: Table, kind: str, subject: str, severity: str) -> None:
    item = found(table, f"expect_column_values_to_{kind}", subject)

    assert item is not None
    assert item.severity == severity


def test_patterns_are_handed_over_without_capturing_groups() -> None:
    item = found(ORDERS, "expect_column_values_to_match_regex", "cro_number")

    assert item is not None
    regex = str(item.kwargs["regex"])
    assert re.compile(regex).groups == 0
    assert re.match(regex, "SF39/12345A")
    assert not re.match(regex, "39/12345A")


def test_a_column_not_required_may_be_null_and_a_date_range_is_a_date() -> None:
    table = Table("any", "a row", (Column("seen_on", "A day.", pl.Date, minimum="2015-07-31"),))

    (columns, span) = suite_for(table)
    assert columns.subject == "all columns"
    assert str(span.kwargs["min_value"]) == "2015-07-31 00:00:00"
    assert "max_value" not in span.kwargs


@pytest.mark.parametrize(
    ("table", "severity"),
    [
        pytest.param(ORDERS, "structural", id="the register without orders"),
        pytest.param(core_table("rocu", CORE_ORDERS), "warning", id="a source without orders"),
        pytest.param(REVIEW_QUEUE, None, id="nothing to review"),
    ],
)
def test_only_some_tables_may_not_be_empty(table: Table, severity: str | None) -> None:
    item = found(table, "expect_table_row_count_to_be_between", "rows")

    assert (item.severity if item else None) == severity


@pytest.mark.parametrize(
    ("subject", "changes", "holds"),
    [
        pytest.param("end on or after start", {}, True, id="an end after the start"),
        pytest.param("end on or after start", {"end_on": date(2020, 3, 1)}, False, id="an end before the start"),
        pytest.param("end on or after start", {"end_on": None}, None, id="no end"),
        pytest.param("start on or after made", {"start_on": date(2020, 2, 24)}, True, id="a start a week early"),
        pytest.param("start on or after made", {"start_on": date(2020, 2, 23)}, False, id="a start 8 days early"),
        pytest.param("until further order has no end", {"is_until_further_order": True}, False, id="open, with an end"),
        pytest.param("until further order has no end", {}, None, id="an end where one is due"),
        pytest.param(
            "interim is not until further order",
            {"is_interim": True, "is_until_further_order": True},
            False,
            id="interim until further order",
        ),
        pytest.param("interim has no term", {"is_interim": True}, False, id="interim with a term"),
        pytest.param("term agrees with dates", {}, True, id="a term that gives the end"),
        pytest.param("term agrees with dates", {"term_months": 24}, False, id="a term of other length"),
        pytest.param("term agrees with dates", {"term_months": 10**9}, False, id="a term beyond the calendar"),
        pytest.param("term agrees with dates", {"term_months": None}, None, id="no term"),
        pytest.param("prevention order lasts at least 5 years", {}, True, id="5 years to the day before"),
        pytest.param(
            "prevention order lasts at least 5 years", {"end_on": date(2025, 2, 28)}, False, id="5 years less a day"
        ),
        pytest.param("prevention order lasts at least 5 years", {"is_interim": True}, None, id="an interim STPO"),
        pytest.param("prevention order lasts at least 5 years", {"is_interim": None}, None, id="not known if interim"),
        pytest.param("prevention order lasts at least 5 years", {"order_type": "STRO"}, None, id="an STRO of 5 years"),
        pytest.param(
            "risk order lasts at least 2 years",
            {"order_type": "STRO", "end_on": date(2022, 3, 1)},
            True,
            id="an STRO of 2 years",
        ),
        pytest.param(
            "risk order lasts at least 2 years",
            {"order_type": "STRO", "start_on": None, "end_on": date(2021, 3, 1)},
            False,
            id="an STRO of a year from when it was made",
        ),
        pytest.param(
            "England and Wales: made since commencement", {"made_on": date(2015, 7, 30)}, False, id="before the Act"
        ),
        pytest.param(
            "England and Wales: made since commencement", {"made_on": date(2015, 7, 31)}, True, id="the Act's first day"
        ),
        pytest.param(
            "England and Wales: made since commencement",
            {"court_code": None, "made_on": date(2014, 1, 1)},
            False,
            id="before any Act, court not known",
        ),
        pytest.param("TEPO: made since commencement", {"order_type": "TEPO"}, True, id="a TEPO of 2020"),
        pytest.param("Scottish order has a fixed term", {"order_type": "TEPO"}, True, id="a TEPO with an end"),
        pytest.param(
            "Scottish order has a fixed term",
            {"order_type": "TERO", "is_until_further_order": True},
            False,
            id="a TERO until further order",
        ),
        pytest.param(
            "order type fits the nation of the court", {"order_type": "TERO"}, False, id="a TERO made in London"
        ),
        pytest.param(
            "order type fits the nation of the court", {"court_code": "unknown"}, None, id="a court not in the list"
        ),
        pytest.param(
            "risk order lasts at least 2 years",
            {"order_type": "STRO", "end_on": date(2021, 3, 1), "is_travel_only": True},
            None,
            id="a year of foreign-travel prohibitions alone",
        ),
        pytest.param("adult under a Scottish order", {}, None, id="an English order"),
        pytest.param(
            "adult under a Scottish order",
            {"order_type": "TERO", "date_of_birth": date(2002, 3, 3)},
            False,
            id="17 in Scotland",
        ),
        pytest.param(
            "person born at least 10 years before", {"date_of_birth": date(2020, 1, 1)}, False, id="a newborn"
        ),
        pytest.param("does not follow itself", {"follows_order_id": "o1"}, False, id="an order after itself"),
    ],
)
def test_rules_of_an_order(subject: str, changes: dict[str, object], holds: bool | None) -> None:
    assert verdict(subject, **changes) is holds
