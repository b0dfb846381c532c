"""How names sound: codes that names share if they are spoken alike, and a comparator by them.

Belongs here: sound. Does not: spelling (`text`), variants that sound apart (`names.Variants`).

Soundex is made for English ears. Codes are worked out once for each distinct value; any other code can be given.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from matching.engine.comparators.base import SAME, Difference, Levels, SingleValue, check_kind
from matching.engine.comparators.names import Groups, number_groups
from matching.engine.values import CodedColumn, Codes

_SOUNDEX = {"BFPV": "1", "CGJKQSXZ": "2", "DT": "3", "L": "4", "MN": "5", "R": "6"}


def soundex(names: pl.Series) -> pl.Series:
    """American Soundex of each name, such as `R163`; null for a name without a letter from A to Z.

    The rules are those of the United States National Archives: H and W do not part letters of one digit, vowels do.
    """
    letters = names.str.to_uppercase().str.replace_all("[^A-Z]", "")
    digits = letters.str.slice(0, 1) + letters.str.slice(1).str.replace_all("[HW]", "")
    for group, digit in _SOUNDEX.items():
        digits = digits.str.replace_all(f"[{group}]", digit)
    for digit in _SOUNDEX.values():
        digits = digits.str.replace_all(f"{digit}+", digit)
    codes = letters.str.head(1) + digits.str.slice(1).str.replace_all("[^1-6]", "").str.slice(0, 3).str.pad_end(3, "0")
    return pl.select(pl.when(letters != "").then(codes)).to_series()


@dataclass(frozen=True)
class Sounds(SingleValue):
    """Names by whether they sound alike.

    Attributes:
        code: from distinct values to their code, or to a list of codes of which one must be shared.
    """

    code: Groups = soundex

    @property
    def degrees(self) -> tuple[str, ...]:
        """Alike alone."""
        return ("sound alike",)

    def difference(self, column: CodedColumn) -> Difference:
        """See `SingleValue.difference`."""
        check_kind(column, "text", [pl.String])
        codes = number_groups(self.code, column.dictionary.values)

        def judge(one: Codes, other: Codes) -> Levels:
            return np.where(codes.meet(one, other), SAME + 1, SAME + 2).astype(np.int8)

        return judge
