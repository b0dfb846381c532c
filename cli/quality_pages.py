"""The quality of the data as it may be published: league tables with intervals, as CSV, XLSX, SVG and a page.

Belongs here: how published scores are named, drawn and written. Does not: the scores (`expectations.quality`), what is
hidden of them (`expectations.disclosure`).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from cli.model_report import ReportPart, write_page
from expectations.disclosure import POLICE_PARTS, counts_deliveries, protect
from expectations.measures import MEASURES, Measure
from matching.engine.charts import Figure
from review.dashboards.quality_panels import names_of_keys
from review.dashboards.score_charts import draw_points
from warehouse.workbook_file import new_workbook

NOTHING = "nothing to judge"
TITLES = {
    "all": "all sources together",
    "source": "source",
    "area": "region, PNC and PND records of its forces",
    "region": "region, its returns",
    "force": "force, PNC and PND records of its orders",
}
SHEETS = {"all": "All", "source": "Sources", "area": "Regions (police records)", "region": "Regions (returns)"}
SHEETS |= {"force": "Forces"}
SHOWN = ("key", "name", "score", "low", "high", "passed", "judged", "orders", "orders_failing", "note")


def publish_scores(scores: pl.DataFrame, *, threshold: int) -> pl.DataFrame:
    """The scores that may be published, under the names that readers see.

    Args:
        scores: `QUALITY_SCORES`.
        threshold: the smallest count that is shown, apart from 0.

    Returns:
        `scope`, `key`, `name`, `dimension`, `score`, `low`, `high`, `passed`, `judged`, `orders`, `orders_failing`,
        `note`, by scope, dimension and key; what is hidden, and what was not judged, says so in `note`.

    Raises:
        ValueError: the threshold is too low, or the scores can't be hidden soundly.
    """
    scopes, dimensions = pl.Enum(list(TITLES)), pl.Enum([measure.dimension for measure in MEASURES])
    named = protect(scores, threshold).join(names_of_keys(), on=["scope", "scope_key"], how="left")
    columns = {
        "key": pl.col("scope_key"),
        "passed": pl.col("numerator").cast(pl.Int64),
        "judged": pl.col("denominator").cast(pl.Int64),
        "orders": pl.col("units"),
        "orders_failing": pl.col("failed_units"),
        "note": _note(threshold),
    }
    ordered = named.with_columns(**columns).sort(
        pl.col("scope").cast(scopes), pl.col("dimension").cast(dimensions), "key"
    )
    return ordered.select("scope", "dimension", *SHOWN)


def _note(threshold: int) -> pl.Expr:
    """Why there is no number, or what the numbers count if not orders."""
    return (
        pl.when("is_hidden")
        .then(pl.lit(f"hidden: a number below {threshold}, or one that would reveal such a number"))
        .when(pl.col("score").is_null())
        .then(pl.lit(NOTHING))
        .when(counts_deliveries)
        .then(pl.lit("deliveries, no orders"))
    )


def league_of(published: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """The forces in one dimension, best first; those without a shown score last, by code."""
    of_forces = published.filter((pl.col("scope") == "force") & (pl.col("dimension") == measure.dimension))
    return of_forces.sort("score", "key", descending=[True, False], nulls_last=True).select(SHOWN)


def draw_league(published: pl.DataFrame, measure: Measure) -> Figure:
    """A point a force with its interval, and how many orders it rests on; a dashed line for all forces together."""
    table = league_of(published, measure)
    shown = table.filter(pl.col("score").is_not_null())
    hidden = table.filter(pl.col("note").str.starts_with("hidden")).height
    drawn = shown.with_columns(label=pl.format("{} ({} orders)", "name", "orders"))
    chart = draw_points(drawn, measure.dimension, rates=_rate_of_police(published, measure))
    caption = (
        "The point is the score, the line through it its 95 % interval: forces whose intervals overlap are not ranked "
        "by it. Dashed: PNC and PND together. "
        f"{shown.height} forces are shown, {hidden} hidden, {table.height - shown.height - hidden} had {NOTHING}."
    )
    return Figure(f"{measure.dimension.capitalize()} by force", caption, chart, table)


def _rate_of_police(published: pl.DataFrame, measure: Measure) -> Sequence[float]:
    """The rate of the PNC and the PND together, where both are shown."""
    keys = [key for _, key in POLICE_PARTS]
    at = (pl.col("scope") == "source") & pl.col("key").is_in(keys) & (pl.col("dimension") == measure.dimension)
    rows = published.filter(at & pl.col("score").is_not_null())
    rate = rows.select(pl.col("passed").sum() / pl.col("judged").sum()).item()
    return [rate] if rows.height == len(keys) else []


def write_publication(published: pl.DataFrame, folder: Path, *, as_of: date, threshold: int) -> tuple[Path, ...]:
    """Write `quality.csv`, `quality.xlsx`, `index.html` and a chart a league table, `league-<dimension>.svg`.

    Args:
        published: from `publish_scores`.
        folder: is made if it is missing; files of these names are replaced.
        as_of: the night of the release.
        threshold: what was hidden below.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = [draw_league(published, measure) for measure in MEASURES]
    leagues = [ReportPart.of_table(figure.title, figure.caption, figure.table, figure.svg) for figure in figures]
    charts = {
        folder / f"league-{measure.dimension}.svg": league for measure, league in zip(MEASURES, leagues, strict=True)
    }
    for path, league in charts.items():
        path.write_text(str(league.svg), encoding="utf-8")
    about = introduction(as_of, threshold, published)
    page = write_page("Quality of the order records", about, [*leagues, *_other_tables(published)])
    (folder / "index.html").write_text(page, encoding="utf-8")
    published.write_csv(folder / "quality.csv")
    write_workbook(published, folder / "quality.xlsx", about)
    return (*charts, *(folder / name for name in ("index.html", "quality.csv", "quality.xlsx")))


