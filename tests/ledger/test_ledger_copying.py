"""A whole ledger moves between databases: rows, numbers and proofs are the same, and it goes on."""

from datetime import UTC, datetime

import polars as pl
import pytest
import sqlalchemy as sa
from ledger_cases import BY_KIM, HOME, pair, value

from ledger.audit import Entry, append, prove
from ledger.copying import back_up_ledger, restore_ledger
from ledger.decisions.database import Database
from ledger.decisions.errors import LedgerError
from ledger.decisions.ledger import Ledger
from ledger.decisions.metadata import metadata


def note(ledger):
    with ledger.database.writing() as connection:
        append(connection, [Entry(datetime.now(UTC), "kim", "alteration", {"kind": "gate"}, "because")])


def rows_of(database):
    with database.reading() as connection:
        return {table.name: sorted(map(str, connection.execute(sa.select(table)))) for table in metadata.sorted_tables}


@pytest.fixture
def ledger(ledger_url):
    made, _ = Ledger.create(ledger_url, HOME)
    with made:
        made.add_user("kim")
        made.decide(pair("same_order", "a", "b"), BY_KIM)
        made.decide(pair("same_order", "a", "b", seen=()), BY_KIM)
        made.decide(value("ORD-1", "made_on", "2020-01-02"), BY_KIM)
        note(made)
        yield made


def test_a_ledger_is_backed_up_to_a_file_whole(ledger, tmp_path):
    back_up_ledger(ledger.database, tmp_path / "copy.sqlite")
    copy = Database(f"sqlite:///{tmp_path}/copy.sqlite")
    assert rows_of(copy) == rows_of(ledger.database)
    with Ledger.open(f"sqlite:///{tmp_path}/copy.sqlite", HOME) as again, again.database.reading() as connection:
        assert prove(connection).words == "whole"
        assert again.read().equals(ledger.read())


def test_a_ledger_in_a_file_goes_into_an_empty_postgresql_and_goes_on_there(postgres, ledger, tmp_path):
    back_up_ledger(ledger.database, tmp_path / "copy.sqlite")
    url = postgres()
    restore_ledger(tmp_path / "copy.sqlite", Database(url))
    with Ledger.open(url, HOME) as restored:
        assert rows_of(restored.database) == rows_of(ledger.database)
        note(restored)  # its number follows on from those restored
        restored.decide(pair("same_order", "c", "d"), BY_KIM)
        assert restored.read().select(pl.len()).item() == ledger.read().height + 1
    with pytest.raises(LedgerError, match="already"):
        restore_ledger(tmp_path / "copy.sqlite", Database(url))
