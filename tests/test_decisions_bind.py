"""What a steward decides binds the next night, and the release says that it did."""

import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from samples.nights import write_nights

CONCORD = Path(sys.executable).with_name("concord")
NIGHT, NEXT = date(2026, 11, 20), date(2026, 11, 21)


def concord(home: Path, *words: object, codes: tuple[int, ...] = (0,)) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD")}
    command = [CONCORD, *map(str, words), "--home", home]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode in codes, said.stderr + said.stdout
    return said.stdout


def read(home: Path, release: str, table: str) -> pl.DataFrame:
    return pl.read_parquet(home / "releases" / release / f"{table}.parquet")


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Two nights of the same deliveries, between which a steward parts one record from the rest of its order."""
    folder = tmp_path_factory.mktemp("decided")
    write_nights(folder, orders=40, seed=5, as_of=NIGHT)
    home, landing = folder / "home", folder / "landing"
    concord(home, "nightly", "--landing", landing, "--as-of", NIGHT, codes=(0, 3))
    concord(home, "decisions", "migrate")
    concord(home, "decisions", "users", "--add", "kim")
    one, *rest = records_of_an_order(home)
    for other in rest:
        concord(home, "decide", "different-order", one, other, "--by", "kim", "--reason", "successive_orders")
    concord(home, "nightly", "--landing", landing, "--as-of", NEXT, codes=(0, 3))
    return home


def read_records(home: Path, release: str) -> pl.DataFrame:
    return read(home, release, "order_sources").with_columns(
        record_id=pl.concat_str("source", "source_key", separator=":")
    )


def records_of_an_order(home: Path) -> list[str]:
    """The records of the first order that three sources hold, the one of the PNC first."""
    sources = read_records(home, f"r{NIGHT}")
    held = sources.filter(pl.col("source").n_unique().over("order_id") >= 3)
    order = held.filter(pl.col("order_id") == held.get_column("order_id").min())
    return order.sort(pl.col("source") != "pnc", "source_key").get_column("record_id").to_list()


def test_the_record_stands_alone_from_the_next_night_on(home):
    one, *rest = records_of_an_order(home)
    after = dict(read_records(home, f"r{NEXT}").select("record_id", "order_id").iter_rows())
    assert len({after[record] for record in rest}) == 1
    assert after[one] not in {after[record] for record in rest}


def test_a_night_does_not_go_on_without_the_ledger_that_bound_the_night_before(home, tmp_path):
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    (copy / "ledger" / "decisions.sqlite").unlink()
    concord(copy, "nightly", "--landing", home.parent / "landing", "--as-of", NEXT + timedelta(days=1), codes=(1,))
    assert (copy / "releases" / "CURRENT").read_text().strip() == f"r{NEXT}"


def test_every_difference_is_told_as_the_stewards(home):
    changes = read(home, f"r{NEXT}", "release_changes")
    assert changes.filter(pl.col("change") == "added").height == 1
    assert set(changes.get_column("cause")) == {"steward"}
