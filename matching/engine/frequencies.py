"""Term frequencies: agreement on a rare value is stronger evidence than agreement on a common one.

Belongs here: how common a value is among *other* entities. Does not: its use in a weight (`weights`).

A value that the ten records of one person share is not common for that: the expected duplicates of the same entity
are not counted, so that a register full of duplicates does not make rare names common.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matching.engine.block_keys import Rows
from matching.engine.comparators.base import SAME
from matching.engine.parameters import Parameters
from matching.engine.patterns import Coded, Patterns, radices
from matching.engine.values import UNKNOWN, agreeing_pairs
from matching.engine.weights import CHANCE_PARTS, LEAST, Scales, Weights, distinct_patterns, probabilities

# Pairs below this weight contribute almost nothing to the expected matches.
HOPELESS = -4.0


def fit_frequencies(
    coded: Coded,
    parameters: Parameters,
    *,
    left: Rows,
    patterns: Patterns,
    sources: npt.NDArray[np.int8],
    across: bool,
    own: bool,
) -> Scales:
    """Learn what agreement on each value adds, for the comparisons that use term frequencies.

    Args:
        coded: the records.
        parameters: of the model.
        left: the left row of each candidate pair.
        patterns: of the same pairs.
        sources: of each record.
        across: whether only pairs between sources are compared.
        own: whether to leave the expected duplicates of the same entity out of the count.
    """
    scales = Scales(coded, parameters, {})
    distinct, places = distinct_patterns(patterns, coded.comparisons)
    weights = scales.bars(distinct).weights
    hopeful = np.nonzero((weights > HOPELESS)[places])[0]
    parts = np.rint(probabilities(weights) * CHANCE_PARTS) if own else np.zeros(len(distinct))
    matches = parts[places[hopeful]]
    steps = radices(coded.comparisons)
    added = {}
    for place, comparison in enumerate(coded.comparisons):
        term = coded.terms[place]
        if term is None:
            continue
        agree = patterns[hopeful] // steps[place] % len(comparison.levels) == SAME
        codes = coded.codes[:, term]
        agreed = codes[left[hopeful[agree]]]
        is_known = agreed != UNKNOWN
        pairs, all_pairs = agreeing_pairs(codes, sources if across else None)
        doubled = np.bincount(agreed[is_known], matches[agree][is_known], minlength=len(pairs)) / CHANCE_PARTS
        frequency = _among_others(pairs, doubled, all_pairs)
        added[place] = np.log2(max(parameters.shares[place].u[SAME], LEAST) / frequency)
    return replace(scales, frequencies=added)


def _among_others(pairs: npt.NDArray[np.int64], doubled: Weights, all_pairs: int) -> Weights:
    """Share of pairs of different entities that agree on each value, as if drawn from it alone.

    Args:
        pairs: of records that agree on each value.
        doubled: expected matching pairs that agree on each value.
        all_pairs: of records whose value is known.
    """
    # The share of a pair of other entities that agrees on the value is f^2, so f is what a second record finds; one
    # is added so that a value met once is not taken for impossible.
    others = np.maximum(pairs - doubled, 0) / np.maximum(np.sqrt(np.maximum(pairs, 1)), 1)
    return np.asarray((others + 1) / np.maximum(np.sqrt(max(all_pairs, 1)), 1), np.float64)
