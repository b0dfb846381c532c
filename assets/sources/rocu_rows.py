"""The rows of a table under the names of the fields, each with what its section says.

Belongs here: the values of a row, also of cells that mean something only with their heading or the cells beside them:
ticks, years, several orders in a row. Does not: which rows count (`rocu_verdicts`), what a section says
(`rocu_sections`), what the values mean (`rocu_records`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.parsing.words import known
from assets.sources.rocu_layouts import Layout
from assets.sources.rocu_sections import SECTION_FIELDS, Section, read_sections
from assets.sources.rocu_tables import FoundTable, standing_alone
from assets.sources.rocu_verdicts import COUNT, ROCU_REASONS, holds_dates, is_note, judge, judge_above, says_something
from assets.sources.workbook_xml import column_letters
from assets.sources.workbooks import Sheet, read_serials_of_1904

TICK = r"^\s*[✓✔☑√]\s*$"
CROSS = r"(?i)^\s*[x×☒]\s*$"  # in a column with ticks it may mean no
YES = rf"(?i){TICK}|^(?:y|yes|true|1)$"
NO = r"(?i)^\s*(?:n|no|false|0|[✗✘☐–—-])\s*$"
UNTICKED = "not ticked"  # no source's word for anything, so it is rejected where no other column says more
IN_YEARS, IN_MONTHS = r"(?i)\b(?:years?|yrs?)\b", r"(?i)\bm(?:on)?ths?\b"
BARE_YEARS = r"^\s*(\d{1,2})(?:\.0+)?\s*$"
SEVERAL = r"\s*(?:\r\n?|\n|;)\s*"
HAS_A_DAY = r"^\D{0,12}\d{1,4}.{1,14}\d\W*$"
# The dates of several orders must all be given apart; one text of the others holds for all orders of the row.
GIVEN_APART = ("made_on", "start_on", "end_on", "length", "length_months")
FOR_ALL = ("order_type", "interim", "force", "court", "status", "occurrence_ref")

EXTRA_FIELDS = ("other_fields", "absent_fields")
LONGEST_ROW_TEXT = 10_000


@dataclass(frozen=True)
class ReadTable:
    """What a table gave.

    Attributes:
        name: of the table, see `FoundTable`.
        layout: its layout.
        rows: `row_number`, `sheet_name`, its fields and `EXTRA_FIELDS`.
        refused: `row_number`, `reason_code`, `row_text`.
        others: headings, or letters, of the columns that hold no known field, by column.
        unread_dates: those of them that hold dates.
    """

    name: str
    layout: Layout
    rows: pl.DataFrame
    refused: pl.DataFrame
    others: Mapping[str, str]
    unread_dates: Mapping[str, str]

    @property
    def row_numbers(self) -> set[int]:
        """The numbers of all rows that were read, kept or not."""
        return {*self.rows["row_number"], *self.refused["row_number"]}

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields that neither a heading nor a section gives."""
        return tuple(name for name in self.layout.missing if self.rows[name].null_count() == self.rows.height)


def read_rows(sheet: Sheet, table: FoundTable) -> ReadTable:
    """Read the rows of a table.

    Columns without a heading that hold values go to `other_fields`; `absent_fields` names the fields that the table has
    no column for, which differs from a blank cell.
    """
    layout, cells = table.layout, table.cells.columns
    marked = _mark_sections(table, sheet.name)
    fields = [_field(layout, name, is_1904=sheet.counts_from_1904) for name in layout.kind.fields]
    judged = judge(marked.with_columns(fields), layout)
    kept = judged.filter(pl.col("reason_code") == "row")
    refused = judged.filter(pl.col("reason_code").is_in(list(ROCU_REASONS)))
    others = _name_others(layout, kept.select(cells))
    rows = kept.with_columns(
        sheet_name=pl.lit(table.name),
        other_fields=_other_fields(others),
        absent_fields=pl.lit("|".join(name for name in layout.kind.fields if name not in layout.columns)),
    )
    texts = pl.concat_str(pl.col(cells[1:]).str.head(LONGEST_ROW_TEXT), separator=" | ", ignore_nulls=True)
    named = rows.select("row_number", "sheet_name", *layout.kind.fields, *EXTRA_FIELDS)
    return ReadTable(
        table.name,
        layout,
        part_orders(named) if layout.kind.name == "orders" else named,
        pl.concat(
            part.select("row_number", "reason_code", row_text=texts.str.head(LONGEST_ROW_TEXT))
            for part in (judge_above(table.above), refused)
        ),
        others,
        {column: name for column, name in others.items() if holds_dates(kept[column])},
    )


