"""Comparators of numbers: how far they are apart.

Belongs here: amounts and measures. Does not: dates (`dates`), numbers that name something (`text`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from matching.engine.comparators.base import (
    NOT_KNOWN,
    SAME,
    Difference,
    Levels,
    SingleValue,
    check_ascending,
    check_kind,
    graded,
)
from matching.engine.values import CodedColumn, Codes


@dataclass(frozen=True)
class Numbers(SingleValue):
    """Two numbers by how far they are apart, the smallest limit first.

    Attributes:
        limits: ascending.
        relative: limits are shares of the larger of the two (0.05 for 5 %), not amounts.
    """

    limits: tuple[float, ...]
    relative: bool = False

    def __post_init__(self) -> None:
        check_ascending("limits", self.limits)

    @property
    def is_same_value(self) -> bool:
        """See `Comparator.is_same_value`: NaN counts as not known."""
        return False

    @property
    def degrees(self) -> tuple[str, ...]:
        """One degree a limit."""
        limits = [f"{100 * limit:.3g} %" if self.relative else f"{limit:g}" for limit in self.limits]
        return tuple(f"at most {limit} apart" for limit in limits)

    def agreement(self, column: CodedColumn) -> Levels | None:
        """See `SingleValue.agreement`."""
        numbers = _read(column)
        return np.where(np.isnan(numbers), NOT_KNOWN, SAME).astype(np.int8)

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        numbers = _read(column)
        some_unknown = bool(np.isnan(numbers).any())

        def judge(one: Codes, other: Codes) -> Levels:
            first, second = numbers[one], numbers[other]
            with np.errstate(invalid="ignore"):
                apart = np.abs(first - second)
                if self.relative:
                    apart /= np.maximum(np.abs(first), np.abs(second))
            levels = graded(-apart, [-limit for limit in self.limits])
            if some_unknown:
                levels[np.isnan(first) | np.isnan(second)] = NOT_KNOWN
            return levels

        return judge


def _read(column: CodedColumn) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values: pl.Series = column.dictionary.values
    check_kind(column, "numbers", [values.dtype.base_type()] if values.dtype.is_numeric() else [])
    return values.cast(pl.Float64).to_numpy()
