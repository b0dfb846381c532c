"""Rows that are appended, and never edited or deleted, by any user or program: triggers see to it.

Belongs here: what steps share that make such tables, and lifting the triggers where rows have to go or be renamed. Does
not: which tables these are (`versions`). Step 0002 states its own triggers: it ran on ledgers before there was this.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op


def keep_rows(tables: Mapping[str, tuple[str, ...]], *, words: str, function: str) -> None:
    """Let the database itself refuse to change or delete rows of tables.

    Args:
        tables: names, each with the columns of its key.
        words: what the database answers to an attempt.
        function: name of the function that says it on PostgreSQL.
    """
    dialect = op.get_bind().dialect.name
    if dialect != "sqlite":
        op.execute(f"""
            CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation'; END $$
        """)
    for table, key in tables.items():
        for statement in _sqlite(table, key, words) if dialect == "sqlite" else _postgresql(table, function):
            op.execute(statement)


@contextmanager
def rows_unlocked(connection: sa.Connection, table: str) -> Iterator[None]:
    """Lift the triggers that keep the rows of a table, if it has any, within the transaction."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    triggers = connection.execute(query, {"table": table}).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)


def _sqlite(table: str, key: tuple[str, ...], words: str) -> tuple[str, ...]:
    abort = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    same = (sa.column(name) == sa.literal_column(f"NEW.{name}") for name in key)
    known = sa.select(1).select_from(sa.table(table)).where(*same)
    return (
        f"CREATE TRIGGER {table}_is_not_edited BEFORE UPDATE ON {table} {abort}",
        f"CREATE TRIGGER {table}_is_not_deleted BEFORE DELETE ON {table} {abort}",
        # INSERT OR REPLACE deletes the row of that key without firing the trigger above.
        f"CREATE TRIGGER {table}_is_not_overwritten BEFORE INSERT ON {table} WHEN EXISTS ({known}) {abort}",
    )


def _postgresql(table: str, function: str) -> tuple[str, ...]:
    return (
        f"""CREATE TRIGGER {table}_is_not_edited_or_deleted BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {function}()""",
        f"""CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {function}()""",
    )
