"""What each row of a table is: a row that counts, one to set aside, or not a row.

A row counts if it says something of a person, an order or an arrest: at least one substantive field (name, date of
birth, type, dates, reference ...) has a value, and one more cell. These are not rows: rows with nothing but prefilled
cells (a running number, `N`, `0`, `n/k`); rows that open a section; totals; and notes, which stand alone in their row
and begin like a note or are a sentence. A row that may be a person and cannot be read is quarantined.

Belongs here: that decision. Does not: the values of a row (`rocu_rows`), what a section says (`rocu_sections`).
"""

from collections.abc import Iterable

import polars as pl

from assets.parsing.date_forms import MONTH_NAMES
from assets.parsing.orders import read_orders
from assets.parsing.terms import is_until_determination, is_until_further_order
from assets.parsing.words import known
from assets.sources.rocu_layouts import Layout
from assets.sources.workbooks import NO_RESULT
from reconciliation.name_forms import is_listed_forename
from warehouse.csv_text import LONGEST_CELL

SENTENCE_WORDS = 5
SMALL_WORDS = 2
UNKNOWN_WITHIN = 40  # no word for `not known` is longer
SURELY_SOMETHING = r"^[b-mo-svwyzB-MO-SVWYZ02-9]"  # no such word begins so, nor does `ZERO_DATE`
MOST_ALONE = 2  # cells of a row that stands alone: its text, and a label before it
NOTE_CELLS = 3  # a row with more cells is not a note, whatever its first words
MISPLACED_CELLS = 2  # one cell may hold anything
FEWEST_WORDS = 3  # a row of headings has at least so many cells
CELLS_OF_A_ROW = 4  # a row above the headings with so many cells and a date is not a title
COUNT = r"^\d{1,5}(?:\.0+)?$"
TOTAL = (
    r"(?i)^(?:sub|grand)?[ -]?totals?\b[^\p{L}]*(?:(?:numbers?|no|of|all|live|full|interim|orders?|subjects?|nominals?|"
    r"people|arrests?|rows?|records?|for|this|the|month|period|year|st[rp]os?|te[rp]os?)\b[^\p{L}]*)*$"
)
# A person may be called Key, Note or N. Brown: such words make a note only with a colon, or in a sentence.
NOTE = (
    r"(?i)^(?:\*|(?:n\.?\s?b\.?|notes?|key|sources?|period|return|month|official|signed|nil return)\s*(?::|$)|please\b|"
    r"end of\b|(?:return )?(?:compiled|completed|prepared|checked|approved|authorised|submitted) (?:by|on)\b|"
    r"official[ -]sensitive|page \d|nil(?: return)?$|no further|see (?:above|below|over|tab|sheet)|n/k\s*=)"
)
# A sentence has words in small letters that are not parts of a name.
PARTS_OF_NAMES = r"\b(?:de|del|della|da|das|dos|di|du|la|le|el|al|van|der|den|von|zu|ter|ten|bin|ibn|bint|ben|y|e|i)\b"
SMALL_WORD = r"(?:^|\s)\p{Ll}"
A_NAME_AFTER = (
    r"^[^:]*:\s*\p{Lu}[\p{L}'’-]*(?:\s+\p{Lu}[\p{L}'’-]*){1,3}$"
    r"|^(?:Please|PLEASE)(?:\s+\p{Lu}[\p{L}'’-]*){1,2}$"  # a forename in southern Africa
)
# `*SMITH, John - awaiting details` is of a person, whatever is said beside the name.
SURNAME_AND_FORENAME = r"^[*\s]*\p{Lu}[\p{L}'’ -]{1,30},\s*(\p{Lu}[\p{L}'’-]+)"
ZERO_DATE = r"^1899-12-3[01]$"  # what a formula makes of empty cells
EXAMPLE = r"(?i)^(?:example|e\.g)\b"
DATE_FORMAT = r"(?i)^[dmy]{1,4}\W[dmy]{1,4}\W[dmy]{2,4}$"
A_DATE = (
    r"(?i)^(?:\d{1,4}[/.\-–\\ ]\d{1,2}[/.\-–\\ ]\d{1,4}(?:[ t]\d{1,2}:.*)?|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?[ /.-]*(?:{'|'.join(MONTH_NAMES)})[a-z]*[ ,/.-]*\d{{2,4}})$"
)
A_BIRTH = r"\d{4}|\d\D+\d"  # a year, a serial number or parts of a date, and no mere count
NOT_A_DATE = r"(?i)\b(?:court|magistrates|mc|cc|police|constabulary|i?(?:stro|stpo|tero|tepo))\b"

