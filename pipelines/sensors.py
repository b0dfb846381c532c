"""What starts a run besides the clock, a delivery that lands; and what is said when a run ends."""

import hashlib
import time
from datetime import date, timedelta
from pathlib import Path

import dagster as dg

from assets.account import shown_name
from assets.delivery_files import recognise
from assets.frame import NightResource, is_night
from assets.sources import find_sources
from assets.sources.contract import Delivery
from pipelines.after_run import look_again
from pipelines.jobs import RECORDED, nightly_job
from pipelines.runs import DAGSTER, KILLED, RunRecord, read_run
from pipelines.settings import read_settings
from warehouse.disk import is_regular
from warehouse.home import Home
from warehouse.log_lines import log_event
from warehouse.object_store import StorageError
from warehouse.storage import fetch_landing
from warehouse.time_zone import today

# A file that was written to within these seconds may still be on its way.
SETTLE_SECONDS = 30


@dg.sensor(
    job=nightly_job,
    minimum_interval_seconds=60,
    description="Starts the newest night again when a delivery has landed since it was last looked at.",
)
def delivery_sensor(context: dg.SensorEvaluationContext, night: NightResource) -> dg.SensorResult | dg.SkipReason:
    """Ask for the newest night for which files have come, once for each state of the landing folder.

    A file of a day that has not begun is named, and counts from that day on.
    """
    try:
        fetch_landing(night.landing_url, night.landing)
    except (StorageError, OSError) as error:
        return dg.SkipReason(f"Deliveries can't be brought: {error}")
    landed = landed_files(night.landing)
    early = [delivery.path for delivery in _nightly(landed) if not is_night(delivery.dated_on)]
    files = [path for path in landed if path not in early]
    named = (
        f" Dated in the future or before the law, so left alone: {', '.join(map(shown_name, early))}." if early else ""
    )
    if not files:
        return dg.SkipReason(f"No delivery has landed.{named}")
    if any(time.time() - path.stat().st_mtime < SETTLE_SECONDS for path in files):
        return dg.SkipReason("A delivery is still being written.")
    listing = listing_digest(files)
    newest = max((delivery.dated_on for delivery in _nightly(files)), default=None)
    if listing == context.cursor or newest is None:
        return dg.SkipReason(f"Nothing has landed since the last look.{named}")
    if named:
        context.log.warning(named.strip())
    request = dg.RunRequest(run_key=f"{newest}:{listing}", partition_key=newest.isoformat(), run_config=RECORDED)
    return dg.SensorResult(run_requests=[request], cursor=listing)


def landed_files(landing: Path) -> list[Path]:
    """The files in the sources' folders, in order of name."""
    folders = [landing / source.name for source in find_sources()]
    return sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir() if is_regular(path))


def listing_digest(files: list[Path]) -> str:
    """Digest of the names, sizes and times of the files."""
    lines = (f"{path.parent.name}/{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def first_night(home: Path, landing: Path) -> date:
    """The date of the first nightly delivery that is kept or has landed; that of a month ago if there is none yet."""
    found = (delivery.dated_on for delivery in _nightly(landed_files(Home(home).archive) + landed_files(landing)))
    return min(filter(is_night, found), default=today() - timedelta(days=31))


@dg.run_failure_sensor(monitored_jobs=[nightly_job], default_status=dg.DefaultSensorStatus.RUNNING)
def failed_night(context: dg.RunFailureSensorContext, night: NightResource) -> None:
    """Say which night failed and why, in the record's words, and alert: a killed run could not do so itself."""
    run = read_run(night.state, context.dagster_run.run_id)
    cause = run.cause if run and run.cause else KILLED
    context.log.error("night %s failed, the last release is untouched: %s", context.partition_key, cause)
    log_event("night_failed", night=context.partition_key, run=context.dagster_run.run_id, cause=cause)
    _look_again(night, run)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly_job],
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def published_night(context: dg.RunStatusSensorContext, night: NightResource) -> None:
    """Say which release a night published, and whether it is degraded."""
    run = read_run(night.state, context.dagster_run.run_id)
    if run is not None:
        context.log.info("night %s: %s, %s", run.night, run.release_id, run.state)
        log_event("night_published", night=run.night, release=run.release_id, state=run.state)
    _look_again(night, run)


def _look_again(night: NightResource, run: RunRecord | None) -> None:
    """A night by the command line does it itself, unless it was killed."""
    if run is None or run.started_by == DAGSTER or run.state == "killed":
        look_again(night.state, read_settings(night.home))


def _nightly(files: list[Path]) -> list[Delivery]:
    """The deliveries that each are of a night."""
    feeds = [feed for source in find_sources() for feed in source.feeds if feed.cadence == "night"]
    found = (recognise(feed, path) for path in files for feed in feeds if feed.source == path.parent.name)
    return [delivery for delivery in found if delivery is not None]
