"""Which orders can be studied: the funnel from all orders to the eligible ones, with why each one drops out.

Belongs here: windows, what the data cover, eligibility. Does not: arrests within the windows (`study.effect.measures`).
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from study.effect.study_data import StudyData
from study.effect.study_settings import StudyError, StudySettings

NO_DAY, NO_BEFORE, NO_AFTER = (
    "its day 0 is not known",
    "the window before starts too early",
    "the window after is not over",
)
ELIGIBILITY: Final = {
    "the start is in dispute": "is_start_settled",
    "the length is not known, or in dispute": "is_length_settled",
    "no condition is known": "is_conditions_known",
    "neither a PNC ID nor an arrest is known": "is_history_known",
}
"""Why an order with both windows is left out, and the column that must hold; the first that fails counts."""


LONGEST_MONTH: Final = 31
"""In days."""


@dataclass(frozen=True)
class Coverage:
    """The days from which and up to which the sources hold arrests."""

    first: date
    last: date


@dataclass(frozen=True, eq=False)
class Cohort:
    """The full orders asked about.

    Attributes:
        orders: their data with `day_zero`, `from_day` (first day of the window before), `to_day` (the day after
            the window after), `has_windows`, `reason` (why it drops out; null if eligible).
    """

    orders: pl.DataFrame

    @cached_property
    def with_windows(self) -> pl.DataFrame:
        """The orders with both windows."""
        return self.orders.filter("has_windows")

    @cached_property
    def eligible(self) -> pl.DataFrame:
        """The orders that can be studied."""
        return self.orders.filter(pl.col("reason").is_null())

    def funnel(self) -> pl.DataFrame:
        """`step`, `orders`: how many are left at each step, and in between how many drop out and why."""
        counts = dict(self.orders["reason"].value_counts().rows())
        dropped = [(f"left out: {reason}", -counts.get(reason, 0)) for reason in (NO_DAY, NO_BEFORE, NO_AFTER)]
        doubtful = [(f"left out: {reason}", -counts.get(reason, 0)) for reason in ELIGIBILITY]
        rows = [
            ("all full orders of the type", self.orders.height),
            *dropped,
            ("with both windows within the data", self.with_windows.height),
            *doubtful,
            ("eligible", self.eligible.height),
        ]
        return pl.DataFrame(rows, schema={"step": pl.String, "orders": pl.Int64}, orient="row")


def find_coverage(data: StudyData, settings: StudySettings, *, as_of: date) -> Coverage:
    """The days that the data cover, by the settings, or from the first arrest to the date of the release.

    Raises:
        StudyError: there are no arrests, or they can't cover the days asked for.
    """
    last = settings.covered_until or as_of
    first = settings.covered_from or data.arrests["arrested_on"].min()
    if not isinstance(first, date):
        raise StudyError("the register links no arrest to a subject: there is nothing to count")
    if last > as_of:
        raise StudyError(f"arrests up to {last} are asked for, and the release is of {as_of}: choose an earlier day")
    if first >= last:
        raise StudyError(f"the data would cover nothing from {first} to {last}: choose an earlier first day")
    return Coverage(first, last)


def select_cohort(data: StudyData, settings: StudySettings, covered: Coverage) -> Cohort:
    """The full orders of the type and region asked for, each with its windows and why it drops out.

    The window before is `[day 0 - n months, day 0)`, the window after `[day 0, day 0 + n months)`. Where no day of
    start is known, the date of order stands for it, as in law.
    """
    asked = data.orders.filter((pl.col("order_type") == settings.order_type) & ~pl.col("is_interim"))
    if settings.region is not None:
        asked = asked.filter(pl.col("region_code") == settings.region)
    months = f"{settings.window_months}mo"
    windows = asked.with_columns(day_zero=pl.coalesce(settings.day_zero, "made_on")).with_columns(
        from_day=pl.col("day_zero").dt.offset_by(f"-{months}"), to_day=pl.col("day_zero").dt.offset_by(months)
    )
    late = pl.col("to_day") > pl.lit(covered.last).dt.offset_by("1d")
    lacking = (
        pl.when(pl.col("day_zero").is_null())
        .then(pl.lit(NO_DAY))
        .when(pl.col("from_day") < covered.first)
        .then(pl.lit(NO_BEFORE))
        .when(late)
        .then(pl.lit(NO_AFTER))
    )
    doubts = pl.coalesce(pl.when(~pl.col(column)).then(pl.lit(reason)) for reason, column in ELIGIBILITY.items())
    judged = windows.with_columns(has_windows=lacking.is_null(), reason=pl.coalesce(lacking, doubts))
    return Cohort(judged.sort("order_id"))


def require_eligible(cohort: Cohort, data: StudyData, settings: StudySettings, covered: Coverage) -> None:
    """Stop where nothing can be studied.

    Raises:
        StudyError: there is no such order, none has both windows, or none is eligible; what there is to choose from.
    """
    where = f" in {settings.region}" if settings.region else ""
    if cohort.orders.is_empty():
        raise StudyError(f"the release holds no full {settings.order_type}{where}: it has {_held(data)}")
    if cohort.with_windows.is_empty():
        raise StudyError(
            f"no {settings.order_type}{where} has {settings.window_months} months before and after within the data "
            f"({covered.first} to {covered.last}): choose a shorter window, at most {_longest(cohort, covered)} months"
        )
    if cohort.eligible.is_empty():
        reasons = "; ".join(
            f"{n} because {reason}" for reason, n in cohort.with_windows["reason"].value_counts().rows()
        )
        raise StudyError(f"no {settings.order_type}{where} is eligible: {reasons}")


def _held(data: StudyData) -> str:
    """The full orders that there are, by type and region."""
    held = data.orders.filter(~pl.col("is_interim")).group_by("order_type", "region_code").len()
    named = held.sort("order_type", "region_code").with_columns(pl.col("region_code").fill_null("no region"))
    return ", ".join(f"{count} {kind} in {region}" for kind, region, count in named.rows()) or "none"


def _longest(cohort: Cohort, covered: Coverage) -> int:
    """The most months that the data cover before and after one of the orders, to within a month."""
    day_zero = pl.col("day_zero")
    either_side = pl.min_horizontal(day_zero - covered.first, pl.lit(covered.last) - day_zero).dt.total_days()
    return max(cohort.orders.select(either_side.max()).item() or 0, 0) // LONGEST_MONTH
