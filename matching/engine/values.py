"""Values as numbers: dictionaries of distinct values, and a cheap bound on what two texts can share.

Belongs here: coding and letter signatures. Does not: comparing (`comparators`).

A text function is given each distinct pair of values once, and only if their signatures do not decide the pair.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.sets import Sets, collect
from matching.engine.tables import NOTHING, Described, widened

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

UNKNOWN = -1
# A signature shows for each of 32 classes of letters whether one occurs at least once, and at least twice.
CLASSES = 32
# How many values are processed at once.
SIGNED = 4_000


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Distinct values in the order of their hash; the code of a value is its place.

    Attributes:
        values: of one column, or structs of several.
        described: columns that structs hold the rows of.
    """

    values: pl.Series
    described: Described = field(default_factory=dict)

    @property
    def kinds(self) -> pl.Schema:
        """The columns of structs, those that are described among them, with their types."""
        frames = (self.values.struct.unnest(), *self.described.values())
        return pl.Schema({name: kind for frame in frames for name, kind in frame.schema.items()})

    def rows(self, columns: Collection[str]) -> pl.DataFrame:
        """Some columns of structs."""
        return widened(self.values.struct.unnest(), self.described, columns).select(columns)

    @cached_property
    def signatures(self) -> "Signatures":
        """A bound on the letters that two values can share; for text only."""
        return _sign(self.values)

    def texts(self, codes: Codes) -> list[str]:
        """The values of some codes."""
        texts: list[str] = self.values.gather(codes).to_list()
        return texts


@dataclass(frozen=True, eq=False)
class Signatures:
    """A bit set of letters and, packed, length, first byte and excess of each value of a dictionary."""

    letters: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.uint8]
    firsts: npt.NDArray[np.uint8]
    excess: npt.NDArray[np.uint8]

    def shared_at_most(self, left: Codes, right: Codes) -> Floats:
        """An upper bound on the number of characters that two values have in common."""
        shared = np.bitwise_count(self.letters[left] & self.letters[right]).astype(np.float32)
        return np.asarray(shared + np.minimum(self.excess[left], self.excess[right]), np.float32)


@dataclass(frozen=True, eq=False)
class CodedColumn:
    """A column as numbers.

    Attributes:
        dictionary: the distinct values, or for a column of lists their distinct elements.
        codes: for each record the code of its value, or of its list; `UNKNOWN` for null and for the empty list.
        members: for a column of lists the codes of the elements of each list.
    """

    dictionary: Dictionary
    codes: Codes
    members: Sets | None = None


def encode(columns: Sequence[pl.Series]) -> list[CodedColumn]:
    """Code columns by one dictionary, so that a value has the same code in all of them.

    Args:
        columns: of one data type, or lists of that type.

    Raises:
        polars.exceptions.SchemaError: columns of different types.
    """
    lists = {place: _distinct_lists(column) for place, column in enumerate(columns) if column.dtype == pl.List}
    stacks = [lists[place][1] if place in lists else column for place, column in enumerate(columns)]
    stacked = pl.concat([stack.rename("value") for stack in stacks])
    known = stacked.is_not_null().to_numpy()
    codes = np.full(len(stacked), UNKNOWN, np.int32)
    first, codes[known] = _number(stacked.hash(0).to_numpy()[known])
    dictionary = Dictionary(stacked.gather(np.nonzero(known)[0][first]))
    parts = np.split(codes, np.cumsum([len(stack) for stack in stacks])[:-1])
    return [
        CodedColumn(dictionary, lists[place][0], _members(lists[place][2], part))
        if place in lists
        else CodedColumn(dictionary, part)
        for place, part in enumerate(parts)
    ]


def encode_rows(rows: pl.DataFrame, described: Described = NOTHING) -> CodedColumn:
    """One code for each distinct row of a frame, for comparisons that must see several columns at once.

    The values of the dictionary are structs, in the order of the hash of the row; no row is unknown.
    """
    first, codes = _number(rows.hash_rows(0).to_numpy())
    return CodedColumn(Dictionary(rows[first].to_struct("value"), dict(described)), codes)


def _number(hashes: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.intp], Codes]:
    """Values numbered in the order of their hash, so that the order in which they came makes no difference.

    Returns:
        For each number the place of one such value, and for each place its number.
    """
    order = places_in_order(hashes)
    ordered = hashes[order]
    starts = np.ones(len(order), np.bool_)
    starts[1:] = ordered[1:] != ordered[:-1]
    codes = np.empty(len(order), np.int32)
    codes[order] = np.cumsum(starts, dtype=np.int32) - 1
    return order[starts], codes


def places_in_order(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.intp]:
    """The places of hashes, ascending by hash."""
    bits = np.uint64(len(hashes).bit_length())
    # Hash and place in one number sort several times as fast, but the remaining bits of the hash may not be enough.
    packed = hashes >> bits << bits
    packed |= np.arange(len(hashes), dtype=np.uint64)
    packed.sort()
    packed &= (np.uint64(1) << bits) - np.uint64(1)
    order = packed.astype(np.intp)
    ordered = hashes[order]
    return order if bool((ordered[1:] >= ordered[:-1]).all()) else np.argsort(hashes)


