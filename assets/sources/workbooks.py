"""Excel workbooks as grids of text: what can be opened, and every sheet cell by cell.

Belongs here: what makes a workbook unfit, and the values of its cells. Does not: what its XML says besides values
(`workbook_xml`), what the cells mean.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from xml.parsers import expat  # only its error is named here
from zipfile import BadZipFile, ZipFile

import fastexcel
import polars as pl

from assets.sources.contract import DeliveryTooLargeError, Fault
from assets.sources.workbook_xml import (
    RELATIONS,
    WORKBOOK,
    EntitiesError,
    MergedRows,
    WorkbookFacts,
    read_facts,
)

OLE_MARK = bytes.fromhex("D0CF11E0A1B11AE1")
MACRO_PART = "xl/vbaProject.bin"
# The reader lays a sheet out as a full rectangle: one stray cell in the far corner would ask for all memory.
MOST_CELLS = 20_000_000
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"
SERIAL = r"^(\d{5})(?:\.\d+)?$"
DAY_ZERO_OF_1904 = date(1904, 1, 1)
# Stands in a cell whose formula was saved without its result, as `#Div0` stands where a formula failed.
NO_RESULT = "#NoResult"
UNREADABLE = (BadZipFile, EOFError, LookupError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)

SEND_AGAIN = "Ask the unit to save it as an Excel workbook (.xlsx) and send it again."
REFUSALS = {
    "empty": f"The file has no bytes. {SEND_AGAIN}",
    "password_protected": "The file is an encrypted or an old binary Excel file (.xls). Expected an open .xlsx: ask "
    "the unit to take the password off, save it as .xlsx and send it again.",
    "not_a_workbook": f"The file is not an Excel workbook: its parts are missing. {SEND_AGAIN}",
    "cut_short": f"The workbook is cut short or damaged: its parts cannot be read to the end. {SEND_AGAIN}",
    "entities": "The workbook declares XML entities, which no Excel workbook needs and which can exhaust a machine. "
    f"Find out which program wrote it. {SEND_AGAIN}",
    "macro_workbook": "The workbook holds macros, which are not accepted. Ask the unit to save it as .xlsx, without "
    "macros, and send it again.",
    "sheet_name_twice": "Two sheets of the workbook have the same name, so only one of them can be read. Ask the unit "
    "to rename one of them and send the workbook again.",
    "cells_without_place": "Cells of the workbook do not say in which column they stand, and its rows have more or "
    "fewer of them: where blanks are left out, values stand under the wrong headings, in Excel too. Ask the unit to "
    "write it again with another program, such as Excel, and send it again.",
    "too_large": f"The sheets reach over more than {MOST_CELLS:,} cells, most likely through a stray cell far from the "
    "data. Ask the unit to delete the empty rows and columns beyond the data and send it again.",
}


@dataclass(frozen=True)
class Sheet:
    """A sheet as text.

    Attributes:
        name: its name.
        is_visible: whether Excel shows it.
        cells: column `row_number` as Excel shows it, then a column for each of Excel's, `column_0` on. Rows and columns
            without any text are left out, cells without text are null; the rows of a merged cell all have its value.
            Dates are ISO; a formula is its last result, `NO_RESULT` if none was saved; an error is `#` and its name.
        hidden_rows: numbers of the rows that are hidden, by hand or by a filter.
        hidden_columns: the columns that are hidden, from 0.
        counts_from_1904: numbers that stand for dates count from 1904 (see `read_serials_of_1904`).
    """

    name: str
    is_visible: bool
    cells: pl.DataFrame
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    counts_from_1904: bool = False


def read_workbook(path: Path, *, most_bytes: int) -> tuple[list[Sheet], Fault | None]:
    """Read all worksheets of a workbook, or say why it is refused.

    Raises:
        DeliveryTooLargeError: its parts unpack to more bytes than that.
    """
    code = _find_refusal(path, most_bytes)
    if code is None:
        try:
            facts = read_facts(path)
            code = _find_unfit(facts)
            if code is None:
                return list(_read_sheets(path, facts)), None
        except EntitiesError:
            code = "entities"
        except (*UNREADABLE, expat.ExpatError, fastexcel.FastExcelError):
            code = "cut_short"
    return [], Fault(code, REFUSALS[code])


def read_serials_of_1904(text: pl.Expr) -> pl.Expr:
    """Dates written as plain numbers of days since 1904, as ISO dates; any other text as it is."""
    days = pl.duration(days=text.str.extract(SERIAL).cast(pl.Int64))
    return pl.coalesce((pl.lit(DAY_ZERO_OF_1904) + days).dt.to_string("%Y-%m-%d"), text)


def _find_refusal(path: Path, most_bytes: int) -> str | None:
    with path.open("rb") as file:
        start = file.read(len(OLE_MARK))
    if not start:
        return "empty"
    if start == OLE_MARK:
        return "password_protected"
    if not start.startswith(b"PK"):
        return "not_a_workbook"
    try:
        with ZipFile(path) as archive:
            return _find_refusal_inside(archive, most_bytes)
    except UNREADABLE:
        return "cut_short"


def _find_refusal_inside(archive: ZipFile, most_bytes: int) -> str | None:
    parts = archive.namelist()
    if sum(part.file_size for part in archive.infolist()) > most_bytes:
        raise DeliveryTooLargeError("unpacked_bytes", f"it unpacks to more than {most_bytes:,} bytes")
    if not {WORKBOOK, RELATIONS}.issubset(parts):
        return "not_a_workbook"
    if MACRO_PART in parts or Path(str(archive.filename)).suffix.lower() == ".xlsm":
        return "macro_workbook"
    for part in archive.infolist():
        part.file_size += (
            1  # a part that holds more than it declares fails its checksum: the reader would unpack it all
        )
    return "cut_short" if len(set(parts)) < len(parts) or archive.testzip() else None


def _find_unfit(facts: WorkbookFacts) -> str | None:
    """Why the sheets cannot be read: the reader finds them by name, and needs memory for all their cells."""
    names = [sheet.name for sheet in facts.sheets]
    if len(set(names)) < len(names):
        return "sheet_name_twice"
    if any(sheet.facts.has_unplaced_rows for sheet in facts.sheets):
        return "cells_without_place"
    merged = sum(cell.last_row - cell.first_row for sheet in facts.sheets for cell in sheet.facts.merged)
    return "too_large" if max(merged, sum(sheet.facts.cells for sheet in facts.sheets)) > MOST_CELLS else None


def _read_sheets(path: Path, workbook: WorkbookFacts) -> Iterator[Sheet]:
    reader = fastexcel.read_excel(path)
    for part in workbook.sheets:
        sheet = reader.load_sheet(part.index, header_row=None, skip_rows=0, dtypes="string")
        grid = _read_grid(sheet, part.facts.empty_formulas)
        yield Sheet(
            part.name,
            sheet.visible == "visible",
            _fill_merged_rows(grid, part.facts.merged),
            part.facts.hidden_rows,
            part.facts.hidden_columns,
            workbook.counts_from_1904,
        )


def _read_grid(sheet: fastexcel.ExcelSheet, empty_formulas: Sequence[tuple[int, int]]) -> pl.DataFrame:
    """All cells of a sheet as text, from its first row on; `column_2` is Excel's column C."""
    no_results = [(row - 1, column, NO_RESULT) for row, column in empty_formulas]
    if not sheet.height:
        return _write(pl.DataFrame(), no_results)
    batch, errors = sheet.to_arrow_with_errors()
    grid = pl.DataFrame(batch)
    # The reader leaves out empty columns before the first one that is filled, and counts errors from there.
    columns = [column.absolute_index for column in sheet.selected_columns]
    grid.columns = [f"column_{index}" for index in columns]
    failed = [
        (row, columns[place], re.sub(r".*Error\((\w+)\).*", r"#\1", error.detail))
        for error in (errors.errors if errors else [])
        for row, place in [error.offset_position]
    ]
    text = pl.all().str.strip_chars().str.replace(MIDNIGHT, "$1")
    return _write(grid, [*failed, *no_results]).select(pl.when(text != "").then(text))