ROCU_REASONS = {
    "lone_value": "The row holds a single value and is not a note by its words. Expected at least a name and a type of "
    "order (or a date of arrest): ask the unit to complete or delete the row.",
    "like_a_note": "The row begins like a note but further cells are filled. If it is a person, ask the unit to "
    "complete the row; if it is a note, to put it into one cell.",
    "example": "The row begins with `example`. If it is a person, ask the unit to take the word out; else to delete "
    "the row.",
    "heading_twice": "Two columns have the same heading and hold different values here, so it is not clear which "
    "counts: ask the unit to keep one of the columns.",
    "too_long": f"A cell is longer than the {LONGEST_CELL:,} characters that Excel allows: ask the unit to type the "
    "row again.",
    "formulas_without_result": "Every value of the row is a formula whose result was not saved: ask the unit to open "
    "the workbook in Excel, save it and send it again.",
    "misplaced": "Values are under headings that they do not fit, such as a date under the type of order or a court "
    "under a date: the row has slipped, or belongs to a table whose headings are missing. Ask the unit to correct it.",
    "unknown_headings": "The row is below a row of words that looks like headings of another table and is not "
    "known: ask the unit to use the template's headings, or add them to `rocu_headings.toml`.",
    "no_headings": "The row is above the first known headings of its sheet: ask the unit to put headings above it.",
    "not_an_order": "The section or table it is in says that the application was refused, withdrawn, adjourned or "
    "not yet decided. If an order was made, ask the unit to list it among the orders.",
}


# Fields that hold words and never a date.
WORDS_ONLY = (
    "name", "surname", "forenames", "sex", "force", "order_type", "interim", "court", "county_lines", "status",
    "offence", "disposal",
)  # fmt: skip


