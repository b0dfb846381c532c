"""What a comparator is: levels in words, and a way to tell the level of many pairs of codes at once.

Belongs here: the contract and what all comparators of single values share. Does not: any kind of value.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.values import UNKNOWN, Codes, Column

Levels = npt.NDArray[np.int8]
# From the codes of both records, one array a column, to the level of each pair.
Judge = Callable[[Sequence[Codes], Sequence[Codes]], Levels]
# The same for two different known values of one column.
Difference = Callable[[Codes, Codes], Levels]

NOT_KNOWN, SAME = 0, 1
TOLD_NOT_KNOWN, TOLD_SAME, TOLD_DIFFERENT = "not known", "the same", "differ"


class Comparator(ABC):
    """Tells how far two records agree in one or more columns.

    Level 0 means that nothing is known, and weighs nothing. Comparators treat both records alike, and read the codes
    of the columns in the order in which the comparison names them.

    Attributes:
        jointly: whether the columns are coded together, as distinct rows, instead of one by one in one dictionary.
    """

    jointly: ClassVar[bool] = False

    @property
    @abstractmethod
    def levels(self) -> tuple[str, ...]:
        """The levels in words, `NOT_KNOWN` first."""

    @abstractmethod
    def bind(self, columns: Sequence[Column]) -> Judge:
        """Make ready for the values of one data set.

        Args:
            columns: those of the comparison in its order; a single one of structs if the comparator reads `jointly`.

        Raises:
            ValueError: the values are not of the kind that the comparator reads.
        """


class SingleValue(Comparator):
    """A comparator of one column: not known, the same, degrees of likeness, different."""

    degrees: tuple[str, ...] = ()

    @property
    def levels(self) -> tuple[str, ...]:
        """Not known, the same, the degrees from the best, different."""
        return (TOLD_NOT_KNOWN, TOLD_SAME, *self.degrees, TOLD_DIFFERENT)

    @abstractmethod
    def difference(self, column: Column) -> Difference:
        """How two different known values are judged: from `SAME` + 1 to the last level."""

    def bind(self, columns: Sequence[Column]) -> Judge:
        """See `Comparator.bind`."""
        judge_different = self.difference(columns[0])

        def judge(left: Sequence[Codes], right: Sequence[Codes]) -> Levels:
            one, other = left[0], right[0]
            levels = np.full(len(one), SAME, np.int8)
            different = np.nonzero(one != other)[0]
            levels[different] = judge_different(one[different], other[different]) if len(different) else SAME
            levels[(one == UNKNOWN) | (other == UNKNOWN)] = NOT_KNOWN
            return levels

        return judge


@dataclass(frozen=True)
class Exact(SingleValue):
    """The same or not."""

    def difference(self, column: Column) -> Difference:
        """See `SingleValue.difference`."""
        return lambda one, other: np.full(len(one), SAME + 1, np.int8)


@dataclass(frozen=True)
class Custom(SingleValue):
    """Any similarity of two values, with thresholds from the best to the least.

    Attributes:
        similarity: from two series of equal length to one of numbers; the more alike, the higher.
        thresholds: descending; reaching the first is the best degree.
        told: the degrees in words.
    """

    similarity: Callable[[pl.Series, pl.Series], pl.Series]
    thresholds: tuple[float, ...]
    told: tuple[str, ...] = ()

    @property
    def degrees(self) -> tuple[str, ...]:  # type: ignore[override]
        """One degree a threshold."""
        return self.told or tuple(f"at least {threshold:g}" for threshold in self.thresholds)

    def difference(self, column: Column) -> Difference:
        """See `SingleValue.difference`."""

        def judge(one: Codes, other: Codes) -> Levels:
            values = column.dictionary.values
            scores = self.similarity(values.gather(np.minimum(one, other)), values.gather(np.maximum(one, other)))
            return graded(scores.to_numpy(), self.thresholds)

        return judge


def graded(scores: npt.NDArray[np.floating], thresholds: Sequence[float]) -> Levels:
    """Degrees from scores: `SAME` + 1 where the first threshold is reached, one more for each that is not."""
    levels = np.full(len(scores), SAME + 1, np.int8)
    for threshold in thresholds:
        levels += ~(scores >= threshold)
    return levels
