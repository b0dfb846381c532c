"""Which discrepancies a steward settles and which may be sent, and how sure the register is of each."""

import polars as pl
import pytest

from expectations.review_items import ReviewPolicy
from expectations.streams import with_confidence, with_streams
from warehouse.tables.register import DISCREPANCIES, FIELD_PROVENANCE, ORDER_SOURCES, REVIEW_QUEUE

FOUND = {"discrepancy_id": "d", "order_id": "ORD-1", "field": "end_on", "source": "pnc", "source_key": "1"}
FOUND |= {"state": "open"}
ITEM = {"kind": "discrepancies", "order_id": "ORD-1", "stream": "settle", "fields": [], "discrepancy_ids": []}


def streamed(found=None, *, item=None, confidence=0.999, link=None):
    rows = [FOUND | (found or {})]
    value = {"order_id": "ORD-1", "field": "end_on", "confidence": confidence}
    record = {"record_id": "pnc:1", "order_id": "ORD-1", "link_confidence": link}
    sure = with_confidence(
        pl.DataFrame(rows, schema=DISCREPANCIES.schema),
        provenance=pl.DataFrame([value], schema=FIELD_PROVENANCE.schema),
        order_sources=pl.DataFrame([record], schema=ORDER_SOURCES.schema),
    )
    reported = with_streams(sure, pl.DataFrame([ITEM | item] if item else [], schema=REVIEW_QUEUE.schema))
    return reported.select("stream", "confidence").row(0)


def test_what_no_item_asks_about_may_be_sent():
    assert streamed() == ("send", 0.999)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"fields": ["end_on"]}, id="an item asks about its field"),
        pytest.param({"discrepancy_ids": ["d"]}, id="an item names it"),
        pytest.param({"decision_ids": ["DEC-1"], "stream": "send"}, id="a decision on the order is in question"),
        pytest.param(
            {"kind": "near_match", "order_id": "ORD-2", "other_order_id": "ORD-1", "stream": "send"},
            id="the order may be one with another",
        ),
    ],
)
def test_what_an_item_asks_about_is_settled_first(item):
    assert streamed(item=item)[0] == "settle"


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"fields": ["surname"]}, id="another field"),
        pytest.param({"order_id": "ORD-2", "fields": ["end_on"]}, id="another order"),
        pytest.param({"fields": ["end_on"], "stream": "send"}, id="an item to send"),
    ],
)
def test_an_item_about_something_else_holds_nothing_up(item):
    assert streamed(item=item)[0] == "send"


def test_what_was_found_in_the_order_itself_is_settled():
    assert streamed({"source": None, "source_key": None})[0] == "settle"


def test_a_record_that_may_belong_elsewhere_makes_the_line_no_surer_than_its_link():
    assert streamed(link=0.9) == ("send", 0.9)


def test_where_nothing_measures_the_field_the_share_found_right_counts():
    assert streamed({"field": "presence", "source_key": None})[1] == pytest.approx(1 - ReviewPolicy().unmeasured)


def test_what_is_resolved_has_neither():
    assert streamed({"state": "resolved", "resolved_by": "source"}) == (None, None)
