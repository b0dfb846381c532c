"""Clusters: laws that hold for any weights, and small worlds in which the right answer is plain."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matching.engine.clusters import Clusters, agglomerate
from matching.engine.merges import (
    NO_PAIRS,
    Constraints,
    Policy,
    Rows,
    Weights,
    spread_pairs,
)

SIZE = 8
Pair = tuple[int, int]
World = Mapping[Pair, float]

PAIRS = list(combinations(range(SIZE), 2))
# Few distinct weights, so that ties are common.
WORLDS = st.fixed_dictionaries(dict.fromkeys(PAIRS, st.sampled_from([-20.0, -3.0, -0.5, 0.0, 0.5, 3.0, 7.0, 20.0])))
LINKS = st.lists(st.sampled_from(PAIRS), max_size=4, unique=True)
SOURCES = st.lists(st.integers(0, 2), min_size=SIZE, max_size=SIZE)
LIMITS = st.dictionaries(st.integers(0, 2), st.integers(1, 2))
POLICIES = st.builds(
    Policy, bar=st.sampled_from([-1.0, 0.0, 2.0]), floor=st.sampled_from([float("-inf"), -2.0]), sample=st.just(100)
)


def links(pairs: Sequence[Pair]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema=NO_PAIRS.schema, orient="row") if pairs else NO_PAIRS


def weighed(world: World, pairs: Sequence[Pair]) -> pl.DataFrame:
    return links(pairs).with_columns(weight=pl.Series([world[pair] for pair in pairs], dtype=pl.Float64))


def cluster(
    world: World,
    *,
    policy: Policy | None = None,
    pairs: Sequence[Pair] | None = None,
    size: int = SIZE,
    **constraints: Any,
) -> Clusters:
    """Cluster a world in which every pair has a weight; a pair not named weighs -20."""

    def weigh(left: Rows, right: Rows) -> Weights:
        assert (left < right).all()
        return np.array([world.get(pair, -20.0) for pair in zip(left.tolist(), right.tolist(), strict=True)])

    known = weighed(world, list(world) if pairs is None else pairs)
    return agglomerate(size, known, weigh, policy=policy or Policy(), constraints=Constraints(**constraints))


def groups(clusters: Clusters) -> set[frozenset[int]]:
    labels = clusters.labels.to_list()
    return {frozenset(row for row, label in enumerate(labels) if label == wanted) for wanted in labels}


def together(clusters: Clusters, pair: Pair) -> bool:
    return bool(clusters.labels[pair[0]] == clusters.labels[pair[1]])


def reachable(pairs: Sequence[Pair], pair: Pair) -> bool:
    """Whether links put both records together, directly or by others."""
    met = {pair[0]}
    for _ in range(SIZE):
        met |= {row for link in pairs if met & set(link) for row in link}
    return pair[1] in met


@given(WORLDS, POLICIES, LINKS)
def test_every_record_is_in_one_cluster_named_by_its_first_record(
    world: World, policy: Policy, must: list[Pair]
) -> None:
    labels = cluster(world, policy=policy, must=links(must)).labels.to_list()
    assert len(labels) == SIZE
    for row, label in enumerate(labels):
        assert label == min(other for other, name in enumerate(labels) if name == label)
        assert label <= row


@given(WORLDS, POLICIES, LINKS, LINKS)
def test_decisions_are_kept_and_those_that_contradict_each_other_are_reported(
    world: World, policy: Policy, must: list[Pair], cannot: list[Pair]
) -> None:
    clusters = cluster(world, policy=policy, must=links(must), cannot=links(cannot))
    assert all(together(clusters, pair) for pair in must)
    contradicted = sorted(pair for pair in cannot if reachable(must, pair))
    assert [pair for pair in sorted(cannot) if together(clusters, pair)] == contradicted
    assert sorted(clusters.contradictions.rows()) == contradicted


@given(WORLDS, POLICIES, SOURCES, LIMITS, LINKS)
def test_no_cluster_holds_more_of_a_source_than_its_limit_unless_decisions_put_them_together(
    world: World, policy: Policy, sources: list[int], limits: dict[int, int], must: list[Pair]
) -> None:
    clusters = cluster(world, policy=policy, source=np.array(sources), limits=limits, must=links(must))
    decided = groups(cluster({}, must=links(must)))
    for members in groups(clusters):
        for source, most in limits.items():
            held = sum(sources[row] == source for row in members)
            most_decided = max(sum(sources[row] == source for row in group) for group in decided if group <= members)
            assert held <= max(most, most_decided)


@given(WORLDS, POLICIES, LINKS, LINKS, SOURCES, LIMITS, st.randoms())
def test_the_order_of_the_pairs_and_their_direction_do_not_matter(
    world: World,
    policy: Policy,
    must: list[Pair],
    cannot: list[Pair],
    sources: list[int],
    limits: dict[int, int],
    chance: Random,
) -> None:
    one = cluster(world, policy=policy, source=np.array(sources), limits=limits, must=links(must), cannot=links(cannot))
    shuffled, musts, cannots = chance.sample(PAIRS, len(PAIRS)), must[::-1], cannot[::-1]
    turned = weighed(world, shuffled).with_columns(
        left=pl.when(turn := pl.Series([chance.random() < 0.5 for _ in PAIRS])).then("right").otherwise("left"),
        right=pl.when(turn).then("left").otherwise("right"),
    )
    other = agglomerate(
        SIZE,
        turned,
        lambda left, right: np.array([world[pair] for pair in zip(left.tolist(), right.tolist(), strict=True)]),
        policy=policy,
        constraints=Constraints(
            source=np.array(sources),
            limits=dict(reversed(limits.items())),
            must=links([(right, left) for left, right in musts]),
            cannot=links(cannots),
        ),
    )
    assert one.labels.to_list() == other.labels.to_list()
    assert one.conflicts.equals(other.conflicts)


@given(WORLDS, POLICIES, LINKS, SOURCES, LIMITS)
def test_clustering_what_is_clustered_changes_nothing(
    world: World, policy: Policy, cannot: list[Pair], sources: list[int], limits: dict[int, int]
) -> None:
    reported: dict[str, Any] = {"source": np.array(sources), "limits": limits, "cannot": links(cannot)}
    once = cluster(world, policy=policy, **reported)
    decided = [(label, row) for row, label in enumerate(once.labels.to_list()) if row != label]
    again = cluster(world, policy=policy, must=links(decided), **reported)
    assert again.labels.to_list() == once.labels.to_list()
    assert again.conflicts.equals(once.conflicts)


@given(WORLDS, POLICIES)
def test_clustering_the_pairs_within_clusters_alone_gives_the_same_clusters(world: World, policy: Policy) -> None:
    once = cluster(world, policy=policy)
    within = [pair for pair in PAIRS if together(once, pair)]
    assert cluster(world, policy=policy, pairs=within).labels.to_list() == once.labels.to_list()


@given(WORLDS, POLICIES)
def test_clusters_kept_apart_by_no_one_do_not_belong_together(world: World, policy: Policy) -> None:
    """A conflict says the best link between two clusters, and why they were not merged."""
    clusters = cluster(world, policy=policy)
    reported = {(left, right): (weight, reason) for left, right, weight, reason in clusters.conflicts.rows()}
    members = {min(group): sorted(group) for group in groups(clusters)}
    for left, right in combinations(sorted(members), 2):
        cross = [
            world[min(pair), max(pair)] for one in members[left] for pair in ((one, row) for row in members[right])
        ]
        if max(cross) <= policy.bar:
            assert (left, right) not in reported
            continue
        weight, reason = reported[left, right]
        mean = sum(max(-policy.cap, min(policy.cap, entry)) for entry in cross) / len(cross)
        assert weight == max(cross)
        assert reason == ("floor" if min(cross) < policy.floor else "weight")
        assert min(cross) < policy.floor or mean <= policy.bar + 1e-3


@given(WORLDS, st.lists(st.integers(0, 3), min_size=SIZE, max_size=SIZE))
def test_records_of_one_group_are_together_only_if_their_own_weight_says_so(world: World, group: list[int]) -> None:
    clusters = cluster(world, policy=Policy(group_bar=2.0), group=np.array(group))
    for pair in PAIRS:
        if group[pair[0]] == group[pair[1]] and together(clusters, pair):
            assert world[pair] > 2.0


@given(WORLDS)
@example(dict.fromkeys(PAIRS, 3.0))
def test_limits_of_one_on_both_sides_pair_records_off_one_to_one(world: World) -> None:
    sources = [0] * (SIZE // 2) + [1] * (SIZE // 2)
    clusters = cluster(world, source=np.array(sources), limits={0: 1, 1: 1})
    assert all(sorted(sources[row] for row in members) in ([0], [1], [0, 1]) for members in groups(clusters))
    across = {pair: weight for pair, weight in world.items() if sources[pair[0]] != sources[pair[1]] and weight > 0}
    partner = {row: world[pair] for pair in across if together(clusters, pair) for row in pair}
    for (left, right), weight in across.items():
        assert max(partner.get(left, 0), partner.get(right, 0)) >= weight, "no two prefer each other to what they got"


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        pytest.param({(0, 1): 5, (1, 2): 5, (0, 2): -20}, {(0, 1), (2,)}, id="two links do not outvote a clear no"),
        pytest.param({(0, 1): 9, (1, 2): 5, (0, 2): -2}, {(0, 1, 2)}, id="a mild doubt is outvoted"),
        pytest.param({(0, 1): 9, (1, 2): 5}, {(0, 1), (2,)}, id="a pair that no rule made is weighed too"),
        pytest.param(
            {(0, 1): 9, (2, 3): 9, (1, 2): 8, (0, 2): -4, (0, 3): -4, (1, 3): -4},
            {(0, 1), (2, 3)},
            id="one strong link does not join two families",
        ),
        pytest.param(
            {(0, 1): 3, (1, 2): 3, (2, 3): 3, (3, 4): 3}, {(0, 1), (2, 3), (4,)}, id="a chain does not become one"
        ),
        pytest.param({(0, 1): 0.0}, {(0,), (1,)}, id="even odds are not enough"),
        pytest.param({(0, 1): 0.5}, {(0, 1)}, id="better than even odds are"),
        pytest.param(
            {(0, 1): 60, (1, 2): 7.9, (0, 2): -8.1}, {(0, 1), (2,)}, id="no pair counts for more than the cap"
        ),
    ],
)
def test_small_worlds(world: World, expected: set[tuple[int, ...]]) -> None:
    size = 1 + max(row for pair in world for row in pair)
    assert groups(cluster(world, size=size)) == set(map(frozenset, expected))


@pytest.mark.parametrize(
    ("constraints", "policy", "expected", "reason"),
    [
        pytest.param({}, Policy(), {(0, 1, 2)}, None, id="all agree"),
        pytest.param({"cannot": [(0, 2)]}, Policy(), {(0, 1), (2,)}, "cannot", id="a steward said no"),
        pytest.param({"cannot": [(0, 1)]}, Policy(), {(0, 2), (1,)}, "cannot", id="a steward said no to the best link"),
        pytest.param({"source": [0, 0, 0], "limits": {0: 2}}, Policy(), {(0, 1), (2,)}, "limit", id="two a source"),
        pytest.param({"source": [0, 1, 1], "limits": {1: 1}}, Policy(), {(0, 1), (2,)}, "limit", id="one a source"),
        pytest.param({"group": [0, 1, 1]}, Policy(group_bar=6), {(0, 1), (2,)}, "group", id="a source holds it once"),
        pytest.param(
            {"group": [0, 1, 1]}, Policy(group_bar=6, others_bar=6.5), {(0, 1, 2)}, None,
            id="a source holds it twice, and all others agree with both",
        ),
        pytest.param({}, Policy(floor=6.5), {(0, 1), (2,)}, "floor", id="a pair below the floor forbids"),
        pytest.param({"cannot": [(0, 2)], "must": [(0, 2)]}, Policy(), {(0, 1, 2)}, None, id="both yes and no"),
        pytest.param(
            {"must": [(1, 2)], "source": [0, 1, 1], "limits": {1: 1}}, Policy(), {(0,), (1, 2)}, "limit",
            id="reported yes beyond the limit: kept, and nothing joins",
        ),
    ],
)  # fmt: skip
def test_why_a_merge_must_not_be(
    constraints: dict[str, Any], policy: Policy, expected: set[tuple[int, ...]], reason: str | None
) -> None:
    world = {(0, 1): 8.0, (0, 2): 7.0, (1, 2): 5.0}
    reported: dict[str, Any] = {
        name: links(entry) if name in ("must", "cannot") else np.array(entry) if name != "limits" else entry
        for name, entry in constraints.items()
    }
    clusters = cluster(world, size=3, policy=policy, **reported)
    assert groups(clusters) == set(map(frozenset, expected))
    assert set(clusters.conflicts.get_column("reason")) == ({reason} if reason else set())


@pytest.mark.parametrize("size", [0, 1, 5])
def test_without_pairs_each_record_is_alone(size: int) -> None:
    assert cluster({}, size=size).labels.to_list() == list(range(size))


def test_must_links_spread_along_a_chain_in_any_order() -> None:
    chain = [(row, row + 1) for row in range(999)]
    Random(1).shuffle(chain)
    assert cluster({}, size=1_000, must=links(chain)).labels.n_unique() == 1


def test_large_clusters_are_asked_by_a_sample_and_still_merge_or_not() -> None:
    """Two sets of forty records: 1,600 cross pairs, of which a hundred count; the weight of one is at hand."""
    one, other = range(40), range(40, 80)
    decided = links([(0, row) for row in one] + [(40, row) for row in other])
    asked = []

    def weigh(weight: float) -> Clusters:
        def weigher(left: Rows, right: Rows) -> Weights:
            asked.append(len(left))
            return np.full(len(left), weight)

        pairs = pl.DataFrame({"left": [0], "right": [40], "weight": [5.0]})
        return agglomerate(80, pairs, weigher, policy=Policy(), constraints=Constraints(must=decided))

    assert weigh(1.0).labels.n_unique() == 1
    assert weigh(-1.0).labels.n_unique() == 2
    assert asked == [99, 99]


def test_a_cannot_link_within_large_clusters_is_seen_though_it_is_not_in_the_sample() -> None:
    decided = links([(0, row) for row in range(40)] + [(40, row) for row in range(40, 80)])
    for pair in ((39, 79), (13, 57), (0, 40)):
        clusters = cluster(
            {(0, 40): 5.0, **{(one, other): 5.0 for one in range(40) for other in range(40, 80)}},
            size=80,
            must=decided,
            cannot=links([pair]),
        )
        assert clusters.labels.n_unique() == 2


def test_rounds_end_when_reported_to_and_the_rest_is_left_apart() -> None:
    world = dict.fromkeys(combinations(range(4), 2), 3.0) | {(0, 1): 5.0, (2, 3): 4.0}
    assert cluster(world, size=4).labels.n_unique() == 1
    stopped = cluster(world, size=4, policy=replace(Policy(), rounds=1))
    assert groups(stopped) == {frozenset((0, 1)), frozenset((2, 3))}
    assert stopped.rounds == 1
    assert stopped.conflicts.get_column("reason").to_list() == ["rounds"]


@given(one=st.integers(1, 60), other=st.integers(1, 60), sample=st.integers(1, 200))
def test_the_pairs_of_two_clusters_that_are_weighed_are_distinct_and_spread_over_both(
    one: int, other: int, sample: int
) -> None:
    taken = min(one * other, sample)
    left, right = spread_pairs(np.arange(taken), taken, (one, other))
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) == taken
    assert len(set(left.tolist())) == min(one, taken)
    assert len(set(right.tolist())) == min(other, taken)
