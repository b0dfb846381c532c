"""A night as its operator runs it: `concord nightly` on a landing folder, and the commands that show what it made."""

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from nights import NIGHT, command, concord, copy_of, nightly

from reconciliation.register import Register
from samples.wording import SAMPLE_NAMES
from tests.support.spoil import cut, drop_trailer
from warehouse.tables.register import PUBLIC_TABLES


def current(home):
    return home / "releases" / (home / "releases" / "CURRENT").read_text().strip()


def manifest(home):
    return json.loads((current(home) / "manifest.json").read_text())


@pytest.fixture(scope="module")
def night(one_night):
    """The folder of one published night."""
    return one_night


def read(night, table):
    return pl.read_parquet(current(night / "home") / f"{table}.parquet")


def test_every_public_table_stands_in_duckdb_and_parquet_with_a_comment_on_every_column(night):
    with duckdb.connect(str(current(night / "home") / "register.duckdb"), read_only=True) as connection:
        for table in PUBLIC_TABLES:
            assert connection.table(table.name).shape[0] == read(night, table.name).height
        bare = connection.execute(
            "SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'main' AND comment IS NULL AND NOT internal "
            "AND table_name IN (SELECT table_name FROM duckdb_tables())"
        ).fetchone()
    assert bare == (0,)


def test_nobody_whom_a_condition_names_stands_in_what_is_published(night):
    kept = pl.read_parquet(night / "home" / "tables" / NIGHT.isoformat() / "condition_texts.parquet")
    with duckdb.connect(str(current(night / "home") / "register.duckdb"), read_only=True) as connection:
        views = [connection.table(name).pl() for name in ("conditions", "prohibitions")]
    published, full = (
        " ".join(texts.drop_nulls()).casefold()
        for texts in (pl.concat(view["text"] for view in views), kept["full_text"])
    )
    assert [name for name in SAMPLE_NAMES if name.casefold() in full]
    assert not [name for name in SAMPLE_NAMES if name.casefold() in published]


def test_every_record_read_stands_in_order_sources_once(night):
    records = read(night, "order_sources")
    truth = pl.read_csv(night / "truth" / "links.csv", infer_schema=False)
    assert set(records.select("source", "source_key").iter_rows()) == set(
        truth.select("source", "source_key").iter_rows()
    )


def test_rows_in_are_rows_kept_quarantined_or_duplicate(night):
    deliveries = read(night, "deliveries")
    balance = pl.col("rows_kept") + pl.col("rows_quarantined") + pl.col("rows_duplicate")
    assert deliveries.get_column("rows_read").sum() > 0
    assert deliveries.filter(pl.col("rows_read") != balance).is_empty()


def test_every_golden_value_names_where_it_came_from(night):
    provenance = read(night, "field_provenance")
    orders = read(night, "orders")
    filled = {
        (order["order_id"], field)
        for order in orders.iter_rows(named=True)
        for field in ("surname", "made_on", "start_on", "end_on", "order_type", "court_code", "pnc_id")
        if order[field] is not None
    }
    assert filled <= set(provenance.select("order_id", "field").iter_rows())


def test_the_summary_names_each_source_the_register_and_the_next_step(night):
    text = (night / "stdout").read_text()
    for word in ("pnc", "pnd", "court", "rocu", "REGISTER", "DISCREPANCIES", "RELEASE", "NEXT", "quality"):
        assert word in text


def test_without_a_terminal_progress_is_json_lines_that_end_with_the_summary(night):
    lines = [json.loads(line) for line in (night / "stderr").read_text().splitlines()]
    assert {line["event"] for line in lines} == {"run_started", "step_started", "step_done", "run_ended", "summary"}
    assert lines[-1]["event"] == "summary"


def test_nothing_said_on_the_way_names_a_person(night):
    said = (night / "stdout").read_text() + (night / "stderr").read_text()
    surnames = [name for name in read(night, "orders").get_column("surname").drop_nulls().unique() if len(name) > 4]
    assert surnames
    assert not [place for place, name in enumerate(surnames) if name.casefold() in said.casefold()]


@pytest.mark.long  # tests of releases prove it of their publication
def test_the_same_night_again_gives_the_release_that_exists(night, tmp_path):
    home = copy_of(night / "home", tmp_path / "home")
    nightly(home, night / "landing", NIGHT)
    assert manifest(home) == manifest(night / "home")


@pytest.mark.long
def test_the_same_deliveries_in_another_home_give_the_same_content_even_if_a_file_is_sent_twice(night, tmp_path):
    landing = copy_of(night / "landing", tmp_path / "landing")
    file = next((landing / "pnd").iterdir())
    shutil.copy(file, file.with_name(file.name.replace(".jsonl", "_r2.jsonl")))
    nightly(tmp_path / "home", landing, NIGHT)
    assert manifest(tmp_path / "home")["content_hash"] == manifest(night / "home")["content_hash"]


def test_explain_says_the_records_the_weights_and_the_values(night):
    orders = read(night, "orders").filter(pl.col("record_count") > 2)
    said = command("explain", orders.get_column("order_id")[0], home=night / "home")
    assert said.exit_code == 0
    for word in ("RECORDS", "WHY they are one order", "GOLDEN VALUES", "DISCREPANCIES"):
        assert word in said.stdout


