"""The measure of golden values against truth and single sources."""

import polars as pl
import pytest

from benchmarks.golden import beaten, held_values, judge_values
from benchmarks.truth import FIELDS

HELD = pl.DataFrame({"true_id": ["T1"], "field": ["made"]})


def values(*rows, **keys):
    schema = dict.fromkeys((*keys, *FIELDS), pl.String)
    return pl.DataFrame([dict.fromkeys(FIELDS) | keys | row for row in rows], schema=schema)


def table(golden, **sources):
    stated = pl.concat(
        values({"made": made}, true_id="T1", source=source, source_key="1") for source, made in sources.items()
    )
    true, register = values({"made": "a"}, true_id="T1"), values({"made": golden}, true_id="T1")
    return judge_values(true, register, stated, HELD)


def made(frame):
    return frame.row(by_predicate=pl.col("field") == "made", named=True)


@pytest.mark.parametrize(
    ("golden", "share"),
    [pytest.param("a", 1.0, id="right"), pytest.param("b", 0.0, id="wrong"), pytest.param(None, 0.0, id="missing")],
)
def test_a_golden_value_is_right_or_not(golden, share):
    assert made(table(golden, pnc="a"))["register"] == share


def test_a_source_is_held_to_what_it_says():
    row = made(table("b", pnc="a", pnd=None))
    assert (row["pnc"], row["register vs pnc"], row["pnd"]) == (1.0, 0.0, None)


def test_a_source_that_is_right_more_often_is_named():
    assert beaten(table("b", pnc="a", court="b")) == [("made", "pnc")]
    assert beaten(table("a", pnc="a", court="b")) == []


def test_a_source_that_holds_an_order_twice_speaks_once():
    rows = [{"made": "b", "source_key": "1"}, {"made": "a", "source_key": "2"}]
    stated = values(*rows, true_id="T1", source="pnc", source_key="0")
    judged = judge_values(values({"made": "a"}, true_id="T1"), values({"made": "a"}, true_id="T1"), stated, HELD)
    assert made(judged)["pnc"] == 0.0


def test_held_is_what_some_record_of_the_order_or_of_the_person_states():
    ids = {"true_id": ["T1", "T2"], "person_id": ["P1", "P1"]}
    none = dict.fromkeys(FIELDS, pl.Series([None, None], dtype=pl.String))
    truth = pl.DataFrame(none | ids | {"forenames": ["ANA", "ANA"], "made": ["2020-01-01", "2021-01-01"]})
    stated = pl.DataFrame(none | ids | {"forenames": ["ANNA", None], "made": ["2020-01-01", "2020-01-01"]})
    arrests = pl.DataFrame({"person_id": ["P1"], "forenames": ["ANA"]})
    held = held_values(truth, stated, arrests).sort("field", "true_id").rows()
    assert held == [("T1", "forenames"), ("T2", "forenames"), ("T1", "made")]


def test_what_no_record_states_is_left_out_of_the_share_true_of_held():
    truth = values({"made": "a", "true_id": "T1"}, {"made": "b", "true_id": "T2"}, true_id="")
    register = values({"made": "a", "true_id": "T1"}, {"made": "c", "true_id": "T2"}, true_id="")
    stated = values({"made": "a"}, true_id="T1", source="pnc", source_key="1")
    row = made(judge_values(truth, register, stated, HELD))
    assert (row["register"], row["held"], row["of held"]) == (0.5, 0.5, 1.0)
