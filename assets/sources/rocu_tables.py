"""The tables on a sheet of a regional return: below each other, beside each other, or both.

Belongs here: finding them by their rows of headings. Does not: what the headings name (`rocu_layouts`), which rows
below them count (`rocu_rows`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile

import polars as pl

from assets.sources.rocu_headings import find_known, read_headings, sheet_kinds
from assets.sources.rocu_layouts import FEWEST_HEADINGS, Headings, Layout, read_layout
from assets.sources.rocu_split_dates import join_split_dates
from assets.sources.workbook_xml import column_letters
from assets.sources.workbooks import Sheet

ROWS_WITH_SLIPS = 40  # near the top a row of headings may be found by two that are spelt right
# A row with a date or a long number is not a row of headings.
VALUE = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}|\d{5}"
AN_EXAMPLE = r"(?is)\b(?:e\.?g|i\.?e|for example|example|such as|format)\b.*$"  # `PNC ID e.g. 12/345678X`
NAME_HEADINGS = frozenset({"name", "surname"})

Known = Mapping[str, Mapping[str, str]]  # field by kind of table, by text


@dataclass(frozen=True)
class FoundTable:
    """A table on a sheet.

    Attributes:
        name: of its sheet, with the column it begins in where it stands beside another.
        layout: its layout.
        titles: texts that stand alone in the rows right above its headings, from the top.
        above: rows above its headings that no other table holds.
        cells: rows below its headings. Both have `row_number` and the table's own columns.
    """

    name: str
    layout: Layout
    titles: tuple[str, ...]
    above: pl.DataFrame
    cells: pl.DataFrame


@dataclass(frozen=True)
class _Head:
    """A row of headings, or two rows that make one: the first and the last of them, and the texts by column."""

    first_row: int
    last_row: int
    texts: Headings


def find_tables(sheet: Sheet) -> list[FoundTable]:
    """The tables of a sheet: beside each other from the left, and those in the same columns from the top."""
    cells = join_split_dates(sheet.cells)
    known = _find_known(cells)
    parts = [cells.select("row_number", *columns) for columns in _part_columns(cells, known)]
    tables = [table for part in parts for table in _tables_below(sheet.name, part, known)]
    first = tables[0].cells.columns[1] if tables else ""
    return [
        table if table.cells.columns[1] == first else replace(table, name=f"{sheet.name} (column {_letters(table)})")
        for table in tables
    ]


def _find_known(cells: pl.DataFrame) -> dict[str, dict[str, str]]:
    """Known headings among the texts of a sheet, if any of them are in rows without a value only among these."""
    columns = cells.columns[1:]
    values = cells.select(_is_value(pl.col(columns)).fill_null(value=False)) if columns else cells
    free = [cells.select(run).filter(~values.select(pl.any_horizontal(run)).to_series()) for run in _runs(columns)]
    for parts in (free, [cells.select(columns)]):
        texts = pl.concat(
            [pl.Series("text", dtype=pl.String), *(part[name].unique() for part in parts for name in part.columns)]
        )
        found = find_known(texts.to_frame().filter(~_is_value(pl.col("text")))["text"].unique().sort())
        if found:
            return found
    return {}


def _is_value(text: pl.Expr) -> pl.Expr:
    return text.str.replace(AN_EXAMPLE, "").str.contains(VALUE)


def _letters(table: FoundTable) -> str:
    return column_letters(_index(next(iter(table.layout.headings))))


def _index(column: str) -> int:
    return int(column.removeprefix("column_"))


def _part_columns(cells: pl.DataFrame, known: Known) -> list[list[str]]:
    """The columns parted where an empty one stands between two tables, each with a name of its own."""
    parts: list[list[str]] = [[]]
    has_table = False
    for run in _runs(cells.columns[1:]):
        is_table = any(
            NAME_HEADINGS & fields and len(fields) >= FEWEST_HEADINGS
            for row in _heading_like(cells.select("row_number", *run), known).iter_rows()
            for fields in _fields_by_kind(row, known)
        )
        if has_table and is_table:
            parts.append([])
        parts[-1].extend(run)
        has_table |= is_table
    return [part for part in parts if part]


def _runs(columns: Iterable[str]) -> list[list[str]]:
    """Columns that stand beside each other."""
    runs: list[list[str]] = []
    for column in columns:
        if not runs or _index(column) > _index(runs[-1][-1]) + 1:
            runs.append([])
        runs[-1].append(column)
    return runs


def _fields_by_kind(row: Iterable[object], known: Known) -> list[set[str]]:
    return [
        {known[text][kind.name] for text in row if isinstance(text, str) and kind.name in known.get(text, {})}
        for kind in sheet_kinds()
    ]


def _heading_like(cells: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Rows that hold several known headings, or several texts at all, and no date."""
    texts = pl.exclude("row_number")
    count = pl.sum_horizontal(texts.is_in(list(known)) if known else texts.is_not_null())
    likely = cells.filter(count >= FEWEST_HEADINGS)
    return likely.filter(~pl.any_horizontal(_is_value(texts).fill_null(value=False)))


