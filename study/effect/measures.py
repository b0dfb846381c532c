"""What changed: arrests and harm before and after, in per cent, with tests, effect sizes and intervals.

Belongs here: counting within windows, and measures of the change. Does not: time series, what the figures mean.

The unit of tests and intervals is the person: a person with two eligible orders is one pair of numbers, not two.
"""

import warnings
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from study.effect.cohort import Cohort
from study.effect.study_settings import CATEGORIES, OVERALL, StudySettings

Numbers = npt.NDArray[np.float64]
MEASURES: Final = ("arrests", "harm")
# Below it neither test has a chance to show anything at 5 %: the smallest p of five pairs is 1 in 16.
FEWEST_PAIRS: Final = 6
FEWEST_DRAWS, MOST_NUMBERS = 199, 5_000_000
CHANGE_SCHEMA: Final = {
    "measure": pl.String,
    "category": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
    "change_percent": pl.Float64,
    "low_percent": pl.Float64,
    "high_percent": pl.Float64,
    "people_with_any": pl.Int64,
    "p_wilcoxon": pl.Float64,
    "p_permutation": pl.Float64,
    "rank_biserial": pl.Float64,
    "cohens_d": pl.Float64,
}


def find_events(orders: pl.DataFrame, arrests: pl.DataFrame, settings: StudySettings) -> pl.DataFrame:
    """The arrests in the windows of orders.

    Returns:
        `order_id`, `subject_id`, `arrest_id`, `arrested_on`, `category`, `harm_days` (0 where the index has no row),
        `is_scored`, `is_after`, `month` (from day 0: -1 is the last month before it, 0 the first month after).
    """
    windows = orders.select("order_id", "subject_id", "day_zero", "from_day", "to_day")
    within = windows.join(merge_rearrests(arrests, settings.rearrest_days), on="subject_id").filter(
        pl.col("arrested_on").is_between("from_day", "to_day", closed="left")
    )
    is_day_zero = pl.col("arrested_on") == pl.col("day_zero")
    if settings.day_zero_counts == "no":
        within = within.filter(~is_day_zero)
    is_before = pl.col("arrested_on") < pl.col("day_zero")
    if settings.day_zero_counts == "before":
        is_before |= is_day_zero
    return (
        within.join(settings.harm.table(), on="offence_code", how="left")
        .with_columns(is_after=~is_before, month=_month(), is_scored=pl.col("harm_days").is_not_null())
        .with_columns(pl.col("harm_days").fill_null(0))
        .drop("day_zero", "from_day", "to_day")
        .sort("order_id", "arrest_id")
    )


def merge_rearrests(arrests: pl.DataFrame, days: int) -> pl.DataFrame:
    """Arrests of a person within so many days of the one before count once, as the first of them; 0 leaves all."""
    if not days:
        return arrests
    gap = pl.col("arrested_on").diff().over("subject_id")
    ordered = arrests.sort("subject_id", "arrested_on", "arrest_id")
    return ordered.filter(gap.is_null() | (gap > pl.duration(days=days)))


def _month() -> pl.Expr:
    """Whole months from day 0 to an arrest, rounded down."""
    day, zero = pl.col("arrested_on"), pl.col("day_zero")
    whole = (day.dt.year() - zero.dt.year()) * 12 + day.dt.month().cast(pl.Int32) - zero.dt.month().cast(pl.Int32)
    return whole - (day.dt.day() < zero.dt.day()).cast(pl.Int32)


def count_by_person(cohort: Cohort, events: pl.DataFrame) -> pl.DataFrame:
    """`subject_id`, `measure`, `category`, `before`, `after`: a row each, with 0 where there is nothing.

    Categories are `overall` and those of the note; an arrest whose offence is not known counts overall alone.
    """
    people = cohort.eligible.select("subject_id").unique().sort("subject_id")
    both = pl.concat([events, events.with_columns(category=pl.lit(OVERALL))])
    amount = {"arrests": pl.lit(1.0), "harm": pl.col("harm_days")}
    long = pl.concat(both.with_columns(measure=pl.lit(name), amount=value) for name, value in amount.items())
    sums = long.group_by("subject_id", "measure", "category").agg(
        before=pl.col("amount").filter(~pl.col("is_after")).sum(), after=pl.col("amount").filter("is_after").sum()
    )
    frame = people.join(pl.DataFrame({"measure": MEASURES}), how="cross").join(
        pl.DataFrame({"category": (OVERALL, *CATEGORIES)}), how="cross"
    )
    keys = ["subject_id", "measure", "category"]
    return frame.join(sums, on=keys, how="left", maintain_order="left").with_columns(
        pl.col("before", "after").fill_null(0)
    )


