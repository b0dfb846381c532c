"""Putting queries to the register at a terminal, and writing it as a workbook."""

import csv
import io
import json
import shutil
from contextvars import Context
from datetime import date
from importlib.metadata import version

import openpyxl
import polars as pl
import pytest
import typer.main
from nights import command
from typer.testing import CliRunner

from cli.main import app, main
from cli.options import words_of
from warehouse.home import Home
from warehouse.releases.release import publish
from warehouse.tables.register import ID_REDIRECTS

TWO = "SELECT order_id, sources, made_on FROM orders ORDER BY order_id LIMIT 2"
FORMULA = "SELECT '=1+1' AS cell"


@pytest.fixture(scope="module")
def home(tmp_path_factory, make_register):
    home = Home(tmp_path_factory.mktemp("query"))
    publish(home, make_register(9), as_of=date(2023, 11, 30), inputs={}, versions={}, config_hash="", state="published")
    return home.path


def test_a_person_is_shown_a_table(home):
    asked = command("query", TWO, home=home)
    assert asked.exit_code == 0
    assert "order_id" in asked.stdout
    assert "o000000" in asked.stdout


def test_many_columns_are_shown_a_value_a_line(home):
    asked = command("query", "SELECT * FROM orders", home=home)
    assert asked.exit_code == 0
    lines = [line.split() for line in asked.stdout.splitlines()]
    assert ["order_id", "o000000"] in lines
    assert ["order_id", "o000008"] in lines


def test_that_there_are_no_rows_is_said_however_many_columns(home):
    for asked in (
        "SELECT * FROM orders WHERE force_code = 'ZZ'",
        "SELECT * FROM order_now('ORD-NONE')",
        "FROM range(0)",
    ):
        assert command("query", asked, home=home).stdout == "no rows\n"


def test_an_id_that_was_merged_is_said_beside_the_answer(tmp_path, make_register):
    redirects = pl.DataFrame(
        [("order", "old", "o000001", date(2023, 11, 30))], schema=ID_REDIRECTS.schema, orient="row"
    )
    tables = make_register(9) | {"id_redirects": redirects}
    night = {"as_of": date(2023, 11, 30), "inputs": {}, "versions": {}, "config_hash": "", "state": "published"}
    publish(Home(tmp_path), tables, **night)
    asked = command("query", "SELECT * FROM orders WHERE order_id = 'old'", home=tmp_path)
    assert (asked.exit_code, asked.stdout) == (0, "no rows\n")
    assert asked.stderr == "old was merged: it is now o000001. Ask for that, or for order_now('old')\n"


def test_how_many_rows_are_not_shown_is_said(home):
    asked = command("query", "SELECT 1 FROM range(130)", home=home)
    assert "30 more rows" in asked.stderr


def test_json_and_csv_are_written_to_standard_output(home):
    as_json = json.loads(command("query", TWO, "--format", "json", home=home).stdout)
    rows = list(csv.DictReader(io.StringIO(command("query", TWO, "--format", "csv", home=home).stdout)))
    assert [row["order_id"] for row in as_json] == [row["order_id"] for row in rows] == ["o000000", "o000001"]
    assert "; ".join(as_json[0]["sources"]) == rows[0]["sources"]


def test_files_hold_the_rows(home, tmp_path):
    for form in ("parquet", "xlsx", "csv", "json"):
        asked = command("query", TWO, "--format", form, "--out", tmp_path / f"rows.{form}", home=home)
        assert asked.exit_code == 0
    assert pl.read_parquet(tmp_path / "rows.parquet")["order_id"].to_list() == ["o000000", "o000001"]
    sheet = openpyxl.load_workbook(tmp_path / "rows.xlsx").active
    assert [row[0].value for row in sheet.iter_rows()] == ["order_id", "o000000", "o000001"]


def test_no_cell_is_run_by_a_spreadsheet(home, tmp_path):
    assert command("query", FORMULA, "--format", "csv", home=home).stdout.splitlines()[1] == "'=1+1"
    command("query", FORMULA, "--format", "xlsx", "--out", tmp_path / "rows.xlsx", home=home)
    assert openpyxl.load_workbook(tmp_path / "rows.xlsx").active["A2"].data_type == "s"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        pytest.param(["query", "SELEC 1"], 1, "the query can't be answered: Parser Error", id="no SQL"),
        pytest.param(["query", "DROP TABLE orders"], 1, "it writes, makes, sets", id="a query that writes"),
        pytest.param(
            ["query", "CREATE TEMP TABLE orders AS SELECT 1"], 1, "makes, sets", id="a query that makes a table"
        ),
        pytest.param(["query", "SELECT 1", "--release", "r2020-01-01"], 1, "no release r2020-01-01", id="no release"),
        pytest.param(["query", "SELECT 1", "--out", "rows.csv"], 2, "--out needs a --format", id="no format"),
        pytest.param(["export", "x.csv"], 2, "must end in .xlsx", id="a workbook of another ending"),
        pytest.param(["export", "x.xlsx", "--table", "orderz"], 2, "no table orderz: one of orders, ", id="no table"),
    ],
)
def test_what_can_not_be_answered_is_said_in_words(home, words, code, message):
    asked = command(*words, home=home)
    assert asked.exit_code == code
    assert message in f"{asked.stderr}{asked.exception}"


