"""What a steward decides binds the next night, and the release says that it did."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from judged import assert_same_in_pieces
from ledger_cases import forget_marks, set_back
from nights import NIGHT, command, copy_of, nightly

from assets.former import Former
from assets.judged_pieces import judge_pieces
from assets.judgement import look_at_night
from expectations.discrepancies import PresenceClock
from ledger.decisions.decision import name_row
from pipelines.nightly import NightFailedError
from warehouse.home import Home
from warehouse.pieces import Pieces
from warehouse.store import TableStore

NEXT, AFTER = NIGHT + timedelta(days=1), NIGHT + timedelta(days=2)
END = date(2027, 3, 17)
HELD = date(2027, 1, 5)
OF_DISCREPANCIES = ("discrepancies", "lone_record")
LONG = pytest.mark.long
WITHOUT_LEDGER = r"step decisions: the ledger of decisions, on which the release(.|\n)*concord decisions migrate"


def run(home: Path, *words: object) -> str:
    """Run a command that is done quickly; what it printed."""
    said = command(*words, home=home)
    assert said.exit_code == 0, said.output
    return said.stdout


def read(home: Path, release: str, table: str) -> pl.DataFrame:
    return pl.read_parquet(home / "releases" / release / f"{table}.parquet")


@pytest.fixture(scope="module")
def home(one_night, tmp_path_factory) -> Path:
    """Two nights of the same deliveries, between which a steward parts one record from the rest of its order."""
    home = copy_of(one_night / "home", tmp_path_factory.mktemp("decided") / "home")
    run(home, "decisions", "migrate")
    run(home, "decisions", "users", "--add", "kim")
    one, *rest = records_of_an_order(home)
    for other in rest:
        run(home, "decide", "different-order", one, other, "--by", "kim", "--reason", "successive_orders")
    run(home, "decide", "value", order_decided_on(home), "end_on", END, "--by", "kim", "--reason", "varied")
    accepted, right, referred, unsettled, taken_back = only_discrepancies(home)
    run(home, "decide", "accept", accepted, "--until", NEXT, "--by", "kim", "--reason", "cannot_be_corrected")
    run(home, "decide", "accept", doubt(home)["discrepancy_id"], "--until", HELD, "--by", "kim", "--reason", "varied")
    run(home, "decide", "both-right", right, "--by", "kim", "--reason", "different_facts")
    run(home, "decide", "refer", referred, "--by", "kim", "--reason", "correction_requested")
    run(home, "decide", "not-enough", unsettled, "--by", "kim", "--reason", "needs_document")
    said = run(home, "decide", "both-right", taken_back, "--by", "kim", "--reason", "different_facts")
    decision = re.search(r"DEC-\w+", said).group()
    run(home, "decide", "undo", decision, "--by", "kim", "--reason", "mistake")
    run(home, "audit", "export", home.parent / "log.csv", "--by", "kim", "--reason", "to have an entry in the log")
    nightly(home, one_night / "landing", NEXT)
    return home


def test_decisions_bind_alike_in_pieces_of_any_size(home, tmp_path):
    assert_same_in_pieces(home, NEXT, tmp_path, size=30)


def test_the_values_that_stewards_dealt_with_are_known_to_the_queue(home, tmp_path):
    night = look_at_night(
        TableStore(Home(home).tables / NEXT.isoformat()),
        Former.of(Home(home), NEXT),
        as_of=NEXT,
        clock=PresenceClock(),
    )
    kept, _ = judge_pieces(night, Pieces(tmp_path))
    accepted, right, referred, unsettled, taken_back = only_discrepancies(home)
    dealt_with, open_again = (
        read(home, f"r{NIGHT}", "discrepancies").filter(pl.col("discrepancy_id").is_in(ids)).select("order_id", "field")
        for ids in ([accepted, right, referred, unsettled], [taken_back])
    )
    assert dealt_with.join(kept.answered, on=kept.answered.columns, how="anti").is_empty()
    assert open_again.join(kept.answered, on=kept.answered.columns, how="semi").is_empty()


@pytest.fixture(scope="module")
def later_landing(one_night, tmp_path_factory) -> Path:
    """One source's deliveries: what does not come again is read from the archive."""
    landing = tmp_path_factory.mktemp("later")
    copy_of(one_night / "landing" / "court", landing / "court")
    return landing


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
    """A live order of whose end two sources say, none of them what will be decided; not one with a record parted."""
    parted = read_records(home, f"r{NIGHT}").filter(pl.col("record_id").is_in(records_of_an_order(home)))
    reported = read(home, f"r{NIGHT}", "field_provenance").filter(
        pl.col("field") == "end_on", pl.col("agreeing").list.len() > 0, pl.col("value") != str(END)
    )
    live = read(home, f"r{NIGHT}", "orders").filter(pl.col("legal_status") == "live", ~pl.col("is_interim"))
    wanted = live.join(reported, on="order_id", how="semi").join(parted, on="order_id", how="anti")
    return wanted.get_column("order_id").min()


