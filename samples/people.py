"""The people of the synthetic world: who they are, and how alike they are.

Belongs here: names by origin, families, identifiers of a person. Does not: orders, arrests, errors in names.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random

from samples.identifiers import cro_number, pnc_id

ORIGIN_SHARES = {
    "English": 0.34,
    "Irish": 0.07,
    "Scottish": 0.05,
    "Romanian": 0.12,
    "Polish": 0.06,
    "Hungarian": 0.05,
    "Albanian": 0.08,
    "Vietnamese": 0.06,
    "Chinese": 0.03,
    "Nigerian": 0.04,
    "South Asian": 0.05,
    "Lithuanian": 0.02,
    "Slovak": 0.02,
    "Bulgarian": 0.02,
    "Portuguese": 0.01,
    "Eritrean": 0.01,
}
DOUBLE_BARRELLED = ("English", "Irish", "Hungarian", "Portuguese")
SHARE_MEN = 0.82
SHARE_WITH_ALIAS = 0.16
SHARE_WITH_CRO = 0.62
SHARE_WITHOUT_PNC_ID = 0.03


@dataclass(slots=True)
class Person:
    """A person as they truly are."""

    person_id: str
    origin: str
    forenames: str
    surname: str
    birth: date
    sex: str
    pncid: str
    cro: str
    alias: tuple[str, str] | None
    second_pncid: str


class Registry:
    """Hands out people, each with identifiers of their own."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"people {seed}")
        self._count = 0
        self._serials: set[tuple[int, int]] = set()

    def household(self, size: int, on: date) -> list[Person]:
        """The subjects of one case: strangers of one origin or several, sometimes siblings, twins, father and son."""
        random = self._random
        origin = random.choices(list(ORIGIN_SHARES), list(ORIGIN_SHARES.values()))[0]
        people = [self._person(origin, on)]
        while len(people) < size:
            if random.random() < 0.15:
                origin = random.choices(list(ORIGIN_SHARES), list(ORIGIN_SHARES.values()))[0]
            person = self._person(origin, on)
            if origin == people[0].origin and random.random() < 0.3:
                _make_relative(person, people[0], random)
            people.append(person)
        return people

    def _person(self, origin: str, on: date) -> Person:
        random = self._random
        self._count += 1
        sex = "M" if random.random() < SHARE_MEN else "F"
        birth = on - timedelta(days=int(365.25 * 18) + 200 + int(random.betavariate(1.6, 3.2) * 47 * 365))
        forenames, surname = _full_name(origin, sex, random)
        year = min(on.year, max(birth.year + 12 + int(random.expovariate(0.12)), 1982))
        has_pncid = random.random() >= SHARE_WITHOUT_PNC_ID
        return Person(
            person_id=f"P{self._count:07d}",
            origin=origin,
            forenames=forenames,
            surname=surname,
            birth=birth,
            sex=sex,
            pncid=self._pncid(year) if has_pncid else "",
            cro=cro_number(year, random.randint(1, 999_999)) if random.random() < SHARE_WITH_CRO else "",
            alias=_alias(origin, sex, (forenames, surname), random),
            second_pncid=self._pncid(min(on.year, year + 2)),
        )

    def _pncid(self, year: int) -> str:
        serial = self._random.randint(1, 699_999)
        while (year, serial) in self._serials:
            serial = self._random.randint(1, 9_999_999)
        self._serials.add((year, serial))
        return pnc_id(year, serial)


@cache
def names(origin: str, part: str) -> tuple[str, ...]:
    """The invented stock of names of one origin: `men`, `women` or `surnames`."""
    with files("samples").joinpath("names.csv").open(encoding="utf-8") as file:
        rows = {(row["origin"], row["part"]): row["names"] for row in csv.DictReader(file)}
    return tuple(rows[origin, part].split("|"))


def _full_name(origin: str, sex: str, random: Random) -> tuple[str, str]:
    stock = names(origin, "men" if sex == "M" else "women")
    forenames = random.choice(stock)
    if random.random() < 0.36 and " " not in forenames:
        second = random.choice(stock)
        forenames = forenames if second == forenames else f"{forenames} {second}"
    return forenames, _surname(origin, sex, random)


def _surname(origin: str, sex: str, random: Random) -> str:
    surname = random.choice(names(origin, "surnames"))
    if origin in DOUBLE_BARRELLED and random.random() < 0.07 and " " not in surname:
        other = random.choice(names(origin, "surnames"))
        if other != surname:
            surname = f"{surname}{random.choice('- ')}{other}"
    return _gendered(surname, origin) if sex == "F" else surname


def _gendered(surname: str, origin: str) -> str:
    if origin == "Polish" and surname.endswith("ki"):
        return surname[:-1] + "a"
    if origin == "Bulgarian":
        return surname + "a"
    if origin == "Slovak" and surname[-1] not in "aáý":
        return surname + "ová"
    return surname


def _alias(origin: str, sex: str, name: tuple[str, str], random: Random) -> tuple[str, str] | None:
    """A maiden name, a street name or an entirely different identity."""
    if random.random() >= SHARE_WITH_ALIAS:
        return None
    other = _full_name(origin, sex, random)
    alias = (name[0], other[1]) if random.random() < 0.5 else other
    return None if alias == name else alias


def _make_relative(person: Person, relative: Person, random: Random) -> None:
    """A sibling shares the surname, a twin the date of birth too, a son his father's whole name."""
    person.surname = relative.surname
    draw = random.random()
    if draw < 0.05:
        person.birth = relative.birth
    elif draw < 0.08 and relative.birth.year < 1975 and person.sex == relative.sex:
        person.forenames = relative.forenames
        person.birth = relative.birth.replace(year=relative.birth.year + 22, day=min(relative.birth.day, 28))
    elif draw < 0.6:
        # An older sibling is always of age.
        person.birth = relative.birth - timedelta(days=random.randint(300, 2200))
