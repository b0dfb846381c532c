"""What waits for the stewards: the figures, and the pace."""

from datetime import date

import polars as pl
import pytest
from ledger_cases import conflict, pair, rows, undo, value

from expectations.workload import FIRST, measure_workload
from warehouse.tables.register import DISCREPANCIES, REVIEW_QUEUE

TODAY = date(2026, 11, 27)


def items(*chances, stream="settle"):
    made = [
        {"item_id": f"i{place:03}", "stream": stream, "priority": 10 * chance, "uncertainty": chance}
        for place, chance in enumerate(chances)
    ]
    return pl.DataFrame(made, schema=REVIEW_QUEUE.schema)


def measured(queue, *, decisions=None, confidences=(0.9, None), streams=("send", "settle", None)):
    return measure_workload(
        queue,
        pl.DataFrame([{"stream": name} for name in streams], schema=DISCREPANCIES.schema),
        pl.Series(confidences, dtype=pl.Float64),
        decisions=decisions,
        today=TODAY,
    )


def test_it_counts_what_is_to_settle_what_is_to_send_and_what_may_be_wrong():
    work = measured(pl.concat([items(0.5, 0.5), items(0.01, stream="send")]))
    assert (work.to_settle, work.to_send) == (2, 1)
    assert work.expected_wrong == pytest.approx(0.1)


def test_the_first_items_are_those_of_the_highest_priority():
    work = measured(items(*[0.1] * FIRST, 0.9))
    assert work.first == FIRST
    assert work.first_changes == pytest.approx(0.9 + 0.1 * (FIRST - 1))
    assert f"the first {FIRST} items, about 3 of them will change" in work.words()[1]


def test_items_that_wait_too_long_are_counted_and_named():
    aged = items(0.5, 0.4, 0.3).with_columns(age_days=pl.Series([28, 29, 90]))
    assert "2 of the items to settle have waited more than 28 days" in measured(aged).words()


def test_the_pace_counts_orders_and_pairs_not_clicks():
    taken = rows(conflict("refer"), value("ORD-1", "end_on", "2027-01-01"), value("ORD-2", "sex", "F"), undo("x"))
    work = measured(items(*[0.5] * 10), decisions=taken)
    assert work.per_week == 2 / 4
    assert "about 20 weeks at the pace" in work.words()[-1]


def test_decisions_of_long_ago_say_nothing_of_the_pace():
    long_ago = rows(pair("same_order", "a", "b")).with_columns(decided_at=pl.col("decided_at") - pl.duration(days=60))
    assert measured(items(0.5), decisions=long_ago).per_week is None
    assert measured(items(0.5)).per_week is None


def test_an_empty_queue_is_said_in_one_sentence():
    assert len(measured(items()).words()) == 1
