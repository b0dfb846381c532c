"""Decisions looked up by what they are about, with all that later decisions made of them; the orders of drafts.

Belongs here: reading a few decisions out of many, and which orders drafts are about. Does not: what decisions come to
(`ledger.decisions.in_force`), whether their evidence stands (`ledger.decisions.staleness`).
"""

from collections.abc import Collection, Sequence

import polars as pl
import sqlalchemy as sa

from ledger.decisions.database import Database
from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft
from ledger.decisions.metadata import decisions
from reconciliation.redirects import follow_orders
from warehouse.tables.ledger import DECISIONS


def decisions_about(
    database: Database, *, order_ids: Collection[str] = (), handles: Collection[str] = ()
) -> pl.DataFrame:
    """The decisions on orders or on records, and those that took them back or replaced them.

    Returns:
        `DECISIONS`, in ledger order. `fold` gives for these decisions what it would give among all.
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


def orders_of_drafts(drafts: Sequence[Draft], decisions: pl.DataFrame, present: Present) -> frozenset[str]:
    """The orders that drafts are about as they are now.

    Args:
        drafts: what is to be decided.
        decisions: `DECISIONS`; the taking back of one is about what that one was about.
        present: the night.
    """
    former = decisions.filter(pl.col("decision_id").is_in([draft.replaces for draft in drafts if draft.replaces]))
    abouts = [draft.about() for draft in drafts] + former.to_dicts()
    handles = {about[side] for about in abouts for side in ("left_handle", "right_handle")} - {None}
    records = present.records.filter(pl.col("handle").is_in(sorted(handles))).select("record_id")
    owned = present.owners.join(records, on="record_id", how="semi").get_column("order_id")
    named = {about["order_id"] for about in abouts} - {None}
    went = follow_orders(pl.Series(sorted(named), dtype=pl.String), present.orders["order_id"], present.redirects)
    return frozenset(owned) | frozenset(went.get_column("order_now").drop_nulls())


def _rows(connection: sa.Connection, where: sa.ColumnElement[bool]) -> dict[str, tuple[object, ...]]:
    query = sa.select(*(decisions.c[name] for name in DECISIONS.schema)).where(where)
    return {row.decision_id: tuple(row) for row in connection.execute(query)}
