"""Items that are given to a team: the approvers, or the stewards of a force."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column."""
    op.add_column("assignments", sa.Column("team", sa.Text()))
