"""Writes the courts' delivery: results as CSV with a byte-order mark, and the manifest with its digest."""

import csv
import hashlib
import io
import json
import uuid
from pathlib import Path
from random import Random

from samples.holdings import Holding
from samples.identifiers import pnc_id_as_written
from samples.planted_errors import Mixture
from samples.records import Record
from samples.truth import Truth
from samples.wording import FULL_WORDS, condition_texts, force_name
from samples.world import World
from warehouse.codes import reference

COLUMNS = (
    "result_id",
    "case_urn",
    "defendant_id",
    "defendant_name",
    "date_of_birth",
    "sex",
    "pncid",
    "hearing_date",
    "court_ou_code",
    "court_name",
    "result_code",
    "result_text",
    "order_start",
    "order_end",
    "applicant",
    "prohibitions",
    "status",
    "amends_result_id",
)
SEXES = {"M": "MALE", "F": "FEMALE", "U": "NOT SPECIFIED"}
APPLICANTS = ("Chief Constable", "Chief Officer of Police")
AGENCIES = {
    "National Crime Agency": "91",
    "Gangmasters and Labour Abuse Authority": "GL",
    "Immigration Enforcement": "IE",
}
UNTIL_FURTHER_ORDER = "UFO"
RESULT_CODES = {
    (kind, is_interim == "true"): code
    for code, kind, is_interim in reference("result_codes").select("code", "order_type", "is_interim").iter_rows()
}


def write(folder: Path, world: World, mixture: Mixture, truth: Truth) -> None:
    """Write `court_results_<YYYY-MM-DD>.csv` and its manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"court_results_{mixture.on}"
    records = world.known("court", mixture.on)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(record, mixture, truth) for record in records)
    content = text.getvalue().encode("utf-8-sig")
    (folder / f"{name}.csv").write_bytes(content)
    write_manifest(folder / f"{name}.manifest.json", len(records), content)


def write_manifest(path: Path, rows: int, content: bytes) -> None:
    """Write the number of rows and the digest of a CSV file."""
    manifest = {"rows": rows, "sha256": hashlib.sha256(content).hexdigest()}
    path.write_text(json.dumps(manifest) + "\n", encoding="utf-8")


def _row(record: Record, mixture: Mixture, truth: Truth) -> tuple[object, ...]:
    holding, errors = mixture.holding(record)
    random, order = Random(record.seed), record.order
    truth.add(record, record.key, errors)
    texts = condition_texts(order, holding.conditions, random)
    row = (
        record.key,
        holding.urn,
        uuid.UUID(bytes=hashlib.md5(f"{order.person.person_id} {order.urn}".encode(), usedforsecurity=False).digest()),
        _name(holding, random),
        holding.dob or "",
        SEXES[holding.sex],
        pnc_id_as_written(holding.pncid, random) if holding.pncid else "",
        holding.made,
        holding.court,
        holding.court_name,
        RESULT_CODES.get((holding.kind, holding.interim), ""),
        _result_text(holding, random),
        holding.start,
        UNTIL_FURTHER_ORDER if order.end is None else holding.end or "",
        applicant := _applicant(record, random),
        "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1)),
        record.state,
        record.amends.key if record.amends else "",
    )
    truth.say(record, "applicant", AGENCIES.get(applicant, record.force))
    return row


def _name(holding: Holding, random: Random) -> str:
    forenames, surname = holding.forenames, holding.surname
    title = {"M": "Mr ", "F": random.choice(("Ms ", "Mrs ", "Miss ")), "U": ""}[holding.sex]
    return random.choice(
        (
            f"{title}{forenames} {surname.upper()}",
            f"{forenames} {surname.upper()}",
            f"{surname.upper()}, {forenames}",
            f"{forenames} {surname}",
            f"{surname}, {forenames}",
        )
    )


def _result_text(holding: Holding, random: Random) -> str:
    words = FULL_WORDS[holding.kind].lower()
    until = f" to {holding.end:%d/%m/%Y}" if holding.end and random.random() < 0.6 else ""
    if holding.interim:
        return f"Interim {words} made until the determination of the main application{until}"
    if not holding.term:
        return f"{words} made until further order"
    years, months = divmod(holding.term, 12)
    term = f"{years} years" + (f" and {months} months" if months else "") if years > 1 else f"{holding.term} months"
    return f"{words} made for {term}{until}"


def _applicant(record: Record, random: Random) -> str:
    draw = random.random()
    if draw < 0.62:
        return random.choice(APPLICANTS)
    return force_name(record.force) if draw < 0.9 else random.choice(tuple(AGENCIES))
