"""Whether two clusters may merge: the vote of their cross pairs, limits and decisions.

Belongs here: the verdict on a merge. Does not: which merges are tried, and in which order (`matching.engine.clusters`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

Rows = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# From the two rows of each pair, the smaller first, to its weight; always the same for the same pair.
Weigher = Callable[[Rows, Rows], Weights]

NO_PAIRS = pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64})
# Weights are added in whole multiples of this part of 1, so that their order makes no difference.
WEIGHT_PARTS = 1_000


@dataclass(frozen=True)
class Policy:
    """What a merge must satisfy.

    Attributes:
        bar: the threshold: the mean capped weight over all cross pairs must be above it.
        cap: no single pair counts for more than this, for or against.
        floor: a single cross pair below it forbids the merge.
        group_bar: the weight that each cross pair within one exclusive group must exceed.
        others_bar: where the mean capped weight of the cross pairs between groups is above it, `group_bar` does not
            apply: slips in one copy do not undo what the other sources agree on.
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


OPEN = 0
MERGE_REASONS = ("rounds", "weight", "floor", "group", "limit", "cannot")


@dataclass
class Edges:
    """The best link between each two clusters, the heaviest first, and why it was vetoed (`OPEN`: it was not)."""

    left: Rows
    right: Rows
    weight: Weights
    veto: npt.NDArray[np.int8]

    def take(self, index: Flags | Rows) -> "Edges":
        """Some of them."""
        return Edges(self.left[index], self.right[index], self.weight[index], self.veto[index])


def judge(
    merges: Edges,
    labels: Rows,
    *,
    sizes: Rows,
    weigher: Weigher,
    policy: Policy,
    constraints: Constraints,
) -> npt.NDArray[np.int8]:
    """Why each merge is forbidden: a place in `MERGE_REASONS`, or `OPEN` where it is not."""
    reasons = _voted(merges, labels, sizes=sizes, weigher=weigher, policy=policy, group=constraints.group)
    if constraints.cannot.height:
        # No cluster is in two merges of a round.
        merge_of = np.full(len(labels), -1)
        merge_of[merges.left] = merge_of[merges.right] = np.arange(len(merges.left))
        one, other = (labels[rows] for rows in ends_of(constraints.cannot))
        apart = merge_of[one][(merge_of[one] == merge_of[other]) & (merge_of[one] >= 0) & (one != other)]
        reasons[apart] = MERGE_REASONS.index("cannot")
    return reasons


def _voted(
    merges: Edges,
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
    capped = np.rint(np.clip(weights, -policy.cap, policy.cap) * WEIGHT_PARTS).astype(np.int64)
    number = len(merges.left)
    reasons = np.where(_mean(merge, capped, number) > policy.bar, OPEN, MERGE_REASONS.index("weight")).astype(np.int8)
    reasons[merge[weights < policy.floor]] = MERGE_REASONS.index("floor")
    if group is not None:
        within = group[left] == group[right]
        others = _mean(merge[~within], capped[~within], number)
        apart = within & (weights <= policy.group_bar) & (others[merge] <= policy.others_bar)
        reasons[merge[apart]] = MERGE_REASONS.index("group")
    return reasons


def _mean(merge: Rows, parts: Rows, merges: int) -> Weights:
    """The mean weight of the cross pairs of each merge; 0 without any."""
    total = np.zeros(merges, np.int64)
    np.add.at(total, merge, parts)
    return np.asarray(total / np.maximum(np.bincount(merge, minlength=merges), 1) / WEIGHT_PARTS, np.float64)


def pair_keys(left: Rows, right: Rows, size: int) -> Rows:
    """One number for each unordered pair."""
    return np.minimum(left, right) * size + np.maximum(left, right)


def _cross_pairs(merges: Edges, labels: Rows, sample: int) -> tuple[Rows, Rows, Rows]:
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


def ends_of(pairs: pl.DataFrame) -> tuple[Rows, Rows]:
    """The rows of pairs: `left` and `right`."""
    left, right = (pairs.get_column(side).cast(pl.Int64).to_numpy() for side in ("left", "right"))
    return left, right
