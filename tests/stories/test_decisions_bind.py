"""What a steward decides binds the next night, and the release says that it did."""

import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from samples.nights import write_nights

CONCORD = Path(sys.executable).with_name("concord")
NIGHT, NEXT, AFTER = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)
END = date(2027, 3, 17)
OF_DISCREPANCIES = ("discrepancies", "lone_record")


def concord(home: Path, *words: object, codes: tuple[int, ...] = (0,)) -> str:
    return ran(home, *words, codes=codes).stdout


def ran(home: Path, *words: object, codes: tuple[int, ...]) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD")}
    command = [CONCORD, *map(str, words), "--home", home]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode in codes, said.stderr + said.stdout
    return said


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
    concord(home, "decide", "value", order_decided_on(home), "end_on", END, "--by", "kim", "--reason", "varied")
    accepted, right, referred, taken_back = only_discrepancies(home)
    concord(home, "decide", "accept", accepted, "--until", NEXT, "--by", "kim", "--reason", "cannot_be_corrected")
    concord(home, "decide", "both-right", right, "--by", "kim", "--reason", "different_facts")
    concord(home, "decide", "refer", referred, "--by", "kim", "--reason", "correction_requested")
    said = concord(home, "decide", "both-right", taken_back, "--by", "kim", "--reason", "different_facts")
    decision = re.search(r"DEC-\w+", said).group()
    concord(home, "decide", "undo", decision, "--by", "kim", "--reason", "mistake")
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


def order_decided_on(home: Path) -> str:
    """A live order of whose end two sources tell, none of them what will be decided; not one with a record parted."""
    parted = read_records(home, f"r{NIGHT}").filter(pl.col("record_id").is_in(records_of_an_order(home)))
    told = read(home, f"r{NIGHT}", "field_provenance").filter(
        pl.col("field") == "end_on", pl.col("agreeing").list.len() > 0, pl.col("value") != str(END)
    )
    live = read(home, f"r{NIGHT}", "orders").filter(pl.col("legal_status") == "live", ~pl.col("is_interim"))
    wanted = live.join(told, on="order_id", how="semi").join(parted, on="order_id", how="anti")
    return wanted.get_column("order_id").min()


def only_discrepancies(home: Path) -> list[str]:
    """Four discrepancies, each the only weighty one of an order and the reason why the order waits for a steward."""
    weighty = read(home, f"r{NIGHT}", "discrepancies").filter(pl.col("severity") != "low")
    found = weighty.filter(pl.len().over("order_id") == 1)
    waits = read(home, f"r{NIGHT}", "review_queue").filter(pl.col("kind").is_in(OF_DISCREPANCIES))
    parted = read_records(home, f"r{NIGHT}").filter(pl.col("record_id").is_in(records_of_an_order(home)))
    others = pl.concat([parted.get_column("order_id"), pl.Series([order_decided_on(home)])])
    chosen = found.join(waits, on="order_id", how="semi").filter(~pl.col("order_id").is_in(others.implode()))
    return chosen.get_column("discrepancy_id").sort().head(4).to_list()


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


def test_a_decided_value_is_the_golden_one_and_what_hangs_on_it_follows(home):
    order = read(home, f"r{NEXT}", "orders").row(by_predicate=pl.col("order_id") == order_decided_on(home), named=True)
    assert order["end_on"] == END
    assert order["legal_status"] == "live"


def test_a_decided_value_names_its_decision_and_what_lost(home):
    key = {"order_id": order_decided_on(home), "field": "end_on"}
    before, after = (
        read(home, f"r{night}", "field_provenance").row(
            by_predicate=(pl.col("order_id") == key["order_id"]) & (pl.col("field") == "end_on"), named=True
        )
        for night in (NIGHT, NEXT)
    )
    assert (after["value"], after["rule"], after["source"], after["agreeing"]) == (str(END), "steward", None, [])
    assert after["decision_id"].startswith("DEC-")
    lost = {f"{before['source']}:{before['source_key']}={before['value']}"}
    assert lost < set(after["losing"])


def test_discrepancies_are_closed_as_decided(home):
    after = read(home, f"r{NEXT}", "discrepancies").rows_by_key("discrepancy_id", named=True, unique=True)
    states = [(after[found]["state"], after[found]["resolved_by"]) for found in only_discrepancies(home)]
    assert states == [("resolved", "steward"), ("resolved", "steward"), ("open", None), ("open", None)]


def test_a_steward_is_asked_again_only_of_what_was_not_dealt_with(home):
    orders = dict(read(home, f"r{NIGHT}", "discrepancies").select("discrepancy_id", "order_id").iter_rows())
    queue = read(home, f"r{NEXT}", "review_queue").filter(pl.col("kind").is_in(OF_DISCREPANCIES))
    waiting = set(queue.get_column("order_id"))
    assert [orders[found] in waiting for found in only_discrepancies(home)] == [False, False, False, True]


def test_a_closed_discrepancy_no_longer_counts_and_a_referred_one_does(home):
    orders = dict(read(home, f"r{NIGHT}", "discrepancies").select("discrepancy_id", "order_id").iter_rows())
    before, after = (
        dict(read(home, f"r{night}", "orders").select("order_id", "discrepancy_count").iter_rows())
        for night in (NIGHT, NEXT)
    )
    fewer = [before[orders[found]] - after[orders[found]] for found in only_discrepancies(home)]
    assert fewer == [1, 1, 0, 0]


def test_a_night_without_the_ledger_that_it_rests_on_fails_and_says_what_to_do(home):
    ledger, aside = home / "ledger", home / "aside"
    ledger.rename(aside)
    try:
        told = ran(home, "nightly", "--landing", home.parent / "landing", "--as-of", AFTER, codes=(1,)).stderr
    finally:
        aside.rename(ledger)
    assert "the last release is untouched: step decisions: the ledger of decisions, on which the release" in told
    assert "concord decisions migrate" in told
    assert not (home / "releases" / f"r{AFTER}").exists()
