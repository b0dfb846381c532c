"""Which release was known on which day.

Belongs here: releases by the day on which they were in force. Does not: putting one in force (`warehouse.releases`),
what was in force in law (`reconciliation.law`).
"""

from contextlib import suppress
from datetime import date
from pathlib import Path

from warehouse.dated_folders import day_in
from warehouse.home import Home
from warehouse.releases.release import Release, follows_removed, read_release, release_ids
from warehouse.releases.rollback_history import list_rollbacks, withdrawn_releases


def release_known_on(home: Home, day: date) -> Release:
    """The release in force at the end of a day: the last of a date up to it that had not been rolled back by then.

    A revision counts from its night on, whenever it was published.

    Raises:
        LookupError: there is none of so early a date, or none is kept any more; the message says which.
    """
    withdrawn, ids = withdrawn_releases(home, known_on=day), release_ids(home)
    known = [name for name in ids if name not in withdrawn and day_in(name) <= day]
    if not known:
        before, after = words_for_early(home)
        raise LookupError(f"{before}{day}{after}")
    return read_release(home, known[-1])


def words_for_early(home: Home) -> tuple[str, str]:
    """What to say of a day before the first release, around the day: nothing was known, or it is no longer kept."""
    ids = release_ids(home)
    if not ids:
        return "nothing was known on ", ": no release has been published"
    if follows_removed(home, ids[0]):
        return "what was known on ", f" is no longer kept: the first release that is kept is {ids[0]}"
    return "nothing was known on ", f": the first release is {ids[0]}"


def known_releases(home: Home) -> list[tuple[date, Path]]:
    """From which day on which release was known, in order: its DuckDB file; damaged ones are left out."""
    days = {day_in(name) for name in release_ids(home)} | {rollback.day for rollback in list_rollbacks(home)}
    found = []
    for day in sorted(days):
        with suppress(LookupError):
            found.append((day, release_known_on(home, day).database))
    return found


def read_day(asked: date | str, *, since: date | None = None) -> date:
    """A day as it is given, or written as 2026-03-01.

    Args:
        asked: the day.
        since: the first day on which an order could be in force, if the question is about that.

    Raises:
        ValueError: there is no such day, or it is before `since`.
    """
    try:
        day = asked if isinstance(asked, date) else date.fromisoformat(asked)
    except (TypeError, ValueError):
        raise ValueError(f"there is no day {asked!r}: write it as 2026-03-01") from None
    if since is not None and day < since:
        raise ValueError(f"no order could be in force on {day}: the first could be made on {since}")
    return day
