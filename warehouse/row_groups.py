"""Rows in pieces, of which one at a time is in memory.

Belongs here: how rows are cut. Does not: what is done with a piece.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

ROWS_AT_ONCE: Final = 100_000


def in_pieces(rows: pl.LazyFrame, *, overlap: int = 0) -> Iterator[pl.DataFrame]:
    """The rows, `ROWS_AT_ONCE` in a piece; of none, one piece without any.

    Args:
        rows: a scan of files, or what is in memory: anything else would be worked out again for each piece.
        overlap: how many of the rows before are in a piece too.
    """
    height = rows.select(pl.len()).collect().item()
    for at in range(0, max(height, 1), ROWS_AT_ONCE):
        yield rows.slice(max(at - overlap, 0), ROWS_AT_ONCE + min(at, overlap)).collect()


def joined_up(pieces: Iterator[pl.DataFrame], schema: pl.Schema) -> pl.LazyFrame:
    """The rows of pieces that are made one after another; to be written once, and then read from there."""
    return register_io_source(lambda *_: pieces, schema=schema)
