"""Which pairs of records are compared: blocking rules, and the candidate pairs they make, in chunks.

Belongs here: rules, blocks, the limit on the size of a block, which rule a pair belongs to. Does not: working keys out
(`block_keys`), comparing.

A pair belongs to the first rule that makes it, so it comes once. A bit for each rule that makes it
allows an estimate of what all rules miss (`blocking_loss`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.block_keys import Keying, Numbers, Rows, columns_of
from matching.engine.sets import Sets, collect, distinct
from matching.engine.tables import NOTHING, Described
from matching.engine.values import UNKNOWN, Codes

Masks = npt.NDArray[np.uint32]

MOST_RULES = 32
# How many pairs one block may make, unless its rule says otherwise: 150 records that share a key.
BLOCK_PAIRS = 11_175


class BlocksLeftOut(UserWarning):
    """A blocking rule left out blocks that hold too many pairs."""


@dataclass(frozen=True, eq=False)
class BlockingRule:
    """Records that share a key are compared.

    Attributes:
        name: what the records share.
        key: expressions over the records; a null in any part means no key. A list gives one key for each combination
            of its values.
        most_pairs: how many pairs a block may make. A larger block is left out, with a warning: it costs much and shows
            little.
        finer: what a large block is cut by, expressions as in `key`: of its records only those are compared that share
            this too.
        cut_above: how many pairs a block may make before it is cut.
    """

    name: str
    key: tuple[pl.Expr, ...]
    most_pairs: int = BLOCK_PAIRS
    finer: tuple[pl.Expr, ...] = ()
    cut_above: int = BLOCK_PAIRS

    @property
    def columns(self) -> frozenset[str]:
        """Columns that the keys are made of."""
        return columns_of((*self.key, *self.finer))


@dataclass(frozen=True, eq=False)
class Keyed:
    """The records under one rule: rows that have a key, ordered by key and row, without blocks that are too large.

    Attributes:
        keys: hashes, shortened; the rows of a key stand together.
        rows: of the records.
        first: for each place the first partner's place.
        end: the place after the last partner.
        blocks_left_out: blocks that are too large.
        pairs_left_out: pairs that these would have made.
        rows_left_out: records in these blocks.
    """

    keys: Codes
    rows: Rows
    first: Rows
    end: Rows
    blocks_left_out: int
    pairs_left_out: int
    rows_left_out: Rows


@dataclass(frozen=True, eq=False)
class Blocks:
    """All rules applied to the records.

    Attributes:
        rules: the rules.
        keyed: for each rule the records under it.
        keys: one row for each record, one column for each rule: its key, shortened; `UNKNOWN` for none, and for a rule
            with lists.
        lists: by the place of a rule with lists all keys of each record, shortened.
    """

    rules: tuple[BlockingRule, ...]
    keyed: tuple[Keyed, ...]
    keys: Codes
    lists: Mapping[int, Sets]

    def outcome(self) -> "Blocks":
        """What is asked of them once their pairs are made: the rules, and the numbers of what was left out."""
        none = np.zeros(0, np.int32)
        keyed = tuple(replace(entry, keys=none, rows=none, first=none, end=none) for entry in self.keyed)
        return Blocks(self.rules, keyed, self.keys[:0].copy(), {})


@dataclass(frozen=True, eq=False)
class Candidates:
    """Some candidate pairs: `left` below `right`, and a bit for each rule that makes the pair."""

    left: Rows
    right: Rows
    rules: Masks


def find_blocks(
    records: pl.DataFrame,
    rules: Sequence[BlockingRule],
    *,
    rows: npt.NDArray[np.intp],
    sources: npt.NDArray[np.int8] | None,
    described: Described = NOTHING,
) -> Blocks:
    """Apply the rules to the records.

    Args:
        records: one row for each record.
        rules: the most selective first.
        rows: the row number of each record in the result.
        sources: the source of each row, ascending, if only pairs across sources are wanted.
        described: see `LinkageModel.on`.

    Raises:
        ValueError: there is no rule or more than `MOST_RULES`, or a key can't be worked out from these columns.
    """
    if not 0 < len(rules) <= MOST_RULES:
        raise ValueError(f"a model has 1 to {MOST_RULES} blocking rules, not {len(rules)}")
    size = int(rows.max(initial=-1)) + 1
    keying = Keying(records, rows, described, max(size.bit_length(), 1))
    keyed = tuple(_put(rule, keying, sources) for rule in rules)
    keys, lists = np.full((size, len(rules)), UNKNOWN, np.int32), {}
    for place, entry in enumerate(keyed):
        if np.bincount(entry.rows).max(initial=0) > 1:
            lists[place] = collect(entry.rows, entry.keys, size)
        else:
            keys[entry.rows, place] = entry.keys
    return Blocks(tuple(rules), keyed, keys, lists)


def candidate_pairs(blocks: Blocks, chunk: int) -> Iterator["PairPiece"]:
    """The candidate pairs in pieces of about `chunk` pairs, the same pieces in the same order every time."""
    for place, keyed in enumerate(blocks.keyed):
        made = np.cumsum(keyed.end - keyed.first, dtype=np.int64)
        start = 0
        while start < len(made):
            before = made[start - 1] if start else 0
            stop = max(int(np.searchsorted(made, before + chunk, "right")), start + 1)
            if made[stop - 1] > before:
                yield PairPiece(blocks, place, start, stop)
            start = stop


@dataclass(frozen=True, eq=False)
class PairPiece:
    """A piece of the candidate pairs that is still to be made, so that threads can share the work."""

    blocks: Blocks
    rule: int
    start: int
    stop: int

    @property
    def size(self) -> int:
        """How many pairs it makes, those of earlier rules included."""
        keyed = self.blocks.keyed[self.rule]
        return int((keyed.end - keyed.first)[self.start : self.stop].sum(dtype=np.int64))

    def pairs(self) -> Candidates:
        """The pairs that belong to the rule: those that no earlier rule makes, each once."""
        keyed = self.blocks.keyed[self.rule]
        places = np.arange(self.start, self.stop)
        counts = (keyed.end - keyed.first)[self.start : self.stop]
        left = np.repeat(places, counts)
        step = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
        right = np.repeat(keyed.first[places], counts) + step
        one, other = keyed.rows[left], keyed.rows[right]
        key = keyed.keys[left] if self.rule in self.blocks.lists else None
        return self._owned(np.minimum(one, other), np.maximum(one, other), key)

    def _owned(self, left: Rows, right: Rows, key: Codes | None) -> Candidates:
        """The pairs that belong to the rule. Rules with one key for each record come first, being quick to check."""
        # `take` is several times as fast as indexing.
        keys = self.blocks.keys.take(left, axis=0)
        agree = (keys == self.blocks.keys.take(right, axis=0)) & (keys != UNKNOWN)
        rules: Masks = agree @ (np.uint32(1) << np.arange(agree.shape[1], dtype=np.uint32))
        owned = np.nonzero(rules & np.uint32((1 << self.rule) - 1) == 0)[0]
        left, right, rules = left[owned], right[owned], rules[owned]
        key = None if key is None else key[owned]
        for place, lists in self.blocks.lists.items():
            lowest = _lowest_shared(lists, left, right)
            rules |= (lowest != UNKNOWN).astype(np.uint32) << np.uint32(place)
            if place <= self.rule:
                # A pair that shares several keys of its own rule is made under the lowest one only.
                kept = lowest == (key if place == self.rule else UNKNOWN)
                left, right, rules = left[kept], right[kept], rules[kept]
                key = None if key is None else key[kept]
        return Candidates(left, right, rules)


def _put(rule: BlockingRule, keying: Keying, sources: npt.NDArray[np.int8] | None) -> Keyed:
    packed = _shared(keying.keys(rule.name, rule.key), keying.bits)
    if rule.finer:
        packed, large = _by_size(packed, rule.cut_above, keying, sources)
        if len(large):
            packed = _shared(np.concatenate([packed, keying.cut(large, rule.name, rule.finer)]), keying.bits)
    packed, too_large = _by_size(packed, rule.most_pairs, keying, sources)
    rows = keying.rows(packed)
    first, ends, _ = _partners(packed >> keying.bits, rows, sources)
    left_out = keying.rows(too_large)
    _, _, costs = _partners(too_large >> keying.bits, left_out, sources)
    return Keyed(
        keys=_short(packed >> keying.bits),
        rows=rows,
        first=first.astype(np.int32),
        end=np.repeat(ends, np.diff(ends, prepend=0)).astype(np.int32),
        blocks_left_out=len(costs),
        pairs_left_out=int(costs.sum()),
        rows_left_out=distinct(left_out),
    )


def _by_size(
    packed: Numbers, most: int, keying: Keying, sources: npt.NDArray[np.int8] | None
) -> tuple[Numbers, Numbers]:
    """Keys and rows in blocks of at most `most` pairs, and those in larger ones."""
    _, ends, costs = _partners(packed >> keying.bits, keying.rows(packed), sources)
    is_large = costs > most
    if not is_large.any():
        return packed, packed[:0]
    kept = np.repeat(~is_large, np.diff(ends, prepend=0))
    return packed[kept], packed[~kept]


def _partners(keys: Numbers, rows: Rows, sources: npt.NDArray[np.int8] | None) -> tuple[Numbers, Numbers, Numbers]:
    """For each place that of its first partner; for each block the place after its last, and its number of pairs."""
    first = np.arange(1, len(keys) + 1) if sources is None else _next_source(keys, sources[rows])
    ends = np.nonzero(np.diff(keys, append=-1))[0] + 1
    made = np.cumsum(np.repeat(ends, np.diff(ends, prepend=0)) - first)
    return first, ends, np.diff(made[ends - 1], prepend=0)


def _shared(packed: Numbers, bits: int) -> Numbers:
    """The records whose key another record has too, sorted, each once. Most keys are of one record and make no pair."""
    packed.sort()
    keys = packed >> bits
    borders = np.ones(len(packed) + 1, np.bool_)
    borders[1:-1] = keys[1:] != keys[:-1]
    kept = ~(borders[1:] & borders[:-1])
    kept[1:] &= packed[1:] != packed[:-1]
    return packed[kept]


def _next_source(keys: Numbers, sources: npt.NDArray[np.int8]) -> Numbers:
    """For each place the first place with the same key and another source, or the end of the key."""
    is_last = np.ones(len(keys), np.bool_)
    is_last[:-1] = (keys[1:] != keys[:-1]) | (sources[1:] != sources[:-1])
    ends = np.nonzero(is_last)[0] + 1
    return np.repeat(ends, np.diff(ends, prepend=0))


def _short(keys: Numbers) -> Codes:
    """The low 31 bits of a key, which are enough to see whether two records share it."""
    return (keys & 0x7FFFFFFF).astype(np.int32)


def _lowest_shared(lists: Sets, left: Rows, right: Rows) -> Codes:
    """The lowest key that both records of each pair have, or `UNKNOWN`."""
    places, keys = lists.common(left, right)
    lowest = np.full(len(left), UNKNOWN, np.int32)
    # The keys of a pair ascend, so that the one written last is the lowest.
    lowest[places[::-1]] = keys[::-1]
    return lowest
