import re
import shutil
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from shares import one_in

from reconciliation.explanation import WeightStep
from reconciliation.known_releases import release_known_on
from reconciliation.redirects import FormerIdWarning, UnknownOrderError
from reconciliation.register import Register
from warehouse.home import Home
from warehouse.releases.duckdb_file import QueryRefusedError
from warehouse.releases.release import DamagedReleaseError, publish
from warehouse.releases.rollback import roll_back
from warehouse.tables.register import ID_REDIRECTS

Tables = dict[str, pl.DataFrame]
REDIRECTS = [
    ("order", "old", "middle"),
    ("order", "middle", "o000001"),
    ("order", "split", "o000001"),
    ("order", "split", "o000002"),
    ("order", "round", "about"),
    ("order", "about", "round"),
    ("subject", "person", "s000001"),
]


def publish_tables(home: Home, tables: Tables, as_of: date) -> None:
    publish(home, tables, as_of=as_of, inputs={}, versions={}, config_hash="", state="published")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, make_register: Callable[..., Tables]) -> Home:
    """Two nights: six orders without pairs, then nine with pairs and redirects."""
    home = Home(tmp_path_factory.mktemp("home"))
    first = make_register(6)
    del first["link_orders__pairs"]
    publish_tables(home, first, date(2023, 11, 29))
    redirects = pl.DataFrame(
        [(*redirect, date(2023, 11, 30)) for redirect in REDIRECTS], schema=ID_REDIRECTS.schema, orient="row"
    )
    publish_tables(home, make_register(9) | {"id_redirects": redirects}, date(2023, 11, 30))
    return home


def test_the_release_in_force_is_opened_unless_another_is_named(home: Home) -> None:
    with Register.open(home) as current, Register.open(home.path, "r2023-11-29") as earlier:
        assert current.release.release_id == "r2023-11-30"
        assert current.table("orders").height == 9
        assert earlier.table("orders").height == 6


