"""Correction packs that were handed out, and their lines: appended, never edited or deleted, by whoever."""

import sqlalchemy as sa
from alembic import op

from ledger.decisions.metadata import UtcDateTime
from ledger.decisions.migrations.append_only import keep_rows

revision = "0004"
down_revision = "0003"

WORDS = "what was handed out is never edited or deleted in the log"
APPEND_ONLY = {"disclosures": ("disclosure_id",), "pack_lines": ("disclosure_id", "reference")}


def _needed(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    """Make both tables and the triggers that keep them."""
    op.create_table(
        "disclosures",
        sa.Column("disclosure_id", sa.Text(), primary_key=True),
        *_needed("owner", "recipient", "reason"),
        sa.Column("disclosed_by", sa.Text(), sa.ForeignKey("users.name", name="disclosed_by_a_user"), nullable=False),
        sa.Column("disclosed_at", UtcDateTime(), nullable=False),
        *_needed("release_id", "marking", "xlsx_sha256", "csv_sha256"),
        sa.CheckConstraint("trim(recipient) <> '' AND trim(reason) <> ''", name="a_disclosure_says_to_whom_and_why"),
    )
    op.create_table(
        "pack_lines",
        sa.Column(
            "disclosure_id",
            sa.Text(),
            sa.ForeignKey("disclosures.disclosure_id", name="a_line_is_of_a_disclosure"),
            primary_key=True,
        ),
        sa.Column("reference", sa.Text(), primary_key=True),
        *_needed("order_id", "discrepancy_id", "rule_code", "field"),
        *(sa.Column(name, sa.Text()) for name in ("source", "handle", "observed", "expected")),
    )
    keep_rows(APPEND_ONLY, words=WORDS, function="disclosures_stay")