def _distinct_lists(column: pl.Series) -> tuple[Codes, pl.Series, npt.NDArray[np.int64]]:
    """The code of each record's list, the elements of the distinct lists end to end, and the lengths of these lists."""
    # `list.eval` sorts twenty times as fast as `list.sort`.
    tidy = column.list.unique().list.eval(pl.element().sort())
    rows = encode_rows(tidy.to_frame("list"))
    lists = rows.dictionary.values.struct.field("list")
    lengths = lists.list.len().fill_null(0).cast(pl.Int64).to_numpy()
    codes = np.where(lengths[rows.codes] > 0, rows.codes, UNKNOWN).astype(np.int32)
    return codes, lists.filter(pl.Series(lengths > 0)).explode(), lengths


def _members(lengths: npt.NDArray[np.int64], elements: Codes) -> Sets:
    """The elements of each list as a set."""
    known = elements != UNKNOWN
    return collect(np.repeat(np.arange(len(lengths)), lengths)[known], elements[known], len(lengths))


def number_lists(lists: pl.Series) -> Sets:
    """Lists of texts, or single texts, as sets: equal texts have the same number, null has none."""
    rows = pl.DataFrame({"row": pl.int_range(len(lists), eager=True), "element": lists})
    known = (rows.explode("element") if lists.dtype == pl.List else rows).drop_nulls()
    numbers = encode([known.get_column("element")])[0].codes
    return collect(known.get_column("row").to_numpy(), numbers, len(lists))


def distinct_pairs(left: Codes, right: Codes, size: int) -> tuple[Codes, Codes, npt.NDArray[np.intp]]:
    """The distinct unordered pairs of codes, the smaller code first, and for each pair its place among them."""
    keys = np.minimum(left, right).astype(np.int64) * size + np.maximum(left, right)
    distinct, places = np.unique(keys, return_inverse=True)
    return (distinct // size).astype(np.int32), (distinct % size).astype(np.int32), places


def agreeing_pairs(codes: Codes, sources: npt.NDArray[np.int8] | None = None) -> tuple[npt.NDArray[np.int64], int]:
    """How many pairs of records agree on each value, and how many pairs know theirs.

    Args:
        codes: of the records.
        sources: of the records, ascending, if only pairs between sources count.
    """
    size = int(codes.max(initial=UNKNOWN)) + 1
    counts, pairs, whole = np.zeros(size, np.int64), np.zeros(size, np.int64), 0
    for start, stop in pairwise(_borders(len(codes), sources)):
        own = np.bincount(codes[start:stop].astype(np.intp) + 1, minlength=size + 1)[1:]
        counts += own
        if sources is not None:
            pairs -= own * (own - 1) // 2
            whole -= pairs_of(int(own.sum()))
    return pairs + counts * (counts - 1) // 2, whole + pairs_of(int(counts.sum()))


def _borders(size: int, sources: npt.NDArray[np.int8] | None) -> list[int]:
    """Where the records of each source begin, and the end."""
    if sources is None:
        return [0, size]
    last = int(sources.max(initial=-1))
    return [*np.searchsorted(sources, np.arange(last + 1, dtype=np.int8)).tolist(), size]


def pairs_of(size: int) -> int:
    """The number of pairs among so many records."""
    return size * (size - 1) // 2


def _sign(values: pl.Series) -> Signatures:
    """Signatures, some thousand values at a time, which fit into the processor's cache."""
    parts = [_sign_some(values[start : start + SIGNED]) for start in range(0, max(len(values), 1), SIGNED)]
    return Signatures(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _sign_some(values: pl.Series) -> tuple[npt.NDArray[np.uint64], *tuple[npt.NDArray[np.uint8], ...]]:
    size, lengths = len(values), values.str.len_bytes().to_numpy().astype(np.intp)
    letters = np.frombuffer(values.str.join("").item().encode(), np.uint8)
    places = np.repeat(np.arange(0, size * CLASSES, CLASSES), lengths)
    places += LETTER_CLASSES[letters]
    counts = np.bincount(places, minlength=size * CLASSES).astype(np.uint8).reshape(size, CLASSES)
    bits = np.packbits(np.concatenate([counts >= 1, counts >= 2], axis=1), axis=1, bitorder="little")
    signed = bits.view(np.uint64).ravel()
    starts = np.minimum(np.cumsum(lengths) - lengths, max(len(letters) - 1, 0))
    firsts = np.where(lengths > 0, letters[starts], 0) if len(letters) else np.zeros(size)
    return (
        signed,
        np.minimum(values.str.len_chars().to_numpy(), 255).astype(np.uint8),
        firsts.astype(np.uint8),
        np.minimum(lengths - np.bitwise_count(signed), 255).astype(np.uint8),
    )


def _class_of(byte: int) -> int:
    """Each letter has a class, whatever its case. Digits share ten of these, since few columns hold both."""
    lower = byte | 32
    if 97 <= lower <= 122:
        return lower - 97
    return byte - 48 if 48 <= byte <= 57 else 26 + byte % 6


LETTER_CLASSES = np.array([_class_of(byte) for byte in range(256)], np.intp)
