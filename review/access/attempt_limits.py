"""How often a user may try to sign in.

Belongs here: what is counted, and when it is too much. Does not: checking passwords (`review.access.sign_in`).

Failed attempts are counted by the name they were for and by the address they came from. A browser in which the user
signed in before is known by the digest of its token, which it still holds and which opens nothing, and has a count of
its own: a person who tries passwords from elsewhere can lock themselves out, and other browsers for some minutes, but
not the user out of their own.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from ledger.desk.sessions import attempts_since, find_session, forget_attempt, forget_attempts, note_attempts
from review.access.tokens import text_digest
from review.desk_settings import DeskSettings


@dataclass(frozen=True)
class AttemptCount:
    """Something that failed attempts are counted by: a digest of it, and how many are allowed."""

    subject: str
    most: int


class TooManyAttemptsError(Exception):
    """Too many attempts failed.

    Attributes:
        minutes: how long to wait, rounded up.
    """

    def __init__(self, wait: timedelta) -> None:
        self.minutes = max(1, math.ceil(wait / timedelta(minutes=1)))
        super().__init__(f"too many attempts failed: wait {self.minutes} minutes")


class AttemptLimits:
    """Counts failed attempts in the ledger's database, for all desks of an installation."""

    def __init__(self, settings: DeskSettings) -> None:
        self._by_name = settings.attempts_by_name
        self._by_address = settings.attempts_by_address
        self._span = timedelta(minutes=settings.attempt_minutes)

    def counts(
        self, connection: sa.Connection, *, name: str, address: str, browser: str | None
    ) -> tuple[AttemptCount, ...]:
        """What an attempt is counted by.

        Args:
            connection: to the ledger's database.
            name: the name given.
            address: where the attempt comes from.
            browser: digest of the token of a session that the browser once had.
        """
        session = find_session(connection, browser) if browser else None
        if session is not None and session.name == name:
            return (AttemptCount(text_digest(f"browser {session.token_digest}"), self._by_name),)
        return (
            AttemptCount(text_digest(f"name {name.casefold()}"), self._by_name),
            AttemptCount(text_digest(f"address {address}"), self._by_address),
        )

    def of_password(self, name: str) -> tuple[AttemptCount, ...]:
        """What an attempt to change one's own password is counted by."""
        return (AttemptCount(text_digest(f"password of {name.casefold()}"), self._by_name),)

    def admit(self, connection: sa.Connection, counts: tuple[AttemptCount, ...], *, at: datetime) -> None:
        """Count an attempt as failed before any password is looked at, or refuse it.

        The connection must hold the ledger's write lock (`Database.writing`): of guesses sent at once none is checked
        that would not be checked one after the other.

        Raises:
            TooManyAttemptsError: too many have failed, or are being looked at.
        """
        for count in counts:
            failed = attempts_since(connection, count.subject, since=at - self._span)
            if len(failed) >= count.most:
                raise TooManyAttemptsError(failed[-count.most] + self._span - at)
        forget_attempts(connection, before=at - self._span)
        note_attempts(connection, [count.subject for count in counts], at=at)

    def succeeded(self, connection: sa.Connection, counts: tuple[AttemptCount, ...], *, at: datetime) -> None:
        """Begin again for a name, or a browser; an address keeps its failures, since many names may share it."""
        forget_attempts(connection, subject=counts[0].subject)
        for count in counts[1:]:
            forget_attempt(connection, count.subject, at=at)
