"""What was rolled back: by whom, when, why, and which releases no night carries on from since.

Belongs here: what is remembered of it. Does not: the form of the file (`warehouse.history`), going back
(`warehouse.releases.rollback`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from warehouse.history import add_to_history, read_history
from warehouse.home import Home
from warehouse.time_zone import day_in_london

HISTORY = "rollbacks.jsonl"


@dataclass(frozen=True)
class Rollback:
    """A former release put in force.

    Attributes:
        release_id: the release put in force.
        former: the one in force until then; None if the pointer was damaged.
        at: when, with its offset from UTC.
        withdrawn: all releases that are out of force since and that no night carries on from.
    """

    release_id: str
    former: str | None
    by: str
    at: str
    reason: str
    withdrawn: list[str]

    def __post_init__(self) -> None:
        """Refuse a time that is none (`ValueError`)."""
        datetime.fromisoformat(self.at)

    @property
    def day(self) -> date:
        """The day it was done, in London."""
        return day_in_london(datetime.fromisoformat(self.at))


def list_rollbacks(home: Home) -> tuple[Rollback, ...]:
    """Every rollback, the first one first.

    Raises:
        LookupError: the file that remembers them can't be read.
    """
    return read_history(_history(home), Rollback)


def remember(home: Home, rollback: Rollback) -> None:
    """Add a rollback to those remembered."""
    add_to_history(_history(home), rollback)


def withdrawn_releases(home: Home, *, known_on: date | None = None) -> frozenset[str]:
    """The releases that are out of force because a former one was put in force instead.

    Args:
        home: the folder of all state.
        known_on: as of the end of that day; now unless given.
    """
    rollbacks = [line for line in list_rollbacks(home) if known_on is None or line.day <= known_on]
    return frozenset(rollbacks[-1].withdrawn) if rollbacks else frozenset()


def _history(home: Home) -> Path:
    return home.releases / HISTORY
