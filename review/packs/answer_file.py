"""A pack that came back: the owner's answers in its last columns, checked cell by cell.

Belongs here: reading the workbook or the CSV file of a pack. Does not: recording answers (`ledger.packs.answers`).

The file comes from outside. Of its cells only references and answers are read; whatever else was changed in it counts
for nothing.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from assets.sources.contract import DeliveryTooLargeError
from assets.sources.workbook_xml import column_letters
from assets.sources.workbooks import read_workbook
from ledger.packs.answers import SAID
from ledger.packs.columns import COLUMNS
from ledger.packs.workbook import CORRECTIONS
from review.pages import sentence
from review.typed_day import DayError, parse_day
from warehouse.codes import DISAGREEMENTS
from warehouse.csv_text import unguard_cell
from warehouse.tables.packs import PACK_ANSWERS

MOST_UNPACKED: Final = 64_000_000
"""Bytes of a workbook when it is unpacked: a pack of fifty thousand lines has fewer."""
LONGEST_ANSWER: Final = 500
PACK_ID: Final = re.compile(r"\bDIS-[0-9A-F]{16}\b")
READ: Final = ("reference", *SAID)
TITLES: Final = {column.name: column.title for column in COLUMNS if column.name in READ}
CODES: Final = {words.casefold(): code for code, words in DISAGREEMENTS.items()}
MOST_FAULTS: Final = 50


class AnswerFileError(Exception):
    """The file is not the pack that it should be; the message says what was expected."""


@dataclass(frozen=True)
class CellFault:
    """A cell that can't be taken."""

    cell: str
    words: str


@dataclass(frozen=True, eq=False)
class AnswerFile:
    """What an owner sent.

    Attributes:
        answers: `reference` and the columns of `SAID`, one row for each line that is answered; empty if there are
            faults.
        faults: the first cells that can't be taken.
    """

    answers: pl.DataFrame
    faults: tuple[CellFault, ...]
    sha256: str


def read_answer_file(path: Path, *, disclosure_id: str, references: Collection[str], today: date) -> AnswerFile:
    """Read the answers to a pack.

    Raises:
        AnswerFileError: the file can't be read, or is another pack or none.
    """
    content = path.read_bytes()
    grid = _sheet_of(path) if content.startswith(b"PK") else _grid_of(content)
    heading, places = _find_heading(grid)
    text = " ".join(str(cell) for row in grid.head(5).iter_rows() for cell in row)
    named = set(PACK_ID.findall(text))
    if named and disclosure_id not in named:
        raise AnswerFileError(f"This is pack {', '.join(sorted(named))}, not {disclosure_id}. Take it in on its page.")
    rows = grid.filter(pl.col("row_number") > heading).select("row_number", **{n: places[n] for n in READ})
    said = rows.with_columns(pl.col(READ).str.strip_chars().replace("", None))
    answered = said.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in SAID))
    answers, faults = _check_rows(answered, references, places, today=today)
    kept = pl.DataFrame([] if faults else answers, schema={name: PACK_ANSWERS.schema[name] for name in READ})
    return AnswerFile(kept, tuple(faults[:MOST_FAULTS]), hashlib.sha256(content).hexdigest())


def _check_rows(
    answered: pl.DataFrame, references: Collection[str], places: Mapping[str, str], *, today: date
) -> tuple[list[dict[str, object]], list[CellFault]]:
    """The answers of all rows, and the cells that can't be taken."""
    answers: list[dict[str, object]] = []
    faults: list[CellFault] = []
    seen: set[str] = set()
    for row in answered.iter_rows(named=True):
        answer, wrong = _checked(row, references, today=today)
        if row["reference"] in seen:
            wrong["reference"] = "This line is answered in another row too. Answer it once."
        seen.add(row["reference"])
        answers.append(answer)
        for name, words in wrong.items():
            letters = column_letters(int(places[name].removeprefix("column_")))
            faults.append(CellFault(f"{letters}{row['row_number']}", words))
    return answers, faults


