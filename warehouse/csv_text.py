"""Text in files that a spreadsheet opens: shown as text, never run as a formula.

Belongs here: the guard before a cell of a CSV file, and taking it away again; how much a cell holds. Does not: the
files.
"""

from typing import Final

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "'", "＝", "＋", "－", "＠")
"""What a spreadsheet would run, or hide. Some take the wide forms for a formula too."""

LONGEST_CELL: Final = 32_767
"""Signs that a cell of a workbook can hold (Excel specifications and limits)."""

SKIPPED: Final = " \n"
"""Some spreadsheets look past these for the first sign."""


def guard_cell(text: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if _would_run(text) else text


def unguard_cell(cell: str) -> str:
    """The text that `guard_cell` made a cell of."""
    return cell[1:] if cell.startswith("'") and _would_run(cell[1:]) else cell


def _would_run(text: str) -> bool:
    return text.lstrip(SKIPPED).startswith(FORMULA_SIGNS)
