"""Pages that forms led to, so that several desks find the same ones."""

import sqlalchemy as sa
from alembic import op

from ledger.decisions.metadata import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sent_pages",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("consulted", sa.Text(), nullable=False),
        sa.Column("is_first_look", sa.Boolean(), nullable=False),
    )
    op.create_index("sent_pages_by_session", "sent_pages", ["session", "kept_at"])