def _mark_sections(table: FoundTable, sheet_name: str) -> pl.DataFrame:
    """The rows with what their section says.

    A section begins with rows that each stand alone and say something, and ends with the next such rows, or with a row
    that stands alone and is not understood: whose rows follow it is not known then.

    Returns:
        The rows with `filled`, their number of cells; `first`, the first of them; `alone`, see `standing_alone`;
        `is_section`, whether the row begins one; `is_counted`, whether numbers alone follow the first cell;
        `is_summary`, whether they count a section; and `section_<field>` for each of `SECTION_FIELDS`.
    """
    columns = table.cells.columns[1:]
    leading = columns[: 1 + max(columns.index(column) for column in list(table.layout.headings)[:2])]
    is_count = pl.col(columns).str.contains(COUNT).fill_null(value=False)
    begins_left = pl.any_horizontal(pl.col(leading).is_not_null())
    rows = table.cells.with_columns(
        filled=pl.sum_horizontal(pl.col(columns).is_not_null()),
        first=pl.coalesce(columns),
        alone=pl.when(begins_left).then(standing_alone(columns)),
    ).with_columns(is_counted=(pl.col("filled") > 1) & (pl.sum_horizontal(is_count) == pl.col("filled") - 1))
    counted = rows.filter("is_counted")["first"]
    said = read_sections([sheet_name, *table.titles, *pl.concat([counted, rows["alone"].drop_nulls()]).unique()])
    known = list(said)
    marked = rows.with_columns(
        is_section=pl.col("alone").is_in(known).fill_null(value=False),
        is_summary=pl.col("is_counted") & pl.col("first").is_in(known),
    )
    is_end = pl.col("alone").is_not_null() & ~pl.col("is_section") & ~is_note()
    is_start = pl.col("is_section") & ~pl.col("is_section").shift(fill_value=False)
    wider = Section()
    for text in (sheet_name, *table.titles):
        wider = said.get(text, Section()).within(wider)
    return marked.with_columns(run=(is_start | is_end).cum_sum()).with_columns(
        _section_field(name, said, wider) for name in SECTION_FIELDS
    )


def _section_field(name: str, said: Mapping[str, Section], wider: Section) -> pl.Expr:
    values = {text: getattr(section, name) for text, section in said.items()}
    own = pl.col("alone").replace_strict(values, default=None, return_dtype=pl.String)
    section = pl.when("is_section").then(own).forward_fill().over("run")
    return pl.when(pl.col("run") == 0).then(pl.lit(getattr(wider, name))).otherwise(section).alias(f"section_{name}")


def _field(layout: Layout, name: str, *, is_1904: bool) -> pl.Expr:
    """The value of a field: of its column or columns, and where they say nothing, of the section."""
    own = [read_cell(layout, name, column) for column in layout.columns.get(name, ())]
    value = pl.coalesce(own) if own else pl.lit(None, dtype=pl.String)
    if len(own) > 1 and (between := layout.between(name)) is not None:
        parts = pl.concat_list(own).list.drop_nulls().list.unique(maintain_order=True)
        value = parts.list.join(between).replace("", None)
    if is_1904 and name in layout.kind.dates:
        value = read_serials_of_1904(value)
    if name in SECTION_FIELDS:
        value = pl.when(says_something(value)).then(value).otherwise(pl.coalesce(f"section_{name}", value))
    return value.alias(name)


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
            names[column] = f"column {column_letters(int(column.removeprefix('column_')))}"
    return names


def read_cell(layout: Layout, field: str, column: str) -> pl.Expr:
    """The cell of a column; under a heading that is one of the answers (`Full`, `STPO`) the heading if it is ticked.

    A bare number under `Length (years)` is one of years.
    """
    cell, answer, heading = pl.col(column), layout.ticked.get(column), layout.headings[column]
    if field == "length" and re.search(IN_YEARS, heading) and not re.search(IN_MONTHS, heading):
        return cell.str.replace(BARE_YEARS, "${1} years")
    if answer is None:
        return cell
    is_cross = cell.str.contains(CROSS) & ~cell.str.contains(TICK).any()
    is_refused = cell.str.contains(NO)
    is_alone = len(layout.columns[field]) == 1
    no = pl.lit(("N" if answer == "Interim" else UNTICKED) if is_alone else None, pl.String)
    return pl.when(cell.str.contains(YES) | is_cross).then(pl.lit(answer)).when(is_refused).then(no).otherwise(cell)


def part_orders(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of orders with a row for each order of those that hold several, line by line in their cells.

    A row is parted if it gives several days of making and as many of all else in `GIVEN_APART` that it gives. The
    others stay, so that what can't be read is rejected. The second order's `sheet_name` says `(order 2)`: a key is of
    one row.
    """
    lines = {
        name: pl.col(name).str.strip_chars().str.replace_all(SEVERAL, "\n").str.split("\n")
        for name in (*GIVEN_APART, *FOR_ALL)
    }
    count = lines["made_on"].list.len()
    is_day = lines["made_on"].list.eval(pl.element().str.contains(HAS_A_DAY)).list.all()
    fits = [
        known(pl.col(name)).is_null() | (text.list.len() == count) | ((text.list.len() == 1) & pl.lit(name in FOR_ALL))
        for name, text in lines.items()
    ]
    marked = rows.with_columns(orders=pl.when((count > 1) & is_day & pl.all_horizontal(fits)).then(count))
    whole, several = marked.filter(pl.col("orders").is_null()), marked.drop_nulls("orders")
    if several.is_empty():
        return rows
    parted = [
        several.filter(pl.col("orders") > place).with_columns(
            pl.col("sheet_name") + ("" if place == 0 else f" (order {place + 1})"),
            *(pl.coalesce(text.list.get(place, null_on_oob=True), name) for name, text in lines.items()),
        )
        for place in range(several.get_column("orders").max())  # type: ignore[arg-type]
    ]
    return pl.concat([whole, *parted]).drop("orders").sort("row_number", "sheet_name")
