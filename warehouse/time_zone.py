"""The time zone of all sources: a night, a hearing and a disclosure are of a day in London."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")


def day_in_london(moment: datetime) -> date:
    """The day that it was in London at a moment."""
    return moment.astimezone(LONDON).date()


def today() -> date:
    """The day that has begun in London; in summer it begins an hour before that of UTC."""
    return datetime.now(LONDON).date()
