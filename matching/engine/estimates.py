"""Numbers estimated from counts, each with the interval it lies in with 95 % confidence.

Belongs here: statistics that know nothing of records. Does not: what is counted (`diagnostics`, `evaluation`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

# Standard deviations to either side that hold 95 % of a normal distribution.
SPREAD = 1.959964
# Where none was seen, fewer than three are expected with 95 % confidence (-ln 0.05, the rule of three).
NONE_SEEN = 3.0


@dataclass(frozen=True)
class Estimate:
    """A number and the interval it lies in with 95 % confidence; all None where nothing was observed."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def numbers(self) -> tuple[float | None, float | None, float | None]:
        """Value, low, high: three columns of a row."""
        return self.value, self.low, self.high


NO_ESTIMATE = Estimate(None, None, None)


def estimate_share(successes: int, trials: int) -> Estimate:
    """A share with its score interval (Wilson, 1927), which stays within 0 and 1 and is sound for few trials."""
    if not trials:
        return NO_ESTIMATE
    share, square = successes / trials, SPREAD**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = SPREAD * sqrt(share * (1 - share) / trials + square / (4 * trials**2)) / (1 + square / trials)
    # Without rounding, the interval of no success starts at 0 and that of all successes ends at 1.
    return Estimate(share, min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach)))


def estimate_missed(captures: Mapping[int, int], rules: int) -> Estimate:
    """How many were caught by none of several rules, judged by how the rules overlap (capture-recapture).

    With Z_i caught by rule i alone, f1 by exactly one rule and f2 by exactly two, (f1² - ΣZ_i²) / (2 (f2 + 1)) were
    missed (Chao, 1989, Biometrics 45, 427-438, for capture probabilities that differ among occasions). For two rules
    this is (n1 + 1)(n2 + 1) / (n12 + 1) - 1 less those seen (Chapman, 1951). The variance is that of the formula by the
    delta method, the interval log-normal (Burnham, in Chao, 1987, Biometrics 43, 783-791).

    Rules that catch the same easy cases make it a lower bound: what is hard for one rule is hard for the others.

    Args:
        captures: how many each set of rules caught, by the bits of the set; each case once.
        rules: number of rules.

    Returns:
        The number missed; no estimate for a single rule or where nothing was caught.
    """
    if rules < 2 or not any(captures.values()):
        return NO_ESTIMATE
    alone = [captures.get(1 << rule, 0) for rule in range(rules)]
    twice = sum(count for caught, count in captures.items() if caught.bit_count() == 2)
    missed = _missed(alone, twice)
    if not missed:
        return Estimate(0.0, 0.0, _missed([count + NONE_SEEN for count in alone], twice))
    once = sum(alone)
    variance = (
        missed
        + sum(count * (once - count) ** 2 for count in alone) / (twice + 1) ** 2
        + twice * (missed / (twice + 1)) ** 2
    )
    reach = exp(SPREAD * sqrt(log(1 + variance / missed**2)))
    return Estimate(missed, missed / reach, missed * reach)


def _missed(alone: list[int] | list[float], twice: int) -> float:
    return (sum(alone) ** 2 - sum(count**2 for count in alone)) / (2 * (twice + 1))
