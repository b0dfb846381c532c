"""Writes the regional returns: one workbook a region and month, filled in as people fill them in."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from random import Random

import xlsxwriter

from samples.arrests import Arrest
from samples.errors import Mixture
from samples.holdings import Holding
from samples.identifiers import pnc_id_as_written
from samples.layouts import LAYOUTS, OLD_NAMES, Columns, Layout
from samples.name_errors import without_diacritics
from samples.pnd import occurrence_ref
from samples.records import SHARE_OF_ARRESTS, Record
from samples.truth import Truth
from samples.wording import condition_texts, court_as_written, date_as_typed, force_as_written, term_as_typed, town_of
from samples.world import World

# Workbooks carry the day they were made; a fixed one keeps the bytes the same.
CREATED = datetime(2020, 1, 1)  # noqa: DTZ001
UNKNOWN = ("n/k", "?", "TBC", "-", "")
JOINS = ("; ", ". ", "\n", " / ")
YEARS_OF_HISTORY = 2
SHARE_EXCEL_DATES = 0.7
Cell = str | int | date | None


def write_rocu(folder: Path, world: World, mixture: Mixture, truth: Truth) -> None:
    """Write `<UNIT>_STRO_return_<YYYY-MM>.xlsx` for each region that holds orders.

    A return tells what was known on the first of its month, so that it stays the same all month.
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
        self._layout: Layout = LAYOUTS[region]
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

    def _write_orders(self, held: list[tuple[Record, Holding, list[tuple[str, str]]]]) -> None:
        sheet, row = self._sheet(self._layout.orders, self._layout.columns)
        for number, (record, holding, errors) in enumerate(held, 1):
            random = Random(record.seed)
            self._fill(sheet, row, [ORDER_CELLS[field](record, holding, random) for _, field in self._layout.columns])
            if self._layout.columns[0][1] == "number":
                sheet.write_number(row, 0, number)
            row += 1
            self._truth.add(record, f"{self._file_name}#{self._layout.orders}#{row}", errors)
        for note in ("", *self._layout.notes):
            sheet.write_string(row, 0, note) if note else None
            row += 1

    def _write_arrests(
        self, held: list[tuple[Record, Holding, list[tuple[str, str]]]], arrests: dict[str, list[Arrest]]
    ) -> None:
        sheet, row = self._sheet(self._layout.arrests, self._layout.arrest_columns)
        seen: set[str] = set()
        for record, holding, errors in held:
            random = Random(record.seed)
            personal = [(field, error) for field, error in errors if field in {"name", "dob", "pncid"}]
            for arrest in arrests.get(record.order.person.person_id, ()):
                is_new = (
                    arrest.event_id not in seen and abs(arrest.made - record.order.made).days <= 365 * YEARS_OF_HISTORY
                )
                if not is_new or random.random() >= SHARE_OF_ARRESTS["rocu"]:
                    continue
                seen.add(arrest.event_id)
                cells = [ARREST_CELLS[field](arrest, holding, random) for _, field in self._layout.arrest_columns]
                self._fill(sheet, row, cells)
                row += 1
                key = f"{self._file_name}#{self._layout.arrests}#{row}"
                self._truth.add_arrest("rocu", key, arrest, personal)

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


def _day(day: date | None, random: Random) -> Cell:
    if day is None:
        return random.choice(UNKNOWN)
    # Workbooks of the 1900 date system cannot hold 1900-01-01 as most readers count it.
    return day if random.random() < SHARE_EXCEL_DATES and day.year > 1900 else date_as_typed(day, random)


def _birth(holding: Holding, random: Random) -> Cell:
    if holding.dob and holding.dob_digits == 6:
        return f"{holding.dob:%m/%Y}"
    return str(holding.dob.year) if holding.dob and holding.dob_digits == 4 else _day(holding.dob, random)


def _full_name(holding: Holding, random: Random) -> str:
    if random.random() < 0.5:
        return f"{holding.surname.upper()}, {holding.forenames}"
    return f"{holding.forenames} {holding.surname}"


def _pncid(holding: Holding, random: Random) -> str:
    return pnc_id_as_written(holding.pncid, random) if holding.pncid else random.choice(UNKNOWN)


