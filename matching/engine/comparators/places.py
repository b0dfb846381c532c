"""Comparators of places: British postcodes.

Belongs here: what the parts of a postcode say. Does not: addresses as words (`lists.Tokens`, `text.Words`).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from matching.engine.comparators.base import SAME, Difference, Levels, SingleValue, check_kind
from matching.engine.comparators.text import edits
from matching.engine.values import UNKNOWN, CodedColumn, Codes, encode

OUTWARD = "[a-z]{1,2}[0-9][a-z0-9]?"


@dataclass(frozen=True)
class Postcode(SingleValue):
    """British postcodes, whatever their case and spaces.

    A code of the outward half alone (`LS2`) has a district and an area. What is not a postcode is compared by its
    spelling and, as an area, by its first letters or two digits.
    """

    @property
    def is_same_value(self) -> bool:
        """See `Comparator.is_same_value`: case and spaces may differ."""
        return False

    @property
    def degrees(self) -> tuple[str, ...]:
        """From one slip to the same area."""
        return ("one character off", "same sector", "same district", "same area")

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        check_kind(column, "text", [pl.String])
        plain = column.dictionary.values.str.to_lowercase().str.replace_all("[^a-z0-9]", "")
        spelled = encode([plain])[0]
        # The outward half takes as little as leaves a whole inward half, else all.
        parts = [
            _number(plain.str.extract(f"^({OUTWARD}[0-9])[a-z]{{2}}$")),
            _number(plain.str.extract(f"^({OUTWARD}?)(?:[0-9][a-z]{{2}})?$")),
            _number(plain.str.extract("^([a-z]+|[0-9]{2})")),
        ]

        last = len(self.levels) - 1

        def judge(one: Codes, other: Codes) -> Levels:
            # A sector lies in its district, a district in its area.
            levels = np.full(len(one), last, np.int8)
            for part in parts:
                levels -= part[one] == part[other]
            first, second = spelled.codes[one], spelled.codes[other]
            levels[edits(spelled.dictionary, first, second, most=1) <= 1] = SAME + 1
            levels[first == second] = SAME
            return levels

        return judge


def _number(texts: pl.Series) -> Codes:
    """Equal texts have one number; each null has its own."""
    numbers = encode([texts])[0].codes
    return np.where(numbers == UNKNOWN, -1 - np.arange(len(texts)), numbers).astype(np.int32)