def _write(grid: pl.DataFrame, texts: Sequence[tuple[int, int, str]]) -> pl.DataFrame:
    """Put texts into cells, each with its row and column from 0; the grid grows to hold them."""
    if not texts:
        return grid
    height = max(grid.height, *(row + 1 for row, _, _ in texts))
    width = max(int(name.removeprefix("column_")) for name in (*grid.columns, *(f"column_{at}" for _, at, _ in texts)))
    blank = pl.DataFrame(schema={f"column_{index}": pl.String for index in range(width + 1)})
    grid = pl.concat([blank, grid, blank.clear(height - grid.height)], how="diagonal")
    places = pl.DataFrame(texts, schema={"row": pl.Int64, "column": pl.Int64, "text": pl.String}, orient="row")
    for (column,), group in places.group_by("column", maintain_order=True):
        name = f"column_{column}"
        grid = grid.with_columns(grid[name].scatter(group["row"], group["text"]))
    return grid


def _fill_merged_rows(grid: pl.DataFrame, merged: Iterable[MergedRows]) -> pl.DataFrame:
    """Give every row of a merged cell its value, number the rows, and leave out rows and columns without own text.

    One stray cell may stand behind a million empty rows; and a row with nothing but its share of merged cells is empty.
    """
    filled = [name for name in grid.columns if grid[name].null_count() < grid.height]
    has_text = pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in filled))
    own = grid.select(has_text=has_text).to_series()
    cells = grid.select(filled).with_row_index("row_number", offset=1).cast({"row_number": pl.Int64})
    for column, group in groupby(sorted(merged), key=attrgetter("column")):
        name = f"column_{column}"
        if name in filled:
            cells = cells.with_columns(_fill_down(cells[name], group))
    return cells.filter(own)


def _fill_down(column: pl.Series, merged: Iterable[MergedRows]) -> pl.Series:
    # Rows are counted from 1, places in a column from 0: the rows below the first begin at `first_row`.
    below = [
        (cell.first_row - 1, place)
        for cell in merged
        for place in range(cell.first_row, min(cell.last_row, len(column)))
    ]
    return column.scatter([place for _, place in below], column.gather([first for first, _ in below]))
