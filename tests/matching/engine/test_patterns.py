"""Patterns: the levels of a pair in one number, and back again."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.comparators.base import Custom, Exact
from matching.engine.comparators.text import Edits
from matching.engine.patterns import Comparison, Patterns, code_records, compare, radices, unpack
from matching.engine.training_sample import count_patterns

FORENAME = Comparison("forename", ("forename",), Edits())
TOWN = Comparison("town", ("town",), Exact())


def no_likeness(left: pl.Series, right: pl.Series) -> pl.Series:
    return pl.Series(np.zeros(len(left)))


def of_sizes(sizes: list[int]) -> list[Comparison]:
    """Comparisons with so many levels each: not known, the same, different and some degrees between."""
    return [
        Comparison(f"number {place}", (f"column {place}",), Custom(no_likeness, tuple(range(size - 3, 0, -1))))
        if size > 3
        else Comparison(f"number {place}", (f"column {place}",), Exact())
        for place, size in enumerate(sizes)
    ]


def pack(levels: list[int], comparisons: list[Comparison]) -> Patterns:
    return np.array([int(np.dot(levels, radices(comparisons)))], radices(comparisons).dtype)


@given(st.lists(st.integers(3, 9), min_size=1, max_size=15), st.data())
def test_unpacking_gives_back_the_levels(sizes: list[int], data: st.DataObject) -> None:
    comparisons = of_sizes(sizes)
    levels = [data.draw(st.integers(0, size - 1)) for size in sizes]
    assert [int(reached[0]) for reached in unpack(pack(levels, comparisons), comparisons)] == levels


@pytest.mark.parametrize(
    ("count", "kind"),
    [pytest.param(19, np.int32, id="short while they fit"), pytest.param(20, np.int64, id="long when they do not")],
)
def test_patterns_are_as_short_as_their_comparisons_allow(count: int, kind: type[np.signedinteger]) -> None:
    assert radices(of_sizes([3] * count)).dtype == kind


def test_more_levels_than_a_number_can_hold_are_refused() -> None:
    with pytest.raises(ValueError, match=r"40 comparisons .* do not fit into a pattern of 63 bits"):
        radices(of_sizes([3] * 40))


def test_each_pair_reaches_the_level_its_comparator_says() -> None:
    records = pl.DataFrame({"forename": ["anna", "anne", "bela", None], "town": ["york", "york", None, "hull"]})
    coded = code_records([FORENAME, TOWN], records, np.arange(4))
    reported = {
        (0, 1): ("one character off", "the same"),
        (0, 2): ("differ", "not known"),
        (0, 3): ("not known", "differ"),
        (1, 2): ("differ", "not known"),
        (1, 3): ("not known", "differ"),
        (2, 3): ("not known", "not known"),
    }
    for pair, expected in reported.items():
        for left, right in (pair, pair[::-1]):
            pattern = compare(coded, np.array([left], np.int32), np.array([right], np.int32))
            levels = [int(reached[0]) for reached in unpack(pattern, coded.comparisons)]
            assert (FORENAME.levels[levels[0]], TOWN.levels[levels[1]]) == expected


@given(st.lists(st.tuples(*[st.none() | st.sampled_from(["ann", "anna", "bela", ""])] * 2), min_size=2, max_size=8))
def test_pairs_compared_together_reach_what_they_reach_alone_and_the_other_way_round(
    rows: list[tuple[str | None, ...]],
) -> None:
    records = pl.DataFrame(rows, schema={"forename": pl.String, "town": pl.String}, orient="row")
    coded = code_records([FORENAME, TOWN], records, np.arange(len(rows)))
    left, right = (np.array(side, np.int32) for side in zip(*combinations(range(len(rows)), 2), strict=True))
    together = compare(coded, left, right)
    assert together.tolist() == compare(coded, right, left).tolist()
    assert together.tolist() == [int(compare(coded, left[[n]], right[[n]])[0]) for n in range(len(left))]


def test_records_stand_in_the_order_that_is_asked() -> None:
    records = pl.DataFrame({"town": ["york", "hull", "bath"]})
    coded = code_records([TOWN], records, np.array([2, 0, 1]))
    assert coded.columns[0].dictionary.texts(coded.codes[:, 0]) == ["bath", "york", "hull"]


def test_columns_read_side_by_side_share_a_dictionary_and_others_do_not() -> None:
    names = Comparison("names", ("forename", "surname"), Edits())
    records = pl.DataFrame({"forename": ["ann", "lee"], "surname": ["lee", "ann"], "town": ["ann", "lee"]})
    coded = code_records([names, TOWN], records, np.arange(2))
    forename, surname, town = coded.columns
    assert forename.dictionary is surname.dictionary
    assert forename.dictionary is not town.dictionary
    assert forename.codes.tolist() == surname.codes.tolist()[::-1]


def test_a_column_that_only_counts_how_common_it_is_is_coded_too() -> None:
    comparison = Comparison("forename", ("forename",), Exact(), term="sound")
    records = pl.DataFrame({"forename": ["ann", "anne"], "sound": ["an", "an"]})
    coded = code_records([comparison, TOWN], records.with_columns(town=pl.lit("york")), np.arange(2))
    assert comparison.read == ("forename", "sound")
    assert coded.terms[1] is None
    assert coded.terms[0] is not None
    assert len(set(coded.codes[:, coded.terms[0]].tolist())) == 1


def test_a_column_that_is_not_there_is_named_with_its_comparison() -> None:
    with pytest.raises(ValueError, match=r"'town' \(town\)"):
        code_records([FORENAME, TOWN], pl.DataFrame({"forename": ["ann"]}), np.arange(1))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), max_size=40))
def test_the_histogram_counts_every_pair_once_by_pattern_and_class(pairs: list[tuple[int, int]]) -> None:
    free = np.array([[True, False], [True, True]])
    patterns, classes = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    found = count_patterns(patterns, free, classes)
    counted = list(zip(found.patterns.tolist(), found.free.tolist(), found.counts.tolist(), strict=True))
    expected = {pair: pairs.count(pair) for pair in sorted(set(pairs))}
    assert counted == [(pattern, free[kind].tolist(), count) for (pattern, kind), count in expected.items()]
