"""The files that came for a feed: found by their names, known by their bytes.

Belongs here: finding and recognising. Does not: reading them, or which of them counts (`assets.deliveries`).
"""

import calendar
from datetime import date, timedelta
from pathlib import Path

from assets.sources.contract import Delivery, Feed, Source
from warehouse.disk import is_regular, regular_digest

HIGHEST_REVISION = 9_999
# A late delivery is better than none, but one older than this is out of date: the feed counts as missing.
OLDEST = {"night": timedelta(days=31), "month": timedelta(days=186)}


def find_deliveries(feed: Feed, *, folders: tuple[Path, ...], as_of: date) -> list[Delivery]:
    """The deliveries of a feed up to a date and not too old: newest first, then highest revision, then by folder."""
    latest = end_of_month(as_of) if feed.cadence == "month" else as_of
    oldest = as_of - OLDEST[feed.cadence]
    found = [
        (delivery, -place)
        for place, folder in enumerate(folders)
        for path in _files(folder)
        if (delivery := recognise(feed, path)) is not None and oldest <= delivery.dated_on <= latest
    ]
    found.sort(key=lambda item: (item[0].dated_on, item[0].revision, item[1]), reverse=True)
    return [delivery for delivery, _ in found]


def recognise(feed: Feed, path: Path) -> Delivery | None:
    """The delivery that a file is by its name; None if its name is not of that feed, or holds no date or revision."""
    match = feed.pattern.fullmatch(path.name)
    revision = int(match["revision"] or 1) if match else 0
    if match is None or not 1 <= revision <= HIGHEST_REVISION:
        return None
    digits = match["date"].replace("-", "")
    try:
        first = date(int(digits[:4]), int(digits[4:6]), int(digits[6:] or 1))
    except ValueError:
        return None
    return Delivery(feed, path, first if digits[6:] else end_of_month(first), revision)


def find_strays(source: Source, folder: Path) -> list[Path]:
    """Files in a source's folder that belong to none of its feeds, and what is named like a delivery but is not one."""
    recognised = [
        delivery for path in _files(folder) for feed in source.feeds if (delivery := recognise(feed, path)) is not None
    ]
    known = {delivery.path for delivery in recognised} | {delivery.companion_path for delivery in recognised}
    no_files = [
        path
        for path in sorted(folder.glob("*"))
        if not is_regular(path)
        and (not path.is_dir() or path.is_symlink() or any(recognise(feed, path) for feed in source.feeds))
    ]
    return [*(path for path in _files(folder) if path not in known), *no_files]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if is_regular(path)) if folder.is_dir() else []


def end_of_month(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def digest_of(path: Path) -> str | None:
    """SHA-256 of a file's bytes; none if it is not there or cannot be read."""
    try:
        return regular_digest(path)
    except OSError:
        return None


def file_digests(delivery: Delivery) -> tuple[str | None, ...]:
    """Digests of a delivery's file and of its companion; none for what is not there or cannot be read."""
    companion = delivery.companion_path
    paths = (delivery.path, companion) if companion else (delivery.path,)
    return tuple(digest_of(path) for path in paths)
