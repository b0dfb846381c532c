"""Days on which courts sit."""

from datetime import date

import polars as pl
import pytest

from reconciliation.sitting_days import is_sitting_day, sits_on
from warehouse.codes import reference

SATURDAY, SUNDAY = date(2021, 4, 10), date(2021, 4, 11)


@pytest.mark.parametrize(
    ("day", "jurisdiction", "court_type", "sits"),
    [
        pytest.param(date(2021, 4, 9), "England and Wales", "crown", True, id="a Friday"),
        pytest.param(SATURDAY, "England and Wales", "magistrates", True, id="magistrates sit on Saturdays"),
        pytest.param(SATURDAY, "England and Wales", "crown", False, id="no Crown Court sits on a Saturday"),
        pytest.param(SUNDAY, "England and Wales", "magistrates", False, id="a Sunday"),
        pytest.param(date(2021, 5, 3), "England and Wales", "crown", False, id="early May bank holiday"),
        pytest.param(date(2021, 4, 5), "England and Wales", "crown", False, id="Easter Monday in England"),
        pytest.param(date(2021, 4, 5), "Scotland", "sheriff", True, id="Easter Monday is no holiday in Scotland"),
        pytest.param(date(2021, 11, 30), "Scotland", "sheriff", False, id="St Andrew's Day in Scotland"),
        pytest.param(date(2021, 11, 30), "England and Wales", "crown", True, id="St Andrew's Day in England"),
        pytest.param(date(2021, 7, 12), "Northern Ireland", "crown", False, id="12 July in Northern Ireland"),
        pytest.param(date(2022, 9, 19), "England and Wales", "crown", False, id="a holiday by proclamation"),
    ],
)
def test_a_court_sits(day, jurisdiction, court_type, sits):
    assert sits_on(day, jurisdiction=jurisdiction, court_type=court_type) is sits


def test_a_frame_of_courts_and_days_is_judged_as_each_court_and_day_is():
    courts = reference("courts").select(court_code="code", jurisdiction="jurisdiction", court_type="court_type")
    days = pl.DataFrame({"day": [SATURDAY, SUNDAY, date(2021, 4, 5), date(2021, 7, 12), date(2021, 11, 30)]})
    judged = courts.join(days, how="cross").with_columns(sits=is_sitting_day(pl.col("day"), pl.col("court_code")))
    for row in judged.to_dicts():
        assert row["sits"] is sits_on(row["day"], jurisdiction=row["jurisdiction"], court_type=row["court_type"])


@pytest.mark.parametrize(
    ("day", "sits"),
    [
        pytest.param(SATURDAY, True, id="a Saturday, on which it may sit"),
        pytest.param(SUNDAY, False, id="a Sunday"),
        pytest.param(date(2021, 5, 3), True, id="a bank holiday of a nation that may not be its own"),
    ],
)
def test_of_a_court_that_is_not_known_it_is_asked_whether_any_sits(day, sits):
    frame = pl.DataFrame({"day": [day], "court_code": [None]}, schema={"day": pl.Date, "court_code": pl.String})
    assert frame.select(is_sitting_day(pl.col("day"), pl.col("court_code"))).item() is sits
