"""From row numbers back to record ids: what a linking hands on.

Belongs here: mean weights in clusters, conflicts by id, levels in words. Does not: any model.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from matching.clusters import Clusters
from matching.comparisons import Comparison


def mean_weights(weighed: pl.DataFrame, labels: pl.Series) -> pl.DataFrame:
    """The mean weight of each record to the rest of its cluster, over the pairs that were weighed.

    Args:
        weighed: `left`, `right` (row numbers), `match_weight`.
        labels: the cluster of each row.

    Returns:
        `row` and `match_weight`; rows alone in their cluster are not there.
    """
    inside = weighed.filter(labels.gather(weighed.get_column("left")) == labels.gather(weighed.get_column("right")))
    ends = pl.concat([inside.select("match_weight", row=side) for side in ("left", "right")])
    # Whole hundredths, so that the order of adding cannot matter.
    hundredths = (pl.col("match_weight") * 100).round().cast(pl.Int64)
    return ends.group_by("row").agg(match_weight=(hundredths.mean() / 100).round(2))


def tell_levels(comparisons: Sequence[Comparison]) -> dict[str, pl.Expr]:
    """Columns `levels` (`comparison=level`) and `weights` (`comparison=+1.23`), lists in the order of the model."""
    names = {comparison.name: [level.name for level in comparison.levels] for comparison in comparisons}
    weights = {comparison.name: [f"{weight:+.2f}" for weight in comparison.weights] for comparison in comparisons}
    return {"levels": _listed(names), "weights": _listed(weights)}


def _listed(told: Mapping[str, Sequence[str]]) -> pl.Expr:
    return pl.concat_list(
        pl.col(name).replace_strict(
            {place: f"{name}={text}" for place, text in enumerate(texts)}, return_dtype=pl.String
        )
        for name, texts in told.items()
    )


def conflict_table(ids: pl.Series, kinds: Mapping[str, Clusters]) -> pl.DataFrame:
    """The conflicts of several clusterings of the same records.

    Returns:
        `kind` (the key in `kinds`), `left_id`, `right_id` (ids of the clusters kept apart), `weight`, `reason`.
    """
    return pl.concat(
        clusters.conflicts.select(
            kind=pl.lit(kind),
            left_id=ids.gather(clusters.conflicts.get_column("left")),
            right_id=ids.gather(clusters.conflicts.get_column("right")),
            weight="weight",
            reason="reason",
        )
        for kind, clusters in kinds.items()
    )
