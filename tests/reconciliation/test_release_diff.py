"""How two releases differ: orders, fields, discrepancies, causes; and the command that says it."""

import json
from datetime import date

import polars as pl
import pytest
from shares import one_in
from typer.testing import CliRunner

from cli.main import app
from cli.releases import SHOWN_ROWS
from reconciliation.release_diff import cause_between, compare_releases, find_differences
from warehouse.home import Home
from warehouse.releases.release import publish
from warehouse.tables.register import DISCREPANCIES, ID_REDIRECTS, ORDERS, RELEASE_CHANGES

pytestmark = pytest.mark.usefixtures("without_database")

MONDAY, TUESDAY, WEDNESDAY = date(2023, 11, 27), date(2023, 11, 28), date(2023, 11, 29)


def rows(table, *given):
    return pl.DataFrame(list(given), schema=table.schema)


def redirects(*pairs):
    return rows(
        ID_REDIRECTS,
        *({"kind": "order", "old_id": old, "new_id": new, "redirected_on": TUESDAY} for old, new in pairs),
    )


def reported(order_id, change, field=None, cause="source"):
    return {"order_id": order_id, "change": change, "field": field, "cause": cause}


def regrouped(tables, records):
    """The register in which `records`, `source:number of the order that held it`, belong to the orders named."""
    orders, sources = tables["orders"], tables["order_sources"]
    key = pl.format("{}:{}", "source", pl.col("order_id").str.tail(1))
    held = sources.with_columns(order_id=key.replace_strict(records, default=None)).drop_nulls("order_id")
    made = held.select("order_id").unique().join(orders, on="order_id", how="anti")
    kept = orders.join(held, on="order_id", how="semi")
    pattern = orders.tail(1).drop("order_id").join(made, how="cross").select(orders.columns)
    changed = {
        name: tables[name].join(kept, on="order_id", how="semi")
        for name in ("conditions", "field_provenance", "discrepancies")
    }
    now = pl.concat([kept, pattern])
    people = tables["subjects"].join(now, on="subject_id", how="semi")
    return tables | changed | {"orders": now, "order_sources": held, "subjects": people}


def grouping(count=6, **changes):
    """Every record in the order that held it, but for the changes: `pnc_3="new"`; None takes the record away."""
    usual = {f"{source}:{number}": f"o{number:06d}" for source in ("pnc", "court") for number in range(count)}
    return {
        record: order_id
        for record, order_id in (usual | {name.replace("_", ":"): order for name, order in changes.items()}).items()
        if order_id is not None
    }


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def publish_night(home, tables, as_of, *, follows=None, inputs=None, models="m1", config="c"):
    return publish(
        home,
        tables,
        as_of=as_of,
        inputs=inputs or {},
        versions={"models": models},
        config_hash=config,
        state="published",
        follows=follows.release_id if follows else None,
    )


@pytest.fixture
def compare(home, make_register):
    """Publish a register of six orders and another made of it, and compare the two."""

    def compared(change, before=lambda tables: tables, inputs=({}, {})):
        tables = make_register(6)
        one = publish_night(home, before(tables), MONDAY, inputs=inputs[0])
        other = publish_night(home, change(tables), TUESDAY, follows=one, inputs=inputs[1])
        return compare_releases(home, one, other)

    return compared


def fates(difference):
    return difference.orders.select("order_id", "change", "other_order_id").rows()


@one_in(
    2,
    ("changes", "expected"),
    [
        pytest.param({}, [], id="nothing differs"),
        pytest.param({"pnc_2": None}, [], id="a record less is no fate of an order"),
        pytest.param({"pnc_2": None, "court_2": None}, [("o000002", "removed", None)], id="an order without records"),
        pytest.param(
            {"pnc_5": "o000004", "court_5": "o000004"}, [("o000005", "merged", "o000004")], id="two orders are one"
        ),
        pytest.param({"pnc_3": "new"}, [("o000003", "split", "new")], id="a part under a new id"),
        pytest.param(
            {"pnc_3": "new", "court_3": "newer"},
            [("o000003", "split", "new"), ("o000003", "split", "newer")],
            id="both parts under new ids",
        ),
        pytest.param(
            {"pnc_3": "new", "court_3": "new"}, [("o000003", "renamed", "new")], id="all records under a new id"
        ),
        pytest.param(
            {"pnc_3": "new", "court_3": "new", "pnc_4": "new", "court_4": "new"},
            [("o000003", "merged", "new"), ("o000004", "merged", "new")],
            id="two orders are one under a new id",
        ),
        pytest.param({"pnc_3": "o000004"}, [("o000003", "moved", "o000004")], id="a record in another order"),
        pytest.param(
            {"pnc_3": "o000004", "court_3": "new"},
            [("o000003", "merged", "o000004"), ("o000003", "split", "new")],
            id="one part merged and the other under a new id",
        ),
    ],
)
def test_what_became_of_orders_is_read_off_their_records(compare, changes, expected):
    assert fates(compare(lambda tables: regrouped(tables, grouping(**changes)))) == expected


