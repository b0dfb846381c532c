"""Cells that mean something only with their heading or the cells beside them: ticks, years, several orders in a row.

Belongs here: what such cells say. Does not: which rows count (`rocu_verdicts`), what values mean (`rocu_records`).
"""

import re

import polars as pl

from assets.parsing.words import known
from assets.sources.rocu_layouts import Layout

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
