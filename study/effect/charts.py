"""Pictures of the study; each stands above the table that holds the same figures.

Belongs here: how results are drawn. Does not: the results, their words (`study.effect.report_sections`).

Nothing is shown by colour alone: what differs has its own panel, dash or shape, or is written out.
"""

from collections.abc import Sequence
from typing import Final

import altair as alt
import polars as pl

from matching.engine.charts import BLUE, GREY, HEIGHT, ORANGE, WIDTH

ROW: Final = 24
NAME_AXIS: Final = alt.Axis(labelLimit=360, minExtent=260)
CHANGE: Final = "change_percent"
# Per cent of the axis that the words beside a point take up.
WORDS_REACH: Final = 60


def draw_funnel(funnel: pl.DataFrame) -> alt.TopLevelMixin:
    """A bar a step of `Cohort.funnel`: blue for the orders that are left, grey for those that drop out."""
    drawn = funnel.with_columns(number=pl.col("orders").abs(), is_left=pl.col("orders") > 0)
    base = alt.Chart(drawn).encode(
        y=alt.Y("step:N", title=None, sort=funnel["step"].to_list(), axis=NAME_AXIS),
        x=alt.X("number:Q", title="orders"),
    )
    bars = base.mark_bar().encode(color=alt.condition(alt.datum.is_left, alt.value(BLUE), alt.value(GREY)))
    texts = base.mark_text(align="left", dx=4).encode(text=alt.Text("orders:Q", format=","))
    return alt.layer(bars, texts).properties(width=WIDTH, height=alt.Step(ROW))


def draw_changes(rows: pl.DataFrame, label: str, *, panel: str | None = None) -> alt.TopLevelMixin:
    """A point a row with its interval, the figures written beside it; a line at no change.

    Args:
        rows: `change_percent`, `low_percent`, `high_percent`, `before`, `after`; rows without a change have no point.
        label: the column that names a row.
        panel: the column by which rows are parted into panels.
    """
    highest = rows.select(pl.max_horizontal(pl.col("high_percent").max(), pl.col(CHANGE).max(), 0)).item()
    scale = alt.Scale(domain=[-100, highest + WORDS_REACH], nice=False, zero=False)
    parts = rows.partition_by(panel, maintain_order=True) if panel else [rows]
    return alt.vconcat(*(_points(part, label, scale, title=str(part[panel][0]) if panel else "") for part in parts))


def _points(rows: pl.DataFrame, label: str, scale: alt.Scale, *, title: str) -> alt.LayerChart | alt.FacetChart:
    written = rows.with_columns(
        pl.col(label).str.replace_all("_", " "),
        words=pl.when(pl.col(CHANGE).is_null())
        .then(pl.lit("no percentage"))
        .otherwise(pl.format("{} % ({} to {})", *(_whole(name) for name in (CHANGE, "before", "after")))),
        at=pl.max_horizontal("high_percent", CHANGE).fill_null(-100),
    )
    order = written[label].to_list()
    base = alt.Chart(written).encode(y=alt.Y(f"{label}:N", title=None, sort=order, axis=NAME_AXIS))
    along = alt.X(f"{CHANGE}:Q", title="change, %", scale=scale, axis=alt.Axis(tickCount=8))
    spans = base.mark_rule(color=GREY, strokeWidth=2).encode(x=alt.X("low_percent:Q", scale=scale), x2="high_percent:Q")
    points = base.mark_point(filled=True, size=70, color=BLUE, opacity=1).encode(x=along)
    texts = base.mark_text(align="left", dx=8).encode(x=alt.X("at:Q", scale=scale), text="words:N")
    none = alt.Chart().mark_rule(strokeDash=[4, 3], color=GREY).encode(x=alt.datum(0))
    chart = alt.layer(spans, points, texts, none, data=written)
    return chart.properties(width=WIDTH + 140, height=alt.Step(ROW), title=title)


def _whole(name: str) -> pl.Expr:
    return pl.col(name).round(0).cast(pl.Int64)


def draw_series(months: pl.DataFrame) -> alt.TopLevelMixin:
    """Arrests by month from day 0: points, the fitted lines, and dashed the earlier line carried on.

    Args:
        months: of a `SegmentedRegression`.
    """
    base = alt.Chart(months.with_columns(middle=pl.col("month") + 0.5, is_after=pl.col("month") >= 0))
    along = alt.X("middle:Q", title="months from day 0")
    layers: list[alt.Chart] = [
        base.mark_point(color=BLUE, opacity=1).encode(x=along, y=alt.Y("rate:Q", title="arrests a month, 100 orders"))
    ]
    if "fitted" in months.columns:
        fitted = base.mark_line(color=BLUE, strokeWidth=2).encode(x=along, y="fitted:Q", detail="is_after:N")
        carried = base.mark_line(color=ORANGE, strokeDash=[6, 4]).encode(x=along, y="carried_on:Q")
        layers += [fitted, carried.transform_filter("isValid(datum.carried_on)")]
    zero = alt.Chart().mark_rule(color=GREY, strokeDash=[2, 2]).encode(x=alt.datum(0))
    return alt.layer(*layers, zero).properties(width=WIDTH + 200, height=HEIGHT)


def draw_selection(rows: pl.DataFrame, observed: float | None) -> alt.TopLevelMixin:
    """A bar for what selection alone would show by what is assumed; a dashed line for what was observed.

    Args:
        rows: from `simulate_selection`.
        observed: the change observed, in per cent.
    """
    drawn = rows.with_columns(
        assumed=pl.format("people differ {}, usual rate {} as high", "people_differ", "usual_rate"),
        words=pl.format("{} %", _whole(CHANGE)),
    )
    base = alt.Chart(drawn).encode(
        y=alt.Y("assumed:N", title=None, sort=drawn["assumed"].to_list(), axis=NAME_AXIS),
        x=alt.X(f"{CHANGE}:Q", title="change without any effect, %", scale=alt.Scale(domain=_domain(rows, observed))),
    )
    layers: Sequence[alt.Chart] = [
        base.mark_bar(color=BLUE),
        base.mark_text(align="right", dx=-4).encode(text="words:N"),
    ]
    if observed is None:
        return alt.layer(*layers).properties(width=WIDTH, height=alt.Step(ROW))
    line = alt.Chart().mark_rule(strokeDash=[4, 3], color=ORANGE, strokeWidth=2).encode(x=alt.datum(observed))
    return alt.layer(*layers, line).properties(width=WIDTH, height=alt.Step(ROW))


def _domain(rows: pl.DataFrame, observed: float | None) -> list[float]:
    lowest = min(rows[CHANGE].to_list() + ([observed] if observed is not None else []))
    return [lowest - 15, max(0.0, observed or 0.0)]
