"""The orders of the synthetic world: who was made subject to what, where, when and on which conditions.

Belongs here: the chains interim, full, later order; terms, starts, ends, status. Does not: what co-defendants share
(`cases`), which source holds an order, and what it gets wrong.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from reconciliation.statutes import LONGEST_TRAVEL_MONTHS, MINIMUM_MONTHS
from samples.cases import (
    REGIME_FORCES,
    TRAVEL,
    Case,
    Court,
    case_number,
    condition_codes,
    courts_of,
    hearing_day,
    open_case,
)
from samples.people import Person, Registry

RISK_ORDERS = {"STPO": "STRO", "TEPO": "TERO"}
# Shares of cases with one to five subjects.
GROUP_SIZES = (0.44, 0.25, 0.16, 0.09, 0.06)


@dataclass(slots=True)
class Order:
    """An order as the court made it.

    Attributes:
        months: its length; 0 until further order, or of an interim order.
        superseded_on: the day on which a later order of its type took effect, or the application was decided.
        joined_on: the day on which a prevention order was made beside this risk order, which goes on binding.
        follows: the order of the person that this one decided, renewed or joined.
    """

    order_id: str
    person: Person
    case: Case
    kind: str
    is_interim: bool
    made: date
    start: date
    end: date | None
    months: int
    court: Court
    force: str
    conditions: list[str]
    discharged_on: date | None = None
    superseded_on: date | None = None
    joined_on: date | None = None
    breaches: int = 0
    follows: "Order | None" = None
    urn: str = field(default="")

    def status(self, on: date) -> str:
        """Legal status on a day: L live, E expired, D discharged, S superseded."""
        if self.discharged_on and self.discharged_on <= on:
            return "D"
        if self.superseded_on and self.superseded_on <= on:
            return "S"
        return "E" if self.end and self.end < on else "L"

    @property
    def status_changed_on(self) -> date | None:
        """The day on which the order ceases, whatever the reason."""
        return self.discharged_on or self.superseded_on or self.end

    @property
    def travel_banned_until(self) -> date | None:
        """The last day of its ban on foreign travel, by its words or the law; None: there is none, or no own end."""
        # MSA ss.18, 25; HTEAS ss.21, 28. No such limit is known of Northern Ireland: there the words alone count.
        named, any_country = (code in self.conditions for code in TRAVEL)
        if not named and (not any_country or self.force == REGIME_FORCES["Northern Ireland"]):
            return None
        last = add_months(self.start, LONGEST_TRAVEL_MONTHS) - timedelta(days=1)
        return min(last, self.end) if self.end else last


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def make_orders(count: int, *, seed: int, as_of: date, recent: tuple[date, float]) -> list[Order]:
    """All orders made up to a day, chains included, exactly `count` of them.

    Args:
        count: number of orders.
        seed: of the world.
        as_of: the last day of the world.
        recent: a day and the share of cases to be decided between it and `as_of`, so that a short series of nights
            sees new orders.
    """
    random = Random(f"orders {seed}")
    registry = Registry(seed)
    orders: list[Order] = []
    while len(orders) < count:
        case = open_case(random, as_of, recent)
        for person in registry.household(random.choices(range(1, 6), GROUP_SIZES)[0], case.made):
            orders.extend(order for order in _chain(case, person, random, as_of) if order.made <= as_of)
    del orders[count:]
    for number, order in enumerate(orders, 1):
        order.order_id = f"T{number:07d}"
    _follow(orders)
    return orders


def _chain(case: Case, person: Person, random: Random, as_of: date) -> Iterator[Order]:
    """The orders of one subject in one case, in the order they were made."""
    full = make_order(case, person, case.kind, case.made, random)
    is_application = case.court.type == "magistrates" and case.regime.jurisdiction == "England and Wales"
    if is_application and random.random() < 0.3:
        interim = make_interim(full, random)
        is_pending = (as_of - case.made).days < 90 and random.random() < 0.5
        if is_pending:
            interim.end, interim.superseded_on = case.made + timedelta(days=120), None
        if interim.made >= case.regime.since[case.kind]:
            yield interim
        if is_pending:
            return
    yield full
    draw = random.random()
    if case.kind == "STRO" and draw < 0.13:
        yield _later(full, "STPO", full.made + timedelta(days=random.randint(120, 1000)), random)
    elif 0.13 <= draw < 0.18 and full.months:
        months = max(12, full.months - random.randint(-4, 18))
        yield _later(full, case.kind, add_months(full.made, months), random)
    elif draw > 0.97:
        # Before, it takes the consent of both sides: R16, R17 (MSA ss.20, 27).
        earliest = add_months(full.made, MINIMUM_MONTHS[full.kind])
        heard_by = earliest + timedelta(days=random.randint(0, 1300))
        discharged_on = hearing_day(heard_by, full.court, since=earliest)
        full.discharged_on = discharged_on if not full.end or discharged_on < full.end else None


def make_order(case: Case, person: Person, kind: str, made: date, random: Random) -> Order:
    """A full order on a case, its term, start and conditions drawn; it has no id yet."""
    months = random.choice(case.regime.terms[kind])
    start = made
    if kind in {"STPO", "TEPO"} and random.random() < 0.2:
        start = made + timedelta(days=random.randint(60, 1100))  # runs from release
    elif random.random() < 0.06:
        start = made + timedelta(days=random.randint(1, 28))
    end = add_months(start, months) - timedelta(days=random.randint(0, 1)) if months else None
    conditions = list(case.conditions)
    if len(conditions) > 2 and random.random() < 0.25:
        conditions.remove(random.choice(conditions))
    elif random.random() < 0.1:
        conditions.append(random.choice([code for code in condition_codes(case.context) if code not in conditions]))
    return Order(
        order_id="",
        person=person,
        case=case,
        kind=kind,
        is_interim=False,
        made=made,
        start=start,
        end=end,
        months=months,
        court=case.court,
        force=case.force,
        conditions=conditions,
        breaches=random.choices((0, 1, 2), (0.9, 0.08, 0.02))[0],
        urn=case.urn,
    )


def make_interim(full: Order, random: Random) -> Order:
    """The interim order that a full order decided, which from now on follows it."""
    made = hearing_day(full.made - timedelta(days=random.randint(21, 190)), full.court, since=date.min)
    full.follows = replace(
        full,
        is_interim=True,
        made=made,
        start=made,
        end=full.made,
        months=0,
        superseded_on=full.made,
        conditions=list(full.conditions),
        breaches=0,
    )
    return full.follows


def _later(earlier: Order, kind: str, made: date, random: Random) -> Order:
    """A second order for the same person: an STPO after conviction, or one more of the same type."""
    regime, court = earlier.case.regime, earlier.case.court
    if kind != earlier.kind:
        court = random.choice(courts_of(regime.jurisdiction, "crown", court.region, earlier.force))
    made = hearing_day(made, court, since=earlier.made)
    urn = case_number(earlier.force, made, random)
    conditions = [code for code in earlier.conditions if random.random() < 0.8] or earlier.conditions[:1]
    case = replace(earlier.case, kind=kind, made=made, court=court, urn=urn, conditions=conditions)
    return make_order(case, earlier.person, kind, made, random)


def _follow(orders: list[Order]) -> None:
    """A later full order ends an earlier one of its type on the day it takes effect; a prevention order ends no other.

    MSA s.17(6), s.24(6); HTEAS s.20(5), s.27(5).
    """
    last: dict[tuple[str, str], Order] = {}
    for order in orders:
        if order.is_interim:
            continue
        person_id = order.person.person_id
        earlier, beside = (last.get((person_id, kind)) for kind in (order.kind, RISK_ORDERS.get(order.kind, "")))
        in_place = [each for each in (earlier, beside) if each and _is_in_place(each, order)]
        order.follows = order.follows or max(in_place, key=lambda each: each.made, default=None)
        is_subject = earlier and order.made > earlier.made and earlier.start <= order.start
        if earlier and is_subject and earlier.status(order.start) == "L":
            earlier.superseded_on = order.start
        if beside and _is_in_place(beside, order):
            beside.joined_on = order.made
        last[person_id, order.kind] = order


def _is_in_place(earlier: Order, order: Order) -> bool:
    return earlier.made < order.made and earlier.status(order.made) == "L"
