"""Items of the queue are named by the order or the two that they are about: what is kept of them is renamed, once."""

import re

import sqlalchemy as sa
from alembic import op

from ledger.decisions.migrations.append_only import rows_unlocked

revision = "0014"
down_revision = "0013"

KINDS = (
    *("discrepancies", "doubtful_value", "lone_record", "constraint", "doubt"),
    *("near_match", "link_conflict", "stale_decision", "contradiction"),
)
"""By what items were named before."""
FORMER = re.compile(rf"\b(?:{'|'.join(KINDS)})-(ORD-[A-Za-z0-9]+)(-ORD-[A-Za-z0-9]+)?")
HOLDS_IDS = {
    "assignments": ("item_id",),
    "deferrals": ("item_id",),
    "comments": ("item_id",),
    "proposals": ("item_id",),
    "kept_forms": ("path", "fields"),
}
"""Columns that hold the id of an item, or a text with one; what the audit log holds of the past stays as it was."""


def renamed(text: str) -> str:
    """A text with the items that it names as they are named now."""
    return FORMER.sub(lambda found: f"{'pair' if found[2] else 'order'}-{found[1]}{found[2] or ''}", text)


def upgrade() -> None:
    """Rename in each table; claims last minutes, and are let go."""
    connection = op.get_bind()
    op.execute("DELETE FROM claims")
    for name, columns in HOLDS_IDS.items():
        table = sa.table(name, *map(sa.column, columns))
        with rows_unlocked(connection, name):
            for column in table.c:
                held = connection.execute(sa.select(column).distinct().where(column.is_not(None))).scalars().all()
                for former in held:
                    if (now := renamed(former)) != former:
                        connection.execute(sa.update(table).where(column == former).values({column.name: now}))
