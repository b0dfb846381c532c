"""What is remembered of ids when the version before knew rows without keys by something else."""

import polars as pl

from reconciliation.id_memory import remember_former
from reconciliation.stable_ids import record_handles
from warehouse.schema import Table
from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.link import IDENTITIES
from warehouse.tables.register import ORDER_SOURCES, ORDERS
from warehouse.tables.release import SOURCE_RECORDS
from warehouse.text_hashes import digests

RECORDS = [
    {"source": "pnc", "source_key": "1", "record_id": "pnc:1"},
    {"source": "rocu", "source_key": "a#Orders#5", "record_id": "rocu:a#Orders#5", "surname_folded": "FOST"},
]


def former(table: Table, *remembered: dict[str, str]) -> pl.LazyFrame:
    """A release of one order, held by the PNC and a region, that remembers some handles."""
    owned = [record | {"order_id": "ORD-1"} for record in RECORDS]
    rows = {
        IDENTITIES.name: list(remembered),
        SOURCE_RECORDS.name: RECORDS,
        ORDER_SOURCES.name: owned,
        ORDERS.name: [{"order_id": "ORD-1", "subject_id": "SUB-1"}],
    }[table.name]
    kept = [dict.fromkeys(table.schema) | {name: row[name] for name in row if name in table.schema} for row in rows]
    return pl.LazyFrame(kept, schema=table.schema)


def handle_of_today(record_id: str) -> str:
    records = pl.DataFrame([dict.fromkeys(CORE_ORDERS.schema) | row for row in RECORDS], schema=CORE_ORDERS.schema)
    known = record_handles(records).filter(record_id=record_id)
    return digests(known.get_column("handle")).item()


def test_a_row_keeps_its_ids_whatever_an_earlier_version_knew_it_by():
    before = {"kind": "order", "handle": "known by something else", "id": "ORD-1"}
    found = remember_former(lambda table: former(table, before)).sort("kind", "handle")
    row = handle_of_today("rocu:a#Orders#5")
    assert set(found.select("kind", "handle", "id").rows()) == {
        tuple(before.values()), ("order", row, "ORD-1"), ("subject", row, "SUB-1")
    }  # fmt: skip


def test_what_is_remembered_already_is_not_added_and_stays_as_it_is():
    row = handle_of_today("rocu:a#Orders#5")
    known = [{"kind": kind, "handle": row, "id": "an id of now"} for kind in ("order", "subject")]
    assert remember_former(lambda table: former(table, *known)).get_column("id").to_list() == ["an id of now"] * 2


def test_on_the_first_night_nothing_is_remembered():
    assert remember_former(lambda table: table.empty().lazy()).is_empty()