def test_nothing_published_is_reported(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no release has been published"):
        Register.open(tmp_path)


def test_orders_can_be_asked_for_by_force_and_by_status(home: Home) -> None:
    with Register.open(home) as register:
        of_force = register.orders(force="20").collect()
        active = register.orders(is_active=True).collect()
        ended = register.orders(is_active=False).collect()

    assert of_force.get_column("order_id").to_list() == ["o000000", "o000002", "o000004", "o000006", "o000008"]
    assert active.height == 6
    assert ended.get_column("order_id").to_list() == ["o000000", "o000003", "o000006"]


def test_a_table_that_the_release_lacks_is_reported(home: Home) -> None:
    with Register.open(home, "r2023-11-29") as register, pytest.raises(KeyError, match="has no table order_pairs"):
        register.table("order_pairs")


def test_a_table_whose_file_is_gone_is_reported_as_damage(home: Home, tmp_path: Path) -> None:
    damaged = Home(Path(shutil.copytree(home.path, tmp_path / "damaged")))
    with Register.open(damaged, "r2023-11-29") as register:
        register.release.parquet("orders").unlink()
        with pytest.raises(DamagedReleaseError, match="its table orders is gone"):
            register.table("orders")


def test_queries_take_parameters(home: Home) -> None:
    with Register.open(home) as register:
        counted = register.sql("SELECT count(*) AS orders FROM orders_active WHERE force_code = ?", ("01",))

    assert counted.item() == 3


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("DELETE FROM orders", id="deletes rows"),
        pytest.param("COPY orders TO '{folder}/orders.csv'", id="writes a file"),
        pytest.param("EXPORT DATABASE '{folder}/all'", id="writes the database to a folder"),
        pytest.param("ATTACH '{folder}/other.duckdb' AS other", id="makes another database"),
        pytest.param("SELECT * FROM read_text('{folder}/secret.txt')", id="reads a text file"),
        pytest.param("SELECT * FROM read_csv('{folder}/secret.txt')", id="reads a CSV file"),
        pytest.param("SELECT * FROM '{folder}/secret.txt'", id="reads a file by its name alone"),
        pytest.param("SELECT * FROM glob('{folder}/*')", id="lists a folder"),
        pytest.param("SELECT * FROM sniff_csv('{folder}/secret.txt')", id="guesses at a file"),
        pytest.param("SET enable_external_access = true", id="opens files to queries again"),
        pytest.param("PRAGMA enable_profiling = 'json'", id="changes what is written about queries"),
        pytest.param("LOAD httpfs", id="loads an extension"),
        pytest.param("UPDATE EXTENSIONS", id="is a statement that the client does not know"),
        pytest.param("SET VARIABLE day = DATE '2026-01-01'", id="sets a variable for later queries"),
        pytest.param("BEGIN", id="begins a transaction for later queries"),
        pytest.param("PREPARE later AS SELECT 1", id="keeps a statement for later"),
        pytest.param("CREATE SECRET key (TYPE http)", id="makes a secret"),
        pytest.param("SELECT * FROM duckdb_secrets()", id="lists secrets"),
        pytest.param("SELECT getenv('HOME')", id="reads the environment"),
        pytest.param("SELECT * FROM query('SELECT * FROM read_text(''{folder}/secret.txt'')')", id="reads by query()"),
        pytest.param(
            "SELECT * FROM json_execute_serialized_sql("
            "json_serialize_sql('SELECT * FROM read_text(''{folder}/secret.txt'')'))",
            id="reads by a serialised query",
        ),
        pytest.param("EXPLAIN ANALYZE COPY orders TO '{folder}/x.csv'", id="writes while it explains"),
        pytest.param("CALL enable_logging(storage = 'file')", id="logs to a file"),
        pytest.param(
            "SELECT * FROM range(100000000000)", id="gives more rows than the memory holds", marks=pytest.mark.long
        ),
        pytest.param("SELECT * FROM secret", id="reads a variable of the program"),
        pytest.param("SELECT 1; DROP TABLE orders", id="puts a second statement behind the first"),
        pytest.param(
            "SELECT * FROM known_on(current_date), read_csv('{folder}/secret.txt')", id="reads beside history"
        ),
        pytest.param("ATTACH '{folder}/other.duckdb' AS known_on", id="makes a database beside history"),
        pytest.param("SET lock_configuration = false -- known_on", id="unlocks settings beside history"),
        pytest.param("SELECT * FROM nothing", id="asks for a table that there is not"),
        pytest.param("", id="asks nothing"),
    ],
)
def test_a_query_reads_the_release_and_nothing_else(home: Home, tmp_path: Path, query: str) -> None:
    secret = pl.DataFrame({"word": ["hidden"]})
    (tmp_path / "secret.txt").write_text(secret.item())
    with Register.open(home) as register:
        with pytest.raises(QueryRefusedError):
            register.sql(query.format(folder=tmp_path))
        assert register.sql("SELECT count(*) FROM orders").item() == 9

    assert [path.name for path in tmp_path.iterdir()] == ["secret.txt"]


@pytest.mark.parametrize("kind", ["INTERVAL '1 month'", "union_value(a := 1)"])
def test_a_kind_that_can_not_be_shown_is_named_with_what_to_write(home: Home, kind: str) -> None:
    with Register.open(home) as register:
        with pytest.raises(QueryRefusedError, match=r"^x is of the kind .*: write CAST\(x AS VARCHAR\)$"):
            register.sql(f"SELECT {kind} AS x")
        assert register.sql(f"SELECT CAST({kind} AS VARCHAR) AS x").item() in {"1 month", "1"}


