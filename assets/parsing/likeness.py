"""Finding the one entry of a list that a misspelt text means.

Belongs here: the rule for how many slips are forgiven and when two entries are too close to choose between.
Does not: any list.
"""

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORT_TEXT = 4  # shorter texts must be exact
LONG_TEXT = 8  # longer texts may hold two slips, shorter ones one


def nearest_entry(text: str, entries: Sequence[str]) -> tuple[str | None, float]:
    """The entry that `text` means if it is misspelt, and their likeness from 0 to 100.

    A slip is a letter left out, put in, changed, or two neighbours swapped. Two are forgiven from `LONG_TEXT` letters
    on, one from `SHORT_TEXT`. Where two entries are equally near, none is meant.
    """
    if len(text) < SHORT_TEXT:
        return None, 0.0
    slips = 2 if len(text) >= LONG_TEXT else 1
    found = process.extract(text, entries, scorer=OSA.distance, score_cutoff=slips, limit=2)
    if not found or (len(found) > 1 and found[0][1] == found[1][1]):
        return None, 0.0
    entry, distance, _ = found[0]
    return entry, round(100 * (1 - distance / max(len(text), len(entry))), 1)
