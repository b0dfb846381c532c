"""Sets of numbers, one a value: whether two of them share a number, and how many.

Belongs here: sets of elements, groups or words as codes. Does not: what they stand for, any level.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.values import UNKNOWN, Codes, Flags

Counts = npt.NDArray[np.int32]
Weights = npt.NDArray[np.int64]

BITS = 64
# Numbers looked at together, which bounds memory and stays in the cache.
BLOCK = 2**18


@dataclass(frozen=True, eq=False)
class Sets:
    """A set of numbers for each value.

    Attributes:
        members: a row a value, its numbers, filled up with `UNKNOWN`; no number twice in a row.
    """

    members: Codes

    @cached_property
    def sizes(self) -> Counts:
        """How many numbers each set holds."""
        return np.asarray((self.members != UNKNOWN).sum(axis=1), np.int32)

    @cached_property
    def _bits(self) -> npt.NDArray[np.uint64]:
        """A bit for the remainder of each number: sets without a common bit have nothing in common."""
        bits = np.zeros(len(self.members), np.uint64)
        for numbers in self.members.T:
            bit = np.uint64(1) << (numbers % BITS).astype(np.uint64)
            bits |= np.where(numbers == UNKNOWN, np.uint64(0), bit)
        return bits

    @cached_property
    def _is_exact(self) -> bool:
        """Whether each number has a bit of its own."""
        return int(self.members.max(initial=UNKNOWN)) < BITS

    def meet(self, one: Codes, other: Codes) -> Flags:
        """Whether two sets share a number; one answer a pair of values."""
        if self._is_exact:
            return np.asarray((self._bits[one] & self._bits[other]) != 0, np.bool_)
        return np.asarray(self.shared(one, other) > 0, np.bool_)

    def shared(self, one: Codes, other: Codes) -> Counts:
        """How many numbers two sets share."""
        common = self._bits[one] & self._bits[other]
        if self._is_exact:
            return np.asarray(np.bitwise_count(common), np.int32)
        return self._total(one, other, common, np.ones(self.members.shape, np.int64)).astype(np.int32)

    def shared_weight(self, one: Codes, other: Codes, weights: Weights) -> Weights:
        """The sum of the weights of the numbers that two sets share.

        Args:
            one: values.
            other: values.
            weights: of `members`, the same for a number wherever it stands.
        """
        return self._total(one, other, self._bits[one] & self._bits[other], weights)

    def _total(self, one: Codes, other: Codes, common: npt.NDArray[np.uint64], weights: Weights) -> Weights:
        totals = np.zeros(len(one), np.int64)
        possible = np.nonzero(common)[0]
        step = max(BLOCK // max(self.members.shape[1], 1), 1)
        for start in range(0, len(possible), step):
            places = possible[start : start + step]
            totals[places] = self._block(one[places], other[places], weights)
        return totals

    def _block(self, one: Codes, other: Codes, weights: Weights) -> Weights:
        """Each number of the one is looked for among those of the other."""
        first, second = self.members[one], self.members[other]
        weight = weights[one]
        total = np.zeros(len(one), np.int64)
        for place in range(int(self.sizes[one].max())):
            number = first[:, place : place + 1]
            found = ((second == number) & (number != UNKNOWN)).any(axis=1)
            total += found * weight[:, place]
        return total


def collect(rows: pl.Series, numbers: pl.Series, size: int) -> Sets:
    """The sets of values from their elements.

    Args:
        rows: the value that holds an element.
        numbers: of the elements, from 0; none twice in a row.
        size: of the dictionary.
    """
    ordered = pl.DataFrame({"row": rows, "number": numbers}).sort("row", "number")
    places = ordered.select(pl.int_range(pl.len()).over("row")).to_series().to_numpy()
    members = np.full((size, int(places.max(initial=0)) + 1), UNKNOWN, np.int32)
    members[ordered.get_column("row").to_numpy(), places] = ordered.get_column("number").to_numpy()
    return Sets(members)
