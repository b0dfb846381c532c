import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shares import one_in

from warehouse.home import Home
from warehouse.releases import build
from warehouse.releases.publication_checks import PublicationRefusedError
from warehouse.releases.release import (
    Release,
    current_release,
    list_releases,
    publish,
    read_release,
    release_before,
    verify,
)
from warehouse.releases.views import VIEWS
from warehouse.tables.code_lists import CODE_LISTS
from warehouse.tables.register import ORDERS, PUBLIC_TABLES, REVIEW_QUEUE, UNCODED_CONDITIONS

Tables = dict[str, pl.DataFrame]
MakeRegister = Callable[..., Tables]
NIGHT = date(2023, 11, 30)


def publish_night(home: Home, tables: Mapping[str, pl.DataFrame | pl.LazyFrame], as_of: date = NIGHT) -> Release:
    return publish(
        home,
        tables,
        as_of=as_of,
        inputs={"pnc_ancord:2023-11-30:r1": "0" * 64},
        versions={"concord": "0.1.0"},
        config_hash="c0ffee",
        state="published",
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def tables(make_register: MakeRegister) -> Tables:
    return make_register()


def without_row(tables: Tables, name: str, condition: pl.Expr) -> Tables:
    return tables | {name: tables[name].filter(~condition)}


def with_value(tables: Tables, name: str, column: str, value: str | None) -> Tables:
    """The first row of a table gets another value in a column."""
    changed = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value, pl.String)).otherwise(pl.col(column))
    return tables | {name: tables[name].with_columns(changed.alias(column))}


def test_a_release_holds_every_public_table_the_pairs_and_a_manifest(home: Home, tables: Tables) -> None:
    release = publish_night(home, tables)

    names = {table.name for table in (*PUBLIC_TABLES, *CODE_LISTS)} | {"order_pairs", "near_pairs"}
    assert {path.name for path in release.path.iterdir()} == {
        *(f"{name}.parquet" for name in names),
        "register.duckdb",
        "manifest.json",
    }
    manifest = json.loads((release.path / "manifest.json").read_text())
    assert manifest["release_id"] == "r2023-11-30"
    assert manifest["state"] == "published"
    assert manifest["config_hash"] == "c0ffee"
    assert manifest["inputs"] == {"pnc_ancord:2023-11-30:r1": "0" * 64}
    assert manifest["rows"]["orders"] == 6
    assert set(manifest["digests"]) == names
    assert verify(release) == ()


@pytest.mark.usefixtures("without_database")
def test_only_pairs_within_an_order_are_kept(home: Home, tables: Tables) -> None:
    pairs = pl.read_parquet(publish_night(home, tables).parquet("order_pairs"))

    assert tables["link_orders__pairs"].height == 7
    assert pairs.height == 6
    assert pairs.filter(pl.col("left_id").str.tail(7) != pl.col("right_id").str.tail(7)).is_empty()