def test_explain_of_an_unknown_order_says_so_and_fails(night):
    said = concord("explain", "ORD-0000000000", home=night / "home")
    assert (said.returncode, "no order" in said.stderr) == (1, True)


def test_release_list_marks_the_release_in_force_and_verify_proves_it(night):
    home = night / "home"
    assert command("release", "list", home=home).stdout.startswith(f"* {current(home).name}")
    assert command("release", "verify", current(home).name, home=home).exit_code == 0


def test_status_before_the_first_release_says_what_to_do(tmp_path):
    said = command("status", home=tmp_path)
    assert (said.exit_code, "concord nightly" in said.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["nightly", "--landing", "nowhere", "--as-of", NIGHT], id="no landing folder"),
        pytest.param(["nightly", "--landing", ".", "--as-of", "20/11/2026"], id="a date in another form"),
        pytest.param(["nightly", "--landing", "."], id="no date"),
        pytest.param(["nightly", "--landing", ".", "--as-of", "2999-01-01"], id="a night that has not come"),
        pytest.param(["nightly", "--landing", ".", "--as-of", "2015-07-30"], id="a night before the Act was in force"),
        pytest.param(["no-such-command"], id="no such command"),
    ],
)
def test_wrong_usage_exits_with_2(arguments, tmp_path):
    assert command(*arguments, home=tmp_path).exit_code == 2


def test_a_wrong_setting_is_named_with_its_line_before_anything_runs(night, tmp_path):
    (tmp_path / "concord.toml").write_text("[presence_days]\npnc = 10\ncourt = -1\n")
    said = command("nightly", "--landing", night / "landing", "--as-of", NIGHT, home=tmp_path)
    assert (said.exit_code, "line 3" in said.stderr, "court" in said.stderr) == (2, True, True)
    assert not (tmp_path / "releases" / "CURRENT").exists()


def test_an_empty_landing_folder_fails_and_leaves_no_release(tmp_path):
    (tmp_path / "landing").mkdir()
    landing = ("--landing", tmp_path / "landing")
    said = command("nightly", *landing, "--as-of", NIGHT, home=tmp_path / "home")
    assert (said.exit_code, "no delivery" in said.stderr) == (1, True)
    assert not (tmp_path / "home" / "releases" / "CURRENT").exists()


@pytest.mark.long
def test_a_night_with_one_source_only_is_published_degraded(night, tmp_path):
    shutil.copytree(night / "landing" / "court", tmp_path / "landing" / "court")
    assert nightly(tmp_path / "home", tmp_path / "landing", NIGHT).state == "degraded"
    assert set(pl.read_parquet(current(tmp_path / "home") / "order_sources.parquet").get_column("source")) == {"court"}


@pytest.mark.long
def test_bad_deliveries_on_the_second_night_leave_the_first_nights_rows_in_the_register(night, tmp_path):
    home = copy_of(night / "home", tmp_path / "home")
    landing = copy_of(night / "landing", tmp_path / "landing")
    for file in [*(landing / "pnc").iterdir(), *(landing / "pnd").iterdir()]:
        file.rename(file.with_name(file.name.replace("20261120", "20261121").replace("2026-11-20", "2026-11-21")))
    for file in (landing / "pnc").iterdir():
        drop_trailer(file)
    cut(next((landing / "pnd").iterdir()))
    assert nightly(home, landing, NIGHT + timedelta(days=1)).state == "degraded"
    records = pl.read_parquet(current(home) / "order_sources.parquet").group_by("source").len().sort("source")
    assert records.equals(read(night, "order_sources").group_by("source").len().sort("source"))


def queries_in(page):
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    return [query for query in re.findall(r"```sql\n(.*?)```", text, flags=re.DOTALL) if "ATTACH" not in query]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(query, id=f"{page}, query {number}")
        for page in ("query.md", "questions.md")
        for number, query in enumerate(queries_in(page), start=1)
    ],
)
def test_the_queries_shown_to_the_analyst_are_answered(night, query):
    with Register.open(night / "home") as register:
        parameters = register.table("orders").get_column("order_id")[:1].to_list() if "?" in query else []
        assert register.sql(query, parameters).width > 1


def test_no_question_of_the_analyst_is_without_an_answer_that_the_night_holds(night):
    questions = queries_in("questions.md")
    with Register.open(night / "home") as register:
        empty = {number for number, query in enumerate(questions, start=1) if register.sql(query).is_empty()}
    assert len(questions) == 30
    assert empty <= {
        4,
        5,
        6,
        9,
        21,
        30,
    }  # few interim orders are in force, few orders are in doubt, few people hold two; a first night changes nothing


def test_the_report_is_one_page_that_loads_nothing_and_names_no_person(night, tmp_path):
    assert command("report", tmp_path / "report.html", home=night / "home").exit_code == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert not re.findall(r"(?:src|href)=", page)
    surnames = read(night, "orders").get_column("surname").drop_nulls().unique()
    assert not [place for place, name in enumerate(surnames) if f" {name} " in page]
