"""The pages about models: what a set learned, and what it would change, as pictures and tables.

Belongs here: what the pages show. Does not: the figures (`matching.engine.diagnostics`, `cli.model_changes`).
Levels, counts and record ids only, no personal data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import altair as alt
import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cli.model_changes import ModelChanges
from cli.shown import text_of
from matching.compared_orders import Compared
from matching.engine import charts
from matching.engine.blocking_loss import estimate_blocking_loss, tabulate_blocking
from matching.engine.diagnostics import (
    tabulate_calibration,
    tabulate_correlation,
    tabulate_shares,
    tabulate_thresholds,
    tabulate_unlinkable,
    weigh_against_themselves,
)
from matching.engine.evaluation import calibrate, weigh_labels
from matching.engine.parameters import Parameters
from matching.engine.scores import Scores
from matching.engine.weights import probabilities
from matching.trained import Models

SHOWN_ROWS = 100
# Weights that moved by less than this change next to nothing.
MOVED = 0.1


@dataclass(frozen=True)
class ReportColumn:
    """A column of a table on a page."""

    name: str
    is_number: bool


@dataclass(frozen=True)
class ReportPart:
    """A part of a page: a picture if there is one, and a table."""

    title: str
    caption: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int
    svg: str | None = None

    @classmethod
    def of_table(cls, title: str, caption: str, table: pl.DataFrame, svg: str | None = None) -> "ReportPart":
        """A table, of which the first rows are shown, unless it stands below a picture."""
        shown = table if svg else table.head(SHOWN_ROWS)
        return cls(
            title=title,
            caption=caption,
            columns=tuple(
                ReportColumn(name.replace("_", " "), kind.is_numeric()) for name, kind in table.schema.items()
            ),
            rows=tuple(tuple(map(text_of, row)) for row in shown.iter_rows()),
            more=table.height - shown.height,
            svg=svg,
        )

    @classmethod
    def of_figure(cls, figure: charts.Figure, about: str) -> "ReportPart":
        """A picture with its table."""
        return cls.of_table(f"{about}: {figure.title}", figure.caption, figure.table, figure.svg)


def write_page(title: str, introduction: Sequence[str], sections: Sequence[ReportPart]) -> str:
    """The page as HTML; it loads nothing from anywhere."""
    return page_template("models.html").render(title=title, introduction=introduction, sections=sections)


def page_template(name: str) -> Template:
    """A page of this folder, to be filled."""
    environment = Environment(
        loader=PackageLoader("cli", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def describe_changes(changes: ModelChanges, old: Models, new: Models) -> list[ReportPart]:
    """What other models would change, and which of their weights moved."""
    return [
        ReportPart.of_table("What would change", "Counts; their keys follow.", changes.counts()),
        ReportPart.of_table(
            "Decided pairs",
            "What the old and the new models make of the pairs that stewards decided, without knowing the decisions: "
            "precision and recall with 95 % intervals. These pairs were in doubt: of other pairs it says little.",
            changes.measures,
        ),
        ReportPart.of_table(
            "Decided pairs judged differently",
            "Pairs that stewards decided, and what each of the models makes of them without knowing the decisions. A "
            "pair that is lost was right by the models in force.",
            changes.labels,
        ),
        ReportPart.of_table(
            "Orders and persons that would change",
            "Record ids by what becomes of their order or person.",
            changes.clusters,
        ),
        ReportPart.of_table(
            "Pairs that cross the threshold of one order",
            "Weight above the threshold by the old and the new models; a dash where it is too far below to be kept.",
            changes.pairs,
        ),
        *(
            ReportPart.of_figure(draw_moves(before, after), after.model)
            for before, after in ((old.person, new.person), (old.order, new.order))
        ),
    ]


def describe_models(models: Models, compared: Compared, labels: pl.DataFrame) -> list[ReportPart]:
    """What a set of models learned, and what it makes of the records of a night."""
    scores = compared.persons.score(models.person)
    figures = [
        charts.draw_blocking_loss(estimate_blocking_loss(compared.persons, scores)),
        charts.draw_thresholds(tabulate_thresholds(scores.weights)),
        charts.draw_calibration(tabulate_calibration(probabilities(scores.weights))),
        charts.draw_unlinkable(tabulate_unlinkable(weigh_against_themselves(scores))),
    ]
    learned = [(models.person, compared.persons), (models.order, compared.orders)]
    tables = [(parameters.model, tabulate_shares(parameters, linkage)) for parameters, linkage in learned]
    return [
        *(
            ReportPart.of_figure(draw(table), about)
            for about, table in tables
            for draw in (charts.draw_weights, charts.draw_shares)
        ),
        ReportPart.of_table(
            "Blocking rules",
            "Pairs each rule makes, those that only it makes, and what it left out because a block cost too much.",
            tabulate_blocking(compared.persons),
        ),
        *(ReportPart.of_figure(figure, models.person.model) for figure in figures),
        *_calibrated(scores, models.person.model, labels),
        ReportPart.of_table(
            f"{models.person.model}: comparisons that say the same thing",
            "Association of the levels from 0 to 1, and correlation of their weights: above 0 they count double.",
            tabulate_correlation(compared.persons, scores).sort("association", descending=True, nulls_last=True),
        ),
    ]


def _calibrated(scores: Scores, about: str, labels: pl.DataFrame) -> list[ReportPart]:
    """Weights of persons beside what stewards decided; nothing where they decided nothing."""
    decided = labels.filter(pl.col("level") == "person")
    if decided.is_empty():
        return []
    tables = (pl.lit(scores.tables[0]).alias(name) for name in ("left_table", "right_table"))
    labelled = weigh_labels(
        scores, decided.select(*tables, pl.col("left_id").alias("left"), pl.col("right_id").alias("right"), "is_match")
    )
    chances, is_match = (labelled.get_column(name).to_numpy() for name in ("probability", "is_match"))
    figure = charts.draw_calibration(tabulate_calibration(chances, is_match))
    line = calibrate(labelled)
    caption = f"{figure.caption} Calibration: {line.slope:.3g} × weight {line.intercept:+.3g} ({line.basis})."
    return [ReportPart.of_figure(replace(figure, caption=caption), f"{about}, decided pairs")]


def tabulate_moves(old: Parameters, new: Parameters) -> pl.DataFrame:
    """Levels whose weight moved, the most moved first: `comparison`, `level`, `old`, `new`, `moved`."""
    before, after = (tabulate_shares(parameters).select("comparison", "level", "weight") for parameters in (old, new))
    both = before.rename({"weight": "old"}).join(after.rename({"weight": "new"}), on=["comparison", "level"])
    moved = both.with_columns(moved=pl.col("new") - pl.col("old")).filter(pl.col("moved").abs() >= MOVED)
    return moved.sort(pl.col("moved").abs().round(6), "comparison", "level", descending=[True, False, False])


def draw_moves(old: Parameters, new: Parameters) -> charts.Figure:
    """From the old to the new weight of each level that moved."""
    table = tabulate_moves(old, new)
    drawn = table.head(SHOWN_ROWS).with_columns(step=pl.format("{}: {}", "comparison", "level"))
    order = drawn.get_column("step").to_list()
    base = alt.Chart(drawn).encode(y=alt.Y("step:N", title=None, sort=order, axis=charts.WORDS))
    spans = base.mark_rule(color=charts.GREY).encode(
        x=alt.X("old:Q", title="weight (log2 m/u): ○ old, ◆ new"), x2="new:Q"
    )
    former = base.mark_point(shape="circle", size=50, color=charts.BLUE, opacity=1).encode(x="old:Q")
    latter = base.mark_point(shape="diamond", size=60, filled=True, color=charts.ORANGE, opacity=1).encode(x="new:Q")
    return charts.Figure(
        "Weights that moved",
        f"Levels whose weight moved by {MOVED} or more, from the circle (old) to the diamond (new).",
        alt.layer(spans, former, latter).properties(width=charts.WIDTH, height=alt.Step(charts.ROW)),
        table,
    )
