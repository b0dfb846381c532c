"""The links of a night are the same on one thread and on two, in whatever order the rows come."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks.discrepancies import read_core
from samples.nights import write_nights

AS_OF = date(2026, 11, 20)
TABLES = ("orders", "aliases", "conditions", "arrests")
RESULTS = ("pairs", "clusters", "conflicts", "arrests")

LINK = """
import sys
import polars as pl
from matching.arrests import link_arrests
from matching.orders import link_orders

core, made = sys.argv[1:]
orders, aliases, conditions, arrests = (
    pl.read_parquet(f"{core}/{name}.parquet") for name in ("orders", "aliases", "conditions", "arrests")
)
links = link_orders(orders, aliases, conditions)
links.pairs.write_parquet(f"{made}/pairs.parquet")
links.clusters.write_parquet(f"{made}/clusters.parquet")
links.conflicts.write_parquet(f"{made}/conflicts.parquet")
link_arrests(arrests, orders, aliases, links.clusters).write_parquet(f"{made}/arrests.parquet")
sys.exit(pl.thread_pool_size())
"""


@pytest.fixture(scope="module")
def core(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("night")
    write_nights(folder, orders=150, seed=23, as_of=AS_OF)
    tables, _ = read_core(folder / "landing", AS_OF)
    for order in ("sent", "shuffled"):
        (folder / order).mkdir()
        for name in TABLES:
            table = tables[name]
            rows = table if order == "sent" else table.sample(fraction=1, shuffle=True, seed=7)
            rows.write_parquet(folder / order / f"{name}.parquet")
    return folder


def link(core: Path, made: Path, *, threads: int) -> dict[str, pl.DataFrame]:
    made.mkdir()
    command = [sys.executable, "-c", LINK, str(core), str(made)]
    taken = subprocess.run(command, env=os.environ | {"POLARS_MAX_THREADS": str(threads)}, check=False)
    assert taken.returncode == threads
    return {name: pl.read_parquet(made / f"{name}.parquet") for name in RESULTS}


@pytest.mark.long
def test_links_are_the_same_on_any_number_of_threads_and_in_any_order_of_rows(core, tmp_path):
    once = link(core / "sent", tmp_path / "one", threads=1)
    again = link(core / "shuffled", tmp_path / "two", threads=2)
    assert once["clusters"].height > 300
    assert [name for name in RESULTS if not once[name].equals(again[name])] == []
