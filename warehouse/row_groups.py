"""Rows in pieces, of which one at a time is in memory.

Belongs here: how rows are cut. Does not: what is done with a piece.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

ROWS_AT_ONCE: Final = 100_000


def in_pieces(rows: pl.LazyFrame, *, overlap: int = 0) -> Iterator[pl.DataFrame]:
    """The rows, `ROWS_AT_ONCE` in a piece; where there are none, one piece without rows.

    Args:
        rows: a scan of files, or what is in memory: anything else would be worked out again for each piece.
        overlap: how many of the rows before are in a piece too.
    """
    height = rows.select(pl.len()).collect().item()
    for at in range(0, max(height, 1), ROWS_AT_ONCE):
        yield rows.slice(max(at - overlap, 0), ROWS_AT_ONCE + min(at, overlap)).collect()


def with_facts(rows: pl.LazyFrame, facts: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """The rows that have facts, with their facts and in their order, made some rows at a time; to be written once.

    Args:
        rows: a scan of files; it is read fastest where it is nearly sorted by `key`.
        facts: a scan of a file, sorted by `key`, in which no two rows have the same key.
        key: the column that both have.

    Raises:
        ValueError: the facts are not sorted.
    """
    keys = facts.select(key).collect().to_series()
    if not keys.is_sorted():
        raise ValueError(f"facts to be joined some rows at a time must be sorted by {key}")

    def joined() -> Iterator[pl.DataFrame]:
        for some in in_pieces(rows):
            first, last = (some.select(end).to_series() for end in (pl.col(key).min(), pl.col(key).max()))
            start = keys.search_sorted(first, side="left").item()
            end = keys.search_sorted(last, side="right").item()
            yield some.join(facts.slice(start, end - start).collect(), on=key, maintain_order="left")

    return joined_up(joined(), rows.join(facts, on=key).collect_schema())


def joined_up(pieces: Iterator[pl.DataFrame], schema: pl.Schema) -> pl.LazyFrame:
    """The rows of pieces that are made one after another; to be written once, and then read from there."""
    return register_io_source(lambda *_: pieces, schema=schema)