def _kind(holding: Holding, random: Random) -> str:
    words = {"STRO": "Slavery and Trafficking Risk Order", "STPO": "Slavery and Trafficking Prevention Order"}
    short = {"STRO": "S&T Risk Order", "STPO": "S&T Prevention Order"}
    kind = holding.kind
    return random.choice((kind, kind, kind, kind.lower(), words.get(kind, kind), short.get(kind, kind)))


def _kind_and_interim(holding: Holding, random: Random) -> str:
    kind = _kind(holding, random)
    return random.choice((f"Interim {kind}", f"{kind} (interim)", f"i{holding.kind}")) if holding.interim else kind


def _interim(holding: Holding, random: Random) -> str:
    if holding.interim:
        return random.choice(("Interim", "interim", "I", "INT"))
    return random.choice(("Full", "full", "F", "FULL"))


def _end(record: Record, holding: Holding, random: Random) -> Cell:
    if record.order.end is None:
        return random.choice(("UFO", "until further order", "indefinite", "Until further order"))
    return _day(holding.end, random)


def _term(record: Record, holding: Holding, random: Random) -> Cell:
    if record.order.is_interim:
        return random.choice(("", "interim", ""))
    return term_as_typed(holding.term, random) if holding.term else random.choice(("UFO", "indefinite", ""))


def _conditions(record: Record, holding: Holding, random: Random) -> str:
    texts = condition_texts(record.order, holding.conditions, random)
    if texts and random.random() < 0.2:
        return "\n".join(f"{number}) {text}" for number, text in enumerate(texts, 1))
    return random.choice(JOINS).join(texts)


def _court(holding: Holding, random: Random) -> str:
    return town_of(holding.court_name) if random.random() < 0.3 else court_as_written(holding.court_name, random)


def _county_lines(holding: Holding, random: Random) -> str:
    return random.choice(("Y", "Y", "y", "Yes")) if holding.county_lines else random.choice(("N", "N", "n", "No"))


def _breaches(record: Record, random: Random) -> Cell:
    return record.order.breaches if random.random() < 0.9 else random.choice(UNKNOWN)


ORDER_CELLS: dict[str, Callable[[Record, Holding, Random], Cell]] = {
    "number": lambda record, holding, random: 0,
    "name": lambda record, holding, random: _full_name(holding, random),
    "surname": lambda record, holding, random: holding.surname,
    "forenames": lambda record, holding, random: holding.forenames,
    "dob": lambda record, holding, random: _birth(holding, random),
    "pncid": lambda record, holding, random: _pncid(holding, random),
    "force": lambda record, holding, random: force_as_written(holding.force, random),
    "kind": lambda record, holding, random: _kind(holding, random),
    "kind_and_interim": lambda record, holding, random: _kind_and_interim(holding, random),
    "interim": lambda record, holding, random: _interim(holding, random),
    "made": lambda record, holding, random: _day(holding.made, random),
    "start": lambda record, holding, random: _day(holding.start, random),
    "end": _end,
    "term": _term,
    "court": lambda record, holding, random: _court(holding, random),
    "conditions": _conditions,
    "county_lines": lambda record, holding, random: _county_lines(holding, random),
    "breaches": lambda record, holding, random: _breaches(record, random),
    "occurrence": lambda record, holding, random: occurrence_ref(record, random) if random.random() < 0.9 else "",
}
ARREST_CELLS: dict[str, Callable[[Arrest, Holding, Random], Cell]] = {
    "name": lambda arrest, holding, random: f"{holding.forenames} {holding.surname}",
    "surname": lambda arrest, holding, random: holding.surname,
    "forenames": lambda arrest, holding, random: holding.forenames,
    "dob": lambda arrest, holding, random: f"{holding.dob:%d/%m/%Y}" if holding.dob else "",
    "pncid": lambda arrest, holding, random: _pncid(holding, random) if random.random() < 0.8 else "",
    "arrested": lambda arrest, holding, random: _day(arrest.made, random),
    "offence": lambda arrest, holding, random: arrest.offence.title if random.random() < 0.75 else arrest.offence.code,
    "custody": lambda arrest, holding, random: arrest.custody_ref if random.random() < 0.7 else "",
}
