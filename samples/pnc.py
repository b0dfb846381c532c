"""Writes the PNC deliveries: ancillary orders and arrests, Windows-1252, fields split by a bar."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

from samples.holdings import Holding
from samples.identifiers import pnc_id_as_written
from samples.planted_errors import Mixture
from samples.records import Record
from samples.truth import Truth
from samples.wording import capitals, condition_texts
from samples.world import World

COURT_WIDTH = 24
CONDITION_WIDTH = 60
UNTIL_FURTHER_ORDER = "99999999"
SHARE_FOLDED = 0.9


def write(folder: Path, world: World, mixture: Mixture, truth: Truth) -> None:
    """Write `PNC_ANCORD_<YYYYMMDD>.txt` and `PNC_ARREST_<YYYYMMDD>.txt`."""
    folder.mkdir(parents=True, exist_ok=True)
    records = world.known("pnc", mixture.on)
    orders = [line for record in records for line in _order_lines(record, mixture, truth)]
    _write(folder, "ANCORD", mixture.on, len(records), orders)
    arrests = [_arrest_line(record, mixture, truth) for record in world.known_arrests("pnc", mixture.on)]
    _write(folder, "ARREST", mixture.on, len(arrests), arrests)


def _write(folder: Path, kind: str, on: date, main_records: int, lines: list[str]) -> None:
    header, trailer = f"HDR|PNC|{kind}|{on:%Y%m%d}|020000", f"TRL|{main_records}|{len(lines)}"
    with (folder / f"PNC_{kind}_{on:%Y%m%d}.txt").open("w", encoding="cp1252", newline="\r\n") as file:
        file.write("\n".join((header, *lines, trailer)) + "\n")


def _order_lines(record: Record, mixture: Mixture, truth: Truth) -> Iterator[str]:
    holding, errors = mixture.holding(record)
    random = Random(record.seed)
    truth.add(record, record.key, errors)
    yield "|".join(_order_fields(record, holding, mixture.on, random))
    person = record.order.person
    if person.alias and random.random() < 0.6:
        yield f"ALS|{record.key}|{_name(*person.alias, random)}|{_day(person.birth)}"
    for number, text in enumerate(condition_texts(record.order, holding.conditions, random), 1):
        yield f"CON|{record.key}|{number}|{capitals(text)[:CONDITION_WIDTH]}"


def _order_fields(record: Record, holding: Holding, on: date, random: Random) -> tuple[str, ...]:
    is_open = record.order.end is None
    expiry = UNTIL_FURTHER_ORDER if is_open else _day(holding.end)
    return (
        "ORD",
        record.key,
        pnc_id_as_written(holding.pncid, random) if holding.pncid else "",
        holding.cro,
        _name(holding.forenames, holding.surname, random),
        _day(holding.dob),
        holding.sex,
        ("I" if holding.interim else "") + holding.kind,
        _day(holding.made),
        _day(holding.start),
        expiry,
        f"{holding.term // 12:02d}{holding.term % 12:02d}" if holding.term and random.random() < 0.9 else "",
        _court(holding.court_name, random),
        holding.force,
        holding.status,
        _day(_last_updated(record, on)),
    )


def _last_updated(record: Record, on: date) -> date:
    days = (record.recorded_on, record.corrected_on, record.order.status_changed_on)
    return max(day for day in days if day and day <= on)


def _court(name: str, random: Random) -> str:
    capital = capitals(name).replace("'", "")
    if random.random() < 0.75:
        capital = capital.replace("MAGISTRATES COURT", "MC")
    return capital[:COURT_WIDTH]


def _name(forenames: str, surname: str, random: Random) -> str:
    name = f"{surname}/{forenames}".upper()
    if random.random() < SHARE_FOLDED or not _is_windows_text(name):
        return capitals(name)
    return name


def _is_windows_text(text: str) -> bool:
    return text.encode("cp1252", "ignore").decode("cp1252") == text


def _arrest_line(record: Record, mixture: Mixture, truth: Truth) -> str:
    arrest = record.arrest
    if arrest is None:
        raise ValueError(f"record {record.key} is not an arrest")
    random = Random(record.seed)
    holding, errors = mixture.holding(record)
    truth.add_arrest("pnc", record.key, arrest, errors)
    pncid = pnc_id_as_written(holding.pncid, random) if holding.pncid else ""
    day = _day(arrest.made)
    return f"ARR|{pncid}|{arrest.asn}|{day}|{arrest.offence.code}|{arrest.force}|{arrest.disposal}"


def _day(day: date | None) -> str:
    # Not strftime: half a million dates a night.
    return f"{day.day:02d}{day.month:02d}{day.year:04d}" if day else ""
