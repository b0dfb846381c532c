"""Comparators of text: Jaro-Winkler, edits, words in any order.

Belongs here: spelling. Does not: what is known of names (`names`).

Text functions run in batches on distinct pairs of values, after a bound on shared letters has settled most of them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import distance, fuzz, process

from matching.engine.comparators.base import (
    Difference,
    Levels,
    SingleValue,
    check_ascending,
    check_kind,
    check_thresholds,
    graded,
)
from matching.engine.sets import Sets
from matching.engine.values import CodedColumn, Codes, Dictionary, Flags, distinct_pairs, number_lists

Scores = npt.NDArray[np.float32]
# Pairs of texts scored together, which bounds memory and stays in the cache.
BATCH = 5_000
# Signatures count up to 255 bytes, and a letter takes up to four; the bound says nothing of texts so long.
LONG = 64


def jaro_winkler(dictionary: Dictionary, left: Codes, right: Codes, *, least: float) -> Scores:
    """Jaro-Winkler similarity, 0 below `least` (Winkler, 1990: prefix weight 0.1, at most four letters)."""
    signatures = dictionary.signatures
    one, other = (signatures.lengths[codes].astype(np.float32) for codes in (left, right))
    # A shared prefix lifts Jaro's j to at most j + 0.4 (1 - j), and only from 0.7 on; that much plain Jaro must reach.
    with_prefix = (least - 0.4) / 0.6 if least > 0.82 else min(least, 0.7)
    same_first = signatures.firsts[left] == signatures.firsts[right]
    jaro = np.where(same_first, np.float32(with_prefix), np.float32(least))
    # Jaro is at most (c/a + c/b + 1) / 3 for c shared characters; the last decimal allows for rounding.
    possible = signatures.shared_at_most(left, right) * (one + other) >= (3 * jaro - 1.0001) * one * other
    possible |= np.maximum(one, other) >= LONG
    return _scored(dictionary, left, right, scorer=distance.JaroWinkler.similarity, cutoff=least, possible=possible)


def edits(dictionary: Dictionary, left: Codes, right: Codes, *, most: int) -> Scores:
    """Letters put in, left out, changed, or neighbours exchanged (optimal string alignment); `most` + 1 for more."""
    signatures = dictionary.signatures
    longer = np.maximum(signatures.lengths[left], signatures.lengths[right])
    possible = (longer - signatures.shared_at_most(left, right) <= most) | (longer >= LONG)
    return _scored(
        dictionary, left, right, scorer=distance.OSA.distance, cutoff=most, possible=possible, otherwise=most + 1
    )


def words(dictionary: Dictionary, left: Codes, right: Codes, *, least: float) -> Scores:
    """Share of letters in common order, 0 to 100, and 0 below `least`, of two texts from `sort_words`."""
    possible = _may_reach(dictionary, left, right, least)
    return _scored(dictionary, left, right, scorer=fuzz.ratio, cutoff=least, possible=possible)


def words_of_one(dictionary: Dictionary, sets: Sets, left: Codes, right: Codes, *, least: float) -> Scores:
    """Likewise of two texts as sets of words; words that one of them alone holds cost nothing (token set ratio)."""
    # Without a word in common there is nothing that costs nothing.
    possible = sets.meet(left, right) | _may_reach(dictionary, left, right, least)
    return _scored(dictionary, left, right, scorer=fuzz.token_set_ratio, cutoff=least, possible=possible)


def _may_reach(dictionary: Dictionary, left: Codes, right: Codes, least: float) -> Flags:
    """Whether the letters that two texts share may be that share of all their letters."""
    signatures = dictionary.signatures
    one, other = (signatures.lengths[codes].astype(np.float32) for codes in (left, right))
    # The share is 2 c / (a + b) for c letters in common order; the last decimal allows for rounding.
    possible = 200 * signatures.shared_at_most(left, right) >= least * (one + other) - 0.01
    return np.asarray(possible | (np.maximum(one, other) >= LONG), np.bool_)


def sort_words(values: pl.Series, *, once: bool) -> tuple[Dictionary, pl.Series]:
    """Each text with its words in ascending order and one space between them, and these words."""
    split = values.str.extract_all(r"\S+")
    # Some ten times quicker than `list.sort`.
    ordered = (split.list.unique() if once else split).list.eval(pl.element().sort())
    return Dictionary(ordered.list.join(" ")), ordered


def _scored(
    dictionary: Dictionary,
    left: Codes,
    right: Codes,
    *,
    scorer: Any,
    cutoff: float,
    possible: Flags,
    otherwise: float = 0,
) -> Scores:
    """Scores of pairs of codes, each distinct pair scored once; `otherwise` where it is not `possible`."""
    scores = np.full(len(left), otherwise, np.float32)
    places = np.nonzero(possible)[0]
    if len(places):
        one, other, inverse = distinct_pairs(left[places], right[places], len(dictionary.values))
        found = np.empty(len(one), np.float32)
        for start in range(0, len(one), BATCH):
            some = slice(start, start + BATCH)
            texts = dictionary.texts(one[some]), dictionary.texts(other[some])
            found[some] = process.cpdist(*texts, scorer=scorer, score_cutoff=cutoff, dtype=np.float32)
        scores[places] = found[inverse]
    return scores


@dataclass(frozen=True)
class JaroWinkler(SingleValue):
    """Jaro-Winkler similarity by thresholds, the highest first."""

    thresholds: tuple[float, ...] = (0.92, 0.85)

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds, most=1)

    @property
    def degrees(self) -> tuple[str, ...]:
        """One degree a threshold."""
        return tuple(f"alike (Jaro-Winkler {threshold:g})" for threshold in self.thresholds)

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        check_kind(column, "text", [pl.String])

        def judge(one: Codes, other: Codes) -> Levels:
            scores = jaro_winkler(column.dictionary, one, other, least=self.thresholds[-1])
            return graded(scores, self.thresholds)

        return judge


@dataclass(frozen=True)
class Edits(SingleValue):
    """Edits by limits, the lowest first."""

    limits: tuple[int, ...] = (1, 2)

    def __post_init__(self) -> None:
        check_ascending("limits", self.limits)

    @property
    def degrees(self) -> tuple[str, ...]:
        """One degree a limit."""
        return tuple("one character off" if limit == 1 else f"at most {limit} characters off" for limit in self.limits)

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        check_kind(column, "text", [pl.String])

        def judge(one: Codes, other: Codes) -> Levels:
            scores = edits(column.dictionary, one, other, most=self.limits[-1])
            return graded(-scores, [-limit for limit in self.limits])

        return judge


@dataclass(frozen=True)
class Words(SingleValue):
    """Words in any order by thresholds of likeness (0 to 100), the highest first.

    Attributes:
        thresholds: descending.
        subset: words that only one of the texts holds cost nothing (token set), or as any other edit (token sort).
    """

    thresholds: tuple[float, ...] = (92.0, 80.0)
    subset: bool = False

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds, most=100)

    @property
    def degrees(self) -> tuple[str, ...]:
        """One degree a threshold."""
        kind = "words of one among those of the other" if self.subset else "words alike in any order"
        return tuple(f"{kind} ({threshold:g} %)" for threshold in self.thresholds)

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        check_kind(column, "text", [pl.String])
        least = self.thresholds[-1]
        dictionary, ordered = sort_words(column.dictionary.values, once=self.subset)
        sets = number_lists(ordered) if self.subset else None

        def judge(one: Codes, other: Codes) -> Levels:
            if sets is None:
                scores = words(dictionary, one, other, least=least)
            else:
                scores = words_of_one(dictionary, sets, one, other, least=least)
            return graded(scores, self.thresholds)

        return judge
