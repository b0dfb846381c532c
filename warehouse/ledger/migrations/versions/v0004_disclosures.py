"""Correction packs that were handed out, and their lines: appended, never edited or deleted, by whoever."""

import sqlalchemy as sa
from alembic import op

from warehouse.ledger.metadata import UtcDateTime

revision = "0004"
down_revision = "0003"

WORDS = "what was handed out is never edited or deleted in the log"
SAME_ROW = {
    "disclosures": "disclosure_id = NEW.disclosure_id",
    "pack_lines": "disclosure_id = NEW.disclosure_id AND reference = NEW.reference",
}


def _needed(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _triggers(table: str, dialect: str) -> tuple[str, ...]:
    if dialect == "sqlite":
        abort = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        known = f"EXISTS (SELECT 1 FROM {table} WHERE {SAME_ROW[table]})"  # noqa: S608  # names of this module
        return (
            f"CREATE TRIGGER {table}_are_not_edited BEFORE UPDATE ON {table} {abort}",
            f"CREATE TRIGGER {table}_are_not_deleted BEFORE DELETE ON {table} {abort}",
            f"CREATE TRIGGER {table}_are_not_overwritten BEFORE INSERT ON {table} WHEN {known} {abort}",
        )
    return (
        f"""CREATE TRIGGER {table}_are_not_edited_or_deleted BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION disclosures_stay()""",
        f"""CREATE TRIGGER {table}_are_not_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION disclosures_stay()""",
    )


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
    dialect = op.get_bind().dialect.name
    if dialect != "sqlite":
        op.execute(f"""
            CREATE FUNCTION disclosures_stay() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'restrict_violation'; END $$
        """)
    for table in SAME_ROW:
        for statement in _triggers(table, dialect):
            op.execute(statement)
