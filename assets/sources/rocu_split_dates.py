"""Dates that a sheet splits over three columns: day, month and year beside each other, in any order.

Belongs here: putting them together in the first of the three. Does not: reading the date (`assets.parsing.dates`), what
its heading names (`rocu_headings`).
"""

import re
from collections.abc import Iterator, Sequence

import polars as pl

UNITS = {"day": "day|dd?", "month": "month|mth|mon|mm?", "year": "year|yr|yyyy|yy|y"}
TITLE = r"(?i)^(?P<title>.*?)\W*\b(?:{})\W*$"  # `DOB (Day)`
TITLE_AFTER = r"(?i)^(?:day|month|year)\s+of\s+(?P<title>.+)$"  # `Day of birth`
LONGEST_HEADING = 60
UNTITLED = "Day Month Year"  # names no field
DAY = r"^\d{1,2}(?:st|nd|rd|th)?(?:\.0+)?$"
MONTH = r"^(?:\d{1,2}(?:\.0+)?|\p{L}{3,})$"
# Two digits that can't be a day or a month.
YEAR = r"^(?:\d{4}|3[2-9]|[4-9]\d)(?:\.0+)?$"
NOT_KNOWN = r"(?i)^(?:\?+|[-–—]+|n/?k|unk(?:nown)?|not known|x{1,2}|00?)$"


def join_split_dates(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells of a sheet with each date that is split over three columns in the first of them, under its heading.

    The heading is what the three have in common (`DOB Day`, `Month`, `Year`), or the one above them; without either it
    names no field, so that the dates are reported and not read. A row whose cells are no parts of a date stays.

    Args:
        cells: `row_number`, and text by column.
    """
    for row, columns in _split_headings(cells):
        cells = _joined(cells, row, columns)
    return cells


def _split_headings(cells: pl.DataFrame) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of headings where day, month and year stand beside each other, with their columns."""
    columns = cells.columns[1:]
    texts = pl.concat([pl.Series("text", dtype=pl.String), *(cells[column].unique() for column in columns)]).unique()
    found = texts.to_frame().select("text", unit=_unit(pl.col("text"))).drop_nulls("unit")
    units = cells.select(
        "row_number", pl.col(columns).replace_strict(found["text"], found["unit"], default=None, return_dtype=pl.String)
    )
    named = [column for column in columns if units[column].null_count() < units.height]
    for three in zip(named, named[1:], named[2:], strict=False):
        first, _, last = (int(column.removeprefix("column_")) for column in three)
        if last - first == len(three) - 1:
            together = pl.concat_list(three).list.sort().list.join(" ") == "day month year"
            yield from ((row, three) for row in units.filter(together)["row_number"])


def _unit(text: pl.Expr) -> pl.Expr:
    heading = pl.when(text.str.len_chars() <= LONGEST_HEADING).then(text)
    return pl.coalesce(
        pl.when(heading.str.contains(TITLE.format(words)) | heading.str.contains(rf"(?i)^{unit}\s+of\s+\p{{L}}")).then(
            pl.lit(unit)
        )
        for unit, words in UNITS.items()
    )


def _joined(cells: pl.DataFrame, row: int, columns: Sequence[str]) -> pl.DataFrame:
    """The cells with the dates below a row of headings joined, where any are."""
    texts = {number: dict(zip(columns, cells_of, strict=True)) for number, *cells_of in _rows_at(cells, row, columns)}
    own, above = texts[row], texts.get(row - 1, {})
    titles = {column: _title(own[column]) for column in columns}
    day, month, year = (
        pl.col(next(column for column in columns if _is_of(own[column], unit))).str.strip_chars() for unit in UNITS
    )
    fits = (pl.col("row_number") > row) & year.str.contains(YEAR)
    fits &= _is_blank(day) | day.str.contains(DAY)
    fits &= _is_blank(month) | month.str.contains(MONTH)
    first, *others = columns
    if any(titles[column] not in {"", titles[first]} for column in others) or not cells.select(fits.any()).item():
        return cells
    is_titled_above = (
        not titles[first] and above.get(first) and {above[column] for column in others} <= {None, above[first]}
    )
    heading = None if is_titled_above else titles[first] or UNTITLED
    is_heading = pl.col("row_number") == row
    is_emptied = fits | is_heading | ((pl.col("row_number") == row - 1) & pl.lit(bool(is_titled_above)))
    return cells.with_columns(
        pl.when(fits)
        .then(_date(day, month, year))
        .when(is_heading)
        .then(pl.lit(heading))
        .otherwise(first)
        .alias(first),
        *(pl.when(~is_emptied.fill_null(value=False)).then(column).alias(column) for column in others),
    )


def _rows_at(cells: pl.DataFrame, row: int, columns: Sequence[str]) -> Iterator[tuple[int, *tuple[str | None, ...]]]:
    """A row and the one above it."""
    return cells.filter(pl.col("row_number").is_between(row - 1, row)).select("row_number", *columns).iter_rows()


def _is_of(heading: str | None, unit: str) -> bool:
    return bool(pl.select(_unit(pl.lit(heading, pl.String)) == unit).item())


def _title(heading: str | None) -> str:
    """What a heading says besides its unit."""
    after = re.match(TITLE_AFTER, heading or "")
    if after:
        return f"Date of {after['title'].strip()}"
    before = re.match(TITLE.format("|".join(UNITS.values())), heading or "")
    return before["title"].strip(" -–—:/(,.") if before else ""


def _is_blank(cell: pl.Expr) -> pl.Expr:
    return cell.is_null() | cell.str.contains(NOT_KNOWN)


def _date(day: pl.Expr, month: pl.Expr, year: pl.Expr) -> pl.Expr:
    """One text of the three: `1/2/1980`, `1 Feb 1980`; what is not known is `??`."""
    parts = [
        pl.when(~_is_blank(part)).then(part.str.replace(r"\.0+$", "")).fill_null("??") for part in (day, month, year)
    ]
    is_named = parts[1].str.contains(r"\p{L}")
    return pl.when(is_named).then(pl.concat_str(parts, separator=" ")).otherwise(pl.concat_str(parts, separator="/"))
