"""A pack as a workbook, for people: what it is and how to answer, the lines, what each column means.

Belongs here: sheets, widths, headers, the marking on every sheet and page. Does not: words of the lines
(`ledger.packs.content`, `ledger.packs.columns`).

Every value is written as a string and nothing else, so that no cell can hold a formula or a link whatever a source
sends, keys keep their zeros, and dates stay as they are.
"""

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ledger.owners import owner_title
from ledger.packs.columns import COLUMNS, PackColumn
from ledger.packs.log import Disclosure
from warehouse.codes import DISAGREEMENTS
from warehouse.csv_text import for_cell
from warehouse.workbook_file import new_workbook

MOST_LINES = 1_000_000
"""A sheet holds 1,048,576 rows (Excel specifications and limits)."""

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
READ_ME, CORRECTIONS, LIST_OF_COLUMNS = "Read me", "Corrections", "Columns"
HEADING_ROW = 3
READ_ME_LINES = {
    "For": "{owner}",
    "Received by": "{said.recipient}",
    "Handed out": "{moment}, for this reason: {said.reason}",
    "What it is": "Records of slavery and trafficking orders that other systems, the court or the law contradict.",
    "Made from": "Release {said.release_id} of the reconciled register: {total} lines, {high} of high severity, "
    "{medium} of medium and {low} of low.",
    "Asked before": "{again} of the lines were asked for before and are still open; their references are the same.",
    "How to answer": "Check each line against your own documents before you change a record: the golden value is a "
    "judgement on what systems hold, not a court record. In the last columns give the day on which you corrected the "
    "record, or choose why you disagree, and send this workbook to {answers_to}. Leave a line empty if you are "
    "still looking into it. If your record is right, say so: we then look again at the others.",
    "What happens then": "The following nights compare your next deliveries with what was asked. A line whose record "
    "holds a right value counts as corrected, and is not asked for again.",
    "Handling": "{said.marking}. It holds criminal-offence data of persons who can be identified. It is disclosed to "
    "have the records named corrected (Data Protection Act 2018, Part 3), and for nothing else: share it no further "
    "than that requires, and delete it once answered. The disclosure is logged (s.62).",
}
"""The first sheet: what stands before each line, and the line."""

WRAPPED = {"text_wrap": True, "valign": "top"}


class TooManyLinesError(Exception):
    """A workbook can't hold so many lines; the CSV file can."""


@dataclass(frozen=True)
class Cover:
    """What stands on the first sheet."""

    disclosure: Disclosure
    disclosure_id: str
    answers_to: str

    @property
    def title(self) -> str:
        """Whom the pack is for."""
        return f"Corrections for {owner_title(self.disclosure.owner)}"


def write_workbook(lines: pl.DataFrame, path: Path, cover: Cover) -> None:
    """Write the lines of a pack.

    Raises:
        TooManyLinesError: a sheet can't hold them.
        OSError: the file can't be written.
    """
    if lines.height > MOST_LINES:
        raise TooManyLinesError(f"{lines.height:,} lines: a sheet holds {MOST_LINES:,}")
    with new_workbook(path, **OPTIONS) as book:
        # The moment of the disclosure, not of writing: the same pack is the same file.
        created = cover.disclosure.disclosed_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": cover.title, "created": created})
        formats = _Formats.of(book)
        _write_read_me(_sheet(book, READ_ME, cover, formats), lines, cover, formats)
        _write_lines(_sheet(book, CORRECTIONS, cover, formats), lines, formats)
        _write_columns(_sheet(book, LIST_OF_COLUMNS, cover, formats), formats)


@dataclass(frozen=True)
class _Formats:
    marking: Format
    heading: Format
    answer_heading: Format
    cell: Format
    answer: Format

    @classmethod
    def of(cls, book: Workbook) -> "_Formats":
        """The formats of a workbook; nothing is shown by colour alone."""
        heading = {"bold": True, "bottom": 1, **WRAPPED}
        return cls(
            marking=book.add_format({"bold": True, "font_size": 14}),
            heading=book.add_format(heading | {"bg_color": "#E6E6E6"}),
            answer_heading=book.add_format(heading | {"bg_color": "#FFF2CC"}),
            cell=book.add_format({**WRAPPED, "num_format": "@"}),
            answer=book.add_format({**WRAPPED, "num_format": "@", "border": 4}),
        )


def _sheet(book: Workbook, name: str, cover: Cover, formats: _Formats) -> Worksheet:
    """A sheet with the marking in its first row and on every printed page."""
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    printed = cover.disclosure.marking.replace("&", "&&")
    sheet.set_header(f"&C&B{printed}")
    sheet.set_footer(f"&L{cover.disclosure_id}&C&B{printed}&R&P / &N")
    sheet.write_string(0, 0, for_cell(cover.disclosure.marking), formats.marking)
    sheet.write_string(1, 0, for_cell(f"{cover.title}, {cover.disclosure_id}"))
    return sheet


def _write_read_me(sheet: Worksheet, lines: pl.DataFrame, cover: Cover, formats: _Formats) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)
    for row, (name, words) in enumerate(_read_me(lines, cover).items(), HEADING_ROW):
        sheet.write_string(row, 0, name, formats.heading)
        sheet.write_string(row, 1, for_cell(words), formats.cell)


def _read_me(lines: pl.DataFrame, cover: Cover) -> dict[str, str]:
    counts = dict(lines.group_by("severity").len().iter_rows())
    said = {name: f"{counts.get(name, 0):,}" for name in ("high", "medium", "low")} | {
        "total": f"{lines.height:,}",
        "again": f"{lines.get_column('handed_out_on').count():,}",
        "moment": f"{cover.disclosure.disclosed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
    }
    said |= {"owner": owner_title(cover.disclosure.owner), "answers_to": cover.answers_to}
    return {name: words.format(said=cover.disclosure, **said) for name, words in READ_ME_LINES.items()}


def _write_lines(sheet: Worksheet, lines: pl.DataFrame, formats: _Formats) -> None:
    first, last = HEADING_ROW + 1, HEADING_ROW + max(lines.height, 1)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(HEADING_ROW, place, column.title, _heading(column, formats))
    sheet.freeze_panes(first, 1)
    sheet.repeat_rows(0, HEADING_ROW)
    sheet.autofilter(HEADING_ROW, 0, last, len(COLUMNS) - 1)
    place = next(place for place, column in enumerate(COLUMNS) if column.name == "disagrees_because")
    sheet.data_validation(first, place, last, place, {"validate": "list", "source": list(DISAGREEMENTS.values())})
    asked = [column.name for column in COLUMNS if not column.is_answer]
    for row, values in enumerate(lines.select(asked).iter_rows(), first):
        for place, value in enumerate(values):
            sheet.write_string(row, place, for_cell(value), formats.cell)
        for place in range(len(asked), len(COLUMNS)):
            sheet.write_blank(row, place, None, formats.answer)


def _write_columns(sheet: Worksheet, formats: _Formats) -> None:
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 2, 90)
    for place, title in enumerate(("Column", "In the CSV file", "Meaning")):
        sheet.write_string(HEADING_ROW, place, title, formats.heading)
    for row, column in enumerate(COLUMNS, HEADING_ROW + 1):
        for place, words in enumerate((column.title, column.name, column.meaning)):
            sheet.write_string(row, place, words, formats.cell)


def _heading(column: PackColumn, formats: _Formats) -> Format:
    return formats.answer_heading if column.is_answer else formats.heading
