"""The ledger on both databases: decisions are appended, judged, never edited, and none is lost or doubled."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from ledger_cases import BY_KIM, HOME, MISTAKE, START, Clock, conflict, pair, undo, value
from shares import one_in
from sqlalchemy.exc import DBAPIError

from ledger.audit import audit_log
from ledger.decisions.database import Database
from ledger.decisions.decision import Sighting, Signature
from ledger.decisions.errors import (
    ContradictionError,
    DecisionError,
    LedgerClockError,
    LedgerError,
    LedgerLockedError,
    LedgerMissingError,
    LedgerSchemaError,
    RefusedTogetherError,
)
from ledger.decisions.in_force import in_force
from ledger.decisions.ledger import Ledger
from ledger.packs.metadata import pack_lines


def kinds_in_force(ledger):
    return in_force(ledger.read()).get_column("kind").to_list()


def test_a_decision_is_read_back_as_it_was_taken(ledger):
    seen = (Sighting("h2", "made_on", "2020-01-01"), Sighting("h1", "surname", "o’neill"), Sighting("h1", "sex", None))
    draft = value("ORD-1", "made_on", "2020-01-02", seen=seen, release_id="r2026-11-20", model_version="1")
    taken = ledger.decide(draft, Signature("kim", "document_seen", "zweite Zeile\nund — Überschrift"))
    (row,) = ledger.read().to_dicts()
    assert row["decision_id"] == taken.decision_id
    assert (row["order_id"], row["field"], row["value"]) == ("ORD-1", "made_on", "2020-01-02")
    assert (row["decided_by"], row["comment"]) == ("kim", "zweite Zeile\nund — Überschrift")
    assert row["decided_at"].utcoffset() == timedelta(0)
    assert START < row["decided_at"] < START + timedelta(seconds=10)
    assert row["fingerprint"] == draft.fingerprint == value("x", "y", "z", seen=seen[::-1]).fingerprint


def test_the_same_decision_on_the_same_evidence_is_taken_once(ledger):
    first = ledger.decide(pair("same_order", "a", "b"), BY_KIM)
    second = ledger.decide(pair("same_order", "b", "a"), Signature("noor", "identifiers"))
    assert (first.is_new, second.is_new, second.decision_id) == (True, False, first.decision_id)
    assert ledger.read().height == 1


def test_the_same_decision_on_newer_evidence_takes_the_place_of_the_former(ledger):
    first = ledger.decide(value("ORD-1", "sex", "F", seen=(Sighting("h", "sex", "m"),)), BY_KIM)
    second = ledger.decide(value("ORD-1", "sex", "F", seen=(Sighting("h", "sex", None),)), BY_KIM)
    assert (second.is_new, second.replaced) == (True, first.decision_id)
    assert in_force(ledger.read()).get_column("decision_id").to_list() == [second.decision_id]


@one_in(
    2,
    ("former", "later"),
    [
        pytest.param([pair("same_order", "a", "b")], pair("different_order", "a", "b"), id="the opposite"),
        pytest.param([pair("same_order", "a", "b")], pair("different_person", "a", "b"), id="one order, two persons"),
        pytest.param([pair("different_person", "a", "b")], pair("same_order", "a", "b"), id="two persons, one order"),
        pytest.param(
            [pair("same_order", "a", "b"), pair("same_order", "b", "c")],
            pair("different_order", "a", "c"),
            id="along two links",
        ),
        pytest.param(
            [pair("different_person", "a", "d"), pair("same_person", "a", "b"), pair("same_order", "c", "b")],
            pair("same_person", "c", "d"),
            id="along links of both levels",
        ),
        pytest.param([value("ORD-1", "sex", "M")], value("ORD-1", "sex", "F"), id="another value"),
        pytest.param([conflict("both_right")], conflict("accept"), id="another way with a discrepancy"),
    ],
)
def test_a_decision_that_contradicts_others_is_refused_and_names_them(ledger, former, later):
    ids = [ledger.decide(draft, BY_KIM).decision_id for draft in former]
    with pytest.raises(ContradictionError) as reported:
        ledger.decide(later, BY_KIM)
    assert sorted(reported.value.decision_ids) == sorted(ids)
    assert all(decision_id in str(reported.value) for decision_id in ids)
    assert ledger.read().height == len(former)


def test_two_persons_may_have_two_orders_and_one_person_too(ledger):
    ledger.decide(pair("different_order", "a", "b"), BY_KIM)
    ledger.decide(pair("same_person", "a", "b"), BY_KIM)
    ledger.decide(pair("different_person", "a", "c"), BY_KIM)
    assert sorted(kinds_in_force(ledger)) == ["different_order", "different_person", "same_person"]


def test_another_decision_takes_its_place_if_it_names_it(ledger):
    first = ledger.decide(value("ORD-1", "sex", "M"), BY_KIM).decision_id
    ledger.decide(value("ORD-1", "sex", "F", replaces=first), BY_KIM)
    assert in_force(ledger.read()).get_column("value").to_list() == ["F"]
    assert ledger.read().height == 2


def test_what_was_replaced_meanwhile_can_not_be_replaced_again(ledger):
    first = ledger.decide(value("ORD-1", "sex", "M"), BY_KIM).decision_id
    ledger.decide(value("ORD-1", "sex", "F", replaces=first), BY_KIM)
    with pytest.raises(DecisionError, match="is not in force"):
        ledger.decide(value("ORD-1", "sex", "X", replaces=first), BY_KIM)


def test_a_decision_taken_back_is_as_if_never_taken(ledger):
    first = ledger.decide(value("ORD-1", "sex", "M"), BY_KIM).decision_id
    second = ledger.decide(value("ORD-1", "sex", "F", replaces=first), BY_KIM).decision_id
    ledger.decide(undo(second), MISTAKE)
    assert in_force(ledger.read()).get_column("decision_id").to_list() == [first]
    ledger.decide(undo(first), MISTAKE)
    assert kinds_in_force(ledger) == []


def test_taking_back_can_be_taken_back(ledger):
    first = ledger.decide(value("ORD-1", "sex", "M"), BY_KIM).decision_id
    second = ledger.decide(undo(first), MISTAKE).decision_id
    ledger.decide(undo(second), MISTAKE)
    assert in_force(ledger.read()).get_column("decision_id").to_list() == [first]


def test_what_does_not_stand_can_not_be_taken_back(ledger):
    first = ledger.decide(value("ORD-1", "sex", "M"), BY_KIM).decision_id
    ledger.decide(value("ORD-1", "sex", "F", replaces=first), BY_KIM)
    for decision_id, words in ((first, "superseded by"), ("DEC-0000000000000000", "there is no decision")):
        with pytest.raises(DecisionError, match=words):
            ledger.decide(undo(decision_id), MISTAKE)


def test_a_decision_is_taken_back_once(ledger):
    first = ledger.decide(value("ORD-1", "sex", "M"), BY_KIM).decision_id
    taken = [ledger.decide(undo(first), MISTAKE) for _ in range(2)]
    assert [result.is_new for result in taken] == [True, False]
    assert taken[0].decision_id == taken[1].decision_id
    assert ledger.read().height == 2


def test_a_batch_is_taken_back_at_once_but_for_what_no_longer_stands(ledger):
    drafts = [value(f"ORD-{number}", "sex", "M", batch_id="b1") for number in range(5)]
    taken = ledger.decide_all([(draft, BY_KIM) for draft in drafts])
    ledger.decide(undo(taken[0].decision_id), MISTAKE)
    assert len(ledger.decide_all([(undo(name), MISTAKE) for name in ledger.standing_of("b1")])) == 4
    assert kinds_in_force(ledger) == []
    with pytest.raises(DecisionError, match="no decision of batch b1 stands"):
        ledger.standing_of("b1")


def test_what_was_taken_back_is_free_to_be_decided_in_the_same_call(ledger):
    first = ledger.decide(value("ORD-1", "sex", "M"), BY_KIM).decision_id
    second = ledger.decide(value("ORD-1", "sex", "F", replaces=first), BY_KIM).decision_id
    taken = ledger.decide_all([(undo(second), MISTAKE), (value("ORD-1", "sex", "M"), BY_KIM)])
    assert (taken[1].decision_id, taken[1].is_new) == (first, False)
    freed = ledger.decide_all([(undo(first), MISTAKE), (value("ORD-1", "sex", "F"), BY_KIM)])
    assert in_force(ledger.read()).get_column("decision_id").to_list() == [freed[1].decision_id]


def test_of_several_decisions_all_are_taken_or_none(ledger):
    requests = [
        (value("ORD-1", "sex", "M"), BY_KIM),
        (pair("same_order", "a", "b"), Signature("sam", "slip")),
        (value("ORD-1", "sex", "F"), BY_KIM),
    ]
    with pytest.raises(RefusedTogetherError) as reported:
        ledger.decide_all(requests)
    assert {place: type(error) for place, error in reported.value.refusals.items()} == {
        1: DecisionError,
        2: ContradictionError,
    }
    assert ledger.read().is_empty()


@one_in(
    2,
    ("signature", "words"),
    [
        pytest.param(Signature("sam", "document_seen"), "no user 'sam'", id="unknown user"),
        pytest.param(Signature("kim", "whim"), "reason 'whim' does not fit", id="unknown reason"),
        pytest.param(Signature("kim", "mistake"), "reason 'mistake' does not fit", id="reason for something else"),
        pytest.param(Signature("kim", "other", " "), "needs a comment", id="no comment where one is needed"),
        pytest.param(Signature("kim", "document_seen", "a\x00b"), "characters that are not text", id="a null sign"),
        pytest.param(Signature("kim", "document_seen", "\ud800"), "characters that are not text", id="half a letter"),
        pytest.param(Signature("kim", "document_seen", "a" * 20_001), "longer than 20,000", id="endless comment"),
    ],
)
def test_a_decision_that_can_not_be_taken_says_why(ledger, signature, words):
    with pytest.raises(DecisionError, match=words):
        ledger.decide(value("ORD-1", "sex", "M"), signature)
    assert ledger.read().is_empty()


def test_ten_thousand_signs_of_comment_are_kept(ledger):
    ledger.decide(value("ORD-1", "sex", "M"), Signature("kim", "document_seen", "é\t" * 5_000))
    assert len(ledger.read().item(0, "comment")) == 10_000


def test_who_has_retired_decides_no_more_until_added_again(ledger):
    ledger.retire_user("kim")
    with pytest.raises(DecisionError, match="has retired"):
        ledger.decide(value("ORD-1", "sex", "M"), BY_KIM)
    ledger.add_user("kim")
    assert ledger.decide(value("ORD-1", "sex", "M"), BY_KIM).is_new
    assert ledger.users().get_column("retired_at").to_list() == [None, None]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE decisions SET comment = 'another'", id="edit"),
        pytest.param("UPDATE decisions SET decided_by = 'noor'", id="edit who"),
        pytest.param("DELETE FROM decisions", id="delete"),
        pytest.param("INSERT OR REPLACE INTO decisions SELECT * FROM decisions", id="overwrite"),
        pytest.param("TRUNCATE decisions CASCADE", id="empty"),
    ],
)
def test_the_database_itself_holds_decisions_against_change(ledger, ledger_url, statement):
    ledger.decide(value("ORD-1", "sex", "M"), BY_KIM)
    before = ledger.read()
    engine = sa.create_engine(ledger_url)
    foreign = "TRUNCATE" if engine.dialect.name == "sqlite" else "OR REPLACE"
    words = "syntax error" if foreign in statement else "never edited or deleted"
    with pytest.raises(DBAPIError, match=words), engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
    assert ledger.read().equals(before)


def test_the_database_refuses_a_decision_by_nobody(ledger, ledger_url):
    ledger.decide(value("ORD-1", "sex", "M"), BY_KIM)
    row = ledger.read().row(0, named=True) | {"decision_id": "DEC-1", "decided_by": "sam"}
    with pytest.raises(LedgerError), Database(ledger_url).writing() as connection:
        connection.execute(sa.insert(audit_log.metadata.tables["decisions"]).values(row))
    assert ledger.read().height == 1


def test_a_clock_that_was_moved_back_is_reported(ledger_url):
    clock = Clock()
    ledger, _ = Ledger.create(ledger_url, HOME, clock=clock)
    ledger.add_user("kim")
    ledger.decide(value("ORD-1", "sex", "M"), BY_KIM)
    clock.moment -= timedelta(hours=1)
    with pytest.raises(LedgerClockError, match="set the clock right"):
        ledger.decide(value("ORD-2", "sex", "M"), BY_KIM)
    clock.moment += timedelta(hours=1, seconds=-3)
    ledger.decide(value("ORD-3", "sex", "M"), BY_KIM)
    moments = ledger.read().get_column("decided_at")
    assert moments.is_sorted()
    assert moments.n_unique() == 2


def decide_many(url, home, worker, count):
    """Decisions of one writer: half of its own, half the same as every other writer's."""
    with Ledger.open(url, home, patience=60) as ledger:
        for number in range(count):
            ledger.decide(value(f"ORD-{worker}-{number}", "sex", "M"), BY_KIM)
            ledger.decide(value(f"ORD-all-{number}", "sex", "M"), BY_KIM)


