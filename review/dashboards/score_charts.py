"""Pictures of scores: points with their intervals, and lines over the nights.

Belongs here: how scores are drawn, at the desk and in what is published. Does not: which scores
(`review.dashboards.quality_panels`, `cli.quality_pages`).

No meaning is given by colour alone.
"""

from collections.abc import Sequence

import altair as alt
import polars as pl

from matching.engine.charts import BLUE, GREY, PERCENT, ROW, WHOLE, WIDTH, WORDS

HEIGHT = 160


def draw_points(
    drawn: pl.DataFrame, title: str, *, rates: Sequence[float] = (), is_whole: bool = True
) -> alt.TopLevelMixin:
    """A point a row with its interval, and a dashed line for each rate to hold them against.

    Args:
        drawn: `label`, `score`, `low`, `high`, in the order in which they are drawn.
        title: what the score is of.
        rates: of all rows together, or the like.
        is_whole: the axis goes from 0 to 100 %; otherwise from 0 to the highest end of an interval.
    """
    scale = WHOLE if is_whole else alt.Scale(domainMin=0)
    base = alt.Chart(drawn).encode(y=alt.Y("label:N", title=None, sort=drawn.get_column("label").to_list(), axis=WORDS))
    spans = base.mark_rule(color=BLUE).encode(x=alt.X("low:Q", title=title, axis=PERCENT, scale=scale), x2="high:Q")
    points = base.mark_point(filled=True, opacity=1, size=60, color=BLUE).encode(x="score:Q")
    layers: list[alt.Chart] = [spans, points]
    layers += [alt.Chart().mark_rule(strokeDash=[4, 4], color=GREY).encode(x=alt.datum(rate)) for rate in rates]
    return alt.layer(*layers, data=drawn).properties(width=WIDTH, height=alt.Step(ROW))


def draw_nights(drawn: pl.DataFrame, title: str) -> alt.TopLevelMixin:
    """A score over the nights, with its interval as a band; the axis is not cut to where the score moves.

    Args:
        drawn: `night` (as text), `score`, `low`, `high`, by night.
        title: what the score is of.
    """
    base = alt.Chart(drawn).encode(x=alt.X("night:N", title="night", sort=None, axis=alt.Axis(labelAngle=-45)))
    along = alt.Y("score:Q", title=title, axis=PERCENT, scale=WHOLE)
    bands = base.mark_rule(color=GREY, strokeWidth=6, opacity=0.4).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    line = base.mark_line(color=BLUE, point=alt.OverlayMarkDef(color=BLUE, filled=True, size=50)).encode(y=along)
    return alt.layer(bands, line).properties(width=WIDTH, height=HEIGHT)