def only_discrepancies(home: Path) -> list[str]:
    """Five discrepancies, each the only weighty one of an order and the reason why the order waits for a steward."""
    weighty = read(home, f"r{NIGHT}", "discrepancies").filter(pl.col("severity") != "low")
    found = weighty.filter(pl.len().over("order_id") == 1)
    waits = read(home, f"r{NIGHT}", "review_queue").filter(pl.col("kind").is_in(OF_DISCREPANCIES))
    parted = read_records(home, f"r{NIGHT}").filter(pl.col("record_id").is_in(records_of_an_order(home)))
    others = pl.concat([parted.get_column("order_id"), pl.Series([order_decided_on(home)])])
    chosen = found.join(waits, on="order_id", how="semi").filter(~pl.col("order_id").is_in(others.implode()))
    return chosen.get_column("discrepancy_id").sort().head(5).to_list()


def doubt(home: Path) -> dict[str, object]:
    """A discharge that the court has not confirmed, of an order whose last day is to come."""
    found = read(home, f"r{NIGHT}", "discrepancies").filter(pl.col("rule_code") == "DOUBT-DISCHARGE")
    return found.sort("discrepancy_id").row(0, named=True)


def test_who_says_that_an_order_in_doubt_is_in_force_is_kept_beside_what_the_sources_say(home):
    orders = [read(home, f"r{night}", "orders").filter(order_id=doubt(home)["order_id"]) for night in (NIGHT, NEXT)]
    before, after = (set(order.item(0, "disputed_ends")) for order in orders)
    assert after - before == {str(HELD)}
    assert orders[1].item(0, "is_in_force_doubtful")


@pytest.mark.long
def test_the_record_stands_alone_from_the_next_night_on(home):
    one, *rest = records_of_an_order(home)
    after = dict(read_records(home, f"r{NEXT}").select("record_id", "order_id").iter_rows())
    assert len({after[record] for record in rest}) == 1
    assert after[one] not in {after[record] for record in rest}


def test_every_difference_is_reported_as_the_stewards(home):
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
    assert states == [("resolved", "steward")] * 2 + [("open", None)] * 3


def test_a_steward_is_asked_again_only_of_what_was_not_dealt_with(home):
    orders = dict(read(home, f"r{NIGHT}", "discrepancies").select("discrepancy_id", "order_id").iter_rows())
    queue = read(home, f"r{NEXT}", "review_queue").filter(pl.col("kind").is_in(OF_DISCREPANCIES))
    waiting = set(queue.get_column("order_id"))
    assert [orders[found] in waiting for found in only_discrepancies(home)] == [False, False, False, False, True]


