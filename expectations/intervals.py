"""The interval in which a rate lies with 95 % confidence, as polars expressions on counts.

Belongs here: statistics that know nothing of orders. Does not: what is counted (`expectations.measures`).

A release holds every order, not a sample of them. The interval answers another question: how far chance alone would
move the rate if as many orders came about again in the same way. Without it a force of three orders would lead every
league, or end it.
"""

from statistics import NormalDist

import polars as pl

# Standard deviations to either side that hold 95 % of a normal distribution.
SPREAD = NormalDist().inv_cdf(0.975)
# Digits that are kept: sums of fractions differ in the last ones with the order of rows.
DIGITS = 6


def score_interval(share: pl.Expr, trials: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The two ends of the score interval, which stays within 0 and 1 and is sound for few trials.

    Source: Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212. `matching.engine` has
    the same interval for whole counts; it may import nothing of the project, nor may anything here import it.

    Args:
        share: the rate; null where there is none.
        trials: how many trials it rests on; they need not be whole.

    Returns:
        Low and high, with the share between them; null where the share is.
    """
    square = SPREAD**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = SPREAD * (share * (1 - share) / trials + square / (4 * trials.pow(2))).sqrt() / (1 + square / trials)
    low, high = (middle - reach).round(DIGITS), (middle + reach).round(DIGITS)
    # The ends of no case and of all cases are 0 and 1, apart from the last digit.
    return (
        pl.when(share.is_not_null()).then(pl.min_horizontal(share, low.clip(lower_bound=0))),
        pl.when(share.is_not_null()).then(pl.max_horizontal(share, high.clip(upper_bound=1))),
    )


def difference_interval(
    former: tuple[pl.Expr, pl.Expr, pl.Expr], latter: tuple[pl.Expr, pl.Expr, pl.Expr]
) -> tuple[pl.Expr, pl.Expr]:
    """The two ends of the interval of the difference of two rates, from the interval of each.

    Source: Newcombe, R. G. (1998), Statistics in Medicine 17, 873-890, method 10. It takes the two for independent.

    Args:
        former: a rate, its low and its high end.
        latter: the rate it is taken from, alike.
    """
    (share, low, high), (share_after, low_after, high_after) = former, latter
    change = share_after - share
    fall = ((share_after - low_after).pow(2) + (high - share).pow(2)).sqrt()
    rise = ((high_after - share_after).pow(2) + (share - low).pow(2)).sqrt()
    return (change - fall).round(DIGITS), (change + rise).round(DIGITS)


def effective_trials(sums: pl.DataFrame) -> pl.DataFrame:
    """How many independent trials a rate is worth whose trials come in clusters that share their fate.

    The values of an order are not independent trials: where it is absent, all of them are. The variance of the rate
    over its orders, by what it were if all values were independent, is the design effect; the trials divided by it are
    the effective ones (Kish, 1965, Survey Sampling; with Wilson's interval: Dean and Pagano, 2015, Journal of Survey
    Statistics and Methodology 3, 484-503). Of a rate's own effect and that of all rates together the larger one counts,
    and never less than 1: few orders show little of it. Where rates show none, an order is one trial.

    Args:
        sums: a rate a row: `numerator`, `denominator`, `units` (clusters with something judged), and over its units
            the sums `passed_squared`, `passed_judged` and `judged_squared` of what passed and was judged in each.

    Returns:
        The rates with `score` and `trials`, in the order of `scope_key`; both null where nothing was judged.
    """
    judged, units = pl.col("denominator"), pl.col("units")
    share = pl.col("score")
    spread = pl.col("passed_squared") - 2 * share * pl.col("passed_judged") + share.pow(2) * pl.col("judged_squared")
    has_spread = (units > 1) & (share * (1 - share) > 0)
    scored = sums.with_columns(score=pl.when(judged > 0).then(pl.col("numerator") / judged)).with_columns(
        varied=pl.when(has_spread).then(spread * units / (units - 1)),
        independent=pl.when(has_spread).then(judged * share * (1 - share)),
    )
    # Sorted, and rounded, so that the sum over all is the same in any order of rows.
    together = (pl.col("varied").sum() / pl.col("independent").sum()).round(DIGITS).fill_nan(None)
    effect = pl.max_horizontal(pl.lit(1.0), pl.col("varied") / pl.col("independent"), together)
    trials = pl.when(together.is_null()).then(units.cast(pl.Float64)).otherwise(judged / effect)
    at_least_one = pl.when(judged > 0).then(trials.clip(lower_bound=1).round(3))
    return scored.sort("scope_key").with_columns(trials=at_least_one).drop("varied", "independent")
