"""The life of a discrepancy over nights."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from order_cases import KEYS, against_agreement, discrepancies, evidence, golden, record
from properties import SEVENTH
from shares import one_in

from expectations.discrepancy_history import active_ones, close
from warehouse.tables.register import DISCREPANCIES

NIGHTS = [date(2023, 11, day) for day in (27, 28, 29, 30)]
RIGHT = against_agreement(record("pnc"))
WRONG = against_agreement(record("pnc", made_on=date(2021, 3, 11)))
OTHERWISE = against_agreement(record("pnc", made_on=date(2021, 3, 12)))


def lives(*nights):
    """State, cause and since of the discrepancy of `WRONG` on each night of a series."""
    former, seen = None, []
    identity = discrepancies(WRONG).item(0, "discrepancy_id")
    for night, held in zip(NIGHTS, nights, strict=False):
        former = discrepancies(held, as_of=night, former=former)
        rows = former.filter(discrepancy_id=identity)
        seen.append(rows.select("state", "resolved_by", "state_since").row(0) if rows.height else None)
    return seen


@one_in(
    2,
    ("nights", "expected"),
    [
        pytest.param(
            [WRONG, WRONG, WRONG],
            [("new", None, NIGHTS[0]), ("open", None, NIGHTS[1]), ("open", None, NIGHTS[1])],
            id="open from the second night on",
        ),
        pytest.param(
            [WRONG, RIGHT, RIGHT],
            [("new", None, NIGHTS[0]), ("resolved", "source", NIGHTS[1]), ("resolved", "source", NIGHTS[1])],
            id="corrected in the source",
        ),
        pytest.param(
            [WRONG, OTHERWISE],
            [("new", None, NIGHTS[0]), ("resolved", "source", NIGHTS[1])],
            id="wrong in another way: the former is resolved",
        ),
        pytest.param(
            [WRONG, RIGHT, WRONG, WRONG],
            [
                ("new", None, NIGHTS[0]),
                ("resolved", "source", NIGHTS[1]),
                ("reopened", None, NIGHTS[2]),
                ("open", None, NIGHTS[3]),
            ],
            id="reopened",
        ),
    ],
)
def test_states_over_nights(nights, expected):
    assert lives(*nights) == expected


def test_what_the_rules_no_longer_find_though_nothing_changed_is_resolved_by_rule():
    found = discrepancies(WRONG, as_of=NIGHTS[0])
    dropped = found.with_columns(rule_code=pl.lit("A-RULE-THAT-IS-NO-MORE"), discrepancy_id=pl.lit("gone"))
    after = discrepancies(RIGHT, as_of=NIGHTS[1], former=dropped)
    assert after.select("discrepancy_id", "state", "resolved_by").rows() == [("gone", "resolved", "rule")]


def test_what_another_rule_says_now_is_resolved_by_rule():
    found = discrepancies(WRONG, as_of=NIGHTS[0])
    before = found.with_columns(rule_code=pl.lit("MADE-YEAR"), discrepancy_id=pl.lit("as another rule reported it"))
    after = discrepancies(WRONG, as_of=NIGHTS[1], former=before)
    assert set(after.select("rule_code", "state", "resolved_by").rows()) == {
        ("MADE-YEAR", "resolved", "rule"),
        ("MADE-DAYS", "new", None),
    }


def test_what_was_found_on_an_order_that_is_no_more_goes_with_it():
    found = discrepancies(WRONG, as_of=NIGHTS[0])
    other = replace(RIGHT, orders=RIGHT.orders.with_columns(order_id=pl.lit("ORDER-9")))
    assert discrepancies(other, as_of=NIGHTS[1], former=found).filter(pl.col("order_id") == "ORDER-1").is_empty()


def test_an_absence_is_resolved_when_the_source_holds_the_order():
    absent = against_agreement(record("pnc"))
    without = replace(
        absent,
        core_orders=absent.core_orders.filter(pl.col("source") != "pnd"),
        order_sources=absent.order_sources.filter(pl.col("source") != "pnd"),
        orders=absent.orders.with_columns(sources=pl.lit(["court", "pnc", "rocu"], pl.List(pl.String))),
    )
    before = discrepancies(without, as_of=NIGHTS[0])
    after = discrepancies(absent, as_of=NIGHTS[1], former=before)
    assert before.get_column("rule_code").to_list() == ["ABSENT-PND"]
    assert after.select("state", "resolved_by").rows() == [("resolved", "source")]


def test_only_those_that_are_not_resolved_are_active():
    after = discrepancies(RIGHT, as_of=NIGHTS[1], former=discrepancies(WRONG, as_of=NIGHTS[0]))
    assert active_ones(after).is_empty()


def ids(frame):
    return frame.get_column("discrepancy_id")


NOBODY = pl.Series("discrepancy_id", [], pl.String)


def test_a_decision_resolves_and_keeps_its_night():
    first = close(discrepancies(WRONG, as_of=NIGHTS[0]), closed=ids(discrepancies(WRONG)), stale=NOBODY,
                  former=DISCREPANCIES.empty(), as_of=NIGHTS[0])  # fmt: skip
    found = discrepancies(WRONG, as_of=NIGHTS[1], former=first)
    second = close(found, closed=ids(found), stale=NOBODY, former=first, as_of=NIGHTS[1])
    taken_back = close(
        discrepancies(WRONG, as_of=NIGHTS[2], former=second),
        closed=NOBODY,
        stale=NOBODY,
        former=second,
        as_of=NIGHTS[2],
    )
    states = [frame.select("state", "resolved_by", "state_since").row(0) for frame in (first, second, taken_back)]
    assert states == [
        ("resolved", "steward", NIGHTS[0]),
        ("resolved", "steward", NIGHTS[0]),
        ("reopened", None, NIGHTS[2]),
    ]


def test_what_a_steward_closed_is_the_sources_once_it_is_gone():
    first = close(discrepancies(WRONG, as_of=NIGHTS[0]), closed=ids(discrepancies(WRONG)), stale=NOBODY,
                  former=DISCREPANCIES.empty(), as_of=NIGHTS[0])  # fmt: skip
    second = discrepancies(RIGHT, as_of=NIGHTS[1], former=first)
    third = discrepancies(RIGHT, as_of=NIGHTS[2], former=second)
    states = [frame.select("state", "resolved_by", "state_since").row(0) for frame in (second, third)]
    assert states == [("resolved", "source", NIGHTS[1])] * 2


def test_a_stale_decision_is_reported_until_it_is_taken_anew():
    first = discrepancies(OTHERWISE, as_of=NIGHTS[0])
    reported = close(first, closed=NOBODY, stale=ids(first), former=DISCREPANCIES.empty(), as_of=NIGHTS[0])
    found = discrepancies(OTHERWISE, as_of=NIGHTS[1], former=reported)
    again = close(found, closed=NOBODY, stale=ids(found), former=reported, as_of=NIGHTS[1])
    assert reported.select("state", "state_since").rows() == [("stale_decision", NIGHTS[0])]
    assert again.select("state", "state_since").rows() == [("stale_decision", NIGHTS[0])]


changes = st.fixed_dictionaries(
    {},
    optional={
        "made_on": st.sampled_from([date(2021, 3, 11), date(2020, 3, 9)]),
        "term_months": st.sampled_from([36, 24]),
        "surname_folded": st.just("NOVAK"),
        "recorded_status": st.just("expired"),
    },
)


def four_orders(changed):
    """The evidence of four orders of as many persons, of each of which the PNC may hold something else."""
    records, orders = [], []
    for number, values in enumerate(changed):
        own = {"order_id": f"ORDER-{number}", "pnc_id": None}
        for source, key in KEYS.items():
            records.append(
                record(source, **own, source_key=f"{key}-{number}", **(values if source == "pnc" else {})),
            )
        orders.append(golden(**own, subject_id=f"SUBJECT-{number}"))
    return evidence(records, orders)


@SEVENTH
@given(st.lists(st.tuples(*[changes] * 4), min_size=2, max_size=4))
def test_over_any_nights_the_active_are_those_found_and_none_is_lost(series):
    former = None
    for night, changed in zip(NIGHTS, series, strict=False):
        whole = four_orders(changed)
        present = discrepancies(whole, as_of=night, former=former)
        assert set(ids(active_ones(present))) == set(ids(discrepancies(whole)))
        assert former is None or set(ids(former)) <= set(ids(present))
        assert present.filter(pl.col("state_since") < pl.col("first_seen_on")).is_empty()
        assert (present.get_column("resolved_by").is_not_null() == (present.get_column("state") == "resolved")).all()
        before, former = former, present
    assert discrepancies(whole, as_of=night, former=before).equals(present)
