"""A person taken out of the ledger: decisions, comments, proposals and lines of packs that are about their records.

Belongs here: which rows, and lifting for them what keeps rows for ever. Does not: who may ask for it
(`cli.erase`). The audit log stays: it holds keys and no values, and has to show what was done (DPA s.62).
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from ledger.copying import LOADED
from ledger.decisions.database import Database
from ledger.decisions.ledger import Ledger
from ledger.decisions.metadata import metadata
from ledger.decisions.migrations.append_only import rows_unlocked
from warehouse.home import Home

KEPT = frozenset(
    {"users", "accounts", "sessions", "sign_in_attempts", "saved_views", "sending_policies", "disclosures", "audit_log"}
)
IN_PASSING = frozenset({"kept_forms", "sent_pages"})
"""What was typed or shown and is kept for minutes: all of it goes."""
LEADS_ON = frozenset({"decision_id", "proposal_id", "reference"})
"""Keys by which other rows name a row that goes."""

Rows = dict[str, list[sa.RowMapping]]


def known_in_ledger(database: Database, ids: Iterable[str]) -> frozenset[str]:
    """The ids, with the keys of the rows that name one of them: to be known before the rows go.

    Raises:
        LedgerError: the ledger can't be read.
    """
    known = set(ids)
    with database.reading() as connection:
        _rows_about(connection, known)
    return frozenset(known)


def erase_from_ledger(database: Database, home: Home, ids: Iterable[str]) -> Counter[str]:
    """Delete the rows that name one of the ids, and what names those rows; how many by table.

    Raises:
        LedgerError: the ledger can't be written, or is not as it was.
    """
    assert LOADED  # noqa: S101  # all tables are declared
    known, counts, ledger = set(ids), Counter[str](), Ledger(database, home)
    ledger.read()
    with database.writing() as connection:
        rows = _rows_about(connection, known)
        if database.is_file:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in reversed(metadata.sorted_tables):
            if found := rows.get(table.name):
                key = list(table.primary_key)
                named = sa.tuple_(*key).in_([tuple(row[column.name] for column in key) for row in found])
                with rows_unlocked(connection, table.name):
                    counts[table.name] += connection.execute(table.delete().where(named)).rowcount
    ledger.vouch()
    return counts


def _rows_about(connection: sa.Connection, known: set[str]) -> Rows:
    tables = [table for table in metadata.sorted_tables if table.name not in KEPT]
    every = {table.name: list(connection.execute(sa.select(table)).mappings()) for table in tables}
    before = -1
    found: Rows = {}
    while before != len(known):
        before = len(known)
        found = {
            name: [row for row in rows if name in IN_PASSING or any(_names(value, known) for value in row.values())]
            for name, rows in every.items()
        }
        known |= {row[key] for rows in found.values() for row in rows for key in LEADS_ON & row.keys() if row[key]}
    return found


def _names(value: Any, known: set[str]) -> bool:
    """Whether a value is one of the ids, or JSON that holds one."""
    if not isinstance(value, str):
        return False
    return value in known or (value[:1] in ("[", "{") and any(f'"{one}"' in value for one in known))
