"""What owners answered to the lines of their packs: recorded when it comes back, never edited.

Belongs here: recording and reading answers. Does not: the file they came in (`review.packs.answer_file`).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from ledger.audit import Entry, append
from ledger.decisions.database import Database
from ledger.decisions.errors import DecisionError
from ledger.decisions.ledger import Ledger
from ledger.decisions.users import require_active
from ledger.packs.log import read_table
from ledger.packs.metadata import disclosures, pack_answers, pack_lines
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


def answers_about(database: Database, order_ids: Collection[str]) -> list[dict[str, Any]]:
    """What owners last said of the lines on some orders, by the ids that these have or had; the latest first.

    Returns:
        A row each: `reference`, `field`, `owner`, `received_at` and the columns of `SAID`.
    """
    asked = (
        sa.select(
            *(pack_answers.c[name] for name in ("reference", "received_at", *SAID)),
            pack_lines.c.field,
            disclosures.c.owner,
        )
        .join_from(
            pack_answers,
            pack_lines,
            sa.and_(
                pack_answers.c.disclosure_id == pack_lines.c.disclosure_id,
                pack_answers.c.reference == pack_lines.c.reference,
            ),
        )
        .join(disclosures, disclosures.c.disclosure_id == pack_lines.c.disclosure_id)
        .where(pack_lines.c.order_id.in_(sorted(order_ids)))
        .order_by(pack_answers.c.received_at)
    )
    with database.reading() as connection:
        rows = [row._asdict() for row in connection.execute(asked)]
    last = {row["reference"]: row for row in rows}
    return sorted(last.values(), key=lambda row: row["received_at"], reverse=True)


def last_answers(answers: pl.DataFrame, *, by_pack: bool = False) -> pl.DataFrame:
    """The last answer to each line; in each pack, or in all packs that ask for it."""
    key = ["disclosure_id", "reference"] if by_pack else ["reference"]
    return answers.unique(key, keep="last", maintain_order=True)
