"""What a night's work costs bare, with the libraries alone: a baseline that any machine and any load share.

Belongs here: reading the deliveries, blocking and comparing, writing the release, each without any of the meaning.
Does not: measuring a night (`night`).
"""

import time
from collections.abc import Callable, Iterable
from itertools import starmap
from pathlib import Path

import duckdb
import fastexcel
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from warehouse.releases.build import write_frame

READERS: dict[str, Callable[[Path], object]] = {
    ".csv": lambda path: pl.read_csv(path, infer_schema=False, encoding="utf8-lossy"),
    ".txt": lambda path: pl.read_csv(path, separator="\x01", has_header=False, quote_char=None, encoding="utf8-lossy"),
    ".gz": pl.read_ndjson,
    ".xlsx": lambda path: [
        fastexcel.read_excel(path).load_sheet(name, header_row=None, dtypes="string").to_arrow()
        for name in fastexcel.read_excel(path).sheet_names
    ],
}
NAME_SQL = "one.forenames_folded, other.forenames_folded, one.surname_folded, other.surname_folded"
# Two plain rules of blocking: the same birthday, the same name.
CANDIDATES = " UNION ALL ".join(
    f"SELECT {NAME_SQL} FROM records AS one JOIN records AS other USING ({block}) WHERE one.record_id < other.record_id"  # noqa: S608
    for block in ("date_of_birth", "surname_folded, forenames_folded")
)


def measure_bare(landing: Path, tables: Path, release: Path, *, scratch: Path) -> dict[str, float]:
    """Seconds of processor of the bare work of each part of a night."""
    parts: dict[str, Callable[[], None]] = {
        "reading": lambda: read_deliveries(landing),
        "linking": lambda: link_records(tables),
        "publishing": lambda: write_release(release, scratch),
    }
    return dict(starmap(_timed, parts.items()))


def read_deliveries(landing: Path) -> None:
    """Parse every delivery into text."""
    for path in sorted(landing.glob("*/*")):
        if path.suffix in READERS:
            READERS[path.suffix](path)


def link_records(tables: Path) -> None:
    """Pair the order records and the arrest records by two rules, and compare their names."""
    for kind in ("orders", "arrests"):
        with duckdb.connect() as connection:
            files = f"{tables}/core_*__{kind}.parquet"
            connection.execute(f"CREATE VIEW records AS FROM read_parquet('{files}', union_by_name = true)")
            pairs = connection.sql(CANDIDATES).to_arrow_table()
        for one, other in ((0, 1), (2, 3)):
            texts = [pairs.column(place).to_pylist() for place in (one, other)]
            process.cpdist(*map(_without_nulls, texts), scorer=JaroWinkler.normalized_similarity)


def write_release(release: Path, scratch: Path) -> None:
    """Write the tables of a release as Parquet and into one DuckDB file."""
    with duckdb.connect(scratch / "bare.duckdb") as connection:
        for path in sorted(release.glob("*.parquet")):
            write_frame(pl.read_parquet(path), scratch / path.name)
            connection.execute(f"CREATE TABLE \"{path.stem}\" AS FROM read_parquet('{scratch / path.name}')")


def _timed(name: str, work: Callable[[], None]) -> tuple[str, float]:
    started = time.process_time()
    work()
    return name, time.process_time() - started


def _without_nulls(texts: Iterable[str | None]) -> list[str]:
    return [text or "" for text in texts]
