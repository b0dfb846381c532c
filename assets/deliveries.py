"""Which delivery of a feed counts tonight, and what it gave. No Dagster here.

A bad delivery never replaces a good one: of the files that came for a feed, landing folder and archive together,
the newest sound one is used; only if none is sound, the readable part of the newest. Every sound delivery is
archived, so that last night's stays at hand whatever the landing folder holds tonight.
"""

import calendar
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from assets.sources.contract import Delivery, Fault, Feed, Reading, Source
from warehouse.schema import Table
from warehouse.tables.raw import QUARANTINE
from warehouse.tables.register import DELIVERIES, STRAY_FEED

# The fault codes by which a delivery counts as cut short rather than unreadable.
CUT_SHORT_CODES = frozenset({"cut_short", "no_trailer", "trailer_count", "row_count"})
EMPTY_CODES = frozenset({"empty_file", "empty_delivery"})
EMPTY = Fault("empty_delivery", "The delivery holds no rows: ask the sender for it again.")


@dataclass(frozen=True)
class Arrival:
    """A delivery that was looked at tonight, what it gave, and what became of it."""

    delivery: Delivery
    state: str
    is_used: bool
    sha256: str
    reading: Reading


@dataclass(frozen=True)
class Intake:
    """All that one source brought tonight: its raw tables, quarantined rows and deliveries."""

    tables: Mapping[str, pl.DataFrame]
    quarantine: pl.DataFrame
    deliveries: pl.DataFrame


class UnbalancedDeliveryError(Exception):
    """Rows read are not rows kept + quarantined + duplicates: a reader has lost or doubled rows."""


def take_in(source: Source, *, landing: Path, archive: Path, as_of: date) -> Intake:
    """Read the deliveries of a source that count as of a date, and archive the sound ones.

    Raises:
        UnbalancedDeliveryError: a delivery's counts do not add up.
    """
    folders = (landing / source.name, archive / source.name)
    arrivals = [
        arrival for feed in source.feeds for arrival in look_at(feed, source.read, folders=folders, as_of=as_of)
    ]
    for arrival in arrivals:
        _check_balance(arrival)
        if arrival.is_used and arrival.reading.is_sound:
            _keep(arrival.delivery, archive / source.name)
    return Intake(
        tables={table.name: _gather(table, arrivals) for table in source.raw_tables},
        quarantine=pl.concat([QUARANTINE.empty(), *(_conformed(arrival) for arrival in arrivals)]),
        deliveries=_delivery_table(source, arrivals, find_strays(source, landing / source.name)),
    )


def look_at(
    feed: Feed, read: Callable[[Delivery], Reading], *, folders: tuple[Path, ...], as_of: date
) -> list[Arrival]:
    """Read deliveries of a feed from the newest back until one is sound; tell what became of each.

    A revision whose bytes equal those of an earlier revision of its date is `repeated` and not read: the earlier one
    counts, so that sending a file again changes nothing.
    """
    arrivals: list[Arrival] = []
    candidates = find_deliveries(feed, folders=folders, as_of=as_of)
    for place, delivery in enumerate(candidates):
        digest = delivery.sha256()
        if any(arrival.sha256 == digest for arrival in arrivals if arrival.state != "repeated"):
            continue
        if _has_twin(delivery, candidates[place + 1 :], digest):
            arrivals.append(Arrival(delivery, "repeated", is_used=False, sha256=digest, reading=Reading({})))
            continue
        reading = _refuse_empty(feed, read(delivery))
        if reading.is_sound:
            return [
                *arrivals,
                Arrival(delivery, _sound_state(delivery, as_of), is_used=True, sha256=digest, reading=reading),
            ]
        arrivals.append(Arrival(delivery, _unsound_state(reading), is_used=False, sha256=digest, reading=reading))
    return _use_the_newest_readable(arrivals)


def find_deliveries(feed: Feed, *, folders: tuple[Path, ...], as_of: date) -> list[Delivery]:
    """The deliveries of a feed up to a date: newest first, then highest revision, then in the order of the folders."""
    latest = _end_of_month(as_of) if feed.cadence == "month" else as_of
    found = [
        (delivery, -place)
        for place, folder in enumerate(folders)
        for path in _files(folder)
        if (delivery := recognise(feed, path)) is not None and delivery.dated_on <= latest
    ]
    found.sort(key=lambda item: (item[0].dated_on, item[0].revision, item[1]), reverse=True)
    return [delivery for delivery, _ in found]


def recognise(feed: Feed, path: Path) -> Delivery | None:
    """The delivery that a file is by its name; None if its name is not of that feed or its date is no date."""
    match = feed.pattern.fullmatch(path.name)
    if match is None:
        return None
    digits = match["date"].replace("-", "")
    try:
        first = date(int(digits[:4]), int(digits[4:6]), int(digits[6:] or 1))
    except ValueError:
        return None
    return Delivery(feed, path, first if digits[6:] else _end_of_month(first), int(match["revision"] or 1))


