"""Excel workbooks as grids of text: what can be opened, and every sheet cell by cell.

Belongs here: the file format and what makes a workbook unfit. Does not: what the cells mean.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import fastexcel
import polars as pl

from assets.sources.contract import Fault
from assets.sources.merged_cells import column_index, fill_merged_rows, find_merged_rows, read_blocks

OLE_MARK = bytes.fromhex("D0CF11E0A1B11AE1")
MACRO_PART = "xl/vbaProject.bin"
WORKBOOK_PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
# The reader lays a sheet out as a full rectangle: one stray cell in the far corner would ask for all memory.
MOST_CELLS = 20_000_000
FILLED_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*(?<!/)>')
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"

SEND_AGAIN = "Ask the unit to save it as an Excel workbook (.xlsx) and send it again."
REFUSALS = {
    "empty": f"The file has no bytes. {SEND_AGAIN}",
    "password_protected": "The file is an encrypted or an old binary Excel file (.xls). Expected an open .xlsx: ask "
    "the unit to take the password off, save it as .xlsx and send it again.",
    "not_a_workbook": f"The file is no Excel workbook: its parts are missing. {SEND_AGAIN}",
    "cut_short": f"The workbook is cut short or damaged: its parts cannot be unpacked whole. {SEND_AGAIN}",
    "macro_workbook": "The workbook holds macros, which are not accepted. Ask the unit to save it as .xlsx, without "
    "macros, and send it again.",
    "too_large": f"A sheet reaches over more than {MOST_CELLS:,} cells, most likely through a stray cell far from the "
    "data. Ask the unit to delete the empty rows and columns beyond the data and send it again.",
}


@dataclass(frozen=True)
class Sheet:
    """A sheet as text: column `row_number` as Excel shows it, then a column for each of Excel's, `column_0` on.

    Rows and columns without any text are left out, cells without text are null; the rows of a merged cell all have its
    value. Dates are ISO; a formula is its last value; an error is `#` and its name.
    """

    name: str
    is_visible: bool
    cells: pl.DataFrame


def read_workbook(path: Path) -> tuple[list[Sheet], Fault | None]:
    """Read all sheets of a workbook, or tell why it is refused."""
    code = _find_refusal(path)
    if code is None:
        try:
            return list(_read_sheets(path)), None
        except fastexcel.FastExcelError:
            code = "cut_short"
    return [], Fault(code, REFUSALS[code])


def _find_refusal(path: Path) -> str | None:
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
            return _find_refusal_inside(archive)
    except (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error):
        return "cut_short"


def _find_refusal_inside(archive: ZipFile) -> str | None:
    parts = archive.namelist()
    if not {*WORKBOOK_PARTS}.issubset(parts):
        return "not_a_workbook"
    if MACRO_PART in parts or Path(str(archive.filename)).suffix.lower() == ".xlsm":
        return "macro_workbook"
    if archive.testzip():
        return "cut_short"
    sheets = [part for part in parts if part.startswith("xl/worksheets/") and part.endswith(".xml")]
    return "too_large" if any(_cells(archive, part) > MOST_CELLS for part in sheets) else None


def _cells(archive: ZipFile, part: str) -> int:
    """Cells of the rectangle that the filled cells of a sheet span; what the sheet itself says of it may be wrong."""
    width = height = 0
    for block in read_blocks(archive, part):
        found = FILLED_CELL.findall(block)
        width = max([width, *(column_index(letters.decode()) + 1 for letters in {letters for letters, _ in found})])
        height = max([height, *(int(row) for row in {row for _, row in found})])
    return width * height


def _read_sheets(path: Path) -> Iterator[Sheet]:
    workbook, merged = fastexcel.read_excel(path), find_merged_rows(path)
    for name in workbook.sheet_names:
        sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        cells = fill_merged_rows(_as_text(sheet), merged.get(name, []))
        yield Sheet(name, sheet.visible == "visible", _drop_empty(cells))


def _drop_empty(cells: pl.DataFrame) -> pl.DataFrame:
    """Leave out rows and columns without any text: one stray cell may stand behind a million of them."""
    filled = [name for name in cells.columns[1:] if cells[name].null_count() < cells.height]
    has_text = pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in filled))
    return cells.select(cells.columns[0], *filled).filter(has_text)


def _as_text(sheet: fastexcel.ExcelSheet) -> pl.DataFrame:
    if not sheet.height:
        return pl.DataFrame(schema={"row_number": pl.Int64})
    batch, errors = sheet.to_arrow_with_errors()
    cells = pl.DataFrame(batch)
    cells = cells.rename({name: f"column_{index}" for index, name in enumerate(cells.columns)})
    if errors is not None:
        cells = _write_errors(cells, errors.errors)
    text = pl.all().str.strip_chars().str.replace(MIDNIGHT, "$1")
    return (
        cells.select(pl.when(text != "").then(text))
        .with_row_index("row_number", offset=1)
        .cast({"row_number": pl.Int64})
    )


def _write_errors(cells: pl.DataFrame, errors: list[fastexcel.CellError]) -> pl.DataFrame:
    """Put `#Div0` where a formula failed: an error is not a blank."""
    places = pl.DataFrame(
        [
            (
                error.offset_position[0],
                f"column_{error.offset_position[1]}",
                re.sub(r".*Error\((\w+)\).*", r"#\1", error.detail),
            )
            for error in errors
        ],
        schema={"row": pl.Int64, "column": pl.String, "text": pl.String},
        orient="row",
    )
    for (name,), failed in places.group_by("column", maintain_order=True):
        cells = cells.with_columns(pl.Series(str(name), cells[str(name)].scatter(failed["row"], failed["text"])))
    return cells
