"""Where entries of the audit log wait while the ledger is down: a file that is on the disk before a page is sent.

Belongs here: the file. Does not: when entries wait (`review.access.audit_recorder`), the chain (`ledger.audit`).

Each entry gets an id when it is put down, and carries it into the log: entries that were chained in by a desk that
ended before it could empty the file are known again, and not chained in twice.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from ledger.audit import Entry
from warehouse.disk import make_folder, sync

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


def _cut_torn_line(file: IO[bytes]) -> None:
    """Remove what a crash left of a line: its page was never sent."""
    file.seek(0)
    content = file.read()
    if content and not content.endswith(b"\n"):
        file.truncate(content.rfind(b"\n") + 1)


def _read(line: bytes) -> Entry:
    said = json.loads(line)
    return Entry(datetime.fromisoformat(said["at"]), said["who"], said["act"], said["what"], said["reason"])
