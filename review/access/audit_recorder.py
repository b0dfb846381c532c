"""Noting what is done at the desk in the audit log, also while the ledger is down.

Belongs here: when an entry is chained in, where the end of the log is noted. Does not: the chain (`ledger.audit`).
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ledger.audit import Entry, Head, append, held_values, sealed
from ledger.decisions.errors import LedgerError
from review.access.audit_spool import SPOOLED_ID, AuditSpool
from review.desk import Desk
from warehouse.disk import make_folder, put_text

SPOOL_FILE = "audit-waiting.jsonl"
HEAD_FILE = "audit-head"
NOTED_EVERY = timedelta(minutes=1)
log = logging.getLogger("concord.review")


class NotLoggedError(LedgerError):
    """An act can be noted nowhere, and so must not be done."""


class AuditRecorder:
    """What is done at a desk."""

    def __init__(self, desk: Desk) -> None:
        """Note by the clock and in the ledger of a desk."""
        self._desk = desk
        self._spool = AuditSpool(desk.log_folder / SPOOL_FILE)
        self._noted_at: datetime | None = None

    def note(self, act: str, *, who: str, what: Mapping[str, Any], reason: str | None = None) -> None:
        """Note an act; when this returns it is kept, in the log or, while the ledger is down, in the file beside it.

        Raises:
            NotLoggedError: neither can be written.
        """
        entry = Entry(self._desk.clock(), who, act, what, reason)
        try:
            head = self._keep(entry)
        except (OSError, ValueError) as error:
            log.error("the file beside the audit log can't be used: %s", type(error).__name__)  # noqa: TRY400  # no values
            raise NotLoggedError("what you asked for can't be logged, and so can't be shown") from error
        if head is not None:
            self._note_head(head)

    def _keep(self, entry: Entry) -> Head | None:
        """Chain an entry in, or put it down to wait; the end of the log, if it could be reached."""
        try:
            return self._chain_in(entry)
        except LedgerError:
            self._spool.put(entry)
            return None

    def _chain_in(self, entry: Entry) -> Head:
        with self._spool.waiting() as waiting, self._desk.writing() as connection:
            return append(connection, [*_not_yet_in(connection, waiting), entry])

    def _note_head(self, head: Head) -> None:
        """Note the end of the log beside the ledger: who cuts it off in the database alone is found out."""
        at = self._desk.clock()
        if self._noted_at is not None and at - self._noted_at < NOTED_EVERY:
            return
        self._noted_at = at
        try:
            make_folder(self._desk.log_folder)
            put_text(head_file(self._desk), f"{sealed(self._desk.home, head)}\n")
        except OSError as error:
            log.warning("the end of the audit log can't be noted: %s", type(error).__name__)


def head_file(desk: Desk) -> Path:
    """The file that names an entry near the end of the desk's log."""
    return desk.log_folder / HEAD_FILE


def _not_yet_in(connection: sa.Connection, waiting: Sequence[Entry]) -> list[Entry]:
    """Entries that waited, without those that a desk chained in and could not strike off."""
    if not waiting:
        return []
    known = held_values(connection, SPOOLED_ID)
    return [entry for entry in waiting if entry.what[SPOOLED_ID] not in known]
