"""What tests of several areas need: patience with slow machines, the databases a ledger may lie in."""

import gc
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings

from ledger.decisions.database import Database

pytest_plugins = ["nights", "object_store", "postgres_server", "small_register"]

# Time is for benchmarks; a loaded machine is no failure.
settings.register_profile("concord", deadline=None, max_examples=6)
settings.register_profile("thorough", deadline=None, max_examples=200)  # `make test-long`
settings.load_profile("concord")


def pytest_collection_finish() -> None:
    """Keep the collector from going through all imported libraries and tests again and again: a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_unconfigure() -> None:
    gc.unfreeze()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for a ledger where there is none yet, on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger/decisions.sqlite"
    return str(request.getfixturevalue("postgres")())


@pytest.fixture(scope="session")
def make_ledger(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Database]:
    """Makes an empty ledger at a place: the first of each kind by the migrations, the others as copies of it."""
    first, changes = tmp_path_factory.mktemp("ledger") / "first.sqlite", list[tuple[str, Any]]()

    def make(url: str) -> Database:
        database = Database(url)
        if database.is_file:
            if not first.exists():
                Database(f"sqlite:///{first}").migrate()
            place = Path(sa.make_url(url).database)
            place.parent.mkdir(exist_ok=True)
            shutil.copy(first, place)
        elif changes:
            with database._connection(writes=True) as connection:
                for statement, values in changes:
                    connection.exec_driver_sql(statement, values)
        else:
            sa.event.listen(database._engine, "before_cursor_execute", note)
            database.migrate()
            sa.event.remove(database._engine, "before_cursor_execute", note)
        return database

    def note(connection: object, cursor: object, statement: str, values: Any, *others: object) -> None:
        if not statement.lstrip().startswith("SELECT"):
            changes.append((statement, values))

    return make
