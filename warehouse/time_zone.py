"""The time zone of all sources: a night, a hearing and a disclosure are of a day in London."""

from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
