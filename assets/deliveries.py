"""Which delivery of a feed counts tonight, and what it gave. No Dagster here.

A bad delivery never replaces a good one: of the files that came for a feed, landing folder and archive together,
the newest sound one is used; only if none is sound, the readable part of the newest. Every sound delivery is
archived, so that last night's stays at hand whatever the landing folder holds tonight; any other is set aside whole.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from assets.account import Arrival, account_for_deliveries
from assets.copies import (
    archive_copy,
    folder_for_copies,
    folder_of_content,
    replaced_folders,
    take_copy,
    time_limit,
)
from assets.delivery_faults import (
    EMPTY,
    MOST_REVISIONS,
    SENT_BEFORE,
    TOO_MANY,
    foreign,
    not_readable,
    same_revision,
    too_large,
)
from assets.delivery_files import file_digests, find_deliveries, find_strays
from assets.feed_history import NO_NIGHTS, RecentNights
from assets.sources.contract import LIMITS, Delivery, DeliveryTooLargeError, Fault, Feed, Limits, Reading, Source
from warehouse.delivery_states import IMPLAUSIBLE
from warehouse.home import Home
from warehouse.schema import Table
from warehouse.tables.raw import NO_RECORD_REASONS, QUARANTINE

# The fault codes by which a delivery counts as cut short rather than unreadable.
CUT_SHORT_CODES = frozenset({"cut_short", "no_trailer", "trailer_count", "row_count"})
EMPTY_CODES = frozenset({"empty", "empty_file", "empty_delivery"})
# Above this share of rows set aside a delivery is spoilt, or another file: it must not replace a sound one.
MOST_REFUSED = 0.5

Known = Mapping[str, Collection[str]]
"""Digests by delivery."""
DigestsOf = Callable[[Delivery], tuple[str | None, ...]]


@dataclass(frozen=True)
class Intake:
    """All that one source brought tonight: its raw tables, quarantined rows and deliveries."""

    tables: Mapping[str, pl.DataFrame]
    quarantine: pl.DataFrame
    deliveries: pl.DataFrame


class UnbalancedDeliveryError(Exception):
    """Rows read are not rows kept + quarantined + duplicates: a reader has lost or doubled rows."""


def take_in(
    source: Source,
    *,
    landing: Path,
    archive: Path,
    as_of: date,
    limits: Limits = LIMITS,
    known: Known | None = None,
    recent: RecentNights = NO_NIGHTS,
    keeps: bool = True,
) -> Intake:
    """Read the deliveries of a source that count as of a date; archive the sound ones, set the others aside.

    Args:
        source: whose deliveries.
        landing: the folder in which the sources' folders lie.
        archive: the folder of deliveries as they were read, with a folder for each source.
        as_of: the night.
        limits: how large a delivery may be.
        known: digests by delivery, of what releases rest on; None: the archive is believed.
        recent: recent nights, beside which a delivery may be implausible; defaults to none.
        keeps: whether deliveries are archived or set aside; not where they are only looked at.

    Raises:
        UnbalancedDeliveryError: a delivery's counts do not add up.
    """
    folders = (landing / source.name, archive / source.name)

    def read(delivery: Delivery) -> Reading:
        return recent.compare(source, delivery, source.read(delivery))

    arrivals: list[Arrival] = []
    with folder_for_copies(archive / source.name if keeps else None) as copies:
        look = Look(read, folders, as_of, copies, limits, known)
        for feed in source.feeds:
            arrivals += look.at(feed)
        for arrival in arrivals:
            _check_balance(arrival)
            if keeps and arrival.copy is not None:
                is_good = arrival.is_used and arrival.reading.is_sound
                archive_copy(arrival.copy, archive / source.name if is_good else _aside(archive, arrival))
    return Intake(
        tables={table.name: _gather(table, arrivals) for table in source.raw_tables},
        quarantine=pl.concat([QUARANTINE.empty(), *(_conformed(arrival) for arrival in arrivals)]),
        deliveries=account_for_deliveries(source, arrivals, find_strays(source, landing / source.name)),
    )


@dataclass(frozen=True)
class Look:
    """A look at the deliveries of one source on one night.

    Attributes:
        folders: where its deliveries lie, the landing folder first, the archive last.
        copies: where copies are put that are read.
        known: digests by delivery, of what releases rest on; None: the archive is believed.
    """

    read: Callable[[Delivery], Reading]
    folders: tuple[Path, ...]
    as_of: date
    copies: Path
    limits: Limits
    known: Known | None

    def at(self, feed: Feed) -> list[Arrival]:
        """Read deliveries of a feed from the newest back until one is sound, with what became of each.

        A revision whose bytes, and whose companion's, equal those of an earlier revision of its date is `repeated` and
        not read: the earlier one counts, so that sending a file again changes nothing. A nightly delivery with the
        bytes of the one before it is used and late: its sender gave an old file a new name.
        """
        arrivals: list[Arrival] = []
        folders = (*self.folders, *replaced_folders(self.folders[-1]))
        candidates = find_deliveries(feed, folders=folders, as_of=self.as_of)
        known_digests, revisions = cache(file_digests), Counter[date]()
        seen: set[tuple[str | None, ...]] = set()
        for place, delivery in enumerate(candidates):
            if self._is_one_too_many(delivery, revisions):
                arrivals.append(_refused(delivery, None, TOO_MANY))
                continue
            digests = known_digests(delivery)
            if digests[0] and digests in seen:
                continue
            if digests[0] and self._has_twin(delivery, candidates[place + 1 :], known_digests):
                arrivals.append(Arrival(delivery, "repeated", is_used=False, sha256=digests[0], reading=Reading({})))
                continue
            seen.add(digests)
            arrival = self._take(delivery, digests[0])
            if arrival.state == "fresh" and _was_sent_before(delivery, candidates[place + 1 :], known_digests):
                faults = (*arrival.reading.faults, SENT_BEFORE)
                arrival = replace(arrival, state="late", reading=replace(arrival.reading, faults=faults))
            if arrival.reading.is_sound:
                return [*arrivals, arrival, *_find_rivals(arrival, candidates[place + 1 :], known_digests)]
            arrivals.append(arrival)
        return _use_the_newest_readable(arrivals)

    def _is_one_too_many(self, delivery: Delivery, revisions: "Counter[date]") -> bool:
        revisions[delivery.dated_on] += not self._is_archived(delivery)
        return not self._is_archived(delivery) and revisions[delivery.dated_on] > MOST_REVISIONS

    def _is_archived(self, delivery: Delivery) -> bool:
        return delivery.path.parent != self.folders[0]

    def _has_twin(self, delivery: Delivery, others: Iterable[Delivery], digests_of: DigestsOf) -> bool:
        """Whether an earlier revision has the same bytes; one that was replaced does not count."""
        return any(
            other.dated_on == delivery.dated_on
            and other.revision < delivery.revision
            and other.path.parent in self.folders
            and digests_of(other) == digests_of(delivery)
            for other in others
        )

    def _take(self, delivery: Delivery, digest: str | None) -> Arrival:
        """Read a delivery; what can't be read, not to its end or not within its limits, is a fault of its own."""
        is_archived = self._is_archived(delivery)
        if is_archived and self.known is not None and digest not in self.known.get(delivery.delivery_id, ()):
            return _refused(delivery, digest, foreign(delivery))
        copy = None
        try:
            copy, digest = take_copy(delivery, self.copies, limits=self.limits)
            with time_limit(self.limits.seconds):
                reading = _refuse_spoilt(delivery.feed, self.read(copy))
        except OSError as error:
            return _refused(delivery, digest, not_readable(error))
        except DeliveryTooLargeError as error:
            return _refused(delivery, digest, too_large(error))
        kept = None if is_archived else copy
        if not reading.is_sound:
            return Arrival(delivery, _unsound_state(reading), is_used=False, sha256=digest, reading=reading, copy=kept)
        state = _sound_state(delivery, reading, self.as_of)
        return Arrival(delivery, state, is_used=True, sha256=digest, reading=reading, copy=kept)


