"""The parts of training and weighing that can be switched off, to see what each contributes.

Belongs here: the switches and limits. Does not: what they do (`training`, `training_sample`, `frequencies`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """The parts of the statistics, each of which can be switched off.

    Attributes:
        random_pairs: how many to draw at most, to learn how often non-matches agree.
        unbiased_m: learn m of a comparison only from pairs that were also made by a rule that does not use its columns.
        clean_u: take the matches among the random pairs out of u.
        dependence: don't count levels twice that go together among non-matches, such as place and postcode.
        rivals: use the model's classes of pairs that agree in much and do not match.
        term_frequencies: let agreement on a rare value count for more.
        own_frequencies: count how frequent a value is among other entities only.
        declared_pairs: how many pairs a declared m is worth, next to those that are seen.
        rounds: of expectation and maximisation, at most.
        tolerance: stop when no probability changes by more than this.
    """

    random_pairs: int = 1_000_000
    unbiased_m: bool = True
    clean_u: bool = True
    dependence: bool = True
    rivals: bool = True
    term_frequencies: bool = True
    own_frequencies: bool = True
    declared_pairs: float = 200.0
    rounds: int = 100
    tolerance: float = 1e-5
