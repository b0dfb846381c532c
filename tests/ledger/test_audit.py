"""The audit log's chain: an edit, a removal, a change of order and a cut are found, by the first link that breaks."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ledger.audit import ACTS, BEGINNING, Entry, Head, append, audit_log, head_of, prove
from ledger.decisions.errors import LedgerError

AT = datetime(2026, 11, 20, 9, 0, 0, 123_456, tzinfo=UTC)
ROWS = sa.table("audit_log", *(sa.column(column.name) for column in audit_log.columns))
UNGUARDED = ("audit_log_is_not_edited", "audit_log_is_not_deleted", "audit_log_is_not_overwritten")


def entry(number, **changed):
    said = {"at": AT + timedelta(seconds=number), "who": "kim", "act": "consultation", "what": {"orders": [number]}}
    return Entry(**(said | changed))


@pytest.fixture
def database(ledger_url, make_ledger):
    made = make_ledger(ledger_url)
    yield made
    made.close()


def proof_of(database, *noted):
    with database.reading() as connection:
        return prove(connection, *noted)


def filled(database, count=6):
    with database.writing() as connection:
        return append(connection, [entry(number) for number in range(count)])


def tampered(database, *statements):
    """Change the log as somebody could who owns the database, triggers and all."""
    with database.writing() as connection:
        if database.is_file:
            for trigger in UNGUARDED:
                connection.execute(sa.text(f"DROP TRIGGER {trigger}"))
        else:
            connection.execute(sa.text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(statement)


def moved(number, to):
    return sa.update(ROWS).where(ROWS.c.sequence == number).values(sequence=to)


def test_a_log_hangs_together_however_it_was_appended(database):
    with database.writing() as connection:
        append(connection, [entry(1), entry(2, reason="asked by the court")])
    with database.writing() as connection:
        head = append(connection, [entry(3, who="Zoë 👮", what={"search": "é"})])
        assert append(connection, []) == head
    proof = proof_of(database, head)
    assert (proof.head, proof.broken_at) == (head, None)
    assert head.sequence == 3


def test_an_empty_log_is_whole(database):
    assert proof_of(database).head == BEGINNING


@pytest.mark.parametrize(
    ("statements", "broken_at", "words"),
    [
        pytest.param([sa.update(ROWS).where(ROWS.c.sequence == 3).values(who="noor")], 3, "edited", id="who"),
        pytest.param([sa.update(ROWS).where(ROWS.c.sequence == 1).values(act="erasure")], 1, "edited", id="the act"),
        pytest.param([sa.update(ROWS).where(ROWS.c.sequence == 6).values(reason="x")], 6, "edited", id="a reason"),
        pytest.param([sa.update(ROWS).where(ROWS.c.sequence == 2).values(digest="0")], 2, "edited", id="a digest"),
        pytest.param([sa.delete(ROWS).where(ROWS.c.sequence == 4)], 4, "missing", id="an entry removed"),
        pytest.param([sa.delete(ROWS).where(ROWS.c.sequence == 1)], 1, "missing", id="the first removed"),
        pytest.param(
            [sa.delete(ROWS).where(ROWS.c.sequence == 4), moved(5, 4), moved(6, 5)],
            4,
            "does not follow",
            id="removed and renumbered",
        ),
        pytest.param([moved(2, 99), moved(3, 2), moved(99, 3)], 2, "does not follow", id="two in another order"),
    ],
)
def test_the_first_broken_link_is_named(database, statements, broken_at, words):
    filled(database)
    tampered(database, *statements)
    proof = proof_of(database)
    assert proof.broken_at == broken_at
    assert words in proof.words
    assert proof.head.sequence == broken_at - 1


def test_a_cut_end_is_found_out_by_a_head_that_was_noted(database):
    head = filled(database)
    tampered(database, sa.delete(ROWS).where(ROWS.c.sequence > 4))
    assert proof_of(database).broken_at is None
    proof = proof_of(database, head)
    assert (proof.broken_at, proof.head.sequence) == (5, 4)
    assert "cut off" in proof.words


def test_a_log_written_anew_is_found_out_by_a_head_that_was_noted(database):
    filled(database)
    with database.reading() as connection:
        noted = head_of(connection)
    tampered(database, sa.delete(ROWS))
    with database.writing() as connection:
        append(connection, [entry(number, who="noor") for number in range(8)])
    assert proof_of(database).broken_at is None
    assert proof_of(database, noted).broken_at == 6


def test_a_moment_is_the_same_in_every_zone(database):
    there = timezone(timedelta(hours=5, minutes=30))
    with database.writing() as connection:
        append(connection, [entry(1, at=AT.astimezone(there))])
    assert proof_of(database).broken_at is None


def test_an_unknown_act_is_not_logged(database):
    with pytest.raises(ValueError, match="no act"), database.writing() as connection:
        append(connection, [entry(1, act="peeked")])


def test_nobody_edits_an_entry_while_the_database_guards_it(database):
    filled(database)
    with pytest.raises(LedgerError), database.writing() as connection:
        connection.execute(sa.update(ROWS).values(who="noor"))


@given(st.integers(min_value=0), st.binary(min_size=32, max_size=32))
def test_a_head_is_read_as_it_was_written(sequence, digest):
    head = Head(sequence % 10**18, digest.hex())
    assert Head.read(f"{head}\n") == head


@pytest.mark.parametrize("text", ["", "1", "1:", "x:" + "0" * 64, "1:" + "0" * 63, "1:" + "g" * 64])
def test_other_texts_are_no_heads(text):
    with pytest.raises(ValueError, match="expected"):
        Head.read(text)


def test_the_acts_of_section_62_can_all_be_logged(database):
    with database.writing() as connection:
        assert append(connection, [entry(1, act=act) for act in ACTS]).sequence == len(ACTS)
