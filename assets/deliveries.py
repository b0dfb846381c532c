"""Which delivery of a feed counts tonight, and what it gave. No Dagster here.

A bad delivery never replaces a good one: of the files that came for a feed, landing folder and archive together,
the newest sound one is used; only if none is sound, the readable part of the newest. Every sound delivery is
archived, so that last night's stays at hand whatever the landing folder holds tonight.
"""

import calendar
import hashlib
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from assets.account import Arrival, account_for_deliveries, shown_name
from assets.sources.contract import Delivery, Fault, Feed, Reading, Source
from warehouse.schema import Table
from warehouse.tables.raw import NO_RECORD_REASONS, QUARANTINE

# The fault codes by which a delivery counts as cut short rather than unreadable.
CUT_SHORT_CODES = frozenset({"cut_short", "no_trailer", "trailer_count", "row_count"})
EMPTY_CODES = frozenset({"empty", "empty_file", "empty_delivery"})
EMPTY = Fault("empty_delivery", "The delivery holds no rows: ask the sender for it again.")
# Above this share of rows put aside a delivery is spoilt, or another file: it must not replace a sound one.
MOST_REFUSED = 0.5
HIGHEST_REVISION = 9_999
# A late delivery is better than none, but one older than this is out of date: the feed counts as missing.
OLDEST = {"night": timedelta(days=31), "month": timedelta(days=186)}


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
            _keep(arrival, archive / source.name)
    return Intake(
        tables={table.name: _gather(table, arrivals) for table in source.raw_tables},
        quarantine=pl.concat([QUARANTINE.empty(), *(_conformed(arrival) for arrival in arrivals)]),
        deliveries=account_for_deliveries(source, arrivals, find_strays(source, landing / source.name)),
    )


def look_at(
    feed: Feed, read: Callable[[Delivery], Reading], *, folders: tuple[Path, ...], as_of: date
) -> list[Arrival]:
    """Read deliveries of a feed from the newest back until one is sound, with what became of each.

    A revision whose bytes, and whose companion's, equal those of an earlier revision of its date is `repeated` and not
    read: the earlier one counts, so that sending a file again changes nothing.
    """
    arrivals: list[Arrival] = []
    candidates = find_deliveries(feed, folders=folders, as_of=as_of)
    seen: set[tuple[str | None, ...]] = set()
    for place, delivery in enumerate(candidates):
        digests = _digests(delivery)
        if digests[0] and digests in seen:
            continue
        if digests[0] and _has_twin(delivery, candidates[place + 1 :], digests):
            arrivals.append(Arrival(delivery, "repeated", is_used=False, sha256=digests[0], reading=Reading({})))
            continue
        seen.add(digests)
        reading = _refuse_spoilt(feed, _read_or_report(read, delivery))
        if reading.is_sound:
            used = Arrival(delivery, _sound_state(delivery, as_of), is_used=True, sha256=digests[0], reading=reading)
            return [*arrivals, used, *_find_rivals(used, candidates[place + 1 :])]
        arrivals.append(Arrival(delivery, _unsound_state(reading), is_used=False, sha256=digests[0], reading=reading))
    return _use_the_newest_readable(arrivals)


def find_deliveries(feed: Feed, *, folders: tuple[Path, ...], as_of: date) -> list[Delivery]:
    """The deliveries of a feed up to a date and not too old: newest first, then highest revision, then by folder."""
    latest = _end_of_month(as_of) if feed.cadence == "month" else as_of
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
    return Delivery(feed, path, first if digits[6:] else _end_of_month(first), revision)


def find_strays(source: Source, folder: Path) -> list[Path]:
    """Files in a source's folder that belong to none of its feeds, and what is named like a delivery but is no file."""
    recognised = [
        delivery for path in _files(folder) for feed in source.feeds if (delivery := recognise(feed, path)) is not None
    ]
    known = {delivery.path for delivery in recognised} | {delivery.companion_path for delivery in recognised}
    no_files = [path for path in sorted(folder.glob("*")) if not path.is_file() and _is_named_by(source, path)]
    return [*(path for path in _files(folder) if path not in known), *no_files]


