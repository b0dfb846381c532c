"""One night, run from the command line: the same job that Dagster schedules, with its outcome."""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import dagster as dg
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from assets.frame import is_night
from expectations.gates import DELIVERY
from pipelines.assembly import ASSETS, basis_of, build_definitions
from pipelines.failures import NO_WORDS, known_cause, words_of_failure
from pipelines.jobs import nightly_job
from pipelines.progress import shown_progress
from pipelines.runs import COMMAND_LINE, RunRecord, RunState, close_run, list_runs
from pipelines.settings import Settings, SettingsError
from reconciliation.statutes import FIRST_ORDER_ON
from warehouse.home import Home
from warehouse.log_lines import log_event
from warehouse.object_store import StorageError
from warehouse.processes import own_mark
from warehouse.releases.release import Release, named_release, read_release
from warehouse.run_lock import only_run
from warehouse.server_url import lack_of_protection
from warehouse.storage import fetch_landing

PROJECT = Path(__file__).resolve().parent.parent
DATABASE_URL = "CONCORD_DAGSTER_URL"


class NightFailedError(Exception):
    """The night failed; the last release is untouched. The message says at which step and why."""


class NothingToRetryError(Exception):
    """The last run did not fail, or there is none."""


class UnsafeDatabaseError(Exception):
    """The URL of Dagster's database can't be read, or says nothing of how the way there is protected."""


class UnknownNightError(Exception):
    """There is no such night: it lies before the law came into force, or in the future."""


def run_night(
    home: Home,
    *,
    landing: Path,
    as_of: date,
    settings: Settings,
    accepted: Mapping[str, str] | None = None,
    retry_of: RunRecord | None = None,
    known_at: datetime | None = None,
    is_full: bool = False,
) -> Release:
    """Run the nightly job for a date; the release it published, or found to be published already.

    Args:
        home: the folder of all state.
        landing: the folder in which the sources' folders lie.
        as_of: the night.
        settings: in force.
        accepted: why an operator accepts what a gate refuses, by the name of the gate.
        retry_of: the run of that night that failed: what it did is not done again if nothing that it read has changed.
        known_at: the moment up to which decisions are known, for a past night; None: all are.
        is_full: take nothing over from the night before.

    Raises:
        UnknownNightError: the date lies before the first night or after today.
        RunUnderWayError: another run is under way on the same folder of state.
        NightFailedError: a step failed, the folders of all state can't be made, or the run can't be recorded.
    """
    require_night(as_of)
    try:
        home.create()
    except OSError as error:
        raise NightFailedError(f"the folders of all state can't be made: {error}") from error
    now = datetime.now(UTC).isoformat(timespec="seconds")
    begun = RunRecord(str(uuid4()), as_of.isoformat(), COMMAND_LINE, "", str(landing), now, process=own_mark())
    with only_run(home):
        try:
            _bring_deliveries(settings, landing)
            done = done_already(retry_of, basis_of(landing, settings), accepted or {})
            definitions = build_definitions(
                home.path,
                landing,
                settings,
                accepted=accepted,
                known_at=known_at,
                is_locked=True,
                is_full=is_full,
                first_night=as_of,
            )
            release = _publish(home, definitions, as_of, done)
        except NightFailedError as error:
            close_run(home, replace(begun, state="failed", cause=str(error)))
            raise
        state: RunState = "degraded" if release.state == "degraded" else "published"
        close_run(home, replace(begun, state=state, release_id=release.release_id))
        return release


def require_night(as_of: date) -> None:
    """Refuse a day that is no night.

    Raises:
        UnknownNightError: the date lies before the first night or after today.
    """
    if not is_night(as_of):
        raise UnknownNightError(f"there is no night {as_of}: the first is {FIRST_ORDER_ON}, the last that of today")


def _publish(home: Home, definitions: dg.Definitions, as_of: date, done: frozenset[str]) -> Release:
    """Run the nightly job; raises as `run_night`."""
    job, before = definitions.resolve_job_def(nightly_job.name), named_release(home)
    try:
        with instance_of(home) as instance, shown_progress(len(job.nodes) - len(done)):
            result = job.execute_in_process(
                partition_key=as_of.isoformat(),
                instance=instance,
                raise_on_error=False,
                asset_selection=_left_to_do(done) if done else None,
            )
    except (UnsafeDatabaseError, SettingsError) as error:
        raise NightFailedError(str(error)) from error
    except (SQLAlchemyError, OSError) as error:
        named = named_release(home)
        if named is not None and named != before:  # a record that can't be kept does not undo a publication
            return read_release(home, named)
        raise NightFailedError(f"the run can't be recorded: {known_cause(str(error)) or NO_WORDS}") from error
    if not result.success:
        raise NightFailedError(words_of_failure(result.all_events))
    (materialization,) = result.asset_materializations_for_node("release")
    return read_release(home, str(materialization.metadata["release_id"].value))


def run_to_retry(home: Home) -> RunRecord:
    """The last run, which failed or was killed.

    Raises:
        NothingToRetryError: the last run did not fail, or there is none.
    """
    runs = list_runs(home)
    if not runs or runs[-1].state in ("published", "degraded"):
        raise NothingToRetryError("the last run did not fail: there is nothing to run again")
    return runs[-1]


def _bring_deliveries(settings: Settings, landing: Path) -> None:
    try:
        fetch_landing(settings.storage.landing, landing)
    except (StorageError, OSError) as error:
        raise NightFailedError(f"deliveries can't be brought: {error}") from error


def done_already(retry_of: RunRecord | None, basis: str, accepts: Collection[str]) -> frozenset[str]:
    """Steps that are not done again: none if what they read has changed, or a delivery is accepted only now."""
    if retry_of is None:
        return frozenset()
    is_same = retry_of.basis == basis and not any(name.startswith(f"{DELIVERY}:") for name in accepts)
    done = frozenset(retry_of.done if is_same else ())
    log_event("night_retried", night=retry_of.night, steps_done_already=len(done))
    return done


def _left_to_do(done: Collection[str]) -> list[dg.AssetKey]:
    return [key for asset in ASSETS if asset.node_def.name not in done for key in asset.keys]


def name_folders(home: Home) -> None:
    """Name the folders in which Dagster finds its settings and its state, unless the environment does.

    Raises:
        SettingsError: what the environment names is no folder.
    """
    os.environ.setdefault("CONCORD_DAGSTER", str(home.dagster))
    settings = Path(os.environ.setdefault("DAGSTER_HOME", str(PROJECT)))
    if not settings.is_absolute() or not settings.is_dir():
        raise SettingsError(
            f"DAGSTER_HOME: {settings} is no folder, named by its whole path: name the one that holds dagster.yaml"
        )


def check_database() -> None:
    """Refuse a database of Dagster's whose connection is not protected.

    Raises:
        UnsafeDatabaseError: Dagster's settings are those of service, and the URL of their database will not do.
    """
    url = os.environ.get(DATABASE_URL)
    if url is None or os.environ["DAGSTER_HOME"] == str(PROJECT):  # whose settings keep runs in files
        return
    try:
        lack = lack_of_protection(sa.make_url(url), what="Dagster's database")
    except ArgumentError as error:
        raise UnsafeDatabaseError(f"{DATABASE_URL} can't be read: expected postgresql://…") from error
    if lack is not None:
        raise UnsafeDatabaseError(f"{DATABASE_URL}: {lack}")


@contextmanager
def instance_of(home: Home) -> Iterator[dg.DagsterInstance]:
    """Where Dagster records the runs of this folder of state."""
    name_folders(home)
    check_database()
    with dg.DagsterInstance.get() as instance:
        yield instance
