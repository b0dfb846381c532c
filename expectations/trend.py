"""How the scores move over the releases, and whether a change is more than chance.

Belongs here: what a change is and how it is reported. Does not: reading former releases
(`warehouse.releases.quality_history`).

A change counts as better or worse only if the 95 % interval of the difference of the two scores leaves out 0
(`intervals.difference_interval`). That interval takes the two nights for independent. They hold mostly the same
orders, so that chance moves them less than it says: what it calls better or worse is so, while a slow change from one
night to the next is seldom called so. It shows against the first night of the series. Of twenty comparisons between
nights that do not differ, one is still called a change, or fewer: a single one is a question, not an answer.
"""

from collections.abc import Callable

import polars as pl

from expectations.intervals import difference_interval

SERIES_KEY = ("scope", "scope_key", "dimension")
BETTER, WORSE, WITHIN_CHANCE = "better", "worse", "within chance"
FIRST, NO_SCORE, NO_INTERVAL = "first of the series", "no score", "no interval"
SCORE_COLUMNS = ("score", "low", "high", "method", "release_id")


def describe_trend(series: pl.DataFrame) -> pl.DataFrame:
    """Put to every score how it changed since the night before and since the first night of its series.

    A night without a score is compared with nothing, nor is any other with it: the night before is the last one that
    has a score.

    Args:
        series: `warehouse.releases.quality_history.SERIES`.

    Returns:
        The rows of the series by scope, key, dimension and night, with `since` and `since_first` (the releases compared
        with), `change` (by how much the score rose), `change_low`, `change_high` (its 95 % interval), `verdict`
        (better, worse, within chance, first of the series, no score, no interval) and `is_same_method` (both nights
        were judged by the same code, models and settings); the same for `since_first` under `total_…`.
    """
    ordered = series.sort(*SERIES_KEY, "as_of")
    has_score = pl.col("score").is_not_null()
    scored, empty = ordered.filter(has_score), ordered.filter(~has_score)
    compared = scored
    for prefix, former in (("", _night_before), ("total_", _first_night)):
        compared = _compare(compared, prefix, former)
    names = {"release_id_before": "since", "total_release_id_before": "since_first"}
    spare = [f"{prefix}{name}_before" for prefix in ("", "total_") for name in SCORE_COLUMNS if name != "release_id"]
    whole = pl.concat([compared.drop(spare).rename(names), empty], how="diagonal")
    verdicts = [pl.col(name).fill_null(NO_SCORE) for name in ("verdict", "total_verdict")]
    return whole.with_columns(verdicts).sort(*SERIES_KEY, "as_of")


def _night_before(name: str) -> pl.Expr:
    return pl.col(name).shift(1).over(SERIES_KEY)


def _first_night(name: str) -> pl.Expr:
    """A column of the first night of the series; null on that night, which alone shows no change."""
    is_first = pl.int_range(pl.len()).over(SERIES_KEY) == 0
    return pl.when(~is_first).then(pl.col(name).first().over(SERIES_KEY))


def _compare(scored: pl.DataFrame, prefix: str, former: Callable[[str], pl.Expr]) -> pl.DataFrame:
    beside = scored.with_columns(former(name).alias(f"{prefix}{name}_before") for name in SCORE_COLUMNS)
    before = {name: pl.col(f"{prefix}{name}_before") for name in SCORE_COLUMNS}
    low, high = difference_interval(
        (before["score"], before["low"], before["high"]), (pl.col("score"), pl.col("low"), pl.col("high"))
    )
    compared = beside.with_columns(
        (pl.col("score") - before["score"]).alias(f"{prefix}change"),
        low.alias(f"{prefix}change_low"),
        high.alias(f"{prefix}change_high"),
        (pl.col("method") == before["method"]).alias(f"{prefix}is_same_method"),
    )
    return compared.with_columns(_verdict(prefix).alias(f"{prefix}verdict"))


def _verdict(prefix: str) -> pl.Expr:
    low, high = pl.col(f"{prefix}change_low"), pl.col(f"{prefix}change_high")
    return (
        pl.when(pl.col(f"{prefix}release_id_before").is_null())
        .then(pl.lit(FIRST))
        .when(low.is_null() | high.is_null())
        .then(pl.lit(NO_INTERVAL))
        .when(low > 0)
        .then(pl.lit(BETTER))
        .when(high < 0)
        .then(pl.lit(WORSE))
        .otherwise(pl.lit(WITHIN_CHANCE))
    )
