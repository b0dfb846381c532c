"""The tables of the log of packs in the ledger's database, derived from the declared ones.

Belongs here: what SQLAlchemy has to know. Does not: the migrations (`ledger.decisions.migrations`); a test holds the
two together.
"""

from typing import Any

import sqlalchemy as sa

from ledger.decisions.metadata import metadata, types
from warehouse.schema import Column, Table
from warehouse.tables.packs import DISCLOSURES, PACK_LINES


def _column(table: Table, column: Column) -> sa.Column[Any]:
    references = {
        (DISCLOSURES.name, "disclosed_by"): [sa.ForeignKey("users.name", name="disclosed_by_a_user")],
        (PACK_LINES.name, "disclosure_id"): [
            sa.ForeignKey("disclosures.disclosure_id", name="a_line_is_of_a_disclosure")
        ],
    }
    return sa.Column(
        column.name,
        types[column.dtype],
        *references.get((table.name, column.name), []),
        nullable=not column.required,
        primary_key=column.name in table.key,
    )


disclosures, pack_lines = (
    sa.Table(table.name, metadata, *(_column(table, column) for column in table.columns))
    for table in (DISCLOSURES, PACK_LINES)
)
