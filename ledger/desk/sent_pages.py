"""The pages that forms led to, kept for a while so that going back to one never sends its form again.

Belongs here: reading and writing `sent_pages`. Does not: drawing pages (`review.pages`).
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from ledger.desk.desk_tables import sent_pages

KEPT_FOR: Final = timedelta(hours=1)
MOST_KEPT: Final = 20
"""Of one session; beyond it the oldest go."""


@dataclass(frozen=True)
class SentPage:
    """The page that a form led to.

    Attributes:
        consulted: the keys of what it shows, as they were logged when it was drawn; empty if it shows no record.
        is_first_look: it has not been looked at since it was drawn.
    """

    html: str
    status: int
    consulted: Mapping[str, Any]
    is_first_look: bool = True


def save_sent_page(connection: sa.Connection, page: SentPage, *, session: str, at: datetime) -> str:
    """Keep a page for a session; the name under which it is found, which nobody can guess."""
    name, own = secrets.token_urlsafe(12), sent_pages.c.session == session
    row = {"name": name, "session": session, "kept_at": at, "html": page.html, "status": page.status}
    connection.execute(sa.insert(sent_pages).values(**row, consulted=json.dumps(page.consulted), is_first_look=True))
    order = (sent_pages.c.kept_at.desc(), sent_pages.c.name)
    lately = sa.select(sent_pages.c.name).where(own).order_by(*order).limit(MOST_KEPT)
    is_old = (sent_pages.c.kept_at < at - KEPT_FOR) | (own & sent_pages.c.name.not_in(lately.scalar_subquery()))
    connection.execute(sa.delete(sent_pages).where(is_old))
    return name


def take_sent_page(connection: sa.Connection, name: str, *, session: str, at: datetime) -> SentPage | None:
    """A page of a session, by its name; None if it is no longer kept, or another's. The next look is not the first."""
    own = (sent_pages.c.name == name) & (sent_pages.c.session == session) & (sent_pages.c.kept_at >= at - KEPT_FOR)
    row = connection.execute(sa.select(sent_pages).where(own)).one_or_none()
    if row is None:
        return None
    connection.execute(sa.update(sent_pages).where(own).values(is_first_look=False))
    return SentPage(row.html, row.status, json.loads(row.consulted), row.is_first_look)
