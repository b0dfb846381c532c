"""What the XML of a workbook says besides the values of its cells.

Belongs here: which part holds which sheet, the date system, and of each sheet its size, merged cells, hidden rows and
columns, and formulas without a saved result. Does not: reading values (`workbooks`), what anything means.

Elements are known by their local name within the namespace of the part's root: programs write them with a prefix
(`x:row`) or without one, in the transitional or in the strict namespace.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import join, normpath
from typing import Self
from xml.parsers import expat  # a document type, and so every entity, is refused
from zipfile import ZipFile

from assets.sources.plain_rows import PlainRows

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
WORKSHEET = "/worksheet"  # end of a relation's type; the rest differs between the transitional and the strict form
PROLOG_BYTES = 1 << 16  # a document type stands before the root element
MOST_COLUMNS = 16_384  # Excel's own limit
DIGITS = "0123456789"
RANGE = re.compile(r"\$?([A-Za-z]+)\$?([0-9]+):\$?[A-Za-z]+\$?([0-9]+)")

Attributes = Mapping[str, str]


class EntitiesError(Exception):
    """A part declares a document type, through which a few bytes can stand for gigabytes. No workbook needs one."""


@dataclass(frozen=True, order=True)
class MergedRows:
    """A cell that reaches over rows: its column from 0, its first and last row as Excel shows them."""

    column: int
    first_row: int
    last_row: int


@dataclass(frozen=True)
class SheetFacts:
    """What the XML of a sheet says besides values; rows as Excel shows them, columns from 0.

    Attributes:
        cells: cells of the rectangle that the filled cells span, whatever the sheet itself says of its size.
        merged: cells merged over several rows.
        hidden_rows: rows that are hidden, by hand or by a filter.
        hidden_columns: columns that are hidden.
        empty_formulas: row and column of each formula whose result was never saved.
        has_unplaced_rows: cells do not say their place, and rows of several differ in how many they are: some leave
            blanks out, and nobody can say where.
    """

    cells: int
    merged: tuple[MergedRows, ...]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    empty_formulas: tuple[tuple[int, int], ...]
    has_unplaced_rows: bool


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: its place among all sheets of the workbook, from 0, its name and its facts."""

    index: int
    name: str
    facts: SheetFacts


@dataclass(frozen=True)
class WorkbookFacts:
    """The worksheets of a workbook, and whether its dates count from 1904 instead of 1900."""

    counts_from_1904: bool
    sheets: tuple[SheetPart, ...]


def read_facts(path: Path) -> WorkbookFacts:
    """Read what the XML of a workbook says besides values.

    Raises:
        EntitiesError: a part declares a document type.
        KeyError: the part of a sheet is missing.
        xml.parsers.expat.ExpatError: a part is not well-formed.
    """
    with ZipFile(path) as archive:
        for part in archive.namelist():
            if part.endswith((".xml", ".rels")):
                _check_prolog(archive, part)
        workbook, parts = _Workbook().read(archive, WORKBOOK), _worksheet_parts(archive)
        sheets = [
            SheetPart(index, name, _Sheet().read(archive, parts[relation]).facts())
            for index, (name, relation) in enumerate(workbook.sheets)
            if relation in parts
        ]
        return WorkbookFacts(workbook.counts_from_1904, tuple(sheets))


def column_letters(index: int) -> str:
    """A column's name in Excel: `A` for 0, `AA` for 26."""
    before, last = divmod(index, 26)
    return (column_letters(before - 1) if before else "") + chr(ord("A") + last)


@cache
def _column_of(letters: str) -> int | None:
    """The column of a cell by the letters of its place; none if there is more than letters."""
    return _column_index(letters) if letters.isascii() and letters.isalpha() else None


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters.upper():
        index = 26 * index + ord(letter) - ord("A") + 1
    return index - 1


class _Elements:
    """Calls `on_<name>` of a subclass for each element of a part that has the namespace of the part's root."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start_root
        self._handlers: dict[str, Callable[[Attributes], None]] = {}

    def read(self, archive: ZipFile, part: str) -> Self:
        """Read a part to its end."""
        with archive.open(part) as file:
            self._parser.ParseFile(file)
        return self

    def _start_root(self, name: str, _: Attributes) -> None:
        namespace = name.rpartition(" ")[0]
        for method in dir(self):
            if method.startswith("on_"):
                self._handlers[f"{namespace} {method[3:]}".strip()] = getattr(self, method)
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: Attributes) -> None:
        if name in self._handlers:
            self._handlers[name](attributes)


class _Workbook(_Elements):
    """The sheets by name and relation, and the date system."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.counts_from_1904 = False

    def on_workbookPr(self, attributes: Attributes) -> None:  # noqa: N802  # the element's name
        self.counts_from_1904 |= _is_yes(attributes, "date1904")

    def on_sheet(self, attributes: Attributes) -> None:
        relation = next((value for name, value in attributes.items() if name.endswith(" id")), "")
        self.sheets.append((attributes.get("name", ""), relation))


