"""Comparators of names: a part of a name, with exchanged parts, short forms and other names.

Belongs here: what names do that other text does not. Does not: spelling (`text`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.comparators.base import (
    NOT_KNOWN,
    SAME,
    TOLD_DIFFERENT,
    TOLD_NOT_KNOWN,
    TOLD_SAME,
    Comparator,
    Judge,
    Levels,
)
from matching.engine.comparators.text import jaro_winkler
from matching.engine.values import UNKNOWN, Codes, Column, Flags

# A value may belong to several groups of variants; more than these are not looked at.
GROUPS = 4


@dataclass(frozen=True)
class NamePart(Comparator):
    """A forename or a surname, by Jaro-Winkler thresholds, with further levels for what names do.

    Columns: the part; if `exchange` is set, the other part; if `aliases`, a list of other values of the part.

    Attributes:
        thresholds: of Jaro-Winkler similarity, the highest first.
        groups: from a value to the groups of variants it belongs to (nicknames, sounds); values of one group reach a
            level before the thresholds from the second on.
        exchange: `tell` gives exchanged parts a level of their own; `leave out` treats them as not known, for the
            other part of the name, so that one fact is not weighed twice.
        aliases: whether the last column lists other values.
    """

    thresholds: tuple[float, ...] = (0.92, 0.85)
    groups: Callable[[str], Sequence[str]] | None = None
    exchange: str | None = None
    aliases: bool = False

    def __post_init__(self) -> None:
        if self.exchange not in (None, "tell", "leave out"):
            raise ValueError(f"exchange is 'tell', 'leave out' or None, not {self.exchange!r}")

    @property
    def levels(self) -> tuple[str, ...]:
        """From not known to different."""
        alike = [f"alike (Jaro-Winkler {threshold:g})" for threshold in self.thresholds]
        variant = ["variants of one name"] if self.groups else []
        alias = ["among the other names"] if self.aliases else []
        exchanged = ["parts of the name exchanged"] if self.exchange == "tell" else []
        told = [*alike[:1], *variant, *alike[1:], *alias, *exchanged]
        return (TOLD_NOT_KNOWN, TOLD_SAME, *told, TOLD_DIFFERENT)

    def bind(self, columns: Sequence[Column]) -> Judge:
        """See `Comparator.bind`."""
        part, members = columns[0], columns[-1].members
        grouped = _groups(part, self.groups) if self.groups else None

        def judge(left: Sequence[Codes], right: Sequence[Codes]) -> Levels:
            one, other = left[0], right[0]
            levels = np.full(len(one), SAME, np.int8)
            places = np.nonzero((one != other) & (one != UNKNOWN) & (other != UNKNOWN))[0]
            ends = [codes[places] for codes in (one, other)]
            levels[places] = self._degrees(part, ends, grouped)
            last = len(self.levels) - 1
            if members is not None:
                unlike = places[levels[places] == last]
                met = _among(members, left[-1][unlike], other[unlike]) | _among(members, right[-1][unlike], one[unlike])
                levels[unlike[met]] = self.levels.index("among the other names")
            levels[(one == UNKNOWN) | (other == UNKNOWN)] = NOT_KNOWN
            if self.exchange:
                crossed = _crossed(left, right)
                levels[crossed] = last - 1 if self.exchange == "tell" else NOT_KNOWN
            return levels

        return judge

    def _degrees(self, part: Column, ends: Sequence[Codes], grouped: Codes | None) -> Levels:
        """Levels of different known values, from the best threshold to different."""
        scores = jaro_winkler(part.dictionary, *ends, least=self.thresholds[-1])
        reached = np.full(len(scores), len(self.levels) - 1, np.int8)
        steps = [SAME + 1, *range(SAME + 2 + (grouped is not None), len(self.levels))]
        for step, threshold in reversed(list(zip(steps, self.thresholds, strict=False))):
            reached[scores >= threshold] = step
        if grouped is not None:
            reached[(reached > SAME + 1) & _meet(grouped[ends[0]], grouped[ends[1]])] = SAME + 2
        return reached


def _crossed(left: Sequence[Codes], right: Sequence[Codes]) -> Flags:
    """Both parts stand in each other's place, and are two different names."""
    one, one_other, other, other_other = left[0], left[1], right[0], right[1]
    known = (one != UNKNOWN) & (one_other != UNKNOWN) & (one != one_other)
    return np.asarray(known & (one == other_other) & (one_other == other), np.bool_)


def _groups(part: Column, groups: Callable[[str], Sequence[str]]) -> Codes:
    """Each value's groups as numbers, filled up with `UNKNOWN`."""
    numbers: dict[str, int] = {}
    table = np.full((len(part.dictionary.values), GROUPS), UNKNOWN, np.int32)
    for code, value in enumerate(part.dictionary.values.to_list()):
        for place, group in enumerate(sorted(groups(value))[:GROUPS]):
            table[code, place] = numbers.setdefault(group, len(numbers))
    return table


def _meet(one: Codes, other: Codes) -> Flags:
    met = np.zeros(len(one), np.bool_)
    for place in range(one.shape[1]):
        group = one[:, place : place + 1]
        met |= ((other == group) & (group != UNKNOWN)).any(axis=1)
    return met


def _among(members: Codes, lists: Codes, values: Codes) -> Flags:
    """The value is in the list."""
    return np.asarray((members[lists] == values[:, None]).any(axis=1) & (lists != UNKNOWN), np.bool_)