@pytest.mark.parametrize("kind", ["threads", pytest.param("processes", marks=pytest.mark.long)])
def test_writers_at_once_lose_nothing_and_double_nothing(ledger_url, kind):
    ledger, _ = Ledger.create(ledger_url, HOME)
    ledger.add_user("kim")
    arguments = [(ledger_url, HOME, worker, 8) for worker in range(4)]
    if kind == "threads":
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda job: decide_many(*job), arguments))
    else:
        with get_context("spawn").Pool(2) as pool:
            pool.starmap(decide_many, arguments)
    orders = sorted(ledger.read().get_column("order_id"))
    assert orders == sorted(
        [f"ORD-{worker}-{number}" for worker in range(4) for number in range(8)]
        + [f"ORD-all-{number}" for number in range(8)]
    )
    assert ledger.read().get_column("decided_at").n_unique() == 40


def test_of_two_who_overrule_the_same_decision_one_is_refused(ledger_url):
    ledger, _ = Ledger.create(ledger_url, HOME)
    ledger.add_user("kim")
    first = ledger.decide(value("ORD-1", "term_months", "0"), BY_KIM).decision_id

    def overrule(number):
        with Ledger.open(ledger_url, HOME, patience=60) as own:
            try:
                return own.decide(value("ORD-1", "term_months", str(number), replaces=first), BY_KIM).is_new
            except DecisionError:
                return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(overrule, range(1, 9))) == 1
    assert in_force(ledger.read()).height == 1