@one_in(
    2,
    ("query", "lacking"),
    [
        pytest.param(
            "SELECT count(*) FILTER (is_first_of_arrest) FROM arrests_while_bound",
            "arrests_while_bound.is_first_of_arrest",
            id="a column of a view",
        ),
        pytest.param("SELECT case_urn FROM orders", "orders.case_urn", id="a column of a table"),
        pytest.param("SELECT text FROM uncoded_conditions", "uncoded_conditions", id="a table"),
        pytest.param("SELECT * FROM expiring(90)", "expiring", id="a macro"),
    ],
)
def test_an_earlier_release_says_what_it_lacks_and_what_to_do(
    tmp_path: Path, make_register: Callable[..., Tables], query: str, lacking: str
) -> None:
    home = Home(tmp_path / "home")
    made = publish(
        home, make_register(3), as_of=date(2023, 11, 30), inputs={}, versions={}, config_hash="", state="published"
    )
    made.database.chmod(0o600)
    with duckdb.connect(made.database) as connection:
        for change in (
            "ALTER TABLE arrests_while_bound DROP COLUMN is_first_of_arrest",
            "ALTER TABLE orders DROP COLUMN case_urn",
            "DROP TABLE uncoded_conditions",
            "DROP MACRO TABLE expiring",
        ):
            connection.execute(change)
    with Register.open(home) as register:
        said = f"release r2023-11-30 was made by an earlier version and has no {lacking}: run its night again"
        with pytest.raises(QueryRefusedError, match=re.escape(said)):
            register.sql(query)
        with pytest.raises(QueryRefusedError, match=r"^Catalog Error: Table with name order_s"):
            register.sql("SELECT * FROM order_s")


@pytest.mark.parametrize(
    ("asked", "choices"),
    [
        pytest.param(
            {"force": "Kent"},
            "there is no force 'Kent': one of 01 Metropolitan Police Service, ",
            id="a force by its name",
        ),
        pytest.param({"nation": "Cymru"}, "there is no nation 'Cymru': one of England, ", id="a nation in Welsh"),
        pytest.param({"in_force_on": "1/3/2026"}, "there is no day '1/3/2026': write it as 2026-03-01", id="a day"),
        pytest.param({"known_on": "2026-02-30"}, "there is no day '2026-02-30'", id="a day that no calendar has"),
    ],
)
def test_what_there_is_not_is_an_error_that_lists_what_there_is(
    home: Home, asked: dict[str, str], choices: str
) -> None:
    with Register.open(home) as register, pytest.raises(ValueError, match="there is no") as unknown:
        register.orders(**asked)  # type: ignore[arg-type]
    assert str(unknown.value).startswith(choices)


