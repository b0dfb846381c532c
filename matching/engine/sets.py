"""Sets of numbers, one a row: whether two of them share a number, which, and how many.

Belongs here: sets of elements, groups, words or keys as numbers. Does not: what the numbers stand for.

Sets lie end to end in one array, so that a set of a million numbers costs no more than a million sets of one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
T = TypeVar("T", bound=np.integer)

BITS = 64
# Numbers compared together, which bounds memory.
BLOCK = 2**20


@dataclass(frozen=True, eq=False)
class Sets:
    """A set of numbers in each row.

    Attributes:
        starts: where each row's numbers start, and the end of the last.
        numbers: from 0, ascending within a row, none twice.
    """

    starts: Places
    numbers: Numbers

    @cached_property
    def sizes(self) -> Places:
        """How many numbers each set holds."""
        return np.diff(self.starts)

    @cached_property
    def _bits(self) -> npt.NDArray[np.uint64]:
        """A bit for the remainder of each number: sets without a common bit have nothing in common."""
        bits = np.zeros(len(self.sizes), np.uint64)
        filled = np.nonzero(self.sizes)[0]
        if len(filled):
            own = np.uint64(1) << (self.numbers % BITS).astype(np.uint64)
            bits[filled] = np.bitwise_or.reduceat(own, self.starts[filled])
        return bits

    @cached_property
    def _is_exact(self) -> bool:
        """Whether each number has a bit of its own."""
        return int(self.numbers.max(initial=0)) < BITS

    def hold(self, rows: npt.NDArray[np.integer], numbers: Numbers) -> Flags:
        """Whether the set of each row holds a number; a row below 0 holds none."""
        held = np.zeros(len(rows), np.bool_)
        bit = np.uint64(1) << (numbers % BITS).astype(np.uint64)
        possible = np.nonzero((rows >= 0) & (self._bits[rows] & bit != 0))[0]
        places, members = self._spread(rows[possible])
        held[possible[places[members == numbers[possible][places]]]] = True
        return held

    def meet(self, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]) -> Flags:
        """Whether the sets of two rows share a number."""
        if self._is_exact:
            return np.asarray((self._bits[one] & self._bits[other]) != 0, np.bool_)
        met = np.zeros(len(one), np.bool_)
        met[self.common(one, other)[0]] = True
        return met

    def count_shared(self, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]) -> Places:
        """How many numbers the sets of two rows share."""
        if self._is_exact:
            return np.asarray(np.bitwise_count(self._bits[one] & self._bits[other]), np.intp)
        return np.bincount(self.common(one, other)[0], minlength=len(one))

    def common(self, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]) -> tuple[Places, Numbers]:
        """The numbers that the sets of two rows share.

        Returns:
            For each shared number the place of its pair of rows, ascending, and the number, ascending within the pair.
        """
        possible = np.nonzero(self._bits[one] & self._bits[other])[0]
        places, numbers = [np.zeros(0, np.intp)], [np.zeros(0, np.int32)]
        for some in self._pieces(one[possible], other[possible]):
            pairs = possible[some]
            sides, members = self._spread(np.concatenate([one[pairs], other[pairs]]))
            keys = (sides % len(pairs)).astype(np.int64) << 32 | members
            # Both halves are in order already: a stable sort merges them.
            keys.sort(kind="stable")
            met = keys[1:][keys[1:] == keys[:-1]]
            places.append(pairs[met >> 32])
            numbers.append((met & 0xFFFFFFFF).astype(np.int32))
        return np.concatenate(places), np.concatenate(numbers)

    def _pieces(self, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]) -> Iterator[slice]:
        """Pairs of rows in pieces of about `BLOCK` numbers."""
        ends = np.cumsum(self.sizes[one] + self.sizes[other])
        start = 0
        while start < len(ends):
            before = ends[start - 1] if start else 0
            stop = max(int(np.searchsorted(ends, before + BLOCK, "right")), start + 1)
            yield slice(start, stop)
            start = stop

    def _spread(self, rows: npt.NDArray[np.integer]) -> tuple[Places, Numbers]:
        """The numbers of some rows end to end, and for each its place in `rows`."""
        sizes = self.sizes[rows]
        places = np.repeat(np.arange(len(rows)), sizes)
        offsets = self.starts[rows] - (np.cumsum(sizes) - sizes)
        return places, self.numbers[np.arange(len(places)) + offsets[places]]


def collect(rows: npt.NDArray[np.integer], numbers: Numbers, size: int) -> Sets:
    """The sets of rows from single numbers.

    Args:
        rows: the row that holds each number.
        numbers: from 0; a number that a row holds twice counts once.
        size: how many rows there are.
    """
    held = distinct(rows.astype(np.int64) << 32 | numbers)
    return Sets(np.searchsorted(held >> 32, np.arange(size + 1)), (held & 0xFFFFFFFF).astype(np.int32))


def distinct(numbers: npt.NDArray[T]) -> npt.NDArray[T]:
    """Distinct numbers, ascending. `np.unique` makes a hash table of them, which takes fifty times as long."""
    ordered = np.sort(numbers)
    is_first = np.ones(len(ordered), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]
