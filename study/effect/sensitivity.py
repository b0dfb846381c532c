"""How far the answer depends on choices: day 0, window, overlapping orders, re-arrests, offences, harm, custody.

Belongs here: the list of other choices, and the change that each would give. Does not: how a change is measured.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from reconciliation.statutes import BREACH_OFFENCES
from study.effect.cohort import Cohort, Coverage, select_cohort
from study.effect.harm import Assumed
from study.effect.measures import CHANGE_SCHEMA, count_by_person, find_events, measure_changes
from study.effect.study_data import StudyData
from study.effect.study_settings import OVERALL, DayZero, StudySettings

"""Offences under an order (MSA s.30): they can't happen before one."""
WINDOWS: Final = (6, 12, 18, 24, 36)
REARREST_DAYS: Final = 28
CUSTODY_MONTHS: Final = (3, 6, 12)
SCHEMA: Final = {"measure": pl.String, "choice": pl.String, "people": pl.Int64} | {
    name: CHANGE_SCHEMA[name]
    for name in ("before", "after", "change_percent", "low_percent", "high_percent", "p_wilcoxon")
}


@dataclass(frozen=True)
class Choice:
    """Another way to do the study.

    Attributes:
        settings: what is asked.
        narrow: which of the eligible orders stay.
        drop: arrests that do not count.
    """

    title: str
    measure: str
    settings: StudySettings
    narrow: Callable[[Cohort, StudyData], Cohort] = lambda cohort, _data: cohort
    drop: pl.Expr = pl.lit(value=False)  # noqa: RUF009  # an expression never changes


def choices(settings: StudySettings) -> list[Choice]:
    """The study as asked, and one choice at a time changed."""
    other_day: DayZero = "made_on" if settings.day_zero == "start_on" else "start_on"
    words: dict[DayZero, str] = {"made_on": "day 0 is the date of order", "start_on": "day 0 is the day of start"}
    windows = [months for months in WINDOWS if months != settings.window_months]
    by_harm: dict[Assumed, str] = {
        "low": "days for the 2015 Act at their lowest",
        "high": "days for the 2015 Act at their highest",
    }
    return [
        Choice("as asked", "arrests", settings),
        *(Choice(f"windows of {n} months", "arrests", replace(settings, window_months=n)) for n in windows),
        Choice(words[other_day], "arrests", replace(settings, day_zero=other_day)),
        Choice("arrests on day 0 count before", "arrests", replace(settings, day_zero_counts="before")),
        Choice("arrests on day 0 left out", "arrests", replace(settings, day_zero_counts="no")),
        Choice("doubtful orders kept", "arrests", settings, narrow=_with_doubtful),
        Choice("only people with one order in the windows", "arrests", settings, narrow=_without_overlaps),
        Choice("only orders that bound for the whole window", "arrests", settings, narrow=_that_bound),
        Choice(
            f"re-arrests within {REARREST_DAYS} days count once",
            "arrests",
            replace(settings, rearrest_days=REARREST_DAYS),
        ),
        Choice("without breaches of orders", "arrests", settings, drop=pl.col("offence_code").is_in(BREACH_OFFENCES)),
        Choice("as asked", "harm", settings),
        *(
            Choice(title, "harm", replace(settings, harm=settings.harm.with_assumed(name)))
            for name, title in by_harm.items()
        ),
        Choice("no days for the 2015 Act", "harm", replace(settings, harm=settings.harm.with_assumed("none"))),
    ]


def compare_choices(data: StudyData, covered: Coverage, asked: Iterable[Choice]) -> pl.DataFrame:
    """The overall change by each choice: a row each (`SCHEMA`), none where no order is left."""
    rows = [row for choice in asked if (row := _measure(data, covered, choice)) is not None]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *rows])


def _measure(data: StudyData, covered: Coverage, choice: Choice) -> pl.DataFrame | None:
    cohort = choice.narrow(select_cohort(data, choice.settings, covered), data)
    if cohort.eligible.is_empty():
        return None
    events = find_events(cohort.eligible, data.arrests.filter(~choice.drop), choice.settings)
    is_asked = (pl.col("measure") == choice.measure) & (pl.col("category") == OVERALL)
    counts = count_by_person(cohort, events).filter(is_asked)
    changes = measure_changes(counts, choice.settings)
    return changes.with_columns(choice=pl.lit(choice.title), people=pl.lit(counts.height, pl.Int64)).select(*SCHEMA)


def _with_doubtful(cohort: Cohort, _data: StudyData) -> Cohort:
    return Cohort(cohort.with_windows.with_columns(reason=pl.lit(None, pl.String)))


def _without_overlaps(cohort: Cohort, data: StudyData) -> Cohort:
    """Without people who have another order, interim ones too, that began within the windows or bound in them."""
    others = data.orders.select("subject_id", pl.col("order_id").alias("other_id"), "start_on", "made_on", "ended_on")
    pairs = cohort.orders.join(others, on="subject_id").filter(pl.col("order_id") != pl.col("other_id"))
    begins = pl.coalesce("start_on_right", "made_on_right")
    is_over = (pl.col("ended_on_right") < pl.col("from_day")).fill_null(value=False)
    overlaps = pairs.filter((begins < pl.col("to_day")).fill_null(value=True) & ~is_over)
    return Cohort(cohort.orders.join(overlaps, on="order_id", how="anti"))


def _that_bound(cohort: Cohort, _data: StudyData) -> Cohort:
    """Orders not known to have ended before the window after was over; the last day of an order belongs to it."""
    ended_early = pl.col("ended_on") < pl.col("to_day").dt.offset_by("-2d")
    return Cohort(cohort.orders.filter(~ended_early.fill_null(value=False)))


def suppose_custody(before: float, after: float, *, window_months: int) -> pl.DataFrame:
    """The change in arrests for each month at liberty, if everybody had spent so long in custody after the order.

    No source holds time in custody: these are suppositions, and the rows say how much depends on it.

    Returns:
        `months_in_custody`, `change_percent`.
    """
    rows = [
        (months, 100 * ((after / (window_months - months)) / (before / window_months) - 1))
        for months in (0, *CUSTODY_MONTHS)
        if months < window_months and before
    ]
    return pl.DataFrame(rows, schema={"months_in_custody": pl.Int64, "change_percent": pl.Float64}, orient="row")