class _Relations(_Elements):
    """The parts that hold worksheets, by relation."""

    def __init__(self) -> None:
        super().__init__()
        self.worksheets: dict[str, str] = {}

    def on_Relationship(self, attributes: Attributes) -> None:  # noqa: N802  # the element's name
        if attributes.get("Type", "").endswith(WORKSHEET):
            target = normpath(join("xl", attributes.get("Target", "")))
            self.worksheets[attributes.get("Id", "")] = target.lstrip("/")


class _Sheet(_Elements):
    """The facts of a sheet.

    Text and ends of elements are looked at in cells with a formula only, and plain rows in bulk, to be fast.
    """

    def __init__(self) -> None:
        super().__init__()
        self._width = self._height = self._row = 0
        self._column = -1
        self._type = ""
        self._result: str | None = None
        self._merged: list[MergedRows] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._empty_formulas: list[tuple[int, int]] = []
        self._unplaced: dict[int, int] = {}  # cells without a place, by row

    def read(self, archive: ZipFile, part: str) -> Self:
        """Read a part to its end, its plain rows in bulk."""
        plain = PlainRows()
        with archive.open(part) as file:
            for xml in plain.left_out_of(file):
                self._parser.Parse(xml)
        self._parser.Parse(b"", True)
        self._height = max(self._height, plain.height)
        self._width = max([self._width, *(_column_index(letters.decode()) + 1 for letters in plain.columns)])
        return self

    def facts(self) -> SheetFacts:
        """What was read."""
        return SheetFacts(
            self._width * self._height,
            tuple(self._merged),
            frozenset(self._hidden_rows),
            frozenset(self._hidden_columns),
            tuple(self._empty_formulas),
            len(set(self._unplaced.values()) - {1}) > 1,
        )

    def on_col(self, attributes: Attributes) -> None:
        if _is_hidden(attributes, "width"):
            first, last = (int(attributes.get(end, 0)) for end in ("min", "max"))
            self._hidden_columns.update(range(first - 1, min(last, MOST_COLUMNS)))

    def on_row(self, attributes: Attributes) -> None:
        self._row, self._column = int(attributes.get("r", self._row + 1)), -1
        if _is_hidden(attributes, "ht"):
            self._hidden_rows.add(self._row)

    def on_c(self, attributes: Attributes) -> None:
        place = attributes.get("r", "")
        letters = place.rstrip(DIGITS)
        column = _column_of(letters) if letters != place else None
        if column is None:
            self._unplaced[self._row] = self._unplaced.get(self._row, 0) + 1
            column = self._column + 1
        self._column = column
        self._type = attributes.get("t", "")

    def on_is(self, _: Attributes) -> None:
        self._width = max(self._width, self._column + 1)
        self._height = max(self._height, self._row)

    def on_v(self, attributes: Attributes) -> None:
        self.on_is(attributes)
        self._result = ""

    def on_f(self, attributes: Attributes) -> None:
        self.on_is(attributes)
        self._result = None
        self._parser.CharacterDataHandler = self._text
        self._parser.EndElementHandler = self._end

    def on_mergeCell(self, attributes: Attributes) -> None:  # noqa: N802  # the element's name
        found = RANGE.fullmatch(attributes.get("ref", ""))
        if found and found[2] != found[3]:
            self._merged.append(MergedRows(_column_index(found[1]), int(found[2]), int(found[3])))

    def _text(self, text: str) -> None:
        if self._result is not None:  # the formula's own text comes before its result
            self._result += text

    def _end(self, name: str) -> None:
        if name.rpartition(" ")[2] != "c":
            return
        is_text = self._type == "str" and self._result is not None  # a text without letters is a result too
        if not is_text and not (self._result or "").strip():
            self._empty_formulas.append((self._row, self._column))
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None


def _check_prolog(archive: ZipFile, part: str) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    with archive.open(part) as file:
        parser.Parse(file.read(PROLOG_BYTES))


def _refuse(*_: object) -> None:
    raise EntitiesError


def _worksheet_parts(archive: ZipFile) -> dict[str, str]:
    """The part of each worksheet by relation; names of parts are alike in any case."""
    stored = {part.lower(): part for part in archive.namelist()}
    worksheets = _Relations().read(archive, RELATIONS).worksheets
    return {relation: stored.get(part.lower(), part) for relation, part in worksheets.items()}


def _is_yes(attributes: Attributes, name: str) -> bool:
    return attributes.get(name, "").lower() in {"1", "true", "on"}


def _is_hidden(attributes: Attributes, size: str) -> bool:
    return _is_yes(attributes, "hidden") or attributes.get(size) in {"0", "0.0"}
