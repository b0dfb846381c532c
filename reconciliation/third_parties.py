"""People whom a condition names: victims, children, associates. What is published does not name them.

Belongs here: finding the names in the text of a condition, and what is shown in their place. Does not: which text is
published (`reconciliation.conditions`), who may read the names (`review`).

Rather one word too many is hidden than one name too few: after words that speak of dealings with a person, whatever is
written as a name, or is not an ordinary word of conditions, is taken for one, unless it says where. After a title, and
after a name that has begun, any word with a capital is one (`Miss Street`, `Dawn Law`). Addresses with a number,
postcodes, e-mail addresses and telephone numbers are hidden too: they lead to a person as a name does.
"""

import re
from functools import cache, lru_cache
from typing import Final

import polars as pl

from reconciliation.name_forms import listed_forenames
from warehouse.codes import reference

PERSON: Final = "[named person]"
BIRTH: Final = "[date of birth]"
TITLES: Final = ("mr", "mrs", "ms", "miss", "mx", "dr")
NAMED_MONTHS: Final = ("april", "may", "june")
"""Months that are names of people too."""
TIMES: Final = frozenset((
    "in", "until", "till", "before", "after", "from", "since", "by", "during", "between", "end", "early", "late", "mid",
    "through", "throughout", "on", "next", "last", "this", "every", "each",
))  # fmt: skip
ADDRESS: Final = "[address]"
CONTACT: Final = "[contact details]"

WORD: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?|[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*")
DATED_BIRTH: Final = re.compile(
    r"(?i)\b(d\.?\s?o\.?\s?b\.?|born(?: on)?|date of birth)(\W{0,3})"
    r"(\d{1,4}[/.\- ]\d{1,2}[/.\- ]\d{2,4}|\d{6,8}|\d{1,2}(?:st|nd|rd|th)? \w+ \d{2,4})"
)


_POSTCODE: Final = r"(?-i:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b"
_STREET: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|drive|crescent|cres|gardens|gdns|place|square|way|terrace|court|grove"
    r"|hill|row|mews|park|walk|rise|view|green)\b"
)
LIVING_AT: Final = re.compile(
    rf"(?i)\b(?:(?:flat|apartment|apt|unit|room)\s*\w{{1,4}},?\s+)?\d{{1,4}}[a-z]?,?\s+(?:[^\W\d]['’\w-]*\s+){{0,3}}?{_STREET}"
    rf"\.?(?:,?\s+(?:[^\W\d]['’\w-]*[, ]+){{0,3}}?{_POSTCODE})?|\b{_POSTCODE}"
)
REACHED_BY: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\d)(?:\+44|0)(?:[ -]?\d){9,10}(?!\d)")
# While names are found, one character that is not a letter stands for each of the others.
HIDDEN: Final = {"\ue000": BIRTH, "\ue001": ADDRESS, "\ue002": CONTACT}


MOST_REMEMBERED: Final = 50_000
"""Texts whose masked form is kept at hand: the pieces of a night word conditions alike."""
CUT_FROM: Final = 60
"""Some sources cut a condition at a width; a shorter text was not cut."""


def mask_names(texts: pl.Series) -> pl.DataFrame:
    """Texts of conditions without the names of people in them.

    Returns:
        One row for each distinct text: `text`, `masked_text`, `is_person_named`.
    """
    distinct = pl.DataFrame({"text": texts.unique().drop_nulls()}).sort("text")
    masked = pl.Series([mask_text(text) for text in distinct.get_column("text")], dtype=pl.String)
    return distinct.with_columns(masked_text=masked, is_person_named=masked != distinct.get_column("text"))


@lru_cache(maxsize=MOST_REMEMBERED)
def mask_text(text: str) -> str:
    """A text in which placeholders such as `[named person]` stand for names, births, addresses and contact details."""
    text = DATED_BIRTH.sub("\\1\\2\ue000", text)
    text = REACHED_BY.sub("\ue002", LIVING_AT.sub("\ue001", text))
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
    masked = "".join(parts) + text[place:]
    for character, words_for_it in HIDDEN.items():
        masked = masked.replace(character, words_for_it)
    return masked


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
        is_written_so = _is_written_as_name(word.group(), is_cased=is_cased, begins=begins[index]) or (
            is_cased
            and plain[index] in NAMED_MONTHS
            and word.group()[0].isupper()
            and not _is_of_date(text, words, index, marks)
        )
        has_capital = is_cased and word.group()[0].isupper()
        goes_on = has_capital and index > 0 and _goes_on_a_name(text, words[index - 1], word, is_name=marks[-1])
        # Whether it says where takes longest to find out.
        marks.append(
            goes_on
            or (
                is_written_so
                and (
                    plain[index] in _forenames()
                    or (
                        is_cued
                        and not _says_where(plain, index, marks)
                        and not (is_long and _is_cut_short(plain, index, marks))
                    )
                )
            )
        )
        is_cued = is_cued or plain[index] in _words("cue")
    return marks