def _is_named_by(source: Source, path: Path) -> bool:
    return any(recognise(feed, path) for feed in source.feeds)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _digest_of(path: Path) -> str | None:
    """SHA-256 of a file's bytes; none if it is not there or cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _digests(delivery: Delivery) -> tuple[str | None, ...]:
    """Digests of a delivery's file and of its companion; none for what is not there or cannot be read."""
    companion = delivery.companion_path
    paths = (delivery.path, companion) if companion else (delivery.path,)
    return tuple(_digest_of(path) for path in paths)


def _has_twin(delivery: Delivery, others: Iterable[Delivery], digests: tuple[str | None, ...]) -> bool:
    return any(
        other.dated_on == delivery.dated_on and other.revision < delivery.revision and _digests(other) == digests
        for other in others
    )


def _find_rivals(used: Arrival, others: Iterable[Delivery]) -> list[Arrival]:
    """Other files of the same folder, date and revision with other content: which one counts is not known."""
    delivery = used.delivery
    fault = Fault(
        "same_revision",
        f"Another file of the same date and revision was used, {shown_name(delivery.path)}. "
        "Ask the sender which one counts, and give that one a higher revision.",
    )
    return [
        Arrival(other, "unreadable", is_used=False, sha256=digest, reading=Reading({}, faults=(fault,)))
        for other in others
        if (other.dated_on, other.revision, other.path.parent)
        == (delivery.dated_on, delivery.revision, delivery.path.parent)
        and (digest := _digest_of(other.path)) != used.sha256
    ]


def _read_or_report(read: Callable[[Delivery], Reading], delivery: Delivery) -> Reading:
    """What a delivery gave; that it cannot be opened, or read to its end, is a fault of its own and not the night's."""
    try:
        return read(delivery)
    except OSError as error:
        message = (
            f"The file cannot be read ({error.strerror}). Look at its permissions and at the disk, then run again."
        )
        return Reading({}, faults=(Fault("not_readable", message),))


def _refuse_spoilt(feed: Feed, reading: Reading) -> Reading:
    """A delivery most of whose rows had to be put aside is unsound.

    So is a national extract without a row; a region's return may well be a nil return.
    """
    faults = []
    if reading.is_sound and reading.rows_read == 0 and feed.cadence == "night":
        faults.append(EMPTY)
    unread = reading.quarantine.filter(~pl.col("reason_code").is_in(NO_RECORD_REASONS))
    if unread.height > MOST_REFUSED * reading.rows_read:
        reasons = unread.get_column("reason_code").value_counts(sort=True)
        message = (
            f"{unread.height:,} of {reading.rows_read:,} rows could not be read, most often because of "
            f"`{reasons.item(0, 'reason_code')}`. Look at the reasons in the quarantine, check which file was sent, "
            "and ask the sender for the right one."
        )
        faults.append(Fault("mostly_unreadable", message))
    return replace(reading, faults=(*reading.faults, *faults))


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


def _keep(arrival: Arrival, folder: Path) -> None:
    """Archive a delivery with its companion, unless its sender has begun to write over it since it was read."""
    delivery = arrival.delivery
    if delivery.path.parent == folder:
        return
    folder.mkdir(parents=True, exist_ok=True)
    paths = [path for path in (delivery.companion_path, delivery.path) if path is not None and path.exists()]
    copies = {path: folder / f".{path.name}.part" for path in paths}
    try:
        digests = {path: _digest_of(Path(shutil.copyfile(path, copy))) for path, copy in copies.items()}
        if digests.get(delivery.path) == arrival.sha256:
            for path, copy in copies.items():
                copy.replace(folder / path.name)
    finally:
        for copy in copies.values():
            copy.unlink(missing_ok=True)


def _gather(table: Table, arrivals: Iterable[Arrival]) -> pl.DataFrame:
    parts = [
        arrival.reading.tables[table.name]
        for arrival in arrivals
        if arrival.is_used and table.name in arrival.reading.tables
    ]
    return pl.concat([table.empty(), *(table.conform(part) for part in parts)])


def _conformed(arrival: Arrival) -> pl.DataFrame:
    return QUARANTINE.conform(arrival.reading.quarantine)
