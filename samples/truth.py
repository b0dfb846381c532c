"""The truth beside a delivery: which record is which order, and what is wrong with it."""

import csv
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from samples.arrests import Arrest
from samples.orders import Order
from samples.planted_errors import NATURES
from samples.records import Record

ORDER_COLUMNS: dict[str, Callable[[Order, date], object]] = {
    "order_id": lambda order, _: order.order_id,
    "person_id": lambda order, _: order.person.person_id,
    "forenames": lambda order, _: order.person.forenames,
    "surname": lambda order, _: order.person.surname,
    "dob": lambda order, _: order.person.birth,
    "sex": lambda order, _: order.person.sex,
    "pncid": lambda order, _: order.person.pncid,
    "kind": lambda order, _: order.kind,
    "interim": lambda order, _: order.is_interim,
    "made": lambda order, _: order.made,
    "start": lambda order, _: order.start,
    "end": lambda order, _: order.end or "",
    "months": lambda order, _: order.months or "",
    "status": lambda order, on: order.status(on),
    "court_ou": lambda order, _: order.court.code,
    "force": lambda order, _: order.force,
    "conditions": lambda order, _: ";".join(order.conditions),
    "county_lines": lambda order, _: order.case.is_county_lines,
    "urn": lambda order, _: order.urn,
    "discharged_on": lambda order, on: _so_far(order.discharged_on, on),
    "superseded_on": lambda order, on: _so_far(order.superseded_on, on),
    "breaches": lambda order, _: order.breaches,
    "travel_banned_until": lambda order, _: order.travel_banned_until or "",
    "follows": lambda order, _: order.follows.order_id if order.follows else "",
}
"""What the truth says of an order on a night, by column."""
SAID_COLUMNS = ("applicant", "breaches_said")
"""What is settled as records are written: who applied, by the last court result; the breaches that a return counts."""
ARREST_COLUMNS = ("event_id", "person_id", "date", "offence_id", "cjs_code", "category", "asn")
README = """Synthetic data. Every person, order, arrest and identifier here is invented; any likeness is chance.
orders, arrests: the world as it is. links, arrest_links: which source record is which order or arrest.
errors: what is wrong with the order records. arrest_errors: what is wrong with the arrest records. Their nature:
error (untrue, or lacking what an order must have), format (the truth in another form), gap (does not say).
"""
ERROR_COLUMNS = ("field", "error", "nature")


class Truth:
    """Collects what the writers put into a delivery."""

    def __init__(self) -> None:
        self._links: list[tuple[str, str, str]] = []
        self._errors: list[tuple[str, ...]] = []
        self._arrest_links: list[tuple[str, str, str]] = []
        self._arrest_errors: list[tuple[str, ...]] = []
        self._orders: dict[str, Order] = {}
        self._said: dict[tuple[str, str], object] = {}

    def add(self, record: Record, key: str, errors: list[tuple[str, str]]) -> None:
        """Note an order record as written under a key, with its errors."""
        order = record.order
        self._orders[order.order_id] = order
        self._links.append((record.source, key, order.order_id))
        # A result that amends another, or stands in place of a withdrawn one, is not a second entry.
        if record.repeats and record.source != "court":
            errors = [*errors, ("duplicate", record.repeats)]
        self._errors.extend((record.source, key, order.order_id, *_described(*error)) for error in errors)

    def say(self, record: Record, column: str, value: object) -> None:
        """Note what is settled of an order as a record of it is written (`SAID_COLUMNS`)."""
        self._said[record.order.order_id, column] = value

    def add_arrest(self, source: str, key: str, arrest: Arrest, errors: Iterable[tuple[str, str]] = ()) -> None:
        """Note an arrest record as written under a key, with its errors."""
        self._arrest_links.append((source, key, arrest.event_id))
        self._arrest_errors.extend((source, key, arrest.event_id, *_described(*error)) for error in errors)

    def write(self, folder: Path, arrests: Iterable[Arrest], on: date) -> None:
        """Write the truth of a night: the orders that at least one source holds, the arrests made so far."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "README.txt").write_text(README, encoding="utf-8")
        orders = (self._order_row(self._orders[key], on) for key in sorted(self._orders))
        _write(folder / "orders.csv", (*ORDER_COLUMNS, *SAID_COLUMNS), orders)
        _write(folder / "links.csv", ["source", "source_key", "order_id"], self._links)
        _write(folder / "errors.csv", ["source", "source_key", "order_id", *ERROR_COLUMNS], self._errors)
        happened = (arrest for arrest in arrests if arrest.made <= on)
        _write(folder / "arrests.csv", ARREST_COLUMNS, (_arrest_row(arrest) for arrest in happened))
        _write(folder / "arrest_links.csv", ["source", "source_key", "event_id"], self._arrest_links)
        columns = ["source", "source_key", "event_id", *ERROR_COLUMNS]
        _write(folder / "arrest_errors.csv", columns, self._arrest_errors)

    def _order_row(self, order: Order, on: date) -> tuple[object, ...]:
        said = (self._said.get((order.order_id, column), "") for column in SAID_COLUMNS)
        return (*(value(order, on) for value in ORDER_COLUMNS.values()), *said)


def _so_far(day: date | None, on: date) -> date | str:
    return day if day and day <= on else ""


def _described(field: str, error: str) -> tuple[str, str, str]:
    return field, error, NATURES.get((field, error), "error")


def _arrest_row(arrest: Arrest) -> tuple[object, ...]:
    offence = arrest.offence
    person_id = arrest.person.person_id
    return (arrest.event_id, person_id, arrest.made, offence.offence_id, offence.code, offence.category, arrest.asn)


def _write(path: Path, columns: Iterable[str], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
