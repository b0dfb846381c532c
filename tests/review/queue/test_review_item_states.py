"""Where items stand: what was decided since the release, what waits, what was deferred."""

from datetime import date
from types import MappingProxyType

import polars as pl
import pytest

from ledger.decisions.decision import Draft
from ledger.desk.item_work import WORK, ItemWork
from review.queue.item_states import DecisionsSinceRelease, SettledItems, decided_items, with_states
from review.queue.queue_items import QueueItems
from warehouse.tables.ledger import DECISIONS

ROWS = pl.DataFrame(
    [
        ("two fields", "discrepancies", "O1", None, None),
        ("near", "near_match", "O1", "O2", "pnc:1"),
        ("lone", "lone_record", "O3", None, None),
        ("breaks", "constraint", "O4", None, None),
        ("namesake", "discrepancies", "O5", None, None),
        ("in doubt", "doubt", "O6", None, None),
        ("not held", "doubt", "O7", None, None),
    ],
    schema=["item_id", "kind", "order_id", "other_order_id", "left_record_id"],
    orient="row",
).with_columns(stream=pl.lit("settle"), age_days=pl.lit(3))
PARTS = pl.DataFrame(
    [
        ("two fields", "O1", "d1", "END-DAYS", "end_on"),
        ("two fields", "O1", "d2", "NAME", "surname"),
        ("lone", "O3", "d3", "ABSENT-PNC", "presence"),
        ("breaks", "O4", "d4", "R02", "term_months"),
        ("namesake", "O5", "d5", "NAME", "surname"),
        ("in doubt", "O6", "d6", "DOUBT-DROPPED", "legal_status"),
        ("not held", "O7", "d7", "DOUBT-NOT-HELD", "legal_status"),
    ],
    schema=["item_id", "order_id", "discrepancy_id", "rule_code", "field"],
    orient="row",
)
OWNERS = pl.DataFrame(
    [
        ("pnc:1", "O1", "S1"),
        ("court:1", "O1", "S1"),
        ("pnc:2", "O2", "S2"),
        ("pnc:3", "O3", "S3"),
        ("pnc:4", "O4", "S4"),
        ("pnc:5", "O5", "S1"),
    ],
    schema=["record_id", "order_id", "subject_id"],
    orient="row",
)
AGAIN = pl.DataFrame(
    {
        "item_id": ["stale", "stale", "ring", "ring"],
        "decision_id": ["A", "B", "B", "C"],
        "excludes": [False, False, True, True],
    }
)
ITEMS = QueueItems(ROWS, MappingProxyType({}), PARTS, AGAIN.clear())


NIGHT = date(2026, 11, 20)


def decided(*drafts: dict) -> pl.DataFrame:
    empty = {name: [None] * len(drafts) for name in DECISIONS.schema}
    given = {name: [draft.get(name) for draft in drafts] for name in DECISIONS.schema}
    return DECISIONS.conform(pl.DataFrame(empty | given))


def of(discrepancy_id: str) -> dict:
    return {"kind": "accept", "discrepancy_id": discrepancy_id}


def value(order_id: str, field: str, value: str = "2026-11-20") -> dict:
    return {"kind": "value", "order_id": order_id, "field": field, "value": value}


def pair(kind: str, left: str, right: str) -> dict:
    return {"kind": kind, "left_record_id": left, "right_record_id": right}


