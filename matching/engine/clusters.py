"""From weighed pairs to clusters: agglomeration in rounds, under limits and decisions.

Belongs here: the merging of anything that has pairwise weights. Does not: what the weights mean.

A chain of single links never makes a cluster. In each round every cluster picks its best neighbour. Two that pick each
other merge only if the mean of the capped weights of *all* their cross pairs is above the threshold (pairs that
blocking never made are weighed on demand), no cross pair is forbidden, and no limit is exceeded. Otherwise the merge
is vetoed until one of the two changes; what stays vetoed is reported as a conflict. Where a cluster may hold one record
of each source, this is one-to-one matching by locally dominant edges.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.components import label_components

Rows = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# From the two rows of each pair, the smaller first, to its weight; always the same for the same pair.
Weigher = Callable[[Rows, Rows], Weights]

NO_PAIRS = pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64})
# Weights are added in whole multiples of one part in so many, so that their order makes no difference.
PARTS = 1_000


@dataclass(frozen=True)
class Policy:
    """What a merge must satisfy.

    Attributes:
        bar: the threshold: the mean capped weight over all cross pairs must be above it.
        cap: no single pair counts for more than this, for or against.
        floor: a single cross pair below it forbids the merge.
        group_bar: the weight that each cross pair within one exclusive group must exceed.
        others_bar: where the mean capped weight of the cross pairs between groups is above it, `group_bar` does not
            apply: what the other sources agree on, slips in a copy do not undo.
        sample: how many cross pairs to weigh for one merge at most, spread evenly. Floor and group apply to these only,
            limits and cannot-links to all.
        rounds: an upper bound on rounds.
    """

    bar: float = 0.0
    cap: float = 8.0
    floor: float = float("-inf")
    group_bar: float = 0.0
    others_bar: float = float("inf")
    sample: int = 100
    rounds: int = 1_000


@dataclass(frozen=True, eq=False)
class Constraints:
    """Limits and decisions. Rows are row numbers of records.

    Attributes:
        group: a code for each record; two records of one group are in one cluster only if their own weight is
            above `Policy.group_bar` (a source that should hold a thing once). None: no such limit.
        source: a code from 0 for each record, for `limits`.
        limits: how many records of a source a cluster may hold at most, by its code. Must-links may exceed it.
        must: pairs (`left`, `right`) that are in one cluster whatever their weight.
        cannot: pairs that are never in one cluster.
    """

    group: npt.NDArray[np.int64] | None = None
    source: npt.NDArray[np.int64] | None = None
    limits: Mapping[int, int] = field(default_factory=dict)
    must: pl.DataFrame = field(default_factory=lambda: NO_PAIRS)
    cannot: pl.DataFrame = field(default_factory=lambda: NO_PAIRS)


@dataclass(frozen=True, eq=False)
class Clusters:
    """The outcome.

    Attributes:
        labels: for each record the smallest row number in its cluster.
        conflicts: pairs of clusters with a link above the threshold that were kept apart: `left`, `right` (labels),
            `weight` (of the best link), `reason` (`weight`, `floor`, `group`, `limit`, `cannot`; `rounds` if the
            last round came first).
        contradictions: cannot-links whose records are in one cluster by must-links: `left`, `right` (rows).
        rounds: how many rounds there were.
    """

    labels: pl.Series
    conflicts: pl.DataFrame
    contradictions: pl.DataFrame
    rounds: int


OPEN = 0
REASONS = ("rounds", "weight", "floor", "group", "limit", "cannot")


@dataclass
class _Edges:
    """The best link between each two clusters, the heaviest first, and why it was vetoed (`OPEN`: it was not)."""

    left: Rows
    right: Rows
    weight: Weights
    veto: npt.NDArray[np.int8]

    def take(self, index: Flags | Rows) -> "_Edges":
        return _Edges(self.left[index], self.right[index], self.weight[index], self.veto[index])


def agglomerate(
    size: int,
    pairs: pl.DataFrame,
    weigher: Weigher,
    *,
    policy: Policy,
    constraints: Constraints,
) -> Clusters:
    """Cluster records by their pairwise weights.

    Args:
        size: number of records.
        pairs: `left`, `right` (row numbers), `weight`; pairs at or below the threshold start no merge.
        weigher: weighs pairs on demand.
        policy: what a merge must satisfy.
        constraints: groups, limits, must-links, cannot-links.
    """
    labels = label_components(size, *_ends(constraints.must))
    contradictions = _contradictions(labels, constraints.cannot)
    edges = _relabel(_first_edges(pairs.filter(pl.col("weight") > policy.bar)), labels, np.ones(size, np.bool_))
    counts, sizes = _count_sources(labels, constraints), np.bincount(labels, minlength=size)
    edges, full = _part_full(edges, counts, constraints)
    kept_apart = [full]
    rounds = 0
    while rounds < policy.rounds and len(candidates := _mutual_best(edges, size)):
        rounds += 1
        merges = edges.take(candidates)
        reasons = _judge(merges, labels, sizes=sizes, weigher=weigher, policy=policy, constraints=constraints)
        edges.veto[candidates] = reasons
        kept, gone = merges.left[reasons == OPEN], merges.right[reasons == OPEN]
        target = np.arange(size, dtype=np.int64)
        target[gone] = kept
        for held in (sizes, *counts):
            held[kept] += held[gone]
        changed = np.zeros(size, np.bool_)
        changed[kept] = changed[gone] = True
        labels = target[labels]
        edges, full = _part_full(_relabel(edges, target, changed), counts, constraints)
        kept_apart.append(full)
    conflicts = _conflicts([edges, *kept_apart], labels)
    return Clusters(pl.Series("label", labels), conflicts, contradictions, rounds)


def _first_edges(pairs: pl.DataFrame) -> _Edges:
    """The heaviest first, then by the smaller rows: neither the order nor the direction of pairs makes a difference."""
    ordered = pairs.select(
        left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right"), weight="weight"
    ).sort("weight", "left", "right", descending=[True, False, False])
    left, right = _ends(ordered)
    weight = ordered.get_column("weight").cast(pl.Float64).to_numpy()
    return _Edges(left, right, weight, np.zeros(len(left), np.int8))


def _ends(pairs: pl.DataFrame) -> tuple[Rows, Rows]:
    left, right = (pairs.get_column(side).cast(pl.Int64).to_numpy() for side in ("left", "right"))
    return left, right


def _contradictions(labels: Rows, cannot: pl.DataFrame) -> pl.DataFrame:
    left, right = _ends(cannot)
    return cannot.filter(pl.Series(labels[left] == labels[right])).select("left", "right").sort("left", "right")


def _count_sources(labels: Rows, constraints: Constraints) -> Rows:
    """For each limit, how many records of its source each cluster holds."""
    counts = np.zeros((len(constraints.limits), len(labels)), np.int64)
    if constraints.source is not None:
        for place, source in enumerate(constraints.limits):
            counts[place] = np.bincount(labels[constraints.source == source], minlength=len(labels))
    return counts


def _mutual_best(edges: _Edges, size: int) -> Rows:
    """Open edges that are the best of both their ends."""
    order = np.nonzero(edges.veto == OPEN)[0]
    left, right = edges.left[order], edges.right[order]
    rank = np.arange(len(order), dtype=np.int32)
    best = np.full(size, len(order), np.int32)
    np.minimum.at(best, left, rank)
    np.minimum.at(best, right, rank)
    return np.asarray(order[(best[left] == rank) & (best[right] == rank)], np.int64)


def _judge(
    merges: _Edges,
    labels: Rows,
    *,
    sizes: Rows,
    weigher: Weigher,
    policy: Policy,
    constraints: Constraints,
) -> npt.NDArray[np.int8]:
    """Why each merge is forbidden: a place in `REASONS`, or `OPEN` where it is not."""
    reasons = _voted(merges, labels, sizes=sizes, weigher=weigher, policy=policy, group=constraints.group)
    left, right = _ends(constraints.cannot)
    if len(left):
        forbidden = _keys(labels[left], labels[right], len(labels))
        reasons[np.isin(_keys(merges.left, merges.right, len(labels)), forbidden)] = REASONS.index("cannot")
    return reasons


def _voted(
    merges: _Edges,
    labels: Rows,
    *,
    sizes: Rows,
    weigher: Weigher,
    policy: Policy,
    group: npt.NDArray[np.int64] | None,
) -> npt.NDArray[np.int8]:
    """The vote of all cross pairs on each merge."""
    # Two single records have one cross pair, whose weight is known.
    is_single = sizes[merges.left] * sizes[merges.right] == 1
    single, grown = np.nonzero(is_single)[0], np.nonzero(~is_single)[0]
    merge, left, right = _cross_pairs(merges.take(grown), labels, policy.sample)
    weights = np.append(merges.weight[single], weigher(left, right))
    merge = np.append(single, grown[merge])
    left, right = np.append(merges.left[single], left), np.append(merges.right[single], right)
    capped = np.rint(np.clip(weights, -policy.cap, policy.cap) * PARTS).astype(np.int64)
    number = len(merges.left)
    reasons = np.where(_mean(merge, capped, number) > policy.bar, OPEN, REASONS.index("weight")).astype(np.int8)
    reasons[merge[weights < policy.floor]] = REASONS.index("floor")
    if group is not None:
        within = group[left] == group[right]
        others = _mean(merge[~within], capped[~within], number)
        apart = within & (weights <= policy.group_bar) & (others[merge] <= policy.others_bar)
        reasons[merge[apart]] = REASONS.index("group")
    return reasons


def _mean(merge: Rows, parts: Rows, merges: int) -> Weights:
    """The mean weight of the cross pairs of each merge; 0 without any."""
    total = np.zeros(merges, np.int64)
    np.add.at(total, merge, parts)
    return np.asarray(total / np.maximum(np.bincount(merge, minlength=merges), 1) / PARTS, np.float64)


def _keys(left: Rows, right: Rows, size: int) -> Rows:
    """One number for each unordered pair."""
    return np.minimum(left, right) * size + np.maximum(left, right)


def _cross_pairs(merges: _Edges, labels: Rows, sample: int) -> tuple[Rows, Rows, Rows]:
    """For each merge its cross pairs: the merge's number, and the two records, the smaller first."""
    merging = np.zeros(len(labels), np.bool_)
    merging[merges.left] = merging[merges.right] = True
    rows = np.nonzero(merging[labels])[0]
    members = rows[np.argsort(labels[rows], kind="stable")]
    held = labels[members]
    starts, ends = (np.searchsorted(held, (merges.left, merges.right), side) for side in ("left", "right"))
    tall, wide = ends - starts
    taken = np.minimum(tall * wide, sample)
    merge = np.repeat(np.arange(len(taken)), taken)
    place = np.arange(int(taken.sum())) - np.repeat(np.cumsum(taken) - taken, taken)
    one_place, other_place = spread_pairs(place, taken[merge], (tall[merge], wide[merge]))
    one = members[starts[0][merge] + one_place]
    other = members[starts[1][merge] + other_place]
    return merge, np.minimum(one, other), np.maximum(one, other)


