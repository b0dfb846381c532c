"""Handing a pack out: two files and a line in the log, never a file without the log.

Belongs here: the order in which it is done, and the CSV file for programs: the same lines as the workbook, one heading,
every value as text. Its protective marking is in a column of its own on every line, not above the heading: the file
stays one that any program reads, and no line can be taken out of it without its marking. Does not: the workbook
(`ledger.packs.workbook`), the log itself.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ledger.decisions.ledger import Ledger
from ledger.packs.columns import COLUMNS
from ledger.packs.log import Disclosure, record_disclosure, require_recordable
from ledger.packs.workbook import Cover, write_workbook
from warehouse.csv_text import for_csv
from warehouse.disk import file_digest, filling
from warehouse.tables.packs import PACK_LINES

MARKING = "marking"
DISCLOSURE = "disclosure_id"
SUFFIXES = ("xlsx", "csv")


@dataclass(frozen=True)
class HandedOut:
    """A pack that was handed out."""

    disclosure_id: str
    files: tuple[Path, ...]


def hand_out(
    ledger: Ledger, lines: pl.DataFrame, disclosure: Disclosure, *, folder: Path, answers_to: str
) -> HandedOut:
    """Write a pack and log it.

    The files are written aside, then the disclosure is logged, and only then they appear under their names: whatever
    breaks off in between, nobody holds a pack that the log does not know.

    Raises:
        DecisionError: nobody of that name may hand out, or recipient or reason is missing.
        LedgerError: the ledger can't be used.
        OSError: the folder can't be written to.
        TooManyLinesError: a workbook can't hold them.
    """
    require_recordable(ledger, disclosure)
    logged = lines.select(
        pl.col("asked_field" if name == "field" else name).alias(name)
        for name in PACK_LINES.schema
        if name != "disclosure_id"
    )
    disclosure_id = disclosure.name(logged)
    stem = f"corrections_{disclosure.owner.replace(':', '_')}_{disclosure_id}"
    names = tuple(f"{stem}.{suffix}" for suffix in SUFFIXES)
    with filling(folder) as aside:
        workbook, plain = (aside / name for name in names)
        write_workbook(lines, workbook, Cover(disclosure, disclosure_id, answers_to))
        write_csv(lines, plain, marking=disclosure.marking, disclosure_id=disclosure_id)
        digests = {"xlsx_sha256": file_digest(workbook), "csv_sha256": file_digest(plain)}
        record_disclosure(ledger, disclosure, logged, digests=digests)
    return HandedOut(disclosure_id, tuple(folder / name for name in names))


def write_csv(lines: pl.DataFrame, path: Path, *, marking: str, disclosure_id: str) -> None:
    """Write the lines of a pack: UTF-8 with a signature, so that spreadsheets read names right."""
    asked = [column.name for column in COLUMNS if not column.is_answer]
    answers = [column.name for column in COLUMNS if column.is_answer]
    always = (for_csv(marking), disclosure_id)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((MARKING, DISCLOSURE, *asked, *answers))
        for row in lines.select(asked).iter_rows():
            writer.writerow((*always, *map(for_csv, row), *([""] * len(answers))))
