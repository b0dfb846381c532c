"""When records and orders were first and last seen."""

from datetime import date

import polars as pl
import pytest

from reconciliation.endings import Before
from reconciliation.sightings import find_first_seen, find_sightings
from warehouse.tables.register import ORDER_SOURCES, ORDERS

LAST_NIGHT, FIRST_NIGHT = date(2023, 11, 20), date(2023, 11, 10)


def rows(table, *given):
    return pl.DataFrame([dict.fromkeys(table.schema) | row for row in given], schema=table.schema)


def record(source="pnc", key="1", order="ORD-1", day="2023-11-30", **values):
    row = {"source": source, "source_key": key, "order_id": order, "delivery_id": f"{source}:{day}:r1"}
    return rows(ORDER_SOURCES, row | values)


def known(**values):
    seen = {"source": "pnc", "source_key": "1", "order_id": "ORD-1", "first_seen_on": FIRST_NIGHT} | values
    return Before(rows(ORDERS, {"order_id": "ORD-1"}), LAST_NIGHT, rows(ORDER_SOURCES, seen))


@pytest.mark.parametrize(
    ("tonight", "before", "expected"),
    [
        pytest.param(record(), Before(), None, id="the first night of all"),
        pytest.param(record(), known(), FIRST_NIGHT, id="a record that was known"),
        pytest.param(record(), known(first_seen_on=None), LAST_NIGHT, id="known by a release that kept no such day"),
        pytest.param(record(key="2"), known(), None, id="a second record of the order is a new one"),
        pytest.param(
            record("rocu", "b#1#2"), known(source="rocu", source_key="a#1#2"), FIRST_NIGHT, id="another row, same order"
        ),
        pytest.param(
            record("rocu", "a#1#2", order="ORD-2"),
            known(source="rocu", source_key="a#1#2"),
            None,
            id="the same row, another order",
        ),
    ],
)
def test_the_first_night_of_a_record(tonight, before, expected):
    assert find_first_seen(tonight, before).to_list() == [expected]


def test_an_order_was_first_seen_when_any_record_held_it_and_last_seen_by_the_newest_delivery():
    sources = pl.concat(
        [record(first_seen_on=date(2023, 11, 30)), record("rocu", "x", day="2023-10-31", first_seen_on=LAST_NIGHT)]
    )
    seen = find_sightings(sources, Before(), as_of=date(2023, 11, 30)).row(0)
    assert seen == ("ORD-1", LAST_NIGHT, date(2023, 11, 30))
    before = Before(rows(ORDERS, {"order_id": "ORD-1", "first_seen_on": FIRST_NIGHT}), LAST_NIGHT)
    assert find_sightings(sources, before, as_of=date(2023, 11, 30)).item(0, "first_seen_on") == FIRST_NIGHT


def test_a_return_of_a_month_that_is_not_over_was_seen_tonight():
    month_end = record("rocu", "x", day="2023-11-30", first_seen_on=LAST_NIGHT)
    assert find_sightings(month_end, Before(), as_of=LAST_NIGHT).item(0, "last_seen_on") == LAST_NIGHT
