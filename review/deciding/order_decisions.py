"""The decisions on the orders of a page, as rows and described, and what the owners of records answered about them.

Belongs here: reading them at once, and an owner's answer in words. Does not: describing decisions
(`review.item.past_decisions`), reading answers (`ledger.packs.answers`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from ledger.decisions.lookup import decisions_about
from ledger.packs.answers import answers_about
from review.desk import Desk
from review.item.findings import format_value
from review.item.item_page import decision_keys
from review.item.past_decisions import PastDecision, describe_past_decisions
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


@dataclass(frozen=True, eq=False)
class OrderDecisions:
    """The decisions on some orders and their records.

    Attributes:
        rows: `DECISIONS`, in ledger order.
        described: the same in words, the latest first.
        answers: what owners answered to packs about these orders, the latest first.
    """

    rows: pl.DataFrame
    described: tuple[PastDecision, ...]
    answers: tuple[OwnerAnswer, ...]


def decisions_on(desk: Desk, orders: Sequence[str]) -> pl.DataFrame:
    """All decisions on some orders and their records: `DECISIONS`, in ledger order."""
    known_ids, handles = decision_keys(orders, desk.whole_release().table)
    return decisions_about(desk.database, order_ids=known_ids, handles=handles)


def read_order_decisions(desk: Desk, orders: Sequence[str]) -> OrderDecisions:
    """The decisions on some orders. Whether they still stand is judged by all records that they rest on."""
    rows, whole = decisions_on(desk, orders), desk.whole_release()
    known_ids, _ = decision_keys(orders, whole.table)
    return OrderDecisions(
        rows=rows,
        described=describe_past_decisions(rows, whole.table, as_of=whole.release.as_of),
        answers=tuple(describe_answer(row) for row in answers_about(desk.database, known_ids)),
    )


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
