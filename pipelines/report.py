"""The report of a release: one self-contained page with the summary, a chart of quality and what was not met.

Counts and keys only, so that it may be sent to whoever answers for a source.
"""

from importlib.resources import files

import altair as alt
import polars as pl
import vl_convert
from jinja2 import Environment, StrictUndefined

from expectations.history import active_ones
from pipelines.summary import Summary
from warehouse.register import Register
from warehouse.tables.register import DIMENSIONS


def write_report(summary: Summary, register: Register) -> str:
    """The page as HTML; it loads nothing from anywhere."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("pipelines").joinpath("report.html").read_text(encoding="utf-8"))
    unmet = register.table("expectation_results").filter(~pl.col("is_met"))
    rules = active_ones(register.table("discrepancies")).group_by("severity", "rule_code", "field").len("count")
    return template.render(
        summary=summary,
        dimensions=DIMENSIONS,
        chart=draw_quality(summary.quality),
        rules=rules.sort("count", "rule_code", descending=[True, False]).to_dicts(),
        unmet=unmet.sort("table_name", "expectation", "subject").to_dicts(),
    )


def draw_quality(quality: dict[str, dict[str, float | None]]) -> str:
    """A panel a dimension, a bar a source, as SVG; what was not scored has no bar."""
    rows = [
        {"source": source, "dimension": dimension, "score": score}
        for source, scores in quality.items()
        for dimension, score in scores.items()
        if score is not None
    ]
    chart = (
        alt.Chart(pl.DataFrame(rows), width=220, height=110)
        .mark_bar(color="#1d70b8")
        .encode(
            x=alt.X("score:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("source:N", title=None, sort=list(quality)),
            facet=alt.Facet("dimension:N", columns=3, title=None, sort=list(DIMENSIONS)),
        )
    )
    return vl_convert.vegalite_to_svg(chart.to_json())
