"""How people word what they record: conditions, courts, forces, names, order types, terms, dates.

Belongs here: wordings that several sources share. Does not: file formats, errors.
"""

from datetime import date
from functools import cache, lru_cache
from random import Random

from samples.name_errors import TEXTS_REMEMBERED, without_diacritics
from samples.orders import Order
from warehouse.codes import reference

FULL_WORDS = {
    "STRO": "Slavery and Trafficking Risk Order",
    "STPO": "Slavery and Trafficking Prevention Order",
    "TERO": "Trafficking and Exploitation Risk Order",
    "TEPO": "Trafficking and Exploitation Prevention Order",
}
CASES_REMEMBERED = 16_384
SAMPLE_NAMES = ("Jon Smith", "Ana Pop", "Li Chen", "Mary Doran", "Piotr Zych", "Sam Eze", "Ilir Gashi", "Kim Vu")
"""Third parties whom conditions name."""
_OPERATIONS = ("Zinc", "Harrier", "Lantern", "Copper", "Juniper", "Quarry", "Falcon", "Mallet")
_AREAS = ("the High Street and Station Road", "the Meadows estate", "the city centre", "the postcode district shown")
_COMPANIES = ("Brightwash Ltd", "Nova Nails Ltd", "Fenland Labour Ltd", "the company")
_COUNTRIES = ("Romania", "Albania", "Vietnam", "Poland", "Lithuania", "Spain")


@cache
def _wordings() -> dict[str, tuple[str, ...]]:
    rows = reference("conditions").select("code", "wordings").iter_rows()
    # A second blank of a name is another person's.
    return {
        code: tuple(wordings.replace("{name} or {name}", "{name} or {other}").split("|")) for code, wordings in rows
    }


def condition_texts(order: Order, codes: list[str], random: Random) -> list[str]:
    """Conditions in words. The wording is the source's, the names and places in it are the case's."""
    blanks = _blanks(order.case.seed, order.court.name)
    return [random.choice(_wordings()[code]).format_map(blanks) for code in codes]


@lru_cache(CASES_REMEMBERED)
def _blanks(seed: int, court: str) -> dict[str, str]:
    random = Random(seed)
    name, other = random.sample(SAMPLE_NAMES, 2)
    town = town_of(court)
    return {
        "area": random.choice(_AREAS),
        "town": town,
        "name": name,
        "other": other,
        "initials": ".".join(part[0] for part in name.split()) + ".",
        "dob": f"{random.randint(1, 28):02d}/{random.randint(1, 12):02d}/{random.randint(1960, 2005)}",
        "station": f"{town} police station",
        "country": random.choice(_COUNTRIES),
        "n": str(random.choice((7, 14, 28, 50, 100))),
        "address": f"{random.randint(1, 190)} Canal Street",
        "company": random.choice(_COMPANIES),
        "date": "the date of this order",
        "operation": random.choice(_OPERATIONS),
    }


@cache
def town_of(court: str) -> str:
    """The place in a court's name."""
    for ending in (" Magistrates' Court", " Crown Court", " Sheriff Court", " Justice Centre"):
        court = court.replace(ending, "")
    return court.split(" (")[0]


def court_as_written(name: str, random: Random) -> str:
    """A court's name as a clerk writes it: in full, in capitals, shortened."""
    draw = random.random()
    if draw < 0.5:
        return name
    if draw < 0.65:
        return name.upper()
    if draw < 0.8:
        return name.replace("Magistrates' Court", "Magistrates Court").replace("'", "")
    if draw < 0.93:
        return name.replace("Magistrates' Court", "Mags").replace("Crown Court", "Crown Ct")
    return name.replace("Magistrates' Court", "MC").replace("Crown Court", "CC")


@cache
def _force_names() -> dict[str, tuple[str, ...]]:
    rows = reference("forces").select("code", "name", "aliases").fill_null("").iter_rows()
    return {code: (name, *filter(None, aliases.split("|"))) for code, name, aliases in rows}


def force_as_written(code: str, random: Random) -> str:
    """A force by its code, its name or another name it goes by."""
    draw = random.random()
    if draw < 0.4:
        return code
    names = _force_names()[code]
    return names[0] if draw < 0.85 else random.choice(names)


def force_name(code: str) -> str:
    """A force by its full name."""
    return _force_names()[code][0]


@lru_cache(TEXTS_REMEMBERED)
def capitals(text: str) -> str:
    """Capitals without diacritics."""
    return without_diacritics(text).upper()


def order_words(kind: str, interim: bool, random: Random) -> str:
    """An order type in words or letters."""
    words = random.choice(
        (FULL_WORDS[kind],) * 4 + (kind, FULL_WORDS[kind].lower(), FULL_WORDS[kind].replace("and", "&"))
    )
    if not interim:
        return words
    return random.choice(
        (f"{words} (Interim)", f"Interim {words}", f"Int {words}" if words == kind else f"Interim {words}")
    )


_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def date_as_typed(day: date, random: Random) -> str:
    """A whole date as people type it into a cell."""
    draw = random.randrange(6)
    if draw == 0:
        return f"{day.day}{_ORDINALS.get(day.day, 'th')} {day:%B %Y}"
    return day.strftime(("%d.%m.%y", "%d/%m/%Y", "%d-%b-%y", "%Y-%m-%d", "%d %B %Y")[draw - 1])


def term_as_typed(months: int, random: Random) -> str | int:
    """A length as people type it: years where it is whole, months else."""
    if months % 12:
        return f"{months} months"
    years = months // 12
    return random.choice((f"{years} years", f"{years}yrs", f"{years}Y", f"{months} months", str(years), f"{years} yrs"))