def test_a_closed_discrepancy_no_longer_counts_and_one_that_is_left_open_does(home):
    orders = dict(read(home, f"r{NIGHT}", "discrepancies").select("discrepancy_id", "order_id").iter_rows())
    before, after = (
        dict(read(home, f"r{night}", "orders").select("order_id", "discrepancy_count").iter_rows())
        for night in (NIGHT, NEXT)
    )
    fewer = [before[orders[found]] - after[orders[found]] for found in only_discrepancies(home)]
    assert fewer == [1, 1, 0, 0, 0]


CAN_BE_MADE_AGAIN = {"tables", "dagster", "metrics.prom", "run.lock"}


def states_of(home: Path) -> set[str]:
    """All that a home holds and nobody can make again."""
    paths = (path.relative_to(home) for path in home.rglob("*") if path.is_file())
    return {str(path) for path in paths if path.parts[0] not in CAN_BE_MADE_AGAIN and not path.name.startswith(".")}


@pytest.fixture
def restored(home, tmp_path) -> Path:
    """A home restored from a backup of the other one."""
    command("alerts", "send", home=home)  # to nobody: what stands is noted
    (home / "packs").mkdir(exist_ok=True)
    (home / "packs" / "corrections_pnc_PCK-1.csv").write_text("handed out\n")
    run(home, "backup", tmp_path / "backup")
    run(tmp_path / "restored", "restore", tmp_path / "backup")
    return tmp_path / "restored"


def test_a_home_that_was_lost_is_restored_from_its_backup(home, restored):
    assert run(restored, "decisions", "list", "--all") == run(home, "decisions", "list", "--all")
    assert run(restored, "audit", "verify") == run(home, "audit", "verify")
    run(restored, "release", "verify", f"r{NEXT}")
    assert states_of(restored) == states_of(home) > {"alerts.json", "packs/corrections_pnc_PCK-1.csv"}


@pytest.mark.long
def test_a_restored_home_goes_on_as_the_lost_one_would_have(home, restored, later_landing, tmp_path):
    copy = copy_of(home, tmp_path / "home")
    one, other = (nightly(each, later_landing, AFTER) for each in (copy, restored))
    assert (other.release_id, other.content_hash) == (one.release_id, one.content_hash)


def test_a_backup_that_was_changed_is_not_restored_and_a_home_in_use_is_not_overwritten(home, tmp_path):
    copy, backup = copy_of(home, tmp_path / "home"), tmp_path / "backup"
    run(copy, "backup", backup)
    assert "is there already" in command("backup", backup, home=copy).output
    assert "is in use" in command("restore", backup, home=copy).output
    (backup / "releases" / "CURRENT").write_text(f"r{NIGHT}\n")
    said = command("restore", backup, home=tmp_path / "restored")
    assert said.exit_code == 1
    assert "releases/CURRENT" in said.output
    assert not (tmp_path / "restored" / "releases").exists()


def ledger_of(home: Path) -> Path:
    return home / "ledger" / "decisions.sqlite"


def drop_triggers(ledger: sqlite3.Connection) -> None:
    """As who owns the database can."""
    for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        ledger.execute(f"DROP TRIGGER {name}")


def emptied(home: Path) -> None:
    ledger_of(home).unlink()
    run(home, "decisions", "migrate")


def cut_of_its_undo(home: Path) -> None:
    """As an older backup is: the last decision, which took another back, is not in it yet."""
    with closing(sqlite3.connect(ledger_of(home))) as ledger, ledger:
        drop_triggers(ledger)
        ledger.execute("DELETE FROM decisions WHERE kind = 'undo'")


def edited(home: Path) -> None:
    with closing(sqlite3.connect(ledger_of(home))) as ledger, ledger:
        drop_triggers(ledger)
        ledger.execute("UPDATE decisions SET value = '2021-01-01' WHERE kind = 'value'")


def vouched_for(home: Path) -> None:
    cut_of_its_undo(home)
    run(home, "decisions", "vouch", "--reason", "restored from an older backup")


