"""Which pairs of records are compared: blocking rules, and the candidate pairs they make, in chunks.

Belongs here: keys, blocks, the limit on the size of a block, which rule a pair belongs to. Does not: comparing.

Keys are hashes. A pair belongs to the first rule that makes it, so it comes once. A bit for each rule that makes it
allows an estimate of what all rules miss (`blocking_loss`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.sets import Sets, collect, distinct
from matching.engine.tables import NOTHING, Described, to_plain_types, widened
from matching.engine.values import UNKNOWN, Codes

Rows = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]
Masks = npt.NDArray[np.uint32]

MOST_RULES = 32
# How many pairs one block may make, unless its rule says otherwise: 150 records that share a key.
BLOCK_PAIRS = 11_175
# So many records are given their keys at once, which bounds memory: a list of names makes a row for each.
KEYED = 500_000


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
    """

    name: str
    key: tuple[pl.Expr, ...]
    most_pairs: int = BLOCK_PAIRS

    @property
    def columns(self) -> frozenset[str]:
        """Columns that the key is made of."""
        return frozenset(name for part in self.key for name in part.meta.root_names())


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
    bits = max(size.bit_length(), 1)
    keyed = tuple(_put(rule, _keys(rule, records, described, rows, bits), bits, sources) for rule in rules)
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
        """Those that belong to the rule. Rules with one key for each record come first, as they are quick to check."""
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


def _put(rule: BlockingRule, packed: Numbers, bits: int, sources: npt.NDArray[np.int8] | None) -> Keyed:
    packed.sort()
    packed = _shared(packed, bits)
    keys, rows = packed >> bits, (packed & ((1 << bits) - 1)).astype(np.int32)
    first, ends, costs = _partners(keys, rows, sources)
    is_costly = costs > rule.most_pairs
    left_out = rows[:0]
    if is_costly.any():
        kept = np.repeat(~is_costly, np.diff(ends, prepend=0))
        left_out, keys, rows = distinct(rows[~kept]), keys[kept], rows[kept]
        first, ends, _ = _partners(keys, rows, sources)
    return Keyed(
        keys=_short(keys),
        rows=rows,
        first=first.astype(np.int32),
        end=np.repeat(ends, np.diff(ends, prepend=0)).astype(np.int32),
        blocks_left_out=int(is_costly.sum()),
        pairs_left_out=int(costs[is_costly].sum()),
        rows_left_out=left_out,
    )


def _partners(keys: Numbers, rows: Rows, sources: npt.NDArray[np.int8] | None) -> tuple[Numbers, Numbers, Numbers]:
    """For each place that of its first partner; for each block the place after its last and its number of pairs."""
    first = np.arange(1, len(keys) + 1) if sources is None else _next_source(keys, sources[rows])
    ends = np.nonzero(np.diff(keys, append=-1))[0] + 1
    made = np.cumsum(np.repeat(ends, np.diff(ends, prepend=0)) - first)
    return first, ends, np.diff(made[ends - 1], prepend=0)


def _shared(packed: Numbers, bits: int) -> Numbers:
    """Those whose key another record has too, each once. Most keys belong to one record and make no pair."""
    keys = packed >> bits
    borders = np.ones(len(packed) + 1, np.bool_)
    borders[1:-1] = keys[1:] != keys[:-1]
    kept = ~(borders[1:] & borders[:-1])
    kept[1:] &= packed[1:] != packed[:-1]
    return packed[kept]


def _keys(
    rule: BlockingRule, records: pl.DataFrame, described: Described, known_as: npt.NDArray[np.intp], bits: int
) -> Numbers:
    """Key and row of the records that have a key; a row whose list holds a value twice has that key twice."""
    # In one number they sort ten times as fast as two arrays. The bits of hash that the row takes cost a stray pair.
    is_by_row = all(part.meta.is_row_separable() for part in rule.key)
    packed = [np.zeros(0, np.int64)]
    for start in range(0, records.height, KEYED if is_by_row else max(records.height, 1)):
        some = records.slice(start, KEYED if is_by_row else None)
        places, keys = _hashes(rule, widened(some, described, rule.columns))
        packed.append((keys >> bits << bits) | known_as[start:][places])
    return np.concatenate(packed)


def _hashes(rule: BlockingRule, records: pl.DataFrame) -> tuple[Numbers, Numbers]:
    """The places of records that have a key, and its hash."""
    parts = {f"part_{place}": part for place, part in enumerate(rule.key)}
    # Rows first, so that a constant key belongs to every record and not only to the first.
    try:
        frame = to_plain_types(records.select(pl.int_range(pl.len()).alias("row"), **parts))
    except pl.exceptions.PolarsError as error:
        # Its message may quote values.
        read = ", ".join(f"{name} ({records.schema[name]})" for name in sorted(rule.columns & set(records.columns)))
        raise ValueError(
            f"the key of blocking rule {rule.name!r} can't be worked out from {read}: {type(error).__name__}"
        ) from None
    lists = [name for name in parts if frame.schema[name] == pl.List]
    for name in lists:
        frame = frame.explode(name, empty_as_null=False, keep_nulls=False)
    frame = frame.drop_nulls()
    hashes = frame.select(*parts).hash_rows(0).to_numpy()
    return frame.get_column("row").to_numpy(), (hashes >> np.uint64(1)).astype(np.int64)


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
