"""What a text that stands alone says of the rows below it: whose orders they are, and of what kind.

Belongs here: reading the name of a sheet, the title of a table and a row that opens a section. Does not: which rows
stand alone, and how far a section reaches (`rocu_rows`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

import polars as pl

from assets.parsing.forces import resolve_forces
from assets.parsing.orders import INTERIM, ORDER_WORDS
from assets.parsing.statuses import STATUS_WORDS
from warehouse.standardise import fold

# Words of applications that did not, or not yet, become orders.
NOT_MADE = (
    r"^(?:ALL |NEW )?APPLICATIONS?$|\b(?:REFUSED|REJECTED|DISMISSED|DECLINED|UNSUCCESSFUL|WITHDRAWN|ADJOURNED|PENDING|"
    r"PROPOSED|PLANNED|(?:BEING )?CONSIDERED|NOT (?:MADE|GRANTED|OBTAINED)|APPLIED FOR)\b"
)
FULL = r"\b(?:FULL|FINAL|SUBSTANTIVE)\b"
# Words that say nothing of the rows.
FILLERS = (
    r"\b(?:SLAVERY|ORDERS?|APPLICATIONS?|ARRESTS?|OFFENDING|HISTORY|CASES?|SUBJECTS?|NOMINALS?|LIST|SHEET\d*|"
    r"(?:TABLE|SECTION|PART)(?: [A-Z])?|ALL|OTHER|NEW|MADE|GRANTED|OBTAINED|CONTINUED|CONTD?|ONLY|AND|THE|OF|BY|FOR|IN|"
    r"POLICE FORCE|FORCE(?: AREA)?|\d+)\b"
)
PIECES = r"\s[-–—]\s|[:|/;,()\[\]\n]"
SHORTEST_FORCE = 3  # letters: a number is a code in a column of forces only


@dataclass(frozen=True)
class Section:
    """What a text says of the rows below it: values for fields that they leave blank.

    Attributes:
        force, order_type, interim, status: as a cell would say it.
        not_made: the words that say that the rows are applications and not orders.
    """

    force: str | None = None
    order_type: str | None = None
    interim: str | None = None
    status: str | None = None
    not_made: str | None = None

    def within(self, wider: "Section") -> "Section":
        """This section, and where it says nothing, what the wider one says."""
        return Section(*(getattr(self, field.name) or getattr(wider, field.name) for field in fields(Section)))


SECTION_FIELDS = tuple(field.name for field in fields(Section))


def read_sections(texts: Iterable[str]) -> dict[str, Section]:
    """Those of the texts that are sections: every word of them says something of the rows, or nothing at all."""
    words = [text for text in texts if re.search(r"[^\W\d_]", text)]
    pieces = {text: [piece.strip() for piece in re.split(PIECES, text) if piece.strip()] for text in words}
    distinct = pl.Series(sorted({piece for own in pieces.values() for piece in own}), dtype=pl.String)
    folded = dict(zip(distinct, distinct.to_frame("piece").select(fold(pl.col("piece"))).to_series(), strict=True))
    named = distinct.filter(distinct.str.count_matches(r"\p{L}") >= SHORTEST_FORCE)
    forces = set(resolve_forces(named).drop_nulls("force_code")["force_as_written"])
    found = {text: [_read_piece(piece, folded[piece], forces) for piece in own] for text, own in pieces.items()}
    return {text: section for text, own in found.items() if (section := _join(own)) is not None}


def _read_piece(piece: str, folded: str | None, forces: set[str]) -> Section | None:
    """What one piece of a text says; none if a word of it is not understood."""
    if piece in forces:
        return Section(force=piece)
    rest = folded or ""
    not_made = re.search(NOT_MADE, rest)
    values: dict[str, str | None] = {"not_made": not_made[0].capitalize() if not_made else None}
    vocabulary = {
        "order_type": [(words.order_type, words.pattern) for words in ORDER_WORDS],
        "interim": [("Interim", INTERIM), ("Full", FULL)],
        "status": [] if not_made else list(STATUS_WORDS.items()),
    }
    for field, words in vocabulary.items():
        said = {value for value, pattern in words if re.search(pattern, folded or "")}
        values[field] = said.pop() if len(said) == 1 else None
        rest = re.sub("|".join(pattern for _, pattern in words) or "$^", " ", rest)
    rest = re.sub(FILLERS, " ", re.sub(NOT_MADE, " ", rest))
    return None if rest.strip() else Section(**values)


def _join(pieces: list[Section | None]) -> Section | None:
    """The pieces as one; none if one is not understood, or two name different forces."""
    section = Section()
    for piece in pieces:
        if piece is None or (piece.force and section.force):
            return None
        section = section.within(piece)
    return section if pieces else None