def judge(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Say what each row is.

    Args:
        rows: the cells, the fields, and what `rocu_rows` says of each row.
        layout: of their table.

    Returns:
        The rows with `reason_code`: `row`, a code of `ROCU_REASONS`, or null if it is not a row.
    """
    columns = cell_columns(rows)
    seen = rows.with_columns(
        says_something(pl.col(_used(layout))).name.prefix("says_"),
        *(_is_in_words(name).alias(f"words_in_{name}") for name in _date_fields(layout)),
        is_typed=_names_a_type(rows, layout),
    )
    headings = seen.filter(_may_be_headings(layout)).filter(_are_words(columns))["row_number"]
    is_heading = pl.col("row_number").is_in(headings.implode())
    return seen.with_columns(is_below_unknown=is_heading.cum_max()).with_columns(reason_code=_verdict(layout, columns))


def judge_above(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows above the first headings that are more than titles, with their `reason_code`."""
    cells = pl.col(cell_columns(rows))
    is_data = (
        (pl.sum_horizontal(cells.is_not_null()) >= CELLS_OF_A_ROW)
        & pl.any_horizontal(cells.str.contains(A_DATE))
        & ~pl.any_horizontal(cells.str.ends_with(":").fill_null(value=False))
    )
    first = rows.with_columns(first=pl.coalesce(cell_columns(rows)))
    return first.filter(is_data & ~_begins_like_a_note(pl.col("first"))).with_columns(reason_code=pl.lit("no_headings"))


def cell_columns(rows: pl.DataFrame) -> list[str]:
    """The columns that hold cells of the sheet."""
    return [name for name in rows.columns if name.startswith("column_")]


def says_something(text: pl.Expr) -> pl.Expr:
    """Whether a cell holds a value that is known; its first letters show it, of most cells the first alone."""
    is_sure = text.str.contains(SURELY_SOMETHING)
    others = pl.when(~is_sure).then(text.str.head(UNKNOWN_WITHIN))
    return is_sure.fill_null(value=False) | known(others.str.replace(ZERO_DATE, "")).is_not_null()


def is_note() -> pl.Expr:
    """Whether a row that stands alone is a note or a total by its words, and not a person; null of a fuller row."""
    first = pl.when(pl.col("filled") <= MOST_ALONE).then("first")
    small_words = first.str.replace_all(PARTS_OF_NAMES, "").str.count_matches(SMALL_WORD)
    is_sentence = (first.str.count_matches(r"\S+") >= SENTENCE_WORDS) & (small_words >= SMALL_WORDS)
    forename = first.str.extract(SURNAME_AND_FORENAME).str.to_uppercase()
    is_person = is_listed_forename(forename).fill_null(value=False)
    return (_begins_like_a_note(first) | is_sentence | first.str.contains(TOTAL)) & ~is_person


def holds_dates(cells: pl.Series) -> bool:
    """Whether at least half of the values of a column are dates, or say that there is no end."""
    values = cells.to_frame("text").select(text=known(pl.col("text"))).drop_nulls()
    are_dates = values.select(pl.col("text").str.contains(A_DATE) | is_until_further_order(pl.col("text"))).to_series()
    return bool(len(are_dates)) and float(are_dates.mean() or 0) >= 0.5  # type: ignore[arg-type]


def _verdict(layout: Layout, columns: list[str]) -> pl.Expr:
    used = _used(layout)
    substantive = [column for name in layout.kind.substantive for column in layout.columns.get(name, ())]
    values = _count(pl.col(f"says_{column}") for column in used)
    born = pl.col("date_of_birth").str.contains(r"\d").fill_null(value=False)
    is_alone = pl.col("filled") == 1
    is_labelled = ~is_alone & pl.col("alone").is_not_null()
    has_few = pl.col("filled") <= NOTE_CELLS
    is_like_a_note = has_few & (_begins_like_a_note(pl.when(has_few).then("first")) | is_labelled)
    verdicts = {
        "too_long": pl.any_horizontal(pl.col(column).str.len_chars() > LONGEST_CELL for column in columns),
        "heading_twice": _differs_under_one_heading(layout),
        "formulas_without_result": _count(pl.col(column) == NO_RESULT for column in used) == values,
        "example": pl.col("first").str.contains(EXAMPLE),
        "like_a_note": is_like_a_note & ~born & ~pl.col("is_typed"),
        "unknown_headings": pl.col("is_below_unknown"),
        "misplaced": _misplaced(layout) >= MISPLACED_CELLS,
        "lone_value": values == 1,
        "not_an_order": pl.col("section_not_made").is_not_null(),
    }
    # `Force | STRO | STPO` above `Kent | 3 | 1`
    heads_summary = pl.col("is_summary").shift(-1) & ~pl.concat_str(columns, ignore_nulls=True).str.contains(r"\d")
    is_nothing = (
        pl.col("is_section")
        | pl.col("is_summary")
        | heads_summary
        | (_count(pl.col(f"says_{column}") for column in substantive) == 0)
        | (is_alone & is_note())
        | (pl.col("is_counted") & pl.col("first").str.contains(TOTAL))
        | _shows_formats(layout)
    )
    reason = pl.coalesce(*(pl.when(applies).then(pl.lit(code)) for code, applies in verdicts.items()), pl.lit("row"))
    # A row with a date of birth is of a person, whatever its words.
    is_person = pl.col("date_of_birth").str.contains(A_BIRTH).fill_null(value=False)
    return pl.when(~is_nothing.fill_null(value=False) | is_person).then(reason)


def _used(layout: Layout) -> list[str]:
    """The columns of the sheet that have a heading."""
    return [*(column for own in layout.columns.values() for column in own), *layout.others]


def _begins_like_a_note(first: pl.Expr) -> pl.Expr:
    return first.str.contains(NOTE) & ~first.str.contains(A_NAME_AFTER)


def _names_a_type(rows: pl.DataFrame, layout: Layout) -> pl.Expr:
    """Whether a row's own cell names a type of order."""
    columns = layout.columns.get("order_type")
    if columns is None:
        return pl.lit(value=False)
    cell = pl.coalesce(columns)
    named = read_orders(rows.select(cell).to_series()).drop_nulls("order_type")["text"]
    return cell.is_in(named.implode()).fill_null(value=False)


def _date_fields(layout: Layout) -> list[str]:
    return [name for name in layout.kind.dates if name in layout.columns]


def _is_in_words(name: str) -> pl.Expr:
    """Whether a date's field holds words that are not a date and do not say that there is none."""
    text = pl.col(name)
    words = pl.when(~text.str.contains(r"\d|^#")).then(text)  # most tables have none: then nothing more is read
    is_end = is_until_further_order(words) | is_until_determination(words)
    return says_something(words) & ~is_end.fill_null(value=False)


def _may_be_headings(layout: Layout) -> pl.Expr:
    """Whether a row of `_are_words` looks like headings that are not known: words stand under dates too.

    Words under one date are enough where orders have a type, this row has none, and a gap or a title is above it.
    """
    words = _count(pl.col(f"words_in_{name}") for name in _date_fields(layout))
    gap = (pl.col("row_number").diff() > 1) | (pl.col("filled").shift() == 1)
    is_beyond = gap.fill_null(value=False) & pl.lit("order_type" in layout.columns)
    needed = pl.when(is_beyond).then(1).otherwise(MISPLACED_CELLS)
    return (pl.col("filled") >= FEWEST_WORDS) & ~pl.col("is_typed") & (words >= needed)


def _are_words(columns: list[str]) -> pl.Expr:
    """Whether a row holds words alone, no two alike."""
    cells = pl.concat_list(columns).list.drop_nulls()
    return ~cells.list.join(" ").str.contains(r"\d") & (cells.list.n_unique() == pl.col("filled"))


def _misplaced(layout: Layout) -> pl.Expr:
    """How many cells hold what their field cannot: dates among words, courts and forces among dates."""
    dates = (pl.col(name).str.contains(A_DATE) for name in WORDS_ONLY if name in layout.columns)
    words = (pl.col(name).str.contains(NOT_A_DATE) & pl.col(f"words_in_{name}") for name in _date_fields(layout))
    return _count((*dates, *words))


def _count(conditions: Iterable[pl.Expr]) -> pl.Expr:
    """How many of the conditions hold."""
    return pl.sum_horizontal(pl.lit(0), *(condition.fill_null(value=False) for condition in conditions))


def _shows_formats(layout: Layout) -> pl.Expr:
    """Whether a row shows how dates are to be written, and holds none."""
    names = _date_fields(layout)
    formats, dates = (
        pl.any_horizontal(
            pl.lit(value=False), *(pl.col(name).str.contains(form).fill_null(value=False) for name in names)
        )
        for form in (DATE_FORMAT, A_DATE)
    )
    return formats & ~dates


def _differs_under_one_heading(layout: Layout) -> pl.Expr:
    """Whether columns of one heading differ; in two tables that cannot be separated, a blank cell differs too."""
    pairs = [
        (pl.col(layout.columns[name][0]), pl.col(other))
        for name in layout.repeated
        for other in layout.columns[name][1:]
    ]
    differences = [one.ne_missing(other) if layout.are_two else one != other for one, other in pairs]
    return pl.any_horizontal(pl.lit(value=False), *differences).fill_null(value=False)
