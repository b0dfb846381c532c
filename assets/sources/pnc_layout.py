"""The layout of the PNC's files: their names, their record types, the fields of each.

Belongs here: what a line is made of. Does not: reading (`assets.sources.pnc`).
"""

import re
from dataclasses import dataclass

from assets.sources.contract import Feed
from warehouse.schema import Table
from warehouse.tables.raw import PLACE, raw_table


@dataclass(frozen=True)
class RecordType:
    """A record type of the files: its tag, the raw table it fills, its key, what it must hold and what it follows.

    Attributes:
        tag: the first field.
        table: the raw table; its columns after the place are the fields after the tag.
        key: fields that distinguish one record from another.
        required: fields that may not be blank.
        numbers: fields that must be whole numbers.
        parent: tag of the record it belongs to by its first field, if any.
    """

    tag: str
    table: Table
    key: tuple[str, ...]
    required: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    parent: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields after the tag."""
        return tuple(column.name for column in self.table.columns[len(PLACE) :])


@dataclass(frozen=True)
class FileKind:
    """One of the two files: its feed, the word for it in the header, its record types (the first is counted)."""

    feed: Feed
    word: str
    record_types: tuple[RecordType, ...]


def _feed(name: str, word: str) -> Feed:
    return Feed(name, "pnc", re.compile(rf"PNC_{word}_(?P<date>\d{{8}})(?:_r(?P<revision>\d+))?\.txt"))


# fmt: off
ORDER_FIELDS = (
    "recno", "pncid", "crono", "name", "dob", "sex", "order_type", "made", "start", "expiry", "duration", "court",
    "owner_force", "status", "last_updated",
)
# fmt: on
ORD = RecordType(
    "ORD",
    raw_table(
        "raw_pnc__orders",
        "an `ORD` record: an ancillary order on the PNC",
        ORDER_FIELDS,
        key=("recno",),
    ),
    key=("recno",),
    required=("recno",),
)
ALS = RecordType(
    "ALS",
    raw_table("raw_pnc__aliases", "an `ALS` record: another name of the subject", ("recno", "name", "dob")),
    key=("recno", "name", "dob"),
    required=("recno", "name"),
    parent="ORD",
)
CON = RecordType(
    "CON",
    raw_table(
        "raw_pnc__conditions",
        "a `CON` record: a condition of an order",
        ("recno", "sequence", "text"),
        key=("recno", "sequence"),
    ),
    key=("recno", "sequence"),
    required=("recno", "sequence", "text"),
    numbers=("sequence",),
    parent="ORD",
)
ARR = RecordType(
    "ARR",
    raw_table(
        "raw_pnc__arrests",
        "an `ARR` record: an arrest on the PNC",
        ("pncid", "asn", "arrest_date", "offence", "force", "disposal"),
        key=("asn",),
    ),
    key=("asn",),
    required=("asn",),
)
FILE_KINDS = (
    FileKind(_feed("pnc_ancord", "ANCORD"), "ANCORD", (ORD, ALS, CON)),
    FileKind(_feed("pnc_arrest", "ARREST"), "ARREST", (ARR,)),
)