def forged(home: Path) -> None:
    """A decision that nobody took, with the id that fits what it says."""
    with closing(sqlite3.connect(ledger_of(home))) as ledger, ledger:
        ledger.row_factory = sqlite3.Row
        row = dict(ledger.execute("SELECT * FROM decisions WHERE kind = 'value'").fetchone())
        at = datetime.fromisoformat(row["decided_at"]).replace(tzinfo=UTC)
        row["value"] = "2021-01-01"
        row["decision_id"] = name_row(row | {"decided_at": at})
        places = ",".join("?" * len(row))
        ledger.execute(f"INSERT INTO decisions ({','.join(row)}) VALUES ({places})", tuple(row.values()))  # noqa: S608


@pytest.mark.parametrize(
    ("tampered", "words"),
    [
        pytest.param(emptied, rf"lacks \d+ that release r{NEXT} knew", id="empty", marks=LONG),
        pytest.param(cut_of_its_undo, "some that were taken are gone", id="cut", marks=LONG),
        pytest.param(vouched_for, rf"lacks 1 that release r{NEXT} knew, such", id="cut, and vouched for", marks=LONG),
        pytest.param(forged, r"1 bear no mark of this installation, such as DEC-", id="forged", marks=LONG),
        pytest.param(edited, r"1 decisions in the ledger .* are not as they were taken, such as DEC-", id="edited"),
    ],
)
def test_a_night_on_a_ledger_that_lost_or_changed_decisions_fails_and_leaves_the_last_release(
    home, later_landing, tmp_path, tampered, words
):
    copy = copy_of(home, tmp_path / "home")
    tampered(copy)
    with pytest.raises(NightFailedError, match=words):
        nightly(copy, later_landing, AFTER)
    assert (copy / "releases" / "CURRENT").read_text() == f"r{NEXT}\n"
    assert not (copy / "releases" / f"r{AFTER}").exists()


@pytest.mark.long
def test_a_night_obeys_what_was_decided_under_the_first_schema(home, later_landing, tmp_path):
    copies = [copy_of(home, tmp_path / name) for name in ("today", "first")]
    set_back(ledger_of(copies[1]), to="0001")
    forget_marks(Home(copies[1]))
    today, first = (nightly(copy, later_landing, AFTER) for copy in copies)
    assert (first.release_id, first.content_hash) == (today.release_id, today.content_hash)
    assert read(copies[1], f"r{AFTER}", "field_provenance").get_column("decision_id").n_unique() > 1
    assert run(copies[1], "decisions", "list", "--all") == run(copies[0], "decisions", "list", "--all")


def test_the_manifest_names_the_heads_of_the_ledger_and_a_log_written_anew_shows(home, tmp_path):
    copy = copy_of(home, tmp_path / "home")
    heads = json.loads((copy / "releases" / f"r{NEXT}" / "manifest.json").read_text())["ledger"]
    assert int(heads["decisions"]) == read(copy, f"r{NEXT}", "known_decisions").height
    assert run(copy, "audit", "verify").startswith("whole")
    with closing(sqlite3.connect(ledger_of(copy))) as ledger, ledger:
        drop_triggers(ledger)
        ledger.execute("DELETE FROM audit_log")
    said = command("audit", "verify", home=copy)
    assert said.exit_code == 1
    assert "BROKEN" in said.output


def test_a_night_without_the_ledger_that_it_rests_on_fails_and_says_what_to_do(home, later_landing, tmp_path):
    copy = copy_of(home, tmp_path / "home")
    (copy / "ledger" / "decisions.sqlite").unlink()
    with pytest.raises(NightFailedError, match=WITHOUT_LEDGER):
        nightly(copy, later_landing, AFTER)
    assert (copy / "releases" / "CURRENT").read_text() == f"r{NEXT}\n"
    assert not (copy / "releases" / f"r{AFTER}").exists()
