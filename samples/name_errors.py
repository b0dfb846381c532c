"""How names go wrong: typing, hearing, cutting, swapping. Each fault changes a holding and says whether it could."""

import csv
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from random import Random

from samples.holdings import Holding
from samples.value_errors import Spoil, put

TEXTS_REMEMBERED = 65_536
_NEIGHBOURS = {
    "a": "qsz", "b": "vgn", "c": "xvd", "d": "sfe", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo",
    "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad",
    "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "xa",
}  # fmt: skip
_UNDECOMPOSED = str.maketrans({"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "ß": "ss"})


@lru_cache(TEXTS_REMEMBERED)
def without_diacritics(text: str) -> str:
    """The text in plain Latin letters."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_UNDECOMPOSED))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def variants(kind: str) -> dict[str, tuple[str, ...]]:
    """Other forms of a name by kind: nickname, spelling, transliteration."""
    found: dict[str, list[str]] = {}
    with files("samples").joinpath("variants.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["kind"] == kind:
                found.setdefault(row["name"], []).append(row["variant"])
    return {name: tuple(others) for name, others in found.items()}


def mistype(word: str, random: Random) -> str:
    """One slip of the hand: a neighbouring key, two letters swapped, one doubled, one left out."""
    places = [place for place in range(1, len(word)) if word[place].isalpha()]
    if len(places) < 2:
        return word
    place, draw = random.choice(places), random.random()
    if draw < 0.3:
        key = without_diacritics(word[place]).lower()
        return word[:place] + random.choice(_NEIGHBOURS.get(key, "e")) + word[place + 1 :]
    if draw < 0.55:
        place = min(place, len(word) - 2)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if draw < 0.75:
        return word[:place] + word[place] + word[place:]
    return word[:place] + word[place + 1 :]


mistype_surname = put("surname", lambda held, random: mistype(held.surname, random))
mistype_forename = put("forenames", lambda held, random: mistype(held.forenames, random))


def replace_word(kind: str) -> Spoil:
    """The fault that a name has another of its forms of a kind: `nickname`, `spelling`, `transliteration`."""

    def spoil(holding: Holding, random: Random) -> bool:
        table = variants(kind)
        first, gap, rest = holding.forenames.partition(" ")
        if first in table:
            holding.forenames = random.choice(table[first]) + gap + rest
        elif holding.surname in table:
            holding.surname = random.choice(table[holding.surname])
        else:
            return False
        return True

    return spoil


def use_alias(holding: Holding, _random: Random) -> bool:
    """Another name of the person as the main one."""
    alias = holding.person.alias
    if not alias:
        return False
    holding.forenames, holding.surname = alias
    return True


def swap_names(holding: Holding, _random: Random) -> bool:
    """Surname and forenames the wrong way round."""
    holding.forenames, holding.surname = holding.surname, holding.forenames
    return holding.forenames != holding.surname


def cut_double_barrel(holding: Holding, random: Random) -> bool:
    """Half of a two-part surname."""
    parts = holding.surname.replace("-", " ").split()
    if len(parts) < 2 or parts[0] in {"de", "dos", "da", "ul"}:
        return False
    holding.surname = random.choice(parts)
    return True


def drop_middle_name(holding: Holding, _random: Random) -> bool:
    """The first forename alone."""
    first, _, rest = holding.forenames.partition(" ")
    holding.forenames = first
    return bool(rest)


def shorten_to_initial(holding: Holding, _random: Random) -> bool:
    """Forenames cut to an initial."""
    first, _, rest = holding.forenames.partition(" ")
    holding.forenames = f"{first} {rest[0]}" if rest else f"{first[0]}"
    return True


def lose_diacritics(holding: Holding, _random: Random) -> bool:
    """The name in plain letters where the source could hold it in full."""
    before = holding.value("name")
    holding.forenames = without_diacritics(holding.forenames)
    holding.surname = without_diacritics(holding.surname)
    return holding.value("name") != before
