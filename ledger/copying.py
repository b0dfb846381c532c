"""A whole ledger copied row by row from one database to another, so that PostgreSQL is backed up with the rest.

Belongs here: which rows, and in which order. Does not: opening databases (`ledger.decisions.database`).
"""

from pathlib import Path

import sqlalchemy as sa

from ledger import audit
from ledger.decisions.database import Database
from ledger.decisions.errors import LedgerError
from ledger.decisions.metadata import decisions, metadata
from ledger.desk import desk_tables
from ledger.packs import metadata as pack_tables

BATCH = 1_000
LOADED = (audit, desk_tables, pack_tables)
"""Modules that declare tables: only what was imported is in the metadata."""


def back_up_ledger(database: Database, path: Path) -> None:
    """Write a ledger to a file, as of one moment.

    Raises:
        LedgerError: it can't be read.
    """
    if database.is_file:
        database.copy_to(path)
    else:
        _copy(database, Database(f"sqlite:///{path}"))


def restore_ledger(path: Path, database: Database) -> None:
    """Put the ledger in a file into a database that has none yet.

    Raises:
        LedgerError: it has one, or can't be written to.
    """
    if database.state() != "missing":
        raise LedgerError(f"there is a ledger at {database.name} already: name an empty database")
    source = Database(f"sqlite:///{path}")
    source.migrate()
    _copy(source, database)


def _copy(source: Database, target: Database) -> None:
    target.migrate()
    try:
        with source.writing() as reading, target.writing() as writing:  # nobody writes meanwhile
            if target.is_file:
                writing.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for table in metadata.sorted_tables:
                order = [decisions.c.decided_at] if table is decisions else list(table.primary_key)
                for rows in reading.execute(sa.select(table).order_by(*order)).mappings().partitions(BATCH):
                    writing.execute(table.insert(), [dict(row) for row in rows])
                number = table.autoincrement_column
                if number is not None and writing.dialect.name == "postgresql":
                    last = sa.select(sa.func.max(number)).scalar_subquery()
                    sequence = sa.func.pg_get_serial_sequence(table.name, number.name)
                    writing.execute(sa.select(sa.func.setval(sequence, last)).where(last.is_not(None)))
    finally:
        for database in (source, target):
            if database.is_file:
                database.close()
