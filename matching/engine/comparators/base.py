"""What a comparator is: levels with names, and a function from many pairs of codes to their levels.

Belongs here: the contract, and what all comparators of single values share. Does not: any kind of value.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.values import UNKNOWN, CodedColumn, Codes, distinct_pairs

Levels = npt.NDArray[np.int8]
# From the codes of both records, one array for each column, to the level of each pair.
Judge = Callable[[Sequence[Codes], Sequence[Codes]], Levels]
# The same for two different known values of one column.
Difference = Callable[[Codes, Codes], Levels]

NOT_KNOWN, SAME = 0, 1
UNKNOWN_LEVEL, SAME_LEVEL, DIFFERENT_LEVEL = "not known", "the same", "differ"


class Comparator(ABC):
    """How far two records agree in one or more columns.

    Level 0 means that a value is missing, and has no weight. Comparators treat both records alike, and read the columns
    in the order in which the comparison names them.

    Attributes:
        jointly: whether the columns are coded together, as distinct rows, and not one by one in one dictionary.
    """

    jointly: ClassVar[bool] = False

    @property
    def is_same_value(self) -> bool:
        """Whether pairs at level `SAME` are those with equal codes in the first column, so that they can be counted."""
        return not self.jointly

    @property
    @abstractmethod
    def levels(self) -> tuple[str, ...]:
        """Names of the levels, `NOT_KNOWN` first."""

    @abstractmethod
    def bind(self, columns: Sequence[CodedColumn]) -> Judge:
        """Prepare the comparator for the values of one data set.

        Args:
            columns: those of the comparison, in its order; a single column of structs for a comparator that reads
                `jointly`.

        Raises:
            ValueError: the comparator can't compare values of this type.
        """


class SingleValue(Comparator):
    """A comparator of one column: not known, the same, degrees of similarity, different."""

    @property
    def degrees(self) -> tuple[str, ...]:
        """The levels between the same and different, the best first."""
        return ()

    @property
    def levels(self) -> tuple[str, ...]:
        """Not known, the same, the degrees from the best, different."""
        return (UNKNOWN_LEVEL, SAME_LEVEL, *self.degrees, DIFFERENT_LEVEL)

    @abstractmethod
    def difference(self, column: CodedColumn) -> Difference:
        """A function that gives the level of two different known values; `NOT_KNOWN` for values without information."""

    def agreement(self, column: CodedColumn) -> Levels | None:
        """For each value the level of a pair that shares it; None if it is always `SAME`."""
        del column
        return None

    def bind(self, columns: Sequence[CodedColumn]) -> Judge:
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
    """The levels of pairs by a column without values: none is known."""
    return np.full(np.broadcast(left[0], right[0]).shape, NOT_KNOWN, np.int8)


@dataclass(frozen=True)
class Exact(SingleValue):
    """The same or not."""

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        del column
        return lambda one, other: np.where(one == other, SAME, SAME + 1).astype(np.int8)


@dataclass(frozen=True)
class Custom(SingleValue):
    """Any similarity of two values, with thresholds in descending order.

    Attributes:
        similarity: takes two series of equal length and returns a series of numbers, higher for more similar values.
            It is given each pair of values once, in no particular order.
        thresholds: descending; the first is that of the best degree.
        names: of the degrees; defaults to "at least" and the threshold.
    """

    similarity: Callable[[pl.Series, pl.Series], pl.Series]
    thresholds: tuple[float, ...]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds)
        if self.names and len(self.names) != len(self.thresholds):
            raise ValueError(f"{len(self.thresholds)} thresholds have {len(self.names)} names")

    @property
    def degrees(self) -> tuple[str, ...]:
        """One degree a threshold."""
        return self.names or tuple(f"at least {threshold:g}" for threshold in self.thresholds)

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        values = column.dictionary.values
        check_kind(column, "single values", [values.dtype.base_type()])

        def judge(one: Codes, other: Codes) -> Levels:
            first, second, places = distinct_pairs(one, other, len(values))
            scores = self.similarity(values.gather(first), values.gather(second))
            return graded(scores.to_numpy(), self.thresholds)[places]

        return judge


def graded(scores: npt.NDArray[np.number], thresholds: Sequence[float]) -> Levels:
    """Levels from scores: `SAME` + 1 where the first threshold is reached, one more for each that is not."""
    levels = np.full(len(scores), SAME + 1, np.int8)
    for threshold in thresholds:
        levels += ~(scores >= threshold)
    return levels


def check_thresholds(thresholds: Sequence[float], *, most: float = float("inf")) -> None:
    """Refuse thresholds that are not in descending order, so that one could never apply.

    Raises:
        ValueError: there are none, they are not in strictly descending order, or one is above the highest score.
    """
    if not thresholds or thresholds[0] > most or any(one <= other for one, other in pairwise(thresholds)):
        limit = "" if most == float("inf") else f", from {most:g} or less"
        raise ValueError(f"at least one threshold is needed, in descending order{limit}, not {tuple(thresholds)}")


def check_ascending(name: str, limits: Sequence[float]) -> None:
    """Refuse limits that are not in ascending order, so that one could never apply.

    Raises:
        ValueError: there are none, or they are not in strictly ascending order.
    """
    if not limits or any(one >= other for one, other in pairwise(limits)):
        raise ValueError(f"at least one of {name} is needed, in ascending order, not {tuple(limits)}")


def check_kind(column: CodedColumn, expected: str, kinds: Sequence[type[pl.DataType]]) -> None:
    """Refuse values that a comparator can't compare.

    Raises:
        ValueError: the values are of another type, or lists.
    """
    found = column.dictionary.values.dtype.base_type()
    if column.members is not None or found not in kinds:
        raise ValueError(f"values must be {expected}, not {'lists of ' * (column.members is not None)}{found}")