def _aside(archive: Path, arrival: Arrival) -> Path:
    """Where a delivery is kept whole that could not be used; other content of the same name beside it."""
    folder = Home(archive.parent).quarantine / "deliveries" / arrival.delivery.feed.source
    return folder_of_content(folder, str(arrival.sha256))


def _was_sent_before(delivery: Delivery, others: Iterable[Delivery], digests_of: DigestsOf) -> bool:
    """Whether a nightly delivery is the one before it under another date."""
    earlier = [other for other in others if other.dated_on < delivery.dated_on]
    latest = max((other.dated_on for other in earlier), default=None)
    return delivery.feed.cadence == "night" and any(
        other.dated_on == latest and digests_of(other) == digests_of(delivery) for other in earlier
    )


def _find_rivals(used: Arrival, others: Iterable[Delivery], digests_of: DigestsOf) -> list[Arrival]:
    """Other files of the same folder, date and revision with other content: which one counts is not known."""
    delivery = used.delivery
    fault = same_revision(delivery)
    return [
        _refused(other, digest, fault)
        for other in others
        if (other.dated_on, other.revision, other.path.parent)
        == (delivery.dated_on, delivery.revision, delivery.path.parent)
        and (digest := digests_of(other)[0]) != used.sha256
    ]


def _refused(delivery: Delivery, digest: str | None, fault: Fault) -> Arrival:
    return Arrival(delivery, "unreadable", is_used=False, sha256=digest, reading=Reading({}, faults=(fault,)))


def _refuse_spoilt(feed: Feed, reading: Reading) -> Reading:
    """A delivery most of whose rows had to be set aside is unsound.

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


def _sound_state(delivery: Delivery, reading: Reading, as_of: date) -> str:
    """A nightly file is fresh on its date; a monthly return until the end of the month after its own."""
    if any(fault.code == IMPLAUSIBLE for fault in reading.faults):
        return IMPLAUSIBLE
    if delivery.feed.cadence == "month":
        return "fresh" if delivery.dated_on >= as_of.replace(day=1) - timedelta(days=1) else "late"
    return "fresh" if delivery.dated_on == as_of else "late"


def _unsound_state(reading: Reading) -> str:
    codes = {fault.code for fault in reading.faults if fault.is_structural}
    if codes & EMPTY_CODES:
        return "empty"
    if codes == {IMPLAUSIBLE}:
        return IMPLAUSIBLE
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


def _gather(table: Table, arrivals: Iterable[Arrival]) -> pl.DataFrame:
    parts = [
        arrival.reading.tables[table.name]
        for arrival in arrivals
        if arrival.is_used and table.name in arrival.reading.tables
    ]
    return pl.concat([table.empty(), *(table.conform(part) for part in parts)])


def _conformed(arrival: Arrival) -> pl.DataFrame:
    return QUARANTINE.conform(arrival.reading.quarantine)
