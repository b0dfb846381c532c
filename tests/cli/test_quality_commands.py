"""The commands about quality: what they print and write, and what they refuse."""

import csv
from datetime import date

import openpyxl
import polars as pl
import pytest
from shares import one_in
from typer.testing import CliRunner

from cli.main import app
from expectations.intervals import score_interval
from expectations.measures import MEASURES
from expectations.quality import KNOWN_KEYS
from warehouse.home import Home
from warehouse.releases.release import publish
from warehouse.tables.register import DIMENSIONS, PUBLIC_TABLES, QUALITY_SCORES

pytestmark = pytest.mark.usefixtures("without_database")

NIGHTS = [date(2026, 11, 19), date(2026, 11, 20)]
SMALL_FORCE = "33"
WEIGHTS = {measure.dimension: measure.weight for measure in MEASURES}


def scores(*, failed):
    """Scores in which every key has 100 orders; a force has 4, and a force has none."""
    orders = {SMALL_FORCE: 4, "40": 0}
    rows = [
        {
            "scope": scope,
            "scope_key": key,
            "dimension": dimension,
            "units": (units := orders.get(key, 100)),
            "failed_units": min(units, failed),
            "numerator": 10.0 * units - min(units, failed),
            "denominator": 10.0 * units,
            "weight": WEIGHTS[dimension],
        }
        for scope, keys in {**KNOWN_KEYS, "record": ["ORDER-1"]}.items()
        for key in keys
        for dimension in DIMENSIONS
    ]
    judged = pl.col("denominator") > 0
    share = pl.when(judged).then(pl.col("numerator") / pl.col("denominator"))
    scored = pl.DataFrame(rows).with_columns(score=share, trials=pl.when(judged).then("denominator"))
    low, high = score_interval(pl.col("score"), pl.col("trials"))
    return QUALITY_SCORES.conform(scored.with_columns(low=low, high=high))


