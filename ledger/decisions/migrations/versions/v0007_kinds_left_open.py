"""Decisions that leave a question open, on two records and on a value; and the database knows all kinds."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from ledger.decisions.migrations.versions.v0001_users_and_decisions import SAYS_WHAT_IT_IS_ABOUT, make_decisions
from ledger.decisions.migrations.versions.v0002_append_only import SQLITE

revision = "0007"
down_revision = "0006"

PAIRS = ("same_order", "different_order", "same_person", "different_person", "pair_unclear")
DISCREPANCIES = ("both_right", "accept", "refer", "not_enough")
KINDS = (*PAIRS, *DISCREPANCIES, "value", "value_unclear", "undo")


def one_of(kinds: tuple[str, ...]) -> str:
    """The check that a kind is one of these."""
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


CHANGED = {
    "a_pair_has_two_records": f"({one_of(PAIRS)}) = (right_handle IS NOT NULL)",
    "a_value_has_order_and_field": """
        kind NOT IN ('value', 'value_unclear')
        OR (order_id IS NOT NULL AND field IS NOT NULL AND (kind = 'value') = (value IS NOT NULL))
    """,
    "a_discrepancy_has_order_and_rule": (
        f"NOT {one_of(DISCREPANCIES)} OR (order_id IS NOT NULL AND rule_code IS NOT NULL)"
    ),
}
ADDED = {"a_kind_is_known": one_of(KINDS)}


def upgrade() -> None:
    """Change the checks; SQLite can't, so there the table is made anew, with its triggers."""
    if op.get_bind().dialect.name == "sqlite":
        make_anew(SAYS_WHAT_IT_IS_ABOUT | CHANGED | ADDED)
        return
    for name in CHANGED:
        op.drop_constraint(name, "decisions")
    for name, condition in (CHANGED | ADDED).items():
        op.create_check_constraint(name, "decisions", sa.text(condition))


def make_anew(checks: Mapping[str, str]) -> None:
    """Make the table of decisions anew on SQLite, with its rows and triggers; no other table may refer to it."""
    for name in ("decisions_by_target", "decisions_by_time"):
        op.drop_index(name, "decisions")
    op.rename_table("decisions", "decisions_before")
    make_decisions(checks)
    op.execute("INSERT INTO decisions SELECT * FROM decisions_before")
    op.drop_table("decisions_before")
    for statement in SQLITE:
        op.execute(statement)
