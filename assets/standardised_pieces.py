"""Standardising a source some rows at a time, so that memory does not grow with its deliveries.

Belongs here: parting raw rows into pieces of whole records, putting their core tables together. Does not: which rows
are standardised (`assets.reuse`), what standardising means (`assets.sources`).
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from assets.sources.contract import Source
from warehouse.pieces import Pieces
from warehouse.tables.core import CORE_TABLES

ROWS_A_PIECE = 1_000_000
"""Enough that making patterns and lists ready, once for each piece, and writing pieces costs little."""

RECORD = "of_record"
"""Beside the columns of raw tables: the record that a row belongs to."""

CORE = {table.name.removeprefix("core__"): table for table in CORE_TABLES}

Frames = Mapping[str, pl.DataFrame]
LazyFrames = dict[str, pl.LazyFrame]


def standardise_rows(source: Source, rows: Frames, as_of: date, *, pieces: Pieces) -> LazyFrames:
    """The core tables of a source by short name, as `Source.records`.

    Args:
        source: whose rows.
        rows: its raw tables by name, with the `RECORD` of each row; all rows of a record.
        as_of: the night.
        pieces: where the tables are kept, if there are several pieces.
    """
    # Records that amend one another must stand together, so they are one piece.
    if source.amends or sum(frame.height for frame in rows.values()) <= ROWS_A_PIECE:
        return {name: frame.lazy() for name, frame in _standardise(source, rows, as_of).items()}
    records = pl.concat(frame.get_column(RECORD) for frame in rows.values()).sort()
    bounds = records.slice(ROWS_A_PIECE).gather_every(ROWS_A_PIECE).unique(maintain_order=True)
    placed = {name: bounds.search_sorted(frame.get_column(RECORD), side="right") for name, frame in rows.items()}
    del records
    for number in range(bounds.len() + 1):
        piece = {name: frame.filter(placed[name] == number) for name, frame in rows.items()}
        for name, frame in _standardise(source, piece, as_of).items():
            pieces.write(name, number, frame)
    return {name: pieces.whole(name) for name in CORE}


def _standardise(source: Source, rows: Frames, as_of: date) -> dict[str, pl.DataFrame]:
    core = source.records({name: frame.drop(RECORD).lazy() for name, frame in rows.items()}, as_of)
    return {name: table.conform(core[name]) for name, table in CORE.items()}
