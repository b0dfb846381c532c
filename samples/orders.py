"""The orders of the synthetic world: who was made subject to what, where, when and on which conditions.

Belongs here: cases with one or several subjects, the chains interim, full, later order, and the terms the law allows.
Does not: which source holds an order, and what it gets wrong.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from random import Random

from samples.people import Person, Registry
from warehouse.codes import reference


@dataclass(frozen=True)
class Regime:
    """The orders of a jurisdiction.

    Attributes:
        terms: months by order type, each as likely as it is listed; 0 is until further order.
        courts: court types that make each order type.
        since: first day on which each order type could be made.
    """

    jurisdiction: str
    share: float
    kinds: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    courts: dict[str, tuple[str, ...]]
    since: dict[str, date]


# Minimum terms and commencement: Modern Slavery Act 2015 ss.17 and 24 with SI 2015/1476; Human Trafficking and
# Exploitation (Scotland) Act 2015 ss.20 and 27; Human Trafficking and Exploitation Act (Northern Ireland) 2015 Sch.3.
REGIMES = (
    Regime(
        "England and Wales",
        0.962,
        ("STRO", "STRO", "STRO", "STRO", "STPO", "STPO", "STPO", "STPO", "STPO"),
        {
            "STRO": (24, 24, 24, 24, 24, 36, 36, 36, 36, 48, 48, 60, 60, 30, 0),
            "STPO": (60, 60, 60, 60, 84, 84, 84, 96, 120, 120, 120, 180, 0, 0),
        },
        {"STRO": ("magistrates",), "STPO": ("crown",) * 9 + ("magistrates",)},
        {"STRO": date(2015, 7, 31), "STPO": date(2015, 7, 31)},
    ),
    Regime(
        "Scotland",
        0.028,
        ("TEPO", "TEPO", "TERO"),
        {"TERO": (24, 36, 48, 60), "TEPO": (60, 60, 84, 120)},
        {"TERO": ("sheriff",), "TEPO": ("sheriff", "high_court")},
        {"TERO": date(2017, 10, 31), "TEPO": date(2017, 6, 30)},
    ),
    Regime(
        "Northern Ireland",
        0.010,
        ("STPO",),
        {"STPO": (60, 84, 120, 0)},
        {"STPO": ("crown", "magistrates")},
        {"STPO": date(2016, 4, 1)},
    ),
)
REGIME_FORCES = {"Scotland": "PS", "Northern Ireland": "98"}
CONTEXTS = {"labour": 0.4, "county lines": 0.27, "sexual": 0.33}
TRAVEL = ("C27", "C28")
GROUP_SIZES = (0.44, 0.25, 0.16, 0.09, 0.06)


OPERATIONS = tuple("Larkspur Tern Bramble Quartz Ferrous Heron Juniper Marlin Sorrel Kestrel Wren Alder Onyx".split())


@dataclass(frozen=True, slots=True)
class Court:
    """A court of the reference list."""

    code: str
    name: str
    type: str
    force: str
    region: str
    jurisdiction: str


@dataclass(slots=True)
class Case:
    """What the subjects of one case share."""

    regime: Regime
    kind: str
    made: date
    court: Court
    force: str
    urn: str
    context: str
    is_county_lines: bool
    conditions: list[str]
    operation: str
    seed: int


@dataclass(slots=True)
class Order:
    """An order as the court made it. `months` 0: until further order, or an interim order."""

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
    breaches: int = 0
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


@cache
def courts() -> tuple[Court, ...]:
    """The courts of the reference list that make adult orders."""
    columns = ["code", "name", "court_type", "force_code", "region_code", "jurisdiction"]
    rows = reference("courts").select(columns).fill_null("").iter_rows()
    return tuple(court for court in (Court(*row) for row in rows) if court.type != "youth")


@cache
def forces_by_region() -> dict[str, tuple[str, ...]]:
    """Codes of the territorial forces of England and Wales by regional unit."""
    table = reference("forces")
    rows = table.filter(table["kind"] == "territorial").select("region_code", "code").iter_rows()
    forces: dict[str, list[str]] = {}
    for region, code in rows:
        forces.setdefault(region, []).append(code)
    return {region: tuple(codes) for region, codes in forces.items()}


@cache
def courts_of(jurisdiction: str, kind: str, region: str, force: str) -> tuple[Court, ...]:
    """The courts of a type where a case would be heard: in the force's area if there are any, else in the region."""
    of_type = [court for court in courts() if (court.jurisdiction, court.type) == (jurisdiction, kind)]
    near = [court for court in of_type if court.region == region]
    local = [court for court in near if court.force == force]
    return tuple(local or near or of_type)