def test_an_order_of_new_records_is_added_and_an_earlier_release_lacks_it(home, make_register):
    one = publish_night(home, make_register(6), MONDAY)
    other = publish_night(home, make_register(7), TUESDAY, follows=one)

    assert fates(compare_releases(home, one, other)) == [("o000006", "added", None)]
    assert fates(compare_releases(home, other, one)) == [("o000006", "removed", None)]


@one_in(
    2,
    ("led", "expected"),
    [
        pytest.param([("o000005", "o000004")], [("o000005", "merged", "o000004")], id="one step"),
        pytest.param(
            [("o000005", "between"), ("between", "o000004")], [("o000005", "merged", "o000004")], id="two steps"
        ),
        pytest.param([("o000005", "about"), ("about", "o000005")], [("o000005", "removed", None)], id="a circle"),
        pytest.param([("o000005", "gone")], [("o000005", "removed", None)], id="to an order that is gone"),
    ],
)
def test_redirects_say_what_became_of_orders_whose_records_came_anew(compare, led, expected):
    without = grouping(pnc_5=None, court_5=None)

    assert fates(compare(lambda tables: regrouped(tables, without) | {"id_redirects": redirects(*led)})) == expected


def test_redirects_that_were_there_before_say_nothing(compare):
    known = {"id_redirects": redirects(("o000003", "o000004"))}

    difference = compare(lambda tables: tables | known, before=lambda tables: tables | known)

    assert difference.orders.is_empty()


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        pytest.param("same", [("o000003", "moved", "o000004")], id="of the same file"),
        pytest.param("other", [], id="of a file that was written anew"),
    ],
)
def test_a_row_of_a_regional_return_is_known_again_by_its_file(compare, digest, expected):
    def with_rows(tables, order_id):
        row = (
            tables["order_sources"]
            .head(1)
            .with_columns(
                source=pl.lit("rocu"),
                source_key=pl.lit("file#sheet#2"),
                record_id=pl.lit("rocu:file#sheet#2"),
                delivery_id=pl.lit("d"),
                order_id=pl.lit(order_id),
            )
        )
        return tables | {"order_sources": pl.concat([tables["order_sources"], row])}

    difference = compare(
        lambda tables: with_rows(tables, "o000004"),
        before=lambda tables: with_rows(tables, "o000003"),
        inputs=({"d": "same"}, {"d": digest}),
    )

    assert fates(difference) == expected


def with_surname(tables, name):
    named = pl.when(pl.col("order_id") == "o000001").then(pl.lit(name)).otherwise("surname")
    return tables | {"orders": tables["orders"].with_columns(surname=named)}


def test_causes_are_those_that_the_nights_between_reported_the_last_one_first(home, make_register):
    tables = make_register(6)
    one = publish_night(home, tables, MONDAY)
    second = with_surname(make_register(7), "FIRST") | {
        "release_changes": rows(
            RELEASE_CHANGES, reported("o000006", "added"), reported("o000001", "changed", "surname")
        )
    }
    two = publish_night(home, second, TUESDAY, follows=one)
    third = with_surname(make_register(7), "SECOND") | {
        "release_changes": rows(RELEASE_CHANGES, reported("o000001", "changed", "surname", "steward"))
    }
    three = publish_night(home, third, WEDNESDAY, follows=two)

    difference = compare_releases(home, one, three)

    assert difference.orders.rows() == [("o000006", "added", None, "source")]
    assert difference.fields.rows() == [("o000001", "surname", None, "SECOND", "steward")]
    assert difference.causes().rows() == [("source", 1), ("steward", 1)]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"as_of": MONDAY}, id="a revision of the same night"),
        pytest.param({"as_of": TUESDAY}, id="a night that followed another release"),
    ],
)
def test_without_nights_that_say_them_the_manifests_say_the_cause(home, make_register, others):
    one = publish_night(home, make_register(6), MONDAY)
    other = publish_night(home, with_surname(make_register(6), "OTHER"), models="m2", **others)

    for pair in ((one, other), (other, one)):
        assert compare_releases(home, *pair).causes().rows() == [("model", 1)]


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        pytest.param({"inputs": {"pnc:1": "2", "decisions": "1"}}, "source", id="a delivery"),
        pytest.param({"inputs": {"pnc:1": "1", "decisions": "2"}}, "steward", id="the decisions"),
        pytest.param({"inputs": {"pnc:1": "1"}}, "steward", id="no decisions any more"),
        pytest.param({"versions": {"models": "m2"}}, "model", id="the models"),
        pytest.param({"config_hash": "d"}, "config", id="the settings"),
        pytest.param({"versions": {"models": "m1", "code": "2"}}, "rule", id="the code"),
        pytest.param({}, "rule", id="nothing else"),
    ],
)
def test_the_cause_is_read_off_two_manifests(changed, cause):
    before = {"inputs": {"pnc:1": "1", "decisions": "1"}, "versions": {"models": "m1"}, "config_hash": "c"}

    assert cause_between(before, before | changed) == cause


