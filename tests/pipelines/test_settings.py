"""Settings: a default that works, and a wrong one named with its file, line and what was expected."""

import sys

import pytest

from cli.main import _run
from cli.options import Exit
from expectations.discrepancies import PresenceClock
from pipelines.settings import Settings, SettingsError, read_settings


def test_without_a_file_the_defaults_are_in_force(tmp_path):
    assert read_settings(tmp_path).clock == PresenceClock()


def test_a_setting_replaces_its_default_and_leaves_the_others(tmp_path):
    (tmp_path / "concord.toml").write_text("[presence_days]\ncourt = 21\n")
    assert read_settings(tmp_path).clock.days == PresenceClock().days | {"court": 21}


def test_a_clock_may_be_set_for_an_order_type_of_a_source(tmp_path):
    (tmp_path / "concord.toml").write_text('[presence_days]\n"pnc:STRO" = 20\npnc = 12\n')
    assert read_settings(tmp_path).clock.days == PresenceClock().days | {"pnc": 12, "pnc:STRO": 20}


def test_the_digest_distinguishes_settings_and_not_ways_of_writing_them(tmp_path):
    (tmp_path / "concord.toml").write_text(f"[presence_days]\npnc = {PresenceClock().days['pnc']}\n")
    assert read_settings(tmp_path).digest == Settings().digest
    assert Settings(presence_days={"pnc": 99}).digest != Settings().digest


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(b"[presence_days]\npnc = -1\n", ("line 2", "presence_days.pnc", "0"), id="negative"),
        pytest.param(b"[presence_days]\npnc = 99999999999\n", ("line 2", "3660"), id="beyond any clock"),
        pytest.param(b'[presence_days]\npnc = "soon"\n', ("line 2", "integer"), id="words"),
        pytest.param(b"[presence_days]\nncx = 3\n", ("line 2", "ncx", "pnc:STRO"), id="unknown source"),
        pytest.param(b'[presence_days]\n"pnc:ASBO" = 3\n', ("line 2", "pnc:ASBO"), id="unknown order type"),
        pytest.param(b'[presence_days]\n"pnc:STRO" = 3\npnc = -1\n', ("line 3",), id="a source after its order type"),
        pytest.param(b"\ncolour = 3\n", ("line 2", "colour: there is no such setting here"), id="unknown setting"),
        pytest.param(b"presense_days = {}\n", ("did you mean presence_days?",), id="a setting with a slip of the key"),
        pytest.param(
            b"[review]\nidle_minute = 5\n", ("line 2", "did you mean idle_minutes?"), id="a slip in a section"
        ),
        pytest.param(b"[presence_days\n", ("not valid TOML", "line 1"), id="no TOML"),
        pytest.param(b"\xff\xfe[\x00", ("UTF-8",), id="another encoding"),
    ],
)
def test_a_wrong_setting_is_named(text, words, tmp_path):
    (tmp_path / "concord.toml").write_bytes(text)
    with pytest.raises(SettingsError) as reported:
        read_settings(tmp_path)
    assert not [word for word in (*words, "concord.toml") if word not in str(reported.value)]


def test_a_folder_in_place_of_the_file_is_named(tmp_path):
    (tmp_path / "concord.toml").mkdir()
    with pytest.raises(SettingsError, match=r"concord\.toml"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[deliveries]\nlaet = 'hold'\n", ("line 2", "laet", "implausible"), id="unknown state"),
        pytest.param("[deliveries]\n'ncp:late' = 'hold'\n", ("line 2", "ncp:late"), id="unknown source"),
        pytest.param("[deliveries]\nlate = 'wait'\n", ("line 2", "deliveries.late", "'hold'"), id="unknown policy"),
        pytest.param("[deliveries]\nempty = 'publish'\n", ("empty can't be publish",), id="a policy that does not fit"),
        pytest.param("[bounds]\n\nrows_gone = 2\n", ("line 3", "bounds.rows_gone", "less than 1"), id="no share"),
        pytest.param(
            "[review]\nidle_minutes = 5\n[bounds]\nidle_minutes = 5\n",
            ("line 4", "bounds.idle_minutes"),
            id="a setting of another section",
        ),
    ],
)
def test_a_wrong_policy_or_bound_is_named(text, words, tmp_path):
    (tmp_path / "concord.toml").write_text(text)
    with pytest.raises(SettingsError) as said:
        read_settings(tmp_path)
    assert not [word for word in words if word not in str(said.value)]


COMMANDS = (
    "status",
    "alerts send",
    "prune --dry-run",
    "decisions list",
    "accounts list",
    "audit verify",
    "backup copy",
    "packs list",
    "release mirror",
    "review",
    "erase SUB-1 --reason x",
    "nightly --landing . --as-of 2026-11-20",
    "check --landing . --as-of 2026-11-20",
    "backfill --landing . --from 2026-11-01 --to 2026-11-20",
)


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_names_the_wrong_setting_and_does_nothing(words, tmp_path, monkeypatch, capsys):
    (tmp_path / "concord.toml").write_text("colour = 3\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["concord", *words.split()])
    assert _run() == Exit.USAGE
    assert "line 1: setting colour" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["concord.toml"]
