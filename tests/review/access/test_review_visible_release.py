"""Whose records somebody sees: one rule for every table of the release."""

import polars as pl
import pytest

from review.access.visible_release import SHARED_TABLES, VisibleRelease
from warehouse.tables.release import RELEASE_TABLES

NEVER_SHOWN = {"arrest_sources", "quality_scores", "source_reliability", "identities", "known_decisions"}
"""Tables that the desk has no page for: their rows name no order, person or record to limit them by."""


@pytest.fixture
def whole(desk):
    return desk.whole_release()


@pytest.fixture
def visible(whole):
    """The release as a viewer of one force sees it."""
    return VisibleRelease(whole, frozenset({whole.table("orders")["force_code"].drop_nulls()[0]}))


def test_without_forces_everything_is_visible(whole):
    orders = whole.table("orders")
    assert VisibleRelease(whole, None).visible_orders() is None
    assert VisibleRelease(whole, None).table("orders").equals(orders)
    assert VisibleRelease(whole, None).sees(orders["order_id"][0])


def test_an_order_is_visible_by_its_force_and_by_the_force_of_a_record_of_it(whole):
    orders, records = whole.table("orders"), whole.table("source_records")
    owners = whole.table("order_sources")
    of_records = records.join(owners.select("record_id", "order_id"), on="record_id")
    for force in orders["force_code"].drop_nulls().unique().sort()[:5]:
        theirs = VisibleRelease(whole, frozenset({force}))
        expected = set(orders.filter(force_code=force)["order_id"]) | set(
            of_records.filter(force_code=force)["order_id"]
        )
        assert set(theirs.table("orders")["order_id"]) == expected
        assert 0 < len(expected) < orders.height
        assert {order_id for order_id in orders["order_id"] if theirs.sees(order_id)} == expected


@pytest.mark.parametrize("name", [table.name for table in RELEASE_TABLES])
def test_every_table_is_limited_to_the_orders_of_the_viewer(visible, whole, name):
    if name in NEVER_SHOWN:
        with pytest.raises(KeyError):
            visible.table(name)
        return
    shown = visible.table(name)
    if name in SHARED_TABLES:
        assert shown.equals(whole.table(name))
        return
    orders = visible.table("orders")
    records = visible.table("order_sources")
    known = {
        "order_id": set(orders["order_id"]),
        "subject_id": set(orders["subject_id"]),
        "record_id": set(records["record_id"]),
    }
    key = next(column for column in known if column in shown.columns)
    allowed = pl.col(key).is_in(list(known[key]))
    if "other_order_id" in shown.columns:
        allowed |= pl.col("other_order_id").is_in(list(known["order_id"]))
    assert shown.filter(~allowed | allowed.is_null()).is_empty()
    assert shown.height == whole.table(name).filter(allowed).height


def test_a_row_on_two_orders_is_visible_to_who_sees_either(visible, whole):
    mine = visible.visible_orders()
    others = whole.table("orders").filter(~pl.col("order_id").is_in(mine.implode()))["order_id"]
    rows = pl.DataFrame(
        {"order_id": [mine[0], others[0], others[0]], "other_order_id": [None, mine[0], others[1]]},
        schema={"order_id": pl.String, "other_order_id": pl.String},
    )
    assert visible.only(rows).height == 2


def test_the_second_order_of_an_item_is_opened_with_its_records_and_nothing_else(visible, whole):
    other = (
        whole.table("orders").filter(~pl.col("order_id").is_in(visible.visible_orders().implode())).row(0, named=True)
    )
    opened = visible.opening([other["order_id"]])
    assert set(opened.table("orders")["order_id"]) - set(visible.table("orders")["order_id"]) == {other["order_id"]}
    records = whole.table("order_sources").filter(order_id=other["order_id"])
    more = set(opened.table("source_records")["record_id"]) - set(visible.table("source_records")["record_id"])
    assert more == set(records["record_id"])
    assert not opened.sees(other["order_id"])


def test_an_order_that_is_not_visible_is_found_nowhere_even_if_one_split_off_it_is(visible, whole):
    hidden = whole.table("orders").filter(~pl.col("order_id").is_in(visible.visible_orders().implode()))["order_id"][0]
    redirects = pl.DataFrame({"kind": ["order"], "old_id": [hidden], "new_id": [visible.visible_orders()[0]]})
    whole.keep("table id_redirects", lambda: redirects)
    assert visible.find_order(hidden).order_ids == ()
