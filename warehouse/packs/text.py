"""Texts of others in files that a spreadsheet opens: shown as text, never run, never breaking the file.

Belongs here: what is done to a value before it is written. Does not: the files themselves.
"""

import unicodedata

from warehouse.ledger.exchange import FORMULA_SIGNS

LONGEST_CELL = 32_767
"""Signs that a cell of a workbook can hold (Excel specifications and limits)."""

CUT = " … cut: the CSV file has all"
UNSHOWN = "\N{REPLACEMENT CHARACTER}"
# Some spreadsheets take the wide forms, and what stands after a line break or a blank, for a formula too.
WIDE_SIGNS = tuple("＝＋－＠")
KEPT = "\n\t"


def plain(text: str | None) -> str:
    """A text without signs that are none: control signs, halves of letters and what XML forbids are shown as �."""
    return "".join(UNSHOWN if _is_no_text(sign) else sign for sign in text or "")


def for_cell(text: str | None) -> str:
    """A text as a cell of a workbook holds it: never longer than a cell can be."""
    shown = plain(text)
    return shown if len(shown) <= LONGEST_CELL else shown[: LONGEST_CELL - len(CUT)] + CUT


def for_csv(text: str | None) -> str:
    """A text as a CSV file holds it: with an apostrophe before what a spreadsheet would run."""
    shown = plain(text)
    return f"'{shown}" if shown.lstrip(" \n").startswith((*FORMULA_SIGNS, *WIDE_SIGNS)) else shown


def _is_no_text(sign: str) -> bool:
    category = unicodedata.category(sign)
    is_forbidden = ord(sign) & 0xFFFE == 0xFFFE
    return is_forbidden or (category in {"Cc", "Cs"} and sign not in KEPT)
