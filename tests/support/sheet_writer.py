"""Writes workbooks from a plain description: the sheets as tables of text, and how the file differs from the usual.

In a table cells are parted by `|`, and a blank line is an empty row. `2023-05-10` is an Excel date, digits alone are a
number, `'` before them makes them text, `\\n` breaks a line. `=A1 => STRO` is a formula with its saved result, `=A1`
one without.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

NO_RESULT = "result was not saved"
TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PREFIXED = re.compile(r"^xl/(?:workbook|styles|sharedStrings|worksheets/sheet\d+)\.xml$")

Sheets = Mapping[str, str]


def read_table(text: str) -> list[list[str]]:
    """The cells of a table of text."""
    return [[cell.strip() for cell in line.split("|")] if line.strip() else [] for line in text.strip("\n").split("\n")]


def write_workbook(path: Path, sheets: Sheets, **form: Any) -> Path:
    """Write sheets to a file; `form` says what is unusual: see the keyword arguments of `_fill` and `FORMS`."""
    book = xlsxwriter.Workbook(path, {"date_1904": form.get("dates_from_1904", False)})
    dates = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, text in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(read_table(text)):
            for column, cell in enumerate(cells):
                _write_cell(sheet, row, column, cell.replace("\\n", "\n"), dates)
        _shape(sheet, form)
    book.close()
    for change in (_drop_results, *(FORMS[name] for name in form.get("xml", ()))):
        _rewrite(path, change)
    return path


def _write_cell(sheet: Any, row: int, column: int, cell: str, dates: Any) -> None:
    if cell.startswith("="):
        formula, _, result = cell.partition("=>")
        sheet.write_formula(row, column, formula.strip(), None, result.strip() or NO_RESULT)
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        sheet.write_datetime(row, column, datetime.fromisoformat(cell), dates)
    elif cell.isdigit():
        sheet.write_number(row, column, int(cell))
    elif cell:
        sheet.write_string(row, column, cell.removeprefix("'"))


def _shape(sheet: Any, form: Mapping[str, Any]) -> None:
    """Hide and merge what the form says, on the sheet called `Orders` unless it names others."""
    if sheet.name in form.get("hidden_sheets", ()):
        sheet.hide()
    if sheet.name != "Orders":
        return
    if form.get("far_cell"):
        sheet.write_string(1_048_575, 16_383, "x")
    if "filtered_rows" in form:
        sheet.autofilter(0, 0, 100, 0)
    for row in (*form.get("hidden_rows", ()), *form.get("filtered_rows", ())):
        sheet.set_row(row - 1, None, None, {"hidden": True})
    for column in form.get("hidden_columns", ()):
        sheet.set_column(f"{column}:{column}", None, None, {"hidden": True})
    for cells, text in form.get("merged", {}).items():
        sheet.merge_range(cells, text)


def _rewrite(path: Path, change: Callable[[str, str], tuple[str, str]]) -> None:
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            new_name, text = change(name, content.decode("utf-8"))
            archive.writestr(new_name, text)


def _drop_results(name: str, xml: str) -> tuple[str, str]:
    return name, xml.replace(' t="str"><f>', "><f>").replace(f"<v>{NO_RESULT}</v>", "") if NO_RESULT in xml else xml


def _prefix(name: str, xml: str) -> tuple[str, str]:
    if PREFIXED.match(name):
        xml = re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", xml)
        xml = re.sub(rf'xmlns="({TRANSITIONAL}|{STRICT})"', r'xmlns:x="\1"', xml)
    return name, xml


def _strict(name: str, xml: str) -> tuple[str, str]:
    return name, xml.replace(TRANSITIONAL, STRICT).replace(RELATIONS, STRICT_RELATIONS)


def _without_references(name: str, xml: str) -> tuple[str, str]:
    return name, re.sub(r'(<(?:row|c)\b[^>]*?) r="[A-Z]*\d+"', r"\1", xml) if "worksheets/sheet" in name else xml


def _absolute_targets(name: str, xml: str) -> tuple[str, str]:
    return name, xml.replace('Target="worksheets', 'Target="/xl/worksheets')


def _other_case_of_parts(name: str, xml: str) -> tuple[str, str]:
    return name.replace("worksheets/sheet", "worksheets/Sheet"), xml


def _in_single_quotes(name: str, xml: str) -> tuple[str, str]:
    return name, re.sub(r'="([^"\']*)"', r"= '\1' ", xml) if name.startswith("xl/w") and name.endswith(".xml") else xml


def _entities(name: str, xml: str) -> tuple[str, str]:
    bomb = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return name, re.sub(r"(<\?xml[^>]*\?>)", rf"\1{bomb}", xml) if "worksheets/sheet1" in name else xml


def _names_alike(name: str, xml: str) -> tuple[str, str]:
    return name, xml.replace('name="Orders2"', 'name="Orders"')


FORMS: Mapping[str, Callable[[str, str], tuple[str, str]]] = {
    "a prefix before every element": _prefix,
    "the strict namespaces": _strict,
    "cells without references": _without_references,
    "targets from the root": _absolute_targets,
    "parts named in another case": _other_case_of_parts,
    "attributes in single quotes": _in_single_quotes,
    "declared entities": _entities,
    "two sheets of one name": _names_alike,
}
