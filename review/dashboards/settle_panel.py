"""What the items to settle are worth, and how long they take at the pace of the last weeks.

Belongs here: this one panel. Does not: the other figures of the work (`review.dashboards.workload_panels`).
"""

import polars as pl

from review.dashboards.panels import NONE, Panel, count_words, panel_table
from review.dashboards.workload_panels import LATELY_DAYS
from review.queue.facets import TO_DO

FIRST = (20, 100)
KEY = "settle"


def settle_panel(items: pl.DataFrame, lately: pl.DataFrame | None) -> Panel:
    """How many values or links are likely to change if the first items are worked, and how long that takes.

    The chances of the items add up to the number that is expected to change. The pace is that of the days on which
    anything was decided; decisions that were taken together count once.

    Args:
        items: the rows of a queue.
        lately: `fold` of the decisions of the last weeks; None: they can't be read now.
    """
    to_do = items.filter(pl.col("state").is_in(TO_DO), pl.col("stream") == "settle")
    ranked = to_do.sort("priority", "item_id", descending=[True, False]).get_column("uncertainty").cast(pl.Float64)
    sizes = [*(size for size in FIRST if size < len(ranked)), len(ranked)]
    pace = None if lately is None else _pace(lately)
    rows = [
        (_title(size, len(ranked)), size, f"about {ranked.head(size).sum():.0f}", _time(size, pace)) for size in sizes
    ]
    headings = ["Items, most important first", "Number", "Expected to change the register", "Time at this pace"]
    return Panel(KEY, "To settle", _summary(ranked, sizes[0], pace), panel_table("Items to settle", headings, rows))


def _summary(ranked: pl.Series, first: int, pace: float | None) -> str:
    if ranked.is_empty():
        return "Nothing is to settle."
    words = (
        f"{count_words(len(ranked), 'item', 'items')} to settle. If you work the first {first:,}, about "
        f"{ranked.head(first).sum():.0f} of them will change the register."
    )
    if pace is None:
        return f"{words} Nothing was decided in the last {LATELY_DAYS} days, so no pace is known."
    return (
        f"{words} The pace of the last {LATELY_DAYS} days is {pace:.1f} decisions a day on which anything was decided."
    )


def _title(size: int, whole: int) -> str:
    return "All" if size == whole else f"The first {size}"


def _pace(lately: pl.DataFrame) -> float | None:
    """Decisions a day of work, those that were taken together once."""
    if lately.is_empty():
        return None
    taken = lately.select(
        pl.coalesce("batch_id", "decision_id").alias("act"), pl.col("decided_at").dt.date().alias("day")
    )
    return taken.get_column("act").n_unique() / taken.get_column("day").n_unique()


def _time(size: int, pace: float | None) -> str:
    if pace is None:
        return NONE
    days = size / pace
    return "less than a day" if days < 1 else count_words(round(days), "day of work", "days of work")
