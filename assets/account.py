"""The account of a source's deliveries: a row for each that came, was due, or does not belong there.

Belongs here: the table `deliveries` of one source. Does not: which delivery counts (`assets.deliveries`).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.sources.contract import Delivery, Feed, Reading, Source
from warehouse.disk import is_regular
from warehouse.tables.register import DELIVERIES, STRAY_FEED

COUNTED = (
    *("rows_read", "rows_kept", "rows_set_aside", "rows_duplicate", "rows_declared"),
    *("records_kept", "records_expected", "accepted"),
)
"""Columns of `deliveries` that are as the reading has them."""


@dataclass(frozen=True)
class Arrival:
    """A delivery that was looked at tonight, what it gave, and what became of it.

    `copy` is what was read, unless it was archived before.
    """

    delivery: Delivery
    state: str
    is_used: bool
    sha256: str | None
    reading: Reading
    copy: Delivery | None = None


def account_for_deliveries(source: Source, arrivals: Sequence[Arrival], strays: Sequence[Path]) -> pl.DataFrame:
    """The rows of `deliveries`: what became of each arrival, the feeds of which nothing came, and the strays."""
    seen = {arrival.delivery.feed.name for arrival in arrivals}
    rows = [
        *(_arrival_row(arrival) for arrival in arrivals),
        *(_missing_row(feed) for feed in source.feeds if feed.name not in seen),
        *(_stray_row(source, path) for path in strays),
    ]
    return DELIVERIES.conform(pl.DataFrame(rows, schema=DELIVERIES.schema)).sort("delivery_id")


def _arrival_row(arrival: Arrival) -> dict[str, object]:
    delivery, reading = arrival.delivery, arrival.reading
    # A refused file may bear the name of the good one that is in the archive: its digest keeps them apart.
    refused = "" if arrival.is_used else f":{(arrival.sha256 or 'not read')[:8]}"
    return {
        "delivery_id": delivery.delivery_id + refused,
        "source": delivery.feed.source,
        "feed": delivery.feed.name,
        "file_name": shown_name(delivery.path),
        "dated_on": delivery.dated_on,
        "revision": delivery.revision,
        "sha256": arrival.sha256,
        "state": arrival.state,
        "is_used": arrival.is_used,
        **{name: getattr(reading, name) for name in COUNTED},
        "rows_quarantined": reading.quarantine.height,
        "faults": [fault.message for fault in reading.faults],
    }


def _missing_row(feed: Feed) -> dict[str, object]:
    message = f"No delivery of {feed.name} came and none is archived: ask the sender."
    return _nothing_read(f"{feed.name}:missing", feed.source, feed.name, "missing", message)


def _stray_row(source: Source, path: Path) -> dict[str, object]:
    message = (
        f"A file in the folder of {source.name} is not named like any of its deliveries: "
        "move it to the folder of its source, or have it named by the specification."
    )
    if not is_regular(path):
        message = "It is not a file, and was not opened: put the file itself there, not a folder, link, pipe or device."
    row = _nothing_read(f"{source.name}:stray:{shown_name(path)}", source.name, STRAY_FEED, "unreadable", message)
    return row | {"file_name": shown_name(path)}


def _nothing_read(delivery_id: str, source: str, feed: str, state: str, message: str) -> dict[str, object]:
    counts = dict.fromkeys(("rows_read", "rows_kept", "rows_quarantined", "rows_set_aside", "rows_duplicate"), 0)
    named = {"delivery_id": delivery_id, "source": source, "feed": feed, "state": state}
    return named | counts | {"is_used": False, "faults": [message]}


def shown_name(path: Path) -> str:
    """The name of a file as text, whatever bytes it is made of."""
    return os.fsencode(path.name).decode("utf-8", errors="replace")
