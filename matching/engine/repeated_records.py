"""Records that repeat another in every column that a model reads.

Belongs here: finding them. Does not: whether they are one thing, which their weight decides (`scores`).

A record that is there 300 times would fill every block that it is in, so that the rules leave these blocks out, and
would be most of what training sees. So only some of its copies are compared; the others join the cluster of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from matching.engine.blocking import Blocks, Candidates
from matching.engine.values import UNKNOWN, Codes

Rows = npt.NDArray[np.int32]

# Up to this many records that are the same are compared like any others. From about 100 on, training suffers.
MOST_COPIES = 20
# Records are first counted in 2^22 buckets.
BUCKET_BITS = 22
# Multiples of this odd number spread over all 64 bits: 2^64 divided by the golden ratio.
SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Copies:
    """Rows of records that repeat another, ascending, and for each the row of the first record that is the same."""

    rows: Rows = field(default_factory=lambda: np.zeros(0, np.int32))
    originals: Rows = field(default_factory=lambda: np.zeros(0, np.int32))


def find_copies(
    records: pl.DataFrame,
    codes: Codes,
    *,
    order: npt.NDArray[np.intp],
    sources: npt.NDArray[np.int8],
    limited: Sequence[int],
) -> Copies:
    """Find those copies that need not be compared: all beyond the first `MOST_COPIES` within a table.

    Args:
        records: every column that the model reads, in the order in which the records came.
        codes: what the comparisons read, as numbers, one record in each row.
        order: for each row the place of its record in `records`.
        sources: the table of each row.
        limited: tables of which a cluster may hold a limited number of records. Their copies are all compared.
    """
    mixed = np.zeros(len(codes), np.uint64)
    for column in codes.T:
        mixed = (mixed ^ column.astype(np.uint64)) * SPREAD
    buckets = (mixed >> np.uint64(64 - BUCKET_BITS)).astype(np.intp)
    is_crowded = np.bincount(buckets, minlength=1)[buckets] > MOST_COPIES
    rows = np.nonzero(is_crowded & ~np.isin(sources, limited))[0]
    return _repeated(records, rows, order=order, sources=sources, kept=MOST_COPIES)


def pair_left_out(
    records: pl.DataFrame, blocks: Blocks, *, order: npt.NDArray[np.intp], sources: npt.NDArray[np.int8]
) -> Candidates:
    """Pairs of copies that are in no block but those that were left out: each with the first of its kind."""
    rules = np.zeros(len(blocks.keys), np.uint32)
    for place, keyed in enumerate(blocks.keyed):
        rules[keyed.rows_left_out] |= np.uint32(1 << place)
    is_lost = (rules > 0) & (blocks.keys == UNKNOWN).all(axis=1)
    for sets in blocks.lists.values():
        is_lost &= sets.sizes == 0
    found = _repeated(records, np.nonzero(is_lost)[0], order=order, sources=sources, kept=1)
    return Candidates(found.originals, found.rows, rules[found.rows])


def _repeated(
    records: pl.DataFrame,
    rows: npt.NDArray[np.intp],
    *,
    order: npt.NDArray[np.intp],
    sources: npt.NDArray[np.int8],
    kept: int,
) -> Copies:
    """Those of the rows that come after the first `kept` rows of their table that are the same."""
    if not len(rows):
        return Copies()
    hashes = records[order[rows]].hash_rows(0)
    same = pl.DataFrame({"row": rows.astype(np.int32), "source": sources[rows], "hash": hashes}).select(
        "row",
        original=pl.col("row").min().over("source", "hash"),
        rank=pl.col("row").rank("ordinal").over("source", "hash"),
    )
    copies = same.filter(pl.col("rank") > kept).sort("row")
    return Copies(copies.get_column("row").to_numpy(), copies.get_column("original").to_numpy())
