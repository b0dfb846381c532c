"""The measures of confidence: calibration, reliability, and what of a register is right."""

import polars as pl
import pytest

from benchmarks.calibration import calibrate, calibration_error, reliability
from benchmarks.judged import Judged, opened
from benchmarks.labels import label_links, label_orders, label_pairs, true_orders
from benchmarks.stewarding import FIRST, describe_queue


def values(*groups):
    """Values of one field: so many, of a confidence, of which so many are true."""
    rows = [
        {"field": "made_on", "rule": "agreement", "confidence": confidence, "is_right": place < right}
        for count, confidence, right in groups
        for place in range(count)
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize(
    ("confidence", "error"),
    [
        pytest.param(0.9, 0.0, id="nine of ten are true, as it says"),
        pytest.param(0.7, 0.2, id="it doubts too much"),
        pytest.param(1.0, 0.1, id="it is too sure"),
    ],
)
def test_the_calibration_error_is_the_distance_from_what_is_true(confidence, error):
    # One group of values at each place of the sorted list: ten in a row hold one that is wrong.
    rows = [{"confidence": confidence, "is_right": place % 10 != 0} for place in range(200)]
    assert calibration_error(pl.DataFrame(rows)) == pytest.approx(error)


def test_expected_and_wrong_are_counted_by_field_and_over_all():
    table = calibrate(values((10, 0.9, 8), (10, 0.5, 5)))
    assert table.select("field", "values", "wrong").rows() == [("all", 20, 7), ("made_on", 20, 7)]
    assert table["expected"].to_list() == pytest.approx([6.0, 6.0])


def test_values_without_a_confidence_are_not_judged():
    assert calibrate(values((10, 0.9, 9), (5, None, 0)))["values"].to_list() == [10, 10]


def test_a_reliability_curve_has_a_point_for_each_bin_that_holds_a_value():
    curve = reliability(values((10, 0.97, 9), (20, 0.6, 12)))
    assert curve.select("from", "values", "right").rows() == [(0.5, 20, 0.6), (0.95, 10, 0.9)]


@pytest.fixture
def truth(tmp_path):
    """Two orders in truth; the register holds the first in two parts, and one record of the second in it."""
    links = {
        "source": ["pnc", "pnd", "court", "rocu"],
        "source_key": list("1234"),
        "order_id": ["T1", "T1", "T1", "T2"],
    }
    pl.DataFrame(links).write_csv(tmp_path / "links.csv")
    return tmp_path


SOURCES = pl.DataFrame(
    {
        "record_id": ["pnc:1", "pnd:2", "court:3", "rocu:4"],
        "source": ["pnc", "pnd", "court", "rocu"],
        "source_key": list("1234"),
        "order_id": ["A", "A", "B", "A"],
    }
)


def test_an_order_is_the_true_one_that_most_of_its_records_are_of(truth):
    assert dict(true_orders(SOURCES, truth).iter_rows()) == {"A": "T1", "B": "T1"}


def test_a_record_of_another_order_is_wrong_and_so_is_its_order(truth):
    links = label_links(SOURCES, truth)
    assert links.filter(~pl.col("is_right"))["record_id"].to_list() == ["rocu:4"]
    right = pl.DataFrame({"order_id": ["A", "B"], "field": ["surname"] * 2, "is_right": [True, True]})
    assert dict(label_orders(right, links, SOURCES).iter_rows()) == {"A": False, "B": True}


def test_two_parts_of_one_order_are_one(truth):
    pair = pl.DataFrame({"order_id": ["A"], "other_order_id": ["B"]})
    assert label_pairs(pair, SOURCES, truth)["is_right"].to_list() == [True]


def test_an_answer_changes_the_register_where_it_is_wrong_and_no_order_of_items_finds_more(one_night):
    with opened(one_night / "home") as register:
        judged = Judged(register, one_night / "truth")
        figures, settle = describe_queue(judged), judged.settle
        wrong = pl.concat([judged.wrong, judged.ended.select("order_id", field=pl.lit("legal_status"))])
        asked = settle.filter(pl.col("other_order_id").is_null()).select("item_id", "order_id", "changes", "fields")
        places = asked.explode("fields").join(wrong, left_on=["order_id", "fields"], right_on=["order_id", "field"])
    assert set(asked.filter("changes")["item_id"]) == set(places["item_id"])
    for count in FIRST:
        assert figures[f"share of the first {count} that change the register"] <= figures[f"at most, of {count}"]
    assert figures["of these to settle"] == settle.filter("changes").height
