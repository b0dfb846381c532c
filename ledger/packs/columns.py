"""The columns of a correction pack, and the words in it: one readable list each.

Belongs here: what stands in a column, how values of a field are worded. Does not: which lines there are
(`ledger.packs.content`), how a file is written (`ledger.packs.workbook`, `ledger.packs.csv_file`).
"""

from dataclasses import dataclass

import polars as pl

from warehouse.codes import DISAGREEMENTS, reference


@dataclass(frozen=True)
class PackColumn:
    """A column of a pack.

    Attributes:
        name: in the CSV file.
        title: in the workbook.
        meaning: in the workbook's list of columns.
        width: in the workbook, in signs.
        is_answer: left empty, for who corrects to fill in.
    """

    name: str
    title: str
    meaning: str
    width: int
    is_answer: bool = False


COLUMNS = (
    PackColumn("reference", "Our reference", "Names the line in every later pack; quote it in every answer.", 36),
    PackColumn("severity", "Severity", "high: who is bound, until when or by what; medium: identity; low: form.", 9),
    PackColumn("system", "System", "The system of yours that holds the record, or lacks it.", 16),
    PackColumn(
        "source_key", "Your key", "Key of your record; empty where you hold none, or it is the order itself.", 22
    ),
    PackColumn("file_name", "Your file", "The delivery in which the record reached us.", 28),
    PackColumn("row_number", "Row", "Row in that file as a person counts it.", 7),
    PackColumn("surname", "Surname", "Of the person, to find the record.", 18),
    PackColumn("forenames", "Forenames", "Of the person, to find the record.", 18),
    PackColumn("date_of_birth", "Born", "Date of birth of the person, YYYY-MM-DD.", 11),
    PackColumn("pnc_id", "PNC id", "PNC id of the person.", 15),
    PackColumn(
        "details_from",
        "Details from",
        "Where the four columns before come from: your record; or the register, where you hold none.",
        13,
    ),
    PackColumn("order", "Order", "The order as the register has it: type, day of making, court.", 34),
    PackColumn("field", "What", "What is to be corrected.", 18),
    PackColumn("held", "You hold", "The value in your record; empty where it has none.", 24),
    PackColumn("asked", "Correct to", "The value asked for, or what is asked of it.", 24),
    PackColumn("why", "Why", "The rule that found it, and what is wrong in words.", 44),
    PackColumn("correction", "What to do", "What is asked of you.", 36),
    PackColumn("evidence", "Evidence", "Which other systems give the value, or the decision of a steward.", 36),
    PackColumn("basis", "Basis", "The statute or standard behind the rule.", 36),
    PackColumn("first_seen_on", "First seen", "The night on which it was first found, YYYY-MM-DD.", 11),
    PackColumn("handed_out_on", "Asked since", "The day it was first asked for; empty if it is asked for now.", 11),
    PackColumn(
        "corrected_on", "Corrected on", "The day on which you corrected the record, YYYY-MM-DD.", 13, is_answer=True
    ),
    PackColumn(
        "disagrees_because",
        "Disagree because",
        f"If you do not correct it, one of: {'; '.join(DISAGREEMENTS.values())}.",
        24,
        is_answer=True,
    ),
    PackColumn("value_now", "Value now", "What your record holds now, if it is not what we asked for.", 18, True),
    PackColumn("answered_by", "Answered by", "Who answers.", 16, is_answer=True),
    PackColumn(
        "remarks", "Remarks", "Anything that we should know: cite documents, don't retell them.", 30, is_answer=True
    ),
)

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


def condition_words() -> pl.DataFrame:
    """`code`, `words`: conditions with their labels."""
    return reference("conditions").select("code", words=pl.format("{} {}", "code", "label"))
