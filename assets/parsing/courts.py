"""Courts as sources write them: codes, names in full, abbreviated, cut short, in Welsh, or the town alone.

Belongs here: how a written court is found, and how a town alone is settled. Does not: the list of courts
(`warehouse/reference/courts.csv`), the other names of courts, places and types (`other_names.csv`).
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import polars as pl

from assets.parsing.places import agreed, fold_parts, nearest_entry, other_names
from warehouse.codes import reference
from warehouse.standardise import fold

ROOM_CODE = re.compile(r"[A-Z]\d{2}[A-Z]{2}\d{2}")  # Libra: five characters of the court, two of the room
CUT_FROM = 18  # a text this long may be the beginning of a longer name
CUT_SCORE = 95.0
TOWN_FACTOR = 0.8  # a town alone, settled by the kind of order, is worth less than a court named
ANY_TYPE = "any"  # words that say no more than that it is a court
NAMES_A_COURT = re.compile(r"\b(?:COURTS?\b(?! (?:ROOM |NO )?\d)|CROWN|MAGS?|MAGISTRATES|SHERIFF|YOUTH|LLYS|CT|CRT)\b")
# What stands beside a court: the judge, the way in which it sat, the room, the time, the number of the case.
ASIDES = re.compile(
    r"^COURT (?=[A-Z]+ )|^(?:BEFORE|HHJ|DJ|RECORDER) .* AT |^(?:SITTING )?AT |^HMCTS "
    r"|\b(?:(?:VIA|BY) )?(?:CVP|VIDEO LINK)\b| (?:COURT|CT|CRT|ROOM)(?: ROOM)?(?: NO)? \d{1,2}$"
    r"| (?:[TUS]\d{8}|\d{1,2} ?[AP]M|\d{1,2} \d{1,2} (?:\d{4}|\d{2}))$"
)
Found = tuple[frozenset[str], float]  # the codes that a text may mean, and how well it fits, 0 to 100


@dataclass(frozen=True)
class CourtName:
    """A court of the list: its code, type, folded name, the place in its name, and the site named in brackets."""

    code: str
    court_type: str
    name: str
    place: str
    site: str


def resolve_courts(values: pl.DataFrame) -> pl.DataFrame:
    """Find the court that each written value means.

    In this order: a code (with any room, or its first five characters); a name in any form that place, site and type
    are written in; the beginning of such a name, for the PNC cuts at 24 characters; a misspelt name of the same type,
    at the site named; a town alone. A name with another beside it (`Cardiff Crown Court / Llys y Goron Caerdydd`) is
    what both mean. A town alone is settled by the order: risk orders and interim orders come from magistrates,
    prevention orders from the Crown Court if the town has one and else from magistrates (Modern Slavery Act 2015 ss.14,
    15, 21, 23, 28). Youth courts must be named.

    Args:
        values: `court_as_written`, `order_type`, `is_interim`; any rows.

    Returns:
        The distinct rows of the three columns with `court_code`, `court_score` (0 to 100) and `is_court_ambiguous`
        (more than one court fits); the code is null where no court, or more than one, fits.
    """
    distinct = (
        values.select("court_as_written", "order_type", "is_interim")
        .unique()
        .sort("court_as_written", "order_type", "is_interim")
    )
    texts = fold_parts(distinct.get_column("court_as_written"))
    kinds = distinct.select("order_type", "is_interim").iter_rows()
    found = [
        _find(whole, parts, order_type, is_interim)
        for (whole, parts), (order_type, is_interim) in zip(texts, kinds, strict=True)
    ]
    return distinct.with_columns(
        court_code=pl.Series([next(iter(codes)) if len(codes) == 1 else None for codes, _ in found], dtype=pl.String),
        court_score=pl.Series([score if len(codes) == 1 else None for codes, score in found], dtype=pl.Float64),
        is_court_ambiguous=pl.Series([len(codes) > 1 for codes, _ in found], dtype=pl.Boolean),
    )


def add_court(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns that `resolve_courts` finds for its `court_as_written`."""
    keys = ["court_as_written", "order_type", "is_interim"]
    found = resolve_courts(frame)
    return frame.join(found, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _find(whole: str, parts: list[str], order_type: str | None, is_interim: bool | None) -> Found:
    whole, parts = _without_asides(whole), [part for part in map(_without_asides, parts) if part]
    ways: tuple[Callable[[str], Found], ...] = (
        _by_name,
        lambda text: _by_parts(text, order_type, is_interim),
    )
    for way in ways:
        codes, score = way(whole) if whole else (frozenset(), 0.0)
        if not codes and len(parts) > 1:
            codes = agreed(parts, lambda part, way=way: way(part)[0], names_one=_names_a_court)  # type: ignore[misc]
            score = CUT_SCORE
        if codes:
            return codes, score
    return frozenset(), 0.0


def _without_asides(text: str) -> str:
    return re.sub(" +", " ", ASIDES.sub(" ", text)).strip()


def _names_a_court(text: str) -> bool:
    return NAMES_A_COURT.search(text) is not None or _site(f"X {text}")[1] != ""


def _by_name(text: str) -> Found:
    """Find courts by code, by a full name, or by the beginning of a name."""
    code = text.replace(" ", "")
    bare = code[:5] if ROOM_CODE.fullmatch(code) else code
    exact = _by_code().get(bare, frozenset()) | _written_names().get(_turned(text), frozenset())
    if exact or len(text) < CUT_FROM:
        return exact, 100.0
    names = _sorted_names()
    begun: set[str] = set()
    for place in range(bisect_left(names, text), len(names)):
        if not names[place].startswith(text):
            break
        begun |= _written_names()[names[place]]
    return frozenset(begun), CUT_SCORE


def _by_parts(text: str, order_type: str | None, is_interim: bool | None) -> Found:
    """Find courts by place, site and type, misspelt or not."""
    main, site = _site(_turned(text))
    place, court_type = _parts(main)
    place = _folded_places().get(place, place)
    courts = [court for court in _courts() if not site or court.site == site]
    if court_type:
        return _by_place(place, [court for court in courts if court.court_type == court_type])
    return _by_town(place, [court for court in courts if court.court_type != "youth"], order_type, is_interim)


def _turned(text: str) -> str:
    """The text with the place in front: `CROWN COURT AT LEEDS` and `LLYS Y GORON CAERDYDD` name the type first."""
    for phrase, court_type in _phrases().items():
        bare = text.removeprefix("THE ")
        if court_type != ANY_TYPE and bare.startswith(f"{phrase} "):
            place = re.sub(r"^(?:SITTING )?(?:AT|IN|OF) ", "", bare.removeprefix(f"{phrase} "))
            return text if _names_a_court(place) else f"{place} {phrase}"
    return text


def _site(text: str) -> tuple[str, str]:
    """The text before the site of a court, and the site, where the text ends with one, misspelt or not.

    The site distinguishes courts of one place and type: `Manchester Crown Court (Minshull Street)`.
    """
    words = text.split()
    sites = sorted({court.site for court in _courts()} - {""})
    for length in sorted({len(site.split()) for site in sites}):
        word = words[-1]
        tail = other_names("site_word").get(word, (word,))[0].upper()
        entry, _ = nearest_entry(" ".join([*words[-length:-1], tail]), sites)
        if entry and len(words) > length:
            return " ".join(words[:-length]), entry
    return text, ""


def _parts(text: str) -> tuple[str, str | None]:
    """The place and the type of court, where the text ends with a phrase for a type, misspelt or not."""
    ending = next((phrase for phrase in _phrases() if text.endswith(f" {phrase}")), None)
    if ending and _phrases()[ending] != ANY_TYPE:
        return text.removesuffix(f" {ending}"), _phrases()[ending]
    words = text.split()
    full_phrases = {phrase: court_type for court_type, phrase in _full_phrases().items()}
    full_phrase = nearest_entry(" ".join(words[-2:]), list(full_phrases))[0] if len(words) > 2 else None
    if full_phrase:
        return " ".join(words[:-2]), full_phrases[full_phrase]
    return text.removesuffix(f" {ending}"), None


def _by_place(place: str, courts: list[CourtName]) -> Found:
    entry, score = _nearest_place(place, courts)
    return frozenset(court.code for court in courts if court.place == entry), score


def _by_town(town: str, courts: list[CourtName], order_type: str | None, is_interim: bool | None) -> Found:
    entry, score = _nearest_place(town, courts)
    here = [court for court in courts if court.place == entry]
    crown = frozenset(court.code for court in here if court.court_type == "crown")
    others = frozenset(court.code for court in here) - crown
    fitting = crown | others
    if is_interim or order_type in {"STRO", "TERO"}:
        fitting = others
    elif order_type in {"STPO", "TEPO"}:
        fitting = crown or others
    return fitting, round(score * TOWN_FACTOR, 1)


def _nearest_place(place: str, courts: list[CourtName]) -> tuple[str | None, float]:
    places = sorted({court.place for court in courts})
    return (place, 100.0) if place in places else nearest_entry(place, places)


@cache
def _folded_places() -> dict[str, str]:
    """Other names of places to the names in the list of courts, both folded."""
    named = other_names("place")
    listed = pl.Series([meanings[0] for meanings in named.values()], dtype=pl.String)
    return dict(zip(named, listed.to_frame("name").select(fold(pl.col("name"))).to_series(), strict=True))


@cache
def _phrases() -> dict[str, str]:
    """The phrases for types of court, folded, the longest first, to the types."""
    named = {phrase: types[0] for phrase, types in other_names("court_type").items()}
    return dict(sorted(named.items(), key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def _full_phrases() -> dict[str, str]:
    """The full phrase for each type of court: the first of the list."""
    full: dict[str, str] = {}
    for phrase, (court_type, *_) in other_names("court_type").items():
        full.setdefault(court_type, phrase)
    full.pop(ANY_TYPE)
    return full


@cache
def _courts() -> tuple[CourtName, ...]:
    listed = reference("courts").select(
        "code",
        "court_type",
        name=fold(pl.col("name")),
        place=fold(pl.col("name").str.replace(r"\s*\(.*\)", "")),
        site=fold(pl.col("name").str.extract(r"\((.*)\)")).fill_null(""),
    )
    return tuple(
        CourtName(code, kind, name, place.removesuffix(f" {_full_phrases().get(kind, '')}"), site)
        for code, kind, name, place, site in listed.iter_rows()
    )


@cache
def _written_names() -> dict[str, frozenset[str]]:
    """Every form in which the list and the other names let a court be written, folded, to the codes meant."""
    found: dict[str, set[str]] = {}
    for name, codes in other_names("court").items():
        found.setdefault(name, set()).update(codes)
    for court in _courts():
        found.setdefault(court.name, set()).add(court.code)
        places = [court.place, *(other for other, listed in _folded_places().items() if listed == court.place)]
        for place in places:
            for phrase, court_type in _phrases().items():
                if court_type == court.court_type:
                    found.setdefault(f"{place} {phrase} {court.site}".strip(), set()).add(court.code)
    return {name: frozenset(codes) for name, codes in found.items()}


@cache
def _sorted_names() -> list[str]:
    return sorted(_written_names())


@cache
def _by_code() -> dict[str, frozenset[str]]:
    """Codes and the five characters they begin with, folded, to the codes meant."""
    found: dict[str, set[str]] = {}
    for court in _courts():
        for form in {court.code.replace("-", ""), court.code[:5] if court.code[-2:] == "00" else court.code}:
            found.setdefault(form, set()).add(court.code)
    return {form: frozenset(codes) for form, codes in found.items()}
