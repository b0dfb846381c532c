from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.home import Home
from warehouse.register import Register, Step, UnknownOrderError
from warehouse.releases import publish
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


def test_nothing_published_is_told(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no release has been published"):
        Register.open(tmp_path)


def test_orders_can_be_asked_for_by_force_and_by_status(home: Home) -> None:
    with Register.open(home) as register:
        of_force = register.orders(force="20")
        active = register.orders(is_active=True)
        ended = register.orders(is_active=False)

    assert of_force.get_column("order_id").to_list() == ["o000000", "o000002", "o000004", "o000006", "o000008"]
    assert active.height == 6
    assert ended.get_column("order_id").to_list() == ["o000000", "o000003", "o000006"]


def test_a_table_that_the_release_lacks_is_told(home: Home) -> None:
    with Register.open(home, "r2023-11-29") as register, pytest.raises(KeyError, match="has no table order_pairs"):
        register.table("order_pairs")


def test_queries_take_parameters_and_cannot_write(home: Home) -> None:
    with Register.open(home) as register:
        counted = register.query("SELECT count(*) AS orders FROM orders_active WHERE force_code = ?", ("01",))
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            register.query("DELETE FROM orders")

    assert counted.item() == 3


def test_an_explanation_holds_records_weights_values_and_discrepancies(home: Home) -> None:
    with Register.open(home) as register:
        explanation = register.explain("o000000")

    assert explanation.order["force_name"] == "West Midlands Police"
    assert explanation.records.get_column("source_key").to_list() == ["courto000000", "pnco000000"]
    assert explanation.provenance.get_column("field").to_list() == ["made_on", "order_type"]
    assert explanation.discrepancies.get_column("discrepancy_id").to_list() == ["d1"]
    (pair,) = explanation.pairs
    assert (pair.left_id, pair.right_id, pair.match_weight) == ("court:courto000000", "pnc:pnco000000", 12.5)
    assert pair.steps == (Step("pnc_id", "same", 9.5), Step("made_on", "same day", 3.0))
    assert sum(step.weight for step in pair.steps) == pair.match_weight


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
    ("asked_for", "message"),
    [
        pytest.param("nothing", "release r2023-11-30 has no order nothing", id="an id never given"),
        pytest.param("split", "order split was split into o000001, o000002: ask for one of them", id="a split order"),
        pytest.param("round", "release r2023-11-30 has no order round", id="redirects that lead in a circle"),
        pytest.param("person", "release r2023-11-30 has no order person", id="the redirect of a subject"),
    ],
)
def test_an_id_that_leads_to_no_single_order_is_told(home: Home, asked_for: str, message: str) -> None:
    with Register.open(home) as register, pytest.raises(UnknownOrderError) as unknown:
        register.explain(asked_for)

    assert str(unknown.value) == message
