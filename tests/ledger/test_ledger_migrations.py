"""A ledger of each earlier schema is brought up to date with the rows of all its tables, and proves itself."""

import polars as pl
import pytest
import sqlalchemy as sa
from ledger_cases import BY_KIM, HOME, START, conflict, pair, rows, undo, value
from shares import one_in

from ledger.audit import Entry, append, prove
from ledger.decisions.chain import Chain
from ledger.decisions.database import Database, _steps
from ledger.decisions.errors import LedgerError
from ledger.decisions.ledger import Ledger
from ledger.decisions.metadata import UtcDateTime
from ledger.desk.accounts import all_accounts
from ledger.packs.metadata import pack_lines

TABLES = pack_lines.metadata.sorted_tables
KIM, NOOR = ({"name": name, "added_at": START, "retired_at": None} for name in ("kim", "noor"))
FIRST = [
    pair("same_order", "a", "b", seen=()),
    pair("different_person", "a", "c"),
    value("ORD-1", "made_on", "2020-01-02"),
    conflict("both_right"),
    conflict("accept", "ORD-2"),
    conflict("refer", "ORD-3"),
]
OPEN = [pair("pair_unclear", "d", "e"), conflict("not_enough", "ORD-4")]
"""Kinds that the database has known since step 0007."""
OF_TYPE = {UtcDateTime: START, sa.Date: START.date(), sa.Float: 0.5, sa.Boolean: True, sa.Integer: 1}
SAID = {
    "accounts": {"role": "steward", "forces": '["01"]', "preferences": "{}"},
    "judgements": {"judged_by": "noor", "verdict": "returned"},
    "pack_answers": {"corrected_on": None},
    "assignments": {"item_id": "discrepancies-ORD-1"},
    "deferrals": {"item_id": "near_match-ORD-1-ORD-2"},
    "comments": {"item_id": "stale_decision-ORD-1"},
    "proposals": {"item_id": "contradiction-ORD-1-ORD-2"},
    "kept_forms": {"path": "/items/doubt-ORD-1/defer", "fields": '[["item_id", "link_conflict-ORD-1-ORD-2"]]'},
}
"""What checks or readers ask for; any other text says the name of its column, so that keys refer to one another."""


def plain(table, column):
    """A value of a column's type: somebody, where it refers to users."""
    if column.name in SAID.get(table.name, {}):
        return SAID[table.name][column.name]
    if any(key.column.table.name == "users" for key in column.foreign_keys) or column.name == "proposed_by":
        return "kim"
    return OF_TYPE.get(type(column.type), column.name)


def decided(step):
    """Decisions of the kinds that a schema knows, the last of which takes one back."""
    first = rows(*FIRST, *(OPEN if step >= "0007" else []))
    return pl.concat([first, rows(undo(first["decision_id"][1]), start=START.replace(hour=12))])


def held(connection):
    """Tables of a schema with the columns that they have there."""
    there = sa.inspect(connection)
    names = {table: {column["name"] for column in there.get_columns(table)} for table in there.get_table_names()}
    return [
        (table, [table.c[name] for name in names[table.name] if name in table.c])
        for table in TABLES
        if table.name in names
    ]


def fill(connection, step, place):
    """Write rows into all tables of an earlier schema, in the columns that it has."""
    own = {"users": [KIM, NOOR], "decisions": decided(step).to_dicts(), "audit_log": [], "decision_marks": []}
    for table, columns in held(connection):
        for row in own.get(table.name, [{column.name: plain(table, column) for column in columns}]):
            connection.execute(sa.insert(table).values({column.name: row[column.name] for column in columns}))
    if step >= "0003":
        append(connection, [Entry(START, "kim", "alteration", {"kind": "gate"}, "because")])
    return Chain(HOME, place).extend(connection, decided(step)["decision_id"]) if step >= "0010" else None


def texts(connection, columns_of):
    return {table.name: sorted(map(str, connection.execute(sa.select(*columns)))) for table, columns in columns_of}


def named_as_now(before):
    """The rows with the items that they name as these are named now; claims, which last minutes, are let go."""
    for former in ("discrepancies", "stale_decision", "doubt"):
        before = {name: [row.replace(f"{former}-ORD", "order-ORD") for row in rows] for name, rows in before.items()}
    for former in ("near_match", "contradiction", "link_conflict"):
        before = {name: [row.replace(f"{former}-ORD", "pair-ORD") for row in rows] for name, rows in before.items()}
    return before | {name: [] for name in before if name == "claims"}


@pytest.mark.parametrize("ledger_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
@one_in(5, "step", _steps()[:0:-1])
def test_every_row_of_an_earlier_schema_is_kept_and_every_decision_proves_itself_and_goes_on(ledger_url, step):
    database = Database(ledger_url)
    database.migrate(to=step)
    with database._connection(writes=True) as connection:
        end = fill(connection, step, database.name)
        columns_of = held(connection)
        before = texts(connection, columns_of)
    Chain(HOME, database.name).note(end)
    assert all(before.values()), "a table without a row shows nothing"
    ledger, was = Ledger.create(ledger_url, HOME)
    assert (was, database.state()) == ("older", "current")
    with ledger, ledger.database.reading() as connection:
        assert texts(connection, columns_of) == named_as_now(before)
        assert ledger.read().equals(decided(step))
        assert (prove(connection).words, prove(connection).head.sequence) == ("whole", int(step >= "0003"))
        assert [account.name for account in all_accounts(connection)] == (["kim"] if step >= "0003" else [])
    ledger.decide(pair("same_order", "f", "g"), BY_KIM)
    assert ledger.read().height == decided(step).height + 1
    for kept in {"decisions", "proposals", "judgements", "audit_log"} & before.keys():
        with pytest.raises(LedgerError, match="can't be used"), ledger.database.writing() as connection:
            connection.execute(sa.delete(sa.table(kept)))
    database.close()