def find_strays(source: Source, folder: Path) -> list[Path]:
    """Files in a source's folder that belong to none of its feeds."""
    recognised = [
        delivery for path in _files(folder) for feed in source.feeds if (delivery := recognise(feed, path)) is not None
    ]
    known = {delivery.path for delivery in recognised} | {delivery.companion_path for delivery in recognised}
    return [path for path in _files(folder) if path not in known]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _has_twin(delivery: Delivery, others: Iterable[Delivery], digest: str) -> bool:
    size = delivery.path.stat().st_size
    return any(
        other.dated_on == delivery.dated_on
        and other.revision < delivery.revision
        and other.path.stat().st_size == size
        and other.sha256() == digest
        for other in others
    )


def _refuse_empty(feed: Feed, reading: Reading) -> Reading:
    """A national extract without a row is never the truth; a region's return may well be a nil return."""
    if reading.is_sound and reading.rows_read == 0 and feed.cadence == "night":
        return replace(reading, faults=(*reading.faults, EMPTY))
    return reading


def _sound_state(delivery: Delivery, as_of: date) -> str:
    """A nightly file is fresh on its date; a monthly return until the end of the month after its own."""
    if delivery.feed.cadence == "month":
        return "fresh" if delivery.dated_on >= as_of.replace(day=1) - timedelta(days=1) else "late"
    return "fresh" if delivery.dated_on == as_of else "late"


def _unsound_state(reading: Reading) -> str:
    codes = {fault.code for fault in reading.faults if fault.is_structural}
    if codes & EMPTY_CODES:
        return "empty"
    return "truncated" if codes & CUT_SHORT_CODES else "unreadable"


def _use_the_newest_readable(arrivals: list[Arrival]) -> list[Arrival]:
    """With no sound delivery at all, the readable part of the newest that has one goes on."""
    for place, arrival in enumerate(arrivals):
        if arrival.reading.rows_kept > 0:
            return [*arrivals[:place], replace(arrival, is_used=True), *arrivals[place + 1 :]]
    return arrivals


def _check_balance(arrival: Arrival) -> None:
    reading = arrival.reading
    if not reading.is_balanced:
        raise UnbalancedDeliveryError(
            f"{arrival.delivery.delivery_id}: {reading.rows_read} rows read, but {reading.rows_kept} kept, "
            f"{reading.quarantine.height} quarantined and {reading.rows_duplicate} duplicate: the reader is at fault"
        )


def _keep(delivery: Delivery, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in (delivery.companion_path, delivery.path):
        if path is not None and path.parent != folder and path.exists():
            building = folder / f".{path.name}.part"
            shutil.copyfile(path, building)
            building.replace(folder / path.name)


def _gather(table: Table, arrivals: Iterable[Arrival]) -> pl.DataFrame:
    parts = [
        arrival.reading.tables[table.name]
        for arrival in arrivals
        if arrival.is_used and table.name in arrival.reading.tables
    ]
    return pl.concat([table.empty(), *(table.conform(part) for part in parts)])


def _conformed(arrival: Arrival) -> pl.DataFrame:
    return QUARANTINE.conform(arrival.reading.quarantine)


def _delivery_table(source: Source, arrivals: list[Arrival], strays: list[Path]) -> pl.DataFrame:
    seen = {arrival.delivery.feed.name for arrival in arrivals}
    rows = [
        *(_arrival_row(arrival) for arrival in arrivals),
        *(_missing_row(feed) for feed in source.feeds if feed.name not in seen),
        *(_stray_row(source, path) for path in strays),
    ]
    return DELIVERIES.conform(pl.DataFrame(rows, schema=DELIVERIES.schema)).sort("delivery_id")


def _arrival_row(arrival: Arrival) -> dict[str, object]:
    delivery, reading = arrival.delivery, arrival.reading
    # A refused file may bear the name of the good one that stands in the archive: its digest keeps them apart.
    refused = "" if arrival.is_used else f":{arrival.sha256[:8]}"
    return {
        "delivery_id": delivery.delivery_id + refused,
        "source": delivery.feed.source,
        "feed": delivery.feed.name,
        "file_name": delivery.path.name,
        "dated_on": delivery.dated_on,
        "revision": delivery.revision,
        "sha256": arrival.sha256,
        "state": arrival.state,
        "is_used": arrival.is_used,
        "rows_read": reading.rows_read,
        "rows_kept": reading.rows_kept,
        "rows_quarantined": reading.quarantine.height,
        "rows_duplicate": reading.rows_duplicate,
        "rows_declared": reading.rows_declared,
        "faults": [fault.message for fault in reading.faults],
    }


def _missing_row(feed: Feed) -> dict[str, object]:
    message = f"No delivery of {feed.name} came and none is archived: ask the sender."
    return _nothing_read(f"{feed.name}:missing", feed.source, feed.name, "missing", message)


def _stray_row(source: Source, path: Path) -> dict[str, object]:
    message = (
        f"A file in the folder of {source.name} is named like none of its deliveries: "
        "move it to the folder of its source, or have it named by the specification."
    )
    row = _nothing_read(f"{source.name}:stray:{path.name}", source.name, STRAY_FEED, "unreadable", message)
    return row | {"file_name": path.name}


def _nothing_read(delivery_id: str, source: str, feed: str, state: str, message: str) -> dict[str, object]:
    counts = dict.fromkeys(("rows_read", "rows_kept", "rows_quarantined", "rows_duplicate"), 0)
    named = {"delivery_id": delivery_id, "source": source, "feed": feed, "state": state}
    return named | counts | {"is_used": False, "faults": [message]}