def spread_pairs(place: Rows, taken: Rows | int, sizes: tuple[Rows | int, Rows | int]) -> tuple[Rows, Rows]:
    """Which members of two clusters make up the cross pairs to be weighed: distinct pairs, spread evenly over both.

    Args:
        place: numbers of the pairs, from 0 to `taken`.
        taken: how many pairs are weighed, all cross pairs at most.
        sizes: the number of members of both clusters.

    Returns:
        Places in the one cluster and in the other. Pairs of one member stand side by side, so no pair comes twice.
    """
    one, other = sizes
    return place * one // taken, place % other


def _relabel(edges: _Edges, target: Rows, changed: Flags) -> _Edges:
    """Edges between clusters after merges: the best of each two, vetoes lifted where a side changed."""
    touched = changed[edges.left] | changed[edges.right]
    left, right = target[edges.left], target[edges.right]
    veto = np.where(touched, OPEN, edges.veto).astype(np.int8)
    moved = _Edges(np.minimum(left, right), np.maximum(left, right), edges.weight, veto)
    # Only edges of changed clusters can have become parallel; the first of each two clusters is the heaviest.
    places = np.nonzero(touched & (left != right))[0]
    keys = _keys(left[places], right[places], len(target))
    order = np.argsort(keys)
    begins = np.nonzero(np.diff(keys[order], prepend=-1))[0]
    kept = ~touched
    kept[places[np.minimum.reduceat(order, begins)]] = True
    return moved.take(kept)


