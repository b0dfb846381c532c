"""The ledger's tables in the database, derived from the declared table.

Belongs here: what SQLAlchemy has to know. Does not: the migrations, which state each step on its own
(`ledger.decisions.migrations`); a test holds the two together.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from warehouse.schema import Table
from warehouse.tables.ledger import DECISIONS


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python; SQLite, which knows no zones, holds it as UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand a moment to the database.

        Raises:
            ValueError: it has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone can't be kept")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Take a moment from the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


types: dict[object, type[sa.types.TypeEngine[Any]]] = {
    pl.String: sa.Text,
    pl.Boolean: sa.Boolean,
    pl.Float64: sa.Float,
    pl.Date: sa.Date,
    pl.Datetime("us", "UTC"): UtcDateTime,
}


References = Mapping[tuple[str, str], tuple[str, str]]
"""Foreign keys by table and column: what they refer to, and their name."""


def columns_of(table: Table, references: References) -> list[sa.Column[Any]]:
    """The columns of a declared table as SQLAlchemy has to know them."""
    keys = {name: [sa.ForeignKey(to, name=key)] for (of, name), (to, key) in references.items() if of == table.name}
    return [
        sa.Column(
            column.name,
            types[column.dtype],
            *keys.get(column.name, []),
            nullable=not column.required,
            primary_key=column.name in table.key,
        )
        for column in table.columns
    ]


REFERENCES: References = {
    (DECISIONS.name, "decided_by"): ("users.name", "decided_by_a_user"),
    (DECISIONS.name, "replaces"): ("decisions.decision_id", "replaces_a_decision"),
}

metadata = sa.MetaData()

users = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.Text(), primary_key=True),
    sa.Column("added_at", UtcDateTime(), nullable=False),
    sa.Column("retired_at", UtcDateTime()),
)

decisions = sa.Table(
    DECISIONS.name,
    metadata,
    *columns_of(DECISIONS, REFERENCES),
    sa.Index("decisions_by_target", "target"),
    sa.Index("decisions_by_time", "decided_at"),
)

decision_marks = sa.Table(
    "decision_marks",
    metadata,
    sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column(
        "decision_id",
        sa.Text(),
        sa.ForeignKey("decisions.decision_id", name="a_mark_is_of_a_decision"),
        nullable=False,
        unique=True,
    ),
    sa.Column("mark", sa.Text(), nullable=False),  # by the key of the installation, of the mark before and the id
)
