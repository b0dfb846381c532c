"""One night, run from the command line: the same job that Dagster schedules, with its outcome."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg

from pipelines.definitions import build_definitions
from pipelines.jobs import nightly_job
from pipelines.progress import shown_progress
from pipelines.settings import Settings
from warehouse.home import Home
from warehouse.releases import Release, current_release

PROJECT = Path(__file__).resolve().parent.parent


class NightFailedError(Exception):
    """The night failed; the last release is untouched. The message says at which step and why."""


class NightUnderWayError(Exception):
    """Another run holds this folder of state."""


@dataclass(frozen=True)
class Outcome:
    """What a night came to: the release it published or found unchanged, and Dagster's id of the run."""

    release: Release
    run_id: str


def run_night(home: Home, *, landing: Path, as_of: date, settings: Settings) -> Outcome:
    """Run the nightly job for a date.

    Raises:
        NightUnderWayError: another run is under way on the same folder of state.
        NightFailedError: a step failed.
    """
    with _only_run(home):
        job = build_definitions(home.path, landing, settings).resolve_job_def(nightly_job.name)
        with _instance(home) as instance, shown_progress(len(job.nodes)):
            result = job.execute_in_process(
                partition_key=as_of.isoformat(),
                instance=instance,
                raise_on_error=False,
                run_config={"loggers": {"concord": {}}},
            )
    if not result.success:
        raise NightFailedError(_first_failure(result))
    release = current_release(home)
    if release is None:
        raise NightFailedError("the run ended without a release")
    return Outcome(release, result.run_id)


@contextmanager
def _only_run(home: Home) -> Iterator[None]:
    home.create()
    with (home.path / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NightUnderWayError(f"another run is under way in {home.path}: wait for it to end") from error
        yield


@contextmanager
def _instance(home: Home) -> Iterator[dg.DagsterInstance]:
    os.environ.setdefault("CONCORD_DAGSTER", str(home.dagster))
    with dg.DagsterInstance.from_config(str(PROJECT)) as instance:
        yield instance


def _first_failure(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            return f"step {event.step_key}: {error.message.strip() if error else 'no reason given'}"
    return "the run failed before its first step"
