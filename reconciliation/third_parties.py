"""People whom a condition names: victims, children, associates. What is published does not name them.

Belongs here: finding the names in the text of a condition, and what stands in their place. Does not: which text is
published (`reconciliation.conditions`), who may read the names (`review`).

Rather one word too many is hidden than one name too few: after words that speak of dealings with a person, whatever is
written as a name, or is no ordinary word of conditions, is taken for one, unless it says where.
"""

import re
from functools import cache
from typing import Final

import polars as pl

from reconciliation.name_forms import listed_forenames
from warehouse.codes import reference

PERSON: Final = "[named person]"
BIRTH: Final = "[date of birth]"

WORD: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?|[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*")
DATED_BIRTH: Final = re.compile(
    r"(?i)\b(d\.?\s?o\.?\s?b\.?|born(?: on)?|date of birth)(\W{0,3})"
    r"(\d{1,4}[/.\- ]\d{1,2}[/.\- ]\d{2,4}|\d{6,8}|\d{1,2}(?:st|nd|rd|th)? \w+ \d{2,4})"
)


CUT_FROM: Final = 60
"""Some sources cut a condition at a width; a shorter text was not cut."""


def mask_names(texts: pl.Series) -> pl.DataFrame:
    """Texts of conditions without the names of people in them.

    Args:
        texts: as worded.

    Returns:
        One row a distinct text: `text`, `masked_text`, `is_person_named`.
    """
    distinct = pl.DataFrame({"text": texts.unique().drop_nulls()}).sort("text")
    masked = pl.Series([mask_text(text) for text in distinct.get_column("text")], dtype=pl.String)
    return distinct.with_columns(masked_text=masked, is_person_named=masked != distinct.get_column("text"))


def mask_text(text: str) -> str:
    """A text in which `[named person]` stands for each name, and `[date of birth]` for each day of birth."""
    words = list(WORD.finditer(text))
    is_name = _mark_names(text, words)
    parts: list[str] = []
    place, index = 0, 0
    while index < len(words):
        last = _end_of_run(text, words, is_name, index)
        if last is None:
            index += 1
            continue
        parts += [text[place : words[index].start()], PERSON]
        place, index = words[last].end(), last + 1
    return DATED_BIRTH.sub(rf"\1\2{BIRTH}", "".join(parts) + text[place:])


def _mark_names(text: str, words: list[re.Match[str]]) -> list[bool]:
    """Whether each word is part of a person's name."""
    plain = [word.group().casefold() for word in words]
    begins = [_begins_sentence(text, word.start()) for word in words]
    is_cased = any(word.group()[0].isupper() and not start for word, start in zip(words, begins, strict=True)) and any(
        word.group().islower() for word in words
    )
    marks: list[bool] = []
    is_cued, is_long = False, len(text) >= CUT_FROM
    for index, word in enumerate(words):
        is_written_so = _is_written_as_name(word.group(), is_cased=is_cased, begins=begins[index])
        is_place = _says_where(plain, index, marks) or (is_long and _is_cut_short(plain, index, marks))
        marks.append(is_written_so and ((is_cued and not is_place) or plain[index] in _forenames()))
        is_cued = is_cued or plain[index] in _words("cue")
    return marks


def _is_written_as_name(word: str, *, is_cased: bool, begins: bool) -> bool:
    """A word that conditions do not use, or, in a text with small letters, one with a capital."""
    plain = word.casefold()
    if "." in word:
        return plain not in ("d.o.b.", "d.o.b", "e.g.", "i.e.", "w.")
    has_capital = is_cased and not begins and word[0] != word[0].lower()
    return plain not in _words("proper") and (has_capital or plain not in _vocabulary())


def _says_where(plain: list[str], index: int, marks: list[bool]) -> bool:
    """Whether a word follows `in` or the like, or `Op`, or comes before `Street`, or goes on with such a word."""
    before, after = (plain[index - 1] if index else ""), (plain[index + 1] if index + 1 < len(plain) else "")
    is_after_place = before in _words("place_before") and not _speaks_of_person(plain, index - 1)
    goes_on = bool(marks) and not marks[-1] and before not in _vocabulary() and before not in _words("particle")
    return (
        is_after_place
        or (before in _words("operation") and (not after or after in _vocabulary()))
        or after in _words("place_after")
        or (goes_on and index > 1 and before != "")
    )


def _is_cut_short(plain: list[str], index: int, marks: list[bool]) -> bool:
    """Whether the last word is what a width left of an ordinary one, and not of a name that began before it."""
    is_last = index == len(plain) - 1 and not (marks and marks[-1])
    return is_last and any(known.startswith(plain[index]) for known in _vocabulary())


def _speaks_of_person(plain: list[str], preposition: int) -> bool:
    """`company of`, `speak to`: the words before a preposition that say a person follows."""
    return preposition > 0 and plain[preposition] in ("of", "to") and plain[preposition - 1] in _words("cue")


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\n([\"'“‘0123456789)-•*")
    return not before or before[-1] in ".;!?"


def _end_of_run(text: str, words: list[re.Match[str]], is_name: list[bool], first: int) -> int | None:
    """The last word of the name that begins with a word; None if none does."""
    if not is_name[first]:
        return None
    last = first
    for index in range(first + 1, len(words)):
        gap = text[words[index - 1].end() : words[index].start()]
        if gap.strip(" .") or not (is_name[index] or words[index].group().casefold() in _words("particle")):
            break
        if is_name[index]:
            last = index
    return last


@cache
def _words(kind: str) -> frozenset[str]:
    """The words of `condition_words` of a kind: a person follows a `cue`; `proper` words are names of nobody."""
    return frozenset(reference("condition_words").filter(kind=kind).get_column("word"))


@cache
def _vocabulary() -> frozenset[str]:
    """The words of the catalogue's wordings and labels, and ordinary ones."""
    listed = reference("conditions").select("label", pl.col("wordings").str.replace_all(r"\{\w+\}", " "))
    text = " ".join(listed.select(pl.concat_str("label", "wordings", separator=" ")).to_series())
    return frozenset(reference("condition_words").filter(pl.col("kind") != "proper").get_column("word")) | {
        word.casefold() for word in WORD.findall(text)
    }


@cache
def _forenames() -> frozenset[str]:
    """Forenames that are known, but for those that are ordinary words too."""
    names = {name.casefold() for name in listed_forenames()}
    names |= {name.casefold() for column in ("a", "b") for name in reference("name_variants").get_column(column)}
    return frozenset(names - _vocabulary() - _words("proper"))
