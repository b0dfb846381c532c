"""Decisions looked up by what they are about, with all that later decisions made of them.

Belongs here: reading a few decisions out of many. Does not: what they come to (`ledger.decisions.in_force`), whether
their evidence stands (`ledger.decisions.staleness`).
"""

from collections.abc import Collection

import polars as pl
import sqlalchemy as sa

from ledger.decisions.database import Database
from ledger.decisions.metadata import decisions
from warehouse.tables.ledger import DECISIONS


def decisions_about(
    database: Database, *, order_ids: Collection[str] = (), handles: Collection[str] = ()
) -> pl.DataFrame:
    """The decisions on orders or on records, and those that took them back or replaced them.

    Returns:
        `DECISIONS`, in ledger order. `fold` gives for these decisions what it would give among all.

    Raises:
        LedgerError: the ledger is down.
    """
    columns = decisions.c
    is_asked = sa.or_(
        columns.order_id.in_(sorted(order_ids)),
        columns.left_handle.in_(sorted(handles)),
        columns.right_handle.in_(sorted(handles)),
    )
    found: dict[str, tuple[object, ...]] = {}
    with database.reading() as connection:
        fresh = _rows(connection, is_asked)
        while fresh:
            found |= fresh
            later = _rows(connection, columns.replaces.in_(sorted(fresh)))
            fresh = {name: row for name, row in later.items() if name not in found}
    return pl.DataFrame(list(found.values()), schema=DECISIONS.schema, orient="row").sort(*DECISIONS.order)


def _rows(connection: sa.Connection, where: sa.ColumnElement[bool]) -> dict[str, tuple[object, ...]]:
    query = sa.select(*(decisions.c[name] for name in DECISIONS.schema)).where(where)
    return {row.decision_id: tuple(row) for row in connection.execute(query)}