def discrepancy(name, state, by=None):
    texts = {column.name: "text" for column in DISCREPANCIES.columns if column.required and column.dtype == pl.String}
    dates = {"state_since": MONDAY, "first_seen_on": MONDAY}
    own = {"discrepancy_id": name, "order_id": "o000000", "severity": "high", "state": state, "resolved_by": by}
    return texts | dates | own


def test_discrepancies_are_new_reopened_or_resolved(compare):
    before = [("stays", "new"), ("gone", "open"), ("closed", "open"), ("back", "resolved"), ("old", "resolved")]
    after = [
        ("stays", "open", None),
        ("closed", "resolved", "steward"),
        ("back", "reopened", None),
        ("fresh", "new", None),
    ]

    difference = compare(
        lambda tables: tables | {"discrepancies": rows(DISCREPANCIES, *(discrepancy(*line) for line in after))},
        before=lambda tables: tables | {"discrepancies": rows(DISCREPANCIES, *(discrepancy(*line) for line in before))},
    )

    assert difference.discrepancies.select("discrepancy_id", "change", "resolved_by").rows() == [
        ("fresh", "new", None),
        ("back", "reopened", None),
        ("closed", "resolved", "steward"),
        ("gone", "resolved", None),
    ]


def test_a_column_that_the_earlier_release_did_not_have_yet_counts_as_empty(home, make_register):
    one = publish_night(home, make_register(6), MONDAY)
    other = publish_night(home, with_surname(make_register(6), "NAME"), TUESDAY, follows=one)
    pl.read_parquet(one.parquet("orders")).drop("surname").write_parquet(one.parquet("orders"))

    assert compare_releases(home, one, other).fields.select("order_id", "field", "before", "after").rows() == [
        ("o000001", "surname", None, "NAME")
    ]


def concord(home, *arguments, code=0):
    done = CliRunner().invoke(app, ["release", "diff", *arguments, "--home", str(home.path)])
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def two(home, make_register):
    """The ids of two releases that differ by an order, a surname and more orders than are shown."""
    one = publish_night(home, with_surname(make_register(6), "SECRETBEFORE"), MONDAY)
    other = publish_night(home, with_surname(make_register(7 + SHOWN_ROWS), "SECRETAFTER"), TUESDAY)
    return one.release_id, other.release_id


def test_the_command_counts_and_lists_without_values(home, two):
    said = concord(home, *two)

    assert said.splitlines()[:5] == [
        f"{two[1]} against {two[0]}",
        "orders: 21 added",
        "fields: 1 surname",
        "discrepancies: no difference",
        "causes: 22 rule",
    ]
    assert "and 1 more; --json prints all" in said
    assert "o000001" in said
    assert "SECRET" not in said


def test_values_are_shown_when_asked_for(home, two):
    said = concord(home, *two, "--values")

    assert "SECRETBEFORE" in said
    assert "SECRETAFTER" in said


@pytest.mark.parametrize(
    "options", [pytest.param((), id="without values"), pytest.param(("--values",), id="with values")]
)
def test_json_holds_every_row(home, two, options):
    said = json.loads(concord(home, *two, "--json", *options))

    assert (said["before"], said["after"]) == two
    assert len(said["orders"]) == 1 + SHOWN_ROWS
    assert said["causes"] == [{"cause": "rule", "changes": 22}]
    shown = {"before": "SECRETBEFORE", "after": "SECRETAFTER"} if options else {}
    assert said["fields"] == [{"order_id": "o000001", "field": "surname", "cause": "rule"} | shown]


def test_equal_releases_do_not_differ(home, two):
    assert concord(home, two[0], two[0]).splitlines()[1:] == [
        "orders: no difference",
        "fields: no difference",
        "discrepancies: no difference",
        "causes: none",
    ]


def test_an_unknown_or_damaged_release_is_reported(home, two):
    assert concord(home, two[0], "r1999-01-01", code=1).startswith("there is no release r1999-01-01; of the 2")

    (home.releases / two[1] / "orders.parquet").write_bytes(b"other")

    assert concord(home, *two, code=1) == f"{two[1]}: not as published: orders.parquet\n"


def test_an_order_of_which_the_register_is_surer_than_before_has_not_changed():
    before = rows(ORDERS, dict.fromkeys(ORDERS.schema) | {"order_id": "ORD-1", "confidence": 0.9})
    assert find_differences(before, before.with_columns(confidence=pl.lit(0.95))).is_empty()
