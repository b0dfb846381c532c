"""Cells merged over several rows: the one value that Excel shows for all of them.

Belongs here: where a workbook's merged cells lie, and filling them. Does not: reading values (`workbooks`).
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from posixpath import join, normpath
from zipfile import ZipFile

import polars as pl

BLOCK_BYTES = 1 << 20
LONGEST_TAG = 100
TAG = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):[A-Z]+(\d+)"')
SHEET = re.compile(r"<sheet\b[^>]*>")
RELATION = re.compile(r"<Relationship\b[^>]*>")


@dataclass(frozen=True, order=True)
class MergedRows:
    """A cell that reaches over rows: its column from 0, its first and last row as Excel shows them."""

    column: int
    first_row: int
    last_row: int


def column_index(letters: str) -> int:
    """The place of a column from 0: `A` is 0, `AA` is 26."""
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - ord("A") + 1
    return index - 1


def find_merged_rows(path: Path) -> dict[str, list[MergedRows]]:
    """Cells merged over several rows, by the name of the sheet."""
    with ZipFile(path) as archive:
        parts = set(archive.namelist())
        found = {name: _scan(archive, part) for name, part in _parts_by_sheet(archive).items() if part in parts}
    return {name: merged for name, merged in found.items() if merged}


def fill_merged_rows(cells: pl.DataFrame, merged: list[MergedRows]) -> pl.DataFrame:
    """Give every row of a merged cell its value; `cells` has all rows, and columns `column_0` on."""
    for column, group in groupby(merged, key=attrgetter("column")):
        name = f"column_{column}"
        if name not in cells.columns:
            continue
        # Rows are counted from 1, places in a column from 0: the rows below the first begin at `first_row`.
        below = [
            (cell.first_row - 1, place)
            for cell in group
            for place in range(cell.first_row, min(cell.last_row, cells.height))
        ]
        values = cells[name].gather([first for first, _ in below])
        cells = cells.with_columns(cells[name].scatter([place for _, place in below], values))
    return cells


def read_blocks(archive: ZipFile, part: str) -> Iterator[bytes]:
    """A part block by block, each with the end of the one before: a sheet may be hundreds of megabytes of XML."""
    before = b""
    with archive.open(part) as file:
        while block := file.read(BLOCK_BYTES):
            yield before + block
            before = block[-LONGEST_TAG:]


def _scan(archive: ZipFile, part: str) -> list[MergedRows]:
    return sorted(
        {
            MergedRows(column_index(letters.decode()), int(first), int(last))
            for block in read_blocks(archive, part)
            for letters, first, last in TAG.findall(block)
            if first != last
        }
    )


def _parts_by_sheet(archive: ZipFile) -> dict[str, str]:
    """The XML part of each sheet, by the sheet's name."""
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", errors="replace")
    targets = {
        _attribute(tag, "Id"): normpath(join("xl", _attribute(tag, "Target"))).lstrip("/")
        for tag in RELATION.findall(relations)
    }
    sheets = SHEET.findall(archive.read("xl/workbook.xml").decode("utf-8", errors="replace"))
    return {_attribute(tag, "name"): targets.get(_attribute(tag, "r:id"), "") for tag in sheets}


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""
