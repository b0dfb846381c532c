"""What blocking makes and what it misses: counts by rule, and matches missed by all rules, estimated without labels.

Belongs here: tables of blocking rules. Does not: the rules (`blocking`), the formula (`estimates`).
"""

from collections import Counter
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.estimates import NO_ESTIMATE, Estimate, estimate_missed
from matching.engine.linkage import Linkage
from matching.engine.scores import Scores

ALL_RULES = "all rules"
# A rule that finds a smaller share of the likely matches is about the records that have its columns, not about all.
PRODUCTIVE = 0.3
# How many pairs of rules are compared at most, those that find most first.
MOST_PAIRS = 8


def tabulate_blocking(linkage: Linkage) -> pl.DataFrame:
    """What each blocking rule contributes, and what it left out in blocks that were too large.

    Returns:
        `rule`, `pairs` (that it makes), `pairs_alone` (that no other rule makes), `blocks_left_out`, `pairs_left_out`.
    """
    made = _captures(linkage.rules)
    return pl.DataFrame(
        {
            "rule": [rule.name for rule in linkage.blocks.rules],
            "pairs": [
                sum(count for caught, count in made.items() if caught >> place & 1)
                for place in range(len(linkage.blocks.rules))
            ],
            "pairs_alone": [made[1 << place] for place in range(len(linkage.blocks.rules))],
            "blocks_left_out": [keyed.blocks_left_out for keyed in linkage.blocks.keyed],
            "pairs_left_out": [keyed.pairs_left_out for keyed in linkage.blocks.keyed],
        }
    )


def estimate_blocking_loss(linkage: Linkage, scores: Scores) -> pl.DataFrame:
    """How many matches no blocking rule makes, estimated from how the rules overlap among likely matches.

    Over all rules this is a lower bound, since rules that read the same columns miss the same pairs. So productive
    rules that share no column are compared two by two as well; where these give a much higher estimate, believe them.
    Pairs of one large cluster count as if they were independent, so that intervals are too narrow where clusters are
    large.

    Returns:
        `rules`, `found` (likely matches by any rule), `missed`, `missed_low`, `missed_high`, `loss` (missed of all
        matches), `loss_low`, `loss_high`; all rules first. Null where the rules allow no estimate.
    """
    captures = _captures(linkage.rules[scores.weights >= 0])
    found, rules = captures.total(), linkage.blocks.rules
    rows = [(ALL_RULES, found, estimate_missed(captures, len(rules)))]
    for one, other in _apart(linkage, captures):
        name = f"{rules[one].name} against {rules[other].name}"
        rows.append((name, found, _missed_by_all(captures, one, other)))
    estimates = [(name, count, *missed.numbers, *_loss(missed, found).numbers) for name, count, missed in rows]
    numbers = ["missed", "missed_low", "missed_high", "loss", "loss_low", "loss_high"]
    schema = {"rules": pl.String, "found": pl.Int64} | dict.fromkeys(numbers, pl.Float64)
    return pl.DataFrame(estimates, schema=schema, orient="row")


def _captures(rules: npt.NDArray[np.uint32]) -> Counter[int]:
    """How many pairs each set of rules made."""
    masks, counts = np.unique(rules, return_counts=True)
    return Counter(dict(zip(masks.tolist(), counts.tolist(), strict=True)))


def _apart(linkage: Linkage, captures: Counter[int]) -> list[tuple[int, int]]:
    """Pairs of productive rules that share no column: those that find most first, then in the order of the rules."""
    rules = linkage.blocks.rules
    found = [sum(count for caught, count in captures.items() if caught >> rule & 1) for rule in range(len(rules))]
    pairs = [
        (one, other)
        for one, other in combinations(range(len(rules)), 2)
        if not rules[one].columns & rules[other].columns
        and min(found[one], found[other]) >= PRODUCTIVE * max(captures.total(), 1)
    ]
    return sorted(pairs, key=lambda pair: -min(found[pair[0]], found[pair[1]]))[:MOST_PAIRS]


def _missed_by_all(captures: Counter[int], one: int, other: int) -> Estimate:
    """What all rules missed, judged by two of them: what both missed less what other rules found of it.

    No estimate where other rules found more than the two account for: then both find the same easy pairs.
    """
    of_two: Counter[int] = Counter()
    for caught, count in captures.items():
        of_two[caught >> one & 1 | (caught >> other & 1) << 1] += count
    by_others = of_two.pop(0, 0)
    missed = estimate_missed(of_two, 2)
    if missed.high is None or missed.high < by_others:
        return NO_ESTIMATE
    return Estimate(*(None if number is None else max(number - by_others, 0.0) for number in missed.numbers))


def _loss(missed: Estimate, found: int) -> Estimate:
    return Estimate(*(None if number is None else number / (number + found) for number in missed.numbers))
