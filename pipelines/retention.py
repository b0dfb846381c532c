"""What is no longer kept: state of nights that are older than `[retention]` allows, and that nothing rests on.

Belongs here: finding it, and removing it whole or not at all. Does not: when (`pipelines.after_run`), removing one
person (`concord erase`).
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from assets.delivery_files import recognise
from assets.sources import find_sources
from assets.sources.contract import Delivery
from pipelines.runs import list_runs
from pipelines.settings import RetentionSettings
from warehouse.dated_folders import BUILDING
from warehouse.disk import sync
from warehouse.home import Home
from warehouse.releases.release import Release, current_release, list_releases, release_before
from warehouse.run_lock import only_run
from warehouse.store import remove_unfinished


@dataclass(frozen=True)
class Outdated:
    """State that is kept no longer.

    Attributes:
        kind: tables, archive, quarantine, releases or runs.
        path: a file or a folder.
        night: its night, or the date of the delivery.
        size: bytes.
    """

    kind: str
    path: Path
    night: date
    size: int


def find_outdated(home: Home, settings: RetentionSettings) -> list[Outdated]:
    """All that is kept no longer, by kind and night; nothing before the first release.

    Raises:
        LookupError: a release can't be read: what rests on it is not known.
    """
    release = current_release(home)
    if release is None:
        return []
    releases, runs = list_releases(home), list_runs(home, skip_unreadable=True)
    last_night = runs[-1].night if runs else None
    kept = [one for one in releases if not _is_outdated_release(home, settings, one, release)]
    needed = {name for one in kept for name in one.manifest.get("inputs", {})}
    found = {
        "releases": ((one.path, one.as_of) for one in releases if one not in kept),
        "archive": _files_of(one for one in archived_in(home) if one.delivery_id not in needed),
        "tables": (one for one in dated(home.tables) if one[1].isoformat() != last_night),
        "quarantine": [
            *dated(home.quarantine),
            *_files_of(deliveries_in(home.quarantine / "deliveries", "*/*")),
        ],
        "runs": _runs(home),
    }
    return [
        Outdated(kind, path, night, sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file()))
        for kind, candidates in sorted(found.items())
        for path, night in sorted(set(candidates))
        if _is_older(night, getattr(settings, kind), release)
    ]


def prune(home: Home, outdated: list[Outdated]) -> None:
    """Remove it, and what killed runs left unfinished, while the caller keeps runs off."""
    remove_unfinished(home.tables)
    for abandoned in home.tables.glob(f"{BUILDING}*"):
        shutil.rmtree(abandoned)
    for one in outdated:
        path = one.path
        if path.is_dir():
            path = path.rename(path.with_name(f"{BUILDING}{path.name}"))
            shutil.rmtree(path)
        else:
            path.unlink()
    for folder in {one.path.parent for one in outdated}:
        is_emptied = folder.parent != home.path and not any(folder.iterdir())
        if is_emptied:
            folder.rmdir()
        sync(folder.parent if is_emptied else folder)


def prune_outdated(home: Home, settings: RetentionSettings) -> list[Outdated]:
    """Remove what is kept no longer; what it was.

    Raises:
        RunUnderWayError: a run is under way.
        LookupError: a release can't be read.
    """
    with only_run(home):
        outdated = find_outdated(home, settings)
        prune(home, outdated)
    return outdated


def _is_older(night: date, days: int | None, release: Release) -> bool:
    return days is not None and night < release.as_of - timedelta(days=days)


def _is_outdated_release(home: Home, settings: RetentionSettings, one: Release, release: Release) -> bool:
    before = release_before(home, release.as_of)
    needed = {release.release_id, release.follows, before.release_id if before else None}
    return one.release_id not in needed and _is_older(one.as_of, settings.releases, release)


def dated(folder: Path) -> Iterator[tuple[Path, date]]:
    """Files and folders that are named by their night."""
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            yield path, date.fromisoformat(path.stem)
        except ValueError:  # a file that Concord did not make
            continue


def _runs(home: Home) -> Iterator[tuple[Path, date]]:
    for run in list_runs(home, skip_unreadable=True)[:-1]:
        if run.night:
            yield home.runs / f"{run.run_id}.json", date.fromisoformat(run.night)


def _files_of(deliveries: Iterable[Delivery]) -> Iterator[tuple[Path, date]]:
    """Each file by itself: those of one content lie in one folder, whatever their dates."""
    return ((file, delivery.dated_on) for delivery in deliveries for file in delivery.files)


def archived_in(home: Home) -> Iterator[Delivery]:
    """The archived deliveries; after them those whose name came again with other bytes."""
    yield from deliveries_in(home.archive, "*")
    yield from deliveries_in(home.archive, "*/*")


def deliveries_in(folder: Path, files: str) -> Iterator[Delivery]:
    """The deliveries below a folder with a folder for each source."""
    for source in find_sources():
        for path in (folder / source.name).glob(files):
            found = (recognise(feed, path) for feed in source.feeds)
            yield from (delivery for delivery in found if delivery is not None)
