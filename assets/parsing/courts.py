"""Courts as sources write them: codes, names in full, abbreviated, cut short, or the town alone.

Belongs here: the ways a court is written and how a town alone is settled. Does not: the list of courts
(`warehouse/reference/courts.csv`).
"""

import re
from dataclasses import dataclass
from functools import cache

import polars as pl

from assets.parsing.likeness import nearest
from assets.parsing.words import known
from matching.standardise import fold
from warehouse.codes import reference

# How each type of court is named at the end of a court's name; longer phrases first.
TYPE_PHRASES = {
    "youth": ("YOUTH COURT", "YOUTH CT", "YOUTH", "YC"),
    "crown": ("CROWN COURT", "CROWN CRT", "CROWN CT", "CROWN", "CRN CT", "CC"),
    "sheriff": ("SHERIFF COURT", "SHERIFF CT", "SHERIFF"),
    "magistrates": (
        "MAGISTRATES COURT", "MAGISTRATE COURT", "MAGISTRATES CRT", "MAGISTRATES CT", "MAGISTRATES", "MAGS COURT",
        "MAGS CRT", "MAGS CT", "MAG COURT", "MAG CT", "MAGS", "MAG", "MC",
    ),
}  # fmt: skip
# Names in use that the list does not hold: of a court (its code), and of a place (as the list names it).
OTHER_NAMES = {
    "OLD BAILEY": "C01CE00",
    "CCC": "C01CE00",
    "HULL COMBINED COURT CENTRE": "C16HU00",
    "NORTH STAFFS JUSTICE CENTRE": "B21JI00",
}
OTHER_PLACES = {"NEWCASTLE UPON TYNE": "NEWCASTLE", "KINGSTON": "KINGSTON UPON THAMES", "STOKE": "STOKE ON TRENT"}
SITE_WORDS = {"SQ": "SQUARE", "ST": "STREET"}
ROOM_CODE = re.compile(r"[A-Z]\d{2}[A-Z]{2}\d{2}")  # Libra: five characters of the court, two of the room
CUT_FROM = 18  # a text this long may be the beginning of a longer name
CUT_SCORE = 95.0
TOWN_FACTOR = 0.8  # a town alone, settled by the kind of order, is worth less than a court named


@dataclass(frozen=True)
class Court:
    """A court of the list: its code, type, folded name, the place in its name, and the site named in brackets."""

    code: str
    court_type: str
    name: str
    place: str
    site: str


def resolve_courts(values: pl.DataFrame) -> pl.DataFrame:
    """Find the court that each written value means.

    In this order: a code (with any room, or its first five characters); the name in full or abbreviated; the beginning
    of a name cut short; a misspelt name of the same type, at the site named; a town alone. A town alone is settled by
    the order: risk orders and interim orders come from magistrates, prevention orders from the Crown Court if the town
    has one and else from magistrates (Modern Slavery Act 2015 ss.14, 15, 21, 23, 28). Youth courts must be named.

    Args:
        values: `court_as_written`, `order_type`, `is_interim`; any rows.

    Returns:
        The distinct rows of the three columns with `court_code` and `court_score` (0 to 100); the code is null where
        no court, or more than one, fits.
    """
    distinct = values.select("court_as_written", "order_type", "is_interim").unique()
    folded = distinct.with_columns(folded=fold(known(pl.col("court_as_written"))).fill_null("")).sort(
        "folded", "court_as_written", "order_type", "is_interim"
    )
    found = [
        _find(text, order_type, is_interim)
        for text, order_type, is_interim in folded.select("folded", "order_type", "is_interim").iter_rows()
    ]
    return folded.drop("folded").with_columns(
        court_code=pl.Series([code for code, _ in found], dtype=pl.String),
        court_score=pl.Series([score if code else None for code, score in found], dtype=pl.Float64),
    )


