"""Arrests of the subjects: before and after their orders.

Belongs here: events with offence, force and numbers. Does not: which source holds them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from reconciliation.statutes import BREACH_OFFENCES
from samples.identifiers import arrest_summons_number
from samples.orders import Order
from samples.people import Person
from warehouse.codes import reference

CATEGORY_SHARES = {"modern_slavery": 0.2, "violence": 0.2, "drugs": 0.24, "other": 0.36}

DISPOSALS = ("CHARGED", "NFA", "BAILED", "CAUTION", "RUI", "")


@dataclass(frozen=True, slots=True)
class Offence:
    """An offence of the reference list."""

    offence_id: str
    code: str
    title: str
    category: str


@dataclass(slots=True)
class Arrest:
    """An arrest as it happened: one event, one offence, one ASN."""

    event_id: str
    person: Person
    order: Order
    made: date
    offence: Offence
    force: str
    asn: str
    custody_ref: str
    disposal: str


@cache
def offences() -> dict[str, tuple[Offence, ...]]:
    """Recordable offences by category, one entry for each code; offences under an order apart, as `breach`."""
    table = reference("offences")
    keep = (table["is_default_for_code"] == "true") & (table["is_recordable"] == "true")
    by_category: dict[str, list[Offence]] = {"breach": []}
    for row in table.filter(keep).select("offence_id", "cjs_code", "title", "category").iter_rows():
        offence = Offence(*row)
        category = "breach" if offence.code in BREACH_OFFENCES else offence.category
        by_category.setdefault(category, []).append(offence)
    return {category: tuple(found) for category, found in by_category.items()}


def make_arrests(orders: list[Order], *, seed: int, as_of: date) -> list[Arrest]:
    """The arrests of all subjects up to a day: about five an order, two in three of them before it."""
    random = Random(f"arrests {seed}")
    arrests: list[Arrest] = []
    for order in orders:
        for day, category in _events(order, random):
            if day <= as_of:
                arrests.append(make_arrest(len(arrests) + 1, order, day, offences()[category], random))
    return arrests


def _events(order: Order, random: Random) -> list[tuple[date, str]]:
    categories = random.choices(list(CATEGORY_SHARES), list(CATEGORY_SHARES.values()), k=_before(order, random))
    events = [(order.made - timedelta(days=int(730 * random.random() ** 1.3)), category) for category in categories]
    if order.is_interim:
        return events
    after = min(int(random.expovariate(0.62)), 8)
    later = random.choices(list(CATEGORY_SHARES), list(CATEGORY_SHARES.values()), k=after)
    events.extend((order.made + timedelta(days=random.randint(0, 1000)), category) for category in later)
    events.extend((order.start + timedelta(days=random.randint(5, 700)), "breach") for _ in range(order.breaches))
    return events


def _before(order: Order, random: Random) -> int:
    # An interim order's subject is counted once, at the full order.
    return 0 if order.is_interim else min(int(random.gammavariate(2.3, 2.25)), 16)


def make_arrest(number: int, order: Order, day: date, among: tuple[Offence, ...], random: Random) -> Arrest:
    """An arrest of the subject of an order on a day, for one of some offences."""
    force = order.force if random.random() < 0.88 or not order.force.isdigit() else random.choice(("01", "06", "20"))
    return Arrest(
        event_id=f"E{number:07d}",
        person=order.person,
        order=order,
        made=day,
        offence=random.choice(among),
        force=force,
        asn=arrest_summons_number(day.year, force, number),
        custody_ref=f"{force}/CU/{day.year}/{number:06d}",
        disposal=random.choice(DISPOSALS),
    )
