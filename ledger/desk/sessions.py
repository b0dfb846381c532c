"""Sessions of the desk, and failed attempts to sign in.

Belongs here: reading and writing `sessions` and `sign_in_attempts`. Does not: tokens and cookies, how long a session
lasts, how many attempts are too many (`review.access`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ledger.desk.desk_tables import sessions, sign_in_attempts


@dataclass(frozen=True)
class Session:
    """A user's time at the desk.

    Attributes:
        token_digest: of the token that the browser holds; the token itself is kept nowhere.
        seen_at: when they were last seen, to the minute.
    """

    token_digest: str
    name: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None


def start_session(connection: sa.Connection, token_digest: str, *, name: str, at: datetime) -> None:
    """Begin a session."""
    connection.execute(sa.insert(sessions).values(token_digest=token_digest, name=name, started_at=at, seen_at=at))


def find_session(connection: sa.Connection, token_digest: str) -> Session | None:
    """The session of a token, ended or not."""
    found = connection.execute(sa.select(sessions).where(sessions.c.token_digest == token_digest))
    row = found.mappings().one_or_none()
    return None if row is None else Session(**{str(name): value for name, value in row.items()})


def open_sessions_of(connection: sa.Connection, name: str) -> tuple[Session, ...]:
    """The sessions of a user that were not ended, the latest first."""
    of_name = (sessions.c.name == name) & sessions.c.ended_at.is_(None)
    found = connection.execute(sa.select(sessions).where(of_name).order_by(sessions.c.seen_at.desc()))
    return tuple(Session(**{str(column): value for column, value in row.items()}) for row in found.mappings())


def touch_session(connection: sa.Connection, token_digest: str, *, at: datetime) -> None:
    """Note that a user was seen."""
    connection.execute(sa.update(sessions).where(sessions.c.token_digest == token_digest).values(seen_at=at))


def end_session(connection: sa.Connection, token_digest: str, *, at: datetime) -> None:
    """End a session."""
    open_one = sessions.c.ended_at.is_(None) & (sessions.c.token_digest == token_digest)
    connection.execute(sa.update(sessions).where(open_one).values(ended_at=at))


def end_sessions_of(connection: sa.Connection, name: str, *, at: datetime, but: str | None = None) -> None:
    """End all sessions of a user, except the one of that token digest."""
    open_ones = sessions.c.ended_at.is_(None) & (sessions.c.name == name) & (sessions.c.token_digest != (but or ""))
    connection.execute(sa.update(sessions).where(open_ones).values(ended_at=at))


def forget_sessions(connection: sa.Connection, *, seen_before: datetime) -> None:
    """Delete sessions that nobody was seen in since."""
    connection.execute(sa.delete(sessions).where(sessions.c.seen_at < seen_before))


def note_attempts(connection: sa.Connection, subjects: Sequence[str], *, at: datetime) -> None:
    """Note a failed attempt to sign in, for each of the digests of the name and the address."""
    connection.execute(sa.insert(sign_in_attempts), [{"subject_digest": subject, "at": at} for subject in subjects])


def attempts_since(connection: sa.Connection, subject: str, *, since: datetime) -> tuple[datetime, ...]:
    """The failed attempts of a subject since a moment, the earliest first."""
    found = sa.select(sign_in_attempts.c.at).where(
        (sign_in_attempts.c.subject_digest == subject) & (sign_in_attempts.c.at > since)
    )
    return tuple(connection.execute(found.order_by(sign_in_attempts.c.at)).scalars())


def forget_attempt(connection: sa.Connection, subject: str, *, at: datetime) -> None:
    """Delete one attempt of a subject that was noted at a moment."""
    noted = (sign_in_attempts.c.subject_digest == subject) & (sign_in_attempts.c.at == at)
    one = sa.select(sa.func.max(sign_in_attempts.c.attempt)).where(noted).scalar_subquery()
    connection.execute(sa.delete(sign_in_attempts).where(sign_in_attempts.c.attempt == one))


def forget_attempts(connection: sa.Connection, *, before: datetime | None = None, subject: str | None = None) -> None:
    """Delete attempts that count no more: from before a moment, or of a subject that has signed in."""
    if before is not None:
        connection.execute(sa.delete(sign_in_attempts).where(sign_in_attempts.c.at < before))
    if subject is not None:
        connection.execute(sa.delete(sign_in_attempts).where(sign_in_attempts.c.subject_digest == subject))
