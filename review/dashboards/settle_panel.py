"""What the items to settle are worth, and how long they take at the pace of the last weeks.

Belongs here: this one panel. Does not: the pace (`expectations.workload`), the other figures of the work
(`review.dashboards.workload_panels`).
"""

import polars as pl

from expectations.workload import PACE_DAYS
from review.dashboards.panels import NONE, Panel, panel_table
from review.queue.facets import TO_DO
from warehouse.wording import count_words

FIRST = (20, 100)
PANEL_KEY = "settle"


def settle_panel(items: pl.DataFrame, pace: float | None) -> Panel:
    """How many values or links are likely to change if the first items are worked, and how long that takes.

    The chances of the items add up to the number that is expected to change.

    Args:
        items: the rows of a queue.
        pace: items a week (`weekly_pace`); None: it is not known.
    """
    to_do = items.filter(pl.col("state").is_in(TO_DO), pl.col("stream") == "settle")
    ranked = to_do.sort("priority", "item_id", descending=[True, False]).get_column("uncertainty").cast(pl.Float64)
    sizes = [*(size for size in FIRST if size < len(ranked)), len(ranked)]
    rows = [
        (
            "All" if size == len(ranked) else f"The first {size}",
            size,
            f"about {ranked.head(size).sum():.0f}",
            f"about {size / pace:.1f} weeks" if pace else NONE,
        )
        for size in sizes
    ]
    headings = ["Items, most important first", "Number", "Expected to change the register", "Time at this pace"]
    return Panel(
        PANEL_KEY, "To settle", _summary(ranked, sizes[0], pace), panel_table("Items to settle", headings, rows)
    )


def _summary(ranked: pl.Series, first: int, pace: float | None) -> str:
    if ranked.is_empty():
        return "Nothing is to settle."
    known = (
        f"The pace of the last {PACE_DAYS} days is {pace:.1f} items a week."
        if pace
        else f"Nothing was decided in the last {PACE_DAYS} days, so no pace is known."
    )
    return (
        f"{count_words(len(ranked), 'item', 'items')} to settle. If you work the first {first:,}, about "
        f"{ranked.head(first).sum():.0f} of them will change the register. {known}"
    )
