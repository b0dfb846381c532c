"""The benchmark of the desk multiplies a release without mixing its copies."""

import polars as pl

from benchmarks.desk import multiplied


def test_each_copy_has_ids_of_its_own_and_points_within_itself():
    table = pl.DataFrame(
        {"order_id": ["A", "B"], "other_order_id": ["B", None], "ids": [["x", "y"], []], "age": [1, 2]}
    )
    made = multiplied(table, ("order_id", "other_order_id", "ids"), times=2)
    assert made.rows() == [
        ("A-0", "B-0", ["x-0", "y-0"], 1),
        ("B-0", None, [], 2),
        ("A-1", "B-1", ["x-1", "y-1"], 1),
        ("B-1", None, [], 2),
    ]
