"""The rows of a sheet: which of them count, and their values under the names of the fields.

A row counts if it says something of a person, an order or an arrest: at least one telling field (name, date of birth,
type, dates, reference ...) has a value, and one more cell. No rows are: empty rows; rows with nothing but prefilled
cells (a running number, `N`, `0`, `n/k`); headings repeated; totals, and notes, known by their first words or by being
a sentence alone in its row. A row with one value that is none of these is quarantined, for it may be a person.

Belongs here: that decision. Does not: what the values mean (`rocu_records`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.parsing.words import known
from assets.sources.rocu_layouts import FEWEST_HEADINGS, Layout
from assets.sources.workbooks import Sheet

EXTRA_FIELDS = ("other_fields", "absent_fields")
LONGEST_CELL = 32_767  # Excel's own limit
LONGEST_ROW_TEXT = 10_000
SENTENCE_WORDS = 5
UNKNOWN_WITHIN = 40  # no word for `not known` is longer
TOTAL_CELLS = 3  # a row with more values is no total, whatever its first words
TOTAL_WORDS = r"(?i)^(?:(?:sub|grand)?[ -]?totals?\b|n\.?\s?b\b|notes?:)"
NOTE_WORDS = (
    r"(?i)^(?:\*|note|please|key\b|sources?\b|end of|completed by|prepared by|checked by|signed|official|period\b|"
    r"return\b|page \d|nil\b|no further|see )"
)

REASONS = {
    "lone_value": "The row holds a single value and is no note by its words. Expected at least a name and a type of "
    "order (or a date of arrest): ask the unit to complete or delete the row.",
    "heading_twice": "Two columns have the same heading and hold different values here, so that it is not clear which "
    "counts: ask the unit to keep one of the columns.",
    "too_long": f"A cell is longer than the {LONGEST_CELL:,} characters that Excel allows: ask the unit to type the "
    "row again.",
}


@dataclass(frozen=True)
class ReadSheet:
    """What a sheet gave: rows with `row_number`, `sheet_name`, its fields and `EXTRA_FIELDS`; and refused rows.

    `others` are the columns that hold no known field, by heading or letter.
    """

    name: str
    layout: Layout
    rows: pl.DataFrame
    refused: pl.DataFrame
    others: tuple[str, ...]


def read_rows(sheet: Sheet, layout: Layout) -> ReadSheet:
    """Read the rows below the headings.

    Columns without a heading that hold values go to `other_fields`; `absent_fields` names the fields that the sheet
    has no column for, which differs from a blank cell.
    """
    cells = sheet.cells.filter(pl.col("row_number") > layout.heading_row)
    verdicts = cells.with_columns(*_field_columns(layout), reason_code=_verdict(layout, cells.columns[1:]))
    others = _name_others(layout, verdicts.filter(pl.col("reason_code") == "row").select(cells.columns))
    refused = verdicts.filter(pl.col("reason_code").is_in(list(REASONS)))
    rows = verdicts.filter(pl.col("reason_code") == "row").with_columns(
        sheet_name=pl.lit(sheet.name),
        other_fields=_other_fields(others),
        absent_fields=pl.lit("|".join(name for name in layout.kind.fields if name not in layout.columns)),
    )
    texts = pl.concat_str(pl.col(cells.columns[1:]).str.head(LONGEST_ROW_TEXT), separator=" | ", ignore_nulls=True)
    return ReadSheet(
        sheet.name,
        layout,
        rows.select("row_number", "sheet_name", *layout.kind.fields, *EXTRA_FIELDS),
        refused.select("row_number", "reason_code", row_text=texts.str.head(LONGEST_ROW_TEXT)),
        tuple(others.values()),
    )


def _field_columns(layout: Layout) -> list[pl.Expr]:
    return [
        (pl.coalesce(layout.columns[name]) if name in layout.columns else pl.lit(None, dtype=pl.String)).alias(name)
        for name in layout.kind.fields
    ]


def _verdict(layout: Layout, columns: list[str]) -> pl.Expr:
    """What a row is: `row`, a code of `REASONS`, or none if it is no row."""
    used = [column for names in layout.columns.values() for column in names] + list(layout.others)
    telling = [column for name in layout.kind.telling for column in layout.columns.get(name, ())]
    values = pl.sum_horizontal(_says_something(column) for column in used)
    telling_values = pl.sum_horizontal(_says_something(column) for column in telling)
    first = pl.coalesce(columns)
    is_sentence = first.str.count_matches(r"\S+") >= SENTENCE_WORDS
    filled = pl.sum_horizontal(pl.col(column).is_not_null() for column in columns)
    is_note = (filled == 1) & (is_sentence | first.str.contains(NOTE_WORDS))
    is_total = (filled <= TOTAL_CELLS) & first.str.contains(TOTAL_WORDS)
    headings_repeated = pl.sum_horizontal(pl.col(column) == heading for column, heading in layout.headings.items())
    return (
        pl.when((telling_values == 0) | is_note | is_total | (headings_repeated >= FEWEST_HEADINGS))
        .then(pl.lit(None, dtype=pl.String))
        .when(pl.any_horizontal(pl.col(column).str.len_chars() > LONGEST_CELL for column in columns))
        .then(pl.lit("too_long"))
        .when(_differs_under_one_heading(layout))
        .then(pl.lit("heading_twice"))
        .when(values == 1)
        .then(pl.lit("lone_value"))
        .otherwise(pl.lit("row"))
    )


def _says_something(column: str) -> pl.Expr:
    """Whether a cell holds a value that is known; its first letters tell."""
    return known(pl.col(column).str.head(UNKNOWN_WITHIN)).is_not_null()


def _differs_under_one_heading(layout: Layout) -> pl.Expr:
    differences = [pl.col(columns[0]) != pl.col(other) for columns in layout.columns.values() for other in columns[1:]]
    return pl.any_horizontal(pl.lit(value=False), *differences).fill_null(value=False)


def _other_fields(names: Mapping[str, str]) -> pl.Expr:
    """Values of columns that hold no known field, as JSON text by heading."""
    if not names:
        return pl.lit(None, dtype=pl.String)
    has_value = pl.any_horizontal(pl.col(column).is_not_null() for column in names)
    return pl.when(has_value).then(
        pl.struct(pl.col(column).alias(name) for column, name in names.items()).struct.json_encode()
    )


def _name_others(layout: Layout, cells: pl.DataFrame) -> dict[str, str]:
    """The columns that hold no known field: by heading, or by letter where the heading is missing or used twice."""
    names: dict[str, str] = {}
    for column in cells.columns[1:]:
        heading = layout.others.get(column)
        if heading is not None and heading not in names.values():
            names[column] = heading
        elif heading is not None or (column not in layout.headings and cells[column].null_count() < cells.height):
            names[column] = f"column {_letters(int(column.removeprefix('column_')))}"
    return names


def _letters(index: int) -> str:
    """A column's name in Excel: `A` for 0, `AA` for 26."""
    before, last = divmod(index, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
