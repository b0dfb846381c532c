"""What owners answered to the lines of their packs: recorded when it comes back, never edited.

Belongs here: recording and reading answers. Does not: the file they came in (`review.packs.answer_file`).
"""

from datetime import datetime

import polars as pl
import sqlalchemy as sa

from ledger.audit import Entry, append
from ledger.decisions.errors import DecisionError
from ledger.decisions.ledger import Ledger
from ledger.decisions.users import require_active
from ledger.packs.log import read_table
from ledger.packs.metadata import pack_answers
from warehouse.tables.packs import PACK_ANSWERS

SAID = ("corrected_on", "disagrees_because", "value_now", "answered_by", "remarks")
"""What an owner says of a line."""


def record_answers(
    ledger: Ledger, disclosure_id: str, answers: pl.DataFrame, *, by: str, at: datetime, file_sha256: str
) -> int:
    """Record answers, all or none; what an owner said before in the same words is not recorded again.

    Args:
        ledger: beside which they are kept.
        disclosure_id: of the pack.
        answers: `reference` and the columns of `SAID`, one row for each line.
        by: who takes them in.
        at: when.
        file_sha256: digest of the file that held them.

    Returns:
        How many were new.

    Raises:
        DecisionError: nobody of that name may act, or none of the lines says anything.
    """
    if answers.is_empty():
        raise DecisionError("the file answers no line: nothing was recorded")
    given = {"disclosure_id": disclosure_id, "received_by": by, "received_at": at, "file_sha256": file_sha256}
    rows = PACK_ANSWERS.conform(answers.with_columns(pl.lit(value).alias(name) for name, value in given.items()))
    with ledger.database.writing() as connection:
        require_active(connection, by)
        before = last_answers(read_table(ledger, pack_answers, PACK_ANSWERS), by_pack=True)
        fresh = rows.join(before, on=["disclosure_id", "reference", *SAID], how="anti", nulls_equal=True)
        if fresh.height:
            connection.execute(sa.insert(pack_answers), fresh.to_dicts())
            append(connection, [Entry(at, by, "collection", {"answers_to": disclosure_id, "lines": fresh.height})])
    return fresh.height


def read_answers(ledger: Ledger) -> pl.DataFrame:
    """Every answer: `PACK_ANSWERS`, the first one first."""
    return read_table(ledger, pack_answers, PACK_ANSWERS)


def last_answers(answers: pl.DataFrame, *, by_pack: bool = False) -> pl.DataFrame:
    """The last answer to each line; in each pack, or in all packs that ask for it."""
    key = ["disclosure_id", "reference"] if by_pack else ["reference"]
    return answers.unique(key, keep="last", maintain_order=True)
