"""Decisions are appended, never edited or deleted: held by the database itself, whoever asks."""

from alembic import op

revision = "0002"
down_revision = "0001"

WORDS = "decisions are never edited or deleted: take one back by a later one"

ABORT = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
OVERWRITTEN = "WHEN EXISTS (SELECT 1 FROM decisions WHERE decision_id = NEW.decision_id)"
SQLITE = (
    f"CREATE TRIGGER decisions_are_not_edited BEFORE UPDATE ON decisions {ABORT}",
    f"CREATE TRIGGER decisions_are_not_deleted BEFORE DELETE ON decisions {ABORT}",
    # INSERT OR REPLACE deletes the row of that key without firing the trigger above.
    f"CREATE TRIGGER decisions_are_not_overwritten BEFORE INSERT ON decisions {OVERWRITTEN} {ABORT}",
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION decisions_stay() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER decisions_are_not_edited_or_deleted BEFORE UPDATE OR DELETE ON decisions
    FOR EACH ROW EXECUTE FUNCTION decisions_stay()
    """,
    """
    CREATE TRIGGER decisions_are_not_emptied BEFORE TRUNCATE ON decisions
    FOR EACH STATEMENT EXECUTE FUNCTION decisions_stay()
    """,
)


def upgrade() -> None:
    """Set the triggers."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
