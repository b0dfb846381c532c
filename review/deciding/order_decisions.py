"""The decisions on the orders of a page, as rows and described, and what the owners of records answered about them.

Belongs here: reading them at once. Does not: describing them (`review.item.past_decisions`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ledger.decisions.lookup import decisions_about
from ledger.packs.answers import answers_about
from review.desk import Desk
from review.item.item_page import decision_keys
from review.item.owner_answers import OwnerAnswer, describe_answer
from review.item.past_decisions import PastDecision, describe_past_decisions


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
