"""Comparators of lists and of texts as sets of words: how much two of them have in common.

Belongs here: overlap. Does not: the likeness of single elements (`text`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.comparators.base import (
    NOT_KNOWN,
    SAME,
    UNKNOWN_LEVEL,
    Difference,
    Levels,
    SingleValue,
    check_kind,
    check_thresholds,
    graded,
)
from matching.engine.sets import Sets, collect
from matching.engine.values import UNKNOWN, CodedColumn, Codes, encode

Weights = npt.NDArray[np.float64]

# Weights of words are whole parts of a bit, so that their sum does not depend on their order.
BIT_PARTS = 1000


@dataclass(frozen=True)
class Overlap(SingleValue):
    """Lists by the share of the shorter one that the other holds too; an empty list says nothing.

    Attributes:
        thresholds: of the share, descending; 0 stands for any element in common.
    """

    thresholds: tuple[float, ...] = (1.0, 0.5, 0.0)

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds, most=1)

    @property
    def degrees(self) -> tuple[str, ...]:
        """One degree a threshold."""
        words = {1.0: "all of the shorter list", 0.0: "some in common"}
        return tuple(words.get(share, f"at least {100 * share:.3g} % of the shorter list") for share in self.thresholds)

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        sets = _elements(column)

        def judge(one: Codes, other: Codes) -> Levels:
            smaller = np.minimum(sets.sizes[one], sets.sizes[other])
            shares = sets.count_shared(one, other) / np.maximum(smaller, 1)
            levels = graded(np.where(shares > 0, shares, -1), self.thresholds)
            levels[smaller == 0] = NOT_KNOWN
            return levels

        return judge


@dataclass(frozen=True)
class AnyShared(SingleValue):
    """Lists by whether they have an element in common; an empty list says nothing."""

    @property
    def is_same_value(self) -> bool:
        """See `Comparator.is_same_value`: lists that differ may share an element."""
        return False

    @property
    def levels(self) -> tuple[str, ...]:
        """In common or not."""
        return (UNKNOWN_LEVEL, "one in common", "none in common")

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        sets = _elements(column)

        def judge(one: Codes, other: Codes) -> Levels:
            levels = np.where(sets.meet(one, other), SAME, SAME + 1).astype(np.int8)
            levels[(sets.sizes[one] == 0) | (sets.sizes[other] == 0)] = NOT_KNOWN
            return levels

        return judge


def _elements(column: CodedColumn) -> Sets:
    if column.members is None:
        raise ValueError(f"values must be lists, not {column.dictionary.values.dtype.base_type()}")
    return column.members


@dataclass(frozen=True)
class Tokens(SingleValue):
    """Texts by the words that they share, rare words counting for more; in shares of the lighter text.

    A word weighs log2 of how many times rarer it is than to be in every record (inverse document frequency,
    Spärck Jones, 1972). A text without a word says nothing, except that it is the same as itself.

    Attributes:
        thresholds: of the share, descending.
        shortest: letters of a word at least.
        most: words of a text that are looked at, the rarest first.
    """

    thresholds: tuple[float, ...] = (0.99, 0.75, 0.5, 0.25)
    shortest: int = 2
    most: int = 8

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds, most=1)

    @property
    def degrees(self) -> tuple[str, ...]:
        """One degree a threshold."""
        return tuple(f"words in common, {100 * share:.3g} % by rarity" for share in self.thresholds)

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        check_kind(column, "text", [pl.String])
        sets, weights, totals = self._weigh(column)

        def judge(one: Codes, other: Codes) -> Levels:
            lighter = np.minimum(totals[one], totals[other])
            places, words = sets.common(one, other)
            shared = np.bincount(places, weights[words], minlength=len(one))
            levels = graded(shared / np.maximum(lighter, 1), self.thresholds)
            levels[lighter == 0] = NOT_KNOWN
            return levels

        return judge

    def _weigh(self, column: CodedColumn) -> tuple[Sets, Weights, Weights]:
        """The words of each text as numbers, the weight of each word, and of each text."""
        values = column.dictionary.values
        split = values.str.extract_all(r"\w+").list.unique()
        words = (
            pl.DataFrame({"row": pl.int_range(len(values), eager=True), "word": split})
            .explode("word")
            .filter(pl.col("word").str.len_chars() >= self.shortest)
        )
        rows, numbers = words.get_column("row").to_numpy(), encode([words.get_column("word")])[0].codes
        weights = _rarities(column, rows, numbers)
        # The rarest words of each text; the rows ascend.
        order = np.lexsort((numbers, -weights[numbers], rows))
        kept = order[np.arange(len(rows)) - np.searchsorted(rows, rows) < self.most]
        totals = np.bincount(rows[kept], weights[numbers[kept]], minlength=len(values)).astype(np.float64)
        return collect(rows[kept], numbers[kept], len(values)), weights, totals


def _rarities(column: CodedColumn, rows: npt.NDArray[np.int64], numbers: Codes) -> Weights:
    """What each word weighs, by how many records hold it."""
    records = np.bincount(column.codes[column.codes != UNKNOWN], minlength=len(column.dictionary.values))
    holders = np.maximum(np.bincount(numbers, records[rows]), 1)
    bits = np.log2(max(int(records.sum()), 1) / holders)
    return np.asarray(np.maximum(np.rint(bits * BIT_PARTS), 1), np.float64)
