"""What is left out of a wording of a condition, and what that may stand for.

Belongs here: when a wording says enough to be named, and when two say the same except for what is left out. Does not:
leaving words out (`study.prohibitions.wordings`), coding (`assets.wording_decisions`).

`[…]` stands for names and places: for at most `MOST_HIDDEN` words beside one another in one sentence. It never stands
for an exception, for another sentence, or for a word of a text in capitals that is not known as a name: what such a
word was, nobody can see from the wording.
"""

from typing import Final

import polars as pl

LEFT_OUT: Final = "[…]"
MOST_HIDDEN: Final = 4
"""The words that one `[…]` stands for at most; a longer run is shown as several."""
LEAST_KEPT: Final = 3
"""The words that a wording must have for each `[…]`: with fewer, nobody can see what it forbids."""
EXCEPTIONS: Final = (
    "apart", "but", "except", "excepting", "excluding", "only", "other", "otherwise", "provided", "save", "unless",
    "until", "where", "without",
)  # fmt: skip
NEGATIONS: Final = ("neither", "never", "no", "nor", "not")

_GAP: Final = r"\[…\]"
_PLACEHOLDER: Final = r"\[[^\]]*\]"
_SENTENCE: Final = r";\s*\S|[.!?]\s+[\p{Lu}\d(\[]"
_WORD: Final = r"[\p{L}\d]+"


def is_nameable(wording: str) -> pl.Expr:
    """Whether a wording says enough for a steward to say which condition it is."""
    gaps, words = pl.col(wording).str.count_matches(_GAP), pl.col(wording).str.count_matches(_WORD)
    has_small_letters = pl.col(wording).str.contains(r"\p{Ll}")
    return (gaps == 0) | (has_small_letters & (words >= LEAST_KEPT * gaps))


def says_no_more(text: str, wording: str, named: str) -> pl.Expr:
    """Whether a text leaves out as much as a named wording, and adds no exception or sentence to it.

    Args:
        text: the column of the text as worded.
        wording: the same without names.
        named: the column of the wording that a steward named.
    """
    gaps = pl.col(wording).str.count_matches(_PLACEHOLDER) == pl.col(named).str.count_matches(_PLACEHOLDER)
    sentences = pl.col(text).str.count_matches(_SENTENCE) <= pl.col(named).str.count_matches(_SENTENCE)
    exceptions = _count(text, EXCEPTIONS) == _count(named, EXCEPTIONS)
    negated = (_count(text, NEGATIONS) > 0) == (_count(named, NEGATIONS) > 0)
    return gaps & sentences & exceptions & negated


def _count(column: str, words: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).str.count_matches(rf"(?i)\b(?:{'|'.join(words)})\b")
