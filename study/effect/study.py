"""A study as a whole: what was asked, the orders, their arrests, and what changed.

Belongs here: the steps that every study takes. Does not: their words (`summary`, `report_sections`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from study.effect.cohort import Cohort, Coverage, find_coverage, require_eligible, select_cohort
from study.effect.measures import count_by_person, find_events, measure_changes
from study.effect.study_data import StudyData
from study.effect.study_settings import OVERALL, StudySettings


@dataclass(frozen=True, eq=False)
class Study:
    """A study, ready to be written.

    Attributes:
        settings: what was asked.
        covered: the days that the data cover.
        cohort: the orders asked about, each with why it drops out.
        events: arrests in the windows of the eligible orders.
        changes: `CHANGE_SCHEMA`.
    """

    settings: StudySettings
    covered: Coverage
    cohort: Cohort
    events: pl.DataFrame
    changes: pl.DataFrame

    @property
    def overall(self) -> Mapping[str, float | None]:
        """The change in arrests overall."""
        return self.changes.filter((pl.col("measure") == "arrests") & (pl.col("category") == OVERALL)).row(
            0, named=True
        )


def make_study(data: StudyData, settings: StudySettings, *, as_of: date) -> Study:
    """The study of what a release holds.

    Raises:
        StudyError: it can't be made as asked; the message says why and what to do.
    """
    covered = find_coverage(data, settings, as_of=as_of)
    cohort = select_cohort(data, settings, covered)
    require_eligible(cohort, data, settings, covered)
    events = find_events(cohort.eligible, data.arrests, settings)
    return Study(settings, covered, cohort, events, measure_changes(count_by_person(cohort, events), settings))
