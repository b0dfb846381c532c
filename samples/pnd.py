"""Writes the PND delivery: JSON Lines, gzip, one document an order or arrest."""

import gzip
import json
from pathlib import Path
from random import Random

from samples.holdings import Holding
from samples.identifiers import asn_as_written, pnc_id_as_written
from samples.planted_errors import Mixture
from samples.records import Record
from samples.truth import Truth
from samples.wording import condition_texts, court_as_written, force_as_written, order_words
from samples.world import World

SEXES = {"M": "Male", "F": "Female", "U": "Unknown"}
STATUSES = {
    "L": ("Active", "Active", "Active", "Live", "In force", "current"),
    "E": ("Expired", "Expired", "Lapsed"),
    "D": ("Discharged", "Revoked"),
    "S": ("Superseded", "Superseded", "Replaced"),
}
_DATE_LENGTHS = {8: 10, 6: 7, 4: 4}


def write(folder: Path, world: World, mixture: Mixture, truth: Truth) -> None:
    """Write `pnd_pole_<YYYY-MM-DD>.jsonl.gz`, the documents in no order."""
    folder.mkdir(parents=True, exist_ok=True)
    on = mixture.on
    records = world.known("pnd", on) + world.known_arrests("pnd", on)
    Random(world.seed).shuffle(records)
    encode = json.JSONEncoder(ensure_ascii=False).encode
    path = folder / f"pnd_pole_{on}.jsonl.gz"
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 4, raw, mtime=0) as packed:
        for record in records:
            packed.write(encode(_document(record, mixture, truth)).encode() + b"\n")


def _document(record: Record, mixture: Mixture, truth: Truth) -> dict[str, object]:
    holding, errors = mixture.holding(record)
    random = Random(record.seed)
    if record.arrest:
        truth.add_arrest("pnd", record.key, record.arrest, errors)
        event = _arrest(record.arrest.custody_ref, holding, random)
    else:
        truth.add(record, record.key, errors)
        event = _order(record, holding, random)
    return {
        "record_id": record.key,
        "submitting_force": force_as_written(holding.force, random),
        "submitted_at": f"{record.recorded_on}T{random.randrange(24):02d}:15:00",
        "person": _person(holding, random),
        "event": event,
    }


def _person(holding: Holding, random: Random) -> dict[str, object]:
    names = [{"type": "primary", "full": _full(holding.forenames, holding.surname)}]
    alias = holding.person.alias
    if alias and random.random() < 0.45:
        names.append({"type": "alias", "full": _full(*alias)})
    return {
        "names": names,
        "dob": str(holding.dob)[: _DATE_LENGTHS[holding.dob_digits]] if holding.dob else None,
        "sex": SEXES[holding.sex],
        "pncid": pnc_id_as_written(holding.pncid, random) if holding.pncid else None,
        "cro": holding.cro or None,
    }


def _order(record: Record, holding: Holding, random: Random) -> dict[str, object]:
    order = record.order
    is_start_given = holding.start != holding.made or random.random() < 0.85
    return {
        "kind": "order",
        "order": order_words(holding.kind, holding.interim, random),
        "made": str(holding.made),
        "starts": str(holding.start) if is_start_given else None,
        "ends": str(holding.end) if holding.end else None,
        "term_months": holding.term if holding.term and random.random() < 0.6 else None,
        "court": court_as_written(holding.court_name, random),
        "status": random.choice(STATUSES[holding.status]),
        "conditions": condition_texts(order, holding.conditions, random),
        "occurrence_ref": occurrence_ref(record, random),
    }


def _arrest(custody_ref: str, holding: Holding, random: Random) -> dict[str, object]:
    offence = holding.offence
    return {
        "kind": "arrest",
        "date": str(holding.arrested),
        "offence": offence and (offence.code if random.random() < 0.6 else offence.title),
        "custody_ref": custody_ref,
        "asn": asn_as_written(holding.asn, random) if len(holding.asn) == 20 else holding.asn or None,
    }


def occurrence_ref(record: Record, random: Random) -> str:
    """A force's own reference: its occurrence number, sometimes another system's or the name of the operation."""
    draw, order = random.random(), record.order
    if draw < 0.06:
        return order.case.operation
    number = order.case.seed % 10**8 if draw < 0.7 else random.randrange(10**8)
    return f"{record.force}{order.made:%y}{number:08d}"


def _full(forenames: str, surname: str) -> str:
    return f"{forenames} {surname}"
