"""Tiles that are darker the larger a share is, for tables that are looked at before they are read.

Belongs here: the shades, and tiles with their figures. Does not: which shares (`study.recording`, `study.agreement`).
"""

from typing import Final

import altair as alt

from matching.engine.charts import BLUE

EDGE: Final = "#b1b4b6"


def shades(least: float = 0) -> alt.Scale:
    """White at `least` or less, blue at 1."""
    return alt.Scale(domain=[least, 1], range=["#ffffff", BLUE], interpolate="rgb", clamp=True)


def draw_shares(
    base: alt.Chart, *, figure: str, white_from: float, least: float = 0
) -> alt.LayerChart | alt.FacetChart:
    """A tile for each share, with its figure.

    Args:
        base: the rows, with `share`, and where their tiles stand.
        figure: how shares are written, as D3 formats numbers.
        white_from: the share from which on the figure is white.
        least: the share up to which tiles are white.
    """
    tiles = base.mark_rect(stroke=EDGE).encode(color=alt.Color("share:Q", scale=shades(least), legend=None))
    ink = alt.condition(alt.datum.share > white_from, alt.value("white"), alt.value("black"))
    return alt.layer(tiles, base.mark_text().encode(text=alt.Text("share:Q", format=figure), color=ink))
