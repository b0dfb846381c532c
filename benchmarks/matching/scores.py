"""The quality of links, by known truth: F1 over pairs of records, vectorised.

Belongs here: arithmetic. Does not: where pairs, clusters and truth come from.

Records are rows of one numbering over all tables; truth is the entity of each row, tables the table of each.
"""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def count_pairs(labels: Ints, tables: Ints | None) -> int:
    """Pairs of rows with one label; where tables are given, only those between two tables."""
    within = _pairs_of_equals(labels)
    if tables is None:
        return within
    return within - _pairs_of_equals(labels * (int(tables.max()) + 1) + tables)


def _pairs_of_equals(values: Ints) -> int:
    sizes = np.unique(values, return_counts=True)[1].astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def f1(right: float, made: float, true: float) -> float:
    """F1 of pairs made, of which some are right, against all true ones; 1 where there is nothing to find or make."""
    return 2 * right / (made + true) if made + true else 1.0


def f1_above(threshold: float, weights: Floats, is_right: npt.NDArray[np.bool_], true: int) -> float:
    """F1 of the pairs whose weight is at least the threshold."""
    kept = weights >= threshold
    return f1(int((kept & is_right).sum()), int(kept.sum()), true)


def best_f1(weights: Floats, is_right: npt.NDArray[np.bool_], true: int) -> tuple[float, float]:
    """The best F1 over all thresholds, and the least weight kept there; equal weights stand or fall together."""
    if not len(weights):
        return f1(0, 0, true), 0.0
    order = np.argsort(-weights, kind="stable")
    ranked, right = weights[order], np.cumsum(is_right[order])
    last = np.r_[np.nonzero(np.diff(ranked))[0], len(ranked) - 1]
    values = 2 * right[last] / (last + 1 + true)
    best = int(values.argmax())
    return float(values[best]), float(ranked[last[best]])


def f1_of_clusters(clusters: Ints, truth: Ints, tables: Ints | None) -> float:
    """F1 over pairs of rows that share a cluster; where tables are given, only pairs between tables count."""
    both = clusters * (int(truth.max()) + 1) + truth
    return f1(count_pairs(both, tables), count_pairs(clusters, tables), count_pairs(truth, tables))
