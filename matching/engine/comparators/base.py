"""What a comparator is: levels in words, and a way to tell the level of many pairs of codes at once.

Belongs here: the contract and what all comparators of single values share. Does not: any kind of value.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.values import UNKNOWN, Codes, Column, distinct_pairs

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
    def is_same_value(self) -> bool:
        """Whether `SAME` is reached by equal codes of the first column and by no others, so that it can be counted."""
        return not self.jointly

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

    @property
    def degrees(self) -> tuple[str, ...]:
        """The levels between the same and different, the best first."""
        return ()

    @property
    def levels(self) -> tuple[str, ...]:
        """Not known, the same, the degrees from the best, different."""
        return (TOLD_NOT_KNOWN, TOLD_SAME, *self.degrees, TOLD_DIFFERENT)

    @abstractmethod
    def difference(self, column: Column) -> Difference:
        """How two different known values are judged; values that say nothing are `NOT_KNOWN`."""

    def agreement(self, column: Column) -> Levels | None:
        """The level of a pair of equal values, one a value; None if it is always `SAME`."""
        del column
        return None

    def bind(self, columns: Sequence[Column]) -> Judge:
        """See `Comparator.bind`."""
        column = columns[0]
        if column.codes.max(initial=UNKNOWN) == UNKNOWN:
            return _judge_unknown
        judge_different, of_equals = self.difference(column), self.agreement(column)

        def judge(left: Sequence[Codes], right: Sequence[Codes]) -> Levels:
            one, other = left[0], right[0]
            levels = np.full(len(one), SAME, np.int8) if of_equals is None else of_equals[one]
            different = np.nonzero((one != other) & (one != UNKNOWN) & (other != UNKNOWN))[0]
            if len(different):
                levels[different] = judge_different(one[different], other[different])
            levels[(one == UNKNOWN) | (other == UNKNOWN)] = NOT_KNOWN
            return levels

        return judge


def _judge_unknown(left: Sequence[Codes], right: Sequence[Codes]) -> Levels:
    """Of a column without a value."""
    return np.full(np.broadcast(left[0], right[0]).shape, NOT_KNOWN, np.int8)


@dataclass(frozen=True)
class Exact(SingleValue):
    """The same or not."""

    def difference(self, column: Column) -> Difference:
        """See `SingleValue.difference`."""
        del column
        return lambda one, other: np.where(one == other, SAME, SAME + 1).astype(np.int8)


@dataclass(frozen=True)
class Custom(SingleValue):
    """Any similarity of two values, with thresholds from the best to the least.

    Attributes:
        similarity: from two series of equal length to one of numbers; the more alike, the higher. It sees each pair
            of values once, in no order of its own.
        thresholds: descending; reaching the first is the best degree.
        told: the degrees in words.
    """

    similarity: Callable[[pl.Series, pl.Series], pl.Series]
    thresholds: tuple[float, ...]
    told: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds)
        if self.told and len(self.told) != len(self.thresholds):
            raise ValueError(f"{len(self.thresholds)} thresholds are told in {len(self.told)} phrases")

    @property
    def degrees(self) -> tuple[str, ...]:
        """One degree a threshold."""
        return self.told or tuple(f"at least {threshold:g}" for threshold in self.thresholds)

    def difference(self, column: Column) -> Difference:
        """See `SingleValue.difference`."""
        values = column.dictionary.values
        check_kind(column, "single values", [values.dtype.base_type()])

        def judge(one: Codes, other: Codes) -> Levels:
            first, second, places = distinct_pairs(one, other, len(values))
            scores = self.similarity(values.gather(first), values.gather(second))
            return graded(scores.to_numpy(), self.thresholds)[places]

        return judge


def graded(scores: npt.NDArray[np.number], thresholds: Sequence[float]) -> Levels:
    """Degrees from scores: `SAME` + 1 where the first threshold is reached, one more for each that is not."""
    levels = np.full(len(scores), SAME + 1, np.int8)
    for threshold in thresholds:
        levels += ~(scores >= threshold)
    return levels


def check_thresholds(thresholds: Sequence[float], *, most: float = float("inf")) -> None:
    """Refuse thresholds of which one could never be the first to be reached.

    Args:
        thresholds: of a score, from the best degree to the least.
        most: the highest score.

    Raises:
        ValueError: none at all, not in strictly descending order, or above the highest score.
    """
    if not thresholds or thresholds[0] > most or any(one <= other for one, other in pairwise(thresholds)):
        told = "" if most == float("inf") else f", from {most:g} down"
        raise ValueError(f"thresholds go from the best degree to the least, one at least{told}: {tuple(thresholds)}")


def check_ascending(name: str, limits: Sequence[float]) -> None:
    """Refuse limits of which a later one could never be the first to hold.

    Raises:
        ValueError: none at all, or not in strictly ascending order.
    """
    if not limits or any(one >= other for one, other in pairwise(limits)):
        raise ValueError(f"{name} go from the least, one at least: {tuple(limits)}")


def check_kind(column: Column, expected: str, kinds: Sequence[type[pl.DataType]]) -> None:
    """Refuse values that a comparator can't compare.

    Args:
        column: of single values.
        expected: what the values must be, in words.
        kinds: the types of these.

    Raises:
        ValueError: the values are of another type, or lists.
    """
    found = column.dictionary.values.dtype.base_type()
    if column.members is not None or found not in kinds:
        raise ValueError(f"values must be {expected}, not {'lists of ' * (column.members is not None)}{found}")
