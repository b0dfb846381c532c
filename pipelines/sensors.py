"""What starts a run besides the clock, a delivery that lands; and what is said when a run ends."""

import hashlib
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg

from assets.delivery_files import recognise
from assets.frame import NightResource, is_night
from assets.sources import find_sources
from pipelines.after_run import look_again
from pipelines.jobs import RECORDED, nightly_job
from pipelines.runs import DAGSTER, KILLED, RunRecord, read_run
from pipelines.settings import read_settings
from warehouse.disk import is_regular
from warehouse.home import Home
from warehouse.log_lines import log_event
from warehouse.object_store import StorageError
from warehouse.storage import fetch_landing

# A file that was written to within these seconds may still be on its way.
SETTLE_SECONDS = 30


@dg.sensor(
    job=nightly_job,
    minimum_interval_seconds=60,
    description="Starts the newest night again when a delivery has landed since it was last looked at.",
)
def delivery_sensor(context: dg.SensorEvaluationContext, night: NightResource) -> dg.SensorResult | dg.SkipReason:
    """Ask for the newest night for which files have come, once for each state of the landing folder."""
    try:
        fetch_landing(night.landing_url, night.landing)
    except (StorageError, OSError) as error:
        return dg.SkipReason(f"Deliveries can't be brought: {error}")
    files = landed_files(night.landing)
    if not files:
        return dg.SkipReason("No delivery has landed.")
    if any(time.time() - path.stat().st_mtime < SETTLE_SECONDS for path in files):
        return dg.SkipReason("A delivery is still being written.")
    listing = listing_digest(files)
    newest = max(_nights(files), default=None)
    if listing == context.cursor or newest is None or not is_night(newest):
        return dg.SkipReason("Nothing has landed since the last look.")
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
    found = [night for night in _nights(landed_files(Home(home).archive) + landed_files(landing)) if is_night(night)]
    return min(found, default=datetime.now(UTC).date() - timedelta(days=31))


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


def _nights(files: list[Path]) -> list[date]:
    feeds = [feed for source in find_sources() for feed in source.feeds if feed.cadence == "night"]
    return [
        delivery.dated_on
        for path in files
        for feed in feeds
        if feed.source == path.parent.name and (delivery := recognise(feed, path)) is not None
    ]
