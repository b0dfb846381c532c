"""A release as a workbook, for people who work in a spreadsheet: how to read it, the tables, what each column means.

Belongs here: the sheets. Does not: which tables are asked for (`reconciliation.register`), correction packs
(`ledger.packs.workbook`).

Texts of sources are written as text: no cell can hold a formula or a link.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl
from xlsxwriter.workbook import Workbook

from warehouse.csv_text import for_cells
from warehouse.releases.release import Release
from warehouse.schema import Table
from warehouse.workbook_file import new_workbook

MOST_ROWS: Final = 1_048_575
"""Rows of a sheet below its heading (Excel specifications and limits)."""

READ_ME, COLUMNS = "Read me", "Columns"
ABOUT: Final = (
    "{marking}",
    "Register of slavery and trafficking orders, release {release_id}, as of {as_of}.",
    (
        "It was reconciled from what police systems, the courts and the regional units hold. It is not a court record: "
        "check an order against the court's own before acting on it."
    ),
    (
        "What may be in force counts as in force: is_in_force_doubtful is TRUE where nobody knows. An empty cell means "
        "that the value is not known, not that there is none, unless the sheet Columns says otherwise."
    ),
    "A release does not change: later nights are in later releases. The sheet Columns says what each column means.",
    (
        "It holds criminal-offence data of persons who can be identified (Data Protection Act 2018, Part 3): share no "
        "more of it than the purpose needs, and delete it afterwards."
    ),
)
"""The first sheet, a line each."""


class TooManyRowsError(ValueError):
    """A sheet can't hold so many rows; CSV and Parquet can."""


def write_workbook(path: Path, release: Release, tables: Mapping[Table, pl.DataFrame], *, marking: str) -> None:
    """Write tables of a release as a workbook.

    Raises:
        TooManyRowsError: a sheet can't hold the rows of a table.
        OSError: the file can't be written.
    """
    for table, rows in tables.items():
        if rows.height > MOST_ROWS:
            raise TooManyRowsError(f"{table.name} has {rows.height:,} rows, and a sheet holds {MOST_ROWS:,}")
    about = [
        line.format(marking=marking, release_id=release.release_id, as_of=release.as_of.isoformat()) for line in ABOUT
    ]
    with new_workbook(path, **dict.fromkeys(_READ_AS, False)) as book:
        _write_about(book, about)
        for table, rows in tables.items():
            _write_sheet(book, table.name, _flat(rows), marking)
        _write_sheet(book, COLUMNS, _meanings(tables), marking)


_READ_AS: Final = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")


def _write_about(book: Workbook, about: Sequence[str]) -> None:
    sheet = book.add_worksheet(READ_ME)
    sheet.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    for row, line in enumerate(about):
        sheet.write_string(row, 0, line)


def _write_sheet(book: Workbook, name: str, rows: pl.DataFrame, marking: str) -> None:
    sheet = book.add_worksheet(name)
    printed = marking.replace("&", "&&")
    sheet.set_landscape()
    sheet.set_header(f"&C&B{printed}")
    sheet.set_footer(f"&C&B{printed}&R&P / &N")
    rows.write_excel(book, sheet, freeze_panes=(1, 0), autofit=rows.height > 0, dtype_formats={pl.Date: "yyyy-mm-dd"})


def _flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as cells hold them: several values in one cell, moments as text, a text that was cut says so."""
    return rows.with_columns(
        pl.col(pl.List(pl.String)).list.join("; "),
        pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%d %H:%M UTC"),
    ).with_columns(for_cells(pl.col(pl.String)))


def _meanings(tables: Mapping[Table, pl.DataFrame]) -> pl.DataFrame:
    """A row for each column with the parts of its declaration; the `example` is the first value that there is."""
    firsts = {
        table: _flat(rows).select(pl.all().drop_nulls().first().cast(pl.String)) for table, rows in tables.items()
    }
    rows = [
        {
            "table": table.name,
            "column": column.name,
            "title": column.title,
            "meaning": column.description,
            "unit": column.measured_in,
            "codes": column.coded,
            "source": column.source,
            "example": firsts[table][column.name].item() or column.sample,
            "caveat": column.caveat,
        }
        for table in tables
        for column in table.columns
    ]
    return pl.DataFrame(rows)
