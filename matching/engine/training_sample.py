"""What training sees of a linkage: how many pairs have each pattern, among candidate pairs and among random ones.

Belongs here: counting patterns, drawing random pairs. Does not: learning from the counts (`training`).

Counts are whole numbers in a fixed order, so that training gives the same result in any order of the records and with
any number of threads.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.engine.comparators.base import SAME
from matching.engine.compared_pairs import ComparedPairs
from matching.engine.patterns import Comparison, Patterns, Rival, compare, unpack
from matching.engine.values import agreeing_pairs

# Pairs counted at once, which bounds memory.
CHUNK = 1_000_000
# How many random pairs are drawn at a time, and how many times before it is checked whether they are enough.
RANDOM_CHUNK, DRAWS = 50_000, 8
# Pieces in which random pairs are compared, which saves a few megabytes.
DRAWN_PIECES = 8
SEED = 1
# With this many random pairs at a level, its share can be trusted.
ENOUGH = 50
# A rule that makes more pairs than this for each record is not used to learn m.
MOST_OF_RULE = 5


@dataclass(frozen=True, eq=False)
class Histogram:
    """Patterns in ascending order, and how many pairs have each.

    Attributes:
        patterns: each pattern once for each value of `free`.
        counts: number of pairs.
        free: one column for each comparison: these pairs were made by a rule that does not use its columns.
    """

    patterns: Patterns
    counts: npt.NDArray[np.int64]
    free: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TrainingSample:
    """Everything that training sees.

    Attributes:
        comparisons: those of the model.
        rivals: those of the model.
        records: number of records.
        total: number of possible pairs; those that blocking did not make count as non-matches.
        candidates: patterns of the candidate pairs.
        random: patterns of random pairs. None: u is learned from the candidate pairs that do not match.
        same: for each comparison, the share of all pairs that have the same value, where it can be counted exactly.
    """

    comparisons: tuple[Comparison, ...]
    rivals: tuple[Rival, ...]
    records: int
    total: int
    candidates: Histogram
    random: Histogram | None
    same: tuple[float | None, ...]


def draw_sample(linkage: ComparedPairs, *, random_pairs: int) -> TrainingSample:
    """What training learns from on matches among all possible pairs.

    Args:
        linkage: without copies.
        random_pairs: how many to draw at most.
    """
    return TrainingSample(
        comparisons=linkage.model.comparisons,
        rivals=linkage.model.rivals,
        records=len(linkage.keys),
        total=linkage.possible_pairs,
        candidates=count_patterns(linkage.patterns, *_free(linkage)),
        random=_random_pairs(linkage, random_pairs),
        same=tuple(_share_same(linkage, place) for place in range(len(linkage.model.comparisons))),
    )


def draw_sample_among(linkage: ComparedPairs, among: npt.NDArray[np.bool_]) -> TrainingSample:
    """What training learns from on matches among some of the candidate pairs, where the others do not count at all."""
    model, size = linkage.model, int(among.sum())
    return TrainingSample(
        comparisons=model.comparisons,
        rivals=model.rivals,
        records=0,
        total=size,
        candidates=_count_all(linkage.patterns[among], len(model.comparisons)),
        random=None,
        same=(None,) * len(model.comparisons),
    )


def count_patterns(patterns: Patterns, free: npt.NDArray[np.bool_], classes: npt.NDArray[np.integer[Any]]) -> Histogram:
    """The histogram of patterns.

    Args:
        patterns: one for each pair.
        free: see `Histogram.free`; one row for each class of pairs.
        classes: the class of each pair.
    """
    parts = [np.zeros((2, 0), np.int64)]
    for start in range(0, len(patterns), CHUNK):
        some = patterns[start : start + CHUNK].astype(np.int64) * len(free) + classes[start : start + CHUNK]
        parts.append(np.stack(np.unique(some, return_counts=True)))
    every = np.concatenate(parts, axis=1)
    keys, places = np.unique(every[0], return_inverse=True)
    counts = np.zeros(len(keys), np.int64)
    np.add.at(counts, places, every[1])
    return Histogram((keys // len(free)).astype(patterns.dtype), counts, free[keys % len(free)])


def _count_all(patterns: Patterns, comparisons: int) -> Histogram:
    """The histogram of pairs that no blocking rule had a part in."""
    return count_patterns(patterns, np.ones((1, comparisons), np.bool_), np.zeros(len(patterns), np.int64))


def _free(linkage: ComparedPairs) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.integer]]:
    """Classes of candidate pairs by the rules that made them: see `Histogram.free`."""
    used = [
        [bool(rule.columns & set(comparison.columns)) for comparison in linkage.model.comparisons]
        for rule in linkage.model.rules
    ]
    masks, counts = np.unique(linkage.rules, return_counts=True)
    if not len(masks):
        return np.ones((1, len(linkage.model.comparisons)), np.bool_), np.zeros(0, np.int64)
    bits = (masks[:, None] >> np.arange(len(used), dtype=np.uint32) & np.uint32(1)).astype(np.bool_)
    # A rule that makes many pairs for each record makes mostly namesakes and neighbours, who would count as matches.
    is_selective = counts @ bits <= MOST_OF_RULE * len(linkage.keys)
    unused = ~np.array(used)
    free: npt.NDArray[np.bool_] = np.any(bits[:, :, None] & (unused & is_selective[:, None])[None], axis=1)
    # Where every selective rule uses a comparison, it is learned from the pairs of the other rules.
    lone = ~free.any(axis=0)
    free[:, lone] = (bits[:, :, None] & unused[None]).any(axis=1)[:, lone]
    distinct, renamed = np.unique(free, axis=0, return_inverse=True)
    # As small as their numbers allow: there is one for each pair.
    classes = renamed.astype(np.min_scalar_type(len(distinct)))
    return distinct, classes[np.searchsorted(masks, linkage.rules)]


def _random_pairs(linkage: ComparedPairs, most: int) -> Histogram:
    """Patterns of random pairs, drawn until each level of likeness is seen often enough, or `most` are drawn."""
    comparisons = len(linkage.model.comparisons)
    patterns = compare(linkage.coded, np.zeros(0, np.int32), np.zeros(0, np.int32))
    drawn = _count_all(patterns, comparisons)
    batches = range(0, -(-min(most, linkage.possible_pairs) // RANDOM_CHUNK), DRAWS)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for batch in batches:
            draws = pool.map(lambda draw: _draw(linkage, draw), range(batch, batch + DRAWS))
            patterns = np.concatenate([patterns, *draws])
            drawn = _count_all(patterns, comparisons)
            if _is_enough(drawn, linkage, most):
                break
    return drawn


def _draw(linkage: ComparedPairs, draw: int) -> Patterns:
    size = len(linkage.sources)
    drawn = np.random.default_rng([SEED, draw]).integers(0, size, (2, RANDOM_CHUNK), dtype=np.int32)
    left, right = drawn.min(axis=0), drawn.max(axis=0)
    kept = linkage.sources[left] != linkage.sources[right] if linkage.is_across else left != right
    sides = (np.array_split(side[kept], DRAWN_PIECES) for side in (left, right))
    return np.concatenate([compare(linkage.coded, *piece) for piece in zip(*sides, strict=True)])


def _is_enough(drawn: Histogram, linkage: ComparedPairs, most: int) -> bool:
    """Whether each level between the same and different was seen often enough.

    Two kinds of level are not waited for: those of columns that are nearly unique, and those so rare that `most` pairs
    would not show them often enough either.
    """
    met = ENOUGH * drawn.counts.sum() / most
    for place, levels in enumerate(unpack(drawn.patterns, linkage.model.comparisons)):
        reached = np.bincount(levels, drawn.counts, minlength=len(linkage.model.comparisons[place].levels))
        counts = reached[SAME + 1 : -1]
        values = len(linkage.coded.columns[linkage.coded.places[place][0]].dictionary.values)
        if values < 0.2 * len(linkage.sources) and bool(((met <= counts) & (counts < ENOUGH)).any()):
            return False
    return True


def _share_same(linkage: ComparedPairs, place: int) -> float | None:
    """Share of pairs with the same value among those where both are known; None where codes alone don't show it."""
    comparison = linkage.model.comparisons[place]
    if not comparison.comparator.is_same_value:
        return None
    codes = linkage.coded.codes[:, linkage.coded.places[place][0]]
    same, whole = agreeing_pairs(codes, linkage.sources if linkage.is_across else None)
    return int(same.sum()) / whole if whole else None
