"""Tables in pieces: cut once by the number of a piece, read and written piece by piece, put together at the end.

Belongs here: the files of pieces, and doing without files where there is one piece. Does not: what a piece is, and
what is made of it.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.disk import make_folder

Rows = pl.DataFrame | pl.LazyFrame

NO_PIECE = -1
"""Holds the columns of a table, for pieces in which it has no rows."""
MOST_ROWS = 2_000_000
"""Rows of a table that are put in order at a time."""
ROWS_CUT = 500_000
"""Rows of a table that are cut at a time."""
ROWS_READ = 20_000
"""Rows of a part of a piece that are read at a time."""


@dataclass(frozen=True)
class Pieces:
    """A folder of tables, each in pieces with whole numbers from 0."""

    folder: Path

    @staticmethod
    @contextmanager
    def of_step(step: str, *, below: Path) -> Iterator["Pieces"]:
        """The pieces of a step, in a folder of their own that is there while the block lasts, empty at first."""
        folder = below / f".pieces_of_{step}"
        if folder.exists():  # left by a run that was killed: its files would count as those of this run
            shutil.rmtree(folder)
        try:
            yield Pieces(make_folder(folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def of(self, count: int) -> "Pieces":
        """Pieces for tables of `count` pieces each: a single one stays in memory."""
        return self if count > 1 else OnePiece(self.folder)

    def keep(self, name: str, table: Rows) -> pl.LazyFrame:
        """Write a whole table to the disk, and return it to be read from there."""
        file = self.folder / f"{name}.ipc"
        table.lazy().sink_ipc(file, compression="lz4")
        return pl.scan_ipc(file)

    def cut(self, name: str, table: pl.LazyFrame) -> None:
        """Write each row of a table to the piece of its column `piece`."""
        self.write(name, NO_PIECE, pl.DataFrame(schema=table.drop("piece").collect_schema()))
        # A sink by key would keep nearly all rows in memory to the end.
        for part, some in enumerate(table.collect_batches(chunk_size=ROWS_CUT, lazy=True)):
            for (piece,), rows in some.partition_by("piece", as_dict=True, include_key=False).items():
                self.write(name, piece, rows, part=part)

    def write(self, name: str, piece: int, frame: pl.DataFrame, *, part: int = 0) -> None:
        """Write one piece of a table, or a part of it."""
        file = self._folder(name) / f"piece={piece}" / f"{part:06}.ipc"
        file.parent.mkdir(parents=True, exist_ok=True)
        frame.write_ipc(file, compression="lz4", record_batch_size=ROWS_READ)

    def read(self, name: str, piece: int) -> pl.DataFrame:
        """One piece of a table; no rows where it has none."""
        folder = self._folder(name)
        files = sorted((folder / f"piece={piece}").glob("*.ipc")) or folder / f"piece={NO_PIECE}"
        return pl.scan_ipc(files).collect()

    def scan(self, name: str) -> pl.LazyFrame:
        """All pieces of a table, with `piece`."""
        return pl.scan_ipc(self._folder(name), hive_partitioning=True, hive_schema={"piece": pl.Int64})

    def whole(self, name: str) -> pl.LazyFrame:
        """All pieces of a table, one after the other."""
        return pl.scan_ipc(self._files(name))

    def in_order(self, name: str, key: Sequence[str]) -> pl.LazyFrame:
        """All rows of a table, sorted by its key some rows at a time, so that memory holds few; its pieces are sorted.

        Args:
            name: of the table. Of more than `MOST_ROWS` rows it is written again, and its pieces are removed; of
                fewer its pieces are read, and must stay.
            key: columns in which every row has a value, and no two rows have the same values.
        """
        pieces = [pl.scan_ipc(file) for file in self._files(name)]
        if pl.concat(pieces).select(pl.len()).collect().item() <= MOST_ROWS:
            return pl.concat(pieces).sort(key)
        cuts = _cuts(pieces, key)
        places = [_places(piece, key, cuts) for piece in pieces]
        ordered = self.folder / f"{name}.in_order"
        ordered.mkdir()
        parts = []
        for number, slices in enumerate(zip(*places, strict=True)):
            rows = pl.concat(piece.slice(*part) for piece, part in zip(pieces, slices, strict=True))
            parts.append(ordered / f"{number:06}.ipc")
            rows.collect().sort(key).write_ipc(parts[-1], compression="lz4")
        self.drop(name)
        return pl.scan_ipc(parts)

    def drop(self, name: str) -> None:
        """Remove the pieces of a table."""
        for file in self._files(name):
            file.unlink()

    def _folder(self, name: str) -> Path:
        return self.folder / name

    def _files(self, name: str) -> list[Path]:
        files = self._folder(name).glob("piece=*/*.ipc")
        return sorted(files, key=lambda file: (int(file.parent.name.removeprefix("piece=")), file.name))


@dataclass(frozen=True)
class OnePiece(Pieces):
    """Tables of one piece each, number 0: in memory: writing and reading one takes a third as long as making it."""

    held: dict[str, pl.DataFrame] = field(default_factory=dict)

    def keep(self, name: str, table: Rows) -> pl.LazyFrame:  # noqa: ARG002, D102
        return table.lazy().collect().lazy()

    def cut(self, name: str, table: pl.LazyFrame) -> None:  # noqa: D102
        self.write(name, 0, table.drop("piece").collect())

    def write(self, name: str, piece: int, frame: pl.DataFrame, *, part: int = 0) -> None:  # noqa: ARG002, D102
        self.held[name] = frame

    def read(self, name: str, piece: int) -> pl.DataFrame:  # noqa: ARG002, D102
        return self.held[name]

    def scan(self, name: str) -> pl.LazyFrame:  # noqa: D102
        return self.whole(name).with_columns(piece=pl.lit(0, pl.Int64))

    def whole(self, name: str) -> pl.LazyFrame:  # noqa: D102
        return self.held[name].lazy()

    def in_order(self, name: str, key: Sequence[str]) -> pl.LazyFrame:  # noqa: ARG002, D102
        return self.whole(name)

    def drop(self, name: str) -> None:  # noqa: D102
        del self.held[name]


def _cuts(pieces: Sequence[pl.LazyFrame], key: Sequence[str]) -> pl.DataFrame:
    """Keys that cut all rows into parts of about the same size: the first key of every part but the first."""
    step = max(MOST_ROWS // 100, 1)
    sample = pl.concat([piece.select(key).gather_every(step) for piece in pieces]).collect().sort(key)
    return sample.gather_every(MOST_ROWS // step)[1:]


def _places(piece: pl.LazyFrame, key: Sequence[str], cuts: pl.DataFrame) -> list[tuple[int, int]]:
    """Where each part begins in a piece, and how many rows it has there."""
    before = [_is_before(key, cut).sum().alias(str(number)) for number, cut in enumerate(cuts.iter_rows())]
    starts = [0, *piece.select(*before, pl.len().alias("rows")).collect().row(0)]
    return [(start, end - start) for start, end in pairwise(starts)]


def _is_before(key: Sequence[str], cut: tuple[Any, ...]) -> pl.Expr:
    is_before = pl.lit(value=False)
    for name, value in zip(reversed(key), reversed(cut), strict=True):
        is_before = (pl.col(name) < value) | ((pl.col(name) == value) & is_before)
    return is_before
