"""Text in files that a spreadsheet opens: shown as text, never run as a formula.

Belongs here: the guard before a cell of a CSV file, and taking it away again; how much a cell holds. Does not: the
files.
"""

import re
from typing import Final

import polars as pl

FORMULA_SIGNS: Final = "=+@\t\r'＝＋－＠-"
"""What a spreadsheet would run, or hide. Some take the wide forms for a formula too."""

LONGEST_CELL: Final = 32_767
"""Characters that a cell of a workbook can hold (Excel specifications and limits)."""

# Some spreadsheets look past blanks and line breaks for the first character.
_RUN: Final = rf"[ \n]*[{FORMULA_SIGNS}]"


def guard_cell(text: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would run it."""
    return re.sub(f"^({_RUN})", r"'\1", text)


def guard_cells(texts: pl.Expr) -> pl.Expr:
    """As `guard_cell`, of a column."""
    return texts.str.replace(f"^({_RUN})", "'${1}")


def unguard_cell(cell: str) -> str:
    """The text that `guard_cell` made a cell of."""
    return re.sub(f"^'({_RUN})", r"\1", cell)
