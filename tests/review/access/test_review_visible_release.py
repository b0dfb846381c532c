"""Whose records somebody sees: one rule for every table."""

import polars as pl
import pytest

from review.access.visible_orders import is_visible, only_visible, visible_orders


@pytest.fixture
def snapshot(desk):
    return desk.snapshot()


def test_without_forces_everything_is_seen(snapshot):
    orders = snapshot.table("orders")
    assert visible_orders(snapshot, None) is None
    assert only_visible(orders, snapshot, None).equals(orders)
    assert is_visible(orders["order_id"][0], snapshot, None)


def test_an_order_is_seen_by_its_force_and_by_the_force_of_a_record_of_it(snapshot):
    orders, records = snapshot.table("orders"), snapshot.table("source_records")
    owners = snapshot.table("order_sources").with_columns(
        record_id=pl.concat_str("source", "source_key", separator=":")
    )
    of_records = records.join(owners.select("record_id", "order_id"), on="record_id")
    for force in orders["force_code"].drop_nulls().unique().sort()[:5]:
        theirs = frozenset({force})
        expected = set(orders.filter(force_code=force)["order_id"]) | set(
            of_records.filter(force_code=force)["order_id"]
        )
        seen = only_visible(orders, snapshot, theirs)
        assert set(seen["order_id"]) == expected
        assert 0 < seen.height < orders.height
        assert {order_id for order_id in orders["order_id"] if is_visible(order_id, snapshot, theirs)} == expected


def test_a_row_on_two_orders_is_seen_by_who_sees_either(snapshot):
    force = snapshot.table("orders")["force_code"].drop_nulls()[0]
    mine = visible_orders(snapshot, frozenset({force}))
    others = snapshot.table("orders").filter(~pl.col("order_id").is_in(mine.implode()))["order_id"]
    rows = pl.DataFrame(
        {"order_id": [mine[0], others[0], others[0]], "other_order_id": [None, mine[0], others[1]]},
        schema={"order_id": pl.String, "other_order_id": pl.String},
    )
    assert only_visible(rows, snapshot, frozenset({force})).height == 2
