"""A pack as CSV, for programs: the same lines as the workbook, one heading, every value as text.

The protective marking is in a column of its own on every line, not above the heading: the file stays one that any
program reads, and no line can be taken out of it without its marking. Belongs here: the form of the file.
"""

import csv
from pathlib import Path

import polars as pl

from ledger.packs.columns import COLUMNS
from ledger.packs.spreadsheet_text import for_csv

MARKING = "marking"
DISCLOSURE = "disclosure_id"


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
