"""Items that are given to a team: the approvers, or the stewards of a force."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column("assignments", sa.Column("team", sa.Text()))
