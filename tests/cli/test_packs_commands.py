"""The commands about packs, on a small release: what they print, what they write, and the codes they exit with."""

import csv
import os
import resource
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from ledger_cases import judge_again, let_go, records
from shares import one_in
from typer.testing import CliRunner

from cli.door import system_user
from cli.ledger_access import opened_ledger
from cli.main import app
from ledger.decisions.decision import name_row
from ledger.decisions.errors import LedgerLockedError
from ledger.desk.accounts import add_account
from pipelines.settings import SettingsError, read_settings
from warehouse.home import Home
from warehouse.releases.release import publish
from warehouse.tables.release import OBEYED_DECISIONS, RECORD_DIGESTS, SOURCE_RECORDS

pytestmark = pytest.mark.usefixtures("without_database")

WHY = ("--by", "kim", "--reason", "to have records corrected")
AS_OF = date(2023, 11, 30)


@pytest.fixture(scope="module")
def published(make_register, tmp_path_factory):
    """A home with a release of which one discrepancy is open, owned by force:20."""
    made = Home(tmp_path_factory.mktemp("published"))
    account = {"as_of": AS_OF, "inputs": {}, "versions": {"models": "1"}, "config_hash": "c", "state": "published"}
    names = [f"{source}:{source}o{number:06d}" for source in ("pnc", "court") for number in range(6)]
    held = records(*((name, {"surname": "Khan"}) for name in names))
    further = {table.name: table.empty() for table in (RECORD_DIGESTS, OBEYED_DECISIONS)}
    publish(made, make_register() | further | {SOURCE_RECORDS.name: held}, **account)
    return made


@pytest.fixture
def home(published, tmp_path, monkeypatch):
    monkeypatch.delenv("CONCORD_LEDGER", raising=False)
    return Home(Path(shutil.copytree(published.path, tmp_path / "home")))


@pytest.fixture
def concord(home):
    """Run a command on that home; the code it must exit with, unless 0, comes first."""

    def run(*arguments, code=0):
        done = CliRunner().invoke(app, [*map(str, arguments), "--home", str(home.path)])
        assert done.exit_code == code, done.output
        return done.output

    run("decisions", "migrate")
    run("decisions", "users", "--add", "kim")
    with opened_ledger(home.path) as ledger:
        let_go(ledger)
    return run


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def written(out):
    return sorted(path.suffix for path in out.iterdir()) if out.exists() else []


def test_a_pack_is_listed_made_logged_shown_and_checked(concord, out):
    assert "force:20" in concord("packs", "list")
    assert "no pack was handed out" in concord("packs", "log")
    said = concord("packs", "make", "force:20", "--out", out, *WHY, "--recipient", "Records desk")
    disclosure_id = said.split()[0]
    assert "1 line, 0 of them asked before" in said
    assert written(out) == [".csv", ".xlsx"]
    assert "Records desk" in concord("packs", "log").replace("\n", " ")
    assert "o000000/d1" in concord("packs", "show", disclosure_id)
    states, answers = (
        line.split() for line in concord("packs", "check", "force:20").splitlines() if "force:20" in line
    )
    assert states == ["force:20", "1", *["0"] * 6, "1"]
    assert answers == ["force:20", *["0"] * 4]


def test_a_pack_made_again_has_the_same_references_and_is_logged_again(concord, out):
    for _ in range(2):
        said = concord("packs", "make", "force:20", "--out", out, *WHY)
    assert "1 of them asked before" in said
    lines = []
    for path in out.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines.extend((row["disclosure_id"], row["reference"]) for row in csv.DictReader(file))
    assert {reference for _, reference in lines} == {"o000000/d1"}
    assert len({disclosure_id for disclosure_id, _ in lines}) == 2


def test_the_marking_and_the_place_for_answers_are_settings(concord, home, out):
    home.path.joinpath("concord.toml").write_text('marking = "OFFICIAL"\nanswers_to = "desk@example.test"\n')
    concord("packs", "make", "--all", "--out", out, *WHY)
    (path,) = out.glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    assert {sheet["A1"].value for sheet in book} == {"OFFICIAL"}
    assert any("desk@example.test" in str(row[1].value) for row in book["Read me"].iter_rows())


@pytest.mark.parametrize("marking", ["", "   ", "A\\nB", "x" * 101])
def test_a_marking_that_is_no_line_of_text_is_refused(tmp_path, marking):
    (tmp_path / "concord.toml").write_text(f'marking = "{marking}"\n')
    with pytest.raises(SettingsError, match="marking"):
        read_settings(tmp_path)


