"""The desk from the command line: accounts, the audit log, settings."""

import csv
import json
import re
import tomllib
from pathlib import Path

import pytest
import sqlalchemy as sa
from shares import one_in
from typer.testing import CliRunner

from cli.desk_server import reached_at
from cli.main import app
from ledger.decisions.database import Database
from ledger.desk.accounts import all_accounts
from pipelines.settings import Settings, SettingsError, read_settings
from review.desk_settings import DeskSettings

PASSWORD = "correct horse battery staple"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with an empty ledger, where hashing a password costs next to nothing."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "concord.toml").write_text("[review]\npassword_memory_kib = 32\npassword_passes = 1\n")
    monkeypatch.setenv("CONCORD_HOME", str(folder))
    monkeypatch.delenv("CONCORD_LEDGER", raising=False)
    assert run("decisions", "migrate").exit_code == 0
    return folder


def run(*arguments, typed=None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)


def accounts_in(home):
    database = Database(f"sqlite:///{home}/ledger/decisions.sqlite")
    with database.reading() as connection:
        found = all_accounts(connection)
    database.close()
    return {account.name: account for account in found}


def test_accounts_are_made_changed_listed_and_closed(home):
    assert run("accounts", "add", "kim", "--role", "steward", "--force", "01", typed=f"{PASSWORD}\n").exit_code == 0
    assert run("accounts", "add", "noor", "--role", "viewer", "--identity", "https://idp|7").exit_code == 0
    former = accounts_in(home)["kim"].password_hash
    assert run("accounts", "set-role", "noor", "--role", "approver").exit_code == 0
    assert "`os|<user>`" in run("accounts", "set-identity", "noor", "noor").output, "no system knows a `noor`"
    assert run("accounts", "set-identity", "noor", "os|noor").exit_code == 0
    assert run("accounts", "set-password", "kim", typed="another horse battery staple\n").exit_code == 0
    assert run("accounts", "disable", "kim").exit_code == 0
    found = accounts_in(home)
    assert (found["kim"].role, found["kim"].forces) == ("steward", {"01"})
    assert found["kim"].password_hash not in (None, former)
    assert found["kim"].disabled_at is not None
    noor = found["noor"]
    assert (noor.role, noor.password_hash, noor.identity) == ("approver", None, "os|noor")
    listed = run("accounts", "list").output
    assert "closed" in listed
    assert "argon2" not in listed
    assert run("accounts", "disable", "kim", "--undo").exit_code == 0
    assert accounts_in(home)["kim"].disabled_at is None


@one_in(
    2,
    ("arguments", "typed", "words"),
    [
        pytest.param(["add", "kim", "--role", "king"], PASSWORD, "no role", id="an unknown role"),
        pytest.param(
            ["add", "kim", "--role", "viewer", "--force", "9Z"], PASSWORD, "force codes", id="an unknown force"
        ),
        pytest.param(["add", "kim", "--role", "viewer"], "short", "too short", id="a short password"),
        pytest.param(["add", "kim", "--role", "viewer"], "", "too short", id="no password"),
        pytest.param(["add", "kim", "--role", "viewer"], "aaaaaaaaaaaaaaaaaa", "too easy", id="one letter"),
        pytest.param(["add", "kim", "--role", "viewer"], "kim kim kim kim kim", "too easy", id="the name"),
        pytest.param(["add", "kim", "--role", "viewer"], "qwertyuiop1234", "too easy", id="in breached lists"),
        pytest.param(["add", "kim", "--role", "viewer"], "trafficking2026!", "too easy", id="a word of the place"),
        pytest.param(["add", "kim", "--role", "viewer"], "Password20262026", "too easy", id="a word and years"),
        pytest.param(["add", " kim", "--role", "viewer"], PASSWORD, "a user's name", id="a blank name"),
        pytest.param(["set-role", "sam", "--role", "viewer"], None, "no account", id="nobody"),
    ],
)
def test_what_can_not_be_is_reported_and_nothing_is_made(home, arguments, typed, words):
    answer = run("accounts", *arguments, typed=f"{typed}\n")
    assert answer.exit_code == 2
    assert words in answer.output
    assert not accounts_in(home)


def test_a_role_that_does_not_decide_can_not_decide_by_another_program_either(home):
    run("accounts", "add", "kim", "--role", "viewer", typed=f"{PASSWORD}\n")
    users = run("decisions", "users").output
    assert "kim" in users
    database = Database(f"sqlite:///{home}/ledger/decisions.sqlite")
    with database.reading() as connection:
        retired = connection.execute(sa.text("SELECT retired_at FROM users WHERE name = 'kim'")).scalar_one()
    database.close()
    assert retired is not None
    assert run("accounts", "set-role", "kim", "--role", "steward").exit_code == 0


