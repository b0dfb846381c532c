"""Small data for tests of studies: orders and arrests by hand.

Belongs here: how such data is made. Does not: what is expected of a study.
"""

from datetime import date

import polars as pl

from study.effect.cohort import Cohort, Coverage, select_cohort
from study.effect.study_data import StudyData
from study.effect.study_settings import StudySettings

COVERED = Coverage(date(2015, 1, 1), date(2024, 12, 31))
MADE = date(2020, 3, 15)
SETTINGS = StudySettings(resamples=199)
ORDER = {
    "order_id": "O1",
    "subject_id": "S1",
    "order_type": "STRO",
    "is_interim": False,
    "region_code": "SWROCU",
    "made_on": MADE,
    "start_on": MADE,
    "ended_on": None,
    "is_start_settled": True,
    "is_length_settled": True,
    "is_conditions_known": True,
    "is_history_known": True,
}
COCAINE, SERVITUDE, BURGLARY = "MD71130", "MS15001", "TH68026"


def order(number: int = 1, **changes: object) -> dict[str, object]:
    """An eligible order of a person of its own, changed as asked."""
    return ORDER | {"order_id": f"O{number}", "subject_id": f"S{number}"} | changes


def arrest(on: date, *, of: int = 1, offence: str | None = BURGLARY) -> dict[str, object]:
    """An arrest of a person on a day."""
    return {"subject_id": f"S{of}", "arrested_on": on, "offence_code": offence}


def data(orders: list[dict[str, object]], arrests: list[dict[str, object]] = ()) -> StudyData:
    """StudyData of orders and arrests, the arrests numbered."""
    schema = {"subject_id": pl.String, "arrested_on": pl.Date, "offence_code": pl.String}
    held = pl.DataFrame(list(arrests), schema=schema).with_row_index("number")
    return StudyData.of(
        pl.DataFrame(orders, schema_overrides={"ended_on": pl.Date, "start_on": pl.Date, "region_code": pl.String}),
        held.with_columns(arrest_id=pl.format("A{}", "number")),
    )


def cohort_of(*orders: dict[str, object], settings: StudySettings = SETTINGS) -> Cohort:
    """The cohort of some orders."""
    return select_cohort(data(list(orders)), settings, COVERED)