def introduction(as_of: date, threshold: int, published: pl.DataFrame) -> list[str]:
    """What a reader has to know: what the scores are, what is hidden and why."""
    hidden = published.filter(pl.col("note").str.starts_with("hidden")).height
    scores = (
        f"Records of slavery and trafficking orders as they were on {as_of:%d %B %Y}. A score is what passed by what "
        "was judged; low and high are the ends of its 95 % interval (Wilson, the values of one order taken together). "
        "Where nothing was judged there is no score."
    )
    hiding = (
        f"Numbers below {threshold} are hidden, and further numbers where a hidden one could be worked out from a "
        f"total: {hidden} of {published.height} scores. 0 is shown."
    )
    dimensions = [f"{measure.dimension.capitalize()}: {measure.formula}. {measure.limits}" for measure in MEASURES]
    return [scores, hiding, *dimensions]


def _other_tables(published: pl.DataFrame) -> list[ReportPart]:
    """What is judged together but for forces, a table each."""
    return [
        ReportPart.of_table(
            f"By {title}" if scope != "all" else "All sources together",
            "Every dimension with its parts.",
            published.filter(pl.col("scope") == scope).select("dimension", *SHOWN),
        )
        for scope, title in TITLES.items()
        if scope != "force"
    ]


def write_workbook(published: pl.DataFrame, path: Path, about: Sequence[str]) -> None:
    """A workbook with a sheet that explains, and one a scope."""
    with new_workbook(path, strings_to_formulas=False, strings_to_urls=False) as book:
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("Read first")
        sheet.set_column(0, 0, 110, wrapped)
        sheet.write_column(0, 0, about)
        for scope, name in SHEETS.items():
            rows = published.filter(pl.col("scope") == scope).drop("scope")
            rows.write_excel(book, name, column_formats=dict.fromkeys(("score", "low", "high"), "0.0%"), autofit=True)
