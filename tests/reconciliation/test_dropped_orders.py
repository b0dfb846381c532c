"""Which orders are kept on their last records, and with which conditions."""

from datetime import date

import polars as pl
import pytest

from reconciliation.dropped_orders import find_unheld, keep_dropped, mark_dropped
from reconciliation.stable_ids import record_handles
from reconciliation.standing import AMENDED, STANDS
from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.link import IDENTITIES
from warehouse.tables.register import CONDITIONS, ORDER_SOURCES, ORDERS, UNCODED_CONDITIONS
from warehouse.tables.release import SOURCE_RECORDS
from warehouse.text_hashes import digests

NIGHT = date(2026, 11, 21)


def rows(table, *given):
    return pl.DataFrame([dict.fromkeys(table.schema) | row for row in given], schema=table.schema)


def record(source, key, **values):
    return {"source": source, "source_key": key, "record_id": f"{source}:{key}"} | values


PNC, PND = record("pnc", "1"), record("pnd", "P1")
ORDER = {"order_id": "ORD-1", "legal_status": "live", "binds_until": date(2030, 1, 1)}


def former(order=ORDER, records=(PNC, PND)):
    kept = rows(CORE_ORDERS, *records)
    owned = kept.select("record_id", "source", "source_key", order_id=pl.lit("ORD-1"), is_amended=pl.lit(value=False))
    handles = digests(record_handles(kept).get_column("handle"))
    tables = {
        IDENTITIES.name: pl.DataFrame({"handle": handles}).with_columns(kind=pl.lit("order"), id=pl.lit("ORD-1")),
        ORDERS.name: rows(ORDERS, order),
        ORDER_SOURCES.name: ORDER_SOURCES.completed(owned),
        SOURCE_RECORDS.name: SOURCE_RECORDS.completed(kept),
        CONDITIONS.name: rows(
            CONDITIONS,
            {"order_id": "ORD-1", "condition_code": "C01", "text": "a", "match_score": 90.0, "sources": ["pnc", "pnd"]},
            {"order_id": "ORD-2", "condition_code": "C02", "text": "b", "match_score": 90.0, "sources": ["pnc"]},
        ),
        UNCODED_CONDITIONS.name: rows(UNCODED_CONDITIONS, {"order_id": "ORD-1", "text": "c", "sources": ["pnd"]}),
    }
    return lambda table: tables[table.name]


def kept_of(tonight, before):
    return keep_dropped(tonight, before, remembered=before(IDENTITIES), as_of=NIGHT)


def kept(tonight, **changes):
    found, _ = kept_of(rows(CORE_ORDERS, *tonight), former(ORDER | changes))
    return found.get_column("record_id").to_list()


@pytest.mark.parametrize(
    ("tonight", "records"),
    [
        pytest.param([], ["pnc:1", "pnd:P1"], id="no record of it came"),
        pytest.param([PND], [], id="one source holds it still"),
        pytest.param([record("pnc", "7")], ["pnc:1", "pnd:P1"], id="a record of another order came"),
        pytest.param([PND | {"event": "discharged"}], ["pnc:1"], id="what came says only what became of it"),
    ],
)
def test_an_order_is_kept_on_all_its_last_records_once_none_came(tonight, records):
    assert kept(tonight) == records


ROW = record("rocu", "return.xlsx#Orders#5", surname_folded="DELANEY", order_type="STRO")


def test_a_row_of_a_workbook_whose_place_another_row_took_is_kept_under_an_id_of_its_own():
    other = ROW | {"surname_folded": "OKAFOR"}
    before = former(records=[ROW])
    dropped, conditions = kept_of(rows(CORE_ORDERS, other), before)
    assert dropped.select("record_id", "source_key", "surname_folded").rows() == [
        ("rocu:ORD-1#return.xlsx#Orders#5", "ORD-1#return.xlsx#Orders#5", "DELANEY")
    ]
    assert conditions.is_empty() or set(conditions["record_id"]) == {"rocu:ORD-1#return.xlsx#Orders#5"}


@pytest.mark.parametrize(
    ("changes", "is_kept"),
    [
        pytest.param({"binds_until": NIGHT}, True, id="its last day is tonight"),
        pytest.param({"binds_until": date(2026, 11, 20)}, False, id="it ended yesterday"),
        pytest.param({"binds_until": None}, True, id="nobody knows its end"),
        pytest.param({"legal_status": "withdrawn", "binds_until": None}, False, id="the court withdrew it"),
        pytest.param({"legal_status": "not_started"}, True, id="it has not begun"),
    ],
)
def test_what_had_ended_by_the_night_is_not_kept(changes, is_kept):
    assert bool(kept([], **changes)) is is_kept


def test_its_conditions_are_kept_for_each_source_coded_or_not():
    _, found = kept_of(CORE_ORDERS.empty(), former())
    assert found.select("record_id", "sequence", "condition_code", "text").rows() == [
        ("pnc:1", 1, "C01", "a"),
        ("pnd:P1", 1, None, "c"),
        ("pnd:P1", 2, "C01", "a"),
    ]


@pytest.mark.parametrize(
    ("dropped", "standings", "is_dropped"),
    [
        pytest.param(["a", "b"], [STANDS, STANDS], True, id="all records of the order"),
        pytest.param(["a"], [AMENDED, STANDS], False, id="another record has taken its place"),
        pytest.param([], [STANDS, STANDS], False, id="none"),
    ],
)
def test_kept_records_stand_only_while_no_other_holds_their_order(dropped, standings, is_dropped):
    held = pl.DataFrame({"record_id": ["a", "b"], "order_cluster": "o", "order_id": "ORD-1", "standing": STANDS})
    marked = mark_dropped(held.with_columns(event=pl.lit(None, pl.String)), pl.Series(dropped, dtype=pl.String))
    assert marked.get_column("standing").to_list() == standings
    assert find_unheld(marked).select("is_without_making", "is_dropped").rows() == [(False, is_dropped)]
