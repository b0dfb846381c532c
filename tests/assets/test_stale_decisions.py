"""Decisions to be looked at again stand at the orders that they are about tonight."""

import polars as pl
import pytest
from ledger_cases import owners, pair, records, redirects, rows, value

from assets.stale_decisions import SECOND_LOOKS, find_second_looks
from ledger.decisions.binding import closures, constraints, overrides
from ledger.decisions.decision import Sighting
from ledger.decisions.kinds import LINK_FIELDS
from ledger.decisions.record_values import canonical_values, name_records
from warehouse.tables.register import DISCREPANCIES

NIGHT = records(
    ("pnc:1", {"sex": "M", "surname_folded": "KHAN"}),
    ("pnd:2", {"sex": "M", "surname_folded": "KHAN"}),
    ("court:3", {"sex": "M"}),
)
ONE_ORDER = owners(S__A=["pnc:1", "pnd:2", "court:3"])
TWO_ORDERS = owners(S__A=["pnc:1", "court:3"], T__B=["pnd:2"])
HANDLES = dict(name_records(NIGHT).select("record_id", "handle").iter_rows())


def seen(fields, *names):
    values = canonical_values(name_records(NIGHT).filter(pl.col("record_id").is_in(names)))
    wanted = values.filter(pl.col("field").is_in(fields)).select("handle", "field", "value")
    return tuple(Sighting(*row) for row in wanted.iter_rows())


def on_pair(kind, left, right):
    return pair(kind, HANDLES[left], HANDLES[right], seen=seen(LINK_FIELDS, left, right))


def find(decisions, frame=NIGHT, *, held=ONE_ORDER, moved=()):
    named, gone = name_records(frame), redirects(*moved)
    closed = closures(decisions, DISCREPANCIES.empty(), named, held.get_column("order_id").unique(), gone)
    bound = constraints(decisions, named), overrides(decisions, named, held, gone), closed
    return find_second_looks(decisions, named, held, gone, bound=bound)


def look(*given, **more):
    return find(*given, **more).select("kind", "order_id", "other_order_id", "fields").rows()


def changed(**columns):
    is_meant = pl.col("record_id") == "pnd:2"
    return NIGHT.with_columns(
        pl.when(is_meant).then(pl.lit(to)).otherwise(name).alias(name) for name, to in columns.items()
    )


def test_decisions_whose_evidence_stands_need_no_second_look():
    decisions = rows(on_pair("same_order", "pnc:1", "pnd:2"), value("A", "sex", "M", seen=seen(("sex",), *HANDLES)))
    assert look(decisions) == []


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        pytest.param(ONE_ORDER, ("A", None), id="the records are in one order"),
        pytest.param(TWO_ORDERS, ("A", "B"), id="the records are in two orders"),
    ],
)
def test_a_stale_decision_on_records_stands_at_their_orders(held, expected):
    decisions = rows(on_pair("same_order", "pnc:1", "pnd:2"))
    assert look(decisions, changed(surname_folded="COHEN"), held=held) == [("stale_decision", *expected, ["surname"])]


def test_a_stale_decision_on_a_value_stands_at_the_order_as_it_is_named_now():
    decisions = rows(value("OLD", "sex", "M", seen=seen(("sex",), *HANDLES)))
    assert look(decisions, changed(sex="F"), moved=[("OLD", "A")]) == [("stale_decision", "A", None, ["sex"])]


def test_a_decision_on_an_order_that_was_split_stands_at_its_first_part():
    decisions = rows(value("OLD", "sex", "M", seen=seen(("sex",), *HANDLES)))
    assert look(decisions, held=TWO_ORDERS, moved=[("OLD", "B"), ("OLD", "A")]) == [
        ("stale_decision", "A", None, ["sex"])
    ]


def test_decisions_that_exclude_one_another_are_reported_together():
    both = (value("A", "sex", decided, seen=seen(("sex",), *HANDLES)) for decided in ("M", "F"))
    decisions = rows(*both)
    found = find(decisions)
    (row,) = found.filter(pl.col("kind") == "contradiction").to_dicts()
    assert (row["order_id"], row["decision_ids"]) == ("A", sorted(decisions.get_column("decision_id")))


def test_a_ring_of_links_with_one_that_parts_is_a_contradiction():
    decisions = rows(
        on_pair("same_order", "pnc:1", "pnd:2"),
        on_pair("same_order", "pnd:2", "court:3"),
        on_pair("different_order", "pnc:1", "court:3"),
    )
    assert {row[0] for row in look(decisions)} == {"contradiction"}


def test_what_is_about_nothing_that_is_there_waits():
    decisions = rows(value("GONE", "sex", "M", seen=seen(("sex",), *HANDLES)))
    assert look(decisions) == []


def test_without_decisions_there_is_nothing_to_look_at():
    found = find(rows())
    assert (found.height, found.schema) == (0, SECOND_LOOKS)
