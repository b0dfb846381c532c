"""Noting what is done at the desk in the audit log, also while the ledger is down.

Belongs here: when an entry is chained in. Does not: the chain (`warehouse.audit`).
"""

from collections.abc import Mapping
from typing import Any

from review.desk import Desk
from warehouse.audit import Entry, append


class Logbook:
    """What is done at a desk."""

    def __init__(self, desk: Desk) -> None:
        """Note by the clock and in the ledger of a desk."""
        self._desk = desk

    def note(self, act: str, *, who: str, what: Mapping[str, Any], reason: str | None = None) -> None:
        """Note an act; when this returns it is kept."""
        entry = Entry(self._desk.clock(), who, act, what, reason)
        with self._desk.database.writing() as connection:
            append(connection, [entry])
