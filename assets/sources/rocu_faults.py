"""What is wrong with a regional return as a whole, in words for those who must ask the unit.

Places are given by number and letter, never by the name of a sheet or a heading: a unit may have typed a person there.

Belongs here: the faults of sheets, tables and the whole return. Does not: rows that are set aside (`rocu_verdicts`),
workbooks that cannot be opened (`workbooks`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assets.sources.contract import Fault
from assets.sources.rocu_rows import ReadTable
from assets.sources.workbook_xml import column_letters
from assets.sources.workbooks import NO_RESULT, Sheet

ADD_HEADING = "add its heading to `rocu_headings.toml`"
MOST_SHOWN = 10  # rows or columns that are listed one by one
MISPLACED_ROWS = 2  # a single row may have slipped
# Reasons of rows that make a return unfit: a table of it was not understood.
OF_UNKNOWN_TABLES = ("unknown_headings", "no_headings")


@dataclass(frozen=True)
class ReadSheet:
    """A sheet, its number in the workbook, and the tables that were found on it."""

    number: int
    sheet: Sheet
    tables: tuple[ReadTable, ...]


def find_faults(sheets: Sequence[ReadSheet]) -> tuple[Fault, ...]:
    """All faults of a return that could be opened, each once."""
    tables = [table for sheet in sheets for table in sheet.tables]
    faults = [
        *(fault for sheet in sheets for fault in _find_sheet_faults(sheet)),
        *(fault for sheet in sheets for table in sheet.tables for fault in _find_table_faults(table, sheet.number)),
        *_find_return_faults(tables),
    ]
    return tuple(dict.fromkeys(faults))


def _find_sheet_faults(read: ReadSheet) -> Iterator[Fault]:
    sheet = read.sheet
    if not read.tables:
        if sheet.cells.height:
            yield _note(
                "sheet_skipped",
                f"Sheet {read.number} has no known headings, so its {sheet.cells.height:,} filled rows were not read. "
                "If it belongs to the return, put headings as in the template above its rows and send the workbook "
                "again.",
            )
        return
    if not sheet.is_visible:
        yield _note(
            "hidden_sheet",
            f"Sheet {read.number} is hidden. Its rows were read like all others: if they do not belong to the return, "
            "ask the unit to delete the sheet.",
        )
    yield from _find_hidden(read)
    no_results = sum(int((sheet.cells[name] == NO_RESULT).sum()) for name in sheet.cells.columns[1:])
    if no_results:
        yield _note(
            "formula_without_result",
            f"Sheet {read.number}: {no_results:,} formulas were saved without their results, so their values are not "
            "known. Ask the unit to open the workbook in Excel, save it and send it again.",
        )


def _find_hidden(read: ReadSheet) -> Iterator[Fault]:
    rows = sorted(read.sheet.hidden_rows & {number for table in read.tables for number in table.row_numbers})
    if rows:
        yield _note(
            "hidden_rows",
            f"Sheet {read.number}: {len(rows):,} rows are hidden or filtered out ({_list(map(str, rows))}). They "
            "were read like all others: if they do not belong to the return, ask the unit to delete them.",
        )
    used = {int(name.removeprefix("column_")) for table in read.tables for name in table.layout.headings}
    columns = sorted(read.sheet.hidden_columns & used)
    if columns:
        yield _note(
            "hidden_columns",
            f"Sheet {read.number}: columns are hidden ({_list(map(column_letters, columns))}). They were read "
            "like all others: if their values do not count, ask the unit to delete them.",
        )


def _find_table_faults(table: ReadTable, sheet: int) -> Iterator[Fault]:
    layout = table.layout
    place = f"Sheet {sheet}, row {layout.heading_row}"
    for name in table.missing:
        yield Fault(
            "missing_heading",
            f"{place}: no heading for {_words(name)} of {layout.kind.name}. Every return needs it: add the column, or "
            f"{ADD_HEADING}.",
        )
    for name, columns in _find_lost(table).items():
        yield Fault(
            "missing_heading",
            f"{place}: no heading for {_words(name)} is known, but columns hold dates that were not read "
            f"(column {_list(map(_letters, columns))}). Name the column as in the template, or "
            f"{ADD_HEADING}.",
        )
    yield from _find_heading_notes(table, place)
    yield from _find_row_faults(table, place)


def _find_lost(table: ReadTable) -> dict[str, list[str]]:
    """Fields without a column that an unread column of dates most likely holds, with those columns."""
    kind, columns = table.layout.kind, set(table.layout.columns)
    lost = {group[0]: list(table.unread_dates) for group in kind.wanted if not set(group) & columns}
    spoken = {
        name: [column for column, heading in table.unread_dates.items() if re.search(words, heading, re.IGNORECASE)]
        for name, words in kind.speak_of.items()
        if name not in columns
    }
    return {name: found for name, found in {**spoken, **lost}.items() if found}


def _find_heading_notes(table: ReadTable, place: str) -> Iterator[Fault]:
    for name in table.layout.repeated:
        columns = len(table.layout.columns[name])
        yield Fault(
            "heading_twice",
            f"{place}: {columns} columns are headed as {_words(name)}. Rows where they differ are quarantined: keep "
            "one of the columns, or part the tables by an empty column.",
            is_structural=table.layout.are_two,
        )
    for column in table.others:
        yield _note(
            "unknown_heading",
            f"{place}: column {_letters(column)} has no known heading. The values are kept in `other_fields` and not "
            f"used: name it as in the template, or {ADD_HEADING}.",
        )
    for name in table.layout.guessed:
        column = _letters(table.layout.columns[name][0])
        yield _note(
            "misspelt_heading",
            f"{place}: the heading of column {column} was read as {_words(name)}. If that is wrong, correct the "
            "heading or add it to `rocu_headings.toml`.",
        )


def _find_row_faults(table: ReadTable, place: str) -> Iterator[Fault]:
    """Rows set aside that show that a whole table was not understood."""
    counts = dict(table.refused["reason_code"].value_counts().iter_rows())
    unknown = sum(counts.get(code, 0) for code in OF_UNKNOWN_TABLES)
    if unknown:
        yield Fault(
            "unknown_table",
            f"{place}: {unknown:,} rows above or below this table belong to another one whose headings are not known, "
            "and are quarantined. Put headings as in the template above them and send the workbook again.",
        )
    misplaced = counts.get("misplaced", 0)
    if misplaced >= MISPLACED_ROWS:
        yield Fault(
            "misplaced_rows",
            f"{place}: {misplaced:,} rows hold values that do not fit their headings, and are quarantined. Most likely "
            "they belong to another table whose headings are missing: put headings above them and send the workbook "
            "again.",
        )


def _find_return_faults(tables: Sequence[ReadTable]) -> Iterator[Fault]:
    """What is wrong with the return as a whole."""
    orders = [table for table in tables if table.layout.kind.name == "orders"]
    if not orders:
        yield Fault(
            "no_orders_sheet",
            "No sheet has the headings of orders (a name, a type of order, dates). Ask the unit for the return in the "
            "template's layout, or add its headings to `rocu_headings.toml`.",
        )
        return
    if not any(table.row_numbers for table in orders):
        yield Fault(
            "empty",
            "The orders sheet has headings and no rows. A unit without orders is not expected: ask the unit whether "
            "the return is complete.",
        )
    for group in orders[0].layout.kind.wanted:
        if not any(set(group) & set(table.layout.columns) for table in orders):
            yield Fault(
                "missing_heading",
                f"No table of orders has a heading for {' or '.join(map(_words, group))}, so the return would lose "
                f"them for all its orders. Ask the unit to add the column, or {ADD_HEADING}.",
            )
    if len(orders) == len(tables):
        yield _note(
            "no_arrests_sheet",
            "No sheet has the headings of the offending history (a name, a date of arrest, an offence). Arrests of "
            "this unit are missing: ask the unit for the sheet.",
        )


def _note(code: str, message: str) -> Fault:
    return Fault(code, message, is_structural=False)


def _words(field: str) -> str:
    return field.replace("_", " ")


def _letters(column: str) -> str:
    """A column as Excel names it."""
    return column_letters(int(column.removeprefix("column_")))


def _list(places: Iterable[str]) -> str:
    all_places = list(places)
    rest = len(all_places) - MOST_SHOWN
    return ", ".join(all_places[:MOST_SHOWN]) + (f" and {rest:,} more" if rest > 0 else "")
