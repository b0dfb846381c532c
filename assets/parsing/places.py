"""What courts and forces have in common in the ways they are written: other names, several names in one text, slips.

Belongs here: reading those, how many slips are forgiven, and when two entries of a list are too close to choose
between. Does not: how a court (`courts`) or a force (`forces`) is found, any list.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from assets.parsing.words import known
from warehouse.codes import reference
from warehouse.standardise import fold

SHORT_TEXT = 4  # shorter texts must be exact
LONG_TEXT = 8  # longer texts may hold two slips, shorter ones one

# Characters between two names of one thing, or between a name and its short form, its part or its address.
NAME_ENDS = r"\s*[/(),;|\[\]–—]\s*|\s+-\s+"


@cache
def other_names(kind: str) -> dict[str, tuple[str, ...]]:
    """Other names of a kind (`court`, `place`, `court_type`, `site_word`, `force`, `force_word`), folded, and meanings.

    A name with several meanings stands for none of them; it is known so that it is not taken for an unknown one.
    """
    listed = reference("other_names").filter(pl.col("kind") == kind)
    written = fold(pl.col("written").str.replace_all("&", " and "))
    rows = listed.select(written, pl.col("means").str.split("|")).iter_rows()
    return {name: tuple(meanings) for name, meanings in rows}


def fold_parts(texts: pl.Series) -> list[tuple[str, list[str]]]:
    """Each text folded as a whole, and its parts folded, where it holds several names."""
    shown = known(pl.col("text").str.replace_all("&", " and "))
    rows = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
        whole=fold(shown).fill_null(""),
        parts=shown.str.replace_all(NAME_ENDS, "\x1e").str.split("\x1e").list.eval(fold(pl.element())),
    )
    return [(whole, [part for part in parts or [] if part]) for whole, parts in rows.iter_rows()]


def agreed(
    parts: Iterable[str], meaning: Callable[[str], frozenset[str]], *, names_one: Callable[[str], bool]
) -> frozenset[str]:
    """What the parts of a text mean together: all the codes that any of them means.

    A part that means nothing is an address or a unit, unless it names a thing of the kind: then nothing is meant.
    """
    meant = {part: meaning(part) for part in parts}
    if any(names_one(part) for part, codes in meant.items() if not codes):
        return frozenset()
    return frozenset().union(*meant.values())


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
