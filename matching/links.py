"""From row numbers back to record ids: what the linking of orders and arrests has in common.

Belongs here: mean weights in clusters, conflicts by id, levels by name. Does not: any model.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.clusters import Clusters
from matching.engine.parameters import Parameters
from matching.engine.patterns import Comparison, Patterns, unpack
from matching.engine.weights import Weights, level_weights

CONTRADICTION = pl.lit("decisions contradict")


def mean_weights(pairs: pl.DataFrame, labels: pl.Series) -> pl.DataFrame:
    """The mean weight of each record to the rest of its cluster, over the pairs that were weighed.

    Args:
        pairs: `left`, `right` (row numbers), `match_weight`.
        labels: the cluster of each row.

    Returns:
        `row` and `match_weight`; rows that are alone in their cluster are left out.
    """
    inside = pairs.filter(labels.gather(pairs.get_column("left")) == labels.gather(pairs.get_column("right")))
    ends = pl.concat([inside.select("match_weight", row=pl.col(side).cast(pl.Int64)) for side in ("left", "right")])
    # Whole hundredths, so that the order of adding makes no difference.
    hundredths = (pl.col("match_weight") * 100).round().cast(pl.Int64)
    return ends.group_by("row").agg(match_weight=(hundredths.mean() / 100).round(2))


def describe_levels(
    parts: Sequence[tuple[Sequence[Comparison], Parameters, Patterns]],
) -> tuple[pl.Series, pl.Series]:
    """Levels (`comparison=level`) and weights (`comparison=+1.23`) of pairs, a list for each pair.

    Args:
        parts: of one model after another its comparisons, its parameters, and how the same pairs compare.
    """
    levels: list[str] = []
    weights: list[str] = []
    columns = []
    for comparisons, parameters, patterns in parts:
        reached = unpack(patterns, comparisons)
        for shares, by_level, places in zip(parameters.shares, level_weights(parameters), reached, strict=True):
            columns.append(places.astype(np.uint16) + np.uint16(len(levels)))
            levels += [f"{shares.name}={level}" for level in shares.levels]
            weights += [f"{shares.name}={weight:+.2f}" for weight in by_level]
    words = np.column_stack(columns)
    return _in_words(levels, words), _in_words(weights, words)


def _in_words(vocabulary: list[str], words: npt.NDArray[np.uint16]) -> pl.Series:
    # Not `concat_list` of a text column each: it takes six times as long.
    return pl.Series(vocabulary).gather(words.ravel()).reshape(words.shape).arr.to_list()


def hundredths(weights: Weights) -> Weights:
    """Weights rounded to two places, as they are shown and used in clustering."""
    return np.round(weights, 2)


def conflict_table(ids: pl.Series, kinds: Mapping[str, Clusters]) -> pl.DataFrame:
    """The conflicts of several clusterings of the same records.

    Returns:
        `kind` (the key in `kinds`), `left_id`, `right_id` (ids of the clusters kept apart, or of the records whose
        decisions contradict), `weight` (null for a contradiction), `reason`.
    """
    return pl.concat(
        pairs.select(
            kind=pl.lit(kind),
            left_id=ids.gather(pairs.get_column("left")),
            right_id=ids.gather(pairs.get_column("right")),
            weight=pl.col("weight").cast(pl.Float64),
            reason="reason",
        )
        for kind, clusters in kinds.items()
        for pairs in (clusters.conflicts, clusters.contradictions.with_columns(weight=None, reason=CONTRADICTION))
    )
