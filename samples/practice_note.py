"""A world whose truth has the totals of the practice note: 114 risk orders, 49 with both windows, 41 of them eligible.

Belongs here: that world's orders and arrests. Does not: how records of them go wrong, the study of it (`study.effect`).

The note gives totals and percentages by category, no counts by category and no offences [COLLEGE-STRO]: the offences in
`practice_note.csv` are invented so that all its percentages come out. It does not say why eight orders were dropped
either: the reasons here are invented too.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from random import Random
from typing import Final

from samples.arrests import Arrest, Offence, make_arrest, offences
from samples.cases import Case, case_number, hearing_day, open_case
from samples.orders import Order, add_months, make_interim, make_order
from samples.people import Person, Registry

KIND: Final = "STRO"
WINDOW_MONTHS: Final = 24
ORDERS, WITH_BOTH_WINDOWS, ELIGIBLE = 114, 49, 41
# Of the eight with both windows that are not eligible: nobody knows when it was discharged, no source lists conditions;
# the rest have neither a PNC id nor an arrest.
DISCHARGED, WITHOUT_CONDITIONS = 3, 2
# Days that no event falls within, around the order and at the far ends: a date that is a little off moves none across.
CLEAR_NEAR, CLEAR_FAR, BETWEEN = 40, 690, 6
MARGIN = timedelta(days=60)
SHARE_WITH_INTERIM = 0.3


def make_orders(*, seed: int, as_of: date) -> list[Order]:
    """The orders: first the eligible ones, then those that are not, then those whose window after is not over.

    Interim orders that some of them decided come on top of the 114.
    """
    random, registry = Random(f"practice note {seed}"), Registry(seed)
    full = [_make_full(number, registry, random, as_of) for number in range(ORDERS)]
    orders = list(full)
    for order in full:
        if random.random() < SHARE_WITH_INTERIM:
            interim = make_interim(order, random)
            orders.extend([interim] if interim.made >= order.case.regime.since[KIND] else [])
    for number, order in enumerate(orders, 1):
        order.order_id = f"T{number:07d}"
    return orders


def make_arrests(orders: list[Order], *, seed: int, as_of: date) -> list[Arrest]:
    """Their arrests up to a day: those of the eligible orders as the table has them, and others that must not count."""
    random = Random(f"practice note arrests {seed}")
    events = [*_counted(orders[:ELIGIBLE], random), *_not_counted(orders[:ORDERS], random)]
    happened = sorted((event for event in events if event[1] <= as_of), key=lambda event: (event[1], event[0].order_id))
    return [
        make_arrest(number, order, day, (offence,), random) for number, (order, day, offence) in enumerate(happened, 1)
    ]


def _make_full(number: int, registry: Registry, random: Random, as_of: date) -> Order:
    has_history = not ELIGIBLE + DISCHARGED + WITHOUT_CONDITIONS <= number < WITH_BOTH_WINDOWS
    case = _case(is_old=number < WITH_BOTH_WINDOWS, random=random, as_of=as_of)
    person = _person(registry, case.made)
    if not has_history:
        person.pncid = ""
    order = replace(make_order(case, person, KIND, case.made, random), breaches=0)
    if ELIGIBLE <= number < ELIGIBLE + DISCHARGED:
        order.discharged_on = hearing_day(order.made + timedelta(days=500), order.court, since=order.made)
    elif ELIGIBLE <= number < ELIGIBLE + DISCHARGED + WITHOUT_CONDITIONS:
        order.conditions = []
    return order


def _case(*, is_old: bool, random: Random, as_of: date) -> Case:
    """A case that leads to a risk order, decided while both windows fit before a day, or since then."""
    case = open_case(random, as_of, (as_of, 0))
    while case.kind != KIND:
        case = open_case(random, as_of, (as_of, 0))
    last_old = add_months(as_of, -WINDOW_MONTHS)
    since, until = (case.regime.since[KIND], last_old - MARGIN) if is_old else (last_old + MARGIN, as_of - MARGIN)
    day = since + timedelta(days=random.randrange((until - since).days))
    made = hearing_day(day, case.court, since=since)
    return replace(case, made=made, urn=case_number(case.force, made, random))


def _person(registry: Registry, on: date) -> Person:
    person = registry.household(1, on)[0]
    while not person.pncid:
        person = registry.household(1, on)[0]
    return person


def _counted(eligible: list[Order], random: Random) -> Iterator[tuple[Order, date, Offence]]:
    """The events of the table, spread unevenly over the eligible orders, no two of a person within days."""
    shares = [random.gammavariate(2.3, 1) for _ in eligible]
    taken: dict[str, list[date]] = {}
    for offence, before, after in _table():
        for sign in (-1,) * before + (1,) * after:
            order = random.choices(eligible, shares)[0]
            yield order, _free_day(order, sign, taken.setdefault(order.order_id, []), random), offence


def _free_day(order: Order, sign: int, taken: list[date], random: Random) -> date:
    while True:
        days = CLEAR_NEAR + int((CLEAR_FAR - CLEAR_NEAR) * random.random() ** 1.3)
        day = (order.made if sign < 0 else order.start) + timedelta(days=sign * days)
        if all(abs((day - other).days) >= BETWEEN for other in taken):
            taken.append(day)
            return day


def _not_counted(full: list[Order], random: Random) -> Iterator[tuple[Order, date, Offence]]:
    """Events far outside the windows of eligible orders, and those of all the others but the ones without a history."""
    for number, order in enumerate(full):
        if number < ELIGIBLE:
            for days in (-random.randint(780, 1500), random.randint(800, 1200)):
                yield order, order.made + timedelta(days=days), _any_offence(random)
        elif order.person.pncid:
            taken: list[date] = []
            for sign in (-1,) * random.randint(2, 8) + (1,) * random.randint(0, 4):
                yield order, _free_day(order, sign, taken, random), _any_offence(random)


def _any_offence(random: Random) -> Offence:
    return random.choice(offences()[random.choice(("violence", "drugs", "other"))])


def _table() -> list[tuple[Offence, int, int]]:
    """Each offence with its events before and after."""
    known = {offence.code: offence for among in offences().values() for offence in among}
    text = files("samples").joinpath("practice_note.csv").read_text(encoding="utf-8")
    return [
        (known[row["cjs_code"]], int(row["before"]), int(row["after"])) for row in csv.DictReader(text.splitlines())
    ]
