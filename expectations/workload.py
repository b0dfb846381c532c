"""What waits for the stewards, what it would change, and how long it takes at their pace.

Belongs here: the figures, and sentences for them. Does not: which items there are (`expectations.review_queue`), where
they are shown.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from warehouse.wording import count_words

MANY_WEEKS: Final = 10
"""From this many weeks on, parts of a week say nothing."""
PACE_DAYS: Final = 28
LONG_DAYS: Final = 28
"""Days after which an item to settle waits too long: the workload names it."""
FIRST: Final = 20


@dataclass(frozen=True)
class Workload:
    """What waits, and for how long.

    Attributes:
        expected_wrong: golden values that are wrong, as the confidences add up.
        first: the items that come first, at most `FIRST`.
        first_changes: how many of these will change the register, as their chances add up.
        per_week: orders and pairs that were decided on a week, of late; None: nothing was.
    """

    to_settle: int
    waits_long: int
    to_send: int
    expected_wrong: float
    first: int
    first_changes: float
    per_week: float | None

    def words(self) -> list[str]:
        """The workload in sentences."""
        to_send = count_words(self.to_send, "line", "lines")
        waits = f"{count_words(self.to_settle, 'item', 'items')} to settle, {to_send} that owners may be sent"
        said = [f"{waits}; about {self.expected_wrong:,.0f} golden values are wrong"]
        if self.waits_long:
            said.append(f"{self.waits_long:,} of the items to settle have waited more than {LONG_DAYS} days")
        if self.first:
            changes = f"about {self.first_changes:.0f} of them will change the register"
            said.append(f"if you work the first {self.first} items, {changes}")
        if self.per_week is not None and self.to_settle:
            pace = f"the pace of the last {PACE_DAYS // 7} weeks ({self.per_week:.1f} items a week)"
            weeks = self.to_settle / self.per_week
            said.append(f"about {weeks:,.{int(weeks < MANY_WEEKS)}f} weeks at {pace}")
        return said


def measure_workload(
    queue: pl.DataFrame,
    discrepancies: pl.DataFrame,
    confidences: pl.Series,
    *,
    decisions: pl.DataFrame | None = None,
    today: date,
) -> Workload:
    """The workload of a release.

    Args:
        queue: `REVIEW_QUEUE`.
        discrepancies: `DISCREPANCIES`.
        confidences: of the golden values of the release.
        decisions: `DECISIONS` of the ledger; None: nobody knows the pace.
        today: the day up to which the pace is measured.
    """
    settle = queue.filter(pl.col("stream") == "settle").sort("priority", "item_id", descending=[True, False])
    first = settle.head(FIRST)
    return Workload(
        to_settle=settle.height,
        waits_long=settle.filter(pl.col("age_days") > LONG_DAYS).height,
        to_send=discrepancies.filter(pl.col("stream") == "send").height,
        expected_wrong=float((1 - confidences).sum()),
        first=first.height,
        first_changes=float(first.get_column("uncertainty").sum()),
        per_week=None if decisions is None else weekly_pace(decisions, today=today),
    )


def weekly_pace(decisions: pl.DataFrame, *, today: date) -> float | None:
    """Items decided a week, of late; None: none was. Of several decisions about one order on a day one counts."""
    day = pl.col("decided_at").dt.date()
    lately = decisions.filter(
        pl.col("kind") != "undo", day.is_between(today - timedelta(days=PACE_DAYS - 1), today)
    ).select(day, about=pl.coalesce("order_id", "left_handle"))
    return lately.unique().height * 7 / PACE_DAYS or None
