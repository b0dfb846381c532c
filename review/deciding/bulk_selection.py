"""Many differences of one rule decided at once: which they are, and what may be decided of them.

Belongs here: finding them in a view of the queue. Does not: deciding (`review.deciding.decider`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.discrepancies import RULES
from expectations.rules.rule import Rule
from ledger.decisions.kinds import DECISION_REASONS, KIND, DecisionReason, Kind
from review.access.viewer import Viewer
from review.access.visible_release import VisibleRelease
from review.deciding.settling import kinds_on
from review.desk import Desk
from review.item.findings import describe_holder, format_value
from review.item.related_orders import person_name
from review.queue.queue_view import QueueView
from review.queue.visible_queue import items_of, open_queue

MOST = 500
"""At once: what nobody can look through nobody should decide."""


class NotOneRuleError(ValueError):
    """The view does not choose one rule: differences of several are not decided at once."""


@dataclass(frozen=True)
class BulkLine:
    """A difference that can be decided with others."""

    discrepancy_id: str
    order_id: str
    person: str
    holder: str
    observed: str
    expected: str


@dataclass(frozen=True)
class BulkSelection:
    """What can be decided at once.

    Attributes:
        lines: its differences in the view, in the order of the view; at most `MOST`.
    """

    rule: Rule
    lines: tuple[BulkLine, ...]
    total: int
    release_id: str

    @property
    def kinds(self) -> list[Kind]:
        """Kinds of decision that can be taken on all of them."""
        return [KIND[code] for code in kinds_on(self.rule.code)]

    @property
    def reasons(self) -> list[DecisionReason]:
        """Reasons that may be given."""
        return [reason for reason in DECISION_REASONS if "discrepancy" in reason.about]


def select_bulk(desk: Desk, who: Viewer, view: QueueView) -> BulkSelection:
    """The differences of a view that chooses one rule.

    Raises:
        NotOneRuleError: it chooses none, or several.
    """
    chosen = view.values("rule")
    rule = next((rule for rule in RULES if (rule.code,) == tuple(chosen)), None)
    if rule is None:
        raise NotOneRuleError
    visible = VisibleRelease(desk.whole_release(), who.forces)
    items = open_queue(desk, who).filtered(view).items.select("item_id").with_row_index("place")
    parts = (
        items_of(desk.whole_release())
        .parts.drop_nulls("discrepancy_id")
        .join(items, on="item_id")
        .select("discrepancy_id", "place")
    )
    of_rule = visible.table("discrepancies").filter(pl.col("rule_code") == rule.code, pl.col("state") != "resolved")
    found = of_rule.join(parts, on="discrepancy_id")
    rows = found.sort("place", "discrepancy_id").unique("discrepancy_id", keep="first", maintain_order=True)
    named = rows.head(MOST).join(
        visible.table("orders").select("order_id", "forenames", "surname"), on="order_id", maintain_order="left"
    )
    lines = tuple(_line(row) for row in named.iter_rows(named=True))
    return BulkSelection(rule, lines, rows.height, visible.release.release_id)


def _line(row: Mapping[str, Any]) -> BulkLine:
    return BulkLine(
        discrepancy_id=row["discrepancy_id"],
        order_id=row["order_id"],
        person=person_name(row),
        holder=describe_holder(row),
        observed=format_value(row["field"], row["observed"]) or "none",
        expected=format_value(row["field"], row["expected"]) or "none",
    )