@one_in(
    2,
    ("asked", "code", "words"),
    [
        pytest.param(("force:999", *WHY), 2, "no owner 'force:999'", id="no such owner"),
        pytest.param(WHY, 2, "name one owner", id="no owner"),
        pytest.param(("force:20", "--all", *WHY), 2, "name one owner", id="one owner and all"),
        pytest.param(("--all", "--recipient", "x", *WHY), 2, "name one owner", id="one recipient for all"),
        pytest.param(("force:20", "--by", "sam", *WHY[2:]), 2, "no user 'sam'", id="no such user"),
        pytest.param(("force:20", *WHY[:-1], "  "), 2, "needs a reason", id="no reason"),
        pytest.param(("pnc_bureau", *WHY), 0, "nothing to send", id="nothing to send"),
    ],
)
def test_where_no_pack_can_be_made_none_is_and_it_says_why(concord, out, asked, code, words):
    assert words in concord("packs", "make", *asked, "--out", out, code=code)
    assert written(out) == []
    assert "no pack was handed out" in concord("packs", "log")


def test_a_folder_that_can_not_be_written_to_is_reported_and_nothing_is_logged(concord, out):
    out.parent.joinpath("file").write_text("")
    said = concord("packs", "make", "force:20", "--out", out.parent / "file" / "below", *WHY, code=1)
    assert "can't be written to" in said
    assert "no pack was handed out" in concord("packs", "log")


