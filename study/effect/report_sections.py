"""The sections of the report: titles, captions, tables, pictures, in the order in which they are read.

Belongs here: what is shown, and how to read it. Does not: how it is worked out; HTML and files (`cli.study`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from matching.engine.charts import draw_svg
from study.effect import charts
from study.effect.by_source import REGISTER, TRUTH, compare_bases
from study.effect.cohort import select_cohort
from study.effect.harm import assumptions
from study.effect.measures import find_events
from study.effect.selection import simulate_selection
from study.effect.sensitivity import choices, compare_choices, suppose_custody
from study.effect.series import count_by_month, fit_segments
from study.effect.study import Study
from study.effect.study_data import StudyData, data_of_truth
from study.effect.true_arrests import RIGHT, count_outcomes, trace_true_arrests


@dataclass(frozen=True, eq=False)
class ReportSection:
    """A part of the report."""

    name: str
    title: str
    caption: str
    table: pl.DataFrame
    svg: str | None = None


def describe_study(study: Study, data: StudyData, *, step: Callable[[str], None]) -> Iterator[ReportSection]:
    """The sections on the register itself, in the order in which they are read."""
    yield _funnel(study)
    yield _changes(study)
    step("series by month")
    yield from _series(study)
    step("what selection alone would show")
    yield _selection(study)
    step("other choices")
    rows = compare_choices(data, study.covered, choices(study.settings))
    yield ReportSection(
        "choices",
        "How much depends on choices",
        "The overall change, one choice at a time made differently; a row is left out where no order is left. All "
        "these can be argued about: day 0 and the arrests on it (E32), overlapping orders, re-arrests, and breaches, "
        "which can't happen before an order.",
        rows,
        draw_svg(charts.draw_changes(rows, "choice", panel="measure")),
    )
    yield _custody(study)
    yield ReportSection(
        "assumed_harm",
        "Days of harm that are assumed",
        f"Used where the index ({study.settings.harm.edition}) has no row for an offence: these days are assumptions "
        "of ours, not of the index. The lowest and the highest give two rows of the table of choices.",
        _assumed_harm(),
    )


def _assumed_harm() -> pl.DataFrame:
    """The assumptions, a row for all offences that share one."""
    shared = ["low", "days", "high", "reason", "source"]
    grouped = assumptions().group_by(shared, maintain_order=True).agg("offence_code")
    return grouped.select(
        pl.col("offence_code").list.join(", ").alias("offences"),
        lowest="low",
        used="days",
        highest="high",
        reason="reason",
        source="source",
    )


def _funnel(study: Study) -> ReportSection:
    funnel = study.cohort.funnel()
    caption = (
        "Each order drops out for the first reason that holds. A window must lie wholly within the days that the data "
        "cover; start and length must be known and undisputed, a condition known, and the person's history findable."
    )
    return ReportSection("funnel", "Which orders can be studied", caption, funnel, draw_svg(charts.draw_funnel(funnel)))


def _changes(study: Study) -> ReportSection:
    edition, resamples = study.settings.harm.edition, study.settings.resamples
    caption = (
        f"Arrests, and days of harm by the Cambridge Crime Harm Index ({edition}), in the "
        f"{study.settings.window_months} months before and after. Each arrest counts once, however many sources hold "
        f"it. Lines are 95 % intervals, by drawing people {resamples:,} times. Tests compare people with themselves: "
        "Wilcoxon's signed-rank test and a permutation test; rank-biserial r is -1 if all fell and 1 if all rose. "
        "The overall rows are the question; the others are ten looks at the same people, and one in twenty looks "
        "finds something by chance."
    )
    svg = draw_svg(charts.draw_changes(study.changes, "category", panel="measure"))
    return ReportSection("changes", "Before and after", caption, study.changes, svg)


def _series(study: Study) -> Iterator[ReportSection]:
    orders = study.cohort.eligible.height
    fitted = fit_segments(count_by_month(study.events, orders=orders, window_months=study.settings.window_months))
    caption = (
        "Points are months, lines are fitted. The dashed line carries the earlier line on after day 0: nobody can "
        "observe that. A rise shortly before day 0 is what leads to an order, and no trend that would go on."
    )
    yield ReportSection("months", "Month by month", caption, fitted.months, draw_svg(charts.draw_series(fitted.months)))
    watson = "none" if fitted.durbin_watson is None else f"{fitted.durbin_watson:.2f}"
    yield ReportSection(
        "segments",
        "Did level or slope change?",
        "Segmented regression of the months, for 100 orders; the intervals allow for autocorrelation over "
        f"{fitted.lags} months (Newey-West). Durbin-Watson: {watson}; at 2 the months are independent. Empty if "
        "there are fewer than six months a side or six arrests.",
        fitted.terms,
    )


def _selection(study: Study) -> ReportSection:
    people = study.cohort.eligible["subject_id"].n_unique()
    rows = simulate_selection((study.overall["before"] or 0) / people, seed=study.settings.seed)
    return ReportSection(
        "selection",
        "What selection alone would show",
        "A simulation in which nothing has any effect: people have lasting rates of arrests, chance does the rest, "
        "and those with most arrests get an order, so many that they average what was observed before. Their arrests "
        "fall nevertheless (regression to the mean). How far depends on how much people differ and on the usual rate "
        "of all who might get an order, as a share of the one observed before: both are assumed, no source gives "
        "them. The dashed line is what was observed.",
        rows,
        draw_svg(charts.draw_selection(rows, study.overall["change_percent"])),
    )


def _custody(study: Study) -> ReportSection:
    overall = study.overall
    supposed = suppose_custody(
        overall["before"] or 0, overall["after"] or 0, window_months=study.settings.window_months
    )
    caption = (
        "People in custody are not arrested. No source holds time in custody, so this is supposition: the change for "
        "each month at liberty, had everybody spent so many months of the window after in custody, and none of that "
        "before."
    )
    return ReportSection("custody", "If people were in custody", caption, supposed)


def compare_with_sources(
    study: Study,
    data_by_basis: Mapping[str, StudyData],
    *,
    truth: Path | None,
    arrest_sources: pl.DataFrame,
) -> Iterator[ReportSection]:
    """The sections on what single sources would have shown, and on the truth of a synthetic night.

    Args:
        study: of the register.
        data_by_basis: what the sources hold, by title, then the register.
        truth: the folder of the truth; None for real deliveries.
        arrest_sources: the table of the release.

    Raises:
        FileNotFoundError: the folder holds no truth.
    """
    true = data_of_truth(truth) if truth else None
    rows = compare_bases({**data_by_basis, **({TRUTH: true} if true else {})}, study.settings, study.covered)
    yield ReportSection(
        "sources",
        "From each source alone, from all unreconciled, from the register",
        "The same study on what one source holds, and on all records without any matching: each record an order, "
        "each arrest counted as often as it is held. A percentage may come out alike from wrong numbers; the counts "
        "show it.",
        rows,
        draw_svg(charts.draw_changes(rows, "basis")),
    )
    if true and truth:
        expected = find_events(
            select_cohort(true, study.settings, study.covered).eligible, true.arrests, study.settings
        )
        traced = trace_true_arrests(
            expected, study, data_by_basis[REGISTER], arrest_sources=arrest_sources, folder=truth
        )
        yield ReportSection(
            "true_arrests",
            "What became of each true arrest",
            "Arrests in the windows of the orders that are truly eligible, by what the register made of them.",
            count_outcomes(traced),
        )
        yield ReportSection(
            "true_arrests_off",
            "Which true arrests this study can't give",
            "One by one: those of the table before that are not counted once and on the right side. Arrests and orders "
            "have the ids of the truth, what the register adds has its own.",
            traced.filter(pl.col("outcome") != RIGHT),
        )
