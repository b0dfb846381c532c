"""Claims on items, and what stewards say to each other."""

from datetime import timedelta

import pytest
from ledger_cases import START

from ledger.decisions.errors import DecisionError
from ledger.desk.comments import Comment, add_comment, comments_on
from ledger.desk.item_work import claim, read_item_work, release_claim

QUARTER = timedelta(minutes=15)


def test_an_item_is_claimed_by_one_steward_until_the_claim_runs_out(ledger, database):
    assert claim(database, "i1", by="kim", at=START, lasting=QUARTER).held_by == "kim"
    assert claim(database, "i1", by="noor", at=START + QUARTER / 2, lasting=QUARTER).held_by == "kim"
    assert claim(database, "i1", by="noor", at=START + QUARTER, lasting=QUARTER).held_by == "noor"


def test_a_claim_is_kept_by_looking_on(ledger, database):
    claim(database, "i1", by="kim", at=START, lasting=QUARTER)
    kept = claim(database, "i1", by="kim", at=START + QUARTER / 2, lasting=QUARTER)
    assert kept.held_until == START + 1.5 * QUARTER
    assert claim(database, "i1", by="noor", at=START + QUARTER, lasting=QUARTER).held_by == "kim"


def holders(database, at):
    with database.reading() as connection:
        return dict(read_item_work(connection, at=at).claims.iter_rows())


def test_only_ones_own_claim_is_let_go(ledger, database):
    claim(database, "i1", by="kim", at=START, lasting=QUARTER)
    release_claim(database, "i1", by="noor")
    assert holders(database, START) == {"i1": "kim"}
    release_claim(database, "i1", by="kim")
    assert holders(database, START) == {}


def test_claims_that_ran_out_are_reported_no_more(ledger, database):
    claim(database, "i1", by="kim", at=START, lasting=QUARTER)
    assert holders(database, START + QUARTER) == {}


def said(words, order_id="ORD-1"):
    return Comment("i1", order_id, "kim", START, words)


def test_comments_are_kept_as_they_were_said_and_in_their_order(ledger, database):
    for words in ("<b>seal?</b>\n'; DROP TABLE comments", "é" * 10_000):
        add_comment(database, said(words))
    add_comment(database, said("elsewhere", "ORD-2"))
    assert comments_on(database, "ORD-1") == [said("<b>seal?</b>\n'; DROP TABLE comments"), said("é" * 10_000)]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(" \n", id="no words"),
        pytest.param("x" * 20_001, id="too many words"),
        pytest.param("a\x00b", id="a sign that is no text"),
    ],
)
def test_a_comment_that_can_not_be_kept_is_refused(ledger, database, words):
    with pytest.raises(DecisionError):
        add_comment(database, said(words))
    assert comments_on(database, "ORD-1") == []


def test_a_comment_that_was_sent_twice_is_kept_once(ledger, database):
    for _ in range(3):
        add_comment(database, said("the same"))
    assert [comment.words for comment in comments_on(database, "ORD-1")] == ["the same"]