@pytest.mark.parametrize(
    ("drafts", "settled"),
    [
        pytest.param([], [], id="nothing was decided"),
        pytest.param([of("d1")], [], id="one of two discrepancies"),
        pytest.param([of("d1"), of("d2")], ["two fields"], id="both discrepancies"),
        pytest.param([of("d1"), value("O1", "surname")], ["namesake", "two fields"], id="a value that is the person's"),
        pytest.param([value("O1", "end_on"), of("d2")], ["two fields"], id="a value that is the order's own"),
        pytest.param([value("O5", "end_on")], [], id="a value of another order of the person"),
        pytest.param([value("O6", "end_on")], ["in doubt"], id="the last day of an order that may be in force"),
        pytest.param([value("O6", "end_on", "2026-11-21")], [], id="a last day to come, which ends no doubt"),
        pytest.param([value("O7", "end_on", "2031-01-01")], ["not held"], id="any last day of one that nobody held"),
        pytest.param([value("O6", "made_on")], [], id="another day of an order that may be in force"),
        pytest.param([of("d3")], ["lone"], id="the absence of a lone record"),
        pytest.param(
            [pair("same_order", "pnc:3", "pnc:4")], ["breaks", "lone"], id="a lone record put to another order"
        ),
        pytest.param([pair("same_order", "pnc:2", "court:1")], ["near"], id="two orders that are one"),
        pytest.param([pair("different_person", "pnc:1", "pnc:2")], ["near"], id="two orders of different people"),
        pytest.param([pair("same_order", "pnc:1", "court:1")], [], id="two records of one order that belong together"),
        pytest.param(
            [pair("different_order", "pnc:1", "court:1")], ["near", "two fields"], id="an order that is taken apart"
        ),
        pytest.param([pair("different_order", "pnc:9", "pnc:1")], [], id="a record that is no longer there"),
    ],
)
def test_an_item_is_settled_once_nothing_of_it_is_left_to_decide(drafts, settled):
    taken = decided(*drafts)
    assert decided_items(ITEMS, DecisionsSinceRelease(taken, taken, NIGHT), OWNERS).to_list() == settled


@pytest.mark.parametrize(
    ("standing", "settled"),
    [
        pytest.param(["A", "B", "C"], [], id="all stand"),
        pytest.param(["B", "C"], [], id="one stale decision was replaced"),
        pytest.param(["C"], ["ring", "stale"], id="both stale decisions were replaced"),
        pytest.param(["A", "B"], ["ring"], id="one of two that exclude one another was taken back"),
    ],
)
def test_decisions_to_be_looked_at_again_are_settled_once_they_no_longer_stand(standing, settled):
    items = QueueItems(ROWS, MappingProxyType({}), PARTS, AGAIN)
    taken = decided(*({"kind": "value", "decision_id": name, "order_id": "O9"} for name in standing))
    assert decided_items(items, DecisionsSinceRelease(taken, taken.clear(), NIGHT), OWNERS).to_list() == settled


@pytest.mark.parametrize(
    ("drafts", "standing", "settled"),
    [
        pytest.param([of("d3")], ["A"], [], id="the absence, and not yet the decision"),
        pytest.param([], [], [], id="the decision, and not yet the absence"),
        pytest.param([of("d3")], [], ["lone"], id="both"),
        pytest.param([pair("same_order", "pnc:3", "pnc:4")], ["A"], ["breaks"], id="another decision on its records"),
    ],
)
def test_an_order_with_a_decision_to_look_at_again_is_settled_once_all_that_it_asks_is(drafts, standing, settled):
    again = pl.DataFrame({"item_id": ["lone"], "decision_id": ["A"], "excludes": [False]})
    fresh = decided(*drafts)
    stand = pl.concat([fresh, decided(*({"kind": "value", "decision_id": name} for name in standing))])
    items = QueueItems(ROWS, MappingProxyType({}), PARTS, again)
    assert decided_items(items, DecisionsSinceRelease(stand, fresh, NIGHT), OWNERS).to_list() == settled


def test_a_decision_that_the_night_obeyed_or_that_was_taken_back_settles_nothing():
    rows = [
        of("d1") | {"decision_id": "A", "accepted_until": date(2027, 1, 1)},
        of("d2") | {"decision_id": "B"},
        of("d3") | {"decision_id": "C"},
        {"kind": "undo", "decision_id": "D", "replaces": "C"},
    ]
    known = pl.DataFrame({"decision_id": ["A"]})
    taken = DecisionsSinceRelease.of(decided(*rows), known, as_of=NIGHT)
    assert taken.standing["decision_id"].to_list() == ["A", "B"]
    assert taken.fresh["decision_id"].to_list() == ["B"]


@pytest.mark.parametrize(
    ("until", "decides"),
    [
        pytest.param(date(2026, 11, 19), [], id="run out before the night: the night queued the item again"),
        pytest.param(date(2026, 11, 20), ["A"], id="the night is its last day"),
    ],
)
def test_an_acceptance_that_has_run_out_decides_nothing(until, decides):
    accepted = decided(of("d1") | {"decision_id": "A", "accepted_until": until})
    found = DecisionsSinceRelease.of(
        accepted, pl.DataFrame({"decision_id": []}, schema={"decision_id": pl.String}), as_of=NIGHT
    )
    assert found.fresh["decision_id"].to_list() == decides


