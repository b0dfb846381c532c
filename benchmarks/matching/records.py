"""Records of a synthetic population, as sources write them down, made by whole columns.

Belongs here: spelling out of postcodes, towns and mailboxes, and what goes wrong: nicknames, slips of the keyboard, day
and month exchanged, names exchanged, moves, marriages, blanks. Does not: who there is (`population`).
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

from benchmarks.matching.population import Ints, Mask, Population, Random, Texts, forenames, plain, surnames

AREA_LETTERS = (
    "AB AL B BA BB BD BH BL BN BR BS CA CB CF CH CM CO CR CV CW DA DE DH DL DN DT DY EH EN EX G GL GU HA HD HG HP HU "
    "HX IG IP KT L LA LE LN LS LU M ME MK N NE NG NN NR NW OL OX PE PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR "
    "SS ST SW SY TA TN TQ TS TW UB W WA WD WF WN WR WS WV YO"
)
AREAS = np.array(AREA_LETTERS.split())
UNIT_LETTERS = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))
MAIL_HOSTS = np.array(["mail.example", "post.example", "inbox.example", "letters.example", "web.example"])
MAIL_SHARES = (0.45, 0.25, 0.15, 0.10, 0.05)


@dataclass(frozen=True)
class Noise:
    """How often each thing goes wrong, as a share of records."""

    forename_typo: float
    surname_typo: float
    nickname: float
    initial: float
    exchanged: float
    married: float
    birth_slip: float
    birth_missing: float
    moved: float
    postcode_typo: float
    postcode_missing: float
    town_typo: float
    town_missing: float
    email_missing: float
    email_changed: float


TIDY = Noise(0.02, 0.02, 0.02, 0.005, 0.005, 0.0, 0.01, 0.01, 0.0, 0.01, 0.03, 0.01, 0.03, 0.50, 0.0)
ROUGH = Noise(0.06, 0.05, 0.06, 0.02, 0.02, 0.03, 0.04, 0.03, 0.10, 0.03, 0.06, 0.02, 0.06, 0.60, 0.10)


def postcode_texts(codes: Ints) -> Texts:
    """UK-like postcodes: neighbours share sector and district."""
    within, rest = codes % 20, codes // 20
    sector, rest = rest % 5 + 1, rest // 5
    district, area = rest % 12 + 1, rest // 12
    letters = np.char.add(UNIT_LETTERS[within], UNIT_LETTERS[(codes * 7) % 20])
    outward = np.char.add(AREAS[area % len(AREAS)], district.astype(str))
    return np.char.add(np.char.add(np.char.add(outward, " "), sector.astype(str)), letters)


def town_texts(codes: Ints) -> Texts:
    """The town of a postcode: three districts make a town, known by a name that is a surname too."""
    return surnames()[1000 + codes // 300]


def write_down(population: Population, rows: Ints, *, noise: Noise, seed: int) -> pl.DataFrame:
    """Records of persons, as a source writes them down.

    Args:
        population: the persons.
        rows: which of them, in the order of the records.
        noise: what goes wrong.
        seed: same seed, same records.

    Returns:
        `forename`, `surname`, `date_of_birth` (YYYY-MM-DD), `postcode`, `town`, `email`; null where not known.
    """
    random = np.random.default_rng([seed, len(rows)])

    def some(share: float) -> Mask:
        return random.random(len(rows)) < share

    forename, surname = _written_names(random, population, rows, noise)
    exchanged = some(noise.exchanged)
    home = np.where(some(noise.moved), population.other_postcode[rows], population.postcode[rows])
    return pl.DataFrame(
        {
            "forename": np.where(exchanged, surname, forename),
            "surname": np.where(exchanged, forename, surname),
            "date_of_birth": _birth_texts(random, population.birth[rows], some(noise.birth_slip)),
            "postcode": mistype(random, postcode_texts(home), some(noise.postcode_typo)),
            "town": mistype(random, town_texts(home), some(noise.town_typo)),
            "email": _mail_texts(population, rows, some(noise.email_changed)),
        }
    ).with_columns(
        _blank("date_of_birth", some(noise.birth_missing)),
        _blank("postcode", some(noise.postcode_missing)),
        _blank("town", some(noise.town_missing)),
        _blank("email", some(noise.email_missing)),
    )


def _blank(column: str, where: Mask) -> pl.Expr:
    return pl.when(~pl.lit(pl.Series(where))).then(column)


def _written_names(random: Random, population: Population, rows: Ints, noise: Noise) -> tuple[Texts, Texts]:
    def some(share: float) -> Mask:
        return random.random(len(rows)) < share

    codes = population.forename[rows]
    forename = np.where(some(noise.nickname), nicknames()[codes], forenames()[0][codes])
    forename = mistype(random, forename, some(noise.forename_typo))
    forename = np.where(some(noise.initial), forename.astype("U1"), forename)
    married = some(noise.married) & population.is_woman[rows]
    surname = surnames()[np.where(married, population.maiden[rows], population.surname[rows])]
    return forename, mistype(random, surname, some(noise.surname_typo))


@cache
def nicknames() -> Texts:
    """What each forename is shortened to; the name itself where no nickname is known."""
    with files("samples").joinpath("variants.csv").open(encoding="utf-8") as file:
        known = {plain(row["name"]): plain(row["variant"]) for row in csv.DictReader(file)}
    return np.array([known.get(name, name) for name in forenames()[0].tolist()])


def mistype(random: Random, texts: Texts, where: Mask) -> Texts:
    """One slip in each text where asked: a character replaced, left out, added, or exchanged with the next."""
    chosen = np.nonzero(where)[0]
    width = texts.dtype.itemsize // 4 + 1
    characters = texts[chosen].astype(f"S{width}").view(np.uint8).reshape(len(chosen), width)
    length = np.maximum((characters > 0).sum(1), 1)
    kind, place = random.integers(0, 4, len(chosen)), random.integers(0, length)
    at = np.arange(width)[None, :]
    here = at == place[:, None]
    shift = np.select(
        [
            (kind == 1)[:, None] & (at >= place[:, None]),
            (kind == 2)[:, None] & (at > place[:, None]),
            (kind == 3)[:, None] & here & (place + 1 < length)[:, None],
            (kind == 3)[:, None] & (at == place[:, None] + 1) & (at < length[:, None]),
        ],
        [1, -1, 1, -1],
        0,
    )
    moved = np.take_along_axis(np.pad(characters, ((0, 0), (0, 1))), at + shift, axis=1)
    other = np.where(
        (moved >= 48) & (moved <= 57),
        48 + random.integers(0, 10, moved.shape),
        97 + random.integers(0, 26, moved.shape),
    )
    other = np.where((moved >= 65) & (moved <= 90), other - 32, other)
    written = np.where(here & ((kind == 0) | (kind == 2))[:, None] & (moved > 32), other, moved).astype(np.uint8)
    result = texts.astype(f"U{width}")
    result[chosen] = np.ascontiguousarray(written).view(f"S{width}").ravel().astype(f"U{width}")
    return result


def _birth_texts(random: Random, days: Ints, slipped: Mask) -> Texts:
    """Dates as text; a slip exchanges day and month if that is a date, or changes one of year, month, day."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (dates - months).astype(np.int64) + 1
    kind = np.where(slipped, random.integers(0, 4, len(days)), -1)
    swapped = (kind == 0) & (day <= 12)
    kind = np.where((kind == 0) & ~swapped, 3, kind)
    month, day = np.where(swapped, day, month), np.where(swapped, month, day)
    year = year + (kind == 1) * random.choice([-10, -2, -1, 1, 2, 10], len(days))
    month = np.where(kind == 2, (month + random.integers(0, 11, len(days))) % 12 + 1, month)
    day = np.where(kind == 3, random.integers(1, 29, len(days)), np.where(kind == 2, np.minimum(day, 28), day))
    day = np.where((kind == 1) & (month == 2), np.minimum(day, 28), day)
    parts = (year.astype(str), np.char.zfill(month.astype(str), 2), np.char.zfill(day.astype(str), 2))
    return np.char.add(np.char.add(np.char.add(np.char.add(parts[0], "-"), parts[1]), "-"), parts[2])


def _mail_texts(population: Population, rows: Ints, changed: Mask) -> Texts:
    """A mailbox with name and number; a changed one has another number and host."""
    of = population.mail_of[rows]
    number = (of * 7919 + changed * 31) % 97 + 3
    host = MAIL_HOSTS[
        np.searchsorted(np.cumsum(MAIL_SHARES), ((of * 104729 + changed * 53) % 1000) / 1000, side="right")
    ]
    name = np.char.add(np.char.add(forenames()[0][population.forename[of]], "."), surnames()[population.surname[of]])
    return np.char.add(np.char.add(np.char.add(name, number.astype(str)), "@"), host)
