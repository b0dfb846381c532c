"""Where a value differs from the one it is compared with, as pieces of the value that a page can mark.

A mark says that something differs, not which of the two is right: to mark both, compare them both ways.

Belongs here: marks within one value. Does not: whether two values are the same fact (`review.item.comparison`).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import polars as pl
from rapidfuzz.distance import Levenshtein

from warehouse.standardise import fold

LEAST_LIKENESS: Final = 0.5
"""Of less alike values so much would be marked that nobody could read it: they are marked as a whole."""

LONGEST_MARKED: Final = 600
"""Characters; longer values are marked as a whole."""

MOST_WORDS: Final = 40
"""Of a name; longer names are marked as a whole."""


SILENT: Final = frozenset("'’‘ʼʻ`´′")
SEPARATORS: Final = " \t\r\n\v\f\x85\xa0\u2002\u2003\u2009\u3000-‐–"
WORD: Final = re.compile(rf"[{re.escape(SEPARATORS)}]*[^{re.escape(SEPARATORS)}]+(?:[{re.escape(SEPARATORS)}]+$)?")
SILENT_KINDS: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
"""Characters without a sound of their own: apostrophes; combining marks and directions of writing."""


@dataclass(frozen=True)
class Piece:
    """A part of a value.

    Attributes:
        differs: the value it is compared with does not have it there.
    """

    text: str
    differs: bool = False


Pieces = tuple[Piece, ...]


def mark_name(value: str, other: str) -> Pieces:
    """A name, word by word, and within words that are alike letter by letter.

    Capitals, accents and apostrophes make no difference.
    """
    words, known = _words(value), _words(other)
    pairs = _aligned(words, known) if max(len(words), len(known)) <= MOST_WORDS else []
    if not any(word and its_other for word, its_other in pairs):
        return mark_whole(value, other)
    return _joined([piece for word, its_other in pairs if word for piece in _word_pieces(word, its_other)])


def mark_characters(value: str, other: str) -> Pieces:
    """An id or a reference, character by character."""
    return _mark_letters(list(value), list(value), list(other))


def mark_date(value: date, other: date) -> Pieces:
    """A date by day, month and year."""
    parts, others = (f"{day.day}|{day:%B}|{day.year}".split("|") for day in (value, other))
    if not {*parts} & {*others}:
        return mark_whole(" ".join(parts), " ".join(others))
    pieces: list[Piece] = []
    for place, (part, known) in enumerate(zip(parts, others, strict=True)):
        pieces += [Piece(" " if place else ""), Piece(part, part != known)]
    return _joined(pieces)


def mark_whole(value: str, other: str) -> Pieces:
    """One value in the place of another."""
    return (Piece(value, value != other),) if value else ()


MARK_OF_NATURE: Final[Mapping[str, Callable[[Any, Any], Pieces]]] = {
    "name": mark_name,
    "identifier": mark_characters,
    "date": mark_date,
}
"""How values of a nature are marked; those of any other in the place of another."""


def mark_set(held: Sequence[str], others: Sequence[str]) -> Pieces:
    """The members of a set, in the order of their names."""
    return tuple(Piece(member, member not in others) for member in sorted({*held}))


def fold_name(name: str) -> str:
    """A name in the form in which two spellings of it are the same."""
    return " ".join("".join(map(_folded, name)).split())


def _mark_letters(characters: Sequence[str], keys: Sequence[str], other_keys: Sequence[str]) -> Pieces:
    """Characters of a value that differ by their keys from those of another."""
    too_long = max(len(keys), len(other_keys)) > LONGEST_MARKED
    if too_long or Levenshtein.normalized_similarity(other_keys, keys) < LEAST_LIKENESS:
        return _joined([Piece("".join(characters), keys != other_keys)])
    steps = Levenshtein.opcodes(other_keys, keys)
    return _joined([Piece("".join(characters[step.dest_start : step.dest_end]), step.tag != "equal") for step in steps])


def _words(name: str) -> list[str]:
    """The words of a name, each with what stands before it; the last one with what stands after it too."""
    return WORD.findall(name)


def _word_pieces(word: str, other: str | None) -> Pieces:
    """A word beside the one it is compared with; the characters around a word are no part of what is compared."""
    if other is None:
        return (Piece(word, differs=True),)
    bare = _bare(word)
    before, _, after = word.partition(bare)
    characters = _letters(bare)
    keys, other_keys = ([_folded(letter) for letter in letters] for letters in (characters, _letters(_bare(other))))
    return (Piece(before), *_mark_letters(characters, keys, other_keys), Piece(after))


def _bare(word: str) -> str:
    return word.strip(SEPARATORS)


def _letters(word: str) -> list[str]:
    """The letters of a word; characters that count for nothing stand with the letter before them."""
    letters: list[str] = []
    for character in word:
        if letters and (not _folded(character) or not _folded(letters[-1])):
            letters[-1] += character
        else:
            letters.append(character)
    return letters


def _aligned(words: Sequence[str], known: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Words of two names beside each other, so that as many as can be are alike; None where one has no counterpart."""
    likeness = [[_likeness(word, other) for other in known] for word in words]
    best = [[0.0] * (len(known) + 1) for _ in range(len(words) + 1)]
    for i in reversed(range(len(words))):
        for j in reversed(range(len(known))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], likeness[i][j] + best[i + 1][j + 1])
    pairs: list[tuple[str | None, str | None]] = []
    i = j = 0
    while i < len(words) and j < len(known):
        if likeness[i][j] and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            pairs.append((words[i], known[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i][j + 1]:
            pairs.append((None, known[j]))
            j += 1
        else:
            pairs.append((words[i], None))
            i += 1
    return [*pairs, *((None, other) for other in known[j:]), *((word, None) for word in words[i:])]


def _likeness(word: str, other: str) -> float:
    """How alike two words are, 0 where they are too little so."""
    likeness = Levenshtein.normalized_similarity(fold_name(word), fold_name(other))
    return likeness if likeness >= LEAST_LIKENESS else 0.0


def _joined(pieces: Sequence[Piece]) -> Pieces:
    """Neighbours of one mark put together."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].differs == piece.differs:
            joined[-1] = Piece(joined[-1].text + piece.text, piece.differs)
        elif piece.text:
            joined.append(piece)
    return tuple(joined)


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """A letter as names are compared; marks and apostrophes are nothing, letters of other scripts themselves."""
    folded: str | None = pl.select(fold(pl.lit(character))).item()
    if folded:
        return folded
    heard = "".join(part for part in character if part not in SILENT and unicodedata.category(part) not in SILENT_KINDS)
    return "".join(part.upper() if part.isalnum() else " " for part in heard)


HIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters but tab and line break, directions of writing. Joiners stay: Persian and Hindi names need them."""


def show_hidden(value: object) -> str:
    """A value as text in which every hidden character is shown as its number: `[U+202E]`."""
    return HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", str(value))
