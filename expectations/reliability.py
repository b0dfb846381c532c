"""How often each source is wrong in each field: the table of the night, with intervals and what changed.

Belongs here: the interval, and the comparison with the release before. Does not: the estimate
(`reconciliation.confidence.source_errors`), scores of quality (`expectations.quality`), which need no truth.
"""

import polars as pl

from expectations.intervals import difference_interval, score_interval
from warehouse.tables.register import SOURCE_RELIABILITY

RATE_KEY = ["source", "field"]


def describe_reliability(errors: pl.DataFrame, *, former: pl.DataFrame) -> pl.DataFrame:
    """Give error rates their intervals and compare them with those of the release before.

    The interval counts each statement as one trial and the estimate as if it had been seen: it is the least that chance
    does. A change is called better or worse only if the interval of the difference leaves out 0 (Newcombe, 1998); it
    takes the two nights for independent, so a slow change is seldom called one.

    Args:
        errors: from `reconciliation.confidence.source_errors.estimate_errors`.
        former: `SOURCE_RELIABILITY` of the release before; empty on the first night.

    Returns:
        `SOURCE_RELIABILITY`, sorted by its key.
    """
    low, high = score_interval(pl.col("error_rate"), pl.col("statements"))
    before = former.select(*RATE_KEY, *(pl.col(name).alias(f"{name}_before") for name in ("error_rate", "low", "high")))
    beside = errors.with_columns(low=low, high=high).join(before, on=RATE_KEY, how="left")
    fall, rise = difference_interval(
        (pl.col("error_rate_before"), pl.col("low_before"), pl.col("high_before")),
        (pl.col("error_rate"), pl.col("low"), pl.col("high")),
    )
    trend = (
        pl.when(pl.col("error_rate_before").is_null())
        .then(pl.lit("first"))
        .when(rise < 0)
        .then(pl.lit("better"))
        .when(fall > 0)
        .then(pl.lit("worse"))
        .otherwise(pl.lit("within chance"))
    )
    return SOURCE_RELIABILITY.conform(beside.with_columns(trend=trend)).sort(SOURCE_RELIABILITY.order)