def put(home, as_of, table, *, models="m"):
    tables = {table.name: table.empty() for table in PUBLIC_TABLES} | {QUALITY_SCORES.name: table}
    account = {"inputs": {"pnc": str(as_of)}, "versions": {"code": "c", "models": models}, "config_hash": "s"}
    return publish(home, tables, as_of=as_of, state="published", **account)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two nights, of which the second is much better."""
    home = Home(tmp_path_factory.mktemp("quality"))
    for night, failed in zip(NIGHTS, (60, 20), strict=True):
        put(home, night, scores(failed=failed))
    return home


@pytest.fixture
def concord(home, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    def run(*asked, code=0, folder=None):
        done = CliRunner().invoke(app, ["quality", *asked, "--home", str(folder or home.path)])
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_a_score_stands_with_its_interval_and_its_parts(concord):
    said = concord("show", "--scope", "force", "--key", "01", "--dimension", "accuracy").splitlines()
    assert said[0].split() == ["key", "dimension", "score", "95", "%", "passed", "judged", "orders", "failing"]
    assert said[1].split() == ["01", "accuracy", "98.0", "%", "96.9", "to", "98.7", "%", "980", "1000", "100", "20"]


def test_who_holds_nothing_has_no_score(concord):
    assert concord("show", "--scope", "force", "--key", "40").count("–") == 2 * len(DIMENSIONS)


def test_the_score_of_an_order_is_reported_as_a_sum_of_its_parts(concord):
    said = concord("show", "--scope", "record", "--key", "ORDER-1").splitlines()[-1]
    total = sum(WEIGHTS.values())
    assert said.startswith("quality score 0.9800 = (3 × 0.980 accuracy + 3 × 0.980 completeness")
    assert said.endswith(f"÷ {total}")


def test_the_trend_says_what_is_better_and_since_when(concord):
    said = concord("trend", "--scope", "force", "--key", "01", "--dimension", "accuracy").splitlines()
    assert "2026-11-19" in said[1]
    assert said[1].count("first of the series") == 2
    assert "2026-11-20" in said[2]
    assert said[2].count("+4.0: better") == 2


def test_the_trend_of_all_keys_shows_the_last_night_alone(concord):
    said = concord("trend")
    assert "2026-11-19" not in said
    assert len(said.splitlines()) == 1 + 4 * len(DIMENSIONS) + 1


def test_a_change_of_what_scores_are_judged_by_is_marked(concord, tmp_path):
    for night, models in zip(NIGHTS, ("m", "n"), strict=True):
        put(Home(tmp_path), night, scores(failed=20), models=models)
    said = concord("trend", "--scope", "all", "--dimension", "accuracy", folder=tmp_path)
    assert said.count("0.0: within chance*") == 2
    assert said.splitlines()[-1] == "* judged by other code, models or settings"


def test_a_release_that_cannot_be_read_is_named(concord, tmp_path):
    home = Home(tmp_path)
    for night in NIGHTS:
        put(home, night, scores(failed=20))
    (home.releases / "r2026-11-19" / "manifest.json").write_text("{")
    said = concord("trend", folder=home.path)
    assert "left out: r2026-11-19" in said
    (home.releases / "r2026-11-20" / "quality_scores.parquet").unlink()
    assert "none of the releases asked for can be read" in concord("trend", folder=home.path, code=1)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        pytest.param(("show", "--scope", "force", "--key", "X"), "no force 'X': one of 01", id="an unknown force"),
        pytest.param(("show", "--scope", "street"), "no scope 'street': one of record", id="an unknown scope"),
        pytest.param(("show", "--dimension", "beauty"), "no dimension 'beauty'", id="an unknown dimension"),
        pytest.param(("show", "--scope", "record"), "name the order", id="all orders"),
        pytest.param(("show", "--scope", "record", "--key", "O"), "no record 'O': see `orders`", id="an unknown order"),
        pytest.param(("trend", "--scope", "record"), "no trend", id="the trend of an order"),
        pytest.param(("trend", "--scope", "region", "--key", "01"), "no region '01'", id="a force for a region"),
        pytest.param(("trend", "--last", "0"), "--last", id="no nights"),
    ],
)
def test_what_is_asked_for_wrongly_is_reported(concord, asked, words):
    assert words in concord(*asked, code=2)


def exported(folder):
    with (folder / "quality.csv").open(encoding="utf-8") as file:
        return {(row["scope"], row["key"], row["dimension"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def publication(home, tmp_path_factory):
    """The folder of a publication, and what the command said."""
    folder = tmp_path_factory.mktemp("publication") / "new" / "folder"
    done = CliRunner().invoke(app, ["quality", "export", "--out", str(folder), "--home", str(home.path)])
    assert done.exit_code == 0, done.output
    return folder, done.output


def test_what_is_published_hides_the_small_force_and_another(publication):
    folder, said = publication
    rows = exported(folder)
    hidden = {key for (scope, key, dimension), row in rows.items() if row["note"].startswith("hidden")}
    assert SMALL_FORCE in hidden
    assert len(hidden) > 1
    assert "scores are hidden (below 10)" in said
    small = rows["force", SMALL_FORCE, "accuracy"]
    numbers = ("score", "low", "high", "passed", "judged", "orders", "orders_failing")
    assert {small[name] for name in numbers} == {""}
    assert rows["force", "40", "accuracy"]["note"] == "nothing to judge"
    assert rows["force", "01", "accuracy"]["orders"] == "100"
    assert not [scope for scope, _, _ in rows if scope == "record"]


def test_the_same_rows_stand_in_csv_workbook_page_and_charts(publication):
    folder, _ = publication
    rows = exported(folder)
    book = openpyxl.load_workbook(folder / "quality.xlsx", read_only=True)
    assert book.sheetnames[0] == "Read first"
    in_book = sum(sheet.max_row - 1 for sheet in book.worksheets[1:])
    assert in_book == len(rows)
    assert "01" in {row[1] for row in book["Forces"].iter_rows(values_only=True)}
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "Numbers below 10 are hidden" in page
    name = rows["force", SMALL_FORCE, "accuracy"]["name"]
    for dimension in DIMENSIONS:
        chart = (folder / f"league-{dimension}.svg").read_text(encoding="utf-8")
        assert "Metropolitan Police Service (100 orders)" in chart
        assert name not in chart
        assert f"{dimension.capitalize()} by force" in page


def test_a_league_in_which_every_force_is_hidden_has_an_empty_chart(concord, home, tmp_path):
    (tmp_path / "home").mkdir()
    few = Home(tmp_path / "home")
    counts = {"units": 5, "failed_units": 5}
    put(few, NIGHTS[0], scores(failed=20).with_columns(pl.lit(n, pl.Int64).alias(name) for name, n in counts.items()))
    concord("export", "--out", str(tmp_path / "out"), folder=few.path)
    assert not [row for row in exported(tmp_path / "out").values() if row["score"] and row["scope"] == "force"]
    assert (tmp_path / "out" / "league-accuracy.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_folder_that_cannot_be_written_to_is_reported(concord, tmp_path):
    (tmp_path / "file").write_text("")
    assert "can't be written to" in concord("export", "--out", str(tmp_path / "file" / "out"), code=1)


@one_in(
    2,
    ("setting", "code", "words"),
    [
        pytest.param("suppress_below = 5", 0, "(below 5)", id="another threshold"),
        pytest.param("suppress_below = 0", 2, "line 2: setting quality.suppress_below", id="zero"),
        pytest.param("suppress_below = -3", 2, "line 2: setting quality.suppress_below", id="negative"),
        pytest.param("suppress = 5", 2, "setting quality.suppress", id="an unknown setting"),
    ],
)
def test_the_threshold_is_a_setting(concord, tmp_path, setting, code, words):
    put(Home(tmp_path), NIGHTS[0], scores(failed=20))
    (tmp_path / "concord.toml").write_text(f"[quality]\n{setting}\n")
    said = concord("export", "--out", str(tmp_path / "out"), folder=tmp_path, code=code)
    assert words in said
    assert (tmp_path / "out").exists() == (code == 0)


def test_a_release_that_does_not_say_orders_is_shown_but_not_published(concord, tmp_path):
    release = put(Home(tmp_path), NIGHTS[0], scores(failed=20))
    path = release.parquet(QUALITY_SCORES.name)
    old = pl.read_parquet(path).select("scope", "scope_key", "dimension", "score", "numerator", "denominator")
    old.write_parquet(path)
    assert "98.0 %" in concord("show", folder=tmp_path)
    assert "no score of all dimensions" in concord("show", "--scope", "record", "--key", "ORDER-1", folder=tmp_path)
    assert "first of the series" in concord("trend", folder=tmp_path)
    said = concord("export", "--out", str(tmp_path / "out"), folder=tmp_path, code=1)
    assert "nothing was written" in said
    assert "running the night again" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("asked", [("show",), ("trend",), ("export", "--out", "out")], ids=lambda asked: asked[0])
def test_without_any_release_it_is_reported(asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["quality", *asked, "--home", str(tmp_path / "home")])
    assert isinstance(done.exception, LookupError)
    assert "no release has been published" in str(done.exception)
    assert not (tmp_path / "out").exists()
