"""Comparisons that agree together among non-matches, such as place and postcode: counted fully, they would count twice.

Belongs here: a tree of pairwise dependences (Chow and Liu, 1968, IEEE Transactions on Information Theory 14, 462-467).
Does not: its use in training (`training`) and in weights (`weights`).
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from matching.engine.parameters import Lift

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

# The smallest count and share that are distinguished from none.
LEAST = 1e-12
# Dependences with less mutual information than this, in bits, are ignored.
LEAST_INFORMATION = 1e-3


def find_lifts(levels: Sequence[Places], sizes: Sequence[int], counts: Numbers) -> tuple[Lift, ...]:
    """The tree of the strongest dependences.

    Args:
        levels: the level of each pattern, one array for each comparison.
        sizes: the number of levels of each comparison.
        counts: how many non-matches have each pattern.
    """
    found: list[tuple[float, int, int, Numbers]] = []
    for one, other in combinations(range(len(sizes)), 2):
        cells = np.bincount(levels[one] * sizes[other] + levels[other], counts, minlength=sizes[one] * sizes[other])
        information, ratio = _mutual_information(cells.astype(np.float64).reshape(sizes[one], sizes[other]))
        if information >= LEAST_INFORMATION:
            found.append((information, one, other, ratio))
    # A handful of comparisons: a dependence is taken unless it closes a circle.
    group = list(range(len(sizes)))
    lifts = []
    for _, one, other, ratio in sorted(found, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if group[one] != group[other]:
            group = [group[one] if label == group[other] else label for label in group]
            lifts.append(Lift(one=one, other=other, log2=tuple(map(tuple, ratio.tolist()))))
    return tuple(lifts)


def _mutual_information(table: Numbers) -> tuple[float, Numbers]:
    """Mutual information of two comparisons in bits, and for each two levels log2 of seen to expected."""
    ratio = np.zeros(table.shape)
    known = table[1:, 1:]
    total = known.sum()
    if total <= 0:
        return 0.0, ratio
    expected = np.outer(known.sum(axis=1), known.sum(axis=0)) / total
    seen = known > 0
    share = known[seen] / np.maximum(expected[seen], LEAST)
    ratio[1:, 1:] = np.log2((known + 1) / (expected + 1))
    return float((known[seen] / total * np.log2(share)).sum()), ratio


def lift_patterns(lifts: Sequence[Lift], levels: Sequence[Places]) -> Numbers:
    """log2 of how much more common each pattern is among non-matches than its levels alone suggest."""
    total = np.zeros(len(levels[0]))
    for lift in lifts:
        total += np.array(lift.log2)[levels[lift.one], levels[lift.other]]
    return total
