"""The desk: accounts and sessions, who works on what, proposals that wait for a second steward, the audit log."""

import sqlalchemy as sa
from alembic import op

from ledger.decisions.metadata import UtcDateTime
from ledger.decisions.migrations.append_only import keep_rows

revision = "0003"
down_revision = "0002"

WORDS = "what was logged, proposed or judged is never edited or deleted"
APPEND_ONLY = {"audit_log": ("sequence",), "proposals": ("proposal_id",), "judgements": ("proposal_id",)}


def _user(name: str, constraint: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), sa.ForeignKey("users.name", name=constraint), nullable=False, primary_key=key)


def _make_access() -> None:
    op.create_table(
        "accounts",
        _user("name", "an_account_is_a_user", key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("forces", sa.Text()),
        sa.Column("password_hash", sa.Text()),
        sa.Column("identity", sa.Text(), unique=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime()),
        sa.Column("preferences", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'steward', 'approver', 'administrator')", name="a_role_is_known"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_digest", sa.Text(), primary_key=True),
        _user("name", "a_session_is_of_a_user"),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("attempt", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("subject_digest", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("sign_in_attempts_by_subject", "sign_in_attempts", ["subject_digest", "at"])


def _make_work() -> None:
    op.create_table(
        "claims",
        sa.Column("item_id", sa.Text(), primary_key=True),
        _user("held_by", "a_claim_is_held_by_a_user"),
        sa.Column("held_until", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "assignments",
        sa.Column("assignment", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), sa.ForeignKey("users.name", name="assigned_to_a_user")),
        _user("assigned_by", "assigned_by_a_user"),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "comments",
        sa.Column("comment", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        _user("said_by", "said_by_a_user"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_table(
        "deferrals",
        sa.Column("deferral", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("until", sa.Date()),
        _user("deferred_by", "deferred_by_a_user"),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "saved_views",
        _user("owner", "a_view_is_of_a_user", key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
    )
    for table, column in (("assignments", "item_id"), ("comments", "order_id"), ("deferrals", "item_id")):
        op.create_index(f"{table}_by_{column.removesuffix('_id')}", table, [column])


def _make_four_eyes() -> None:
    op.create_table(
        "proposals",
        sa.Column("proposal_id", sa.Text(), primary_key=True),
        _user("proposed_by", "proposed_by_a_user"),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("item_id", sa.Text()),
        sa.Column("drafts", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.UniqueConstraint("proposal_id", "proposed_by", name="a_proposal_has_one_proposer"),
    )
    op.create_table(
        "judgements",
        sa.Column("proposal_id", sa.Text(), primary_key=True),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        _user("judged_by", "judged_by_a_user"),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=False),
        sa.Column("comment", sa.Text()),
        sa.Column("batch_id", sa.Text()),
        sa.ForeignKeyConstraint(
            ["proposal_id", "proposed_by"],
            ["proposals.proposal_id", "proposals.proposed_by"],
            name="a_judgement_is_of_a_proposal",
        ),
        sa.CheckConstraint("verdict IN ('approved', 'returned', 'withdrawn')", name="a_verdict_is_known"),
        # Four eyes: whoever asks, and by whatever program.
        sa.CheckConstraint(
            "(verdict = 'withdrawn') = (judged_by = proposed_by)", name="nobody_approves_their_own_proposal"
        ),
    )
    op.create_table(
        "audit_log",
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
    )


def upgrade() -> None:
    """Make the tables, and the triggers of those that are only appended to."""
    _make_access()
    _make_work()
    _make_four_eyes()
    keep_rows(APPEND_ONLY, words=WORDS, function="desk_rows_stay")
