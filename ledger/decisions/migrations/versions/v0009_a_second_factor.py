"""The second factor of an account: its sealed secret, and the last time step of which a code was taken."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the two columns."""
    op.add_column("accounts", sa.Column("second_factor", sa.Text()))
    op.add_column("accounts", sa.Column("second_factor_step", sa.Integer()))
