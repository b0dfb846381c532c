"""What the owner of a record answered to the line of a pack, in words.

Belongs here: an answer as the page of its order shows it. Does not: reading answers (`ledger.packs.answers`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from review.item.findings import format_value
from review.item.titles import format_day, title_for, title_of_owner
from warehouse.codes import DISAGREEMENTS
from warehouse.tables.titles import FIELD_TITLES


@dataclass(frozen=True, kw_only=True)
class OwnerAnswer:
    """An answer in words.

    Attributes:
        disagrees: the owner does not correct it: a steward has to look.
        said: what the owner says of it.
        answered_by: who answered, as the workbook states; None: it does not.
    """

    owner: str
    field: str
    disagrees: bool
    said: str
    remarks: str | None
    answered_by: str | None
    at: datetime


def describe_answer(row: Mapping[str, Any]) -> OwnerAnswer:
    """An answer in words: of a row of `answers_about`."""
    reason, corrected_on, value_now = row["disagrees_because"], row["corrected_on"], row["value_now"]
    said = f"disagrees: {DISAGREEMENTS[reason]}" if reason else f"corrected it on {format_day(corrected_on)}"
    holds = f"; holds now: {format_value(row['field'], value_now)}" if value_now else ""
    return OwnerAnswer(
        owner=title_of_owner(row["owner"]),
        field=title_for(FIELD_TITLES, row["field"]),
        disagrees=reason is not None,
        said=f"{said}{holds}",
        remarks=row["remarks"],
        answered_by=row["answered_by"],
        at=row["received_at"],
    )
