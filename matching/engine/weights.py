"""Match weights of patterns and pairs: log2 of the odds of a match, and the parts that add up to it.

Belongs here: what levels, dependences, term frequencies and rivals add. Does not: learning (`training`).

A weight is log2 of the odds that a pair matches, prior included: 0 means even odds, 10 about a thousand to one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.engine.block_keys import Rows
from matching.engine.comparators.base import NOT_KNOWN, SAME, Levels
from matching.engine.parameters import Parameters, RivalShares
from matching.engine.patterns import Coded, Comparison, Patterns, compare, radices, unpack
from matching.engine.values import UNKNOWN

Weights = npt.NDArray[np.float64]

# Up to this many possible patterns, a table by pattern is faster than sorting the pairs.
TABLE = 2**24
LEAST = 1e-12
# How many pairs are weighed at once, which bounds memory.
CHUNK = 1_000_000
# Probabilities are added in whole multiples of this part of 1, so that their order makes no difference.
CHANCE_PARTS = 2**20


def level_weights(parameters: Parameters) -> list[Weights]:
    """log2 m/u of each level, one array for each comparison; 0 for not known (Fellegi and Sunter, 1969)."""
    return [np.log2(_floor(shares.m) / _floor(shares.u)) for shares in parameters.shares]


def _floor(shares: Sequence[float]) -> Weights:
    floored: Weights = np.maximum(np.array(shares), LEAST)
    floored[NOT_KNOWN] = 1.0
    return np.asarray(floored, np.float64)


@dataclass(frozen=True, eq=False)
class Bars:
    """The parts of the weight of each pattern.

    Attributes:
        prior: log2 odds that any pair matches.
        levels: one row for each pattern, one column for each comparison.
        lifts: one column for each dependence; subtracted.
        against: one column for each class of rivals: log2 odds of a match against a rival.
    """

    prior: float
    levels: Weights
    lifts: Weights
    against: Weights

    @property
    def weights(self) -> Weights:
        """Weights against non-matches without rivals, before term frequencies."""
        return np.asarray(self.prior + self.levels.sum(axis=1) - self.lifts.sum(axis=1), np.float64)


def weigh_patterns(
    patterns: Patterns, comparisons: Sequence[Comparison], parameters: Parameters, *, records: int
) -> Bars:
    """The parts of the weight of each pattern.

    Args:
        patterns: levels of the pairs.
        comparisons: of the model.
        parameters: trained.
        records: how many there are now. Among ten times as many records a record has no more partners, so that a pair
            is ten times less likely to match. Parameters without a number of records hold for any.
    """
    levels = unpack(patterns, comparisons)
    by_level = [weights[reached] for weights, reached in zip(level_weights(parameters), levels, strict=True)]
    lifts = [np.array(lift.log2)[levels[lift.one], levels[lift.other]] for lift in parameters.lifts]
    prior = parameters.prior
    if parameters.records:
        prior = min(prior * parameters.records / max(records, 1), 0.5)
    against = [_against(rival, comparisons, levels, parameters) for rival in parameters.rivals if rival.prior]
    return Bars(
        prior=float(np.log2(prior) - np.log2(1 - prior)),
        levels=np.stack(by_level, axis=1),
        lifts=_columns(lifts, len(patterns)),
        against=_columns(against, len(patterns)),
    )


def _columns(columns: Sequence[Weights], size: int) -> Weights:
    return np.stack(columns, axis=1) if columns else np.zeros((size, 0))


def _against(
    rival: RivalShares, comparisons: Sequence[Comparison], levels: Sequence[Levels], parameters: Parameters
) -> Weights:
    """log2 odds of a match against a rival; the priors of both fall equally with more records."""
    total = np.full(len(levels[0]), np.log2(parameters.prior) - np.log2(rival.prior))
    for comparison, shares, alike, reached in zip(comparisons, parameters.shares, rival.alike, levels, strict=True):
        m, u = _floor(shares.m), _floor(shares.u)
        theirs = alike * m + (1 - alike) * u
        # Fixed levels are declared against rivals too.
        for level in comparison.fixed:
            theirs[level] = u[level]
        total += np.log2(m / theirs)[reached]
    return total


def beside_rivals(weights: Weights, against: Weights) -> Weights:
    """Weights with rivals taken into account: log2 of the odds against them and other non-matches together.

    Args:
        weights: without rivals.
        against: one column for each class of rivals.
    """
    odds_against = -weights
    for column in against.T:
        odds_against = np.logaddexp2(odds_against, -column)
    return -odds_against


@dataclass(frozen=True, eq=False)
class Scales:
    """A trained model applied to coded records: weighs any of their pairs.

    Attributes:
        coded: the records.
        parameters: the model.
        frequencies: by the place of a comparison, what agreement on each value adds.
    """

    coded: Coded
    parameters: Parameters
    frequencies: Mapping[int, Weights]

    def weigh(self, left: Rows, patterns: Patterns) -> Weights:
        """The weight of each pair.

        Args:
            left: rows of the left records, for the value that both agree on.
            patterns: of the pairs.
        """
        parts = [np.zeros(0)]
        for start in range(0, len(left), CHUNK):
            rows, reached = left[start : start + CHUNK], patterns[start : start + CHUNK]
            distinct, places = distinct_patterns(reached, self.coded.comparisons)
            bars = self.bars(distinct)
            weights = bars.weights[places] + self.rarity(rows, reached)
            parts.append(beside_rivals(weights, bars.against[places]))
        return np.concatenate(parts)

    def evidence(self, patterns: Patterns) -> Weights:
        """log2 of the Bayes factor of each pair, match against non-match: its levels alone, without any prior.

        Weights of levels are rounded to two places, as they are shown, so that what is shown adds up.
        """
        distinct, places = distinct_patterns(patterns, self.coded.comparisons)
        rounded = np.rint(self.bars(distinct).levels * 100).sum(axis=1) / 100
        return np.asarray(rounded[places], np.float64)

    def evidence_between(self, left: npt.NDArray[np.integer[Any]], right: npt.NDArray[np.integer[Any]]) -> Weights:
        """The same of any pairs of rows, candidate pairs or not."""
        return self.evidence(compare(self.coded, left.astype(np.int32), right.astype(np.int32)))

    def bars(self, patterns: Patterns) -> Bars:
        """The parts of the weights of patterns, except term frequencies."""
        return weigh_patterns(patterns, self.coded.comparisons, self.parameters, records=self.coded.records)

    def rarity(self, left: Rows, patterns: Patterns) -> Weights:
        """What term frequencies add to each pair."""
        added = np.zeros(len(left))
        for part in self.rarities(left, patterns).values():
            added += part
        return added

    def rarities(self, left: Rows, patterns: Patterns) -> dict[int, Weights]:
        """What the term frequency of each comparison adds, by its place."""
        steps = radices(self.coded.comparisons)
        added = {}
        for place, frequencies in self.frequencies.items():
            size = len(self.coded.comparisons[place].levels)
            agree = np.nonzero(patterns // steps[place] % size == SAME)[0]
            part = np.zeros(len(left))
            codes = self.coded.codes[left[agree], self.coded.terms[place]]
            part[agree] = np.where(codes == UNKNOWN, 0, frequencies[codes])
            added[place] = part
        return added


def distinct_patterns(patterns: Patterns, comparisons: Sequence[Comparison]) -> tuple[Patterns, npt.NDArray[np.intp]]:
    """The patterns that occur, ascending, and the place of each pair's pattern among them."""
    size = int(radices(comparisons)[-1]) * len(comparisons[-1].levels)
    if size > min(TABLE, 8 * len(patterns)):
        distinct, places = np.unique(patterns, return_inverse=True)
        return distinct, places
    occurs = np.zeros(size, np.bool_)
    occurs[patterns] = True
    distinct = np.nonzero(occurs)[0]
    index = np.zeros(size, np.intp)
    index[distinct] = np.arange(len(distinct))
    return distinct.astype(patterns.dtype), index[patterns]


def probabilities(weights: Weights) -> Weights:
    """The probability of a match of each weight."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(weights, -1000, 1000))), np.float64)
