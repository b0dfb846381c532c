"""Forms that were sent after their session had ended, kept until who typed them signs in again."""

import sqlalchemy as sa
from alembic import op

from ledger.decisions.metadata import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "kept_forms",
        sa.Column("form_id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), sa.ForeignKey("users.name", name="a_form_is_of_a_user"), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
    )
    op.create_index("kept_forms_by_user", "kept_forms", ["name"])
