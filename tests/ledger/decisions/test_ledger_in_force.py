"""What is in force: the fold over the ledger depends on what its rows say, not on their order."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from ledger_cases import BY_KIM, MISTAKE, START, conflict, pair, rows, undo, value

from ledger.decisions.errors import ContradictionError, DecisionError
from ledger.decisions.in_force import decisions_digest, fold, in_force
from ledger.decisions.submitting import Bench
from warehouse.tables.ledger import DECISIONS

RECORDS = st.sampled_from("abcd")
DRAFTS = st.one_of(
    st.builds(value, st.sampled_from(["ORD-1", "ORD-2"]), st.just("sex"), st.sampled_from("MF")),
    st.builds(
        pair,
        st.sampled_from(["same_order", "different_order", "same_person", "different_person"]),
        RECORDS,
        RECORDS,
    ).filter(lambda draft: draft.left_handle != draft.right_handle),
    st.builds(conflict, st.sampled_from(["accept", "refer", "both_right"])),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), DRAFTS, st.just(0)),
        st.tuples(st.just("replace"), DRAFTS, st.integers(0, 30)),
        st.tuples(st.just("undo"), st.none(), st.integers(0, 30)),
    ),
    max_size=25,
)


def play(steps):
    """The ledger after these steps; what is refused leaves no trace."""
    ledger = DECISIONS.empty()
    for number, (step, draft, place) in enumerate(steps):
        at = START + timedelta(minutes=number)
        known = ledger.get_column("decision_id").to_list()
        named = known[place % len(known)] if known else "DEC-0000000000000000"
        signature = MISTAKE if step == "undo" else BY_KIM
        asked = {"undo": undo(named), "replace": draft and draft.replacing(named), "decide": draft}[step]
        bench = Bench(ledger, at=at)
        try:
            bench.take(asked, signature)
        except (DecisionError, ContradictionError):
            continue
        ledger = pl.concat([ledger, pl.DataFrame(bench.appended, schema=DECISIONS.schema)])
    return ledger


def standing_by_definition(ledger):
    """The words of `fold` as they are said, one decision after the other."""
    all_rows = ledger.to_dicts()

    def is_void(decision_id):
        undos = [row for row in all_rows if row["kind"] == "undo" and row["replaces"] == decision_id]
        return any(not is_void(row["decision_id"]) for row in undos)

    def is_replaced(decision_id):
        others = [row for row in all_rows if row["kind"] != "undo" and row["replaces"] == decision_id]
        return any(not is_void(row["decision_id"]) for row in others)

    ids = {row["decision_id"] for row in all_rows if row["kind"] != "undo"}
    return {name for name in ids if not is_void(name) and not is_replaced(name)}


@given(STEPS, st.randoms(use_true_random=False))
def test_any_sequence_folds_to_the_same_state_in_any_order(steps, random):
    ledger = play(steps)
    places = list(range(ledger.height))
    random.shuffle(places)
    assert fold(ledger[places]).equals(fold(ledger))
    assert set(in_force(ledger).get_column("decision_id")) == standing_by_definition(ledger)


@given(STEPS)
def test_nothing_that_was_taken_contradicts_what_stood(steps):
    """One answer to one question, unless an undo put a former one in force again."""
    ledger = play([step for step in steps if step[0] != "undo"])
    assert in_force(ledger).get_column("target").is_unique().all()


def test_a_long_chain_of_taking_back_is_followed_to_its_end():
    drafts = [value("ORD-1", "sex", "M")]
    for _ in range(1_000):
        drafts.append(undo(rows(*drafts[-1:], start=START + timedelta(minutes=len(drafts) - 1)).item(0, "decision_id")))
    ledger = rows(*drafts)
    assert in_force(ledger).height == 1
    assert in_force(ledger.head(1_000)).height == 0


def test_an_acceptance_runs_out_after_its_last_day():
    ledger = rows(conflict("accept", accepted_until=date(2026, 12, 31)), conflict("refer", "ORD-2"))
    assert in_force(ledger, as_of=date(2026, 12, 31)).height == 2
    assert in_force(ledger, as_of=date(2027, 1, 1)).get_column("kind").to_list() == ["refer"]


def test_the_digest_distinguishes_sets_of_decisions_and_not_their_order():
    ledger = rows(value("ORD-1", "sex", "M"), value("ORD-2", "sex", "M"))
    assert decisions_digest(ledger.reverse()) == decisions_digest(ledger) != decisions_digest(ledger.head(1))


def test_who_ended_a_decision_and_how_is_reported():
    first, other = rows(value("ORD-1", "sex", "M"), value("ORD-2", "sex", "M")).get_column("decision_id")
    ledger = rows(
        value("ORD-1", "sex", "M"),
        value("ORD-2", "sex", "M"),
        value("ORD-1", "sex", "F", replaces=first),
        undo(other),
    )
    assert fold(ledger).get_column("ended_as").to_list() == ["superseded", "undone", None, None]
    ids = ledger.get_column("decision_id")
    assert fold(ledger).get_column("ended_by").to_list() == [ids[2], ids[3], None, None]


def test_of_two_that_replaced_a_decision_elsewhere_the_earlier_is_named():
    first = rows(value("ORD-1", "sex", "M")).item(0, "decision_id")
    ledger = rows(value("ORD-1", "sex", "M"), *(value("ORD-1", "sex", "F", replaces=first, batch_id=at) for at in "ab"))
    assert fold(ledger.reverse()).item(0, "ended_by") == ledger.item(1, "decision_id")
