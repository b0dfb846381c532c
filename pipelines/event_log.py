"""Where Dagster keeps what happens in a run, when it keeps it in SQLite: over connections that stay open.

Dagster opens a database again for each of a night's two thousand reads and writes of events: half the processor time of
a small night. PostgreSQL keeps its own connections (`deploy/dagster.yaml`).

Belongs here: how Dagster's own storage connects. Does not: what a run records for operators (`pipelines.runs`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import sqlalchemy as sa
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, _event_logs_directory
from dagster._serdes import ConfigurableClassData

OPEN_DATABASES = 8
"""Each run has a database of its own; Dagster's pages read those of many runs."""
BUSY_SECONDS = 60


class KeptEventLog(SqliteEventLogStorage):
    """Dagster's event log in SQLite, whose databases stay open from one event to the next."""

    def __init__(self, base_dir: str) -> None:
        self._opened: dict[str, sa.Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock:
            engine = self._open(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _open(self, shard: str) -> sa.Engine:
        engine = self._opened.pop(shard, None) or open_database(self.conn_string_for_shard(shard))
        self._opened[shard] = engine  # the last used stands last
        if len(self._opened) > OPEN_DATABASES:
            self._opened.pop(next(iter(self._opened))).dispose()
        return engine

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there, which Dagster asks for each check of a run; one that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close all databases."""
        while self._opened:
            self._opened.popitem()[1].dispose()
        super().dispose()


def open_database(url: str) -> sa.Engine:
    """The database at an address; a power cut may cost it the last events, never the rest."""
    engine = sa.create_engine(url, pool_size=1, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = NORMAL"))
    return engine


class KeptSqliteStorage(DagsterSqliteStorage):
    """Dagster's storage in SQLite with the event log above."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = KeptEventLog(_event_logs_directory(base_dir))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """As Dagster makes it from `dagster.yaml`."""
        return cls.from_local(inst_data=inst_data, **config_value)
