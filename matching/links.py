"""From row numbers back to record ids: what the linking of orders and arrests has in common.

Belongs here: mean weights in clusters, conflicts by id, levels by name. Does not: any model.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from matching.engine.clusters import Clusters
from matching.engine.patterns import Patterns, unpack
from matching.engine.weights import Scales, Weights, level_weights

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


def describe_levels(scales: Scales, patterns: Patterns) -> tuple[list[pl.Series], list[pl.Series]]:
    """Levels (`comparison=level`) and weights (`comparison=+1.23`) of pairs, one series for each comparison."""
    levels, weights = [], []
    reached = unpack(patterns, scales.coded.comparisons)
    for shares, by_level, places in zip(
        scales.parameters.shares, level_weights(scales.parameters), reached, strict=True
    ):
        named = pl.Series([f"{shares.name}={level}" for level in shares.levels])
        counted = pl.Series([f"{shares.name}={weight:+.2f}" for weight in by_level])
        levels.append(named.gather(places))
        weights.append(counted.gather(places))
    return levels, weights


def listed(series: list[pl.Series]) -> pl.Series:
    """Series side by side as one series of lists."""
    frame = pl.DataFrame([column.alias(str(place)) for place, column in enumerate(series)])
    return frame.select(pl.concat_list(pl.all())).to_series()


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
