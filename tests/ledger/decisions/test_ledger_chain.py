"""Decisions are chained by the key of the installation: what the database's owner changes by hand is found."""

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from ledger_cases import BY_KIM, forget_marks, set_back, value

from ledger.decisions.database import Database
from ledger.decisions.errors import LedgerDamagedError
from ledger.decisions.ledger import Ledger
from warehouse.home import Home


@pytest.fixture
def place(tmp_path):
    return tmp_path / "home" / "ledger" / "decisions.sqlite"


@pytest.fixture
def home(place):
    return Home(place.parent.parent)


@pytest.fixture
def ledger(home, place):
    made, _ = Ledger.create(f"sqlite:///{place}", home)
    with made:
        made.add_user("kim")
        for number in range(3):
            made.decide(value(f"ORD-{number}", "sex", "M"), BY_KIM)
        yield made


def by_hand(place, *statements):
    with closing(sqlite3.connect(place)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


BOTH = ("decisions", "decision_marks")


def without(link, *tables):
    """Delete the first or last decision of the chain, from tables."""
    edge = "SELECT max(sequence) FROM decision_marks" if link == "last" else "SELECT 1"
    name = f"(SELECT decision_id FROM decision_marks WHERE sequence = ({edge}))"  # noqa: S608
    return [f"DELETE FROM {table} WHERE decision_id = {name}" for table in tables]  # noqa: S608


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        pytest.param(without("last", "decisions"), "are gone", id="a decision removed"),
        pytest.param(
            without("last", "decisions", "decision_marks"), "are gone", id="the last one and its mark removed"
        ),
        pytest.param(without("first", "decisions", "decision_marks"), "one before", id="the first one and its mark"),
        pytest.param(["DELETE FROM decision_marks"], "3 bear no mark", id="all marks removed"),
        pytest.param(["UPDATE decision_marks SET mark = 'x' WHERE sequence = 2"], "not of this", id="a mark made up"),
        pytest.param(["DELETE FROM decisions", "DELETE FROM decision_marks"], "are gone", id="emptied"),
    ],
)
def test_what_is_changed_in_the_database_is_found_until_somebody_vouches_for_it(home, place, ledger, statements, words):
    by_hand(place, *statements)
    with Ledger.open(f"sqlite:///{place}", home) as again:
        with pytest.raises(LedgerDamagedError, match=words):
            again.read()
        left = again.vouch()
        assert again.read().height == left


def test_a_ledger_set_back_to_before_marks_is_not_taken_for_an_old_one(home, place, ledger):
    set_back(place)
    with Ledger.open(f"sqlite:///{place}", home) as again, pytest.raises(LedgerDamagedError, match="3 bear no mark"):
        again.read()


def test_under_another_key_decisions_must_be_vouched_for_and_are_then_taken_up(home, place, ledger, monkeypatch):
    monkeypatch.setenv("CONCORD_KEY", "another key")
    with pytest.raises(LedgerDamagedError, match="CONCORD_KEY"):
        ledger.read()
    assert ledger.vouch() == 3
    ledger.decide(value("ORD-9", "sex", "M"), BY_KIM)
    assert ledger.read().height == 4


def test_decisions_from_before_there_were_marks_are_marked_once(home, place, ledger):
    set_back(place)
    forget_marks(home)
    assert Database(f"sqlite:///{place}").state() == "older"
    with Ledger.open(f"sqlite:///{place}", home) as again:
        assert again.read().height == 3
    by_hand(place, "DELETE FROM decision_marks")
    with pytest.raises(LedgerDamagedError):
        Ledger.create(f"sqlite:///{place}", home)[0].read()


def test_decisions_and_their_marks_outlast_the_step_that_makes_their_tables_anew(home, place, ledger):
    before = ledger.read()
    set_back(place, to="0011", tables=("users", *BOTH))
    with Ledger.open(f"sqlite:///{place}", home) as again:
        assert again.read().equals(before)
        again.decide(value("ORD-9", "sex", "M"), BY_KIM)
        assert again.read().height == 4
    with closing(sqlite3.connect(place)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="never edited or deleted"):
            connection.execute("DELETE FROM decisions")
        assert connection.execute("PRAGMA foreign_key_list(decision_marks)").fetchone()[2] == "decisions"


def test_who_reads_in_postgresql_sees_one_moment_while_others_decide(postgres, home):
    ledger, _ = Ledger.create(postgres(), home)
    with ledger:
        ledger.add_user("kim")
        with ledger.database.reading() as connection:
            seen = [connection.execute(sa.text("SELECT count(*) FROM decisions")).scalar_one()]
            ledger.decide(value("ORD-1", "sex", "M"), BY_KIM)
            seen.append(connection.execute(sa.text("SELECT count(*) FROM decision_marks")).scalar_one())
        assert seen == [0, 0]
        assert ledger.read().height == 1
