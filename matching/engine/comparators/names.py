"""Comparators of names: a part of a name, with exchanged parts, short forms and other names.

Belongs here: what names do that other text does not. Does not: spelling (`text`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from matching.engine.comparators.base import (
    DIFFERENT_LEVEL,
    NOT_KNOWN,
    SAME,
    SAME_LEVEL,
    UNKNOWN_LEVEL,
    Comparator,
    Judge,
    Levels,
    check_kind,
    check_thresholds,
)
from matching.engine.comparators.text import jaro_winkler
from matching.engine.sets import Sets
from matching.engine.values import UNKNOWN, CodedColumn, Codes, Flags, number_lists

# From distinct values to the group of each, or to a list of groups; null for none.
Groups = Callable[[pl.Series], pl.Series]

VARIANTS = "variants of one name"
OTHER_NAMES = "among the other names"
EXCHANGED = "parts of the name exchanged"


@dataclass(frozen=True)
class Variants:
    """Groups from a list of names that stand for each other: short forms, spellings in another language.

    Attributes:
        pairs: of names as they are in the columns, in any order; what is paired with one name is not thereby paired
            with each other.
    """

    pairs: tuple[tuple[str, str], ...]

    def __call__(self, values: pl.Series) -> pl.Series:
        """The numbers of the pairs that each value is in."""
        numbers = pl.int_range(len(self.pairs), eager=True)
        members = [
            pl.DataFrame({"value": pl.Series([pair[side] for pair in self.pairs], dtype=pl.String), "pair": numbers})
            for side in (0, 1)
        ]
        asked = values.to_frame("value").with_row_index("place")
        found = asked.join(pl.concat(members), on="value").group_by("place").agg("pair")
        return asked.join(found, on="place", how="left", maintain_order="left").get_column("pair")


@dataclass(frozen=True)
class NamePart(Comparator):
    """A forename or a surname, by Jaro-Winkler thresholds, with further levels for what names do.

    Columns: the part; if `exchange` is set, the other part; if `aliases`, a list of other values of the part.

    Attributes:
        thresholds: of Jaro-Winkler similarity, the highest first.
        groups: the groups of variants that a value belongs to (`Variants`, or a function); values of one group reach
            a level before the thresholds from the second on.
        exchange: `level` gives exchanged parts a level of their own; `leave out` treats them as not known, for the
            other part of the name, so that one fact is not weighed twice.
        aliases: whether the last column lists other values.
    """

    thresholds: tuple[float, ...] = (0.92, 0.85)
    groups: Groups | None = None
    exchange: str | None = None
    aliases: bool = False

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds, most=1)
        if self.exchange not in (None, "level", "leave out"):
            raise ValueError(f"exchange is 'level', 'leave out' or None, not {self.exchange!r}")

    @property
    def levels(self) -> tuple[str, ...]:
        """From not known to different."""
        alike = [f"alike (Jaro-Winkler {threshold:g})" for threshold in self.thresholds]
        variant = [VARIANTS] if self.groups else []
        alias = [OTHER_NAMES] if self.aliases else []
        exchanged = [EXCHANGED] if self.exchange == "level" else []
        degrees = [*alike[:1], *variant, *alike[1:], *alias, *exchanged]
        return (UNKNOWN_LEVEL, SAME_LEVEL, *degrees, DIFFERENT_LEVEL)

    def bind(self, columns: Sequence[CodedColumn]) -> Judge:
        """See `Comparator.bind`."""
        self._check(columns)
        part = columns[0]
        others = columns[-1].members if self.aliases else None
        values = part.dictionary.values
        groups = number_groups(self.groups, values) if self.groups and len(values) else None

        def judge(left: Sequence[Codes], right: Sequence[Codes]) -> Levels:
            one, other = left[0], right[0]
            levels = np.full(len(one), SAME, np.int8)
            places = np.nonzero((one != other) & (one != UNKNOWN) & (other != UNKNOWN))[0]
            levels[places] = self._degrees(part, one[places], other[places], groups)
            if others is not None:
                unlike = places[levels[places] == len(self.levels) - 1]
                met = others.hold(left[-1][unlike], other[unlike]) | others.hold(right[-1][unlike], one[unlike])
                levels[unlike[met]] = self.levels.index(OTHER_NAMES)
            levels[(one == UNKNOWN) | (other == UNKNOWN)] = NOT_KNOWN
            if self.exchange:
                crossed = _crossed(left, right)
                levels[crossed] = self.levels.index(EXCHANGED) if self.exchange == "level" else NOT_KNOWN
            return levels

        return judge

    def _check(self, columns: Sequence[CodedColumn]) -> None:
        """Whether the columns are those that the options ask for."""
        wanted = 1 + bool(self.exchange) + self.aliases
        if len(columns) != wanted:
            raise ValueError(f"a part of a name with these options reads {wanted} columns, not {len(columns)}")
        if self.aliases and columns[-1].members is None and len(columns[-1].dictionary.values):
            raise ValueError("the last column must hold lists of other names")
        if len(columns[0].dictionary.values):
            check_kind(columns[0], "text", [pl.String])

    def _degrees(self, part: CodedColumn, one: Codes, other: Codes, groups: Sets | None) -> Levels:
        """Levels of different known values, from the best threshold to different."""
        reached = np.full(len(one), len(self.levels) - 1, np.int8)
        if not len(one):
            return reached
        scores = jaro_winkler(part.dictionary, one, other, least=self.thresholds[-1])
        steps = [SAME + 1, *range(SAME + 2 + bool(self.groups), len(self.levels))]
        for step, threshold in reversed(list(zip(steps, self.thresholds, strict=False))):
            reached[scores >= threshold] = step
        if groups is not None:
            further = np.nonzero(reached > SAME + 1)[0]
            reached[further[groups.meet(one[further], other[further])]] = SAME + 2
        return reached


def _crossed(left: Sequence[Codes], right: Sequence[Codes]) -> Flags:
    """Both parts stand in each other's place, and are two different names."""
    one, one_other, other, other_other = left[0], left[1], right[0], right[1]
    known = (one != UNKNOWN) & (one_other != UNKNOWN) & (one != one_other)
    return np.asarray(known & (one == other_other) & (one_other == other), np.bool_)


def number_groups(groups: Groups, values: pl.Series) -> Sets:
    """The groups that each value of a dictionary belongs to, as numbers.

    Raises:
        ValueError: `groups` does not give one answer a value.
    """
    found = groups(values)
    if len(found) != len(values):
        raise ValueError(f"groups of {len(values)} values are asked for, {len(found)} are given")
    return number_lists(found)
