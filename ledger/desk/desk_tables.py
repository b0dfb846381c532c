"""The desk's tables in the ledger's database.

Belongs here: what SQLAlchemy has to know. Does not: the migrations (`ledger.decisions.migrations`); a test holds the
two together.
"""

import sqlalchemy as sa

from ledger.decisions.metadata import UtcDateTime, metadata

ROLES = ("viewer", "steward", "approver", "administrator")
VERDICTS = ("approved", "returned", "withdrawn")


def by_user(name: str, constraint: str) -> sa.Column[str]:
    """A column that names a user of the ledger."""
    return sa.Column(name, sa.Text(), sa.ForeignKey("users.name", name=constraint), nullable=False)


accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("name", sa.Text(), sa.ForeignKey("users.name", name="an_account_is_a_user"), primary_key=True),
    sa.Column("role", sa.Text(), nullable=False),
    sa.Column("forces", sa.Text()),  # codes as a JSON list; null: all forces
    sa.Column("password_hash", sa.Text()),
    sa.Column("identity", sa.Text(), unique=True),  # `<issuer>|<subject>` of an identity provider
    sa.Column("added_at", UtcDateTime(), nullable=False),
    sa.Column("disabled_at", UtcDateTime()),
    sa.Column("preferences", sa.Text(), nullable=False),  # JSON: keys of the keyboard, and whether they are on
    sa.Column("second_factor", sa.Text()),  # sealed by the key of the installation
    sa.Column("second_factor_step", sa.Integer()),  # the last time step of which a code was taken
    sa.Column("password_until", UtcDateTime()),  # of a password that another user chose: its last moment
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_digest", sa.Text(), primary_key=True),
    by_user("name", "a_session_is_of_a_user"),
    sa.Column("started_at", UtcDateTime(), nullable=False),
    sa.Column("seen_at", UtcDateTime(), nullable=False),
    sa.Column("ended_at", UtcDateTime()),
)

sign_in_attempts = sa.Table(
    "sign_in_attempts",
    metadata,
    sa.Column("attempt", sa.Integer(), primary_key=True, autoincrement=True),
    sa.Column("subject_digest", sa.Text(), nullable=False),  # of a name, or of an address
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Index("sign_in_attempts_by_subject", "subject_digest", "at"),
)

unsent_forms = sa.Table(
    "kept_forms",
    metadata,
    sa.Column("form_id", sa.Text(), primary_key=True),
    by_user("name", "a_form_is_of_a_user"),
    sa.Column("path", sa.Text(), nullable=False),
    sa.Column("fields", sa.Text(), nullable=False),  # pairs of name and value as a JSON list
    sa.Column("kept_at", UtcDateTime(), nullable=False),
    sa.Index("kept_forms_by_user", "name"),
)

sent_pages = sa.Table(
    "sent_pages",
    metadata,
    sa.Column("name", sa.Text(), primary_key=True),
    sa.Column("session", sa.Text(), nullable=False),  # digest of its token
    sa.Column("kept_at", UtcDateTime(), nullable=False),
    sa.Column("html", sa.Text(), nullable=False),
    sa.Column("status", sa.Integer(), nullable=False),
    sa.Column("consulted", sa.Text(), nullable=False),  # keys alone, as JSON
    sa.Column("is_first_look", sa.Boolean(), nullable=False),
    sa.Index("sent_pages_by_session", "session", "kept_at"),
)

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("item_id", sa.Text(), primary_key=True),
    by_user("held_by", "a_claim_is_held_by_a_user"),
    sa.Column("held_until", UtcDateTime(), nullable=False),
)

assignments = sa.Table(
    "assignments",
    metadata,
    sa.Column("assignment", sa.Integer(), primary_key=True, autoincrement=True),
    sa.Column("item_id", sa.Text(), nullable=False),
    sa.Column("assignee", sa.Text(), sa.ForeignKey("users.name", name="assigned_to_a_user")),
    sa.Column("team", sa.Text()),  # both null: to nobody again
    by_user("assigned_by", "assigned_by_a_user"),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Index("assignments_by_item", "item_id"),
)

comments = sa.Table(
    "comments",
    metadata,
    sa.Column("comment", sa.Integer(), primary_key=True, autoincrement=True),
    sa.Column("item_id", sa.Text(), nullable=False),
    sa.Column("order_id", sa.Text(), nullable=False),
    by_user("said_by", "said_by_a_user"),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("words", sa.Text(), nullable=False),
    sa.Index("comments_by_order", "order_id"),
)

deferrals = sa.Table(
    "deferrals",
    metadata,
    sa.Column("deferral", sa.Integer(), primary_key=True, autoincrement=True),
    sa.Column("item_id", sa.Text(), nullable=False),
    sa.Column("until", sa.Date()),  # null: no longer deferred
    by_user("deferred_by", "deferred_by_a_user"),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Index("deferrals_by_item", "item_id"),
)

saved_views = sa.Table(
    "saved_views",
    metadata,
    sa.Column("owner", sa.Text(), sa.ForeignKey("users.name", name="a_view_is_of_a_user"), primary_key=True),
    sa.Column("name", sa.Text(), primary_key=True),
    sa.Column("query", sa.Text(), nullable=False),
    sa.Column("is_shared", sa.Boolean(), nullable=False),
    sa.Column("saved_at", UtcDateTime(), nullable=False),
)

proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("proposal_id", sa.Text(), primary_key=True),
    by_user("proposed_by", "proposed_by_a_user"),
    sa.Column("proposed_at", UtcDateTime(), nullable=False),
    sa.Column("item_id", sa.Text()),
    sa.Column("drafts", sa.Text(), nullable=False),  # the decisions as JSON, as they will be taken
    sa.Column("why", sa.Text(), nullable=False),  # why a second steward is asked, as a JSON list of codes
    sa.UniqueConstraint("proposal_id", "proposed_by", name="a_proposal_has_one_proposer"),
)

judgements = sa.Table(
    "judgements",
    metadata,
    sa.Column("proposal_id", sa.Text(), primary_key=True),
    sa.Column("proposed_by", sa.Text(), nullable=False),
    by_user("judged_by", "judged_by_a_user"),
    sa.Column("verdict", sa.Text(), nullable=False),
    sa.Column("judged_at", UtcDateTime(), nullable=False),
    sa.Column("comment", sa.Text()),
    sa.Column("batch_id", sa.Text()),  # of the decisions that it led to
    sa.ForeignKeyConstraint(
        ["proposal_id", "proposed_by"],
        ["proposals.proposal_id", "proposals.proposed_by"],
        name="a_judgement_is_of_a_proposal",
    ),
)