def test_the_register_is_found_without_naming_a_folder(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_HOME", str(home.path))
    with Register.open() as by_environment, Register.open(str(home.path), as_of="2023-11-29") as earlier:
        assert by_environment.release.release_id == "r2023-11-30"
        assert earlier.release.release_id == "r2023-11-29"
    monkeypatch.delenv("CONCORD_HOME")
    monkeypatch.chdir(home.path.parent)
    with pytest.raises(LookupError, match=r"no release has been published in \.concord"):
        Register.open()
    with pytest.raises(ValueError, match="not both"):
        Register.open(home, "r2023-11-29", as_of="2023-11-29")


def test_a_workbook_holds_the_tables_what_they_mean_and_no_formula(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    with Register.open(home) as register:
        register.to_excel(path, "orders", "legal_status_codes")
        orders = register.table("orders")

    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Read me", "orders", "legal_status_codes", "Columns"]
    sheet = book["orders"]
    names = [cell.value for cell in sheet[1]]
    assert names == orders.columns
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == orders["order_id"].to_list()
    assert all("OFFICIAL-SENSITIVE" in page.oddHeader.center.text for page in book.worksheets[1:])
    assert not [cell for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    heads, *rows = book["Columns"].iter_rows(values_only=True)
    assert heads == ("table", "column", "title", "meaning", "unit", "codes", "source", "example", "caveat")
    explained = {row[1]: dict(zip(heads, row, strict=True)) for row in rows if row[0] == "orders"}
    assert explained.keys() == set(names)
    assert explained["nation"]["codes"] == "England, Wales, Scotland, Northern Ireland"
    assert explained["order_id"]["example"] == orders["order_id"][0]
    assert (explained["term_months"]["unit"], explained["term_months"]["source"]) == (
        "months",
        "golden value (`field_provenance`)",
    )
    assert explained["end_on"]["caveat"] == "Null if until further order or not known."


def test_a_workbook_holds_views_too(home: Home, tmp_path: Path) -> None:
    with Register.open(home) as register:
        register.to_excel(tmp_path / "use.xlsx", "prohibition_use", "condition_catalogue")
        with pytest.raises(KeyError, match="no table in_force_on"):
            register.to_excel(tmp_path / "none.xlsx", "in_force_on")
    book = openpyxl.load_workbook(tmp_path / "use.xlsx", read_only=True)
    assert book.sheetnames == ["Read me", "condition_catalogue", "prohibition_use", "Columns"]


def test_an_explanation_holds_records_weights_values_and_discrepancies(home: Home) -> None:
    with Register.open(home) as register:
        explanation = register.explain("o000000")

    assert explanation.order["force_name"] == "West Midlands Police"
    assert explanation.records.get_column("source_key").to_list() == ["courto000000", "pnco000000"]
    assert explanation.provenance.get_column("field").to_list() == ["made_on", "order_type"]
    assert explanation.discrepancies.get_column("discrepancy_id").to_list() == ["d1"]
    (pair,) = explanation.pairs
    assert (pair.left_id, pair.right_id, pair.match_weight) == ("court:courto000000", "pnc:pnco000000", 12.5)
    assert pair.steps == (WeightStep("pnc_id", "same", 9.5), WeightStep("made_on", "same day", 3.0))
    assert sum(step.weight for step in pair.steps) == pair.match_weight


def test_an_explanation_says_what_makes_a_value_doubtful(home: Home) -> None:
    with Register.open(home) as register:
        doubts = register.explain("o000000").doubts

    assert list(doubts) == ["made_on"]
    assert any("sources for and against: 2 to 0" in line for line in doubts["made_on"])


def test_a_release_without_pairs_explains_the_rest(home: Home) -> None:
    with Register.open(home, "r2023-11-29") as register:
        explanation = register.explain("o000001")

    assert explanation.pairs == ()
    assert explanation.records.height == 2


@pytest.mark.parametrize(
    ("asked_for", "found"),
    [
        pytest.param("o000001", "o000001", id="a living id"),
        pytest.param("middle", "o000001", id="an id redirected once"),
        pytest.param("old", "o000001", id="an id redirected twice"),
    ],
)
def test_redirects_are_followed(home: Home, asked_for: str, found: str) -> None:
    with Register.open(home) as register:
        explanation = register.explain(asked_for)

    assert explanation.order_id == found
    assert explanation.asked_for == asked_for
    assert explanation.order["order_id"] == found


@pytest.mark.parametrize(
    ("asked_for", "found"),
    [
        pytest.param("o000001", [("o000001", False)], id="a living id"),
        pytest.param("old", [("o000001", True)], id="an id redirected twice"),
        pytest.param("split", [("o000001", True), ("o000002", True)], id="a split order is all its parts"),
        pytest.param("round", [], id="redirects that lead in a circle"),
        pytest.param("person", [], id="the redirect of a subject"),
    ],
)
def test_an_id_is_followed_in_sql(home: Home, asked_for: str, found: list[tuple[str, bool]]) -> None:
    with Register.open(home) as register:
        rows = register.sql("SELECT order_id, is_redirected FROM order_now(?) ORDER BY order_id", [asked_for])
    assert rows.rows() == found


@pytest.mark.parametrize(
    ("asked_for", "words"),
    [
        pytest.param("old", "old was merged: it is now o000001", id="an id redirected twice"),
        pytest.param("split", "split was split: it is now o000001, o000002", id="a split order"),
    ],
)
def test_a_query_that_names_a_former_id_says_what_it_is_now(home: Home, asked_for: str, words: str) -> None:
    with Register.open(home) as register:
        with pytest.warns(FormerIdWarning, match=words):
            register.sql(f"SELECT * FROM orders WHERE order_id = '{asked_for}'")  # noqa: S608
        with pytest.warns(FormerIdWarning, match=words):
            register.sql("SELECT * FROM orders WHERE order_id = ?", [asked_for])


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("SELECT * FROM orders WHERE order_id = 'o000001'", id="a living id"),
        pytest.param("SELECT * FROM orders WHERE order_id = 'nothing'", id="an id never given"),
        pytest.param("SELECT * FROM orders WHERE order_id = 'round'", id="redirects that lead in a circle"),
        pytest.param("SELECT * FROM order_now('old')", id="a former id that the query follows"),
    ],
)
def test_a_query_that_needs_no_such_notice_gives_none(home: Home, query: str) -> None:
    with Register.open(home) as register, warnings.catch_warnings(action="error"):
        register.sql(query)


def test_a_release_is_compared_with_this_one_or_another(home: Home) -> None:
    with Register.open(home) as register:
        assert register.diff("r2023-11-29").orders.get_column("change").to_list() == ["added"] * 3
        assert register.diff("r2023-11-30", "r2023-11-29").orders.get_column("change").to_list() == ["removed"] * 3
        with pytest.raises(LookupError, match="r2020-01-01"):
            register.diff("r2020-01-01")


@pytest.mark.parametrize(
    ("asked_for", "message"),
    [
        pytest.param("nothing", "release r2023-11-30 has no order nothing", id="an id never given"),
        pytest.param("split", "order split was split into o000001, o000002: ask for one of them", id="a split order"),
        pytest.param("round", "release r2023-11-30 has no order round", id="redirects that lead in a circle"),
        pytest.param("person", "release r2023-11-30 has no order person", id="the redirect of a subject"),
    ],
)
def test_an_id_that_leads_to_no_single_order_is_reported(home: Home, asked_for: str, message: str) -> None:
    with Register.open(home) as register, pytest.raises(UnknownOrderError) as unknown:
        register.explain(asked_for)

    assert str(unknown.value) == message


MADE, ENDS = date(2020, 1, 10), date(2021, 1, 9)


@one_in(
    2,
    ("order", "day", "is_in_force"),
    [
        pytest.param({}, date(2020, 1, 9), False, id="the day before its first"),
        pytest.param({}, MADE, True, id="its first day"),
        pytest.param({}, ENDS, True, id="its last day"),
        pytest.param({}, date(2021, 1, 10), False, id="the day after its last"),
        pytest.param({"binds_from": None}, date(2019, 1, 1), True, id="nobody knows since when"),
        pytest.param({"binds_until": None}, date(2023, 1, 1), True, id="nobody knows until when"),
        pytest.param({"legal_status": "discharged"}, ENDS, True, id="discharged since"),
        pytest.param({"binds_until": None, "legal_status": "withdrawn"}, MADE, False, id="withdrawn"),
    ],
)
def test_orders_in_force_on_a_day(
    tmp_path: Path, make_register: Callable[..., Tables], order: dict[str, object], day: date, is_in_force: bool
) -> None:
    tables = make_register(2)
    usual = {"order_id": "o000000", "binds_from": MADE, "binds_until": ENDS, "legal_status": "live"}
    changed = pl.DataFrame([usual | order], schema_overrides=dict.fromkeys(("binds_from", "binds_until"), pl.Date))
    orders = tables["orders"].update(changed, on="order_id", include_nulls=True)
    publish_tables(Home(tmp_path), tables | {"orders": orders}, date(2023, 11, 30))

    with Register.open(tmp_path) as register:
        found = register.orders(in_force_on=day).collect().get_column("order_id").to_list()

    assert ("o000000" in found) == is_in_force


@pytest.mark.parametrize(
    ("day", "orders"),
    [
        pytest.param(date(2023, 11, 29), 6, id="the night itself"),
        pytest.param(date(2023, 11, 30), 9, id="the next night"),
        pytest.param(date(2031, 1, 1), 9, id="any day after the last night"),
    ],
)
def test_what_was_known_on_a_day_is_what_the_release_in_force_reported(home: Home, day: date, orders: int) -> None:
    with Register.open(home, "r2023-11-29") as register:
        assert register.orders(known_on=day).collect().height == orders
        assert register.sql("SELECT count(*) FROM known_on(?)", [day]).item() == orders


def test_both_clocks_and_the_force_go_together(home: Home) -> None:
    with Register.open(home) as register:
        found = register.orders(known_on=date(2023, 11, 29), in_force_on=date(2024, 1, 1), force="01").collect()

    assert found.get_column("order_id").to_list() == ["o000001", "o000003", "o000005"]


def test_nothing_was_known_before_the_first_release(home: Home, tmp_path: Path) -> None:
    with Register.open(home) as register, pytest.raises(LookupError) as early:
        register.orders(known_on=date(2023, 11, 28)).collect()
    assert str(early.value) == "nothing was known on 2023-11-28: the first release is r2023-11-29"

    with Register.open(home) as register, pytest.raises(QueryRefusedError, match="nothing was known on 2023-11-28"):
        register.sql("SELECT * FROM known_on(DATE '2023-11-28')")

    with pytest.raises(LookupError, match="no release has been published"):
        release_known_on(Home(tmp_path), date(2023, 11, 28))


def test_what_was_known_and_is_no_longer_kept_is_not_said_to_have_been_unknown(
    tmp_path: Path, make_register: Callable[..., Tables]
) -> None:
    home = Home(tmp_path / "home")
    first, second = date(2023, 11, 29), date(2023, 11, 30)
    for night, follows in ((first, None), (second, "r2023-11-29")):
        publish(
            home,
            make_register(6),
            as_of=night,
            inputs={},
            versions={},
            config_hash="",
            state="published",
            follows=follows,
        )
    shutil.rmtree(home.releases / "r2023-11-29")
    said = "what was known on 2023-11-29 is no longer kept: the first release that is kept is r2023-11-30"
    with Register.open(home) as register:
        with pytest.raises(LookupError, match=said):
            register.orders(known_on=first)
        with pytest.raises(QueryRefusedError, match=said):
            register.sql("SELECT * FROM known_on(DATE '2023-11-29')")
        with pytest.raises(
            LookupError, match="there is no release r2023-11-29 any more: the first that is kept is r2023-"
        ):
            register.diff("r2023-11-29")
        with pytest.raises(ValueError, match="there is no day 20231129"):
            register.orders(in_force_on=20231129)


@pytest.mark.parametrize(
    ("day", "release_id"),
    [
        pytest.param(date(2023, 11, 30), "r2023-11-30", id="before it was rolled back", marks=pytest.mark.long),
        pytest.param(date(2023, 12, 1), "r2023-11-29", id="on the day it was rolled back"),
        pytest.param(date(2023, 12, 2), "r2023-12-02", id="when another night had come", marks=pytest.mark.long),
    ],
)
def test_a_release_was_known_until_it_was_rolled_back(
    tmp_path: Path, make_register: Callable[..., Tables], day: date, release_id: str
) -> None:
    home = Home(tmp_path)
    for night in (date(2023, 11, 29), date(2023, 11, 30)):
        publish_tables(home, make_register(3), night)
    roll_back(home, by="kim", reason="why", at=datetime(2023, 12, 1, 12, tzinfo=UTC))
    publish_tables(home, make_register(3), date(2023, 12, 2))

    assert release_known_on(home, day).release_id == release_id
