"""Pictures of a model, each with the table that holds the same figures.

Belongs here: how diagnostics are drawn. Does not: the figures themselves (`diagnostics`, `blocking_loss`,
`evaluation`), pages that show them.

Nothing is shown by colour alone: what differs has its own panel, dash or shape, or is written out.
"""

import re
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl
import vl_convert

BLUE, ORANGE, GREY = "#1d70b8", "#d4351c", "#505a5f"
WIDTH, HEIGHT, ROW = 420, 240, 16
SPACE, MARGIN = 6, 40
PERCENT, WHOLE = alt.Axis(format="%"), alt.Scale(domain=[0, 1])
# Room for a figure beside the bar of a whole.
ROOMY, QUARTERS = alt.Scale(domain=[0, 1.25], nice=False), alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format="%")
WORDS = alt.Axis(labelLimit=300, minExtent=160)
NO_TEXT = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture and its figures."""

    title: str
    caption: str
    chart: alt.TopLevelMixin
    table: pl.DataFrame

    @property
    def svg(self) -> str:
        """The picture as SVG."""
        return draw_svg(self.chart)


ROOM = {"left": 40, "right": 20, "top": 5, "bottom": 5}
"""In pixels: the letters of a browser may be wider than those by which a label was measured, and were cut."""


def draw_svg(chart: alt.TopLevelMixin) -> str:
    """A chart as SVG, which loads nothing from anywhere."""
    return str(vl_convert.vegalite_to_svg(_plain({"padding": ROOM} | chart.to_dict())))


def _plain(part: Any) -> Any:  # JSON
    """A chart whose texts hold no character that XML forbids: the drawing library ends the process over one."""
    if isinstance(part, dict):
        return {_plain(name): _plain(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_plain(value) for value in part]
    return NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", part) if isinstance(part, str) else part


def draw_shares(table: pl.DataFrame) -> Figure:
    """M and u by level, from `diagnostics.tabulate_shares`."""
    panels = [
        alt.hconcat(
            _bars(levels, "m", "matches (m)", colour=BLUE, scale=ROOMY, ticks=QUARTERS),
            _bars(levels, "u", "non-matches (u)", colour=ORANGE, scale=ROOMY, ticks=QUARTERS, axis=None),
            title=_heading(name),
            spacing=SPACE,
        )
        for name, levels in _by_comparison(table)
    ]
    return Figure(
        "How often matches and non-matches reach each level",
        "The more the two bars of a level differ, the more evidence it is; the shares of a comparison add up to one.",
        alt.vconcat(*panels, spacing=SPACE),
        table,
    )


def draw_weights(table: pl.DataFrame) -> Figure:
    """The weight of every level, from `diagnostics.tabulate_shares`."""
    values = table.get_column("weight").to_list()
    scale = alt.Scale(domain=[min([0.0, *values]), max([0.0, *values])], padding=MARGIN)
    panels = [
        _bars(levels, "weight", "weight (log2 m/u)", colour=BLUE, scale=scale, ticks=alt.Axis(tickCount=5)).properties(
            title=_heading(name)
        )
        for name, levels in _by_comparison(table)
    ]
    return Figure(
        "What each level adds to the weight of a pair",
        "Bars to the right are evidence for a match, to the left against it; one unit doubles the odds.",
        alt.vconcat(*panels, spacing=SPACE),
        table,
    )


def draw_blocking_loss(table: pl.DataFrame) -> Figure:
    """The share of matches that no rule made, from `blocking_loss.estimate_blocking_loss`."""
    base = alt.Chart(table.drop_nulls("loss")).encode(y=alt.Y("rules:N", title=None, sort=None, axis=WORDS))
    spans = base.mark_rule(color=BLUE).encode(
        x=alt.X("loss_low:Q", title="matches missed by all rules", axis=PERCENT), x2="loss_high:Q"
    )
    points = base.mark_point(filled=True, opacity=1, size=60, color=BLUE).encode(x="loss:Q")
    texts = base.mark_text(dy=-9).encode(x="loss:Q", text=alt.Text("loss:Q", format=".1%"))
    return Figure(
        "Matches that blocking misses",
        "Estimated from how the rules overlap, with 95 % intervals; all rules together give a lower bound.",
        alt.layer(spans, points, texts).properties(width=WIDTH, height=alt.Step(2 * ROW)),
        table,
    )


def draw_calibration(table: pl.DataFrame) -> Figure:
    """Predicted and observed shares of matches, from `diagnostics.tabulate_calibration`."""
    if table.get_column("observed").null_count() == table.height:
        return _draw_certainty(table)
    base = alt.Chart(table.drop_nulls("predicted")).encode(
        x=alt.X("predicted:Q", title="predicted", axis=PERCENT, scale=WHOLE)
    )
    spans = base.mark_rule(color=BLUE).encode(
        y=alt.Y("low:Q", title="observed", axis=PERCENT, scale=WHOLE), y2="high:Q"
    )
    points = base.mark_point(filled=True, opacity=1, size=60, color=BLUE).encode(y="observed:Q")
    ends = pl.DataFrame({"predicted": [0.0, 1.0], "observed": [0.0, 1.0]})
    line = alt.Chart(ends).mark_line(strokeDash=[4, 4], color=GREY).encode(x="predicted:Q", y="observed:Q")
    return Figure(
        "Do pairs match as often as predicted?",
        "Points on the dashed line are as predicted; its line is the 95 % interval of the observed share.",
        alt.layer(line, spans, points).properties(width=HEIGHT, height=HEIGHT),
        table,
    )


def _draw_certainty(table: pl.DataFrame) -> Figure:
    bins = table.select("pairs", bin=pl.format("{} to {} %", *(_percent(end) for end in ("from", "to"))))
    base = alt.Chart(bins).encode(y=alt.Y("bin:N", title="probability of a match", sort=None, axis=WORDS))
    # So few are in doubt that they would not show on a linear scale: read the figures beside the bars.
    counts = alt.X("pairs:Q", title="candidate pairs", axis=None, scale=alt.Scale(type="symlog", nice=False))
    texts = base.mark_text(align="left", dx=3).encode(x="pairs:Q", text=alt.Text("pairs:Q", format=","))
    return Figure(
        "How sure is the model?",
        "Pairs by predicted probability, as there are no labels to compare with; those in the middle are in doubt.",
        alt.layer(base.mark_bar(color=BLUE).encode(x=counts), texts).properties(width=WIDTH, height=alt.Step(ROW)),
        table,
    )


def draw_thresholds(table: pl.DataFrame) -> Figure:
    """Expected precision, recall and F1 by threshold, from `diagnostics.tabulate_thresholds`."""
    measures = ["precision", "recall", "f1"]
    reached = table.filter(pl.col("pairs") > 0)
    long = reached.unpivot(measures, index="threshold", variable_name="measure", value_name="share").drop_nulls()
    shown = alt.Scale(domain=measures, range=[BLUE, ORANGE, GREY])
    dashes = alt.Scale(domain=measures, range=[[1, 0], [6, 3], [2, 2]])
    lines = (
        alt.Chart(long)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("threshold:Q", title="threshold (weight)"),
            y=alt.Y("share:Q", title="expected", axis=PERCENT, scale=WHOLE),
            color=alt.Color("measure:N", title=None, scale=shown),
            strokeDash=alt.StrokeDash("measure:N", title=None, scale=dashes),
        )
    )
    best = alt.Chart(table.filter("is_best")).encode(x="threshold:Q")
    figures = best.mark_text(align="left", dx=4, y=HEIGHT - 8).encode(text=alt.Text("threshold:Q", format="+.1f"))
    return Figure(
        "What each threshold would cost",
        "Expected from the probabilities alone; the vertical line marks the threshold with the highest F1.",
        alt.layer(lines, best.mark_rule(color=GREY), figures).properties(width=WIDTH, height=HEIGHT),
        table,
    )


def draw_unlinkable(table: pl.DataFrame) -> Figure:
    """Records with too little information to be linked, from `diagnostics.tabulate_unlinkable`."""
    chart = (
        alt.Chart(table, width=WIDTH, height=HEIGHT)
        .mark_area(interpolate="step-before", color=BLUE, opacity=0.6, line={"color": BLUE})
        .encode(
            x=alt.X("threshold:Q", title="threshold (weight)"),
            y=alt.Y("share:Q", title="records below it", axis=PERCENT, scale=WHOLE),
        )
    )
    return Figure(
        "Records with too little information to be linked",
        "The share of records that would not reach the threshold even with an identical record.",
        chart,
        table,
    )


def _by_comparison(table: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """The levels that have a weight, by the name of their comparison."""
    known = table.filter(pl.col("m") + pl.col("u") > 0)
    return [(levels.get_column("comparison")[0], levels) for levels in known.partition_by("comparison")]


def _bars(
    levels: pl.DataFrame,
    column: str,
    title: str,
    *,
    colour: str,
    scale: alt.Scale,
    ticks: alt.Axis,
    axis: alt.Axis | None = WORDS,
) -> alt.LayerChart | alt.FacetChart:
    """A bar for each level, with its figure beside it."""
    drawn = levels.with_columns(end=pl.max_horizontal(column, pl.lit(0.0)))
    base = alt.Chart(drawn).encode(y=alt.Y("level:N", title=None, sort=levels.get_column("level").to_list(), axis=axis))
    bars = base.mark_bar(color=colour).encode(x=alt.X(f"{column}:Q", title=title, scale=scale, axis=ticks))
    texts = base.mark_text(align="left", dx=3).encode(x="end:Q", text=alt.Text(f"{column}:Q", format=".2~g"))
    return alt.layer(bars, texts).properties(width=WIDTH // 2, height=alt.Step(ROW))


def _heading(name: str) -> alt.TitleParams:
    return alt.TitleParams(name, anchor="start", fontSize=11, offset=2)


def _percent(column: str) -> pl.Expr:
    return (pl.col(column) * 100).round().cast(pl.Int64)
