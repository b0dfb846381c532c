"""Sets of numbers, one a value: whether two of them share a number, and how many.

Belongs here: sets of elements, groups or words as codes. Does not: what they stand for, any level.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.values import UNKNOWN, Codes, Flags, encode

Counts = npt.NDArray[np.int32]
Weights = npt.NDArray[np.int32]

BITS = 64
# Numbers looked at together, which bounds memory and stays in the cache.
BLOCK = 2**18
# So few sets that hold anything, and so few meetings, that a table of who meets whom is at hand.
FEW_SETS, FEW_MEETINGS = 4_096, 2**20


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

    def hold(self, sets: Codes, numbers: Codes) -> Flags:
        """Whether a set holds a number; a set `UNKNOWN` holds none."""
        held = np.zeros(len(sets), np.bool_)
        bit = np.uint64(1) << (numbers % BITS).astype(np.uint64)
        possible = np.nonzero((sets != UNKNOWN) & (self._bits[sets] & bit != 0))[0]
        sets, numbers = sets[possible], numbers[possible]
        found = np.zeros(len(sets), np.bool_)
        for column in self._columns:
            found |= column[sets] == numbers
        held[possible] = found
        return held

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
        if self._meetings is None:
            return np.asarray(self.shared(one, other) > 0, np.bool_)
        places, table = self._meetings
        return np.asarray(table[places[one], places[other]], np.bool_)

    @cached_property
    def _meetings(self) -> tuple[Codes, Flags] | None:
        """A place for each set, 0 for the empty ones, and a table of which places meet; None for too many sets."""
        filled = np.nonzero(self.sizes)[0]
        holders, columns = np.nonzero(self.members[filled] != UNKNOWN)
        numbers = self.members[filled][holders, columns]
        meetings = (np.bincount(numbers).astype(np.int64) ** 2).sum()
        if len(filled) > FEW_SETS or meetings > FEW_MEETINGS:
            return None
        places = np.zeros(len(self.members), np.int32)
        places[filled] = np.arange(1, len(filled) + 1)
        held = pl.DataFrame({"number": numbers, "place": places[filled][holders]})
        met = held.join(held, on="number")
        table = np.zeros((len(filled) + 1, len(filled) + 1), np.bool_)
        table[met.get_column("place").to_numpy(), met.get_column("place_right").to_numpy()] = True
        return places, table

    def shared(self, one: Codes, other: Codes) -> Counts:
        """How many numbers two sets share."""
        common = self._bits[one] & self._bits[other]
        if self._is_exact:
            return np.asarray(np.bitwise_count(common), np.int32)
        return self._total(one, other, None)

    def shared_weight(self, one: Codes, other: Codes, weights: Weights) -> Weights:
        """The sum of the weights of the numbers that two sets share.

        Args:
            one: values.
            other: values.
            weights: of `members`, the same for a number wherever it stands.
        """
        return self._total(one, other, np.ascontiguousarray(weights.T))

    @cached_property
    def _columns(self) -> Codes:
        """The first numbers of all sets, then the second ones, and so on."""
        return np.ascontiguousarray(self.members.T)

    def _total(self, one: Codes, other: Codes, weights: Weights | None) -> Weights:
        totals = np.zeros(len(one), np.int32)
        possible = np.nonzero(self._bits[one] & self._bits[other])[0]
        step = max(BLOCK // max(self.members.shape[1], 1), 1)
        for start in range(0, len(possible), step):
            places = possible[start : start + step]
            totals[places] = self._block(one[places], other[places], weights)
        return totals

    def _block(self, one: Codes, other: Codes, weights: Weights | None) -> Weights:
        """Each number of the one is looked for among those of the other."""
        sought = [self._columns[place][other] for place in range(int(self.sizes[other].max()))]
        total = np.zeros(len(one), np.int32)
        for place in range(int(self.sizes[one].max())):
            number = self._columns[place][one]
            found = np.zeros(len(one), np.bool_)
            for candidate in sought:
                found |= candidate == number
            found &= number != UNKNOWN
            total += found if weights is None else found * weights[place][one]
        return total


def collect(rows: npt.NDArray[np.integer], numbers: Codes, size: int) -> Sets:
    """The sets of values from their elements.

    Args:
        rows: the value that holds each element, ascending.
        numbers: of the elements, from 0; none twice in a row.
        size: of the dictionary.
    """
    places = places_in_row(rows)
    members = np.full((size, int(places.max(initial=0)) + 1), UNKNOWN, np.int32)
    members[rows, places] = numbers
    return Sets(members)


def places_in_row(rows: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """The place of each element among those of its row; rows ascending."""
    starts = np.searchsorted(rows, rows)
    return np.arange(len(rows)) - starts


def number_lists(lists: pl.Series) -> Sets:
    """The sets of lists of texts, or of single ones: equal texts have one number. Null counts for nothing."""
    elements = lists.list.unique() if lists.dtype == pl.List else lists
    rows = pl.DataFrame({"row": pl.int_range(len(lists), eager=True), "element": elements})
    known = (rows.explode("element") if lists.dtype == pl.List else rows).drop_nulls()
    numbers = encode([known.get_column("element")])[0].codes
    return collect(known.get_column("row").to_numpy(), numbers, len(lists))
