"""Comparators of identifiers that a person or thing keeps for life, with a check character at the end.

Belongs here: agreement of such identifiers. Does not: how a check character is worked out, which the model brings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from matching.engine.comparators.base import (
    SAME,
    SAME_LEVEL,
    UNKNOWN_LEVEL,
    Difference,
    Levels,
    SingleValue,
    check_kind,
)
from matching.engine.comparators.text import edits
from matching.engine.values import CodedColumn, Codes, Flags, encode


@dataclass(frozen=True)
class Identifier(SingleValue):
    """An identifier with a check character as its last.

    Two valid identifiers that differ are no slip of the hand: `MISMATCH` is the place of that level, so that a model
    can declare its weight and hold it (`Comparison.fixed`).

    Attributes:
        check: from distinct identifiers to whether each is valid; null counts as not.
    """

    check: Callable[[pl.Series], pl.Series]

    SAME_INVALID: ClassVar[int] = SAME + 1
    CHECK_DIFFERS: ClassVar[int] = SAME + 2
    ONE_OFF: ClassVar[int] = SAME + 3
    DIFFERENT: ClassVar[int] = SAME + 4
    MISMATCH: ClassVar[int] = SAME + 5

    @property
    def is_same_value(self) -> bool:
        """See `Comparator.is_same_value`: an invalid identifier reaches a level of its own."""
        return False

    @property
    def levels(self) -> tuple[str, ...]:
        """From the same to differing although both are valid."""
        return (
            UNKNOWN_LEVEL,
            SAME_LEVEL,
            "the same, check character wrong",
            "check character differs",
            "one character off, a check character wrong",
            "differ, a check character wrong",
            "differ, both check characters right",
        )

    def agreement(self, column: CodedColumn) -> Levels | None:
        """See `SingleValue.agreement`."""
        return np.where(self._valid(column), SAME, self.SAME_INVALID).astype(np.int8)

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        valid = self._valid(column)
        stems = encode([column.dictionary.values.str.head(-1)])[0].codes

        def judge(one: Codes, other: Codes) -> Levels:
            levels = np.full(len(one), self.DIFFERENT, np.int8)
            levels[edits(column.dictionary, one, other, most=1) <= 1] = self.ONE_OFF
            # A slip of one character leaves no valid identifier, so two valid ones are two.
            levels[valid[one] & valid[other]] = self.MISMATCH
            levels[stems[one] == stems[other]] = self.CHECK_DIFFERS
            return levels

        return judge

    def _valid(self, column: CodedColumn) -> Flags:
        check_kind(column, "text", [pl.String])
        return np.asarray(self.check(column.dictionary.values).fill_null(value=False).to_numpy(), np.bool_)
