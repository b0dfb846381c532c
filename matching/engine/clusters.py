"""From weighed pairs to clusters: agglomeration in rounds, under limits and decisions.

Belongs here: the merging of anything that has pairwise weights. Does not: what the weights mean, whether two clusters
may merge (`matching.engine.merges`).

A chain of single links never makes a cluster. In each round every cluster picks its best neighbour. Two that pick each
other merge only if the mean of the capped weights of *all* their cross pairs is above the threshold (pairs that
blocking never made are weighed on demand), no cross pair is forbidden, and no limit is exceeded. Otherwise the merge
is vetoed until one of the two changes; what stays vetoed is reported as a conflict. Where a cluster may hold one record
of each source, this is one-to-one matching by locally dominant edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from matching.engine.components import label_components
from matching.engine.merges import (
    MERGE_REASONS,
    OPEN,
    Constraints,
    Edges,
    Flags,
    Policy,
    Rows,
    Weigher,
    Weights,
    ends_of,
    judge,
    pair_keys,
)


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
    labels, weigher = label_components(size, *ends_of(constraints.must)), _recall(pairs, weigher, size)
    contradictions = _contradictions(labels, constraints.cannot)
    edges = _relabel(_first_edges(pairs.filter(pl.col("weight") > policy.bar)), labels, np.ones(size, np.bool_))
    counts, sizes = _count_sources(labels, constraints), np.bincount(labels, minlength=size)
    edges, full = _part_full(edges, counts, constraints)
    kept_apart = [full]
    rounds = 0
    while rounds < policy.rounds and len(candidates := _mutual_best(edges, size)):
        rounds += 1
        merges = edges.take(candidates)
        reasons = judge(merges, labels, sizes=sizes, weigher=weigher, policy=policy, constraints=constraints)
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


def _recall(pairs: pl.DataFrame, weigher: Weigher, size: int) -> Weigher:
    """A weigher that works out only pairs whose weight is not at hand."""
    if pairs.is_empty():
        return weigher
    keys, known = pair_keys(*ends_of(pairs), size), pairs.get_column("weight").cast(pl.Float64).to_numpy()
    order = np.argsort(keys)
    keys = keys[order]

    def weigh(left: Rows, right: Rows) -> Weights:
        wanted = pair_keys(left, right, size)
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        weights, is_new = known[order[places]], keys[places] != wanted
        weights[is_new] = weigher(left[is_new], right[is_new])
        return weights

    return weigh


def _first_edges(pairs: pl.DataFrame) -> Edges:
    """The heaviest first, then by the smaller rows: neither the order nor the direction of pairs makes a difference."""
    ordered = pairs.select(
        left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right"), weight="weight"
    ).sort("weight", "left", "right", descending=[True, False, False])
    left, right = ends_of(ordered)
    weight = ordered.get_column("weight").cast(pl.Float64).to_numpy()
    return Edges(left, right, weight, np.zeros(len(left), np.int8))


def _contradictions(labels: Rows, cannot: pl.DataFrame) -> pl.DataFrame:
    left, right = ends_of(cannot)
    return cannot.filter(pl.Series(labels[left] == labels[right])).select("left", "right").sort("left", "right")


def _count_sources(labels: Rows, constraints: Constraints) -> Rows:
    """For each limit, how many records of its source each cluster holds."""
    counts = np.zeros((len(constraints.limits), len(labels)), np.int64)
    if constraints.source is not None:
        for place, source in enumerate(constraints.limits):
            counts[place] = np.bincount(labels[constraints.source == source], minlength=len(labels))
    return counts


def _mutual_best(edges: Edges, size: int) -> Rows:
    """Open edges that are the best of both their ends."""
    order = np.nonzero(edges.veto == OPEN)[0]
    left, right = edges.left[order], edges.right[order]
    rank = np.arange(len(order), dtype=np.int32)
    best = np.full(size, len(order), np.int32)
    np.minimum.at(best, left, rank)
    np.minimum.at(best, right, rank)
    return np.asarray(order[(best[left] == rank) & (best[right] == rank)], np.int64)


def _relabel(edges: Edges, target: Rows, changed: Flags) -> Edges:
    """Edges between clusters after merges: the best of each two, vetoes lifted where a side changed."""
    touched = changed[edges.left] | changed[edges.right]
    left, right = target[edges.left], target[edges.right]
    veto = np.where(touched, OPEN, edges.veto).astype(np.int8)
    moved = Edges(np.minimum(left, right), np.maximum(left, right), edges.weight, veto)
    # Only edges of changed clusters can have become parallel; the first of each two clusters is the heaviest.
    places = np.nonzero(touched & (left != right))[0]
    keys = pair_keys(left[places], right[places], len(target))
    order = np.argsort(keys)
    begins = np.nonzero(np.diff(keys[order], prepend=-1))[0]
    kept = ~touched
    kept[places[np.minimum.reduceat(order, begins)]] = True
    return moved.take(kept)


def _part_full(edges: Edges, counts: Rows, constraints: Constraints) -> tuple[Edges, Edges]:
    """Edges that may still merge, and those that would exceed a limit, which never may since clusters only grow."""
    passes = np.zeros(len(edges.left), np.bool_)
    for most, held in zip(constraints.limits.values(), counts, strict=True):
        passes |= held[edges.left] + held[edges.right] > most
    full = edges.take(passes)
    full.veto[:] = MERGE_REASONS.index("limit")
    return edges.take(~passes), full


def _conflicts(kept_apart: Sequence[Edges], labels: Rows) -> pl.DataFrame:
    """The heaviest edge between each two clusters that were kept apart."""
    left, right, weight, veto = (
        np.concatenate([getattr(edges, name) for edges in kept_apart]) for name in ("left", "right", "weight", "veto")
    )
    one, other = labels[left], labels[right]
    edges = Edges(np.minimum(one, other), np.maximum(one, other), weight, veto)
    order = np.lexsort((edges.veto, -edges.weight, edges.right, edges.left))
    keys = pair_keys(edges.left, edges.right, len(labels))[order]
    edges = edges.take(order[np.diff(keys, prepend=-1) != 0])
    return pl.DataFrame(
        {
            "left": edges.left,
            "right": edges.right,
            "weight": edges.weight,
            "reason": pl.Series(MERGE_REASONS, dtype=pl.String).gather(edges.veto),
        }
    )
