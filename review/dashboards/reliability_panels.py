"""How often each source is wrong in each field: estimated error rates with their intervals, and what has changed.

Belongs here: the figures of this page. Does not: the estimate
(`reconciliation.confidence.source_errors`), scores of quality (`review.dashboards.quality_panels`).
"""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from review.dashboards.panels import NONE, Panel, panel_table, percent, span
from review.dashboards.picture_store import PictureStore
from review.dashboards.score_charts import draw_points
from review.item.titles import title_for
from warehouse.sources import SOURCES
from warehouse.tables.titles import FIELD_TITLES

LEAD: Final = (
    "Estimated from who agrees with whom, without knowing the truth: an error that all sources share is not seen. "
    "For a field that only one source states, 5% is assumed."
)
HEADINGS: Final = ("Field", "Wrong", "95% interval", "Orders that state it", "Night before", "Since the night before")
TRENDS: Final = {
    "better": "better",
    "worse": "worse",
    "within chance": "no more than chance",
    "first": "first estimate",
}


def reliability_panels(estimates: pl.DataFrame, pictures: PictureStore) -> tuple[Panel, ...]:
    """A panel a source, the fields in which it is wrong most often first."""
    found = [(source, estimates.filter(source=source.name)) for source in SOURCES]
    return tuple(_panel(source.name, source.full_title, rows, pictures) for source, rows in found if rows.height)


def _panel(source: str, title: str, rows: pl.DataFrame, pictures: PictureStore) -> Panel:
    ranked = rows.sort("error_rate", "field", descending=[True, False])
    drawn = ranked.select(
        "low",
        "high",
        label=pl.col("field").replace_strict(FIELD_TITLES, default=pl.col("field")),
        score="error_rate",
    )
    worst = f"Wrong most often: {drawn.item(0, 'label')}, {percent(drawn.item(0, 'score'))}"
    picture = pictures.add(
        draw_points(drawn, "share of statements that are wrong", is_whole=False),
        f"Points with lines: how often {title} is wrong, by field. {worst}.",
        forces=None,
    )
    table = panel_table(f"How often {title} is wrong", HEADINGS, map(_line, ranked.to_dicts()))
    summary = f"{worst}. The line through a point is its 95% interval."
    return Panel(source, title, summary, table, picture)


def _line(row: Mapping[str, Any]) -> tuple[object, ...]:
    before = row["error_rate_before"]
    return (
        title_for(FIELD_TITLES, row["field"]),
        percent(row["error_rate"]),
        span(row["low"], row["high"]),
        row["statements"],
        NONE if before is None else percent(before),
        TRENDS[row["trend"]],
    )
