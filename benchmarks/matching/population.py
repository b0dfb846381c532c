"""A synthetic population of households, made by whole columns.

Belongs here: who lives with whom, what they are called and where. Does not: how sources write them down (`records`).

What makes linkage hard in earnest: names with few common and many rare values, partners, parents, children and twins
with one surname at one postcode, sons with their father's name, kin in the same town, one mailbox for a family.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from samples.name_errors import without_diacritics

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]
Random = np.random.Generator

HOUSEHOLD_SIZES = (0.30, 0.33, 0.16, 0.14, 0.05, 0.02)
PERSONS_PER_POSTCODE = 40
SURNAME_HEADS = (
    "ash ald alder ape arm bal bark bart bea ben birch black bos brad bram bran brock brom buck burn cald carl cart "
    "chad charl chat clay clif cobb col coul cram craw cros cul dal dan den dray dun east ed el far fen fern finch "
    "for fox gar gil glad good gran green grim had hal ham hans har hart has hat haw hay hazel hen hey hick hol hor "
    "hub hum hur ick kel ken kil kim kirk lam lang lath law led leigh lin long lud mal man mar mars mat mel mer mid "
    "mil mor mos nor nut oak old or ost oxen pad par pen pick pres quar rad rams red ring rock roth row rush ruther "
    "sal san sed shar shel sher ship skel smal som stan stap stock strat sut swin tat temp thorn thur tor tun up wad "
    "wake wal war wat wen west wet whit wick wil win wood wool wors yar"
)
SURNAME_TAILS = (
    "bank berry borough bourne bridge brook burn bury by cliffe combe cote croft dale den don er field ford gate "
    "ham hill holme hurst ing ington ison kin land ley low man mere more ness ridge rick row sett shaw side son "
    "stead stone thorpe ton wade wall water way well wick wood worth"
)


@dataclass(frozen=True)
class Population:
    """Persons as they truly are: codes into the vocabularies, a row a person.

    Attributes:
        forename: into `forenames()`.
        surname: into `surnames()`.
        maiden: the surname before or after a marriage.
        is_woman: sex.
        birth: days since 1970.
        postcode: a number that `postcode_texts` spells.
        other_postcode: where they live after a move.
        household: number of the household.
        mail_of: the row whose name the mailbox bears; a family may share one.
    """

    forename: Ints
    surname: Ints
    maiden: Ints
    is_woman: Mask
    birth: Ints
    postcode: Ints
    other_postcode: Ints
    household: Ints
    mail_of: Ints


@cache
def forenames() -> tuple[Texts, int]:
    """Forenames in plain small letters, those of men first; and how many of those there are."""
    men, women = (_names_of(part) for part in ("men", "women"))
    return np.array(men + women), len(men)


@cache
def surnames() -> Texts:
    """Surnames in plain small letters, the common ones first."""
    made = [head + tail for tail in SURNAME_TAILS.split() for head in SURNAME_HEADS.split()]
    order = np.random.default_rng(0).permutation(len(made))
    return np.array(list(dict.fromkeys(_names_of("surnames") + [made[place] for place in order])))


def _names_of(part: str) -> list[str]:
    with files("samples").joinpath("names.csv").open(encoding="utf-8") as file:
        rows = [row["names"].split("|") for row in csv.DictReader(file) if row["part"] == part]
    return list(dict.fromkeys(plain(name) for names in rows for name in names))


def plain(name: str) -> str:
    """Small Latin letters only."""
    return "".join(letter for letter in without_diacritics(name).lower() if letter.isascii() and letter.isalpha())


def zipf(random: Random, values: int, size: int) -> Ints:
    """Codes of which few are common and many rare: the share falls with the rank, flattened at the top."""
    shares = 1 / (np.arange(values) + 4.0)
    return random.choice(values, size, p=shares / shares.sum())


def make_population(persons: int, *, seed: int) -> Population:
    """People in households."""
    random = np.random.default_rng([seed, persons])
    sizes = random.choice(6, persons, p=HOUSEHOLD_SIZES) + 1
    household = np.repeat(np.arange(persons), sizes)[:persons]
    households = int(household[-1]) + 1
    start = np.r_[0, np.cumsum(sizes)][:households]
    role = np.arange(persons) - start[household]
    postcodes = max(persons // PERSONS_PER_POSTCODE, 50)
    home = random.integers(0, postcodes, households)
    name = zipf(random, len(surnames()), households)
    kin = np.nonzero(random.random(households) < 0.15)[0]
    kin = kin[kin > 0]
    name[kin] = name[kin - 1]
    home[kin] = np.minimum(home[kin - 1] // 20 * 20 + random.integers(0, 20, len(kin)), postcodes - 1)
    surname, maiden = name[household], zipf(random, len(surnames()), persons)
    keeps = random.random(persons) < np.select([role == 0, role == 1], [1.0, 0.65], 0.93)
    is_woman = np.where(role == 1, np.roll(random.random(persons) < 0.5, 1), random.random(persons) < 0.5)
    birth = _births(random, household, role)
    return Population(
        forename=_forenames(random, is_woman, birth, start[household], role),
        surname=np.where(keeps, surname, maiden),
        maiden=np.where(keeps, maiden, surname),
        is_woman=is_woman,
        birth=birth,
        postcode=home[household],
        other_postcode=random.integers(0, postcodes, persons),
        household=household,
        mail_of=np.where(random.random(persons) < 0.92, np.arange(persons), start[household]),
    )


def _births(random: Random, household: Ints, role: Ints) -> Ints:
    """Days since 1970 of birth: head, partner of like age, children, twins."""
    head = random.integers(-30 * 365, 34 * 365, int(household[-1]) + 1)[household]
    apart = np.where(role == 1, random.normal(0, 4, len(role)), random.normal(29, 5, len(role)) + role)
    birth = np.where(role == 0, head, head + (apart * 365).astype(np.int64) + random.integers(0, 365, len(role)))
    birth = np.minimum(birth, 56 * 365 - random.integers(0, 3000, len(role)))
    twins = np.nonzero((role >= 3) & (random.random(len(role)) < 0.04))[0]
    birth[twins] = birth[twins - 1]
    return birth


def _forenames(random: Random, is_woman: Mask, birth: Ints, head: Ints, role: Ints) -> Ints:
    """Names go with the decade; a few sons bear the name of the head."""
    names, men = forenames()
    count = np.where(is_woman, len(names) - men, men)
    drawn = zipf(random, min(men, len(names) - men), len(birth)) + 9 * (birth // 3650 + 4)
    forename = drawn % count + np.where(is_woman, men, 0)
    named = (role >= 2) & ~is_woman & (random.random(len(birth)) < 0.03)
    return np.where(named & ~is_woman[head], forename[head], forename)
