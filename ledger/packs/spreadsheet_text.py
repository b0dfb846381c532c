"""Texts of others in files that a spreadsheet opens: shown as text, never run, never breaking the file.

Belongs here: what is done to a value before it is written. Does not: the files themselves.
"""

import re

from warehouse.csv_text import LONGEST_CELL, guard_cell

CUT = " … cut: the CSV file has all"
UNSHOWN = "\N{REPLACEMENT CHARACTER}"
# Control characters but line breaks and tabs, halves of surrogate pairs, the last two code points of each plane
# (XML 1.0, s.2.2).
NO_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)


def plain(text: str | None) -> str:
    """A text in which control characters, halves of surrogate pairs and what XML forbids are shown as �."""
    return NO_TEXT.sub(UNSHOWN, text or "")


def for_cell(text: str | None) -> str:
    """A text as a cell of a workbook holds it: never longer than a cell can be."""
    shown = plain(text)
    return shown if len(shown) <= LONGEST_CELL else shown[: LONGEST_CELL - len(CUT)] + CUT


def for_csv(text: str | None) -> str:
    """A text as a CSV file holds it: with an apostrophe before what a spreadsheet would run."""
    return guard_cell(plain(text))
