"""The report of a release: one self-contained page with the summary, a chart of quality and what was not met.

Belongs here: the page, and its parts about orders, sources and nights: who is bound, who agrees with whom, trend,
league. Does not: the counts (`study`, `expectations`). Counts and keys only, and no names. Counts by force may be
small: what may be published is `concord quality export`.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

import altair as alt
import polars as pl

from cli.model_report import ReportPart, page_template
from cli.night_summary import Summary
from cli.quality_pages import draw_league, publish_scores
from cli.quality_tables import LEGEND, moves_of
from expectations.discrepancy_history import active_ones
from expectations.measures import MEASURES
from expectations.trend import describe_trend
from matching.engine.charts import BLUE, draw_svg
from reconciliation.register import Register
from study.agreement import agreement_matrix, compare_sources
from study.monitoring import LENGTHS, SCOPES, WATCHED, Monitoring, watch
from study.recording import describe_recording, draw_tiles
from study.tiles import draw_shares
from warehouse.releases.quality_history import read_quality_history
from warehouse.sources import SOURCE_NAMES, SOURCE_TITLES
from warehouse.tables.register import DIMENSIONS, ORDER_SOURCES, ORDERS, QUALITY_SCORES
from warehouse.tables.release import SOURCE_RECORDS

NIGHTS = 30
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


def report_parts(register: Register, *, threshold: int) -> Sequence[ReportPart]:
    """The parts, in the order in which they are shown.

    Args:
        register: the release.
        threshold: the smallest count that the league shows, apart from 0.
    """
    parts = (_monitoring(register), _recording(register), _agreement(register), _trend(register))
    return (*chain.from_iterable(parts), *_leagues(register, threshold))


def _monitoring(register: Register) -> list[ReportPart]:
    def table(name: str) -> pl.DataFrame:
        rows = register.table(name)
        return ORDERS.completed(rows) if name == ORDERS.name else rows

    watched = watch(table, register.release.as_of)
    caption = (
        "Orders in force on the night, or perhaps, interim ones too, by {}. Days are counted from the night to the "
        "last day on which the order binds, or may."
    )
    return [
        ReportPart.of_table(title.format(scope), words.format(scope), _counts(watched, scope, headings))
        for scope in SCOPES
        for title, words, headings in (
            ("Who is bound, by {}", caption, LENGTHS),
            ("What is to be watched, by {}", "The same orders.", WATCHED),
        )
    ]


def _counts(watched: Monitoring, scope: str, headings: Mapping[str, str]) -> pl.DataFrame:
    return watched.count(scope).select("name", *headings).rename({"name": scope, **headings})


def _recording(register: Register) -> list[ReportPart]:
    """Which systems hold a force's orders, as a table and as tiles."""
    scores = register.completed(QUALITY_SCORES)
    table = describe_recording(register.completed(ORDERS), scores)
    shares = (*SOURCE_TITLES, "everywhere", "completeness", "low", "high")
    percents = table.with_columns((pl.col(*shares) * 100).round(1)).rename({**SOURCE_TITLES, "region_code": "region"})
    caption = (
        "Share of a force's orders that each source holds, and that every police system and its region's return hold "
        "(everywhere), in percent; completeness of its PNC and PND records with its 95 % interval. An order that a "
        "system does not hold can't be found there."
    )
    svg = draw_svg(draw_tiles(table))
    return [ReportPart.of_table("How orders are recorded, by force", caption, percents, svg)]


def _agreement(register: Register) -> list[ReportPart]:
    """A tile for each two sources; nothing in a release that keeps no records."""
    if SOURCE_RECORDS.name not in register.table_names:
        return []
    compared = compare_sources(register.completed(SOURCE_RECORDS), register.table(ORDER_SOURCES.name))
    titled = pl.col("source", "other_source").replace(SOURCE_TITLES)
    matrix = agreement_matrix(compared).with_columns(titled).rename({"other_source": "other source"})
    caption = (
        "How often two sources say the same in a field of an order that both hold and in which both say something. "
        "Sources that copy from one another agree in their errors too."
    )
    shown = matrix.with_columns((pl.col("share") * 100).round(1)).rename({"share": "agreeing, %"})
    return [ReportPart.of_table("Agreement between sources", caption, shown, _draw_tiles(matrix))]


def _draw_tiles(matrix: pl.DataFrame) -> str:
    order = list(SOURCE_TITLES.values())
    base = alt.Chart(matrix).encode(
        x=alt.X("other source:N", title=None, sort=order, axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("source:N", title=None, sort=order),
    )
    tiles = draw_shares(base, figure=".1%", white_from=0.88, least=0.5)
    return draw_svg(tiles.properties(width=420, height=alt.Step(36)))


def _trend(register: Register) -> list[ReportPart]:
    """How the scores of sources moved; nothing on the first night."""
    release = register.release
    history = read_quality_history(register.home, last=NIGHTS, until=release.release_id)
    trend = describe_trend(history.scores.filter(pl.col("scope").is_in(["source", "all"])))
    newest = trend.filter(pl.col("as_of") == release.as_of)
    if trend.get_column("as_of").n_unique() < 2:
        return []
    caption = f"Against the night before and the first of the last {NIGHTS}. {LEGEND}"
    return [ReportPart.of_table("Trend of quality", caption, moves_of(newest))]


def _leagues(register: Register, threshold: int) -> list[ReportPart]:
    published = publish_scores(register.completed(QUALITY_SCORES), threshold=threshold)
    figures = (draw_league(published, measure) for measure in MEASURES)
    # Forces without a shown number filled most of the printed pages; how many they are is in the caption.
    shown = ((figure, figure.table.drop_nulls("score")) for figure in figures)
    return [
        ReportPart.of_table(figure.title, figure.caption, table, figure.svg if table.height else None)
        for figure, table in shown
    ]