def _part_full(edges: _Edges, counts: Rows, constraints: Constraints) -> tuple[_Edges, _Edges]:
    """Edges that may still merge, and those that would exceed a limit, which never may since clusters only grow."""
    passes = np.zeros(len(edges.left), np.bool_)
    for most, held in zip(constraints.limits.values(), counts, strict=True):
        passes |= held[edges.left] + held[edges.right] > most
    full = edges.take(passes)
    full.veto[:] = REASONS.index("limit")
    return edges.take(~passes), full


def _conflicts(kept_apart: Sequence[_Edges], labels: Rows) -> pl.DataFrame:
    """The heaviest edge between each two clusters that were kept apart."""
    left, right, weight, veto = (
        np.concatenate([getattr(edges, name) for edges in kept_apart]) for name in ("left", "right", "weight", "veto")
    )
    one, other = labels[left], labels[right]
    edges = _Edges(np.minimum(one, other), np.maximum(one, other), weight, veto)
    order = np.lexsort((edges.veto, -edges.weight, edges.right, edges.left))
    keys = _keys(edges.left, edges.right, len(labels))[order]
    edges = edges.take(order[np.diff(keys, prepend=-1) != 0])
    return pl.DataFrame(
        {
            "left": edges.left,
            "right": edges.right,
            "weight": edges.weight,
            "reason": pl.Series(REASONS, dtype=pl.String).gather(edges.veto),
        }
    )
