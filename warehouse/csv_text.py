"""Text in files that a spreadsheet opens: shown as text, never run as a formula.

Belongs here: the guard before a cell of a CSV file, and taking it away again; how much a cell holds, and what no cell
can hold. Does not: the files.
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

CUT: Final = " … cut: the CSV file has all"
UNSHOWN: Final = "\N{REPLACEMENT CHARACTER}"
# Control characters but line breaks and tabs, the last two code points of each plane (XML 1.0, s.2.2).
_NO_TEXT: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f" + "".join(
    chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17)
)
# Halves of surrogate pairs too, which no column can hold.
NO_TEXT: Final = re.compile(f"[{_NO_TEXT}\ud800-\udfff]")


def guard_cell(text: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would run it."""
    return re.sub(f"^({_RUN})", r"'\1", text)


def guard_cells(texts: pl.Expr) -> pl.Expr:
    """As `guard_cell`, of a column."""
    return texts.str.replace(f"^({_RUN})", "'${1}")


def unguard_cell(cell: str) -> str:
    """The text that `guard_cell` made a cell of."""
    return re.sub(f"^'({_RUN})", r"\1", cell)


def plain(text: str | None) -> str:
    """A text in which control characters, halves of surrogate pairs and what XML forbids are shown as �."""
    return NO_TEXT.sub(UNSHOWN, text or "")


def for_cell(text: str | None) -> str:
    """A text as a cell of a workbook holds it: never longer than a cell can be."""
    shown = plain(text)
    return shown if len(shown) <= LONGEST_CELL else shown[: LONGEST_CELL - len(CUT)] + CUT


def for_cells(texts: pl.Expr) -> pl.Expr:
    """As `for_cell`, of a column; what is not there stays so."""
    shown = texts.str.replace_all(f"[{_NO_TEXT}]", UNSHOWN)
    cut = shown.str.slice(0, LONGEST_CELL - len(CUT)) + CUT
    return pl.when(shown.str.len_chars() <= LONGEST_CELL).then(shown).otherwise(cut)


def for_csv(text: str | None) -> str:
    """A text as a CSV file holds it: with an apostrophe before what a spreadsheet would run."""
    return guard_cell(plain(text))
