"""Clusters and blocking: the laws they keep."""

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.blocking import BlockingRule, candidate_pairs
from matching.clusters import Constraints, Policy, agglomerate


def pairs_of(weights: dict[tuple[int, int], float]) -> pl.DataFrame:
    rows = [(left, right, weight) for (left, right), weight in weights.items()]
    schema = {"left": pl.Int64, "right": pl.Int64, "weight": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def cluster(size, weights, *, policy=None, **constraints):
    def weigh(pairs: pl.DataFrame) -> pl.Series:
        return pl.Series([weights.get(pair, -5.0) for pair in pairs.rows()], dtype=pl.Float64)

    return agglomerate(
        size,
        pairs_of(weights),
        weigh,
        policy=policy or Policy(),
        constraints=Constraints(**{name: made(name, value) for name, value in constraints.items()}),
    )


def made(name, value):
    if name == "group":
        return pl.Series(value, dtype=pl.Int64)
    return pl.DataFrame(value, schema={"left": pl.Int64, "right": pl.Int64}, orient="row")


def test_a_chain_is_not_a_cluster():
    assert cluster(3, {(0, 1): 6.0, (1, 2): 5.0, (0, 2): -9.0}).labels.to_list() == [0, 0, 2]


def test_a_weak_pair_is_carried_by_the_others():
    assert cluster(3, {(0, 1): 6.0, (1, 2): 5.0, (0, 2): -1.0}).labels.to_list() == [0, 0, 0]


def test_a_pair_below_the_floor_forbids_the_merge():
    found = cluster(3, {(0, 1): 8.0, (1, 2): 8.0, (0, 2): -4.0}, policy=Policy(floor=-3.0))
    assert found.labels.to_list() == [0, 0, 2]
    assert found.conflicts.rows() == [(0, 2, 8.0, "floor")]


def test_one_group_is_together_only_by_its_own_evidence():
    weights = {(0, 1): 8.0, (1, 2): 7.0, (0, 2): -1.0}
    found = cluster(3, weights, group=[1, 2, 1])
    assert found.labels.to_list() == [0, 0, 2]
    assert found.conflicts.get_column("reason").to_list() == ["group"]
    assert cluster(3, weights | {(0, 2): 1.0}, group=[1, 2, 1]).labels.to_list() == [0, 0, 0]


def test_must_links_hold_against_any_weight():
    assert cluster(4, {(0, 1): -9.0}, must=[(0, 1), (1, 3)]).labels.to_list() == [0, 0, 2, 0]


def test_cannot_links_hold_against_any_weight():
    found = cluster(3, {(0, 1): 9.0, (1, 2): 8.0, (0, 2): 8.0}, cannot=[(2, 0)])
    assert found.labels.to_list() == [0, 0, 2]
    assert found.conflicts.get_column("reason").to_list() == ["cannot"]


weights_among_six = st.fixed_dictionaries({pair: st.integers(-10, 10).map(float) for pair in combinations(range(6), 2)})
some_pairs = st.lists(st.sampled_from(list(combinations(range(6), 2))), max_size=2)


@settings(max_examples=60, deadline=None)
@given(weights_among_six, some_pairs, st.permutations(range(6)))
def test_constraints_hold_and_names_of_records_do_not_matter(weights, cannot, order):
    labels = cluster(6, weights, cannot=cannot).labels.to_list()
    assert all(labels[left] != labels[right] for left, right in cannot)
    assert all(labels[label] == label <= row for row, label in enumerate(labels))
    shuffled = {pair: weights[pair] for pair in sorted(weights, key=lambda pair: order[pair[0]])}
    assert cluster(6, shuffled, cannot=cannot).labels.to_list() == labels


keys = st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(keys, keys)
def test_pairs_are_those_that_share_a_key_and_each_is_made_once(one, other):
    size = min(len(one), len(other))
    one, other = one[:size], other[:size]
    records = pl.DataFrame({"one": one, "other": other}, schema={"one": pl.Int64, "other": pl.Int64})
    rules = (BlockingRule("one", (pl.col("one"),)), BlockingRule("other", (pl.col("other"),)))
    found = {(left, right): rule for left, right, rule in candidate_pairs(records, rules).pairs.rows()}
    expected = {}
    for left, right in combinations(range(size), 2):
        for name, values in (("other", other), ("one", one)):
            if values[left] is not None and values[left] == values[right]:
                expected[left, right] = name
    assert found == expected


def test_lists_give_a_key_for_each_value():
    records = pl.DataFrame({"names": [["A", "B"], ["B", "C"], ["D"], []]})
    found = candidate_pairs(records, (BlockingRule("a name", (pl.col("names"),)),))
    assert found.pairs.select("left", "right").rows() == [(0, 1)]


def test_an_oversized_block_is_left_out_and_told():
    records = pl.DataFrame({"key": [1] * 5 + [2] * 2})
    found = candidate_pairs(records, (BlockingRule("key", (pl.col("key"),), limit=4),))
    assert found.pairs.select("left", "right").rows() == [(5, 6)]
    assert found.diagnostics.select("blocks_left_out", "pairs_left_out").row(0) == (1, 10)


@pytest.mark.parametrize("sides", [[False, True, True], [True, False, False]])
def test_pairs_across_sides_only(sides):
    records = pl.DataFrame({"key": [1, 1, 1], "side": sides})
    found = candidate_pairs(records, (BlockingRule("key", (pl.col("key"),)),), across="side")
    assert found.pairs.select("left", "right").rows() == [(0, 1), (0, 2)]