def add_court(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `court_code` and `court_score` for its `court_as_written` (see `resolve_courts`)."""
    keys = ["court_as_written", "order_type", "is_interim"]
    found = resolve_courts(frame)
    return frame.join(found, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _find(text: str, order_type: str | None, is_interim: bool | None) -> tuple[str | None, float]:
    if not text:
        return None, 0.0
    exact = _exact_codes(text)
    if exact:
        return _only(exact), 100.0
    begun = {court.code for court in _courts() if court.name.startswith(text)} if len(text) >= CUT_FROM else set()
    if begun:
        return _only(begun), CUT_SCORE
    main, site = _site(text)
    place, court_type = _parts(main)
    place = OTHER_PLACES.get(place, place)
    courts = [court for court in _courts() if not site or court.site == site]
    if court_type:
        return _by_place(place, [court for court in courts if court.court_type == court_type])
    return _by_town(place, [court for court in courts if court.court_type != "youth"], order_type, is_interim)


def _only(codes: set[str]) -> str | None:
    return next(iter(codes)) if len(codes) == 1 else None


def _exact_codes(text: str) -> set[str]:
    """Courts whose code, or the five characters it begins with, or whose name the text is."""
    if text in OTHER_NAMES:
        return {OTHER_NAMES[text]}
    code = text.replace(" ", "")
    bare = code[:5] if ROOM_CODE.fullmatch(code) else code
    return _by_code().get(bare, set()) | {court.code for court in _courts() if court.name == text}


def _site(text: str) -> tuple[str, str]:
    """The text before the site of a court, and the site, where the text ends with one, misspelt or not.

    It tells courts of one place and type apart: `Manchester Crown Court (Minshull Street)`.
    """
    words = text.split()
    sites = sorted({court.site for court in _courts()} - {""})
    for length in sorted({len(site.split()) for site in sites}):
        tail = SITE_WORDS.get(words[-1], words[-1])
        entry, _ = nearest(" ".join([*words[-length:-1], tail]), sites)
        if entry and len(words) > length:
            return " ".join(words[:-length]), entry
    return text, ""


def _parts(text: str) -> tuple[str, str | None]:
    """The place and the type of court, where the text ends with a phrase for a type, misspelt or not."""
    for court_type, phrases in TYPE_PHRASES.items():
        for phrase in phrases:
            if text.endswith(f" {phrase}"):
                return text.removesuffix(f" {phrase}"), court_type
    words = text.split()
    full_phrases = {phrases[0]: court_type for court_type, phrases in TYPE_PHRASES.items()}
    full_phrase = nearest(" ".join(words[-2:]), list(full_phrases))[0] if len(words) > 2 else None
    return (" ".join(words[:-2]), full_phrases[full_phrase]) if full_phrase else (text, None)


def _by_place(place: str, courts: list[Court]) -> tuple[str | None, float]:
    entry, score = _nearest_place(place, courts)
    return _only({court.code for court in courts if court.place == entry}), score


def _by_town(
    town: str, courts: list[Court], order_type: str | None, is_interim: bool | None
) -> tuple[str | None, float]:
    entry, score = _nearest_place(town, courts)
    here = [court for court in courts if court.place == entry]
    crown = {court.code for court in here if court.court_type == "crown"}
    others = {court.code for court in here} - crown
    fitting = crown | others
    if is_interim or order_type in {"STRO", "TERO"}:
        fitting = others
    elif order_type in {"STPO", "TEPO"}:
        fitting = crown or others
    return _only(fitting), round(score * TOWN_FACTOR, 1)


def _nearest_place(place: str, courts: list[Court]) -> tuple[str | None, float]:
    places = sorted({court.place for court in courts})
    return (place, 100.0) if place in places else nearest(place, places)


@cache
def _courts() -> tuple[Court, ...]:
    listed = reference("courts").select(
        "code",
        "court_type",
        name=fold(pl.col("name")),
        place=fold(pl.col("name").str.replace(r"\s*\(.*\)", "")),
        site=fold(pl.col("name").str.extract(r"\((.*)\)")).fill_null(""),
    )
    return tuple(
        Court(code, kind, name, _place(place, kind), site) for code, kind, name, place, site in listed.iter_rows()
    )


def _place(name: str, court_type: str) -> str:
    phrase = TYPE_PHRASES.get(court_type, ("",))[0]
    return re.sub(rf" {phrase}$", "", name)


@cache
def _by_code() -> dict[str, set[str]]:
    """Codes and the five characters they begin with, folded, to the codes meant."""
    found: dict[str, set[str]] = {}
    for court in _courts():
        for form in {court.code.replace("-", ""), court.code[:5] if court.code[-2:] == "00" else court.code}:
            found.setdefault(form, set()).add(court.code)
    return found
