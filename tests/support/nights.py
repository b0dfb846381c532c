"""Nights for tests of several folders: run quickly in this process, and published once for all workers.

Belongs here: how a night is run in a test, and the published nights that tests share. Does not: what a night must do.
"""

import fcntl
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.event_api import EventRecordsResult
from dagster._core.storage.event_log import InMemoryEventLogStorage
from typer.testing import CliRunner, Result

from cli.main import app
from expectations.gx import Validator
from pipelines.nightly import run_night
from pipelines.runs import RunRecord
from pipelines.settings import read_settings
from samples.nights import write_nights
from warehouse.home import Home
from warehouse.releases.release import Release

CONCORD = Path(sys.executable).with_name("concord")
NIGHT = date(2026, 11, 20)
SERIES = (date(2026, 10, 31), date(2026, 11, 10), NIGHT)


class NoEventLog(InMemoryEventLogStorage):
    """Keeps no event of a run: no step of a night reads them, and to keep them takes a third of a small night."""

    def store_event(self, event: object) -> None:
        """Keep nothing."""

    def fetch_materializations(self, *args: object, **kwargs: object) -> EventRecordsResult:
        """No table was ever made."""
        return EventRecordsResult([], cursor="", has_more=False)

    fetch_observations = fetch_materializations


@contextmanager
def quickly() -> Iterator[None]:
    """Nights run inside leave no records in Dagster: a third of the time of a small one.

    What the release holds does not depend on it. `concord` runs a night as an operator does.
    """

    @contextmanager
    def without_records(home: Home) -> Iterator[dg.DagsterInstance]:
        with dg.DagsterInstance.ephemeral() as instance:
            instance._event_storage = NoEventLog()
            instance._event_storage.register_instance(instance)
            yield instance

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.nightly.instance_of", without_records)
        yield


def nightly(
    home: Path,
    landing: Path,
    as_of: date,
    *,
    accepted: Mapping[str, str] | None = None,
    retry_of: RunRecord | None = None,
) -> Release:
    """Run a night in this process, quickly."""
    with quickly():
        return run_night(
            Home(home),
            landing=landing,
            as_of=as_of,
            settings=read_settings(home),
            accepted=accepted,
            retry_of=retry_of,
        )


def command(*words: object, home: Path) -> Result:
    """Run a command in this process, quickly: what it printed and its exit code."""
    unset = dict.fromkeys(("CONCORD_DAGSTER", "CONCORD_LEDGER"))
    with quickly():
        return CliRunner().invoke(app, [*map(str, words), "--home", str(home)], env=unset)


def concord(*words: object, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does, in a process of its own, which lets everybody read what it makes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD")}
    arguments = [CONCORD, *map(str, words), "--home", home]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False, umask=0)


def open_to_others(folder: Path) -> list[str]:
    """What others than its owner have any right on."""
    return [str(path) for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def copy_of(folder: Path, to: Path) -> Path:
    """A copy of a shared folder, to write into."""
    return Path(shutil.copytree(folder, to))


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Makes a folder once for all workers: `made_once("name", make)`. Nobody may write into it afterwards."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    shared.mkdir(exist_ok=True)

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def one_night(made_once) -> Path:
    """The folder of one night, run by `concord nightly`: `landing`, `truth`, `home`, and what it said."""

    def make(folder: Path) -> None:
        write_nights(folder, orders=80, seed=5, as_of=NIGHT)
        said = command("nightly", "--landing", folder / "landing", "--as-of", NIGHT, home=folder / "home")
        assert said.exit_code == 3, said.stderr
        (folder / "stdout").write_text(said.stdout)
        (folder / "stderr").write_text(said.stderr)

    return made_once("one_night", make)


@pytest.fixture(scope="session")
def three_nights(made_once) -> Path:
    """The folder of three nights of a world that grows and changes; `first` is the home after the first of them.

    An order ends between the first and the last of them.
    """

    def make(folder: Path) -> None:
        write_nights(folder, orders=50, seed=11, nights=len(SERIES), as_of=SERIES[-1])
        for number, night in enumerate(SERIES, start=1):
            nightly(folder / "home", folder / f"night-{number}" / "landing", night)
            if number == 1:
                copy_of(folder / "home", folder / "first")

    return made_once("three_nights", make)


@pytest.fixture(scope="session", autouse=True)
def worker_ends() -> Iterator[None]:
    """The worker that validated the nights of this process ends with it."""
    yield
    Validator.close_shared()
