"""Marks of decisions, by the key of the installation; those of decisions that there are follow (`chain.adopt`)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table. No trigger keeps its rows: the marks prove themselves, and are made anew under another key."""
    op.create_table(
        "decision_marks",
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column(
            "decision_id",
            sa.Text(),
            sa.ForeignKey("decisions.decision_id", name="a_mark_is_of_a_decision"),
            nullable=False,
            unique=True,
        ),
        sa.Column("mark", sa.Text(), nullable=False),
    )