def _sheet_of(path: Path) -> pl.DataFrame:
    try:
        sheets, fault = read_workbook(path, most_bytes=MOST_UNPACKED)
    except DeliveryTooLargeError as error:
        raise AnswerFileError("The workbook is far larger than a pack. Send the pack itself, filled in.") from error
    if fault is not None:
        raise AnswerFileError(fault.message)
    for sheet in sheets:
        if sheet.name == CORRECTIONS:
            return sheet.cells
    raise AnswerFileError(f"The workbook has no sheet “{CORRECTIONS}”: it is not a pack, or the sheet was renamed.")


def _grid_of(content: bytes) -> pl.DataFrame:
    """A CSV file as the cells of a sheet."""
    try:
        text = content.decode("utf-8-sig")
        rows = pl.read_csv(text.encode(), has_header=False, infer_schema=False, truncate_ragged_lines=True)
    except (UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise AnswerFileError("The file is neither an Excel workbook (.xlsx) nor a CSV file in UTF-8.") from error
    named = rows.rename({name: f"column_{place}" for place, name in enumerate(rows.columns)})
    plain = named.with_columns(pl.all().map_elements(unguard_cell, return_dtype=pl.String))
    return plain.with_row_index("row_number", offset=1).with_columns(pl.col("row_number").cast(pl.Int64))


def _find_heading(grid: pl.DataFrame) -> tuple[int, Mapping[str, str]]:
    """The row of the headings, and the column of each that is read."""
    columns = [name for name in grid.columns if name != "row_number"]
    for row in grid.head(20).iter_rows(named=True):
        found = {row[name]: name for name in columns if row[name] is not None}
        for names in (TITLES, {name: name for name in READ}):
            if names["reference"] in found:
                missing = [heading for heading in names.values() if heading not in found]
                if missing:
                    raise AnswerFileError(f"The file has no column {', '.join(missing)}. Send the pack as it was made.")
                return row["row_number"], {name: found[heading] for name, heading in names.items()}
    raise AnswerFileError(f"The file has no heading “{TITLES['reference']}”: it is not a pack.")


def _checked(
    row: Mapping[str, str | None], references: Collection[str], *, today: date
) -> tuple[dict[str, object], dict[str, str]]:
    """The answer of a row, and what is wrong with it by column."""
    answer: dict[str, object] = {name: row[name] for name in READ}
    wrong = dict(_odd_texts(row))
    if row["reference"] not in references:
        wrong["reference"] = "There is no such line in this pack. Keep our references as they are."
    corrected, disagrees = row["corrected_on"], row["disagrees_because"]
    if corrected and disagrees:
        wrong["disagrees_because"] = "The line is both corrected and disputed. Give one of the two."
    elif not corrected and not disagrees:
        wrong["corrected_on"] = (
            "The line has remarks and no answer. Give the day of the correction, or why you disagree."
        )
    if corrected:
        try:
            answer["corrected_on"] = _day(corrected, today)
        except DayError as error:
            wrong["corrected_on"] = sentence(error)
    if disagrees:
        code = CODES.get(disagrees.casefold())
        answer["disagrees_because"] = code
        if code is None:
            wrong["disagrees_because"] = f"Choose one of: {'; '.join(DISAGREEMENTS.values())}."
    return answer, wrong


def _day(text: str, today: date) -> date:
    day = parse_day([text.removesuffix(" 00:00:00")])
    if day > today:
        raise DayError(["day"], "The day is in the future: give the day on which the record was corrected")
    return day


def _odd_texts(row: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    for name in ("value_now", "answered_by", "remarks"):
        text = row[name] or ""
        if len(text) > LONGEST_ANSWER:
            yield name, f"The text is longer than {LONGEST_ANSWER} characters. Cite documents, and leave out the rest."
        elif not text.replace("\n", " ").replace("\t", " ").isprintable():
            yield name, "The text holds characters that can't be shown. Type it again."
