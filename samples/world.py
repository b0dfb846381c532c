"""A synthetic world as a whole: its orders, arrests and records, from which every night is a view."""

from dataclasses import dataclass
from datetime import date, timedelta

from samples import practice_note
from samples.arrests import Arrest, make_arrests
from samples.orders import Order, make_orders
from samples.records import Record, make_arrest_records, make_records

DAYS_BETWEEN_NIGHTS = 10
NEW_CASES_A_NIGHT = 0.02


@dataclass(frozen=True)
class World:
    """All that is and will be recorded up to the last night."""

    orders: list[Order]
    arrests: list[Arrest]
    records: list[Record]
    arrest_records: list[Record]
    seed: int
    noise: float

    def known(self, source: str, on: date) -> list[Record]:
        """The order records of a source on a day, in the order of their keys."""
        return [record for record in self.records if record.source == source and record.recorded_on <= on]

    def known_arrests(self, source: str, on: date) -> list[Record]:
        """The arrest records of a source on a day."""
        return [record for record in self.arrest_records if record.source == source and record.recorded_on <= on]


def make_world(count: int | None, *, seed: int, noise: float, nights: int, as_of: date) -> World:
    """A world of `count` orders up to a day, in which the days of the last nights see changes.

    Args:
        count: number of orders; None for the world of the practice note (`samples.practice_note`).
        seed: same seed, same world.
        noise: scales double entries and errors; 0 is clean.
        nights: the nights to be written, the last one on `as_of`.
        as_of: the last day.
    """
    first = as_of - timedelta(days=DAYS_BETWEEN_NIGHTS * (nights - 1))
    if count is None:
        orders = practice_note.make_orders(seed=seed, as_of=as_of)
        arrests = practice_note.make_arrests(orders, seed=seed, as_of=as_of)
    else:
        orders = make_orders(count, seed=seed, as_of=as_of, recent=(first, NEW_CASES_A_NIGHT * (nights - 1)))
        arrests = make_arrests(orders, seed=seed, as_of=as_of)
    records = make_records(orders, seed=seed, noise=noise, recent=(first, as_of))
    first_key = sum(record.source == "pnd" for record in records) + 1
    arrest_records = make_arrest_records(arrests, seed=seed, noise=noise, first=first_key)
    return World(orders, arrests, records, arrest_records, seed, noise)
