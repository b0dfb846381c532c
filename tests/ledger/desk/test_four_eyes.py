"""Decisions that wait for a second steward: which, and what becomes of them."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from ledger_cases import START, conflict, night, owners, records, undo, value
from ledger_cases import rows as ledger_rows

from ledger.decisions.decision import Draft, Signature
from ledger.decisions.errors import DecisionError, RefusedTogetherError
from ledger.decisions.record_values import name_records
from ledger.desk.four_eyes import APPROVAL_REASONS, is_sampled, reasons_for_approval
from ledger.desk.proposals import (
    Proposal,
    ProposalError,
    approve,
    approved_decisions,
    find_proposal,
    propose,
    read_proposals,
    return_proposal,
    withdraw,
)
from warehouse.home import Home
from warehouse.tables.ledger import DECISIONS

NONE = DECISIONS.empty()


@pytest.fixture
def two_people():
    """Two records of two orders of two people."""
    held = name_records(records(("pnc:1", {"sex": "M"}), ("pnd:2", {"sex": "M"})))
    return replace(night(), records=held, owners=owners(**{"1__ORD-1": ["pnc:1"], "2__ORD-2": ["pnd:2"]}))


@pytest.fixture
def one_order_of_police():
    """Two records of one order, without a court's result."""
    held = name_records(records(("pnc:1", {"sex": "M"}), ("pnd:2", {"sex": "M"})))
    return replace(night(), records=held, owners=owners(**{"1__ORD-1": ["pnc:1", "pnd:2"]}))


def asked(kind, present, *what):
    """A draft on the night, by the words of the kind."""
    return present.draft_value(*what) if kind == "value" else present.draft_pair(kind, *what)


@pytest.mark.parametrize(
    ("kind", "what", "why"),
    [
        pytest.param("value", ("ORD-1", "end_on", "2022-06-30"), (), id="an end that changes no status"),
        pytest.param("value", ("ORD-1", "end_on", "2023-12-31"), ("end",), id="an end moved by two years"),
        pytest.param("value", ("ORD-2", "end_on", "2030-01-01"), ("status", "end"), id="an end that puts it in force"),
        pytest.param("value", ("ORD-1", "sex", "F"), (), id="a sex"),
        pytest.param("different_order", ("pnc:1", "court:2"), ("confirmed",), id="an order of court and police split"),
        pytest.param("different_order", ("pnc:1", "pnc:3"), (), id="orders kept apart that are apart"),
        pytest.param("same_person", ("pnc:1", "pnc:3"), (), id="a person who is one already"),
    ],
)
def test_what_hangs_on_a_decision_says_whether_a_second_steward_is_asked(kind, what, why):
    present = night()
    assert reasons_for_approval(asked(kind, present, *what), "kim", present, NONE) == why


@pytest.mark.parametrize(
    ("ends", "why"),
    [
        pytest.param([date(2027, 1, 1), date(2027, 6, 1)], (), id="ends within a year"),
        pytest.param([date(2027, 1, 1), date(2037, 1, 1)], ("end",), id="ends ten years apart"),
        pytest.param([date(2027, 1, 1), None], ("end",), id="one has no end"),
        pytest.param([None, None], (), id="neither has an end"),
    ],
)
def test_two_orders_of_far_ends_become_one_only_with_a_second_steward(ends, why):
    present = night()
    present = replace(present, orders=present.orders.with_columns(end_on=pl.Series(ends, dtype=pl.Date)))
    assert reasons_for_approval(asked("same_order", present, "pnc:1", "pnc:3"), "kim", present, NONE) == why


def test_two_people_become_one_only_with_a_second_steward(two_people):
    for kind in ("same_person", "same_order"):
        assert "people" in reasons_for_approval(asked(kind, two_people, "pnc:1", "pnd:2"), "kim", two_people, NONE)


def test_an_order_that_a_steward_confirmed_is_split_only_with_a_second_steward(one_order_of_police):
    draft = asked("different_order", one_order_of_police, "pnc:1", "pnd:2")
    assert reasons_for_approval(draft, "kim", one_order_of_police, NONE) == ()
    confirmed = ledger_rows(value("ORD-1", "sex", "M"))
    assert reasons_for_approval(draft, "kim", one_order_of_police, confirmed) == ("confirmed",)


def test_another_stewards_decision_is_overruled_only_with_a_second_steward():
    present, former = night(), ledger_rows(value("ORD-1", "sex", "F"))
    name = former.item(0, "decision_id")
    draft = present.draft_value("ORD-1", "sex", "M").replacing(name)
    assert reasons_for_approval(draft, "kim", present, former) == ()
    assert reasons_for_approval(draft, "noor", present, former) == ("overrules",)


