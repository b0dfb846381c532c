"""What starts a run besides the clock: a delivery that lands."""

import hashlib
import time
from datetime import date
from pathlib import Path

import dagster as dg

from assets.delivery_files import recognise
from assets.frame import NIGHTS, NightResource
from assets.sources import find_sources
from pipelines.jobs import RECORDED, nightly_job
from warehouse.disk import is_regular

# A file that was written to within these seconds may still be on its way.
SETTLE_SECONDS = 30


@dg.sensor(
    job=nightly_job,
    minimum_interval_seconds=60,
    description="Starts the newest night again when a delivery has landed since it was last looked at.",
)
def delivery_sensor(context: dg.SensorEvaluationContext, night: NightResource) -> dg.SensorResult | dg.SkipReason:
    """Ask for the newest night for which files have come, once for each state of the landing folder."""
    files = landed_files(night.landing)
    if not files:
        return dg.SkipReason("No delivery has landed.")
    if any(time.time() - path.stat().st_mtime < SETTLE_SECONDS for path in files):
        return dg.SkipReason("A delivery is still being written.")
    listing = listing_digest(files)
    newest = newest_night(files)
    if listing == context.cursor or newest is None or newest.isoformat() not in NIGHTS.get_partition_keys():
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


def newest_night(files: list[Path]) -> date | None:
    """The newest date among the nightly deliveries."""
    feeds = [feed for source in find_sources() for feed in source.feeds if feed.cadence == "night"]
    dates = [
        delivery.dated_on
        for path in files
        for feed in feeds
        if feed.source == path.parent.name and (delivery := recognise(feed, path)) is not None
    ]
    return max(dates, default=None)
