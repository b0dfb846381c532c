"""The one door of the command line: once there are accounts, who types is proved, held to a second steward, logged."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from ledger_cases import records
from typer.testing import CliRunner

from cli.door import system_user
from cli.main import app
from ledger.audit import audit_log
from ledger.decisions.ledger import Ledger
from ledger.desk.proposals import read_proposals
from warehouse.home import Home
from warehouse.releases.release import publish
from warehouse.tables.release import OBEYED_DECISIONS, RECORD_DIGESTS, SOURCE_RECORDS

pytestmark = pytest.mark.usefixtures("without_database")

PASSWORD = "correct horse battery staple\n"
WHY = ("--reason", "document_seen", "--by", "kim")
END_NOW = ("decide", "value", "o000001", "end_on", "2022-01-01")


@pytest.fixture(scope="module")
def published(make_register, tmp_path_factory):
    """A home with a release, to be copied."""
    made = Home(tmp_path_factory.mktemp("published"))
    names = [f"{source}:{source}o{number:06d}" for source in ("pnc", "court") for number in range(6)]
    plain = {"sex": "M", "order_type": "STRO", "surname_folded": "KHAN"}
    further = {
        SOURCE_RECORDS.name: records(*((name, plain) for name in names)),
        RECORD_DIGESTS.name: RECORD_DIGESTS.empty(),
        OBEYED_DECISIONS.name: OBEYED_DECISIONS.empty(),
    }
    account = {"as_of": date(2023, 11, 30), "inputs": {}, "versions": {"models": "1"}, "config_hash": "c"}
    publish(made, make_register() | further, **account, state="published")
    return made


@pytest.fixture
def home(published, tmp_path, monkeypatch):
    monkeypatch.delenv("CONCORD_LEDGER", raising=False)
    monkeypatch.delenv("CONCORD_USER", raising=False)
    copy = Path(shutil.copytree(published.path, tmp_path / "home"))
    (copy / "concord.toml").write_text(
        "[review]\npassword_memory_kib = 32\npassword_passes = 1\nsecond_look_share = 0\n"
    )
    return Home(copy)


@pytest.fixture
def concord(home):
    """Run a command on that home; the code it must exit with, unless 0, comes first."""

    def run(*arguments, code=0, typed=None):
        done = CliRunner().invoke(app, [*map(str, arguments), "--home", str(home.path)], input=typed)
        assert done.exit_code == code, done.output
        return done.output

    run("decisions", "migrate")
    return run


@pytest.fixture
def mapped(concord):
    """The user of the system is the steward kim; an approver signs in at the desk."""
    concord("accounts", "add", "kim", "--role", "steward", "--identity", f"os|{system_user()}")
    concord("accounts", "add", "noor", "--role", "approver", typed=PASSWORD)
    return concord


def ledger_of(home):
    return Ledger.open(f"sqlite:///{home.ledger}", home)


def logged(home):
    with ledger_of(home) as ledger, ledger.database.reading() as connection:
        return [(row.who, row.act, json.loads(row.what)) for row in connection.execute(sa.select(audit_log))]


def test_a_live_order_is_not_taken_out_of_force_by_one_person(mapped, home):
    said = mapped(*END_NOW, *WHY)
    assert "waits for a second steward" in said
    assert "whether an order is in force" in said
    assert "there are no decisions" in mapped("decisions", "list")
    with ledger_of(home) as ledger:
        (proposal,) = read_proposals(ledger.database, waiting=True)
    assert (proposal.proposed_by, "status" in proposal.why) == ("kim", True)


def test_nobody_acts_in_the_name_of_somebody_else(mapped):
    assert "can't act as another user" in mapped(*END_NOW, *WHY[:3], "noor", code=4)
    assert "can't act" in mapped("packs", "make", "--all", "--out", "out", "--by", "noor", "--reason", "x", code=4)


def test_a_user_of_the_system_without_an_account_does_nothing(concord):
    concord("accounts", "add", "noor", "--role", "steward", typed=PASSWORD)
    assert "no open account is mapped" in concord(*END_NOW, *WHY[:3], "noor", code=4)
    assert "no open account is mapped" in concord("decisions", "export", "all.csv", code=4)


def test_a_closed_account_does_nothing(mapped):
    mapped("accounts", "disable", "kim")
    assert "no open account is mapped" in mapped(*END_NOW, *WHY, code=4)


def test_nobody_makes_themselves_a_second_user(mapped):
    assert "there are accounts" in mapped("decisions", "users", "--add", "other", code=4)


def test_once_an_administrator_is_mapped_nobody_else_changes_accounts(mapped):
    mapped("accounts", "add", "root-admin", "--role", "administrator", "--identity", "os|somebody-else")
    assert "may not administer" in mapped("accounts", "add", "sam", "--role", "approver", typed=PASSWORD, code=4)
    assert "may not administer" in mapped("accounts", "set-role", "kim", "--role", "approver", code=4)


def test_what_needs_no_second_steward_is_taken_and_logged(mapped, home):
    decision_id = mapped("decide", "refer", "d1", "--reason", "correction_requested", "--by", "kim").strip()
    assert ("kim", "alteration", {"decisions": [decision_id], "orders": ["o000000"]}) in logged(home)


def test_an_export_leaves_a_trace_and_neither_it_nor_an_import_is_for_everybody(mapped, home, tmp_path):
    assert "may not approve" in mapped("decisions", "export", tmp_path / "all.csv", code=4)
    assert not (tmp_path / "all.csv").exists()
    mapped("accounts", "set-role", "kim", "--role", "approver")
    mapped("decisions", "export", tmp_path / "all.csv")
    assert ("kim", "disclosure", {"decisions": 0}) in logged(home)
    mapped("accounts", "set-role", "kim", "--role", "steward", "--force", "01")
    assert "may not approve" in mapped("decisions", "import", tmp_path / "all.csv", "--by", "kim", code=4)


def test_a_file_is_no_way_around_the_second_steward(mapped, tmp_path):
    mapped("accounts", "set-role", "kim", "--role", "approver")
    file = tmp_path / "new.csv"
    rows = {"kind": ["value"], "reason_code": ["document_seen"], "order_id": ["o000001"]}
    pl.DataFrame(rows | {"field": ["end_on"], "value": ["2022-01-01"]}).write_csv(file)
    assert "a file puts back what was lost" in mapped("decisions", "import", file, "--by", "kim", code=4)


def test_as_long_as_nobody_has_an_account_a_name_is_taken_as_given_and_logged(concord, home):
    concord("decisions", "users", "--add", "kim")
    decision_id = concord(*END_NOW, *WHY).strip()
    assert ("kim", "alteration", {"decisions": [decision_id]}) in logged(home)


def test_a_release_is_rolled_back_by_an_approver_alone_and_logged_first(mapped, home):
    back = ("release", "rollback", "r2023-11-30")
    assert "may not approve" in mapped(*back, "--reason", "a merge was wrong", code=4)
    mapped("accounts", "set-role", "kim", "--role", "approver")
    assert "can't act as another user" in mapped(*back, "--reason", "why", "--by", "noor", code=4)
    assert "is in force already" in mapped(*back, "--reason", "to try it", code=1)
    assert ("kim", "alteration", {"kind": "rollback", "release": "r2023-11-30"}) in logged(home)
