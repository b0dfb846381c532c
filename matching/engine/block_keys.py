"""The keys of records under a blocking rule, as hashes.

Belongs here: working keys out, and cutting the blocks of a key by a finer one. Does not: which blocks are too large,
and the pairs they make (`blocking`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.tables import Described, to_plain_types, widened

Rows = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]

# Records that are given their keys at once, which bounds memory: a list of names makes a row for each.
KEYED = 500_000
SPREAD = np.int64(0x1E3779B97F4A7C15)


def columns_of(parts: Sequence[pl.Expr]) -> frozenset[str]:
    """Columns that parts of a key are made of."""
    return frozenset(name for part in parts for name in part.meta.root_names())


def _hashes(rule: str, key: Sequence[pl.Expr], records: pl.DataFrame) -> tuple[Numbers, Numbers]:
    """The places of records that have a key, and its hash."""
    parts = {f"part_{place}": part for place, part in enumerate(key)}
    # Rows first, so that a constant key belongs to every record and not only to the first.
    try:
        frame = to_plain_types(records.select(pl.int_range(pl.len()).alias("row"), **parts))
    except pl.exceptions.PolarsError as error:
        # Its message may quote values.
        read = ", ".join(f"{name} ({records.schema[name]})" for name in sorted(columns_of(key) & set(records.columns)))
        raise ValueError(
            f"the key of blocking rule {rule!r} can't be worked out from {read}: {type(error).__name__}"
        ) from None
    lists = [name for name in parts if frame.schema[name] == pl.List]
    for name in lists:
        frame = frame.explode(name, empty_as_null=False, keep_nulls=False)
    frame = frame.drop_nulls()
    hashes = frame.select(*parts).hash_rows(0).to_numpy()
    return frame.get_column("row").to_numpy(), (hashes >> np.uint64(1)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Keying:
    """What gives records their keys. A key and the row of its record are packed in one number, the row in its low bits.

    In one number they sort ten times as fast as two arrays. The bits of hash that the row takes cost a stray pair.

    Attributes:
        records: one row for each record.
        known_as: the row number of each record in the result.
        described: see `LinkageModel.on`.
        bits: that a row number takes.
    """

    records: pl.DataFrame
    known_as: npt.NDArray[np.intp]
    described: Described
    bits: int

    def keys(self, rule: str, parts: Sequence[pl.Expr]) -> Numbers:
        """Key and row of the records that have a key; a row whose list holds a value twice has that key twice."""
        is_by_row = all(part.meta.is_row_separable() for part in parts)
        packed = [np.zeros(0, np.int64)]
        for start in range(0, self.records.height, KEYED if is_by_row else max(self.records.height, 1)):
            some = self.records.slice(start, KEYED if is_by_row else None)
            places, keys = _hashes(rule, parts, widened(some, self.described, columns_of(parts)))
            packed.append((keys >> self.bits << self.bits) | self.known_as[start:][places])
        return np.concatenate(packed)

    def rows(self, packed: Numbers) -> Rows:
        """The rows of packed keys."""
        return (packed & ((1 << self.bits) - 1)).astype(np.int32)

    def cut(self, packed: Numbers, rule: str, parts: Sequence[pl.Expr]) -> Numbers:
        """The same rows, each with a key for every finer one that its record has, made of both; none without."""
        rows = self.rows(packed)
        is_in = np.zeros(1 << self.bits, np.bool_)
        is_in[rows] = True
        places = np.nonzero(is_in[self.known_as])[0]
        finer = replace(self, records=self.records[places], known_as=self.known_as[places]).keys(rule, parts)
        finer = finer[np.argsort(self.rows(finer), kind="stable")]
        first, end = (np.searchsorted(self.rows(finer), rows, side) for side in ("left", "right"))
        counts = end - first
        step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        finer = finer[np.repeat(first, counts) + step]
        # Spread first: a value has one hash in either key, so that "ann, bela" would be "bela, ann".
        spread = np.repeat(packed >> self.bits, counts) * SPREAD
        both: Numbers = (spread ^ (finer >> self.bits)) & ((1 << (63 - self.bits)) - 1)
        return (both << self.bits) | self.rows(finer)
