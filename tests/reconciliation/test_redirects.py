"""Following redirects: one way of doing it, forwards and back."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.redirects import follow_orders, follow_redirects, order_redirects

IDS = st.sampled_from("ABCDEF")
MOVES = st.sets(st.tuples(IDS, IDS), max_size=10)


def redirects(*moves):
    return pl.DataFrame(list(moves), schema={"old_id": pl.String, "new_id": pl.String}, orient="row")


def reached(start, *moves, until=None):
    stops = None if until is None else pl.Series(list(until), dtype=pl.String)
    found = follow_redirects(pl.Series([start]), redirects(*moves), until=stops)
    assert found["id"].unique().to_list() == [start]
    return found["reached"].sort().to_list()


@pytest.mark.parametrize(
    ("moves", "until", "ids"),
    [
        pytest.param((), None, ["A"], id="an order that never moved"),
        pytest.param((("A", "B"), ("B", "C")), None, ["A", "B", "C"], id="merged twice"),
        pytest.param((("A", "B"), ("A", "C")), None, ["A", "B", "C"], id="split in two"),
        pytest.param((("A", "B"), ("B", "A")), None, ["A", "B"], id="a circle"),
        pytest.param((("A", "B"), ("B", "C")), "B", ["A", "B"], id="the way ends at an order that is there"),
        pytest.param((("A", "B"),), "A", ["A"], id="an order that is there does not move on"),
    ],
)
def test_redirects_are_followed_step_by_step(moves, until, ids):
    assert reached("A", *moves, until=until) == ids


@given(moves=MOVES, start=IDS)
def test_what_is_reached_forwards_leads_back_to_the_start(moves, start):
    backwards = [(new, old) for old, new in moves]
    assert all(start in reached(end, *backwards) for end in reached(start, *moves))


@given(moves=MOVES, start=IDS)
def test_whatever_is_reached_is_one_step_from_something_reached_before(moves, start):
    found = set(reached(start, *moves))
    assert found - {start} == {new for old, new in moves if old in found} - {start}


@pytest.mark.parametrize(
    ("moves", "there", "now"),
    [
        pytest.param((("A", "B"),), "AB", "A", id="an order that is there is itself, though a part was split off"),
        pytest.param((("A", "B"), ("B", "C")), "C", "C", id="merged twice"),
        pytest.param((("A", "B"), ("A", "C")), "BC", None, id="split: no single order holds its records"),
        pytest.param((("A", "B"), ("B", "A")), "C", None, id="a circle leads nowhere"),
    ],
)
def test_where_an_order_is_now(moves, there, now):
    assert follow_orders(pl.Series(["A"]), pl.Series(list(there)), redirects(*moves)).rows() == [("A", now)]


def test_nothing_asked_is_nothing_found():
    assert follow_orders(pl.Series([None], dtype=pl.String), pl.Series(["A"]), redirects()).is_empty()


def test_redirects_of_persons_are_left_out():
    both = pl.DataFrame(
        {"kind": ["order", "subject"], "old_id": ["O1", "S1"], "new_id": ["O2", "S2"], "on": ["x", "y"]}
    )
    assert order_redirects(both).rows() == [("O1", "O2")]