def test_a_ledger_that_is_held_by_somebody_else_is_reported(ledger, ledger_url):
    with Database(ledger_url).writing(), pytest.raises(LedgerLockedError, match="locked by another process"):
        Ledger.open(ledger_url, HOME, patience=0.2).decide(value("ORD-1", "sex", "M"), BY_KIM)
    assert ledger.read().is_empty()


def test_readers_are_not_held_up_by_a_writer(ledger, ledger_url):
    with Database(ledger_url).writing():
        assert Ledger.open(ledger_url, HOME, patience=0.2).read().is_empty()


def test_a_ledger_that_is_missing_is_not_made_by_looking(ledger_url):
    with pytest.raises(LedgerMissingError, match="concord decisions migrate"):
        Ledger.open(ledger_url, HOME)
    assert Database(ledger_url).state() == "missing"


def set_revision(url, revision):
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": revision})


def test_a_ledger_of_a_newer_schema_is_left_alone(ledger, ledger_url):
    set_revision(ledger_url, "9999")
    for attempt in (Ledger.open, Ledger.create):
        with pytest.raises(LedgerSchemaError, match="newer schema"):
            attempt(ledger_url, HOME)


def test_a_ledger_of_an_older_schema_is_migrated_in_a_file_and_by_command_on_a_server(ledger_url):
    database = Database(ledger_url)
    database.migrate(to="0001")
    assert database.state() == "older"
    if database.is_file:
        Ledger.open(ledger_url, HOME).close()
    else:
        with pytest.raises(LedgerSchemaError, match="concord decisions migrate"):
            Ledger.open(ledger_url, HOME)
        assert database.state() == "older"
        assert Ledger.create(ledger_url, HOME)[1] == "older"
    assert database.state() == "current"


