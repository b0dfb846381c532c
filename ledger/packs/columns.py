"""The columns of a correction pack (`columns.csv`), and the words in it.

Belongs here: what is in a column, how values of a field are worded. Does not: which lines there are
(`ledger.packs.content`), how a file is written (`ledger.packs.workbook`, `ledger.packs.handing`).
"""

import csv
from dataclasses import dataclass
from importlib.resources import files

import polars as pl

from warehouse.codes import BY_STEWARD, DISAGREEMENTS, condition_catalogue, reference


@dataclass(frozen=True)
class PackColumn:
    """A column of a pack.

    Attributes:
        name: in the CSV file.
        title: in the workbook.
        meaning: in the workbook's list of columns.
        width: in the workbook, in characters.
        is_answer: left empty, for who corrects to fill in.
    """

    name: str
    title: str
    meaning: str
    width: int
    is_answer: bool = False


def _read_columns() -> tuple[PackColumn, ...]:
    """The columns in their order; `{disagreements}` in a meaning stands for why an owner may disagree."""
    text = files("ledger.packs").joinpath("columns.csv").read_text(encoding="utf-8")
    disagreements = "; ".join(DISAGREEMENTS.values())
    return tuple(
        PackColumn(name, title, meaning.format(disagreements=disagreements), int(width), is_answer == "true")
        for name, title, meaning, width, is_answer in list(csv.reader(text.splitlines()))[1:]
    )


COLUMNS = _read_columns()

WORDED = {
    "is_interim": {"true": "interim order", "false": "full order"},
    "is_county_lines": {"true": "marked", "false": "not marked"},
    "presence": {"absent": "no record", "present": "a record of the order"},
    "legal_status": {
        "not_started": "not started",
        "not_known": "not known",
        "uncertain": "not known to be in force",
    },
}
"""Values that are not worded as a person would say them, by field."""


def worded_values() -> pl.DataFrame:
    """`field`, `value`, `words`: codes that are shown with what they mean."""
    courts, forces = reference("courts"), reference("forces").filter(pl.col("code") == pl.col("current_code"))
    named = [
        listed.select(pl.lit(field).alias("field"), value="code", words=pl.format("{} ({})", "name", "code"))
        for field, listed in (("court_code", courts), ("force_code", forces))
    ]
    spoken = [(field, value, words) for field, values in WORDED.items() for value, words in values.items()]
    return pl.concat([*named, pl.DataFrame(spoken, schema=["field", "value", "words"], orient="row")])


def condition_words(codes: pl.Series) -> pl.DataFrame:
    """`code`, `words`: conditions with their labels, and those of these that stewards named."""
    coded = pl.format("{} {}", "code", "label")
    words = pl.when(pl.col("source") == BY_STEWARD).then("label").otherwise(coded)
    return condition_catalogue(codes.unique()).select("code", words=words)
