"""The quality of the data by source, region and force: scores with their parts, intervals and trend.

Belongs here: the figures of these pages. Does not: how scores and trends come about (`expectations`), what may be
published outside (`expectations.disclosure`): at the desk all numbers are whole.

Who sees some forces alone sees the scores of these forces: those of sources and regions count the orders of others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from expectations.measures import MEASURES, Measure
from expectations.trend import describe_trend
from review.dashboards.panels import NONE, Panel, PanelCell, panel_table, percent, span
from review.dashboards.picture_store import PictureStore
from review.dashboards.score_charts import draw_nights, draw_points
from review.desk import Desk
from review.item.titles import format_day
from review.pages import sentence
from warehouse.codes import reference
from warehouse.releases.quality_history import read_quality_history
from warehouse.sources import SOURCES

Forces = frozenset[str] | None
Row = Mapping[str, Any]

NIGHTS: Final = 30
MEASURE: Final = {measure.dimension: measure for measure in MEASURES}
LEGEND: Final = "A star marks nights that were judged by other code, models or settings."
READING: Final = (
    "The point is the score, the line through it its 95 % interval: those whose intervals overlap are not ranked by it."
)


@dataclass(frozen=True)
class Scope:
    """What is judged together."""

    name: str
    title: str
    summary: str


SCOPES: Final = (
    Scope("all", "All sources together", "All records, and all deliveries due."),
    Scope("source", "By source", "The records of each source, and its deliveries due."),
    Scope(
        "area",
        "By region, records of its forces",
        "PNC and PND records of the orders that the forces of a region hold.",
    ),
    Scope("region", "By region, its returns", "The returns of the regional unit."),
    Scope("force", "By force", "PNC and PND records of the orders that a force holds."),
)
SCOPE: Final = {scope.name: scope for scope in SCOPES}


@dataclass(frozen=True, eq=False)
class ScoreHistory:
    """The scores of a release and of the nights before it, with their trend.

    Attributes:
        trend: of `expectations.trend.describe_trend`, with `name`.
        left_out: releases that can't be read.
    """

    trend: pl.DataFrame
    release_id: str
    left_out: tuple[str, ...]

    def now(self, scope: str, dimension: str) -> pl.DataFrame:
        """The scores of the release, the lowest first; those without a score last, by key."""
        at = (pl.col("release_id") == self.release_id) & (pl.col("scope") == scope)
        return self.trend.filter(at, pl.col("dimension") == dimension).sort("score", "scope_key", nulls_last=True)

    def series(self, scope: str, key: str, dimension: str) -> pl.DataFrame:
        """The scores of one key, by night."""
        at = (pl.col("scope") == scope) & (pl.col("scope_key") == key) & (pl.col("dimension") == dimension)
        return self.trend.filter(at).sort("as_of")


def names_of_keys() -> pl.DataFrame:
    """The names of sources, forces and regions: `scope`, `scope_key`, `name`."""
    forces = reference("forces").filter(pl.col("code") == pl.col("current_code")).select("code", "name")
    regions = reference("regions").select("code", name="region")
    sources = pl.DataFrame({"code": [facts.name for facts in SOURCES], "name": [facts.full_title for facts in SOURCES]})
    named = {"source": sources, "force": forces, "area": regions, "region": regions}
    return pl.concat(
        frame.select(scope=pl.lit(scope), scope_key="code", name="name").unique("scope_key", keep="first")
        for scope, frame in named.items()
    )


def read_scores(desk: Desk, forces: Forces) -> ScoreHistory:
    """The scores that a user with these forces sees; the nights are read once a release."""
    release = desk.whole_release()
    whole = release.keep("scores", lambda: _read(desk, release.release.release_id))
    if forces is None:
        return whole
    is_own = (pl.col("scope") == "force") & pl.col("scope_key").is_in(sorted(forces))
    return ScoreHistory(whole.trend.filter(is_own), whole.release_id, whole.left_out)


def league_panels(scores: ScoreHistory, dimension: str, pictures: PictureStore, *, forces: Forces) -> tuple[Panel, ...]:
    """The scores of a release in one dimension, a panel each for what is judged together."""
    found = [(scope, scores.now(scope.name, dimension)) for scope in SCOPES]
    return tuple(_league(scope, rows, dimension, pictures, forces) for scope, rows in found if rows.height)


def trend_panels(
    scores: ScoreHistory, scope: str, key: str, pictures: PictureStore, *, forces: Forces
) -> tuple[Panel, ...]:
    """The nights of one source, region or force, a panel a dimension; none where it is not there or not seen."""
    found = [(measure, scores.series(scope, key, measure.dimension)) for measure in MEASURES]
    return tuple(_trend(measure, rows, pictures, forces) for measure, rows in found if rows.height)


def name_of(rows: pl.DataFrame) -> str:
    """The name of what rows are of."""
    return str(rows.get_column("name")[0])


def _read(desk: Desk, release_id: str) -> ScoreHistory:
    history = read_quality_history(desk.home, last=NIGHTS, until=release_id)
    names = names_of_keys()
    whole = pl.when(pl.col("scope") == "all").then(pl.lit(SCOPE["all"].title))
    named = describe_trend(history.scores).join(names, on=["scope", "scope_key"], how="left", maintain_order="left")
    return ScoreHistory(named.with_columns(name=pl.coalesce("name", whole, "scope_key")), release_id, history.left_out)


def _league(scope: Scope, rows: pl.DataFrame, dimension: str, pictures: PictureStore, forces: Forces) -> Panel:
    headings = ["Whose", *PART_HEADINGS, "Since the night before", "Since the first night"]
    lines = [
        (
            PanelCell(row["name"], f"/dashboards/quality/{scope.name}/{row['scope_key']}"),
            *_parts(row),
            _move(row, ""),
            _move(row, "total_"),
        )
        for row in rows.iter_rows(named=True)
    ]
    sheet = panel_table(f"{dimension.capitalize()}, {scope.title.lower()}", headings, lines)
    drawn = rows.filter(pl.col("score").is_not_null()).select(
        "score", "low", "high", label=pl.format("{} ({} orders)", "name", pl.col("units").fill_null(0))
    )
    picture = None
    if drawn.height > 1:
        ends = f"from {percent(drawn['score'][0])} to {percent(drawn['score'][-1])}"
        description = f"Points with lines: {dimension} {scope.title.lower()}, {ends}."
        picture = pictures.add(draw_points(drawn, dimension), description, forces=forces)
    summary = f"{scope.summary} The lowest first. {READING}" if picture else scope.summary
    return Panel(scope.name, scope.title, summary, sheet, picture, is_folded=rows.height > 12)


def _trend(measure: Measure, rows: pl.DataFrame, pictures: PictureStore, forces: Forces) -> Panel:
    headings = ["Night", *PART_HEADINGS, "Since the night before", "Since the first night"]
    lines = [
        (format_day(row["as_of"]), *_parts(row), _move(row, ""), _move(row, "total_"))
        for row in rows.reverse().iter_rows(named=True)
    ]
    title = measure.dimension.capitalize()
    drawn = rows.drop_nulls("score").select("score", "low", "high", night=pl.col("as_of").cast(pl.String))
    picture = None
    if drawn.height > 1:
        ends = f"{percent(drawn['score'][0])} on the first, {percent(drawn['score'][-1])} on the last"
        description = f"Line: {measure.dimension} by night, {ends}."
        picture = pictures.add(draw_nights(drawn, measure.dimension), description, forces=forces)
    summary = f"{sentence(measure.formula)} {measure.limits}"
    return Panel(measure.dimension, title, summary, panel_table(f"{title} by night", headings, lines), picture)


PART_HEADINGS: Final = ("Score", "95 % interval", "Passed", "Judged", "Orders", "Orders with a failure")


def _parts(row: Row) -> tuple[str, ...]:
    counts = (row[name] for name in ("numerator", "denominator", "units", "failed_units"))
    return (
        percent(row["score"]),
        span(row["low"], row["high"]),
        *(NONE if count is None else f"{int(count):,}" for count in counts),
    )


def _move(row: Row, prefix: str) -> str:
    """By how many points a score moved, and what that is worth."""
    verdict, change = str(row[f"{prefix}verdict"]), row[f"{prefix}change"]
    if change is None:
        return verdict.capitalize()
    points = round(100 * change, 1)
    mark = "" if row[f"{prefix}is_same_method"] else " *"
    return f"{points or 0.0:+.1f} points: {verdict}{mark}" if points else f"0.0 points: {verdict}{mark}"