def test_the_migrations_make_what_the_code_expects(ledger, ledger_url):
    (metadata,) = {audit_log.metadata, pack_lines.metadata}
    with sa.create_engine(ledger_url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_file_that_is_no_ledger_is_reported(tmp_path):
    (tmp_path / "decisions.sqlite").write_bytes(b"no database at all, but a text of some length" * 100)
    with pytest.raises(LedgerError, match="can't be used: it is damaged, or not a ledger"):
        Ledger.open(f"sqlite:///{tmp_path}/decisions.sqlite", HOME)
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(LedgerError, match=r"can't be opened: set its owner .*to the user that runs Concord$"):
        Ledger.open(f"sqlite:///{tmp_path}/folder.sqlite", HOME)
    other = tmp_path / "other.sqlite"
    sqlite3.connect(other).execute("CREATE TABLE decisions (what TEXT)")
    with pytest.raises(LedgerSchemaError, match="not a ledger"):
        Ledger.create(f"sqlite:///{other}", HOME)


def test_a_ledger_on_another_machine_is_refused_if_nothing_says_how_the_way_there_is_protected():
    with pytest.raises(LedgerError, match=r"the ledger on db.internal .*sslmode=verify-full"):
        Database("postgresql://db.internal/ledger")
    Database("postgresql://db.internal/ledger?sslmode=verify-full").close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("mysql://host/ledger", "can't lie in mysql", id="another database"),
        pytest.param("no url", "can't be read", id="no URL"),
        pytest.param("sqlite://", "names no database", id="a database that is forgotten"),
        pytest.param("postgresql://kim:secret@127.0.0.1:1", "names no database", id="a server and no database"),
        pytest.param("postgresql+psycopg://kim:secret@127.0.0.1:1/ledger", "can't be reached", id="nobody answers"),
    ],
)
def test_a_place_that_can_not_be_used_is_reported_without_its_password(url, words):
    with pytest.raises(LedgerError, match=words) as reported:
        Ledger.open(url, HOME, patience=2)
    assert "secret" not in str(reported.value)
