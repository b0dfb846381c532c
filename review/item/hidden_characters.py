"""Characters that a page could not show, or that would change how its other characters are read.

Belongs here: making them visible. Does not: escaping, which templates do by themselves.
"""

import re
from typing import Final

HIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters but tab and line break, directions of writing. Joiners stay: Persian and Hindi names need them."""


def show_hidden(value: object) -> str:
    """A value as text in which every hidden character is shown as its number: `[U+202E]`."""
    return HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", str(value))
