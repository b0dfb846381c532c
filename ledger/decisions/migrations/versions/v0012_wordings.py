"""Decisions on wordings of conditions: which condition a wording is."""

import sqlalchemy as sa
from alembic import op

from ledger.decisions.migrations.versions import v0010_marks_of_decisions as marks
from ledger.decisions.migrations.versions.v0001_users_and_decisions import SAYS_WHAT_IT_IS_ABOUT
from ledger.decisions.migrations.versions.v0007_kinds_left_open import ADDED, CHANGED, KINDS, make_anew, one_of

revision = "0012"
down_revision = "0011"

KNOWN = {"a_kind_is_known": one_of((*KINDS, "wording"))}
NEW = {"a_wording_has_a_condition": "kind <> 'wording' OR (left_handle IS NOT NULL AND value IS NOT NULL)"}


def upgrade() -> None:
    """Change the checks; SQLite can't, so there the table is made anew, and that of its marks with it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TEMPORARY TABLE marks_before AS SELECT * FROM decision_marks")
        op.drop_table("decision_marks")
        make_anew(SAYS_WHAT_IT_IS_ABOUT | CHANGED | ADDED | KNOWN | NEW)
        marks.upgrade()
        op.execute("INSERT INTO decision_marks SELECT * FROM marks_before")
        op.execute("DROP TABLE marks_before")
        return
    op.drop_constraint("a_kind_is_known", "decisions")
    for name, condition in (KNOWN | NEW).items():
        op.create_check_constraint(name, "decisions", sa.text(condition))
