"""What selection alone would show: people whom nothing changes, given an order after an unusually bad time.

Belongs here: a simulation of regression to the mean. Does not: any data of the register but two averages.

Orders are sought against people who have lately been arrested often. Part of that is chance, and chance does not last:
arrests fall afterwards, order or not. Without a group to compare with, a register can't separate the two.
"""

from typing import Final

import numpy as np
import polars as pl

SPREADS: Final = {"little": 4.0, "much": 1.0, "very much": 0.5}
"""How much people differ in their lasting rate of arrests: shape of a gamma distribution. Assumed; in no source."""
RATES: Final = {"half": 0.5, "a third": 1 / 3}
"""The average rate of all who might get an order, as a share of that of those who do, before it. Assumed."""
PEOPLE: Final = 40_000
SCHEMA: Final = {
    "people_differ": pl.String,
    "usual_rate": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
    "change_percent": pl.Float64,
}


def simulate_selection(before: float, *, seed: int) -> pl.DataFrame:
    """The change that selection alone brings, by what is assumed of the people.

    Args:
        before: arrests for one person in the window before, as observed.
        seed: of the draws.

    Returns:
        `people_differ`, `usual_rate`, `before`, `after`, `change_percent`: averages of those selected.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for differ, shape in SPREADS.items():
        for usual, share in RATES.items():
            earlier, later = _select(before, share * before, shape, rng)
            rows.append((differ, usual, earlier, later, 100 * (later - earlier) / earlier))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _select(wanted: float, usual: float, shape: float, rng: np.random.Generator) -> tuple[float, float]:
    """Averages before and after of the people with most arrests before: as many as average what was observed."""
    rates = rng.gamma(shape, usual / shape, PEOPLE)
    before, after = rng.poisson(rates), rng.poisson(rates)
    order = np.argsort(-before, kind="stable")
    averages = np.cumsum(before[order]) / np.arange(1, PEOPLE + 1)
    chosen = order[: max(int((averages >= wanted).sum()), 1)]
    return float(before[chosen].mean()), float(after[chosen].mean())
