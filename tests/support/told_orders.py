"""Deliveries of a few invented people, on whose orders a court's later result tells something.

Belongs here: writing the deliveries of a night. Does not: what must come of them.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from samples.court import COLUMNS, write_manifest
from samples.identifiers import pnc_id

FORENAMES = ("Alfred", "Beatrix", "Cuthbert", "Dorothea", "Ebenezer", "Florence", "Godfrey", "Henrietta", "Ignatius")
SURNAMES = ("Applegarth", "Birtwistle", "Cadwallader", "Dunstable", "Entwistle", "Featherby", "Grimshaw", "Hollowood")
WORDS = {
    "STRO": "Slavery and Trafficking Risk Order",
    "ISTRO": "Slavery and Trafficking Risk Order (Interim)",
    "STPO": "Slavery and Trafficking Prevention Order",
    "ISTPO": "Slavery and Trafficking Prevention Order (Interim)",
}
COURT = ("B13HT00", "Leeds Magistrates' Court")


@dataclass(frozen=True)
class Told:
    """What a court's result says: `words`, heard on a day; `of` tells the results of a person apart."""

    words: str
    on: date
    of: int = 0
    case: str = "13AB0000124"
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Held:
    """An order as a police source holds it."""

    kind: str
    made: date
    end: date | None = None
    status: str = "L"
    of: int = 0


@dataclass(frozen=True)
class Case:
    """One invented person, by number, with what each source sends of them."""

    number: int
    court: tuple[Told, ...] = ()
    pnc: tuple[Held, ...] = ()
    pnd: tuple[Held, ...] = ()

    @property
    def name(self) -> tuple[str, str]:
        """Forename and surname, of which no two numbers below 72 share both."""
        return FORENAMES[self.number % 9], SURNAMES[self.number // 9 % 8]

    @property
    def birth(self) -> date:
        """A day of birth of one's own."""
        return date(1960 + self.number % 30, 2 + self.number % 11, 2 + self.number * 7 % 25)

    @property
    def pncid(self) -> str:
        """A PNC id of one's own, its check letter right."""
        return pnc_id(2005 + self.number % 15, 104_729 + self.number * 7_919)


def write_told(landing: Path, night: date, cases: Iterable[Case]) -> None:
    """Write the deliveries of a night into `landing`."""
    cases = list(cases)
    for folder in ("court", "pnc", "pnd"):
        (landing / folder).mkdir(parents=True, exist_ok=True)
    _write_court(landing / "court" / f"court_results_{night}.csv", cases)
    _write_pnc(landing / "pnc", night, cases)
    documents = [_document(case, held, night) for case in cases for held in case.pnd]
    with gzip.open(landing / "pnd" / f"pnd_pole_{night}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(document) + "\n" for document in documents)


def _write_court(path: Path, cases: list[Case]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    rows = [_result(case, told) for case in cases for told in case.court]
    writer.writerows(rows)
    content = text.getvalue().encode("utf-8-sig")
    path.write_bytes(content)
    write_manifest(path.with_suffix(".manifest.json"), len(rows), content)


def _result(case: Case, told: Told) -> dict[str, str]:
    forename, surname = case.name
    row = dict.fromkeys(COLUMNS, "") | {
        "result_id": f"R{case.number:07d}{told.of:02d}",
        "case_urn": told.case,
        "defendant_id": f"00000000-0000-4000-8000-{case.number:012d}",
        "defendant_name": f"{forename} {surname.upper()}",
        "date_of_birth": str(case.birth),
        "sex": "NOT SPECIFIED",
        "pncid": case.pncid,
        "hearing_date": str(told.on),
        "court_ou_code": COURT[0],
        "court_name": COURT[1],
        "result_text": told.words,
        "applicant": "Chief Constable",
        "status": "FINAL",
    }
    return row | dict(told.fields)


def _write_pnc(folder: Path, night: date, cases: list[Case]) -> None:
    orders = [_pnc_order(case, held) for case in cases for held in case.pnc]
    for kind, lines in (("ANCORD", orders), ("ARREST", [])):
        text = "\r\n".join((f"HDR|PNC|{kind}|{night:%Y%m%d}|020000", *lines, f"TRL|{len(lines)}|{len(lines)}", ""))
        (folder / f"PNC_{kind}_{night:%Y%m%d}.txt").write_bytes(text.encode("cp1252"))


def _pnc_order(case: Case, held: Held) -> str:
    forename, surname = case.name
    end = f"{held.end:%d%m%Y}" if held.end else "99999999"
    days = (f"{held.made:%d%m%Y}",) * 2
    return "|".join(
        (
            "ORD", f"{case.number:06d}{held.of:02d}", case.pncid, "", f"{surname}/{forename}".upper(),
            f"{case.birth:%d%m%Y}", "U", held.kind, *days, end, "", "LEEDS MC", "13", held.status, days[0],
        )
    )  # fmt: skip


def _document(case: Case, held: Held, night: date) -> dict[str, object]:
    forename, surname = case.name
    status = {"L": "Active", "E": "Expired", "D": "Discharged", "S": "Superseded"}[held.status]
    return {
        "record_id": f"PND-{case.number:06d}{held.of:02d}",
        "submitting_force": "13",
        "submitted_at": f"{min(held.made, night)}T10:00:00",
        "person": {
            "names": [{"type": "primary", "full": f"{forename} {surname}"}],
            "dob": str(case.birth),
            "sex": "Unknown",
            "pncid": case.pncid,
            "cro": None,
        },
        "event": {
            "kind": "order",
            "order": WORDS[held.kind],
            "made": str(held.made),
            "starts": str(held.made),
            "ends": str(held.end) if held.end else None,
            "term_months": None,
            "court": COURT[1],
            "status": status,
            "conditions": [],
            "occurrence_ref": f"13{held.made:%y}{case.number:06d}{held.of:02d}",
        },
    }
