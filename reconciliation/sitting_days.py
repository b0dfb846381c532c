"""Days on which courts sit: not on Sundays or bank holidays; on Saturdays magistrates' courts alone.

Belongs here: the days. Does not: what follows from a day on which no court sits. Bank holidays are those of the nation
of the court (Banking and Financial Dealings Act 1971), kept by the `holidays` package; sittings on Saturdays are known
practice of listing, not law.
"""

from datetime import date
from functools import cache
from typing import Final

import holidays
import polars as pl

from warehouse.codes import reference

YEARS: Final = range(2015, 2041)
"""From the first orders on; later days are judged by the day of the week alone."""

SUBDIVISIONS: Final = {"England and Wales": "ENG", "Scotland": "SCT", "Northern Ireland": "NIR"}
"""By jurisdiction, as the package calls them; Wales has the bank holidays of England."""

SITTING_ON_SATURDAY: Final = ("magistrates", "youth")
SATURDAY: Final = 6


@cache
def bank_holidays(jurisdiction: str) -> frozenset[date]:
    """The bank holidays of a jurisdiction; none of one that is not known."""
    subdivision = SUBDIVISIONS.get(jurisdiction)
    if subdivision is None:
        return frozenset()
    return frozenset(holidays.country_holidays("GB", subdiv=subdivision, years=YEARS))


def sits_on(day: date, *, jurisdiction: str, court_type: str) -> bool:
    """Whether a court of that kind sits on a day."""
    is_weekday = day.isoweekday() < SATURDAY or (day.isoweekday() == SATURDAY and court_type in SITTING_ON_SATURDAY)
    return is_weekday and day not in bank_holidays(jurisdiction)


def is_sitting_day(day: pl.Expr, court_code: pl.Expr) -> pl.Expr:
    """Whether the court of each row sits on a day; of a court that is not known, whether any court does."""
    courts = reference("courts")
    facts = {
        name: court_code.replace_strict(courts["code"], courts[name], default=None, return_dtype=pl.String)
        for name in ("jurisdiction", "court_type")
    }
    is_saturday = facts["court_type"].is_in(SITTING_ON_SATURDAY).fill_null(value=True)
    is_holiday = pl.any_horizontal(
        (facts["jurisdiction"] == name) & day.is_in(sorted(bank_holidays(name))) for name in SUBDIVISIONS
    )
    return ((day.dt.weekday() < SATURDAY) | ((day.dt.weekday() == SATURDAY) & is_saturday)) & ~is_holiday.fill_null(
        value=False
    )
