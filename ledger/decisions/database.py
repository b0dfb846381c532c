"""The database a ledger lies in: connecting, locking, its schema.

Belongs here: what differs between SQLite and PostgreSQL. Does not: decisions (`ledger.decisions.ledger`).
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from ledger.decisions.errors import (
    LedgerError,
    LedgerLockedError,
    LedgerMissingError,
    LedgerSchemaError,
    LedgerUnreachableError,
)
from ledger.decisions.metadata import decisions
from warehouse.disk import keep_private, make_folder
from warehouse.server_url import lack_of_protection

SchemaState = Literal["missing", "older", "current", "unknown"]
DIALECTS = ("sqlite", "postgresql")
LOCK_WORDS = ("database is locked", "lock timeout", "deadlock detected")
UNUSABLE: Mapping[int | str, str] = {
    sqlite3.SQLITE_CANTOPEN: "its file can't be opened: set its owner and its folder's to the user that runs Concord",
    sqlite3.SQLITE_READONLY: "it may not be written to: set its owner to the user that runs Concord",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "its file can't be read or written: look at the disk",
    sqlite3.SQLITE_CORRUPT: "it is damaged: restore it from the backup",
    sqlite3.SQLITE_NOTADB: "it is damaged, or not a ledger: restore it from the backup",
    "42501": "its role has no right to do this: act as the role that owns the tables, or give this one the rights of "
    "deploy/ledger-rights.sql",
}
"""By SQLite's code of an error, or PostgreSQL's: what is wrong, and what to do."""
SOMETHING_ELSE = "is it whole, and may you write to it?"
# Any number will do that no other program takes on the same database.
MIGRATION_LOCK = 5_268_377
WRITING_LOCK = 5_268_378


class Database:
    """A place for a ledger: `sqlite:////folder/decisions.sqlite` or `postgresql+psycopg://host/name`.

    Attributes:
        name: the place as it may be shown, without a password.
        is_file: it is a SQLite file, which belongs to one installation and is migrated without asking.
    """

    def __init__(self, url: str, *, patience: float = 10.0) -> None:
        """Name a place; nothing is connected yet.

        Args:
            url: an SQLAlchemy URL.
            patience: seconds that are waited for another process's lock.

        Raises:
            LedgerError: the URL can't be read, or names a database of another kind.
        """
        try:
            parsed = sa.make_url(url)
        except ArgumentError as error:
            raise LedgerError(
                "the ledger's URL can't be read: expected sqlite:///… or postgresql+psycopg://…"
            ) from error
        if parsed.get_backend_name() not in DIALECTS:
            raise LedgerError(f"the ledger can't lie in {parsed.get_backend_name()}: use {' or '.join(DIALECTS)}")
        if not parsed.database or parsed.database == ":memory:":
            raise LedgerError("the ledger's URL names no database")
        self.name = parsed.render_as_string(hide_password=True)
        self.is_file = parsed.get_backend_name() == "sqlite"
        self._path = Path(parsed.database) if self.is_file else None
        self._engine = _sqlite(parsed, patience) if self.is_file else _postgresql(parsed, patience)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to a ledger of the current schema, for reading.

        Raises:
            LedgerMissingError: there is none at this place.
            LedgerSchemaError: it is of another schema.
            LedgerLockedError: another process holds it for too long.
            LedgerError: the database can't be reached or read.
        """
        with self._connection() as connection:
            self._require_current(connection)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection that holds the ledger against all other writers until it ends; readers are not held up.

        What is written is kept if the block ends well and undone if it raises. Raises as `reading`.
        """
        with self._connection(writes=True) as connection:
            self._require_current(connection)
            if not self.is_file:
                # Not by locking a table: that takes the right to edit it, which nights and desk must not have.
                turn = f"SELECT pg_advisory_xact_lock({WRITING_LOCK}, hashtext(current_schema()))"
                connection.execute(sa.text(turn))
            yield connection

    def state(self) -> SchemaState:
        """Whether there is a ledger, and of which schema."""
        if self._path is not None and not self._path.exists():
            return "missing"
        with self._connection() as connection:
            return _schema_state(connection)

    def migrate(self, *, to: str = "head") -> SchemaState:
        """Make the ledger, or bring it to the current schema; the state it was in before.

        Raises:
            LedgerSchemaError: it is of a newer schema, or is not a ledger; it is left as it is.
        """
        if self._path is not None:
            keep_private()
            make_folder(self._path.parent)
        with self._connection(writes=True, creates=True) as connection:
            if not self.is_file:
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            state = _schema_state(connection)
            if state == "unknown":
                raise self._unknown_schema()
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            return state

    def copy_to(self, path: Path) -> None:
        """Write a copy of a ledger in a file as of one moment, while others may write.

        Raises:
            LedgerError: it can't be read, or lies in PostgreSQL, which has tools of its own.
        """
        if self._path is None:
            raise LedgerError(f"the ledger {self.name} is backed up by the tools of PostgreSQL")
        with closing(sqlite3.connect(self._path)) as ledger, closing(sqlite3.connect(path)) as copy:
            ledger.backup(copy)

    def close(self) -> None:
        """Let all connections go."""
        self._engine.dispose()

    def _require_current(self, connection: sa.Connection) -> None:
        state = _schema_state(connection)
        if state == "missing":
            raise self._missing()
        if state == "unknown":
            raise self._unknown_schema()
        if state == "older":
            raise LedgerSchemaError(f"the ledger {self.name} is of an older schema: run `concord decisions migrate`")

    def _missing(self) -> LedgerMissingError:
        return LedgerMissingError(f"there is no ledger at {self.name}: make one by `concord decisions migrate`")

    def _unknown_schema(self) -> LedgerSchemaError:
        return LedgerSchemaError(
            f"the ledger {self.name} is of a newer schema than this version of Concord, or is not a ledger: "
            "use the version that made it"
        )

    @contextmanager
    def _connection(self, *, writes: bool = False, creates: bool = False) -> Iterator[sa.Connection]:
        if self._path is not None and not creates and not self._path.exists():
            raise self._missing()
        try:
            with self._engine.connect().execution_options(writes=writes) as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            raise self._in_words(error) from error

    def _in_words(self, error: DBAPIError) -> Exception:
        """The error in words: a database's own message may quote values."""
        if any(words in str(error.orig) for words in LOCK_WORDS):
            return LedgerLockedError(f"the ledger {self.name} is locked by another process: try again")
        if isinstance(error, OperationalError) and not self.is_file:
            return LedgerUnreachableError(f"the ledger {self.name} can't be reached")
        # SQLite's extended codes have the plain one in their last byte.
        code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        return LedgerError(f"the ledger {self.name} can't be used: {UNUSABLE.get(code, SOMETHING_ELSE)}")


def _sqlite(url: sa.URL, patience: float) -> sa.Engine:
    engine = sa.create_engine(url, poolclass=NullPool, connect_args={"timeout": patience})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
        # The driver's own BEGIN comes too late to hold the file against a second writer.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: sa.URL, patience: float) -> sa.Engine:
    if (lack := lack_of_protection(url, what="the ledger")) is not None:
        raise LedgerError(lack)
    try:
        engine = sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={"connect_timeout": max(2, round(patience))},
        )
    except ModuleNotFoundError as error:
        raise LedgerError("a ledger in PostgreSQL needs psycopg: install concord[postgres]") from error

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(patience * 1_000)}")
        if not connection.get_execution_options().get("writes", False):
            # Readers see one moment, as in SQLite: decisions and their marks are read one after the other.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

    return engine


def _schema_state(connection: sa.Connection) -> SchemaState:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return "unknown" if sa.inspect(connection).has_table(decisions.name) else "missing"
    steps = _steps()
    if revision == steps[0]:
        return "current"
    return "older" if revision in steps else "unknown"


@cache
def _steps() -> tuple[str, ...]:
    """The schemas that this version knows, the current one first; read once, since every connection asks."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_alembic()).walk_revisions())


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
