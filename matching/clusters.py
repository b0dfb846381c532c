"""From weighted pairs to clusters: agglomeration in rounds, under limits and decisions.

Belongs here: the merging of anything that has pairwise weights. Does not: what the weights mean.

A cluster is never made by a chain of single links. In each round every cluster names its best open neighbour;
mutual choices are merged only if the mean of the capped weights over *all* their cross pairs clears the bar (pairs
that blocking never made are weighed on demand), no cross pair is forbidden, and records of one exclusive group agree
pair by pair. Others are vetoed until one of the two sides changes, and what stays vetoed is a conflict to report.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

Rows = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]
Weigher = Callable[[pl.DataFrame], pl.Series]


@dataclass(frozen=True)
class Policy:
    """What a merge must satisfy.

    Attributes:
        bar: the mean capped weight over all cross pairs must lie above it.
        cap: no single pair counts for more than this, for or against.
        floor: a single cross pair below it forbids the merge.
        group_bar: weight that each cross pair within one exclusive group must exceed.
        sample: cross pairs weighed for one merge at most (evenly spread over them).
        rounds: an upper bound on rounds.
    """

    bar: float = 0.0
    cap: float = 8.0
    floor: float = float("-inf")
    group_bar: float = 0.0
    sample: int = 100
    rounds: int = 100


@dataclass(frozen=True, eq=False)
class Constraints:
    """Limits and decisions. Rows are numbers of records.

    Attributes:
        group: a code for each record; two records of one group are together only if their own weight clears
            `Policy.group_bar` (a source that should hold a thing once). None: no such limit.
        must: pairs (`left`, `right`) that are together whatever their weight.
        cannot: pairs that are never together.
    """

    group: pl.Series | None = None
    must: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64}))
    cannot: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64}))


@dataclass(frozen=True, eq=False)
class Clusters:
    """The outcome.

    Attributes:
        labels: for each record the smallest row number in its cluster.
        conflicts: pairs of clusters with a link above the bar that were kept apart: `left`, `right` (labels),
            `weight` (of the best link), `reason` (`weight`, `floor`, `group`, `cannot`).
        rounds: rounds taken.
    """

    labels: pl.Series
    conflicts: pl.DataFrame
    rounds: int


@dataclass
class _Edges:
    """The best link between each two clusters, and why it was vetoed (0: open)."""

    left: Rows
    right: Rows
    weight: Weights
    veto: npt.NDArray[np.int8]

    def take(self, index: npt.NDArray[np.bool_] | Rows) -> "_Edges":
        return _Edges(self.left[index], self.right[index], self.weight[index], self.veto[index])


REASONS = ("", "weight", "floor", "group", "cannot")


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
        pairs: `left`, `right` (row numbers), `weight`; pairs at or below the bar start no merge.
        weigher: weighs pairs on demand: a frame of `left` < `right` to one weight each, the same for the same pair.
        policy: what a merge must satisfy.
        constraints: groups, must-links, cannot-links.
    """
    labels = _together(size, constraints.must)
    cannot = tuple(constraints.cannot.get_column(side).cast(pl.Int64).to_numpy() for side in ("left", "right"))
    above = pairs.filter(pl.col("weight") > policy.bar)
    edges = _Edges(
        above.get_column("left").cast(pl.Int64).to_numpy(),
        above.get_column("right").cast(pl.Int64).to_numpy(),
        above.get_column("weight").cast(pl.Float64).to_numpy(),
        np.zeros(above.height, np.int8),
    )
    edges = _relabel(edges, labels, np.zeros(size, np.bool_))
    groups = None if constraints.group is None else constraints.group.to_numpy()
    rounds = 0
    while rounds < policy.rounds:
        candidates = _mutual_best(edges, size)
        if not len(candidates):
            break
        rounds += 1
        reasons = _judge(edges.take(candidates), labels, weigher, policy=policy, groups=groups, cannot=cannot)
        edges.veto[candidates] = reasons
        merged = candidates[reasons == 0]
        target = np.arange(size, dtype=np.int64)
        target[edges.right[merged]] = edges.left[merged]
        changed = np.zeros(size, np.bool_)
        changed[edges.left[merged]] = True
        labels = target[labels]
        edges = _relabel(edges, target, changed)
    return Clusters(pl.Series("label", labels), _conflicts(edges), rounds)


