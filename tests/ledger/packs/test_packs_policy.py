"""The sending policy, on both databases: set by approvers alone, revocable, never edited; and its sample."""

import json

import polars as pl
import pytest
import sqlalchemy as sa
from ledger_cases import START

from ledger.audit import prove, read_rows
from ledger.decisions.errors import DecisionError, LedgerError
from ledger.desk.accounts import add_account, set_disabled
from ledger.packs.metadata import sending_policies
from ledger.packs.policy import PolicyTerms, policy_in_force, read_policies, revoke_policy, set_policy
from ledger.packs.sample import draw_sample, read_checks, record_check
from review.packs.policy_words import NOTHING_GOES, describe_policy, measure_errors
from warehouse.home import Home
from warehouse.installation_key import VARIABLE

WHY = {"at": START, "reason": "agreed with the PNC bureau"}
LINE = {"reference": "ORD-1/d", "order_id": "ORD-1", "discrepancy_id": "d", "rule_code": "x", "asked_field": "end_on"}


@pytest.fixture
def staffed(ledger):
    """The ledger with an approver and a steward who have accounts."""
    with ledger.database.writing() as connection:
        add_account(connection, "ada", role="approver", at=START)
        add_account(connection, "sam", role="steward", at=START)
        add_account(connection, "met", role="approver", forces=["01"], at=START)
    return ledger


def test_a_new_installation_sends_nothing_without_a_steward(ledger):
    assert policy_in_force(ledger) is None
    assert describe_policy(None) == NOTHING_GOES


def test_an_approver_sets_it_and_revokes_it_and_both_are_kept(staffed):
    was_set = set_policy(staffed, PolicyTerms(owners=("pnc_bureau",)), by="ada", **WHY)
    assert policy_in_force(staffed) == was_set
    assert "PNC bureau" in describe_policy(was_set)
    ended = revoke_policy(staffed, by="ada", **WHY)  # at the same moment, as clocks go
    assert policy_in_force(staffed) is None
    assert [(policy.policy_id, policy.is_on) for policy in read_policies(staffed)] == [
        (was_set.policy_id, True),
        (ended.policy_id, False),
    ]


def test_who_set_it_stands_in_the_audit_log(staffed):
    was_set = set_policy(staffed, PolicyTerms(), by="ada", **WHY)
    with staffed.database.reading() as connection:
        (entry,) = read_rows(connection)
        assert prove(connection).broken_at is None
    assert (entry["act"], entry["who"], entry["reason"]) == ("alteration", "ada", WHY["reason"])
    assert json.loads(entry["what"])["sending_policy"] == was_set.policy_id


@pytest.mark.parametrize(
    "by", ["sam", "kim", "met", "nobody"], ids=["a steward", "no account", "of one force", "unknown"]
)
def test_nobody_but_an_approver_sets_or_revokes_it(staffed, by):
    set_policy(staffed, PolicyTerms(), by="ada", **WHY)
    with pytest.raises(DecisionError, match=r"approver|no user"):
        set_policy(staffed, PolicyTerms(), by=by, **WHY)
    with pytest.raises(DecisionError, match=r"approver|no user"):
        revoke_policy(staffed, by=by, **WHY)


def test_a_closed_account_sets_nothing(staffed):
    with staffed.database.writing() as connection:
        set_disabled(connection, "ada", is_disabled=True, at=START)
    with pytest.raises(DecisionError):
        set_policy(staffed, PolicyTerms(), by="ada", **WHY)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        pytest.param({"owners": ("force:999",)}, "no owner", id="an owner on no list"),
        pytest.param({"fields": ("shoe_size",)}, "shoe_size", id="a field of no discrepancy"),
        pytest.param({"least_confidence": 0.5}, "least confidence", id="hardly sure"),
        pytest.param({"least_confidence": float("nan")}, "least confidence", id="no number"),
        pytest.param({"sampled_share": 0.0}, "sampled share", id="no sample"),
        pytest.param({"sampled_share": 1.5}, "sampled share", id="more than all"),
    ],
)
def test_terms_that_can_not_be_are_refused(staffed, terms, words):
    with pytest.raises(DecisionError, match=words):
        set_policy(staffed, PolicyTerms(**terms), by="ada", **WHY)
    assert read_policies(staffed) == ()


def test_it_needs_a_reason_and_there_must_be_one_to_revoke(staffed):
    with pytest.raises(DecisionError, match="reason"):
        set_policy(staffed, PolicyTerms(), by="ada", at=START, reason=" ")
    with pytest.raises(DecisionError, match="nothing to revoke"):
        revoke_policy(staffed, by="ada", **WHY)


def test_it_can_not_be_edited_or_deleted(staffed):
    set_policy(staffed, PolicyTerms(), by="ada", **WHY)
    for statement in (sa.update(sending_policies).values(is_on=False), sa.delete(sending_policies)):
        with pytest.raises(LedgerError), staffed.database.writing() as connection:
            connection.execute(statement)


def test_the_sample_is_the_stated_share_and_nobody_without_the_key_can_foresee_it(tmp_path, monkeypatch):
    references = pl.Series([f"ORD-{number}/d" for number in range(4_000)])
    drawn = draw_sample(Home(tmp_path), references, 0.05)
    assert 140 < drawn.sum() < 260
    assert draw_sample(Home(tmp_path), references, 0.05).equals(drawn)
    assert not (drawn & ~draw_sample(Home(tmp_path), references, 0.5)).any()
    monkeypatch.setenv(VARIABLE, "another key")
    assert (drawn & draw_sample(Home(tmp_path), references, 0.05)).sum() < 40


def test_what_stewards_find_in_the_sample_says_how_often_the_policy_is_wrong(staffed):
    policy = set_policy(staffed, PolicyTerms(), by="ada", **WHY)
    assert "it is not known" in str(measure_errors(read_checks(staffed)))
    of_two = {"sam": ("right", "right", "wrong", "right", "wrong"), "kim": ("right", "right", "wrong", "wrong")}
    for by, verdicts in of_two.items():
        for place, verdict in enumerate(verdicts):
            line = LINE | {"reference": f"ORD-1/{place}", "policy_id": policy.policy_id}
            record_check(
                staffed, line, verdict, release_id="r", by=by, at=START.replace(minute=place, second=by == "kim")
            )
    checks = read_checks(staffed).sort("reference")
    assert checks.get_column("verdict").to_list() == ["right", "right", "wrong", "not_known"]
    found = measure_errors(checks)
    assert (found.judged, found.wrong) == (3, 1)
    assert 0 < found.low < found.high < 1
    with pytest.raises(DecisionError, match="judged"):
        record_check(staffed, line, "right", release_id="r", by="kim", at=START)


@pytest.mark.parametrize(("by", "verdict"), [("nobody", "right"), ("sam", "perhaps")])
def test_a_check_is_by_a_user_and_has_a_verdict(staffed, by, verdict):
    policy = set_policy(staffed, PolicyTerms(), by="ada", **WHY)
    with pytest.raises(DecisionError):
        record_check(staffed, LINE | {"policy_id": policy.policy_id}, verdict, release_id="r", by=by, at=START)
