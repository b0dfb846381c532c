"""The log of packs handed out, on both databases: whole or not at all, by known users, never changed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
import sqlalchemy as sa
from ledger_cases import HOME

from ledger.audit import prove, read_rows
from ledger.decisions.errors import DecisionError, LedgerClockError, LedgerError
from ledger.decisions.ledger import Ledger
from ledger.packs.log import (
    Disclosure,
    asked_before,
    corrections_digest,
    read_disclosures,
    read_pack_lines,
    record_disclosure,
    require_recordable,
)
from ledger.packs.metadata import disclosures, pack_lines
from warehouse.tables.packs import PACK_LINES

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
HANDED_OUT = Disclosure(
    owner="pnc_bureau",
    recipient="The PNC bureau",
    reason="to have records corrected",
    disclosed_by="kim",
    disclosed_at=AT,
    release_id="r2026-11-19",
    marking="OFFICIAL-SENSITIVE",
)
FILES = {"xlsx_sha256": "a" * 64, "csv_sha256": "b" * 64}


def lines(*names, **values):
    about = {"order_id": "ORD-1", "rule_code": "END-WRONG", "field": "end_on", "source": "pnc", "handle": "h"}
    rows = [about | {"discrepancy_id": name, "reference": f"ORD-1/{name}"} | values for name in names]
    return pl.DataFrame(
        rows, schema={name: kind for name, kind in PACK_LINES.schema.items() if name != "disclosure_id"}
    )


@pytest.fixture
def ledger(ledger_url, make_ledger):
    make_ledger(ledger_url)
    made, _ = Ledger.create(ledger_url, HOME)
    made.add_user("kim")
    yield made
    made.close()


def test_what_was_handed_out_is_read_back_as_it_was_recorded(ledger):
    asked = lines("d1", "d2", observed="=1+1", expected="O’Neill\n")
    disclosure_id = record_disclosure(ledger, HANDED_OUT, asked, digests=FILES)
    (row,) = read_disclosures(ledger).to_dicts()
    assert row == FILES | vars(HANDED_OUT) | {"disclosure_id": disclosure_id}
    assert read_pack_lines(ledger).drop("disclosure_id").equals(asked)


def test_a_disclosure_stands_in_the_chain_of_the_audit_log(ledger):
    disclosure_id = record_disclosure(ledger, HANDED_OUT, lines("d1", "d2"), digests=FILES)
    with ledger.database.reading() as connection:
        (entry,) = read_rows(connection)
        assert prove(connection).broken_at is None
    assert (entry["act"], entry["who"]) == ("disclosure", HANDED_OUT.disclosed_by)
    assert json.loads(entry["what"])["disclosure"] == disclosure_id


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"disclosed_by": "sam"}, id="by nobody known"),
        pytest.param({"recipient": "  "}, id="to nobody"),
        pytest.param({"reason": ""}, id="for no reason"),
        pytest.param({"reason": "line\nbreak"}, id="for a reason that is no line"),
    ],
)
def test_a_disclosure_that_does_not_say_who_to_whom_and_why_is_not_recorded(ledger, changed):
    with pytest.raises(DecisionError):
        require_recordable(ledger, replace(HANDED_OUT, **changed))
    with pytest.raises(DecisionError):
        record_disclosure(ledger, replace(HANDED_OUT, **changed), lines("d1"), digests=FILES)
    assert read_disclosures(ledger).is_empty()


def test_a_user_who_retired_hands_nothing_out(ledger):
    ledger.retire_user("kim")
    with pytest.raises(DecisionError, match="retired"):
        record_disclosure(ledger, HANDED_OUT, lines("d1"), digests=FILES)


def test_a_disclosure_is_recorded_whole_or_not_at_all(ledger):
    with pytest.raises(LedgerError):
        record_disclosure(ledger, HANDED_OUT, lines("d1", "d1"), digests=FILES)
    assert read_disclosures(ledger).is_empty()
    assert read_pack_lines(ledger).is_empty()


def test_the_same_pack_is_not_recorded_twice_and_another_moment_makes_another(ledger):
    record_disclosure(ledger, HANDED_OUT, lines("d1"), digests=FILES)
    with pytest.raises(LedgerError):
        record_disclosure(ledger, HANDED_OUT, lines("d1"), digests=FILES)
    later = replace(HANDED_OUT, disclosed_at=AT + timedelta(seconds=1))
    record_disclosure(ledger, later, lines("d1"), digests=FILES)
    assert read_disclosures(ledger).get_column("disclosure_id").n_unique() == 2


def test_a_clock_that_was_moved_back_is_reported(ledger):
    record_disclosure(ledger, HANDED_OUT, lines("d1"), digests=FILES)
    with pytest.raises(LedgerClockError, match="set the clock right"):
        require_recordable(ledger, replace(HANDED_OUT, disclosed_at=AT - timedelta(minutes=1)))


@pytest.mark.parametrize("table", [pytest.param(disclosures, id="disclosures"), pytest.param(pack_lines, id="lines")])
def test_the_log_can_not_be_edited_emptied_or_overwritten(ledger, table):
    record_disclosure(ledger, HANDED_OUT, lines("d1"), digests=FILES)
    before = read_disclosures(ledger), read_pack_lines(ledger)
    with ledger.database.reading() as connection:
        row = connection.execute(sa.select(table)).mappings().one()
    for statement in (sa.update(table).values(disclosure_id="other"), sa.delete(table), sa.insert(table).values(row)):
        with pytest.raises(LedgerError), ledger.database.writing() as connection:
            connection.execute(statement)
    after = read_disclosures(ledger), read_pack_lines(ledger)
    assert all(one.equals(other) for one, other in zip(before, after, strict=True))


def test_its_id_depends_on_every_line_and_not_on_their_order():
    name = HANDED_OUT.name(lines("d1", "d2"))
    assert name == HANDED_OUT.name(lines("d2", "d1"))
    assert name != HANDED_OUT.name(lines("d1"))
    assert name != HANDED_OUT.name(lines("d1", "d2", expected="2027-01-01"))
    assert name != replace(HANDED_OUT, recipient="another").name(lines("d1", "d2"))


def test_a_line_handed_out_twice_is_asked_once_since_the_first_time(ledger):
    record_disclosure(ledger, HANDED_OUT, lines("d1"), digests=FILES)
    again = replace(
        HANDED_OUT, owner="force:01", disclosed_at=datetime(2026, 12, 1, 23, 30, tzinfo=UTC), release_id="r2026-11-25.2"
    )
    record_disclosure(ledger, again, lines("d1", "d2"), digests=FILES)
    asked = asked_before(read_disclosures(ledger), read_pack_lines(ledger))
    assert asked.select("reference", "owner", "handed_out_on", "last_handed_out_on", "times_handed_out").rows() == [
        ("ORD-1/d1", "force:01", date(2026, 11, 20), date(2026, 12, 1), 2),
        ("ORD-1/d2", "force:01", date(2026, 12, 1), date(2026, 12, 1), 1),
    ]


@pytest.mark.parametrize(
    ("as_of", "known"),
    [
        pytest.param(date(2026, 11, 19), [], id="the night of its release, run again"),
        pytest.param(date(2026, 11, 20), ["ORD-1/d1"], id="the next night"),
    ],
)
def test_a_night_knows_the_packs_of_earlier_releases_whenever_it_is_run(ledger, as_of, known):
    record_disclosure(ledger, HANDED_OUT, lines("d1"), digests=FILES)
    asked = asked_before(read_disclosures(ledger), read_pack_lines(ledger), as_of=as_of)
    assert asked.get_column("reference").to_list() == known


def test_the_digest_of_what_was_asked_does_not_depend_on_the_order_of_rows(ledger):
    record_disclosure(ledger, HANDED_OUT, lines("d1", "d2"), digests=FILES)
    asked = asked_before(read_disclosures(ledger), read_pack_lines(ledger))
    assert corrections_digest(asked) == corrections_digest(asked.reverse()) != corrections_digest(asked.head(1))
