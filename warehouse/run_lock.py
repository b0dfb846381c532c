"""The lock on a folder of state: nights, rollbacks and changes of models exclude one another.

Belongs here: the lock, which ends with the process that holds it. Does not: what is done under it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.home import Home

LOCK = "run.lock"


class RunUnderWayError(Exception):
    """Another run holds this folder of state."""


@contextmanager
def only_run(home: Home) -> Iterator[None]:
    """Keep every other run off a folder of state, whether the command line or Dagster starts it.

    Raises:
        RunUnderWayError: another run is under way on it.
        OSError: its folders can't be made.
    """
    home.create()
    with (home.path / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunUnderWayError(f"another run is under way in {home.path}: wait for it to end") from error
        home.close_to_others()
        yield
