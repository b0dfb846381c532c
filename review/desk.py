"""The desk itself: the release it shows and the ledger it writes, shared by all requests.

Belongs here: what outlives a request, and the night that can be decided on. Does not: pages, who asks.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
import sqlalchemy as sa

from ledger.decisions.database import Database
from ledger.decisions.decidable import Present
from ledger.decisions.errors import LedgerError, LedgerLockedError
from ledger.decisions.ledger import Ledger, now
from ledger.decisions.published import read_present
from warehouse.disk import keep_private
from warehouse.home import Home
from warehouse.releases.release import Release, current_release, named_release
from warehouse.store import TableStore
from warehouse.tables.register import CONDITION_TEXTS
from warehouse.tables.release import OBEYED_DECISIONS, RECORD_DIGESTS, RELEASE_TABLES, SOURCE_RECORDS

Made = TypeVar("Made")
TABLES = {table.name: table for table in RELEASE_TABLES}


NEEDED = (SOURCE_RECORDS, RECORD_DIGESTS, OBEYED_DECISIONS)
"""What the desk can't do without and releases of earlier versions don't keep."""


class NoReleaseError(LookupError):
    """There is no release that the desk can show; the message says why, and what to do."""


class WholeRelease:
    """A release in memory, not limited to any viewer; what is read or worked out of it is kept while it is in force."""

    def __init__(self, release: Release, *, night: TableStore | None = None) -> None:
        """Nothing is read before it is asked for.

        Args:
            release: the release.
            night: the tables of its night that are not published; None: none of them is shown.
        """
        self.release = release
        self._night = night
        self._kept: dict[str, Any] = {}
        self._locks: dict[str, threading.Lock] = {}

    def table(self, name: str) -> pl.DataFrame:
        """A table of the release, in the order of its key; a column that an older release lacks is empty.

        Raises:
            KeyError: the release has no table of that name.
        """
        return self.keep(f"table {name}", lambda: self._read(name))

    def condition_texts(self) -> pl.DataFrame:
        """`CONDITION_TEXTS` of its night; empty where the night's tables are gone."""
        return self.keep("condition texts", self._read_condition_texts)

    def keep(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` makes of the release, made once and kept by that name; other names do not wait for it."""
        with self._locks.setdefault(name, threading.Lock()):
            if name not in self._kept:
                self._kept[name] = make()
            made: Made = self._kept[name]
            return made

    def _read(self, name: str) -> pl.DataFrame:
        path = self.release.parquet(name)
        if name not in TABLES or not path.exists():
            raise KeyError(f"release {self.release.release_id} has no table {name}")
        return TABLES[name].completed(pl.read_parquet(path))

    def _read_condition_texts(self) -> pl.DataFrame:
        if self._night is None or not self._night.path(CONDITION_TEXTS.name).exists():
            return CONDITION_TEXTS.empty()
        return self._night.scan(CONDITION_TEXTS.name).collect()


class Desk:
    """Home, ledger and clock of an installation, and the release in force."""

    def __init__(
        self,
        home: Home,
        ledger_url: str,
        *,
        clock: Callable[[], datetime] = now,
        is_demo: bool = False,
        marking: str = "OFFICIAL-SENSITIVE",
        answers_to: str = "the person who gave you this pack",
        respite: float = 5.0,
    ) -> None:
        """Nothing is read yet, and no connection made.

        Args:
            home: the folder of all state.
            ledger_url: where the ledger lies.
            clock: gives the moment.
            is_demo: everything shown is synthetic.
            marking: the protective marking of every page.
            answers_to: where owners send their answers.
            respite: seconds for which a ledger that is down is not asked again.
        """
        keep_private()
        self.home = home
        self.ledger_url = ledger_url
        self.database = Database(ledger_url, patience=3.0)
        self.clock = clock
        self.is_demo = is_demo
        self.marking = marking
        self.answers_to = answers_to
        self._respite = respite
        self._down_until: float | None = None
        self._release: WholeRelease | None = None
        self._lock = threading.Lock()

    @property
    def log_folder(self) -> Path:
        """Where the end of the audit log is noted and entries wait: a demo has its own, as it has its own ledger."""
        return self.home.desk / "demo" if self.is_demo else self.home.desk

    @property
    def ledger(self) -> Ledger:
        """The ledger, over the connections that the desk keeps."""
        return Ledger(self.database, self.home, self.clock)

    def whole_release(self) -> WholeRelease:
        """The release in force now, for any viewer: pages get `VisibleRelease` instead.

        A release that was published since the last request is taken up.

        Raises:
            NoReleaseError: there is none yet, or it keeps too little.
        """
        with self._lock:
            name = named_release(self.home)
            if self._release is None or self._release.release.release_id != name:
                release = current_release(self.home)
                if release is None:
                    raise NoReleaseError(
                        "No release has been published yet. The desk shows one as soon as a night has run."
                    )
                if not all(release.parquet(table.name).exists() for table in NEEDED):
                    raise NoReleaseError(
                        f"Release {name} was made by an earlier version of Concord, which kept less in it. "
                        "The desk shows the next one; the operator can run its night again."
                    )
                self._release = WholeRelease(release, night=TableStore(self.home.tables / release.as_of.isoformat()))
            return self._release

    @property
    def release_id(self) -> str | None:
        """Name of the release in force; None: there is none that the desk can show."""
        try:
            return self.whole_release().release.release_id
        except LookupError:
            return None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection for reading, as `Database.reading`; while the ledger is down nobody waits for it twice."""
        with self._watching(), self.database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection for writing, as `Database.writing`; while the ledger is down nobody waits for it twice."""
        with self._watching(), self.database.writing() as connection:
            yield connection

    @contextmanager
    def _watching(self) -> Iterator[None]:
        if self._down_until is not None and time.monotonic() < self._down_until:
            raise LedgerError("the ledger can't be reached")
        try:
            yield
        except LedgerLockedError:  # another process writes, and may be done by the next request
            raise
        except LedgerError:
            self._down_until = time.monotonic() + self._respite
            raise
        self._down_until = None

    def close(self) -> None:
        """Let all connections go."""
        self.database.close()


def decidable_night(whole: WholeRelease) -> Present:
    """The night behind a release, kept as long as the release is shown.

    Raises:
        FileNotFoundError: the release is of a time when records were not kept with it.
    """
    return whole.keep("present", lambda: read_present(whole.release, whole.table))