@cache
def condition_codes(context: str) -> tuple[str, ...]:
    """Condition codes that fit a context, those of any context included; travel bans left out."""
    table = reference("conditions")
    rows = table.select("code", "context").iter_rows()
    return tuple(code for code, contexts in rows if code not in TRAVEL and {"any", context} & set(contexts.split("|")))


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
        case = _case(random, as_of, recent)
        for person in registry.household(random.choices(range(1, 6), GROUP_SIZES)[0], case.made):
            orders.extend(order for order in _chain(case, person, random, as_of) if order.made <= as_of)
    del orders[count:]
    for number, order in enumerate(orders, 1):
        order.order_id = f"T{number:07d}"
    _supersede(orders)
    return orders


def _case(random: Random, as_of: date, recent: tuple[date, float]) -> Case:
    regime = random.choices(REGIMES, [regime.share for regime in REGIMES])[0]
    kind = random.choice(regime.kinds)
    first = recent[0] if random.random() < recent[1] else regime.since[kind]
    days = (as_of - first).days
    # More cases every year: the larger of two draws leans to the end.
    made = first + timedelta(days=max(random.randrange(days + 1), random.randrange(days + 1)))
    made -= timedelta(days=max(0, made.weekday() - 4))
    made = max(made, regime.since[kind])
    region = random.choice(list(forces_by_region())) if regime.jurisdiction == "England and Wales" else ""
    force = random.choice(forces_by_region()[region]) if region else REGIME_FORCES[regime.jurisdiction]
    court = random.choice(courts_of(regime.jurisdiction, random.choice(regime.courts[kind]), region, force))
    context = random.choices(list(CONTEXTS), list(CONTEXTS.values()))[0]
    return Case(
        regime=regime,
        kind=kind,
        made=made,
        court=court,
        force=force,
        urn=_urn(force, made, random),
        context=context,
        is_county_lines=random.random() < (0.55 if context == "county lines" else 0.02),
        conditions=_conditions(context, random),
        operation=f"Op {random.choice(OPERATIONS)}",
        seed=random.getrandbits(48),
    )


def _urn(force: str, made: date, random: Random) -> str:
    station = "".join(random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=2))
    return f"{force}{station}{random.randrange(100_000):05d}{made.year % 100:02d}"


def _conditions(context: str, random: Random) -> list[str]:
    conditions = random.sample(condition_codes(context), random.randint(2, 7))
    if random.random() < 0.3:
        conditions.append(random.choice(TRAVEL))
    return conditions


def _chain(case: Case, person: Person, random: Random, as_of: date) -> Iterator[Order]:
    """The orders of one subject in one case, in the order they were made."""
    full = _order(case, person, case.kind, case.made, random)
    is_application = case.court.type == "magistrates" and case.regime.jurisdiction == "England and Wales"
    if is_application and random.random() < 0.3:
        interim = _interim(full, random)
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
        discharged_on = full.made + timedelta(days=random.randint(200, 1500))
        full.discharged_on = discharged_on if not full.end or discharged_on < full.end else None


def _order(case: Case, person: Person, kind: str, made: date, random: Random) -> Order:
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


def _interim(full: Order, random: Random) -> Order:
    made = full.made - timedelta(days=random.randint(21, 190))
    return replace(
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


def _later(earlier: Order, kind: str, made: date, random: Random) -> Order:
    """A second order for the same person: an STPO after conviction, or one more of the same type."""
    regime, court = earlier.case.regime, earlier.case.court
    if kind != earlier.kind:
        court = random.choice(courts_of(regime.jurisdiction, "crown", court.region, earlier.force))
    urn = _urn(earlier.force, made, random)
    conditions = [code for code in earlier.conditions if random.random() < 0.8] or earlier.conditions[:1]
    case = replace(earlier.case, kind=kind, made=made, court=court, urn=urn, conditions=conditions)
    return _order(case, earlier.person, kind, made, random)


def _supersede(orders: list[Order]) -> None:
    """A later full order ends an earlier one that still ran: same type by law, an STRO by an STPO in practice."""
    last: dict[str, Order] = {}
    for order in orders:
        earlier = last.get(order.person.person_id)
        if earlier and not earlier.is_interim and order.made > earlier.made and earlier.status(order.made) == "L":
            earlier.superseded_on = order.made
        last[order.person.person_id] = order