@pytest.mark.usefixtures("without_database")
def test_pairs_are_the_same_and_in_order_whatever_number_of_orders_is_put_in_order_at_a_time(
    home: Home, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = pl.read_parquet(publish_night(home, tables).parquet("order_pairs"))
    monkeypatch.setattr(build, "ORDERS_APIECE", 1)
    apiece = pl.read_parquet(publish_night(home, tables).parquet("order_pairs"))

    assert apiece.equals(at_once)
    assert at_once.equals(at_once.sort("order_id", "left_id", "right_id"))


@pytest.mark.usefixtures("without_database")
def test_of_pairs_between_orders_those_of_which_an_item_names_both_are_kept(home: Home, tables: Tables) -> None:
    item = {
        "item_id": "i1",
        "kind": "near_match",
        "order_id": "o000001",
        "other_order_id": "o000000",
        "state": "new",
        "severity": "high",
        **dict.fromkeys((name for name, kind in REVIEW_QUEUE.schema.items() if kind == pl.List), ()),
        **dict.fromkeys(("priority", "impact", "uncertainty"), 1.0),
        "age_days": 0,
        "reason": "two orders are nearly one",
        "stream": "settle",
        "arithmetic": "1 × 1 × 1 = 1",
    }
    queue = pl.DataFrame([item], schema=REVIEW_QUEUE.schema)

    without = pl.read_parquet(publish_night(home, tables).parquet("near_pairs"))
    near = pl.read_parquet(publish_night(home, tables | {"review_queue": queue}).parquet("near_pairs"))

    assert without.is_empty()
    assert near.select("order_id", "other_order_id", "left_id", "right_id").rows() == [
        ("o000000", "o000001", "court:courto000000", "pnc:pnco000001")
    ]


@pytest.mark.usefixtures("without_database")
def test_publishing_the_same_content_again_adds_nothing(home: Home, tables: Tables) -> None:
    first = publish_night(home, tables)
    before = {path: path.stat().st_mtime_ns for path in home.releases.rglob("*") if path.name != ".lock"}

    again = publish_night(home, {name: frame.lazy() for name, frame in tables.items()})

    assert again.release_id == first.release_id
    assert {path: path.stat().st_mtime_ns for path in home.releases.rglob("*") if path.name != ".lock"} == before


@pytest.mark.usefixtures("without_database")
def test_other_content_for_the_same_date_is_a_revision(home: Home, tables: Tables) -> None:
    changed = with_value(tables, "orders", "surname", "OTHER")

    ids = [publish_night(home, content).release_id for content in (tables, changed, tables)]

    assert ids == ["r2023-11-30", "r2023-11-30.2", "r2023-11-30"]
    current = current_release(home)
    assert current is not None
    assert current.release_id == "r2023-11-30"
    assert [release.release_id for release in list_releases(home)] == ["r2023-11-30", "r2023-11-30.2"]


@pytest.mark.usefixtures("without_database")
def test_an_earlier_date_does_not_take_the_place_of_a_later_one(home: Home, tables: Tables) -> None:
    publish_night(home, tables)
    earlier = publish_night(home, tables, as_of=date(2023, 11, 28))

    current = current_release(home)
    assert current is not None
    assert current.release_id == "r2023-11-30"
    assert [release.release_id for release in list_releases(home)] == ["r2023-11-28", "r2023-11-30"]
    assert release_before(home, NIGHT) == earlier
    assert release_before(home, date(2023, 11, 28)) is None


@pytest.mark.usefixtures("without_database")
def test_the_tenth_revision_comes_after_the_second(home: Home, tables: Tables) -> None:
    first = publish_night(home, tables)
    for revision in (2, 10):
        shutil.copytree(first.path, first.path.with_name(f"r2023-11-30.{revision}"))

    changed = publish_night(home, with_value(tables, "orders", "surname", "OTHER"))

    assert changed.release_id == "r2023-11-30.11"
    assert [release.release_id for release in list_releases(home)] == [
        f"r2023-11-30{end}" for end in ("", ".2", ".10", ".11")
    ]


@pytest.mark.usefixtures("without_database")
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1), chunks=st.integers(1, 4))
def test_the_content_hash_does_not_depend_on_the_order_of_rows(
    home: Home, tables: Tables, seed: int, chunks: int
) -> None:
    shuffled = {
        name: pl.concat(frame.sample(fraction=1, shuffle=True, seed=seed).iter_slices(max(1, frame.height // chunks)))
        if frame.height
        else frame
        for name, frame in tables.items()
    }

    assert publish_night(home, shuffled).content_hash == publish_night(home, tables).content_hash
    assert len(list_releases(home)) == 1


@one_in(
    2,
    ("spoil", "message"),
    [
        pytest.param(
            lambda tables: {name: frame for name, frame in tables.items() if name != "deliveries"},
            "deliveries: the table was not handed over",
            id="a table is missing",
        ),
        pytest.param(
            lambda tables: tables | {"orders": tables["orders"].drop("surname")},
            "orders: 1 columns are missing: ['surname']",
            id="a column is missing",
        ),
        pytest.param(
            lambda tables: tables | {"orders": tables["orders"].with_columns(record_count=pl.lit("SECRET"))},
            "orders: values do not fit the declared types",
            id="a value of another type",
        ),
        pytest.param(
            lambda tables: tables | {"orders": pl.concat([tables["orders"], tables["orders"].head(2)])},
            "orders: 2 rows repeat the key order_id",
            id="a repeated key",
        ),
        pytest.param(
            lambda tables: with_value(tables, "orders", "legal_status", None),
            "orders: legal_status is missing in 1 rows",
            id="a required value is missing",
        ),
        pytest.param(
            lambda tables: with_value(tables, "orders", "subject_id", "nobody"),
            "orders: subject_id of 1 rows is not in subjects",
            id="an order without a subject",
        ),
        pytest.param(
            lambda tables: with_value(tables, "discrepancies", "order_id", "nothing"),
            "discrepancies: order_id of 1 rows is not in orders",
            id="a discrepancy of no order",
        ),
        pytest.param(
            lambda tables: without_row(tables, "order_sources", pl.col("order_id") == "o000002"),
            "orders: 1 rows have no row in order_sources",
            id="an order without records",
        ),
    ],
)
def test_what_does_not_hang_together_is_refused(
    home: Home, tables: Tables, spoil: Callable[[Tables], Tables], message: str
) -> None:
    publish_night(home, tables)

    with pytest.raises(PublicationRefusedError) as refusal:
        publish_night(home, spoil(tables), as_of=date(2023, 12, 1))

    assert str(refusal.value) == message
    assert [path.name for path in home.releases.iterdir() if path.is_dir()] == ["r2023-11-30"]
    current = current_release(home)
    assert current is not None
    assert verify(current) == ()


def test_verify_names_what_changed_or_is_gone(home: Home, tables: Tables) -> None:
    release = publish_night(home, tables)
    (release.path / "orders.parquet").write_bytes(b"other")
    (release.path / "arrests.parquet").unlink()

    assert sorted(verify(release)) == ["arrests.parquet", "orders.parquet"]


def test_a_manifest_whose_digests_were_changed_is_found_out(home: Home, tables: Tables) -> None:
    release = publish_night(home, tables)
    path = release.path / "manifest.json"
    path.write_text(path.read_text().replace(release.manifest["digests"]["orders"], "0" * 64))

    assert verify(read_release(home, release.release_id)) == ("manifest.json", "orders.parquet")


@pytest.mark.usefixtures("without_database")
@pytest.mark.parametrize(
    "release_id",
    [
        pytest.param("r2023-11-29", id="a date without a release"),
        pytest.param("../r2023-11-30", id="a way out of the folder"),
    ],
)
def test_an_unknown_release_is_reported(home: Home, tables: Tables, release_id: str) -> None:
    publish_night(home, tables)

    with pytest.raises(LookupError, match="there is no release"):
        read_release(home, release_id)


def test_the_database_takes_no_status_that_is_not_on_the_list(home: Home, tables: Tables, tmp_path: Path) -> None:
    copy = Path(shutil.copy(publish_night(home, tables).database, tmp_path / "copy.duckdb"))
    with duckdb.connect(copy) as connection:
        connection.execute("UPDATE orders SET legal_status = 'live'")
        with pytest.raises(duckdb.ConstraintException, match='CHECK constraint failed on table "orders"'):
            connection.execute("UPDATE orders SET legal_status = 'free'")


def test_every_table_view_and_column_of_the_database_has_a_comment(home: Home, tables: Tables) -> None:
    database = publish_night(home, tables).database
    with duckdb.connect(database, read_only=True) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
        ).fetchall()
        tables_without = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL "
            "UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL"
        ).fetchall()
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall()
        macros = connection.execute(
            "SELECT function_name, comment FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal"
        ).fetchall()

    assert columns == []
    assert tables_without == []
    assert [name for (name,) in views] == sorted(
        view.name for view in VIEWS if not view.parameters and not view.is_stored
    )
    assert dict(macros) == {view.name: f"One row is {view.row_is}." for view in VIEWS if view.parameters}


def test_the_views_answer_what_they_say(home: Home, tables: Tables) -> None:
    with duckdb.connect(publish_night(home, tables).database, read_only=True) as connection:
        active = connection.execute("SELECT order_id FROM orders_active ORDER BY 1").fetchall()
        prohibitions = connection.execute("SELECT order_id, condition_code FROM prohibitions ORDER BY 1").fetchall()
        quality = connection.execute("SELECT * FROM quality_by_force ORDER BY force_code").fetchall()

    live = ["o000001", "o000002", "o000004", "o000005"]
    assert [row[0] for row in active] == live
    assert prohibitions == [(order_id, "C01") for order_id in live]
    halves = (0.5, 0.25, 0.75, 1.0, 2.0) * 6
    assert quality == [
        ("01", "Metropolitan Police", 3, *halves),
        ("20", "West Midlands Police", 3, *halves),
        ("99", None, 0, *halves),
    ]


def test_a_condition_that_fits_nothing_stands_among_the_prohibitions_of_an_order_that_binds(
    home: Home, tables: Tables
) -> None:
    rows = [
        {"order_id": name, "wording_id": "w", "text": "Not to keep dogs", "sources": ["pnc"]}
        for name in ("o000001", "o000003")
    ]
    uncoded = UNCODED_CONDITIONS.completed(pl.DataFrame(rows))
    ended = (pl.col("order_id") == "o000003", pl.date(2023, 1, 1))
    orders = tables["orders"].with_columns(binds_until=pl.when(ended[0]).then(ended[1]))
    tables = {**tables, ORDERS.name: orders, UNCODED_CONDITIONS.name: uncoded}
    with duckdb.connect(publish_night(home, tables).database, read_only=True) as connection:
        for view in ("prohibitions", "prohibitions_in_force(DATE '2023-12-01')"):
            found = connection.execute(
                f"SELECT order_id, condition_code, kind, label, text, is_doubtful FROM {view} "  # noqa: S608
                "WHERE condition_code IS NULL"
            ).fetchall()
            assert found == [("o000001", None, None, "Not in the catalogue", "Not to keep dogs", True)]


def test_an_arrest_counts_as_made_while_an_order_bound_unless_it_is_known_not_to_have(
    home: Home, tables: Tables
) -> None:
    day, orders = date(2023, 6, 1), tables["orders"].sort("order_id")
    periods = (
        ("live", None, None, True),
        ("live", day, day, True),
        ("live", None, day - timedelta(days=1), False),
        ("live", day + timedelta(days=1), None, False),
        ("withdrawn", None, None, False),
    )
    assert orders.height >= len(periods)
    names = orders["order_id"][: len(periods)].to_list()
    statuses, starts, ends, _ = (dict(zip(names, parts, strict=True)) for parts in zip(*periods, strict=True))
    changed = orders.with_columns(
        legal_status=pl.col("order_id").replace_strict(statuses, default="expired"),
        binds_from=pl.col("order_id").replace_strict(starts, default=None, return_dtype=pl.Date),
        binds_until=pl.col("order_id").replace_strict(ends, default=None, return_dtype=pl.Date),
    )
    one = tables["arrests"].head(1)
    arrests = pl.concat(
        one.with_columns(arrest_id=pl.lit(f"a-{name}"), subject_id=pl.lit(subject), arrested_on=pl.lit(day))
        for name, subject in orders.select("order_id", "subject_id").head(len(periods)).iter_rows()
    )
    undated = one.with_columns(arrest_id=pl.lit("a-undated"), subject_id=pl.lit(orders["subject_id"][0]))
    with duckdb.connect() as connection:
        for name, frame in (("orders", changed), ("arrests", pl.concat([arrests, undated.select(arrests.columns)]))):
            connection.register(name, frame.to_arrow())
        view = next(view for view in VIEWS if view.name == "arrests_while_bound")
        found = connection.execute(f"SELECT arrest_id FROM ({view.query}) ORDER BY 1").fetchall()  # noqa: S608
    assert found == [(f"a-{name}",) for name, (*_, counts) in zip(names, periods, strict=True) if counts]


READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print(connection.execute("SELECT count(*) FROM orders").fetchone()[0], flush=True)
sys.stdin.readline()
print(connection.execute("SELECT count(*) FROM orders").fetchone()[0], flush=True)
"""


def test_a_reader_in_another_process_and_a_publication_do_not_disturb_each_other(
    home: Home, make_register: MakeRegister
) -> None:
    first = publish_night(home, make_register(6))
    command = [sys.executable, "-c", READER, str(first.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "6\n"

        second = publish_night(home, make_register(9))

        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "6\n"
    assert current_release(home) == second
    assert second.manifest["rows"]["orders"] == 9


CRASHING = """
import os, signal, sys
from datetime import date, timedelta
from pathlib import Path
import polars as pl
from warehouse.home import Home
from warehouse.releases.release import publish

folder, frames, event, place = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
tables = {path.stem: pl.read_parquet(path) for path in frames.iterdir()}

def die(name, arguments):
    if name == event and str(folder) in str(arguments) and place in str(arguments):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
publish(Home(folder), tables, as_of=date(2023, 12, 1), inputs={}, versions={}, config_hash="", state="published")
"""


@pytest.mark.parametrize(
    ("event", "place"),
    [
        pytest.param("os.mkdir", ".building-", id="when it begins to build", marks=pytest.mark.long),
        pytest.param("open", "/subjects.parquet', 'r'", id="while it takes the digests", marks=pytest.mark.long),
        pytest.param("open", "/manifest.json', 'w'", id="while it writes the manifest"),
        pytest.param(
            "open", "/subjects.parquet', None", id="while it brings files to the disk", marks=pytest.mark.long
        ),
        pytest.param("os.rename", "r2023-12-01", id="before the release gets its name", marks=pytest.mark.long),
        pytest.param("open", "/CURRENT', 'r'", id="after the release got its name", marks=pytest.mark.long),
        pytest.param("open", "/.CURRENT-", id="before the new pointer is written", marks=pytest.mark.long),
        pytest.param("os.rename", "/CURRENT'", id="before the release is put in force"),
    ],
)
def test_a_crash_leaves_the_last_release_readable_and_the_next_publication_mends_it(
    home: Home, tables: Tables, tmp_path: Path, make_register: MakeRegister, event: str, place: str
) -> None:
    last = publish_night(home, tables)
    frames = tmp_path / "frames"
    frames.mkdir()
    for name, frame in make_register(8).items():
        frame.write_parquet(frames / f"{name}.parquet")

    command = [sys.executable, "-c", CRASHING, str(home.path), str(frames), event, place]
    crashed = subprocess.run(command, check=False, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})

    assert crashed.returncode == -signal.SIGKILL
    assert current_release(home) == last
    assert all(verify(release) == () for release in list_releases(home))

    mended = publish_night(home, make_register(8), as_of=date(2023, 12, 1))
    assert mended.release_id == "r2023-12-01"
    assert current_release(home) == mended
    assert verify(mended) == ()
    assert {path.name for path in home.releases.glob(".*")} == {".lock"}


@pytest.mark.usefixtures("without_database")
@pytest.mark.parametrize(
    "content",
    [pytest.param(b"", id="empty"), pytest.param(b"\xff\x00", id="rubbish"), pytest.param(b"r1999-01-01", id="gone")],
)
def test_a_damaged_pointer_is_reported_and_the_next_publication_writes_it_anew(
    home: Home, tables: Tables, content: bytes
) -> None:
    release = publish_night(home, tables)
    home.current.write_bytes(content)
    with pytest.raises(LookupError, match="CURRENT names no release"):
        current_release(home)
    assert publish_night(home, tables) == release
    assert current_release(home) == release


def publish_account(
    home: Home, tables: Tables, *, inputs: str = "1", follows: str | None = None, **versions: str
) -> Release:
    return publish(
        home,
        tables,
        as_of=NIGHT,
        inputs={"pnc": inputs},
        versions={"concord": "0.1.0", **versions},
        config_hash="c0ffee",
        state="published",
        follows=follows,
    )


@pytest.mark.usefixtures("without_database")
def test_an_unexplained_change_stops_the_publication(home: Home, tables: Tables) -> None:
    first = publish_account(home, tables, code="a")

    with pytest.raises(PublicationRefusedError) as refusal:
        publish_account(home, with_value(tables, "orders", "surname", "SECRET"), code="a")

    assert "an unexplained change: r2023-11-30 rests on the same" in str(refusal.value)
    assert "differs in orders;" in str(refusal.value)
    assert "SECRET" not in str(refusal.value)
    assert current_release(home) == first
    assert list_releases(home) == (first,)
    assert verify(first) == ()


@pytest.mark.usefixtures("without_database")
@pytest.mark.parametrize(
    "account",
    [
        pytest.param({"code": "a", "inputs": "2"}, id="another delivery"),
        pytest.param({"code": "b"}, id="other code"),
        pytest.param({"code": "a", "models": "m2"}, id="other models"),
        pytest.param({"code": "a", "follows": "r2023-11-29"}, id="another release before"),
        pytest.param({}, id="code that is not named"),
    ],
)
def test_a_change_that_is_explained_is_published(home: Home, tables: Tables, account: dict[str, str]) -> None:
    publish_account(home, tables, code="a")

    changed = publish_account(home, with_value(tables, "orders", "surname", "OTHER"), **account)

    assert changed.release_id == "r2023-11-30.2"


@pytest.mark.usefixtures("without_database")
def test_deliveries_that_were_not_used_explain_a_change(home: Home, tables: Tables) -> None:
    publish_account(home, tables, code="a")
    changed = with_value(with_value(tables, "orders", "surname", "OTHER"), "deliveries", "sha256", "0")

    assert publish_account(home, changed, code="a").release_id == "r2023-11-30.2"