def _is_written_as_name(word: str, *, is_cased: bool, begins: bool) -> bool:
    """A word that conditions do not use, or, in a text with small letters, one with a capital."""
    plain = word.casefold()
    if "." in word:
        return plain not in ("d.o.b.", "d.o.b", "e.g.", "i.e.", "w.")
    has_capital = is_cased and not begins and word[0] != word[0].lower()
    return plain not in _words("proper") and (has_capital or plain not in ordinary_words())


def _is_of_date(text: str, words: list[re.Match[str]], index: int, marks: list[bool]) -> bool:
    """Whether `April`, `May` or `June` is a month: beside a figure, or after a word of time that follows no name."""
    word = words[index]
    if re.search(r"\d(?:st|nd|rd|th)?(?: of)?[ ./-]*$", text[: word.start()]) or re.match(
        r"[ ,./-]*\d", text[word.end() :]
    ):
        return True
    before = words[index - 1].group().casefold() if index else ""
    if before in ("and", "or", "to") and index > 1:
        return not marks[index - 2]
    return before in TIMES


def _says_where(plain: list[str], index: int, marks: list[bool]) -> bool:
    """Whether a word follows `in` or the like, or `Op`, or comes before `Street`, or goes on with such a word."""
    before, after = (plain[index - 1] if index else ""), (plain[index + 1] if index + 1 < len(plain) else "")
    is_after_place = before in _words("place_before") and not _speaks_of_person(plain, index - 1)
    goes_on = bool(marks) and not marks[-1] and before not in ordinary_words() and before not in _words("particle")
    return (
        is_after_place
        or (before in _words("operation") and (not after or after in ordinary_words()))
        or after in _words("place_after")
        or (goes_on and index > 1 and before != "")
    )


def _goes_on_a_name(text: str, before: re.Match[str], word: re.Match[str], *, is_name: bool) -> bool:
    """Whether a word with a capital follows a title, or a part of a name, with nothing but a blank between."""
    is_close = not text[before.end() : word.start()].strip(" .")
    return is_close and (is_name or before.group().casefold().rstrip(".") in TITLES)


def _is_cut_short(plain: list[str], index: int, marks: list[bool]) -> bool:
    """Whether the last word is what a width left of an ordinary one, and not of a name that began before it."""
    is_last = index == len(plain) - 1 and not (marks and marks[-1])
    return is_last and any(known.startswith(plain[index]) for known in ordinary_words())


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
def ordinary_words() -> frozenset[str]:
    """The words of the catalogue's wordings and labels, and ordinary ones."""
    listed = reference("conditions").select("label", pl.col("wordings").str.replace_all(r"\{\w+\}", " "))
    text = " ".join(listed.select(pl.concat_str("label", "wordings", separator=" ")).to_series())
    return frozenset(reference("condition_words").filter(pl.col("kind") != "proper").get_column("word")) | {
        word.casefold() for word in WORD.findall(text)
    }


@cache
def listed_names() -> frozenset[str]:
    """Forenames and family names that are known, in small letters."""
    return _forenames() | {name.casefold() for name in reference("family_names").get_column("name")}


@cache
def proper_words() -> frozenset[str]:
    """Words of courts' names, which are places, and names of people, that conditions do not use as ordinary words."""
    courts = " ".join(reference("courts").get_column("name")).casefold()
    return (frozenset(WORD.findall(courts)) | listed_names()) - ordinary_words()


@cache
def _forenames() -> frozenset[str]:
    """Forenames that are known, except those that are ordinary words too."""
    names = {name.casefold() for name in listed_forenames()}
    names |= {name.casefold() for column in ("a", "b") for name in reference("name_variants").get_column(column)}
    return frozenset(names - ordinary_words() - _words("proper"))
