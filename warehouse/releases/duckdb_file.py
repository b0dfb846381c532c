"""The DuckDB file of a release: tables, views, and a comment on every one of their columns.

Belongs here: DDL and views. Does not: which rows are in them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.schema import Column, Table
from warehouse.tables.register import CONDITIONS, DIMENSIONS, ORDERS

STORAGE_VERSION = "v1.4.0"
"""Older clients (from 1.4, the long-term one) can read the file."""


Connection = duckdb.DuckDBPyConnection


class RegisterInUseError(OSError):
    """Another program has the DuckDB file of a release open for writing."""


@dataclass(frozen=True)
class View:
    """A view of the register: its query, what one row is, and the meaning of the columns it does not take over."""

    name: str
    row_is: str
    query: str
    base: Table
    columns: tuple[Column, ...] = ()


SCORE_PARTS = (
    ("", "Score of the force in {}, 0 to 1; null where nothing was judged."),
    ("_low", "Lower end of its 95 % interval in {}."),
    ("_high", "Upper end of its 95 % interval in {}."),
    ("_passed", "What passed in {}."),
    ("_judged", "What was judged in {}."),
)
"""What stands of each dimension in `quality_by_force`: ending of the column, its meaning."""

QUALITY_COLUMNS = (
    Column("force_code", "Code of the force."),
    Column("force_name", "Name of the force, if it holds an order."),
    Column("order_count", "Orders that the force holds."),
    *(
        Column(f"{dimension}{ending}", description.format(dimension))
        for dimension in DIMENSIONS
        for ending, description in SCORE_PARTS
    ),
)

# Doubt leaves a person bound: an order that may be in force is shown with those that are.
VIEWS = (
    View(
        "orders_active",
        "an order that is in force in law on the date of the release, or may be (`is_in_force_doubtful`)",
        "SELECT * FROM orders WHERE legal_status = 'live' OR is_in_force_doubtful",
        ORDERS,
    ),
    View(
        "prohibitions",
        "a prohibition or travel ban that has not lapsed, of an order that is in force in law, or may be",
        """
        SELECT c.order_id, o.subject_id, o.order_type, o.force_code, o.legal_status, o.is_in_force_doubtful,
               o.start_on, least(o.end_on, c.end_on) AS end_on, o.is_until_further_order,
               c.condition_code, c.label, c.kind, c.text, c.sources, c.is_doubtful
        FROM conditions AS c JOIN orders_active AS o USING (order_id)
        WHERE (c.is_golden OR c.is_doubtful) AND NOT c.is_lapsed AND c.kind IN ('prohibition', 'travel')
        """,
        ORDERS,
        CONDITIONS.columns,
    ),
    View(
        "quality_by_force",
        "a force, with its score in each dimension, the interval and the parts of the score",
        """
        SELECT q.scope_key AS force_code, f.force_name, coalesce(f.order_count, 0) AS order_count,
               q.* EXCLUDE (scope_key)
               RENAME (completeness_score AS completeness, uniqueness_score AS uniqueness,
                       consistency_score AS consistency, timeliness_score AS timeliness,
                       validity_score AS validity, accuracy_score AS accuracy)
        FROM (PIVOT (SELECT scope_key, dimension, score, low, high, numerator, denominator
                     FROM quality_scores WHERE scope = 'force')
              ON dimension IN ('completeness', 'uniqueness', 'consistency', 'timeliness', 'validity', 'accuracy')
              USING max(score) AS score, max(low) AS low, max(high) AS high,
                    max(numerator) AS passed, max(denominator) AS judged) AS q
        LEFT JOIN (SELECT force_code, any_value(force_name) AS force_name, count(*) AS order_count
                   FROM orders GROUP BY force_code) AS f ON f.force_code = q.scope_key
        """,
        ORDERS,
        QUALITY_COLUMNS,
    ),
)


def open_register(database: Path) -> duckdb.DuckDBPyConnection:
    """The DuckDB file of a release, open for reading.

    Raises:
        RegisterInUseError: another program has it open for writing.
    """
    try:
        return duckdb.connect(database, read_only=True)
    except duckdb.IOException as error:
        holder = re.search(r"PID (\d+)", str(error))
        if holder is None:
            raise
        raise RegisterInUseError(
            f"the register is open for writing in another program (process {holder[1]}): close it there, or open it "
            "read-only"
        ) from None


def write_register(folder: Path, database: Path, *, tables: Sequence[Table]) -> None:
    """Write the DuckDB file from the Parquet files of a folder, one `<table>.parquet` each."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{_quoted(str(database))}' AS register (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute("USE register")
        # One transaction: each of the 200 comments would be brought to the disk by itself.
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


def _create(table: Table) -> str:
    lines = [f"{column.name} {column.sql_type}{' NOT NULL' * column.required}" for column in table.columns]
    # The gates have proved all keys; the index of a key of several columns would outweigh its table.
    if len(table.key) == 1:
        lines.append(f"PRIMARY KEY ({table.key[0]})")
    return f"CREATE TABLE {table.name} ({', '.join(lines)})"


def _create_view(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    connection.execute(f"CREATE VIEW {view.name} AS {view.query}")
    meanings = {column.name: column for column in (*view.base.columns, *view.columns)}
    names = [row[0] for row in connection.execute(f"DESCRIBE {view.name}").fetchall()]
    _comment(connection, "VIEW", view.name, f"One row is {view.row_is}.", [meanings[name] for name in names])


def _comment(connection: duckdb.DuckDBPyConnection, kind: str, name: str, text: str, columns: Sequence[Column]) -> None:
    connection.execute(f"COMMENT ON {kind} {name} IS '{_quoted(text)}'")
    for column in columns:
        connection.execute(f"COMMENT ON COLUMN {name}.{column.name} IS '{_quoted(column.description)}'")


def _quoted(text: str) -> str:
    return text.replace("'", "''")
