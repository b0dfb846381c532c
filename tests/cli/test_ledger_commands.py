"""The commands of stewards, on a small release: what they print, and the codes they exit with."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from ledger_cases import records
from shares import one_in
from typer.testing import CliRunner

from cli.deciding import PAIRS, decide_app
from cli.ledger_access import place_of
from cli.main import app
from ledger.decisions.database import Database
from ledger.decisions.kinds import KINDS
from pipelines.settings import SettingsError, read_settings
from warehouse.home import Home
from warehouse.releases.release import current_release, publish
from warehouse.tables.release import SOURCE_RECORDS

pytestmark = pytest.mark.usefixtures("without_database")

WHY = ("--reason", "document_seen", "--by", "kim")


def core_orders(**changes):
    """The records behind the small register; `changes` are columns of the first PNC record."""
    names = [f"{source}:{source}o{number:06d}" for source in ("pnc", "court") for number in range(6)]
    plain = {"sex": "M", "order_type": "STRO", "surname_folded": "KHAN"}
    return records(*((name, plain | (changes if name == names[0] else {})) for name in names))


def publish_night(home, tables):
    return publish(
        home,
        tables,
        as_of=date(2023, 11, 30),
        inputs={},
        versions={"models": "model-7"},
        config_hash="c",
        state="published",
    )


@pytest.fixture(scope="module")
def published(make_register, tmp_path_factory):
    """A home with a release, to be copied."""
    made = Home(tmp_path_factory.mktemp("published"))
    publish_night(made, make_register() | {SOURCE_RECORDS.name: core_orders()})
    return made


@pytest.fixture
def home(published, tmp_path, monkeypatch):
    monkeypatch.delenv("CONCORD_LEDGER", raising=False)
    return Home(Path(shutil.copytree(published.path, tmp_path / "home")))


@pytest.fixture
def concord(home):
    """Run a command on that home; the code it must exit with, unless 0, comes first."""

    def run(*arguments, code=0):
        done = CliRunner().invoke(app, [*arguments, "--home", str(home.path)])
        assert done.exit_code == code, done.output
        return done.output

    run("decisions", "migrate")
    run("decisions", "users", "--add", "kim")
    return run


def test_an_export_to_another_kind_of_file_is_refused_in_words(concord, tmp_path):
    assert "kept in .csv or .parquet files" in concord("decisions", "export", str(tmp_path / "out.jsonl"), code=2)


def test_there_is_a_command_for_each_kind_of_decision():
    names = {str(command.name).replace("-", "_") for command in decide_app.registered_commands}
    assert {name if name != "None" else "undo" for name in names} == {kind.code for kind in KINDS}
    assert {name.replace("-", "_") for name in PAIRS} == {kind.code for kind in KINDS if kind.about == "pair"}


def test_a_decision_is_previewed_taken_listed_and_taken_back(concord):
    asked = ("decide", "same-order", "pnc:pnco000000", "court:courto000001", *WHY)
    preview = concord(*asked, "--preview")
    assert "merged" in preview
    assert "o000000, o000001" in preview
    assert "there are no decisions" in concord("decisions", "list")
    fingerprint = preview.split()[1]
    decision_id = concord(*asked, "--seen", fingerprint).strip()
    assert f"{decision_id} already says so" in concord(*asked)
    assert f"{decision_id} already says so" in concord(*asked, "--preview")
    assert decision_id in concord("decisions", "list")
    taken_back = concord("decide", "undo", decision_id, "--reason", "mistake", "--by", "kim").split(",")[0]
    assert "there are no decisions" in concord("decisions", "list")
    listed = concord("decisions", "list", "--all")
    assert "undone" in listed
    assert taken_back in listed


def test_a_value_is_previewed_with_the_status_in_law(concord):
    preview = concord("decide", "value", "o000001", "end_on", "2022-01-01", *WHY, "--preview")
    assert "legal_status" in preview
    assert "expired" in preview
    concord("decide", "value", "o000001", "end_on", "2022-01-01", *WHY)
    concord("decide", "value", "o000001", "end_on", "2022-02-01", *WHY, code=4)


@one_in(
    2,
    "asked",
    [
        pytest.param(("both-right", "d1"), id="both right"),
        pytest.param(("accept", "d1", "--until", "2024-12-31"), id="accepted"),
        pytest.param(("refer", "d1"), id="referred"),
        pytest.param(("refer", "d1", "--to", "force:20"), id="referred to somebody else"),
    ],
)
def test_a_discrepancy_is_dealt_with(concord, asked):
    assert "DEC-" in concord("decide", *asked, *WHY)
    assert "o000000 end_on" in concord("decisions", "list")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(("different-person", "pnc:pnco000000", "court:courto000001", *WHY), id="different persons"),
        pytest.param(
            ("pair-unclear", "pnc:pnco000000", "court:courto000001", "--reason", "needs_owner", "--by", "kim"),
            id="two records that may belong together",
        ),
        pytest.param(
            ("value-unclear", "o000001", "end_on", "--reason", "needs_document", "--by", "kim"), id="a value in doubt"
        ),
    ],
)
def test_what_parts_records_or_leaves_them_open_is_taken(concord, asked):
    assert concord("decide", *asked).strip() in concord("decisions", "list", "--json")


@pytest.mark.long
def test_a_ledger_in_postgresql_is_backed_up_and_restored_by_command(concord, home, postgres, tmp_path, monkeypatch):
    monkeypatch.setenv("CONCORD_LEDGER", postgres())
    concord("decisions", "migrate")
    concord("decisions", "users", "--add", "kim")
    concord("decide", "both-right", "d1", *WHY)
    listed, backup = concord("decisions", "list", "--all"), str(tmp_path / "backup")
    concord("backup", backup)
    monkeypatch.setenv("CONCORD_LEDGER", postgres())
    other = ("--home", str(tmp_path / "restored"))
    done = CliRunner().invoke(app, ["restore", backup, *other])
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(app, ["decisions", "list", "--all", *other]).output == listed
    assert not (tmp_path / "restored" / "ledger" / "decisions.sqlite").exists()
    assert CliRunner().invoke(app, ["decide", "value", "o000001", "sex", "M", *WHY, *other]).exit_code == 0


@one_in(
    2,
    ("asked", "code", "words"),
    [
        pytest.param(("value", "o999999", "sex", "M", *WHY), 2, "no order o999999", id="no such order"),
        pytest.param(("value", "o000001", "sex", "X", *WHY), 2, "expected one of M, F", id="no such value"),
        pytest.param(("same-order", "pnc:1", "pnc:2", *WHY), 2, "no order record pnc:1", id="no such record"),
        pytest.param(("both-right", "d2", *WHY), 2, "no discrepancy d2", id="no such discrepancy"),
        pytest.param(("undo", "DEC-1", *WHY), 2, "there is no decision", id="no such decision"),
        pytest.param(("undo", "b1", "--batch", *WHY), 2, "no decision of batch b1", id="no such batch"),
        pytest.param(("both-right", "d1", *WHY[:-1], "sam"), 2, "no user 'sam'", id="no such user"),
        pytest.param(("both-right", "d1", "--reason", "whim", *WHY[2:]), 2, "use document_seen", id="no such reason"),
        pytest.param(("both-right", "d1", *WHY, "--seen", "0"), 4, "have changed", id="values have changed"),
        pytest.param(("both-right", "d1", *WHY, "--replace", "DEC-1"), 2, "is not in force", id="nothing to replace"),
    ],
)
def test_what_can_not_be_decided_says_why(concord, asked, code, words):
    assert words in concord("decide", *asked, code=code)
    assert "there are no decisions" in concord("decisions", "list", "--all")


def test_stale_decisions_and_contradictions_are_reported_without_values(concord, home, make_register):
    concord("decide", "same-person", "pnc:pnco000000", "pnc:pnco000001", *WHY)
    concord("decide", "value", "o000000", "surname", "Khan", *WHY)
    concord("decide", "value", "o000001", "surname", "Cohen", *WHY)
    clean = concord("decisions", "check")
    assert "no decision is stale" in clean
    assert "no decisions contradict" in clean
    publish_night(home, make_register() | {SOURCE_RECORDS.name: core_orders(surname_folded="COHEN")})
    reported = concord("decisions", "check")
    assert reported.count("pnc:pnco000000") == 2
    assert "surname" in reported
    assert "cohen" not in reported.lower()


def test_decisions_go_out_and_into_another_ledger(concord, home, tmp_path, monkeypatch):
    concord("decide", "both-right", "d1", *WHY)
    assert "wrote 1 decision" in concord("decisions", "export", str(tmp_path / "out.csv"))
    assert "r2023-11-30,model-7" in (tmp_path / "out.csv").read_text(encoding="utf-8")
    monkeypatch.setenv("CONCORD_LEDGER", f"sqlite:///{tmp_path}/other.sqlite")
    assert "there is no ledger" in concord("decisions", "list", code=1)
    concord("decisions", "migrate")
    refused = concord("decisions", "import", str(tmp_path / "out.csv"), "--by", "kim", code=4)
    assert "line 2: its user is not known here" in refused
    concord("decisions", "users", "--add", "kim")
    assert "added 1, known already 0" in concord("decisions", "import", str(tmp_path / "out.csv"), "--by", "kim")


def test_new_decisions_come_in_as_a_batch(concord, tmp_path):
    (tmp_path / "new.csv").write_text("kind,discrepancy_id,reason_code\nboth_right,d1,different_facts\n")
    reported = concord("decisions", "import", str(tmp_path / "new.csv"), "--by", "kim")
    batch = reported.split()[-1]
    assert "undid 1 decision" in concord("decide", "undo", batch, "--batch", "--reason", "mistake", "--by", "kim")


def test_users_are_listed_and_retired(concord):
    assert "kim" in concord("decisions", "users")
    concord("decisions", "users", "--retire", "kim")
    assert "has retired" in concord("decide", "both-right", "d1", *WHY, code=2)
    assert "no user 'sam'" in concord("decisions", "users", "--retire", "sam", code=2)


def test_a_release_of_an_earlier_version_that_keeps_no_records_is_reported(concord, home, make_register):
    publish_night(home, make_register())
    assert "run its night again" in concord("decide", "both-right", "d1", *WHY, code=1)


def test_migrating_again_changes_nothing(concord):
    assert "ledger is up to date" in concord("decisions", "migrate")


def test_a_ledger_in_service_is_migrated_by_command_only(concord, postgres, monkeypatch):
    url = postgres()
    monkeypatch.setenv("CONCORD_LEDGER", url)
    assert "concord decisions migrate" in concord("decisions", "list", code=1)
    Database(url).migrate(to="0001")
    assert "older schema" in concord("decisions", "list", code=1)
    assert "brought up to date" in concord("decisions", "migrate")
    concord("decisions", "users", "--add", "kim")
    assert "DEC-" in concord("decide", "both-right", "d1", *WHY)


def test_the_ledger_lies_where_the_setting_or_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.delenv("CONCORD_LEDGER", raising=False)
    assert place_of(tmp_path) == f"sqlite:///{tmp_path}/ledger/decisions.sqlite"
    (tmp_path / "concord.toml").write_text('ledger = "postgresql+psycopg://kim@host/ledger"\n')
    assert place_of(tmp_path) == "postgresql+psycopg://kim@host/ledger"
    monkeypatch.setenv("CONCORD_LEDGER", "sqlite:///elsewhere")
    assert place_of(tmp_path) == "sqlite:///elsewhere"


@pytest.mark.parametrize("url", ["postgresql://kim:secret@host/x", "postgresql://host/x?user=kim&password=secret"])
def test_a_password_in_the_file_of_settings_is_refused(tmp_path, url):
    (tmp_path / "concord.toml").write_text(f'ledger = "{url}"\n')
    with pytest.raises(SettingsError, match="CONCORD_LEDGER") as reported:
        read_settings(tmp_path)
    assert "secret" not in str(reported.value)


def test_a_release_is_not_touched_by_decisions(concord, home):
    before = current_release(home).database.read_bytes()
    concord("decide", "both-right", "d1", *WHY)
    assert current_release(home).database.read_bytes() == before
    assert [file.name for file in home.ledger.parent.iterdir()] == ["decisions.sqlite"]