def test_the_log_is_proved_exported_and_the_export_logged(home, tmp_path):
    run("accounts", "add", "kim", "--role", "steward", typed=f"{PASSWORD}\n")
    proved = run("audit", "verify")
    assert proved.exit_code == 0
    head = proved.output.split("head ")[1].strip()
    table, lines = tmp_path / "log.csv", tmp_path / "log.jsonl"
    assert run("audit", "export", table, "--by", "=kim", "--reason", "inspection").exit_code == 0
    assert run("audit", "export", lines, "--by", "kim", "--reason", "inspection").exit_code == 0
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["who"], row["act"]) for row in rows] == [("operator", "collection"), ("'=kim", "disclosure")]
    assert json.loads(lines.read_text().splitlines()[-1])["reason"] == "inspection"
    assert lines.stat().st_mode & 0o077 == 0
    assert run("audit", "verify", "--head", head).exit_code == 0


def test_an_export_of_days_holds_these_days_alone(home, tmp_path):
    run("accounts", "add", "kim", "--role", "steward", typed=f"{PASSWORD}\n")
    file = tmp_path / "log.jsonl"
    assert run("audit", "export", file, "--by", "kim", "--reason", "x", "--until", "2020-01-01").exit_code == 0
    assert file.read_text() == ""


def test_a_log_that_was_cut_fails_and_says_where(home):
    for name in ("kim", "noor"):
        run("accounts", "add", name, "--role", "steward", typed=f"{PASSWORD}\n")
    head = run("audit", "verify").output.split("head ")[1].strip()
    with sa.create_engine(f"sqlite:///{home}/ledger/decisions.sqlite").begin() as connection:
        connection.execute(sa.text("DROP TRIGGER audit_log_is_not_deleted"))
        connection.execute(sa.text("DELETE FROM audit_log WHERE sequence = 2"))
    answer = run("audit", "verify", "--head", head)
    assert answer.exit_code == 1
    assert "BROKEN at entry 2" in answer.output


@pytest.mark.parametrize("head", ["x", "1:2"])
def test_a_head_that_is_none_is_wrong_usage(home, head):
    assert run("audit", "verify", "--head", head).exit_code == 2


def settings_error(folder, text):
    (folder / "concord.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        read_settings(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("[review]\n\nidle_minutes = 0\n", 3, "idle_minutes", id="a number out of range"),
        pytest.param('[review]\norigin = "http://concord.example"\n', 2, "https", id="plain http for others"),
        pytest.param('[review]\norigin = "https://concord.example/desk"\n', 2, "path", id="a path"),
        pytest.param("[review]\ncolour = 1\n", 2, "colour", id="an unknown setting"),
        pytest.param("[review]\nlocal_sign_in = false\n", 1, "nobody could sign in", id="no door"),
        pytest.param('[review]\nproxies = ["proxy"]\n', 2, "proxies", id="a proxy without an address"),
        pytest.param(
            '[review.oidc]\nissuer = "https://idp.example"\nclient_id = "c"\nclient_secret = "s"\n',
            4,
            "client_secret",
            id="a secret in the file",
        ),
        pytest.param(
            '[review.oidc]\nissuer = "https://idp.example"\nclient_id = "c"\n[review.oidc.forces]\nmet = ["9Z"]\n',
            5,
            "force codes",
            id="an unknown force",
        ),
        pytest.param(
            '[review.oidc]\nissuer = "https://idp.example"\nclient_id = "c"\n[review.oidc.roles]\nmet = "king"\n',
            5,
            "steward",
            id="an unknown role",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(tmp_path, text, line, words):
    reported = settings_error(tmp_path, text)
    assert f"line {line}:" in reported
    assert words in reported


def test_browsers_reach_the_desk_where_it_listens_unless_another_address_is_set():
    assert reached_at("http://127.0.0.1:81", DeskSettings()).origin == "http://127.0.0.1:81"
    behind = DeskSettings(origin="https://concord.example")
    assert reached_at("http://127.0.0.1:81", behind).origin == "https://concord.example"


def test_a_desk_for_others_wants_an_address_by_https(home):
    answer = run("review", "--host", "192.0.2.1")
    assert answer.exit_code == 2
    assert "https" in answer.output


def test_the_demo_is_for_this_machine_alone(home):
    assert run("review", "--demo", "--host", "192.0.2.1").exit_code == 2


def test_the_settings_that_the_documentation_shows_are_settings():
    text = (Path(__file__).parents[2] / "docs" / "review.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    chosen = Settings.model_validate(tomllib.loads(example)).review
    assert chosen.oidc.roles["concord-approvers"] == "approver"
    reference = (Path(__file__).parents[2] / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert set(DeskSettings.model_fields) <= set(re.findall(r"`(\w+)`", reference))