def work(**frames: list[tuple]) -> ItemWork:
    return ItemWork(
        **{name: pl.DataFrame(frames.get(name, []), schema=schema, orient="row") for name, schema in WORK.items()}
    )


def settled_items(decided: tuple[str, ...] = (), waiting: tuple[str, ...] = ()) -> SettledItems:
    return SettledItems(*(pl.Series("item_id", ids, pl.String) for ids in (decided, waiting)))


def stands(work: ItemWork, viewer: str = "kim", **settled: tuple[str, ...]) -> dict[str, str]:
    rows = with_states(ROWS, work, settled_items(**settled), viewer=viewer)
    return dict(rows.select("item_id", "state").iter_rows())


def test_what_matters_more_names_the_state():
    everything = {"claims": [("near", "noor")], "deferrals": [("near", date(2027, 1, 1))]}
    assert stands(work(**everything), decided=("near",), waiting=("near",))["near"] == "decided"
    assert stands(work(**everything), waiting=("near",))["near"] == "waiting"
    assert stands(work(**everything))["near"] == "deferred"
    assert stands(work(claims=everything["claims"]))["near"] == "claimed"
    assert stands(work())["near"] == "open"


def test_what_one_works_on_oneself_is_open():
    assert stands(work(claims=[("near", "kim")]))["near"] == "open"


def test_assignees_are_oneself_others_and_nobody_even_if_one_is_called_so():
    given = work(
        assignments=[
            ("near", "kim", None),
            ("lone", "nobody", None),
            ("breaks", "me", None),
            ("two fields", None, "46"),
        ]
    )
    rows = with_states(ROWS, given, SettledItems.none(), viewer="kim")
    assert dict(rows.select("item_id", "assignee").iter_rows()) == {
        "two fields": "team:46",
        "near": "me",
        "lone": "@nobody",
        "breaks": "@me",
        "namesake": "nobody",
        "in doubt": "nobody",
        "not held": "nobody",
    }


def test_an_item_to_settle_that_nobody_was_given_is_the_approvers_after_four_weeks():
    old = ROWS.with_columns(
        age_days=pl.lit(29), stream=pl.when(pl.col("item_id") == "lone").then(pl.lit("send")).otherwise("stream")
    )
    rows = with_states(old, work(assignments=[("near", "noor", None)]), SettledItems.none(), viewer="kim")
    assert dict(rows.select("item_id", "assignee").iter_rows()) == {
        "two fields": "team:approvers",
        "near": "@noor",
        "lone": "nobody",
        "breaks": "team:approvers",
        "namesake": "team:approvers",
        "in doubt": "team:approvers",
        "not held": "team:approvers",
    }


def proposed(*drafts: Draft) -> list[str]:
    """The items on which nothing is left to decide once these are approved."""
    taken = DecisionsSinceRelease(decided(), decided(), NIGHT).with_proposed(drafts)
    return decided_items(ITEMS, taken, OWNERS).to_list()


def test_an_item_waits_only_once_everything_that_it_asks_is_decided_or_proposed():
    end = Draft(kind="value", order_id="O1", field="end_on", value="2027-01-01")
    name = Draft(kind="value_unclear", order_id="O1", field="surname")
    assert proposed(end) == []
    assert proposed(end, name) == ["namesake", "two fields"]


def test_a_doubted_value_is_asked_until_it_is_decided():
    parts = pl.DataFrame([("doubt", "O2", None, None, "surname")], schema=PARTS.schema, orient="row")
    items = QueueItems(ROWS, MappingProxyType({}), parts, AGAIN.clear())
    taken = DecisionsSinceRelease(decided(), decided(value("O2", "surname")), NIGHT)
    assert decided_items(items, DecisionsSinceRelease(decided(), decided(), NIGHT), OWNERS).is_empty()
    assert decided_items(items, taken, OWNERS).to_list() == ["doubt"]


def test_the_taking_back_that_waits_ends_what_it_takes_back():
    standing = decided({"kind": "value", "order_id": "O1", "field": "end_on", "decision_id": "A"})
    taken = DecisionsSinceRelease(standing, standing, NIGHT).with_proposed([Draft(kind="undo", replaces="A")])
    assert taken.standing.is_empty()
    assert taken.fresh.is_empty()
