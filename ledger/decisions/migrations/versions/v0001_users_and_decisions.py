"""Users and decisions."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from ledger.decisions.metadata import UtcDateTime

revision = "0001"
down_revision = None

SAYS_WHAT_IT_IS_ABOUT = {
    "a_pair_has_two_records": """
        (kind IN ('same_order', 'different_order', 'same_person', 'different_person')) = (right_handle IS NOT NULL)
    """,
    "the_records_of_a_pair_stand_in_order": """
        right_handle IS NULL OR (left_handle IS NOT NULL AND left_handle < right_handle)
    """,
    "a_value_has_order_and_field": """
        kind <> 'value' OR (order_id IS NOT NULL AND field IS NOT NULL AND value IS NOT NULL)
    """,
    "a_discrepancy_has_order_and_rule": """
        kind NOT IN ('both_right', 'accept', 'refer') OR (order_id IS NOT NULL AND rule_code IS NOT NULL)
    """,
    "an_acceptance_has_an_end": "(kind = 'accept') = (accepted_until IS NOT NULL)",
    "a_referral_has_an_owner": "(kind = 'refer') = (referred_to IS NOT NULL)",
    "what_is_taken_back_is_named": "kind <> 'undo' OR replaces IS NOT NULL",
    "nothing_replaces_itself": "replaces IS NULL OR replaces <> decision_id",
}
TEXTS = (
    "left_handle",
    "right_handle",
    "left_record_id",
    "right_record_id",
    "order_id",
    "field",
    "value",
    "discrepancy_id",
    "rule_code",
    "source",
)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "users",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime()),
    )
    make_decisions(SAYS_WHAT_IT_IS_ABOUT)


def make_decisions(checks: Mapping[str, str]) -> None:
    """Make the table of decisions; a later step that changes its checks makes it anew on SQLite."""
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in TEXTS),
        sa.Column("accepted_until", sa.Date()),
        sa.Column("referred_to", sa.Text()),
        sa.Column("replaces", sa.Text(), sa.ForeignKey("decisions.decision_id", name="replaces_a_decision")),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text()),
        sa.Column("decided_by", sa.Text(), sa.ForeignKey("users.name", name="decided_by_a_user"), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("release_id", "model_version", "batch_id")),
        *(sa.CheckConstraint(condition, name=name) for name, condition in checks.items()),
    )
    op.create_index("decisions_by_target", "decisions", ["target"])
    op.create_index("decisions_by_time", "decisions", ["decided_at"])
