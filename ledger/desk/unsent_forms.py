"""Forms that were sent after their session had ended: nothing that was typed is lost.

Belongs here: reading and writing `unsent_forms`. Does not: which forms are kept, offering them again (`review.access`).
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ledger.desk.desk_tables import unsent_forms

MOST_KEPT = 20
"""Of one user; beyond it the oldest go."""


@dataclass(frozen=True)
class UnsentForm:
    """A form that was typed and not taken: its names and values in their order, and where it was sent."""

    form_id: str
    name: str
    path: str
    fields: tuple[tuple[str, str], ...]
    kept_at: datetime


def save_unsent_form(
    connection: sa.Connection, name: str, *, path: str, fields: Sequence[tuple[str, str]], at: datetime
) -> None:
    """Keep a form."""
    form_id = secrets.token_urlsafe(16)
    row = {"form_id": form_id, "name": name, "path": path, "fields": json.dumps(fields), "kept_at": at}
    connection.execute(sa.insert(unsent_forms).values(**row))
    for oldest in unsent_forms_of(connection, name)[:-MOST_KEPT]:
        delete_unsent_form(connection, name, oldest.form_id)


def unsent_forms_of(connection: sa.Connection, name: str) -> tuple[UnsentForm, ...]:
    """The forms of a user, the oldest first."""
    order = (unsent_forms.c.kept_at, unsent_forms.c.form_id)
    rows = connection.execute(sa.select(unsent_forms).where(unsent_forms.c.name == name).order_by(*order))
    return tuple(
        UnsentForm(row.form_id, row.name, row.path, tuple((k, v) for k, v in json.loads(row.fields)), row.kept_at)
        for row in rows
    )


def delete_unsent_form(connection: sa.Connection, name: str, form_id: str) -> None:
    """Delete a form of a user."""
    mine = (unsent_forms.c.name == name) & (unsent_forms.c.form_id == form_id)
    connection.execute(sa.delete(unsent_forms).where(mine))


def delete_old_unsent_forms(connection: sa.Connection, *, before: datetime) -> None:
    """Delete forms that nobody came back for."""
    connection.execute(sa.delete(unsent_forms).where(unsent_forms.c.kept_at < before))