def test_what_four_eyes_approved_four_eyes_take_back():
    former = ledger_rows(value("ORD-1", "sex", "F"))
    name = former.item(0, "decision_id")
    assert reasons_for_approval(undo(name), "kim", night(), former) == ()
    assert reasons_for_approval(undo(name), "kim", night(), former, approved={name}) == ("approved",)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_about_the_share_asked_for_is_drawn(tmp_path, share):
    drawn = sum(is_sampled(Home(tmp_path), "kim", [f"ORD-{number}"], share) for number in range(300))
    assert abs(drawn - 300 * share) <= 60
    assert drawn in ({0} if share == 0 else {300} if share == 1 else range(301))


def test_who_puts_an_order_that_was_drawn_into_a_bundle_gets_no_other_draw(tmp_path):
    orders = [f"ORD-{number}" for number in range(50)]
    drawn = [order for order in orders if is_sampled(Home(tmp_path), "kim", [order], 0.2)]
    assert 0 < len(drawn) < 50
    assert all(is_sampled(Home(tmp_path), "kim", [order, *orders[:1]], 0.2) for order in drawn)


def test_the_draw_can_not_be_foreseen_without_the_key_of_the_installation(tmp_path):
    def drawn(home):
        return [is_sampled(Home(home), "kim", [f"ORD-{number}"], 0.5) for number in range(50)]

    assert drawn(tmp_path / "one") == drawn(tmp_path / "one") != drawn(tmp_path / "other")


def proposal(*drafts, by="kim", why=("status",)):
    signed = tuple((draft, Signature(by, "document_seen")) for draft in drafts)
    return Proposal("p1", by, START, "item-1", signed, why)


DRAFTS = (
    Draft(kind="value", order_id="ORD-1", field="sex", value="M"),
    conflict("accept"),
)


def test_a_proposal_binds_nobody_until_it_is_approved(ledger, database):
    assert propose(database, proposal(*DRAFTS))
    assert ledger.read().is_empty()
    assert [entry.waits for entry in read_proposals(database, waiting=True)] == [True]
    approve(ledger, find_proposal(database, "p1"), by="noor", at=START, comment="seen")
    assert ledger.read().get_column("decided_by").to_list() == ["kim", "kim"]
    assert approved_decisions(database) == set(ledger.read().get_column("decision_id"))
    judged = find_proposal(database, "p1")
    assert (judged.verdict, judged.judged_by, judged.comment) == ("approved", "noor", "seen")
    assert read_proposals(database, waiting=True) == []


def test_a_proposal_is_read_as_it_was_written(ledger, database):
    propose(database, proposal(*DRAFTS))
    assert find_proposal(database, "p1") == proposal(*DRAFTS)


def test_a_form_that_is_sent_twice_makes_one_proposal(ledger, database):
    assert [propose(database, proposal(*DRAFTS)) for _ in range(2)] == [True, False]
    assert len(read_proposals(database)) == 1


def test_nobody_judges_their_own_proposal(ledger, database):
    propose(database, proposal(*DRAFTS))
    waiting = find_proposal(database, "p1")
    with pytest.raises(ProposalError, match="nobody approves"):
        approve(ledger, waiting, by="kim", at=START)
    with pytest.raises(ProposalError, match="nobody approves"):
        return_proposal(database, waiting, by="kim", at=START, comment="no")
    with pytest.raises(ProposalError, match="another steward's"):
        withdraw(database, waiting, by="noor", at=START)
    assert ledger.read().is_empty()


def test_a_proposal_is_judged_once(ledger, database):
    propose(database, proposal(*DRAFTS))
    waiting = find_proposal(database, "p1")
    return_proposal(database, waiting, by="noor", at=START, comment="the seal is missing")
    with pytest.raises(ProposalError, match="was returned meanwhile by noor"):
        approve(ledger, waiting, by="noor", at=START)
    with pytest.raises(ProposalError, match="meanwhile"):
        withdraw(database, waiting, by="kim", at=START)
    assert ledger.read().is_empty()


def test_a_proposal_is_not_returned_without_a_word(ledger, database):
    propose(database, proposal(*DRAFTS))
    with pytest.raises(ProposalError, match="say why"):
        return_proposal(database, find_proposal(database, "p1"), by="noor", at=START, comment=" ")
    withdraw(database, find_proposal(database, "p1"), by="kim", at=START)
    assert find_proposal(database, "p1").verdict == "withdrawn"


def test_a_proposal_that_was_overtaken_goes_on_waiting(ledger, database):
    propose(database, proposal(DRAFTS[0]))
    ledger.decide(value("ORD-1", "sex", "F"), Signature("noor", "document_seen"))
    with pytest.raises(RefusedTogetherError):
        approve(ledger, find_proposal(database, "p1"), by="noor", at=START)
    assert find_proposal(database, "p1").waits
    assert ledger.read().height == 1


def test_an_empty_proposal_is_refused(ledger, database):
    with pytest.raises(DecisionError, match="without a decision"):
        propose(database, proposal())


def test_every_reason_is_reported_in_words():
    assert all(reason.title.endswith(".") for reason in APPROVAL_REASONS)
    assert len({reason.code for reason in APPROVAL_REASONS}) == len(APPROVAL_REASONS)
