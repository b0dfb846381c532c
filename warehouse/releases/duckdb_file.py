"""The DuckDB file of a release: tables, views, macros, and a comment on every one of them and their columns.

Belongs here: DDL, opening the file so that nothing can be written or read elsewhere. Does not: which rows are in the
tables, the queries of views (`warehouse.releases.views`).
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
import pyarrow as pa

from warehouse.releases.view import View
from warehouse.releases.views import VIEWS
from warehouse.schema import MOST_CODES_NAMED, Column, Table, type_names
from warehouse.tables.release import DATABASE_TABLES

STORAGE_VERSION = "v1.4.0"
"""Older clients (from 1.4, the long-term one) can read the file."""

CLOSED: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": False,
    "python_enable_replacements": False,
    "temp_directory": "",
    "lock_configuration": True,
}
"""A query reads the tables of the release and nothing else: no file, no variable of the program, no setting.

What is too large for memory is not written beside the release either."""

KNOWN_ON: Final = "known_on"

READING: Final = {
    duckdb.StatementType.SELECT,
    duckdb.StatementType.EXPLAIN,
    duckdb.StatementType.PRAGMA,
    duckdb.StatementType.CALL,
    duckdb.StatementType.MULTI,
}
"""Statements that may read; what they may not do is closed besides (`CLOSED`). A pivot is a `MULTI`."""

MOST_BYTES: Final = 2_000_000_000
"""The largest answer: two tables joined by mistake would take all memory of the machine."""

Connection = duckdb.DuckDBPyConnection


class QueryRefusedError(ValueError):
    """A query that can't be answered; the message is the database's own."""


class RegisterInUseError(OSError):
    """Another program has the DuckDB file of a release open for writing."""


def open_register(database: Path) -> duckdb.DuckDBPyConnection:
    """The DuckDB file of a release, open for reading it and nothing else (`CLOSED`).

    Raises:
        RegisterInUseError: another program has it open for writing.
    """
    try:
        return duckdb.connect(database, read_only=True, config=CLOSED)
    except duckdb.IOException as error:
        holder = re.search(r"PID (\d+)", str(error))
        if holder is None:
            raise
        raise RegisterInUseError(
            f"the register is open for writing in another program (process {holder[1]}): close it there, or open it "
            "read-only"
        ) from None


def open_history(database: Path, known: Sequence[tuple[date, Path]], *, early: tuple[str, str]) -> Connection:
    """As `open_register`, with a macro `known_on(day)`: the orders as the release known on that day holds them.

    A day before the first release is an error, not an empty answer.

    Args:
        database: the DuckDB file of the release that is read.
        known: from which day on which file was known, in order; not empty.
        early: what to say of a day before that, around the day.
    """
    # In memory: a file that this process has open with other settings can't be opened twice.
    connection = duckdb.connect()
    names = {path: f"known_{at}" for at, (_, path) in enumerate(known)} | {database: "register"}
    for path, name in names.items():
        connection.execute(f"ATTACH '{_quoted(str(path))}' AS {name} (READ_ONLY)")
    connection.execute("USE register")
    first = known[0][0]
    said = f"error('{_quoted(early[0])}' || day || '{_quoted(early[1])}')::BOOLEAN"
    spans = zip(known, [*(since for since, _ in known[1:]), date.max], strict=True)
    parts = [
        f"SELECT * FROM {names[path]}.orders WHERE CASE WHEN day < DATE '{first}' THEN {said} "  # noqa: S608
        f"ELSE day >= DATE '{since}' AND day < DATE '{until}' END"
        for (since, path), until in spans
    ]
    connection.execute(f"CREATE TEMP MACRO {KNOWN_ON}(day) AS TABLE {' UNION ALL BY NAME '.join(parts)}")
    # In this order: without access to files no folder can be named, and locked settings can't be set.
    for name in ("temp_directory", "python_enable_replacements", "enable_external_access", "lock_configuration"):
        connection.execute(f"SET {name} = {CLOSED[name]!r}")
    return connection


def answer(connection: Connection, query: str, parameters: Sequence[object]) -> pl.DataFrame:
    """The answer to one query that reads.

    Raises:
        QueryRefusedError: it writes, reads a file or changes a setting, is more than one statement or can't be run.
    """
    try:
        found = connection.sql(_only_statement(connection, query), params=list(parameters))
        if found is None:
            raise QueryRefusedError("this is not a query: it gives no rows")
        return _collected(found)
    except duckdb.Error as error:
        raise QueryRefusedError(str(error)) from None
    except RuntimeError:  # "Query interrupted": how DuckDB's client says that Ctrl-C was pressed
        raise KeyboardInterrupt from None


def _only_statement(connection: Connection, query: str) -> duckdb.Statement:
    try:
        statements = connection.extract_statements(query)
        if len(statements) != 1:
            raise QueryRefusedError(f"one query at a time: this is {len(statements)}")
        is_reading = statements[0].type in READING
    except ValueError as error:  # a kind of statement that DuckDB knows and its Python client does not
        if isinstance(error, QueryRefusedError):
            raise
        is_reading = False
    if not is_reading:
        # What it sets or makes would be in the way of later queries: a table `orders` of its own, for example.
        raise QueryRefusedError(
            "a query reads the release: it writes, makes, sets and loads nothing, not even for a while"
        )
    return statements[0]


def _collected(found: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """The rows, fetched in parts, so that an answer which is too large ends before it fills the memory."""
    for name, kind in zip(found.columns, found.types, strict=True):
        if kind.id in {"interval", "union"}:
            raise QueryRefusedError(
                f"{name} is of the kind {kind}, which can't be shown: write CAST({name} AS VARCHAR)"
            )
    reader, batches, size = found.to_arrow_reader(), [], 0
    for batch in reader:
        batches.append(batch)
        size += batch.nbytes
        if size > MOST_BYTES:
            reader.close()  # what is left of it would be in the way of the next query
            raise QueryRefusedError(
                f"the answer is larger than {MOST_BYTES / 1e9:.0f} GB: ask for fewer rows or columns, or count; "
                "a join that names no common column pairs every row with every other"
            )
    return pl.DataFrame(pa.Table.from_batches(batches, reader.schema))


def lacks(connection: Connection, query: str) -> list[str]:
    """What a query names that a release of today has and this one, which an earlier version made, has not."""
    held = set(
        connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = current_database()"
        ).fetchall()
    )
    macros = connection.execute("SELECT function_name FROM duckdb_functions() WHERE function_type = 'table_macro'")
    there = {table for table, _ in held} | {name for (name,) in macros.fetchall()}
    named = set(re.findall(r"\w+", query.lower()))
    declared: tuple[Table | View, ...] = (*DATABASE_TABLES, *VIEWS)
    asked = [each for each in declared if each.name in named]
    columns = [(each.name, column.name) for each in asked if each.name in there for column in each.columns]
    return [each.name for each in asked if each.name not in there] + [
        f"{table}.{column}" for table, column in columns if column in named and (table, column) not in held
    ]


def say_what_lacks(error: QueryRefusedError, connection: Connection, query: str, release_id: str) -> QueryRefusedError:
    """The refusal of a query, with what the release lacks and what to do, where that is why (`lacks`)."""
    missing = ", ".join(lacks(connection, query))
    if not missing:
        return error
    return QueryRefusedError(
        f"release {release_id} was made by an earlier version and has no {missing}: run its night again, which gives a "
        f"revision with it, or leave it out. {error}"
    )


def write_register(folder: Path, database: Path, *, tables: Sequence[Table]) -> None:
    """Write the DuckDB file from the Parquet files of a folder, one `<table>.parquet` each."""
    # No limit of memory: keys must be in it, and with 1 GB those of 1,000,000 orders were not written.
    with duckdb.connect(config={"temp_directory": str(folder / ".database")}) as connection:
        connection.execute(f"ATTACH '{_quoted(str(database))}' AS register (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute("USE register")
        # One transaction: each of the 200 comments would be written to the disk separately.
        connection.begin()
        for table in tables:
            connection.execute(_create(table))
            connection.read_parquet(str(folder / f"{table.name}.parquet")).insert_into(table.name)
            _comment(connection, "TABLE", table.name, f"One row is {table.row_is}.", table.columns)
        for view in VIEWS:
            _create_view(connection, view)
        connection.commit()
        connection.execute("USE memory")
        connection.execute("DETACH register")


def checked_codes(column: Column) -> tuple[str, ...]:
    """The codes that the file holds a column to, where it has a few of them; longer lists are tables of their own."""
    is_checked = len(column.codes) <= MOST_CODES_NAMED and column.sql_type == type_names[pl.String]
    return column.codes if is_checked else ()


def _create(table: Table) -> str:
    lines = [
        f"{column.name} {column.sql_type}{' NOT NULL' * column.required}{_check(column)}" for column in table.columns
    ]
    # The gates have proved all keys; the index of a key of several columns would outweigh its table.
    if len(table.key) == 1:
        lines.append(f"PRIMARY KEY ({table.key[0]})")
    return f"CREATE TABLE {table.name} ({', '.join(lines)})"


def _check(column: Column) -> str:
    codes = ", ".join(f"'{_quoted(code)}'" for code in checked_codes(column))
    return f" CHECK ({column.name} IN ({codes}))" if codes else ""


def _create_view(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    if view.parameters:
        connection.execute(f"CREATE MACRO {view.signature} AS TABLE {view.query}")
        connection.execute(f"COMMENT ON MACRO TABLE {view.name} IS '{_quoted(f'One row is {view.row_is}.')}'")
        return
    kind = "TABLE" if view.is_stored else "VIEW"
    connection.execute(f"CREATE {kind} {view.name} AS {view.query}")
    names = [row[0] for row in connection.execute(f"DESCRIBE {view.name}").fetchall()]
    _comment(connection, kind, view.name, f"One row is {view.row_is}.", view.as_table(names).columns)


def _comment(connection: duckdb.DuckDBPyConnection, kind: str, name: str, text: str, columns: Sequence[Column]) -> None:
    connection.execute(f"COMMENT ON {kind} {name} IS '{_quoted(text)}'")
    for column in columns:
        connection.execute(f"COMMENT ON COLUMN {name}.{column.name} IS '{_quoted(column.meaning)}'")


def _quoted(text: str) -> str:
    return text.replace("'", "''")
