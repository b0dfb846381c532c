"""The desk itself: the release it shows and the ledger it writes, shared by all requests.

Belongs here: what outlives a request. Does not: pages, who asks.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import polars as pl

from warehouse.home import Home
from warehouse.ledger.database import Database
from warehouse.ledger.ledger import now
from warehouse.releases import Release, current_release
from warehouse.tables.release import RELEASE_TABLES

Made = TypeVar("Made")
TABLES = {table.name: table for table in RELEASE_TABLES}


class NoReleaseError(LookupError):
    """No release has been published yet."""


class Snapshot:
    """A release in memory: what is read or worked out of it is kept as long as it is the one in force.

    Attributes:
        release: the release.
    """

    def __init__(self, release: Release) -> None:
        """Nothing is read before it is asked for."""
        self.release = release
        self._kept: dict[str, Any] = {}
        self._lock = threading.RLock()

    def table(self, name: str) -> pl.DataFrame:
        """A table of the release, in the order of its key; a column that an older release lacks is empty.

        Raises:
            KeyError: the release has no table of that name.
        """
        return self.keep(f"table {name}", lambda: self._read(name))

    def keep(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` makes of the release, made once and kept by that name."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
            made: Made = self._kept[name]
            return made

    def _read(self, name: str) -> pl.DataFrame:
        path = self.release.parquet(name)
        if name not in TABLES or not path.exists():
            raise KeyError(f"release {self.release.release_id} has no table {name}")
        return TABLES[name].completed(pl.read_parquet(path))


class Desk:
    """Home, ledger and clock of an installation, and the release in force.

    Attributes:
        home: the folder of all state.
        ledger_url: where the ledger lies.
        database: the ledger's database.
        clock: tells the moment; another one is handed in by tests alone.
        is_demo: everything shown is synthetic.
    """

    def __init__(
        self, home: Home, ledger_url: str, *, clock: Callable[[], datetime] = now, is_demo: bool = False
    ) -> None:
        """Nothing is read yet, and no connection made."""
        self.home = home
        self.ledger_url = ledger_url
        self.database = Database(ledger_url, patience=3.0)
        self.clock = clock
        self.is_demo = is_demo
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()

    def snapshot(self) -> Snapshot:
        """The release in force now; one that was published since the last request is taken up.

        Raises:
            NoReleaseError: there is none yet.
        """
        with self._lock:
            name = self._current_name()
            if self._snapshot is None or self._snapshot.release.release_id != name:
                release = current_release(self.home)
                if release is None:
                    raise NoReleaseError("no release has been published yet")
                self._snapshot = Snapshot(release)
            return self._snapshot

    def close(self) -> None:
        """Let all connections go."""
        self.database.close()

    def _current_name(self) -> str | None:
        try:
            return self.home.current.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
