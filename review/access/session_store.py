"""Sessions: who is behind a token, and for how long.

Belongs here: beginning, finding and ending sessions. Does not: proving who a user is (`review.access.sign_in`,
`review.access.oidc`), what they may do (`review.access.viewer`).
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.decisions.errors import LedgerError
from ledger.desk.accounts import Account, find_account
from ledger.desk.sessions import (
    Session,
    end_session,
    end_sessions_of,
    find_session,
    forget_sessions,
    open_sessions_of,
    start_session,
    touch_session,
)
from review.access.tokens import new_token, text_digest
from review.desk import Desk
from review.desk_settings import DeskSettings

REMEMBERED = timedelta(days=30)
"""How long a browser is known in which a user signed in: its last session is kept for so long."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a user was last seen: not every page is worth a write."""


@dataclass(frozen=True)
class KnownSession:
    """A user whose session is known.

    Attributes:
        is_open: the session has not ended, and the account is not closed.
        is_from_memory: the ledger is down, and this is what was known last.
    """

    session: Session
    account: Account
    is_open: bool
    is_from_memory: bool = False


class SessionStore:
    """The sessions of a desk; what was last known of them is remembered for times when the ledger is down."""

    def __init__(self, desk: Desk, settings: DeskSettings) -> None:
        self._desk = desk
        self._idle = timedelta(minutes=settings.idle_minutes)
        self._longest = timedelta(hours=settings.session_hours)
        self._memory: dict[str, tuple[Session, Account]] = {}
        self._lock = threading.Lock()

    def begin(self, name: str) -> str:
        """Begin a session; its token, for the browser alone."""
        token, at = new_token(), self._desk.clock()
        with self._desk.writing() as connection:
            forget_sessions(connection, seen_before=at - REMEMBERED)
            start_session(connection, text_digest(token), name=name, at=at)
        return token

    def find(self, token: str) -> KnownSession | None:
        """Who holds a token; None if there was never such a session, or it is forgotten."""
        digest, at = text_digest(token), self._desk.clock()
        try:
            found = self._read(digest, at)
        except LedgerError:
            with self._lock:
                remembered = self._memory.get(digest)
            return self._known(remembered, at, is_from_memory=True) if remembered else None
        self._remember(digest, found)
        return self._known(found, at) if found else None

    def open_of(self, name: str) -> tuple[Session, ...]:
        """The sessions in which a user is signed in, the latest first."""
        at = self._desk.clock()
        with self._desk.reading() as connection:
            return tuple(one for one in open_sessions_of(connection, name) if self._is_fresh(one, at))

    def end_others(self, name: str, *, but: str) -> None:
        """End all sessions of a user, except the one of that token digest."""
        with self._desk.writing() as connection:
            end_sessions_of(connection, name, at=self._desk.clock(), but=but)

    def end(self, token: str) -> None:
        """End a session.

        Raises:
            LedgerError: the ledger is down; it is ended here all the same.
        """
        self._remember(text_digest(token), None)
        with self._desk.writing() as connection:
            end_session(connection, text_digest(token), at=self._desk.clock())

    def _read(self, digest: str, at: datetime) -> tuple[Session, Account] | None:
        with self._desk.reading() as connection:
            session = find_session(connection, digest)
            account = find_account(connection, session.name) if session else None
        if session is None or account is None:
            return None
        if at - session.seen_at >= SEEN_EVERY and self._known((session, account), at).is_open:
            with self._desk.writing() as connection:
                touch_session(connection, digest, at=at)
        return session, account

    def _known(self, found: tuple[Session, Account], at: datetime, *, is_from_memory: bool = False) -> KnownSession:
        session, account = found
        is_open = self._is_fresh(session, at) and session.ended_at is None and account.disabled_at is None
        return KnownSession(session, account, is_open, is_from_memory)

    def _is_fresh(self, session: Session, at: datetime) -> bool:
        return at - session.seen_at < self._idle and at - session.started_at < self._longest

    def _remember(self, digest: str, found: tuple[Session, Account] | None) -> None:
        with self._lock:
            if found is None:
                self._memory.pop(digest, None)
            else:
                self._memory[digest] = found
