"""Judges the files that a run wrote, by the truth of its task: F1 over pairs of records, vectorised.

Records are rows of one numbering over all tables; truth is the entity of each row, tables the table of each.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.matching.tasks import Task
from matching.engine.components import label_components

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Log2 of odds at which connected components are tried, beside the one where pairs are best.
COMPONENT_WEIGHTS = (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0)


@dataclass(frozen=True)
class Quality:
    """How good the links are.

    Attributes:
        pairs: pairs that were weighed and kept.
        at_half: F1 of the pairs with a probability of at least one half.
        best: F1 of the pairs above the threshold that is best by the truth, which nobody knows in earnest.
        clusters: F1 over pairs of the clusters as the engine makes them.
        best_clusters: the best that clusters come to, by the truth: connected components at any threshold, and
            whatever clusters the engine offers beside.
    """

    pairs: int
    at_half: float
    best: float
    clusters: float
    best_clusters: float


def judge(task: Task, folder: Path, out: Path) -> Quality:
    """Judge a run.

    Args:
        task: what was linked.
        folder: of the data sets.
        out: holds `pairs.parquet` (`a`, `b`, `weight`), `clusters.parquet` and any number of `best-links-*.parquet`
            (`id`, `cluster`).
    """
    known = pl.read_parquet(folder / task.data / "truth.parquet").sort("id")
    truth = known.get_column("entity").cast(pl.Int64).to_numpy()
    tables = known.get_column("table").cast(pl.Int64).to_numpy() if task.link_type == "link" else None
    pairs = pl.read_parquet(out / "pairs.parquet")
    left, right, weights = (pairs.get_column(name).to_numpy() for name in ("a", "b", "weight"))
    weights = weights.astype(np.float64)
    is_right = truth[left] == truth[right]
    true = count_pairs(truth, tables)
    best, threshold = best_f1(weights, is_right, true)
    made = [read_clusters(path) for path in (out / "clusters.parquet", *sorted(out.glob("best-links-*.parquet")))]
    linked = [label_components(len(truth), left[kept], right[kept]) for kept in kept_at(weights, threshold)]
    qualities = [f1_of_clusters(clusters, truth, tables) for clusters in (*made, *linked)]
    return Quality(
        pairs=len(weights),
        at_half=f1_above(0.0, weights, is_right, true),
        best=best,
        clusters=qualities[0],
        best_clusters=max(qualities),
    )


def kept_at(weights: "np.ndarray[tuple[int], np.dtype[np.float64]]", threshold: float) -> list[Ints]:
    """Places of the pairs kept at each weight that is tried."""
    return [np.nonzero(weights >= weight)[0] for weight in (*COMPONENT_WEIGHTS, threshold)]


def read_clusters(path: Path) -> Ints:
    """The cluster of each record, in the order of ids."""
    return pl.read_parquet(path).sort("id").get_column("cluster").cast(pl.Int64).to_numpy()


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
