"""A town of synthetic households, among which the labelled cases of `cases.csv` live, and the model that links them."""

from functools import cache
from pathlib import Path
from random import Random

import polars as pl

from matching.engine.blocking import BlockingRule
from matching.engine.comparators.base import Exact
from matching.engine.comparators.dates import Dates
from matching.engine.comparators.text import Edits, JaroWinkler
from matching.engine.model import LinkageModel
from matching.engine.patterns import Comparison, Rival

CASES = pl.read_csv(Path(__file__).with_name("cases.csv"), infer_schema=False)
FIELDS = ["forename", "surname", "sex", "born", "street", "postcode", "phone"]
SYLLABLES = (
    "ba",
    "cor",
    "dan",
    "el",
    "fi",
    "gar",
    "ho",
    "in",
    "jo",
    "ka",
    "lum",
    "mer",
    "no",
    "or",
    "per",
    "ro",
    "sel",
)
COMMON_SURNAMES = ("Smith", "Brown", "Jones", "Taylor", "Wilson", "Evans")
COMMON_FORENAMES = {"M": ("John", "David", "James", "Peter"), "F": ("Mary", "Sarah", "Emma", "Susan")}
HOME = frozenset({"surname", "street", "postcode", "telephone"})
# Shares of one person and of strangers: the same, alike, somewhat alike, different. A town of few twins does not say
# that hardly anyone goes by two forenames, so that the last is fixed.
FORENAMES = ((0.92, 0.008), (0.06, 0.002), (0.015, 0.02), (0.005, 0.97))
# Likewise of birthdays: the same, exchanged, a digit off, two parts, a year, ten years, more. Nobody
# is met with birthdays ten years apart but by a father's record, which the data alone take for a slip; so it is fixed.
BIRTHDAYS = (
    (0.93, 0.00005),
    (0.005, 0.00005),
    (0.04, 0.001),
    (0.02, 0.003),
    (0.004, 0.03),
    (0.0005, 0.25),
    (0.0005, 0.7159),
)

MODEL = LinkageModel(
    "a town",
    (
        Comparison("forename", ("forename",), JaroWinkler(), "forename", declared=FORENAMES, fixed=frozenset({4})),
        Comparison("surname", ("surname",), JaroWinkler(), term="surname"),
        Comparison("sex", ("sex",), Exact()),
        Comparison("birthday", ("born",), Dates(), term="born", declared=BIRTHDAYS, fixed=frozenset({6, 7})),
        Comparison("street", ("street",), JaroWinkler((0.92,))),
        Comparison("postcode", ("postcode",), Exact(), term="postcode"),
        Comparison("telephone", ("phone",), Edits((1,))),
    ),
    (
        BlockingRule("birthday", (pl.col("born"),)),
        BlockingRule("both names", (pl.col("forename"), pl.col("surname"))),
        BlockingRule("surname and postcode", (pl.col("surname"), pl.col("postcode"))),
        BlockingRule("telephone", (pl.col("phone"),)),
    ),
    rivals=(
        Rival("a relative or housemate", shared=HOME),
        Rival("a twin", shared=HOME | {"birthday"}),
        Rival("a parent or child of one name", shared=HOME | {"forename"}),
    ),
)


def _name(chance: Random, common: tuple[str, ...], ending: str) -> str:
    """One in four bears a common name."""
    if chance.random() < 0.25:
        return chance.choice(common)
    return "".join(chance.choices(SYLLABLES, k=2)).capitalize() + ending


def _home(chance: Random) -> tuple[str, str, str]:
    street = f"{chance.randint(1, 99)} {''.join(chance.choices(SYLLABLES, k=2)).capitalize()} Street"
    letters = "ABDEGHLNPRSTW"
    postcode = (
        f"{chance.choice(letters)}{chance.randint(1, 20)} {chance.randint(1, 9)}{''.join(chance.choices(letters, k=2))}"
    )
    return street, postcode, f"0{chance.randint(1100, 1999)} {chance.randint(1000, 9999)}"


def _records(chance: Random, person: tuple[str, ...], home: tuple[str, str, str]) -> list[tuple[str | None, ...]]:
    """A person is met one to three times; names lose a letter, birthdays and telephones go missing, some move."""
    forename, surname, sex, born = person
    found: list[tuple[str | None, ...]] = []
    for _ in range(chance.choice((1, 1, 2, 2, 3))):
        street, postcode, phone = home if chance.random() < 0.85 else _home(chance)
        found.append(
            (
                forename[:-1] if chance.random() < 0.05 else forename,
                surname[:-1] if chance.random() < 0.05 else surname,
                sex,
                None if chance.random() < 0.1 else born[:-1] + "7" if chance.random() < 0.04 else born,
                street,
                postcode,
                None if chance.random() < 0.3 else phone,
            )
        )
    return found


def write_town(households: int = 900, seed: int = 5) -> pl.DataFrame:
    """Households of one to four who share surname and home; a column `person` says who is who."""
    chance = Random(seed)
    rows = []
    for household in range(households):
        surname, home = _name(chance, COMMON_SURNAMES, "ley"), _home(chance)
        forename = born = ""
        for member in range(chance.choice((1, 2, 2, 3, 4))):
            sex, kin = chance.choice("MF"), chance.random()
            # One in thirty is the twin, and one in thirty bears the name, of the one before.
            if not born or kin > 1 / 30:
                born = f"{chance.randint(1940, 2005)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            if not forename or kin < 29 / 30:
                forename = _name(chance, COMMON_FORENAMES[sex], "an" if sex == "M" else "a")
            person = (forename, surname, sex, born)
            for copy, record in enumerate(_records(chance, person, home)):
                rows.append((f"{household}-{member}-{copy}", f"{household}-{member}", *record))
    return pl.DataFrame(rows, schema=["record_id", "person", *FIELDS], orient="row")


@cache
def link_cases() -> pl.DataFrame:
    """The cases among the people of a town, each record with its `cluster`."""
    cases = CASES.with_columns(
        record_id=pl.format("{}: {}", "case", "record"), person=pl.format("{}: {}", "case", "person")
    )
    people = pl.concat([write_town(), cases.select("record_id", "person", *FIELDS)])
    linkage = MODEL.on(people)
    scores = linkage.score(linkage.train())
    found = scores.table(scores.cluster()).select("cluster", record_id="key")
    return people.join(found, on="record_id", validate="1:1")