def _tables_below(sheet_name: str, cells: pl.DataFrame, known: Known) -> Iterator[FoundTable]:
    """The tables of a part of a sheet, each from its headings to the next headings."""
    heads, again = _find_heads(cells, known)
    cells = cells.filter(~pl.col("row_number").is_in(list(again)))
    starts = [head.first_row for head in heads[1:]]
    ends = [0, *(head.last_row for head in heads)]
    for place, head in enumerate(heads):
        above = cells.filter(pl.col("row_number").is_between(ends[place], head.first_row, closed="none"))
        below = cells.filter(pl.col("row_number") > head.last_row)
        if place < len(starts):
            below = below.filter(pl.col("row_number") < starts[place])
        for columns in _blocks(head.texts, cells.columns[1:]):
            own_above, own_below = (_own_rows(rows, columns) for rows in (above, below))
            titles = _titles(own_above)
            texts = {column: head.texts[column] for column in columns if column in head.texts}
            layout = read_layout(texts, head.last_row, titles)
            if layout is not None:
                first_above = own_above if place == 0 else own_above.clear()
                yield FoundTable(sheet_name, layout, titles, first_above, own_below)


def _own_rows(cells: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    return cells.select("row_number", *columns).filter(~pl.all_horizontal(pl.col(columns).is_null()))


def _titles(above: pl.DataFrame) -> tuple[str, ...]:
    """The texts that stand alone in their rows, up from the headings to the first row of several cells."""
    texts = above.select(standing_alone(above.columns[1:])).to_series().to_list()
    return tuple(reversed(list(takewhile(lambda text: text is not None, reversed(texts)))))


def standing_alone(columns: Sequence[str]) -> pl.Expr:
    """The text that stands alone in a row, or after a label of its own (`Force:`); null if there is more."""
    count = pl.sum_horizontal(pl.col(columns).is_not_null())
    first, last = pl.coalesce(columns), pl.coalesce(columns[::-1])
    is_labelled = (count == 2) & first.str.ends_with(":")
    return pl.when(count == 1).then(first).when(is_labelled).then(pl.concat_str(first, last, separator=" "))


def _find_heads(cells: pl.DataFrame, known: Known) -> tuple[list[_Head], set[int]]:
    """The headings of each table from the top, and the rows where the headings of a table stand once more.

    Near the top a row of headings is found even if all of them are misspelt.
    """
    top = cells.head(ROWS_WITH_SLIPS)
    found = _best_heads(cells, _heading_like(cells, known)) or _best_heads(top, _heading_like(top, {}))
    heads: list[_Head] = []
    again: set[int] = set()
    for head in found:
        if heads and _columns(head) == _columns(heads[-1]):
            again.update(range(head.first_row, head.last_row + 1))
        else:
            heads.append(head)
    return heads, again


def _columns(head: _Head) -> Mapping[str, tuple[str, ...]]:
    layout = read_layout(head.texts, head.last_row, ())
    return {} if layout is None else layout.columns


def _best_heads(cells: pl.DataFrame, candidates: pl.DataFrame) -> list[_Head]:
    """The one of candidates right below each other that says most, if it says enough."""
    numbers = candidates["row_number"].to_list()
    near = {number + step for number in numbers for step in (-1, 0, 1)}
    rows = {
        int(row.pop("row_number")): {column: text for column, text in row.items() if text is not None}
        for row in cells.filter(pl.col("row_number").is_in(list(near))).iter_rows(named=True)
    }
    groups = groupby(enumerate(numbers), key=lambda item: item[1] - item[0])
    options = [[head for _, number in group for head in _options(number, rows)] for _, group in groups]
    return [best for group in options if _worth(best := max(group, key=_worth))[0] >= FEWEST_HEADINGS]


def _options(number: int, rows: Mapping[int, Headings]) -> Iterator[_Head]:
    """A row of headings alone, with the row above it, and with the row below it: headings may take two rows."""
    yield _Head(number, number, rows[number])
    for first, last in ((number - 1, number), (number, number + 1)):
        if first in rows and last in rows:
            upper, lower = rows[first], rows[last]
            columns = sorted({*upper, *lower}, key=_index)
            # A cell merged over both rows is one heading.
            pairs = {
                column: dict.fromkeys(row[column] for row in (upper, lower) if column in row) for column in columns
            }
            yield _Head(first, last, {column: " ".join(texts) for column, texts in pairs.items()})


def _worth(head: _Head) -> tuple[int, int, int]:
    """How many fields the headings name; among equals one row is better than two, and a lower one than an upper."""
    return len(_columns(head)), head.first_row - head.last_row, head.last_row


def _blocks(texts: Headings, columns: Sequence[str]) -> list[Sequence[str]]:
    """The columns parted where a second table begins beside the first: where a name stands again and both are whole."""
    for start in _second_names(texts, columns):
        left, right = columns[:start], columns[start:]
        if all(_is_whole({column: texts[column] for column in part if column in texts}) for part in (left, right)):
            return [left, *_blocks(texts, right)]
    return [columns]


def _second_names(texts: Headings, columns: Sequence[str]) -> Iterator[int]:
    """Places where a second table may begin: after a column without heading before a repeated name, or at the name."""
    findings = [read_headings(kind, texts.values()) for kind in sheet_kinds()]
    names = {
        column: NAME_HEADINGS & {finding.field for finding in found if finding}
        for column, *found in zip(texts, *findings, strict=True)
    }
    seen: set[str] = set()
    gap = 0
    for place, column in enumerate(columns):
        if column not in texts:
            gap = place + 1
        elif names[column] & seen:
            yield from dict.fromkeys((gap or place, place))
        seen |= names.get(column, set())


def _is_whole(texts: Headings) -> bool:
    layout = read_layout(texts, 0, ())
    return layout is not None and bool(NAME_HEADINGS & set(layout.columns))
