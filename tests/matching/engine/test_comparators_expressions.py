"""Levels reported as conditions: the first to hold, each pair of rows looked at once, nothing known as level 0."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from matching.engine.comparators import Expressions, Feature, Level, Part
from matching.engine.comparators import pair_conditions as say
from matching.engine.comparators.expressions import LEFT, RIGHT, TABLE
from matching.engine.entries import expression_comparison, same_or_not
from matching.engine.values import encode_rows

STEPS = (
    Level("same filler", say.equal("day") & say.both("is_filler"), 0.1, 0.2),
    Level("not known", say.missing("day"), 1, 1),
    Level("the same", say.equal("day"), 0.8, 0.01),
    Level("exchanged", say.day_and_month_swapped("day"), 0.05, 0.01, fixed=True),
    Level("no name to go by", say.missing("name"), 0.5, 0.5, unknown=True),
    Level("name alike", pl.col("name_edits") <= 1, 0.03, 0.1),
    Level("differ", say.ANYTHING, 0.02, 0.9),
)
DAY = Expressions(("day", "is_filler", "name"), STEPS, (say.edits("name"),))

record = st.fixed_dictionaries(
    {
        "day": st.none() | st.sampled_from([date(1984, 8, 7), date(1984, 7, 8), date(1900, 1, 1)]),
        "is_filler": st.none() | st.booleans(),
        "name": st.none() | st.sampled_from(["ANNA", "ANA", "PETER"]),
    }
)
SCHEMA = {"day": pl.Date, "is_filler": pl.Boolean, "name": pl.String}
SCHEMA_COLUMNS = tuple(SCHEMA)


def plainly(one: dict[str, object], other: dict[str, object]) -> str:
    """The level of two records, said slowly."""
    first, second, names = one["day"], other["day"], {one["name"], other["name"]}
    if first and first == second and one["is_filler"] and other["is_filler"]:
        return "same filler"
    if not first or not second:
        return "not known"
    if first == second:
        return "the same"
    if {first, second} == {date(1984, 8, 7), date(1984, 7, 8)}:
        return "exchanged"
    if None in names:
        return "not known"
    return "name alike" if names == {"ANNA", "ANA"} else "differ"


@given(st.lists(record, min_size=1, max_size=6))
def test_the_first_condition_to_hold_is_the_level_both_ways_round(records):
    column = encode_rows(pl.DataFrame(records, schema=SCHEMA))
    judge = DAY.bind([column])
    left, right = (places.ravel() for places in np.indices((len(records), len(records))))
    levels = judge([column.codes[left]], [column.codes[right]])
    assert levels.dtype == np.int8
    expected = [plainly(records[one], records[other]) for one, other in zip(left, right, strict=True)]
    assert [DAY.levels[level] for level in levels] == expected


def test_levels_that_say_nothing_are_level_0_and_the_others_keep_their_order():
    assert DAY.levels == ("not known", "same filler", "the same", "exchanged", "name alike", "differ")


def test_a_comparison_of_expressions_declares_the_shares_of_its_levels():
    comparison = expression_comparison("birth", DAY.columns, STEPS, DAY.features, term="name")
    assert comparison.levels == DAY.levels
    assert comparison.declared == ((0.1, 0.2), (0.8, 0.01), (0.05, 0.01), (0.03, 0.1), (0.02, 0.9))
    assert comparison.fixed == {3}
    assert comparison.term == "name"


def test_without_a_level_that_says_nothing_there_is_one_all_the_same():
    comparison = expression_comparison("sex", ["sex"], [STEPS[2], STEPS[-1]])
    assert comparison.levels == ("not known", "the same", "differ")


@pytest.mark.parametrize("size", [10, 3 * TABLE], ids=["pairs looked at beforehand", "pairs looked at as they come"])
def test_rows_few_or_many_are_judged_alike(size):
    names = pl.DataFrame({"name": [f"NAME{place:05d}" for place in range(size)] * (size if size < TABLE else 1)})
    alike = Level("alike", pl.col("name_edits") <= 1, 0.5, 0.1)
    comparator = Expressions(
        ("name",), (Level("the same", say.equal("name"), 0.9, 0.1), alike, STEPS[-1]), (say.edits("name"),)
    )
    column = encode_rows(names)
    judge = comparator.bind([column])
    rows = np.arange(size)
    assert set(judge([column.codes[rows]], [column.codes[rows]])) == {comparator.levels.index("the same")}
    following = (rows + 1) % size
    levels = judge([column.codes[rows]], [column.codes[following]])
    values = names.get_column("name").to_list()
    distances = [OSA.distance(values[one], values[other]) for one, other in zip(rows, following, strict=True)]
    assert [comparator.levels[level] for level in levels] == [
        "alike" if edits == 1 else "differ" for edits in distances
    ]
    nobody = np.zeros(0, np.int32)
    assert judge([nobody], [nobody]).shape == (0,)


def test_every_pair_of_rows_is_looked_at_once():
    seen = []

    def count(frame: pl.DataFrame) -> pl.Series:
        seen.extend(frame.select("sex" + LEFT, "sex" + RIGHT).rows())
        return pl.repeat(0, frame.height, eager=True)

    comparator = Expressions(("sex",), (STEPS[-1], Level("never", pl.lit(False), 0.5, 0.5)), (Feature("none", count),))
    column = encode_rows(pl.DataFrame({"sex": ["F", "M", None] * 20}))
    left, right = (places.ravel() for places in np.indices((60, 60)))
    comparator.bind([column])([column.codes[left]], [column.codes[right]])
    assert len(seen) == len(set(map(frozenset, seen))) == 6


@given(st.lists(record, min_size=1, max_size=8))
def test_a_part_of_the_columns_is_judged_as_if_it_stood_with_the_others(records):
    alike = say.equal("name") | (pl.col("name_edits") <= 1)
    same_day = Level("the same day", say.equal("day") & say.both("is_filler"), 0.5, 0.1)
    whole = Expressions(SCHEMA_COLUMNS, (Level("alike", alike, 0.5, 0.1), same_day, STEPS[-1]), (say.edits("name"),))
    part = Part(("name",), {"is_alike": alike}, (say.edits("name"),))
    parted = Expressions(
        SCHEMA_COLUMNS, (Level("alike", pl.col("is_alike"), 0.5, 0.1), same_day, STEPS[-1]), parts=(part,)
    )
    column = encode_rows(pl.DataFrame(records, schema=SCHEMA))
    left, right = (column.codes[places.ravel()] for places in np.indices((len(records), len(records))))
    assert parted.bind([column])([left], [right]).tolist() == whole.bind([column])([left], [right]).tolist()


def test_a_part_is_looked_at_once_for_every_two_of_its_values():
    seen = []

    def count(frame: pl.DataFrame) -> pl.Series:
        seen.extend(frame.select("sex" + LEFT, "sex" + RIGHT).rows())
        return pl.repeat(0, frame.height, eager=True)

    part = Part(("sex",), {"is_never": pl.col("none") > 0}, (Feature("none", count),))
    never = Level("never", pl.col("is_never"), 0.5, 0.5)
    comparator = Expressions(("sex", "number"), (never, STEPS[-1]), parts=(part,))
    column = encode_rows(pl.DataFrame({"sex": ["F", "M", None] * 20, "number": range(60)}))
    left, right = (places.ravel() for places in np.indices((60, 60)))
    comparator.bind([column])([column.codes[left]], [column.codes[right]])
    assert len(seen) == len(set(map(frozenset, seen))) == 6


def test_fewer_than_two_levels_that_say_something_distinguish_nothing():
    with pytest.raises(ValueError, match="two levels"):
        Expressions(("day",), STEPS[1:3])


def test_columns_that_conditions_read_must_be_there():
    with pytest.raises(ValueError, match="is_filler, name"):
        DAY.bind([encode_rows(pl.DataFrame({"day": [date(1984, 8, 7)]}))])


def test_no_record_is_no_trouble():
    column = encode_rows(pl.DataFrame(schema=SCHEMA))
    nobody = np.zeros(0, np.int32)
    assert DAY.bind([column])([nobody], [nobody]).shape == (0,)


def test_coded_values_are_the_same_or_not():
    comparison = same_or_not("court", "court", (0.9, 0.5), (0.1, 0.5))
    column = encode_rows(pl.DataFrame({"court": ["A", "A", "B", None]}))
    judge = comparison.comparator.bind([column])
    assert judge([column.codes[[0, 0, 0]]], [column.codes[[1, 2, 3]]]).tolist() == [1, 2, 0]
    assert comparison.levels == ("not known", "the same", "differs")
