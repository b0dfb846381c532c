"""Passwords that somebody else chose for an account: until when they open it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column; the passwords that there are count as chosen by their users."""
    op.add_column("accounts", sa.Column("password_until", sa.DateTime(timezone=True)))
