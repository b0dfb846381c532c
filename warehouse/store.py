"""The tables between stages: one Parquet file a table, in one folder a night.

Asset name = table name = file name. A table is read lazily, so that memory does not grow with the data. What begins
with a dot is not finished.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class TableStore:
    """The folder of one night's tables."""

    folder: Path

    def path(self, name: str) -> Path:
        """Where the table of that name stands."""
        return self.folder / f"{name}.parquet"

    def write(self, name: str, frame: pl.DataFrame | pl.LazyFrame) -> Path:
        """Write a table in place of the one of that name; a reader of the old one keeps it.

        Of a lazy table some rows at a time are in memory, as far as it can be worked out so.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        building = self.path(f".{name}")
        # No larger than by the default of 3, a third sooner. Least and greatest values, which nothing reads, would
        # take a sixth more.
        frame.lazy().sink_parquet(building, compression_level=1, statistics=False, engine="streaming")
        return building.replace(self.path(name))

    def scan(self, name: str) -> pl.LazyFrame:
        """The table of that name, read when collected.

        Raises:
            FileNotFoundError: no stage has written it on this night.
        """
        if not self.path(name).exists():
            raise FileNotFoundError(f"table {name} has not been made for this night: run the stage that makes it")
        return pl.scan_parquet(self.path(name))

    def count(self, name: str) -> int:
        """Rows of the table of that name."""
        return int(self.scan(name).select(pl.len()).collect().item())


def remove_unfinished(tables: Path) -> None:
    """Remove what killed runs left in the folders of nights: half a table, or pieces, which hold records as tables do.

    Args:
        tables: the folder of all nights. The caller keeps runs off.
    """
    for path in tables.glob("*/.*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
