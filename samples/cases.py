"""The cases of the synthetic world: what co-defendants share, and what the law of a jurisdiction allows.

Belongs here: regimes, courts, forces, conditions by context, a case as it is decided. Does not: orders and subjects.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from reconciliation.sitting_days import sits_on
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


OPERATIONS = ("Larkspur", "Tern", "Bramble", "Quartz", "Ferrous", "Heron", "Juniper", "Marlin", "Sorrel", "Wren")


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


@cache
def regimes_in_force(on: date) -> tuple[Regime, ...]:
    """The regimes all of whose orders could be made before a day.

    Raises:
        ValueError: no such order could be made by then.
    """
    regimes = tuple(regime for regime in REGIMES if max(regime.since.values()) < on)
    if not regimes:
        raise ValueError(f"no slavery or trafficking order could be made before {on}: choose a later date")
    return regimes


def open_case(random: Random, as_of: date, recent: tuple[date, float]) -> Case:
    """A case decided up to a day, or with a chance of `recent[1]` between `recent[0]` and that day."""
    regimes = regimes_in_force(as_of)
    regime = random.choices(regimes, [regime.share for regime in regimes])[0]
    kind = random.choice(regime.kinds)
    first = recent[0] if random.random() < recent[1] else regime.since[kind]
    days = (as_of - first).days
    # More cases every year: the larger of two draws leans to the end.
    made = first + timedelta(days=max(random.randrange(days + 1), random.randrange(days + 1)))
    region = random.choice(list(forces_by_region())) if regime.jurisdiction == "England and Wales" else ""
    force = random.choice(forces_by_region()[region]) if region else REGIME_FORCES[regime.jurisdiction]
    court = random.choice(courts_of(regime.jurisdiction, random.choice(regime.courts[kind]), region, force))
    made = hearing_day(made, court, since=regime.since[kind])
    context = random.choices(list(CONTEXTS), list(CONTEXTS.values()))[0]
    return Case(
        regime=regime,
        kind=kind,
        made=made,
        court=court,
        force=force,
        urn=case_number(force, made, random),
        context=context,
        is_county_lines=random.random() < (0.55 if context == "county lines" else 0.02),
        conditions=_conditions(context, random),
        operation=f"Op {random.choice(OPERATIONS)}",
        seed=random.getrandbits(48),
    )


def hearing_day(day: date, court: Court, *, since: date) -> date:
    """The last day up to one on which a court sat; the first after it where that is before the law was in force."""
    step = timedelta(days=1)
    heard = day
    while heard >= since and not sits_on(heard, jurisdiction=court.jurisdiction, court_type=court.type):
        heard -= step
    if heard >= since:
        return heard
    heard = max(day, since)
    while not sits_on(heard, jurisdiction=court.jurisdiction, court_type=court.type):
        heard += step
    return heard


def case_number(force: str, made: date, random: Random) -> str:
    """A unique reference number: force, station, serial and year, eleven characters."""
    station = "".join(random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=2))
    return f"{force}{station}{random.randrange(100_000):05d}{made.year % 100:02d}"


def _conditions(context: str, random: Random) -> list[str]:
    conditions = random.sample(condition_codes(context), random.randint(2, 7))
    if random.random() < 0.3:
        conditions.append(random.choice(TRAVEL))
    return conditions
