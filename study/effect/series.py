"""Arrests by month from day 0, and segmented regression: did level or slope change at the order?

Belongs here: the monthly series and its model. Does not: totals of the windows (`study.effect.measures`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import statsmodels.api as sm
from statsmodels.stats.stattools import durbin_watson

from study.effect.measures import FEWEST_PAIRS

TERMS: Final = {
    "const": "level at day 0, had nothing changed",
    "month": "slope before, a month",
    "is_after": "change of level at day 0",
    "months_since": "change of slope at day 0, a month",
}
# Months on each side below which four numbers can't be estimated.
FEWEST_MONTHS: Final = 6


@dataclass(frozen=True, eq=False)
class SegmentedRegression:
    """A line before and a line after day 0.

    Attributes:
        months: `month`, `arrests`, `rate` (arrests in that month for 100 orders), `fitted`, `carried_on` (the line of
            before, carried on after day 0; null before).
        terms: `term`, `estimate`, `low`, `high`, `p`, all for 100 orders; empty if there are too few months or events.
        durbin_watson: 2 means that neighbouring months are independent; None without a model.
        lags: months of autocorrelation that the intervals allow for.
    """

    months: pl.DataFrame
    terms: pl.DataFrame
    durbin_watson: float | None
    lags: int


def count_by_month(events: pl.DataFrame, *, orders: int, window_months: int) -> pl.DataFrame:
    """`month`, `arrests`, `rate`: a row for every month of both windows."""
    months = pl.DataFrame({"month": range(-window_months, window_months)}, schema={"month": pl.Int32})
    counts = events.group_by(pl.col("month").cast(pl.Int32).clip(-window_months, window_months - 1)).agg(
        arrests=pl.len().cast(pl.Int64)
    )
    joined = months.join(counts, on="month", how="left", maintain_order="left").with_columns(
        pl.col("arrests").fill_null(0)
    )
    return joined.with_columns(rate=100 * pl.col("arrests") / orders)


def fit_segments(months: pl.DataFrame) -> SegmentedRegression:
    """Least squares with a change of level and of slope at day 0; Newey-West errors, since months resemble neighbours.

    The lags are those of Newey and West's rule, 4 (n / 100) ^ (2 / 9).

    Args:
        months: from `count_by_month`.
    """
    month = months["month"].to_numpy().astype(float) + 0.5  # the middle of the month
    is_after = (month > 0).astype(float)
    design = sm.add_constant(np.column_stack([month, is_after, month * is_after]))
    if len(month) < 2 * FEWEST_MONTHS or months["arrests"].sum() < FEWEST_PAIRS:
        return SegmentedRegression(months, pl.DataFrame(schema=_TERM_SCHEMA), None, 0)
    lags = int(4 * (len(month) / 100) ** (2 / 9))
    model = sm.OLS(months["rate"].to_numpy(), design)
    fit = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    low, high = fit.conf_int().T
    terms = pl.DataFrame([list(TERMS.values()), fit.params, low, high, fit.pvalues], schema=_TERM_SCHEMA)
    carried_on = pl.Series(fit.params[0] + fit.params[1] * month).set(pl.Series(is_after == 0), None)
    fitted = months.with_columns(fitted=pl.Series(fit.fittedvalues), carried_on=carried_on)
    return SegmentedRegression(fitted, terms, float(durbin_watson(fit.resid)), lags)


_TERM_SCHEMA: Final = {
    "term": pl.String,
    "estimate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
}
