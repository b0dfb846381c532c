"""The answer of a study in a few sentences, and what to beware of.

Belongs here: the summary. Does not: sections with tables and pictures (`study.effect.report_sections`).

No sentence says that an order caused anything: a register without a group to compare with can't show that.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from study.effect.study import Study
from study.effect.study_data import NOT_KNOWN
from warehouse.wording import count_words

DAYS: Final = {"start_on": "the day the order takes effect", "made_on": "the day the order was made"}
CAUTION: Final = (
    "This is what happened before and after, and not what the orders did. Orders are sought when things are at their "
    "worst, and things at their worst tend to get better by themselves (see what selection alone would show). No "
    "source holds time in custody. Without similar people who had no order, a register can't separate these from an "
    "effect."
)


def summarise_study(study: Study) -> list[str]:
    """The answer in a few sentences, and what to beware of in these data."""
    asked, cohort, overall = study.settings, study.cohort, study.overall
    where = f" of region {asked.region}" if asked.region else ""
    with_windows = count_words(cohort.with_windows.height, "has", "have")
    eligible = count_words(cohort.eligible.height, "is", "are")
    who = (
        f"{cohort.eligible.height} of {cohort.orders.height} full {asked.order_type} orders{where} can be studied: "
        f"{with_windows} {asked.window_months} months before and after within the data "
        f"({study.covered.first} to {study.covered.last}), and of these {eligible} eligible. "
        f"Day 0 is {DAYS[asked.day_zero]}."
    )
    what = (
        f"The people bound were arrested {_times(overall['before'])} before and {_times(overall['after'])} after: "
        f"{_change_in_words(overall)}."
    )
    return [who, what, CAUTION, *_warnings(study)]


def _times(arrests: float | None) -> str:
    return count_words(round(arrests or 0), "time", "times")


def _change_in_words(overall: Mapping[str, float | None]) -> str:
    change, low, high = (overall[name] for name in ("change_percent", "low_percent", "high_percent"))
    if change is None:
        return "no percentage, since there was none before"
    interval = (
        f" (95 % interval {low:+.0f} to {high:+.0f} %)" if low is not None else " (too few people for an interval)"
    )
    return f"a change of {change:+.0f} %{interval}"


def _warnings(study: Study) -> Iterator[str]:
    eligible, events = study.cohort.eligible, study.events
    regions = eligible["region_code"].drop_nulls().unique().to_list()
    if len(regions) == 1 and not study.settings.region:
        yield f"Beware: all eligible orders are from one region ({regions[0]}). The figures say nothing of others."
    people = eligible["subject_id"].n_unique()
    if people < eligible.height:
        who = "person" if people == 1 else "people"
        yield f"{eligible.height} eligible orders bind {people} {who}: an arrest may lie in the windows of two orders."
    is_empty = (pl.col("measure") == "arrests") & (pl.col("before") == 0)
    empty = study.changes.filter(is_empty)["category"].to_list()
    if empty:
        yield f"No arrests before in: {', '.join(empty)}. There is no percentage where there was nothing."
    unknown, unscored = (events["category"] == NOT_KNOWN).sum(), (~events["is_scored"]).sum()
    if unknown:
        yield f"The offence of {unknown} arrests is not known: they count overall and in no category."
    if unscored:
        yield f"{unscored} of {events.height} arrests have no days of harm and count 0 in it."
