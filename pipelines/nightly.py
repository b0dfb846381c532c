"""One night, run from the command line: the same job that Dagster schedules, with its outcome."""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError

from assets.frame import LAW_IN_FORCE, is_night
from expectations.gates import DELIVERY
from pipelines.assembly import ASSETS, basis_of, build_definitions
from pipelines.failures import NO_WORDS, known_cause, words_of_failure
from pipelines.jobs import nightly_job
from pipelines.progress import shown_progress
from pipelines.runs import RunRecord, list_runs
from pipelines.settings import Settings
from warehouse.home import Home
from warehouse.releases.release import Release, named_release, read_release
from warehouse.run_lock import only_run
from warehouse.storage import StorageError, fetch_landing

PROJECT = Path(__file__).resolve().parent.parent


class NightFailedError(Exception):
    """The night failed; the last release is untouched. The message says at which step and why."""


class NothingToRetryError(Exception):
    """The last run did not fail, or there is none."""


class UnknownNightError(Exception):
    """There is no such night: it lies before the law came into force, or in the future."""


def run_night(
    home: Home,
    *,
    landing: Path,
    as_of: date,
    settings: Settings,
    accepted: Mapping[str, str] | None = None,
    goes_on_from: RunRecord | None = None,
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
        goes_on_from: a run of the same night and basis, whose steps that were done are not done again.
        known_at: the moment up to which decisions are known, for a past night; None: all are.
        is_full: take nothing over from the night before.

    Raises:
        UnknownNightError: the date lies before the first night or after today.
        RunUnderWayError: another run is under way on the same folder of state.
        NightFailedError: a step failed, the folders of all state can't be made, or the run can't be recorded.
    """
    if not is_night(as_of):
        raise UnknownNightError(f"there is no night {as_of}: the first is {LAW_IN_FORCE}, the last that of today")
    _make_folders(home)
    with only_run(home):
        bring_deliveries(settings, landing)
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
        job, before = definitions.resolve_job_def(nightly_job.name), named_release(home)
        try:
            with instance_of(home) as instance, shown_progress(len(job.nodes)):
                result = job.execute_in_process(
                    partition_key=as_of.isoformat(),
                    instance=instance,
                    raise_on_error=False,
                    asset_selection=_left_to_do(goes_on_from) if goes_on_from else None,
                )
        except (SQLAlchemyError, OSError) as error:
            named = named_release(home)
            if named is not None and named != before:  # a record that can't be kept does not undo a publication
                return read_release(home, named)
            raise NightFailedError(f"the run can't be recorded: {known_cause(str(error)) or NO_WORDS}") from error
    if not result.success:
        raise NightFailedError(words_of_failure(result.all_events))
    return read_release(home, _published(result))


def bring_deliveries(settings: Settings, landing: Path) -> None:
    """Bring what has landed in the object store, where the settings name one.

    Raises:
        NightFailedError: the store does not answer, or a delivery changed meanwhile.
    """
    try:
        if settings.storage.landing:
            fetch_landing(settings.storage.landing, landing)
    except (StorageError, OSError) as error:
        raise NightFailedError(f"deliveries can't be brought: {error}") from error


def run_to_go_on_from(home: Home, settings: Settings, *, accepts: Collection[str] = ()) -> tuple[RunRecord, bool]:
    """The last run, and whether a new one may go on from the step that failed: nothing that it reads has changed.

    A delivery that is accepted now is read again, and all that follows.

    Raises:
        NothingToRetryError: the last run did not fail, or there is none.
        NightFailedError: see `bring_deliveries`.
    """
    runs = list_runs(home)
    if not runs or runs[-1].state in ("published", "degraded"):
        raise NothingToRetryError("the last run did not fail: there is nothing to run again")
    last = runs[-1]
    bring_deliveries(settings, Path(last.landing))
    is_same = last.basis == basis_of(Path(last.landing), settings)
    return last, is_same and not any(name.startswith(f"{DELIVERY}:") for name in accepts)


def _left_to_do(former: RunRecord) -> list[dg.AssetKey]:
    return [key for asset in ASSETS if asset.node_def.name not in former.done for key in asset.keys]


def _make_folders(home: Home) -> None:
    try:
        home.create()
    except OSError as error:
        raise NightFailedError(f"the folders of all state can't be made: {error}") from error


def name_folders(home: Home) -> None:
    """Name the folders in which Dagster finds its settings and its state, unless the environment does."""
    os.environ.setdefault("CONCORD_DAGSTER", str(home.dagster))
    os.environ.setdefault("DAGSTER_HOME", str(PROJECT))


@contextmanager
def instance_of(home: Home) -> Iterator[dg.DagsterInstance]:
    """Where Dagster records the runs of this folder of state."""
    name_folders(home)
    with dg.DagsterInstance.get() as instance:
        yield instance


def _published(result: dg.ExecuteInProcessResult) -> str:
    (materialization,) = result.asset_materializations_for_node("release")
    return str(materialization.metadata["release_id"].value)
