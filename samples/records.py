"""Which source holds which order and arrest, under which key, and since when.

Belongs here: coverage, delays, double entries, amended and withdrawn results, corrections. Does not: values.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from samples.arrests import Arrest
from samples.cases import forces_by_region
from samples.orders import Order

Source = Literal["pnc", "pnd", "court", "rocu"]

# All forces were instructed in June 2020 to record orders on the PNC [IASC-2022].
PNC_INSTRUCTION = date(2020, 6, 1)
SHARE_HELD = {"pnc": 0.92, "pnd": 0.8, "court": 0.96, "rocu": 0.86}
SHARE_ON_PNC_BEFORE_INSTRUCTION = 0.68
SHARE_OF_ARRESTS = {"pnc": 0.9, "pnd": 0.73, "rocu": 0.7}
# At noise 1; a clean night has none of them.
SHARE_DUPLICATE = {"pnc": 0.014, "pnd": 0.022, "court": 0.022, "rocu": 0.008}
SHARE_WITHDRAWN = 0.006
SHARE_ARREST_DUPLICATE = 0.02
SHARE_CORRECTED = 0.12


@dataclass(slots=True)
class Record:
    """An order or an arrest as a source holds it: where, since when, under which key; its values follow from the seed.

    Attributes:
        key: the key in the source; for regional returns it depends on the night and is set when the row is written.
        corrected_on: from this day the source holds the true values.
        state: courts only: FINAL, AMENDED, WITHDRAWN.
        amends: courts only: key of the result that this one amends.
        is_replaced: courts only: amended or withdrawn later, so more often wrong.
        repeats: how the record came to be a second one of the same order, for the list of errors.
    """

    source: Source
    order: Order
    seed: int
    recorded_on: date
    force: str
    region: str = ""
    key: str = ""
    corrected_on: date | None = None
    state: str = "FINAL"
    amends: "Record | None" = None
    is_replaced: bool = False
    repeats: str = ""
    arrest: Arrest | None = None


def make_records(orders: list[Order], *, seed: int, noise: float, recent: tuple[date, date]) -> list[Record]:
    """The order records of all sources, sorted by the day they were recorded, with keys.

    Args:
        orders: all orders of the world.
        seed: of the world.
        noise: scales double entries and corrected results; one region sends nothing whatever the noise.
        recent: the days of the series of nights; corrections fall between them.
    """
    random = Random(f"records {seed}")
    silent = random.choice(sorted(forces_by_region()))
    records: list[Record] = []
    for order in orders:
        held = [record for source in _HOLDERS for record in _HOLDERS[source](order, random, silent)]
        for record in held or [_record("pnd", order, random, 30)]:
            records.append(record)
            records.extend(_repeat(record, random, noise, silent))
    for record in records:
        record.corrected_on = _correction(random, recent)
    records.sort(key=lambda record: record.recorded_on)
    _number(records)
    return records


def make_arrest_records(arrests: list[Arrest], *, seed: int, noise: float, first: int) -> list[Record]:
    """The arrest records of PNC and PND, sorted by the day they were recorded; PND keys go on from `first`."""
    random = Random(f"arrest records {seed}")
    records: list[Record] = []
    for arrest in arrests:
        if arrest.person.pncid and random.random() < SHARE_OF_ARRESTS["pnc"]:
            records.append(_arrest_record("pnc", arrest, random, 3))
        if random.random() < SHARE_OF_ARRESTS["pnd"]:
            records.append(_arrest_record("pnd", arrest, random, 8))
            if random.random() < SHARE_ARREST_DUPLICATE * noise:
                records.append(_arrest_record("pnd", arrest, random, 40))
                records[-1].force = _other_force(arrest.force, random)
    records.sort(key=lambda record: record.recorded_on)
    for number, record in enumerate((record for record in records if record.source == "pnd"), first):
        record.key = f"PND-{number:07d}"
    return records


def _record(source: Source, order: Order, random: Random, days: float, region: str = "") -> Record:
    recorded_on = order.made + timedelta(days=int(random.expovariate(1 / days)))
    return Record(source, order, random.getrandbits(48), recorded_on, order.force, region)


def _arrest_record(source: Source, arrest: Arrest, random: Random, days: float) -> Record:
    recorded_on = arrest.made + timedelta(days=int(random.expovariate(1 / days)))
    key = arrest.asn if source == "pnc" else ""
    return Record(source, arrest.order, random.getrandbits(48), recorded_on, arrest.force, key=key, arrest=arrest)


def _on_pnc(order: Order, random: Random, _silent: str) -> Iterator[Record]:
    share = SHARE_HELD["pnc"] if order.made >= PNC_INSTRUCTION else SHARE_ON_PNC_BEFORE_INSTRUCTION
    if random.random() < share:
        yield _record("pnc", order, random, 24)


def _on_pnd(order: Order, random: Random, _silent: str) -> Iterator[Record]:
    if random.random() < SHARE_HELD["pnd"]:
        yield _record("pnd", order, random, 16)


def _at_court(order: Order, random: Random, _silent: str) -> Iterator[Record]:
    if order.court.jurisdiction == "England and Wales" and random.random() < SHARE_HELD["court"]:
        yield _record("court", order, random, 1.2)


def _at_region(order: Order, random: Random, silent: str) -> Iterator[Record]:
    region = region_of(order.force)
    if region and region != silent and random.random() < SHARE_HELD["rocu"]:
        yield _record("rocu", order, random, 20, region)


_HOLDERS: dict[Source, Callable[[Order, Random, str], Iterator[Record]]] = {
    "pnc": _on_pnc,
    "pnd": _on_pnd,
    "court": _at_court,
    "rocu": _at_region,
}


def region_of(force: str) -> str:
    """The regional unit of a force; empty outside England and Wales."""
    return next((region for region, forces in forces_by_region().items() if force in forces), "")


def _repeat(record: Record, random: Random, noise: float, silent: str) -> Iterator[Record]:
    """A second record of the same order: entered twice, uploaded by two forces, amended, withdrawn and re-entered."""
    if record.source == "court" and random.random() < SHARE_WITHDRAWN * noise:
        record.state, record.is_replaced = "WITHDRAWN", True
        yield _again(record, random, "re-entered after withdrawal", random.randint(0, 6))
    elif random.random() < SHARE_DUPLICATE[record.source] * noise:
        again = _again(record, random, _REPEATS[record.source], random.randint(1, 60))
        if record.source == "court":
            record.is_replaced = True
            again.state, again.amends = "AMENDED", record
        elif record.source == "pnd":
            again.force = _other_force(record.force, random)
        elif record.source == "rocu":
            again.region = random.choice(
                [region for region in forces_by_region() if region not in {record.region, silent}]
            )
        yield again


_REPEATS = {
    "pnc": "entered twice",
    "pnd": "uploaded by two forces",
    "court": "amended result",
    "rocu": "listed by two regions",
}


def _again(record: Record, random: Random, repeats: str, days: int) -> Record:
    recorded_on = record.recorded_on + timedelta(days=days)
    return Record(
        record.source, record.order, random.getrandbits(48), recorded_on, record.force, record.region, repeats=repeats
    )


def _other_force(force: str, random: Random) -> str:
    region = region_of(force) or "LONDON"
    return random.choice([code for code in forces_by_region()[region] if code != force] or ["06"])


def _correction(random: Random, recent: tuple[date, date]) -> date | None:
    days = (recent[1] - recent[0]).days
    if not days or random.random() >= SHARE_CORRECTED:
        return None
    return recent[0] + timedelta(days=random.randint(1, days))


def _number(records: list[Record]) -> None:
    counts = {"pnc": 0, "pnd": 0, "court": 0}
    forms = {"pnc": "{:08d}", "pnd": "PND-{:07d}", "court": "R{:09d}"}
    for record in records:
        if record.source in counts:
            counts[record.source] += 1
            record.key = forms[record.source].format(counts[record.source])
