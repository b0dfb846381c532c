"""Fixtures for tests of several folders: a small register of which every part fits, and an empty ledger."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

import polars as pl
import pytest
from ledger_cases import HOME, Clock

from ledger.decisions.database import Database
from ledger.decisions.ledger import Ledger
from warehouse.schema import Table
from warehouse.tables.link import LINK_PAIRS
from warehouse.tables.register import (
    ARREST_SOURCES,
    ARRESTS,
    CONDITIONS,
    DELIVERIES,
    DIMENSIONS,
    DISCREPANCIES,
    FIELD_PROVENANCE,
    ORDER_SOURCES,
    ORDERS,
    PUBLIC_TABLES,
    QUALITY_SCORES,
    SUBJECTS,
)

Tables = Mapping[str, pl.DataFrame]


def rows_of(table: Table, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows of a table; columns not given are null."""
    return pl.DataFrame(rows, schema=table.schema) if rows else table.empty()


def orders_of(count: int) -> list[dict[str, object]]:
    return [
        {
            "order_id": f"o{number:06d}",
            "subject_id": f"s{number:06d}",
            "order_type": "STRO",
            "is_interim": False,
            "made_on": date(2020, 1, 1) + timedelta(days=number % 1000),
            "start_on": date(2020, 1, 1) + timedelta(days=number % 1000),
            "end_on": date(2025, 1, 1),
            "is_until_further_order": False,
            "force_code": "01" if number % 2 else "20",
            "force_name": "Metropolitan Police" if number % 2 else "West Midlands Police",
            "legal_status": "live" if number % 3 else "expired",
            "is_in_force_doubtful": False,
            "disputed_ends": [],
            "is_travel_only": False,
            "condition_count": 1,
            "sources": ["court", "pnc"],
            "record_count": 2,
            "discrepancy_count": 0,
        }
        for number in range(count)
    ]


def records_of(order_id: str) -> list[dict[str, object]]:
    return [
        {
            "source": source,
            "source_key": f"{source}{order_id}",
            "record_id": f"{source}:{source}{order_id}",
            "order_id": order_id,
            "match_weight": 12.5,
            "is_duplicate": False,
            "is_amended": False,
            "is_dropped": False,
            "delivery_id": f"{source}:2023-11-30:r1",
            "file_name": f"{source}.txt",
            "row_number": 1,
        }
        for source in ("pnc", "court")
    ]


def provenance_of(order_id: str) -> list[dict[str, object]]:
    return [
        {
            "order_id": order_id,
            "field": field,
            "value": "STRO",
            "source": "pnc",
            "source_key": f"pnc{order_id}",
            "file_name": "pnc.txt",
            "row_number": 1,
            "rule": "agreement",
            "agreeing": [f"court:court{order_id}"],
            "losing": [],
            "confidence": confidence,
        }
        for field, confidence in (("order_type", 0.99), ("made_on", 0.7))
    ]


def pair_of(order_id: str, other: str) -> dict[str, object]:
    return {
        "left_id": f"court:court{order_id}",
        "right_id": f"pnc:pnc{other}",
        "blocking_rule": "pnc_id",
        "person_weight": 9.5,
        "order_weight": 3.0,
        "match_weight": 12.5,
        "levels": ["pnc_id=same", "made_on=same day"],
        "weights": ["pnc_id=+9.50", "made_on=+3.00"],
    }


def small_register(count: int = 6) -> dict[str, pl.DataFrame]:
    """A whole, consistent register of `count` orders, with the pairs behind them and one pair between two of them."""
    orders = orders_of(count)
    ids = [str(order["order_id"]) for order in orders]
    rows: dict[Table, list[dict[str, object]]] = {
        ORDERS: orders,
        ORDER_SOURCES: [record for order_id in ids for record in records_of(order_id)],
        SUBJECTS: [
            {"subject_id": order["subject_id"], "other_names": [], "order_count": 1, "arrest_count": 0}
            for order in orders
        ],
        CONDITIONS: [
            {
                "order_id": order_id,
                "condition_code": code,
                "label": "Label",
                "kind": kind,
                "sources": ["pnc"],
                "is_golden": True,
                "is_doubtful": False,
                "is_lapsed": False,
                "is_person_named": False,
            }
            for order_id in ids
            for code, kind in (("C01", "prohibition"), ("C29", "notification"))
        ],
        ARRESTS: [{"arrest_id": "a1", "subject_id": "s000001", "sources": ["pnc"]}],
        ARREST_SOURCES: [
            {
                "source": "pnc",
                "source_key": "asn1",
                "arrest_id": "a1",
                "delivery_id": "pnc_arrest:2023-11-30:r1",
                "file_name": "arrests.txt",
                "row_number": 2,
            }
        ],
        FIELD_PROVENANCE: [row for order_id in ids for row in provenance_of(order_id)],
        DISCREPANCIES: [
            {
                "discrepancy_id": "d1",
                "order_id": ids[0],
                "rule_code": "end_differs",
                "field": "end_on",
                "severity": "high",
                "source": "pnc",
                "message": "The end differs.",
                "owner": "force:20",
                "correction": "Correct the end.",
                "state": "new",
                "state_since": date(2023, 11, 30),
                "first_seen_on": date(2023, 11, 30),
                "stream": "send",
                "confidence": 0.999,
            }
        ],
        QUALITY_SCORES: [
            {
                "scope": "force",
                "scope_key": force,
                "dimension": dimension,
                "score": 0.5,
                "low": 0.25,
                "high": 0.75,
                "numerator": 1.0,
                "denominator": 2.0,
            }
            for force in ("01", "20", "99")
            for dimension in DIMENSIONS
        ],
        DELIVERIES: [
            {
                "delivery_id": "pnc:2023-11-30:r1",
                "source": "pnc",
                "feed": "pnc_ancord",
                "state": "fresh",
                "is_used": True,
                "rows_read": count,
                "rows_kept": count,
                "rows_quarantined": 0,
                "rows_set_aside": 0,
                "rows_duplicate": 0,
                "faults": [],
            }
        ],
    }
    tables = {table.name: rows_of(table, rows.get(table, [])) for table in PUBLIC_TABLES}
    pairs = [*(pair_of(order_id, order_id) for order_id in ids), pair_of(ids[0], ids[1])]
    return tables | {LINK_PAIRS.name: rows_of(LINK_PAIRS, pairs)}


@pytest.fixture(scope="session")
def make_register() -> Callable[..., dict[str, pl.DataFrame]]:
    return small_register


@pytest.fixture
def without_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases whose DuckDB file is empty: to write it is two thirds of the work, and not every test reads it."""
    monkeypatch.setattr("warehouse.releases.release.write_register", lambda _, database, **__: database.touch())


@pytest.fixture
def ledger(ledger_url: str, make_ledger: Callable[[str], Database]) -> Iterator[Ledger]:
    """An empty ledger with two users, on each kind of database."""
    make_ledger(ledger_url)
    made, state = Ledger.create(ledger_url, HOME, clock=Clock())
    assert state == "current"
    for name in ("kim", "noor"):
        made.add_user(name)
    yield made
    made.close()


@pytest.fixture
def database(ledger_url: str) -> Iterator[Database]:
    """The database of that ledger."""
    opened = Database(ledger_url)
    yield opened
    opened.close()