def _together(size: int, must: pl.DataFrame) -> Rows:
    """Labels after the must-links alone: connected components by the spreading of the smallest row."""
    labels = np.arange(size, dtype=np.int64)
    left, right = (must.get_column(side).cast(pl.Int64).to_numpy() for side in ("left", "right"))
    while len(left) and bool((labels[left] != labels[right]).any()):
        low = np.minimum(labels[left], labels[right])
        high = np.maximum(labels[left], labels[right])
        np.minimum.at(labels, high, low)
        labels = labels[labels]
    while not np.array_equal(labels, labels[labels]):
        labels = labels[labels]
    return labels


def _keys(left: Rows, right: Rows, size: int) -> Rows:
    """One number for each unordered pair."""
    return np.minimum(left, right) * size + np.maximum(left, right)


def _mutual_best(edges: _Edges, size: int) -> Rows:
    """Open edges that are the best of both their ends; ties go to the smaller rows, so that order cannot matter."""
    open_edges = np.nonzero(edges.veto == 0)[0]
    order = open_edges[np.lexsort((edges.right[open_edges], edges.left[open_edges], -edges.weight[open_edges]))]
    rank = np.arange(len(order))
    best = np.full(size, len(order))
    np.minimum.at(best, edges.left[order], rank)
    np.minimum.at(best, edges.right[order], rank)
    is_mutual = (best[edges.left[order]] == rank) & (best[edges.right[order]] == rank)
    return np.asarray(order[is_mutual], np.int64)


def _judge(
    edges: _Edges,
    labels: Rows,
    weigher: Weigher,
    *,
    policy: Policy,
    groups: npt.NDArray[np.int64] | None,
    cannot: tuple[Rows, ...],
) -> npt.NDArray[np.int8]:
    """Why each merge must not be: a place in `REASONS`, 0 where it may."""
    merge, left, right = _cross_pairs(edges, labels, policy.sample)
    weights = weigher(pl.DataFrame({"left": left, "right": right})).to_numpy()
    capped = np.rint(np.clip(weights, -policy.cap, policy.cap) * 100).astype(np.int64)
    total = np.zeros(len(edges.left), np.int64)
    np.add.at(total, merge, capped)
    mean = total / np.maximum(np.bincount(merge, minlength=len(total)), 1) / 100
    reasons = np.where(mean > policy.bar, 0, 1).astype(np.int8)
    reasons[merge[weights < policy.floor]] = 2
    if groups is not None:
        reasons[merge[(groups[left] == groups[right]) & (weights <= policy.group_bar)]] = 3
    size = len(labels)
    forbidden = _keys(labels[cannot[0]], labels[cannot[1]], size)
    reasons[np.isin(_keys(edges.left, edges.right, size), forbidden)] = 4
    return reasons


def _cross_pairs(edges: _Edges, labels: Rows, sample: int) -> tuple[Rows, Rows, Rows]:
    """For each merge its cross pairs: the merge's number, and the two records, the smaller first."""
    members = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels, minlength=len(labels))
    starts = np.cumsum(sizes) - sizes
    wide = sizes[edges.right]
    cross = sizes[edges.left] * wide
    taken = np.minimum(cross, sample)
    merge = np.repeat(np.arange(len(cross)), taken)
    place = np.arange(int(taken.sum())) - np.repeat(np.cumsum(taken) - taken, taken)
    spread = place * cross[merge] // taken[merge]
    one = members[starts[edges.left][merge] + spread // wide[merge]]
    other = members[starts[edges.right][merge] + spread % wide[merge]]
    return merge, np.minimum(one, other), np.maximum(one, other)


def _relabel(edges: _Edges, target: Rows, changed: npt.NDArray[np.bool_]) -> _Edges:
    """Edges between clusters after merges: the best of each two, vetoes lifted where a side changed."""
    left, right = target[edges.left], target[edges.right]
    veto = np.where(changed[left] | changed[right], 0, edges.veto).astype(np.int8)
    moved = _Edges(np.minimum(left, right), np.maximum(left, right), edges.weight, veto)
    moved = moved.take(moved.left != moved.right)
    order = np.lexsort((-moved.weight, moved.right, moved.left))
    moved = moved.take(order)
    first = np.ones(len(order), np.bool_)
    first[1:] = (np.diff(moved.left) != 0) | (np.diff(moved.right) != 0)
    return moved.take(first)


def _conflicts(edges: _Edges) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "left": edges.left,
            "right": edges.right,
            "weight": edges.weight,
            "reason": pl.Series([REASONS[code] for code in edges.veto], dtype=pl.String),
        }
    ).sort("left", "right")
