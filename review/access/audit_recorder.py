"""Noting what is done at the desk in the audit log, also while the ledger is down.

Belongs here: when an entry is chained in, where the end of the log is noted, and the file in which entries wait while
the ledger is down; it is on the disk before a page is sent. Does not: the chain (`ledger.audit`).

Each entry gets an id when it is put down, and carries it into the log: entries that were chained in by a desk that
ended before it could empty the file are known again, and not chained in twice.
"""

import fcntl
import json
import logging
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from ledger.audit import Entry, Head, append, held_values, sealed
from ledger.decisions.errors import LedgerError
from review.desk import Desk
from warehouse.disk import make_folder, put_text, sync

SPOOL_FILE = "audit-waiting.jsonl"
HEAD_FILE = "audit-head"
NOTED_EVERY = timedelta(minutes=1)
log = logging.getLogger("concord.review")
SPOOLED_ID = "waited"
"""The key under which an entry that waited carries its id."""


class AuditSpool:
    """The file, shared by all desks of an installation."""

    def __init__(self, path: Path) -> None:
        """Nothing is made before an entry has to wait."""
        self._path = path

    def put(self, entry: Entry) -> None:
        """Put an entry down; when this returns it is on the disk.

        Raises:
            OSError: it can't be written.
        """
        what = {**entry.what, SPOOLED_ID: secrets.token_hex(8)}
        said = {"at": entry.at.isoformat(), "who": entry.who, "act": entry.act, "what": what, "reason": entry.reason}
        line = json.dumps(said, ensure_ascii=False) + "\n"
        make_folder(self._path.parent)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _cut_torn_line(file)
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        sync(self._path.parent)

    @contextmanager
    def waiting(self) -> Iterator[Sequence[Entry]]:
        """The entries that wait, held against others; they are gone if the block ends well, and stay if it raises."""
        if not self._path.exists() or not self._path.stat().st_size:
            yield ()
            return
        with self._path.open("rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield tuple(_read(line) for line in file.read().splitlines(keepends=True) if line.endswith(b"\n"))
            file.truncate(0)
            os.fsync(file.fileno())


class NotLoggedError(LedgerError):
    """An act can be noted nowhere, and so must not be done."""


class AuditRecorder:
    """What is done at a desk."""

    def __init__(self, desk: Desk) -> None:
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
            with self._spool.waiting() as waiting, self._desk.writing() as connection:
                return append(connection, [*_not_yet_in(connection, waiting), entry])
        except LedgerError:
            self._spool.put(entry)
            return None

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


def _cut_torn_line(file: IO[bytes]) -> None:
    """Remove what a crash left of a line: its page was never sent."""
    file.seek(0)
    content = file.read()
    if content and not content.endswith(b"\n"):
        file.truncate(content.rfind(b"\n") + 1)


def _read(line: bytes) -> Entry:
    said = json.loads(line)
    return Entry(datetime.fromisoformat(said["at"]), said["who"], said["act"], said["what"], said["reason"])
