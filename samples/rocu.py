"""Writes the regional returns: one workbook for each region and month, filled in as people fill them in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from random import Random

import xlsxwriter

from samples.arrests import Arrest
from samples.holdings import Holding
from samples.identifiers import pnc_id_as_written
from samples.layouts import LAYOUTS, OLD_NAMES, Columns, ReturnLayout
from samples.name_errors import without_diacritics
from samples.planted_errors import Mixture
from samples.pnd import occurrence_ref
from samples.records import SHARE_OF_ARRESTS, Record
from samples.truth import Truth
from samples.wording import (
    FULL_WORDS,
    condition_texts,
    court_as_written,
    date_as_typed,
    force_as_written,
    term_as_typed,
    town_of,
)
from samples.world import World

# Workbooks carry the day they were made; a fixed one keeps the bytes the same.
CREATED = datetime(2020, 1, 1)  # noqa: DTZ001
UNKNOWN = ("n/k", "?", "TBC", "-", "")
JOINS = ("; ", ". ", "\n", " / ")
DAYS_OF_HISTORY = 2 * 365
SHARE_EXCEL_DATES = 0.7
Cell = str | int | date | None
Held = list[tuple[Record, Holding, list[tuple[str, str]]]]


def write(folder: Path, world: World, mixture: Mixture, truth: Truth) -> None:
    """Write `<UNIT>_STRO_return_<YYYY-MM>.xlsx` for each region that holds orders.

    A return holds what was known on the first of its month, so that it stays the same all month.
    """
    folder.mkdir(parents=True, exist_ok=True)
    month = mixture.on.replace(day=1)
    as_compiled = Mixture(world.noise, month)
    by_region: dict[str, list[Record]] = {}
    for record in world.known("rocu", month):
        by_region.setdefault(record.region, []).append(record)
    arrests: dict[str, list[Arrest]] = {}
    for arrest in world.arrests:
        if arrest.made <= month:
            arrests.setdefault(arrest.person.person_id, []).append(arrest)
    for region in sorted(by_region):
        path = folder / f"{region}_STRO_return_{month:%Y-%m}.xlsx"
        _Return(path, region, month, as_compiled, truth).write(by_region[region], arrests)


class _Return:
    """One workbook being filled in."""

    def __init__(self, path: Path, region: str, month: date, mixture: Mixture, truth: Truth) -> None:
        self._layout: ReturnLayout = LAYOUTS[region]
        self._file_name, self._truth, self._mixture = path.name, truth, mixture
        self._labels = {"unit": region, "old": OLD_NAMES.get(region, region), "period": f"{month:%Y-%m}"}
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
        self._book.set_properties({"created": CREATED})
        self._dates = self._book.add_format({"num_format": "dd/mm/yyyy"})

    def write(self, records: list[Record], arrests: dict[str, list[Arrest]]) -> None:
        held = [(record, *self._mixture.holding(record)) for record in records]
        if self._layout.is_by_name:
            held.sort(key=lambda entry: without_diacritics(entry[1].surname))
        self._write_orders(held)
        self._write_arrests(held, arrests)
        self._book.close()

    def _write_orders(self, held: Held) -> None:
        layout = self._layout
        sheet, row = self._sheet(layout.orders, layout.columns)
        for number, (record, holding, errors) in enumerate(held, 1):
            line = _Line(record, holding, Random(record.seed))
            cells = [number if field == "number" else ORDER_CELLS[field](line) for _, field in layout.columns]
            self._fill(sheet, row, cells)
            row += 1
            said = dict(zip((field for _, field in layout.columns), cells, strict=True)).get("breaches")
            if isinstance(said, int):
                self._truth.say(record, "breaches_said", said)
            self._truth.add(record, f"{self._file_name}#{layout.orders}#{row}", errors)
        for place, note in enumerate(layout.notes, row + 1):
            sheet.write_string(place, 0, note)

    def _write_arrests(self, held: Held, arrests: dict[str, list[Arrest]]) -> None:
        layout = self._layout
        sheet, row = self._sheet(layout.arrests, layout.arrest_columns)
        seen: set[str] = set()
        for record, holding, errors in held:
            random = Random(record.seed)
            personal = [(field, error) for field, error in errors if field in {"name", "dob", "pncid"}]
            for arrest in arrests.get(record.order.person.person_id, ()):
                is_near = abs(arrest.made - record.order.made).days <= DAYS_OF_HISTORY
                if arrest.event_id in seen or not is_near or random.random() >= SHARE_OF_ARRESTS["rocu"]:
                    continue
                seen.add(arrest.event_id)
                history = _History(arrest, holding, random)
                self._fill(sheet, row, [ARREST_CELLS[field](history) for _, field in layout.arrest_columns])
                row += 1
                self._truth.add_arrest("rocu", f"{self._file_name}#{layout.arrests}#{row}", arrest, personal)

    def _sheet(self, name: str, columns: Columns) -> tuple["xlsxwriter.worksheet.Worksheet", int]:
        sheet = self._book.add_worksheet(name)
        titles = self._layout.titles if name == self._layout.orders else ()
        for row, title in enumerate(titles):
            sheet.write_string(row, 0, title.format_map(self._labels))
        for column, (heading, _) in enumerate(columns):
            sheet.write_string(len(titles), column, heading)
        return sheet, len(titles) + 1

    def _fill(self, sheet: "xlsxwriter.worksheet.Worksheet", row: int, cells: list[Cell]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and cell:
                sheet.write_string(row, column, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(row, column, datetime.combine(cell, time()), self._dates)
            elif isinstance(cell, int):
                sheet.write_number(row, column, cell)


@dataclass(frozen=True)
class _Line:
    """What a row of the orders sheet is written from."""

    record: Record
    holding: Holding
    random: Random


@dataclass(frozen=True)
class _History:
    """What a row of the offending history is written from."""

    arrest: Arrest
    holding: Holding
    random: Random


def _day(day: date | None, random: Random) -> Cell:
    if day is None:
        return random.choice(UNKNOWN)
    # Workbooks of the 1900 date system cannot hold 1900-01-01 as most readers count it.
    return day if random.random() < SHARE_EXCEL_DATES and day.year > 1900 else date_as_typed(day, random)


def _birth(line: _Line) -> Cell:
    dob, digits = line.holding.dob, line.holding.dob_digits
    if dob and digits == 6:
        return f"{dob:%m/%Y}"
    return str(dob.year) if dob and digits == 4 else _day(dob, line.random)


def _full_name(line: _Line) -> Cell:
    holding = line.holding
    if line.random.random() < 0.5:
        return f"{holding.surname.upper()}, {holding.forenames}"
    return f"{holding.forenames} {holding.surname}"


def _pncid(row: _Line | _History) -> str:
    pncid = row.holding.pncid
    return pnc_id_as_written(pncid, row.random) if pncid else row.random.choice(UNKNOWN)


def _kind(line: _Line) -> str:
    kind = line.holding.kind
    short = FULL_WORDS[kind].replace("Slavery and Trafficking", "S&T")
    return line.random.choice((kind, kind, kind, kind.lower(), FULL_WORDS[kind], short))


def _kind_and_interim(line: _Line) -> str:
    kind = _kind(line)
    if not line.holding.interim:
        return kind
    return line.random.choice((f"Interim {kind}", f"{kind} (interim)", f"i{line.holding.kind}"))


def _interim(line: _Line) -> str:
    words = ("Interim", "interim", "I", "INT") if line.holding.interim else ("Full", "full", "F", "FULL")
    return line.random.choice(words)


def _end(line: _Line) -> Cell:
    if line.record.order.end is None:
        return line.random.choice(("UFO", "until further order", "indefinite", "Until further order"))
    return _day(line.holding.end, line.random)


def _term(line: _Line) -> Cell:
    if line.record.order.is_interim:
        return line.random.choice(("", "interim", ""))
    if not line.holding.term:
        return line.random.choice(("UFO", "indefinite", ""))
    return term_as_typed(line.holding.term, line.random)


def _conditions(line: _Line) -> str:
    texts = condition_texts(line.record.order, line.holding.conditions, line.random)
    if texts and line.random.random() < 0.2:
        return "\n".join(f"{number}) {text}" for number, text in enumerate(texts, 1))
    return line.random.choice(JOINS).join(texts)


def _court(line: _Line) -> str:
    name = line.holding.court_name
    return town_of(name) if line.random.random() < 0.3 else court_as_written(name, line.random)


def _county_lines(line: _Line) -> str:
    return line.random.choice(("Y", "Y", "y", "Yes") if line.holding.county_lines else ("N", "N", "n", "No"))


def _breaches(line: _Line) -> Cell:
    return line.record.order.breaches if line.random.random() < 0.9 else line.random.choice(UNKNOWN)


def _occurrence(line: _Line) -> str:
    return occurrence_ref(line.record, line.random) if line.random.random() < 0.9 else ""


def _birth_of_arrested(row: _History) -> str:
    return f"{row.holding.dob:%d/%m/%Y}" if row.holding.dob else ""


def _pncid_of_arrested(row: _History) -> str:
    return _pncid(row) if row.random.random() < 0.8 else ""


def _offence(row: _History) -> str:
    return row.arrest.offence.title if row.random.random() < 0.75 else row.arrest.offence.code


ORDER_CELLS: dict[str, Callable[[_Line], Cell]] = {
    "name": _full_name,
    "surname": lambda line: line.holding.surname,
    "forenames": lambda line: line.holding.forenames,
    "dob": _birth,
    "pncid": _pncid,
    "force": lambda line: force_as_written(line.holding.force, line.random),
    "kind": _kind,
    "kind_and_interim": _kind_and_interim,
    "interim": _interim,
    "made": lambda line: _day(line.holding.made, line.random),
    "start": lambda line: _day(line.holding.start, line.random),
    "end": _end,
    "term": _term,
    "court": _court,
    "conditions": _conditions,
    "county_lines": _county_lines,
    "breaches": _breaches,
    "occurrence": _occurrence,
}
ARREST_CELLS: dict[str, Callable[[_History], Cell]] = {
    "name": lambda row: f"{row.holding.forenames} {row.holding.surname}",
    "surname": lambda row: row.holding.surname,
    "forenames": lambda row: row.holding.forenames,
    "dob": _birth_of_arrested,
    "pncid": _pncid_of_arrested,
    "arrested": lambda row: _day(row.arrest.made, row.random),
    "offence": _offence,
    "custody": lambda row: row.arrest.custody_ref if row.random.random() < 0.7 else "",
}