def test_a_workbook_is_written(home, tmp_path):
    asked = command("export", tmp_path / "register.xlsx", home=home)
    assert asked.exit_code == 0
    names = openpyxl.load_workbook(tmp_path / "register.xlsx").sheetnames
    assert names == [
        "Read me",
        "orders",
        "order_sources",
        "subjects",
        "conditions",
        "arrests",
        "discrepancies",
        "Columns",
    ]


def test_a_workbook_has_the_marking_of_the_installation(home, tmp_path):
    settings = home / "concord.toml"
    settings.write_text('marking = "OFFICIAL"\n')
    asked = command("export", tmp_path / "register.xlsx", home=home)
    settings.unlink()
    assert asked.exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "register.xlsx")
    assert book["Read me"]["A1"].value == "OFFICIAL"
    assert all(sheet.oddHeader.center.text.endswith("OFFICIAL") for sheet in book.worksheets[1:])


def test_a_folder_that_is_not_there_is_said_in_words(home, tmp_path):
    asked = command("export", tmp_path / "nowhere" / "register.xlsx", home=home)
    assert asked.exit_code == 1
    assert "can't be written" in f"{asked.stderr}{asked.exception}"


def test_the_version_is_that_of_the_package():
    assert CliRunner().invoke(app, ["--version"]).stdout == f"concord {version('concord')}\n"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        pytest.param(["release", "list"], "releases", id="releases"),
        pytest.param(["explain", "o000000"], "records", id="an explanation"),
        pytest.param(["quality", "show"], "rows", id="scores"),
        pytest.param(["quality", "trend"], "rows", id="how scores moved"),
        pytest.param(["study", "figures"], "rows", id="published figures"),
    ],
)
def test_what_a_command_shows_is_one_json_document_on_standard_output(home, words, name):
    shown = command(*words, "--json", home=home)
    assert shown.exit_code == 0, shown.stderr
    assert isinstance(json.loads(shown.stdout)[name], list)
    assert not command(*words, home=home).stdout.startswith("{")


def test_the_release_in_force_is_verified_unless_another_is_named(home, tmp_path):
    assert command("release", "verify", home=home).stdout == "r2023-11-30: as published\n"
    assert "no release is in force" in command("release", "verify", home=tmp_path).output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["explain", "o-none"], 1, "has no order o-none", id="no such order"),
        pytest.param(["release", "verify", "r2020-01-01"], 1, "most like it: r2023-11-30", id="no such release"),
        pytest.param(["quality", "show", "--scope", "nothing"], 2, "no scope 'nothing'", id="no such scope"),
        pytest.param(["release", "diff"], 2, "wrong usage", id="an argument that is missing"),
        pytest.param(["decisions", "list"], 1, "there is no ledger at", id="no ledger"),
    ],
)
def test_with_json_a_failure_is_one_document_too(home, monkeypatch, capsys, words, code, said):
    monkeypatch.setattr("sys.argv", ["concord", *words, "--json", "--home", str(home)])
    with pytest.raises(SystemExit) as ended:
        Context().run(main)
    document = json.loads(capsys.readouterr().out)
    assert (ended.value.code, document["exit_code"]) == (code, code)
    assert said in document["error"]


def test_of_many_files_that_can_not_be_copied_the_first_is_said_in_words(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "from" / name).mkdir(parents=True)
        (tmp_path / "from" / name / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(shutil.Error) as failed:
        shutil.copytree(tmp_path / "from", tmp_path / "to")
    said = words_of(failed.value)
    assert said.startswith("2 files can't be copied; the first: No such file or directory: ")


def commands(group, before=()):
    for name, found in group.commands.items():
        yield from commands(found, (*before, name)) if hasattr(found, "commands") else [((*before, name), found)]


SHOWING = ("list", "show", "status", "diff", "trend", "explain", "verify", "check", "log", "figures", "users")


def test_every_command_that_shows_state_has_json():
    every = dict(commands(typer.main.get_command(app)))
    showing = {words for words in every if words[-1] in SHOWING} - {("packs", "sample", "check")}  # which decides
    lacking = {words for words in showing if "--json" not in {name for one in every[words].params for name in one.opts}}
    assert len(showing) > 20
    assert not lacking