@pytest.mark.parametrize("most_bytes", [0, 3_000], ids=["nothing", "half a workbook"])
def test_a_disk_that_takes_no_pack_is_named_with_what_to_do_and_nothing_is_logged(concord, home, out, most_bytes):
    entry = (sys.executable, "-c", "from cli.main import main; main()")
    limits = (most_bytes, most_bytes)
    unmeasured = {"COVERAGE_PROCESS_CONFIG": ""}  # coverage would write on the same full disk, and say that it can't
    done = subprocess.run(
        [*entry, "packs", "make", "force:20", "--out", out, *WHY, "--home", home.path],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
        env=os.environ | unmeasured | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip().endswith("then try again; nothing was handed out")
    assert "Traceback" not in done.stderr
    assert written(out) == []
    assert "no pack was handed out" in concord("packs", "log")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else_is_reported_and_nothing_is_logged(concord, out):
    out.mkdir(mode=0o500)
    assert "can't be written to" in concord("packs", "make", "force:20", "--out", out, *WHY, code=1)
    assert "no pack was handed out" in concord("packs", "log")


def test_no_file_appears_if_the_disclosure_can_not_be_logged(concord, home, out, monkeypatch):
    def refuse(*_, **__):
        raise LedgerLockedError("the ledger is locked by another process: try again")

    monkeypatch.setattr("ledger.packs.handing.record_disclosure", refuse)
    concord("packs", "make", "force:20", "--out", out, *WHY, code=1)
    assert written(out) == []


@pytest.mark.parametrize("command", [("packs", "list"), ("packs", "check"), ("packs", "make", "--all", *WHY)])
def test_without_a_release_there_is_nothing_to_make_packs_of(concord, home, out, command):
    shutil.rmtree(home.releases)
    where = ("--out", out) if "make" in command else ()
    done = CliRunner().invoke(app, [*map(str, (*command, *where)), "--home", str(home.path)])
    assert isinstance(done.exception, LookupError)
    assert "no release has been published" in str(done.exception)


@pytest.mark.parametrize("command", [("packs", "list"), ("packs", "log"), ("packs", "check")])
def test_without_a_ledger_it_is_said_how_to_make_one(concord, home, command):
    shutil.rmtree(home.ledger.parent)
    assert "concord decisions migrate" in concord(*command, code=1)


def test_a_pack_that_was_never_handed_out_can_not_be_shown(concord):
    assert "there is no pack DIS-1" in concord("packs", "show", "DIS-1", code=2)


def test_an_owner_that_was_asked_nothing_and_one_that_there_is_not(concord):
    assert "nothing was ever asked of PNC bureau" in concord("packs", "check", "pnc_bureau")
    assert "no owner 'nobody'" in concord("packs", "check", "nobody", code=2)


def test_a_line_referred_to_nobody_on_a_list_is_left_to_people(concord, home, out):
    """Once anything could be typed as an owner: a ledger may hold such decisions."""
    concord("decide", "refer", "d1", *WHY[:2], "--reason", "other", "--comment", "x")
    with opened_ledger(home.path) as ledger:
        once = ledger.read()
    concord("decide", "undo", once.item(0, "decision_id"), *WHY[:2], "--reason", "other", "--comment", "x")
    old = once.with_columns(referred_to=pl.lit("the old records office"))
    with opened_ledger(home.path) as ledger:
        ledger.insert(old.with_columns(decision_id=pl.lit(name_row(old.row(0, named=True)))))
    assert "the old records office" in concord("packs", "list").replace("\n", " ")
    assert "deal with these lines by hand" in concord("packs", "make", "--all", "--out", out, *WHY)
    assert written(out) == []


def answered(out, **cells):
    """The workbook as its owner sends it back."""
    (path,) = out.glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["Corrections"]
    places = {cell.value: cell.column for cell in sheet[4]}
    for title, value in cells.items():
        sheet.cell(5, places[title.replace("_", " ")], value)
    book.save(path)
    return path


def test_a_workbook_that_comes_back_is_taken_in_once(concord, out):
    disclosure_id = concord("packs", "make", "force:20", "--out", out, *WHY).split()[0]
    path = answered(out, Disagree_because="our record is right", Answered_by="R. Jones")
    for new in ("1 of them new", "0 of them new"):
        assert new in concord("packs", "receive", disclosure_id, path, "--by", "kim")
    assert "right_as_it_is" not in (shown := concord("packs", "show", disclosure_id))
    assert "our record" in shown
    assert "0 lines" not in concord("packs", "policy", "show")
    assert "nothing to send" in concord("packs", "make", "force:20", "--out", out, *WHY)


def test_a_workbook_with_a_cell_that_can_not_be_taken_is_refused_whole(concord, out):
    disclosure_id = concord("packs", "make", "force:20", "--out", out, *WHY).split()[0]
    path = answered(out, Corrected_on="last Tuesday")
    assert "V5:" in concord("packs", "receive", disclosure_id, path, "--by", "kim", code=2)
    assert "there is no pack" in concord("packs", "receive", "DIS-0", path, "--by", "kim", code=2)


def test_only_an_approver_lets_lines_go_and_a_revoked_policy_sends_nothing_more(concord, home, out):
    assert "not an approver" in concord("packs", "policy", "set", *WHY, code=2)
    with opened_ledger(home.path) as ledger, ledger.database.writing() as connection:
        add_account(connection, "ada", role="approver", at=datetime.now(UTC), identity=f"os|{system_user()}")
    why = ("--by", "ada", "--reason", "agreed")
    assert "can't act as another user" in concord("packs", "policy", "set", *WHY, code=4)
    concord("packs", "policy", "revoke", *why)
    assert "No sending policy is in force" in concord("packs", "list")
    assert "nothing to send" in concord("packs", "make", "force:20", "--out", out, *why)
    concord("packs", "policy", "set", *why, "--sampled-share", "1")
    assert "o000000/d1" in concord("packs", "sample", "list")
    concord("packs", "sample", "check", "o000000/d1", "right", "--by", "ada")
    assert "nothing to send" in concord("packs", "make", "force:20", "--out", out, *why)
    with opened_ledger(home.path) as ledger:
        judge_again(ledger, "noor")
    assert "agreed on 100%" in concord("packs", "policy", "show")
    assert "1 line" in concord("packs", "make", "force:20", "--out", out, *why)
    assert concord("packs", "policy", "show", "--all").count("POL-") >= 3


@pytest.mark.parametrize(("force", "said"), [("20", "1 line, 0 of them"), ("01", "nothing to send")])
def test_a_steward_of_one_force_hands_out_lines_of_its_orders_alone(concord, home, out, force, said):
    with opened_ledger(home.path) as ledger, ledger.database.writing() as connection:
        who = {"role": "steward", "forces": [force], "identity": f"os|{system_user()}"}
        add_account(connection, "sam", at=datetime.now(UTC), **who)
    assert said in concord("packs", "make", "force:20", "--out", out, "--by", "sam", *WHY[2:])


def test_the_commands_print_no_values(concord, out):
    concord("packs", "make", "force:20", "--out", out, *WHY)
    said = " ".join(concord("packs", *command) for command in (("list",), ("log",), ("check",)))
    assert "Khan" not in said
