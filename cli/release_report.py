"""The report of a release: one self-contained page with the summary, a chart of quality and what was not met.

Counts and keys only, and no names. Counts by force may be small: what may be published is `concord quality export`.
"""

import altair as alt
import polars as pl

from cli.model_report import page_template
from cli.night_summary import Summary
from cli.report_parts import report_parts
from expectations.discrepancy_history import active_ones
from matching.engine.charts import BLUE, draw_svg
from reconciliation.register import Register
from warehouse.sources import SOURCE_NAMES
from warehouse.tables.register import DIMENSIONS, QUALITY_SCORES

# Differs from the bars it is drawn on.
BLACK = "#0b0c0c"


def write_report(summary: Summary, register: Register, *, threshold: int) -> str:
    """The page as HTML; it loads nothing from anywhere.

    Args:
        summary: of the release.
        register: the release.
        threshold: the smallest count that the league of forces shows, apart from 0.
    """
    quality = quality_of_sources(register)
    unmet = register.table("expectation_results").filter(~pl.col("is_met"))
    rules = active_ones(register.table("discrepancies")).group_by("severity", "rule_code", "field").len("count")
    return page_template("report.html").render(
        summary=summary,
        dimensions=DIMENSIONS,
        chart=draw_quality(quality),
        quality=quality.partition_by("scope_key", as_dict=True, maintain_order=True, include_key=False),
        rules=rules.sort("count", "rule_code", descending=[True, False]).to_dicts(),
        sections=report_parts(register, threshold=threshold),
        unmet=unmet.sort("table_name", "expectation", "subject").to_dicts(),
    )


def quality_of_sources(register: Register) -> pl.DataFrame:
    """The scores of the sources and of all together, with their parts, in the order in which they are shown."""
    scores = register.completed(QUALITY_SCORES)
    keys, dimensions = pl.Enum([*SOURCE_NAMES, "all"]), pl.Enum(DIMENSIONS)
    return scores.filter(pl.col("scope").is_in(["source", "all"])).sort(
        pl.col("scope_key").cast(keys), pl.col("dimension").cast(dimensions)
    )


def draw_quality(quality: pl.DataFrame) -> str:
    """A panel a dimension, a bar a source with its interval, as SVG; what was not scored has no bar.

    Args:
        quality: from `quality_of_sources`.
    """
    scored = quality.filter(pl.col("score").is_not_null())
    shown = alt.X("score:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart().encode(y=alt.Y("scope_key:N", title=None, sort=[*SOURCE_NAMES, "all"]))
    bars = base.mark_bar(color=BLUE).encode(x=shown)
    spans = base.mark_rule(color=BLACK, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    chart = (
        alt.layer(bars, spans, data=scored)
        .properties(width=220, height=110)
        .facet(facet=alt.Facet("dimension:N", title=None, sort=list(DIMENSIONS)), columns=3)
    )
    return draw_svg(chart)
