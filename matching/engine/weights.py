"""Match weights of patterns and pairs: log2 of the odds of a match, and the parts that add up to it.

Belongs here: what the levels, the dependences, the term frequencies and the related-person class add. Does not:
learning (`training`).

A weight is log2 of the odds that a pair matches, the prior included: 0 means even odds, 10 a thousand to one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.engine.blocking import Rows
from matching.engine.comparators.base import NOT_KNOWN, SAME, Levels
from matching.engine.parameters import Parameters
from matching.engine.patterns import Coded, Comparison, Patterns, radices, unpack

Weights = npt.NDArray[np.float64]

# Up to so many possible patterns a table by pattern is quicker than sorting the pairs.
TABLE = 2**24
LEAST = 1e-12


def level_weights(parameters: Parameters) -> list[Weights]:
    """log2 m/u of each level, one array a comparison; 0 for not known (Fellegi and Sunter, 1969)."""
    return [np.log2(_floor(shares.m) / _floor(shares.u)) for shares in parameters.shares]


def _floor(shares: Sequence[float]) -> Weights:
    floored: Weights = np.maximum(np.array(shares), LEAST)
    floored[NOT_KNOWN] = 1.0
    return np.asarray(floored, np.float64)


@dataclass(frozen=True, eq=False)
class Bars:
    """What a pattern's weight is made of.

    Attributes:
        prior: log2 odds that any pair matches.
        levels: a row a pattern, a column a comparison.
        lifts: a row a pattern, a column a dependence; taken off.
        against_related: log2 odds of a match against a related person, or None without that class.
    """

    prior: float
    levels: Weights
    lifts: Weights
    against_related: Weights | None

    @property
    def weights(self) -> Weights:
        """Weights before term frequencies and the related-person class."""
        return np.asarray(self.prior + self.levels.sum(axis=1) - self.lifts.sum(axis=1), np.float64)


def weigh_patterns(patterns: Patterns, comparisons: Sequence[Comparison], parameters: Parameters) -> Bars:
    """The parts of the weight of each pattern."""
    levels = unpack(patterns, comparisons)
    by_level = [weights[reached] for weights, reached in zip(level_weights(parameters), levels, strict=True)]
    lifts = [np.array(lift.log2)[levels[lift.one], levels[lift.other]] for lift in parameters.lifts]
    return Bars(
        prior=float(np.log2(parameters.prior) - np.log2(1 - parameters.prior)),
        levels=np.stack(by_level, axis=1),
        lifts=np.stack(lifts, axis=1) if lifts else np.zeros((len(patterns), 0)),
        against_related=_against_related(levels, parameters),
    )


def _against_related(levels: Sequence[Levels], parameters: Parameters) -> Weights | None:
    if not parameters.related:
        return None
    total = np.full(len(levels[0]), np.log2(parameters.prior) - np.log2(parameters.related))
    for shares, reached in zip(parameters.shares, levels, strict=True):
        m, u = _floor(shares.m), _floor(shares.u)
        total += np.log2(m / (shares.alike * m + (1 - shares.alike) * u))[reached]
    return total


def not_related(weights: Weights, against_related: Weights | None) -> Weights:
    """Weights after the odds of a related person are put beside those of a stranger."""
    if against_related is None:
        return weights
    return np.asarray(-np.logaddexp2(-weights, -against_related), np.float64)


@dataclass(frozen=True, eq=False)
class Scales:
    """A trained model put to coded records: weighs any of their pairs.

    Attributes:
        coded: the records.
        parameters: the model.
        frequencies: by the place of a comparison what agreement on each value adds.
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
        distinct, places = distinct_patterns(patterns, self.coded.comparisons)
        bars = weigh_patterns(distinct, self.coded.comparisons, self.parameters)
        weights = bars.weights[places] + self.rarity(left, patterns)
        return not_related(weights, None if bars.against_related is None else bars.against_related[places])

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
            part[agree] = frequencies[self.coded.codes[left[agree], self.coded.places[place][0]]]
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
