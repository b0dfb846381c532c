"""`concord study effect`: what it writes, and what it refuses."""

import json
import re

import polars as pl
import pytest
from nights import command, copy_of
from typer.testing import CliRunner

from cli.main import app


@pytest.fixture(scope="module")
def written(one_night, tmp_path_factory):
    """The study of one night with its truth: the folder and what was printed."""
    out = tmp_path_factory.mktemp("study")
    said = command("study", "effect", "--out", out, "--truth", one_night / "truth", home=one_night / "home")
    assert said.exit_code == 0, said.output
    return out, said


def test_it_writes_a_page_and_every_table_twice(written):
    out, said = written
    names = {path.stem for path in out.glob("*.csv")}
    assert names == {path.stem for path in out.glob("*.parquet")}
    assert names >= {"funnel", "changes", "sources", "months", "segments", "selection", "choices", "orders"}
    assert f"{len(names)} tables" in said.stdout
    assert "not what the orders did" in said.stdout, "a change is not printed without the caution"
    changes = pl.read_parquet(out / "changes.parquet")
    assert pl.read_csv(out / "changes.csv").height == changes.height == 10


@pytest.mark.long
def test_the_study_is_one_json_document_where_asked_for(one_night, tmp_path):
    said = command("study", "effect", "--out", tmp_path / "out", "--json", home=one_night / "home")
    found = json.loads(said.stdout)
    assert len(found["tables"]["changes"]) == 10
    assert found["summary"]


def test_the_page_loads_nothing_and_has_a_table_for_every_picture(written):
    page = (written[0] / "effect.html").read_text(encoding="utf-8")
    outside = set(re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?(https?:[^"\')]+)', page)) - {
        "http://www.w3.org/1999/xlink"
    }
    assert not outside
    assert "<script" not in page
    assert page.count("<svg") == page.count("<details") == 6
    assert "<table" in page


def test_the_page_never_says_that_orders_caused_anything(written):
    page = (written[0] / "effect.html").read_text(encoding="utf-8")
    assert "not what the orders did" in page
    assert not re.findall(r"\b(?:caused|because of the order|thanks to|led to a fall|reduced)\b", page)


def test_the_page_and_the_tables_hold_no_names(written, one_night):
    people = pl.read_parquet(next((one_night / "home" / "releases").glob("r*/subjects.parquet")))
    surnames = {name for name in people["surname"].drop_nulls() if len(name) > 4}
    texts = " ".join(path.read_text(encoding="utf-8") for path in written[0].glob("*.[ch]*"))
    assert not {name for name in surnames if re.search(rf"\b{re.escape(name)}\b", texts)}


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        pytest.param(["--type", "ASBO"], 2, "no order type 'ASBO': one of STRO, STPO, TERO, TEPO", id="unknown type"),
        pytest.param(["--region", "KENT"], 2, "no region 'KENT': one of", id="unknown region"),
        pytest.param(["--window", "0"], 2, "a window of 0 months", id="no window"),
        pytest.param(["--window", "120"], 1, "choose a shorter window", id="windows beyond the data"),
    ],
)
def test_what_cannot_be_studied_is_refused_and_nothing_is_written(one_night, tmp_path, options, code, message):
    said = command("study", "effect", "--out", tmp_path / "out", *options, home=one_night / "home")
    assert said.exit_code == code
    assert message in said.output
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_days_and_harm_of_the_installation_come_from_its_settings(one_night, tmp_path):
    home = copy_of(one_night / "home", tmp_path / "home")
    edition = tmp_path / "2026.csv"
    edition.write_text("offence_code,harm_days\nMS15001,900\n")
    (home / "concord.toml").write_text(f'[study]\ncovered_from = 2015-01-01\nharm_table = "{edition}"\n')
    said = command("study", "effect", "--out", tmp_path / "out", home=home)
    assert said.exit_code == 0, said.output
    assert "(2015-01-01 to 2026-11-20)" in said.stdout
    assert "Cambridge Crime Harm Index (2026)" in (tmp_path / "out" / "effect.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_release_whose_night_is_not_kept_is_studied_without_its_sources(one_night, tmp_path):
    home = copy_of(one_night / "home", tmp_path / "home")
    (home / "tables").rename(home / "moved")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sources.csv").write_text("of an earlier study\n")
    said = command("study", "effect", "--out", tmp_path / "out", home=home)
    assert said.exit_code == 0
    assert "single sources are left out" in said.output
    assert not (tmp_path / "out" / "sources.csv").exists()


def test_a_preset_has_orders_of_its_own(tmp_path):
    words = ["sample", str(tmp_path), "--preset", "practice-note", "--orders", "5"]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 2


def test_published_figures_are_printed_or_written_with_their_scope(one_night, tmp_path):
    printed = command("study", "figures", home=one_night / "home")
    assert printed.exit_code == 0, printed.output
    assert "STPO: people" in printed.stdout
    assert "] Crown Court; a defendant counts once a year\n" in printed.stdout
    rows = json.loads(command("study", "figures", "--json", home=one_night / "home").stdout)["rows"]
    assert {row["scope"] for row in rows} > {"the first was being sought", None}
    command("study", "figures", "--out", tmp_path / "figures.csv", home=one_night / "home")
    written = pl.read_csv(tmp_path / "figures.csv")
    assert written.height == 25
    assert written["source"].null_count() == 0
