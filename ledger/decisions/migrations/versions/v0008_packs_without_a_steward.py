"""What may be sent without a steward, what its sample showed, and what owners answered: appended, never edited."""

import sqlalchemy as sa
from alembic import op

from ledger.decisions.metadata import UtcDateTime
from ledger.decisions.migrations.append_only import keep_rows

revision = "0008"
down_revision = "0007"

WORDS = "what was set, checked or answered is never edited or deleted in the log"
APPEND_ONLY = {
    "sending_policies": ("policy_id",),
    "sample_checks": ("reference", "checked_at"),
    "pack_answers": ("disclosure_id", "reference", "received_at"),
}


def _texts(*names: str, needed: bool) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=not needed) for name in names]


def upgrade() -> None:
    """Make the tables and the triggers that keep them, and note with each line which policy let it go."""
    op.add_column("pack_lines", sa.Column("policy_id", sa.Text()))
    op.create_table(
        "sending_policies",
        sa.Column("policy_id", sa.Text(), primary_key=True),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        *_texts("owners", "fields", needed=True),
        sa.Column("least_confidence", sa.Float(), nullable=False),
        sa.Column("sampled_share", sa.Float(), nullable=False),
        *_texts("reason", needed=True),
        sa.Column("set_by", sa.Text(), sa.ForeignKey("users.name", name="a_policy_is_set_by_a_user"), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "sample_checks",
        sa.Column("reference", sa.Text(), primary_key=True),
        sa.Column(
            "policy_id",
            sa.Text(),
            sa.ForeignKey("sending_policies.policy_id", name="a_check_is_of_a_policy"),
            nullable=False,
        ),
        *_texts("order_id", "discrepancy_id", "rule_code", "field", needed=True),
        *_texts("source", "observed", "expected", needed=False),
        *_texts("release_id", needed=True),
        sa.Column("confidence", sa.Float()),
        *_texts("verdict", needed=True),
        *_texts("comment", needed=False),
        sa.Column("checked_by", sa.Text(), sa.ForeignKey("users.name", name="checked_by_a_user"), nullable=False),
        sa.Column("checked_at", UtcDateTime(), primary_key=True),
    )
    op.create_table(
        "pack_answers",
        sa.Column(
            "disclosure_id",
            sa.Text(),
            sa.ForeignKey("disclosures.disclosure_id", name="an_answer_is_to_a_disclosure"),
            primary_key=True,
        ),
        sa.Column("reference", sa.Text(), primary_key=True),
        sa.Column("corrected_on", sa.Date()),
        *_texts("disagrees_because", "value_now", "answered_by", "remarks", needed=False),
        sa.Column("received_by", sa.Text(), sa.ForeignKey("users.name", name="received_by_a_user"), nullable=False),
        sa.Column("received_at", UtcDateTime(), primary_key=True),
        *_texts("file_sha256", needed=True),
        sa.CheckConstraint(
            "(corrected_on IS NULL) <> (disagrees_because IS NULL)", name="an_answer_is_one_or_the_other"
        ),
    )
    keep_rows(APPEND_ONLY, words=WORDS, function="answers_stay")