def measure_changes(counts: pl.DataFrame, settings: StudySettings) -> pl.DataFrame:
    """The change in each measure and category (`CHANGE_SCHEMA`).

    `change_percent` is null without anything before; the tests are null with fewer than six people who have anything.

    Args:
        counts: from `count_by_person`.
        settings: how many draws, and their seed.
    """
    rows = [
        (measure, category, *_measure(group["before"].to_numpy(), group["after"].to_numpy(), settings))
        for (measure, category), group in counts.group_by("measure", "category", maintain_order=True)
    ]
    return pl.DataFrame(rows, schema=CHANGE_SCHEMA, orient="row")


def _measure(before: Numbers, after: Numbers, settings: StudySettings) -> tuple[float | int | None, ...]:
    total, later = float(before.sum()), float(after.sum())
    low, high = interval_of_change(before, after, settings) if total else (None, None)
    has_any = (before > 0) | (after > 0)
    tests = _test(before[has_any], after[has_any], settings)
    return total, later, change_of(total, later), low, high, int(has_any.sum()), *tests


def change_of(before: float, after: float) -> float | None:
    """The change in per cent; None without anything before."""
    return 100 * (after - before) / before if before else None


def interval_of_change(before: Numbers, after: Numbers, settings: StudySettings) -> tuple[float | None, float | None]:
    """The 95 % interval of the change in per cent: bootstrap over people, percentiles.

    None where there are too few people, or so few with anything before that some draws have none.
    """
    if len(before) < FEWEST_PAIRS:
        return None, None
    rng, both = np.random.default_rng(settings.seed), np.column_stack([before, after])
    drawn = [
        both[rng.integers(len(both), size=len(both))].sum(axis=0) for _ in range(_count_draws(len(both), settings))
    ]
    totals, later = np.array(drawn).T
    if (totals == 0).any():
        return None, None
    low, high = np.quantile(100 * (later - totals) / totals, [0.025, 0.975])
    return float(low), float(high)


def _count_draws(people: int, settings: StudySettings) -> int:
    """As many draws as asked for, fewer of very many people: their interval is narrow."""
    return max(FEWEST_DRAWS, min(settings.resamples, MOST_NUMBERS // people))


def _test(before: Numbers, after: Numbers, settings: StudySettings) -> tuple[float | None, ...]:
    """P of Wilcoxon's signed-rank test and of the paired permutation test (two-sided), rank-biserial r, Cohen's d."""
    difference = after - before
    if len(difference) < FEWEST_PAIRS or not difference.any():
        return None, None, None, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ties: SciPy then uses the normal approximation
        wilcoxon = stats.wilcoxon(after, before, zero_method="wilcox")
    permuted = stats.permutation_test(
        (difference,),
        np.mean,
        permutation_type="samples",
        n_resamples=_count_draws(len(difference), settings),
        batch=max(1, MOST_NUMBERS // 10 // len(difference)),
        rng=np.random.default_rng(settings.seed),
    )
    spread = float(difference.std(ddof=1))
    d = float(difference.mean()) / spread if spread else None
    return float(wilcoxon.pvalue), float(permuted.pvalue), rank_biserial(difference), d


def rank_biserial(difference: Numbers) -> float:
    """Matched-pairs rank-biserial correlation: -1 if all fell, 1 if all rose, differences of 0 left out."""
    moved = difference[difference != 0]
    ranks = stats.rankdata(np.abs(moved))
    return float((ranks[moved > 0].sum() - ranks[moved < 0].sum()) / ranks.sum())
