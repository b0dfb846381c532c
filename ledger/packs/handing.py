"""Handing a pack out: two files and a line in the log, never a file without the log.

Belongs here: the order in which it is done. Does not: what is in the files, or the log itself.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ledger.decisions.ledger import Ledger
from ledger.owners import owner_title
from ledger.packs.csv_file import write_csv
from ledger.packs.log import Disclosure, record_disclosure, require_recordable
from ledger.packs.workbook import Cover, write_workbook
from warehouse.disk import file_digest, filling
from warehouse.tables.packs import PACK_LINES

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
        write_workbook(lines, workbook, _cover(disclosure, disclosure_id, answers_to))
        write_csv(lines, plain, marking=disclosure.marking, disclosure_id=disclosure_id)
        digests = {"xlsx_sha256": file_digest(workbook), "csv_sha256": file_digest(plain)}
        record_disclosure(ledger, disclosure, logged, digests=digests)
    return HandedOut(disclosure_id, tuple(folder / name for name in names))


def _cover(disclosure: Disclosure, disclosure_id: str, answers_to: str) -> Cover:
    return Cover(
        owner=owner_title(disclosure.owner),
        disclosure_id=disclosure_id,
        recipient=disclosure.recipient,
        reason=disclosure.reason,
        disclosed_at=disclosure.disclosed_at,
        release_id=disclosure.release_id,
        marking=disclosure.marking,
        answers_to=answers_to,
    )
