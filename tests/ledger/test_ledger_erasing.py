"""A person goes out of the ledger with all that names their records; others stay, and rows are kept as before."""

import pytest
import sqlalchemy as sa
from ledger_cases import BY_KIM, HOME, MISTAKE, START, undo, value

from ledger.audit import Entry, append, prove
from ledger.decisions.errors import LedgerError
from ledger.decisions.ledger import Ledger
from ledger.desk.comments import Comment, add_comment, comments_on
from ledger.erasing import erase_from_ledger, known_in_ledger


@pytest.fixture
def ledger(ledger_url, make_ledger):
    make_ledger(ledger_url)
    made, _ = Ledger.create(ledger_url, HOME)
    with made:
        made.add_user("kim")
        yield made


def test_decisions_what_takes_them_back_and_comments_go_and_those_about_others_stay(ledger):
    taken = ledger.decide(value("ORD-1", "surname", "MARKER"), BY_KIM)
    ledger.decide(undo(taken.decision_id), MISTAKE)
    other = ledger.decide(value("ORD-2", "surname", "OTHER"), BY_KIM)
    for order in ("ORD-1", "ORD-2"):
        add_comment(ledger.database, Comment(order, order, "kim", START, "said"))
    with ledger.database.writing() as connection:
        append(connection, [Entry(START, "kim", "consultation", {"orders": ["ORD-1"]})])

    known = known_in_ledger(ledger.database, {"ORD-1"})
    counts = erase_from_ledger(ledger.database, HOME, {"ORD-1"})

    assert counts == {"decisions": 2, "decision_marks": 2, "comments": 1}
    assert taken.decision_id in known
    assert ledger.read()["decision_id"].to_list() == [other.decision_id]
    assert not comments_on(ledger.database, "ORD-1")
    assert len(comments_on(ledger.database, "ORD-2")) == 1
    with ledger.database.reading() as connection:
        assert prove(connection).words == "whole"


def test_afterwards_the_database_refuses_to_delete_as_before(ledger):
    ledger.decide(value("ORD-1", "surname", "MARKER"), BY_KIM)
    ledger.decide(value("ORD-2", "surname", "OTHER"), BY_KIM)
    erase_from_ledger(ledger.database, HOME, {"ORD-1"})
    with pytest.raises(LedgerError, match="can't be used"), ledger.database.writing() as connection:
        connection.execute(sa.text("DELETE FROM decisions"))
    assert ledger.read().height == 1
