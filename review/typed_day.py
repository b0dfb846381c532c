"""Days as people type them: in three fields, the month as a number or by name, or all in one field.

Belongs here: reading one day. Does not: the form it came with (`review.deciding.decision_request`).
"""

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

DAY_PARTS: Final = ("day", "month", "year")
MONTHS: Final[Mapping[str, int]] = {
    name[:length].lower(): number
    for number, name in enumerate(calendar.month_name)
    if name
    for length in range(3, len(name) + 1)
}
"""The numbers of the months by their names, also cut short: `sep`, `sept`, `september`."""


class DayError(ValueError):
    """No day can be read.

    Attributes:
        parts: the fields that have to be corrected: day, month or year.
    """

    def __init__(self, parts: Sequence[str], words: str) -> None:
        super().__init__(words)
        self.parts = tuple(parts)


def parse_day(parts: Sequence[str]) -> date:
    """A day from day, month and year; or from one text in the first of them, such as `4 July 2038` or `2038-07-04`.

    Raises:
        DayError: a part is missing, or there is no such day.
    """
    typed = (
        re.split(r"[\s/.,-]+", parts[0].strip()) if not any(map(str.strip, parts[1:])) else list(map(str.strip, parts))
    )
    if len(typed) == len(DAY_PARTS) and re.fullmatch(r"\d{4}", typed[0]):
        typed = typed[::-1]
    missing = [part for part, words in zip(DAY_PARTS, [*typed, "", ""], strict=False) if not words]
    if len(missing) == len(DAY_PARTS):
        raise DayError(DAY_PARTS, "enter a date, such as 31 3 2027")
    if missing:
        raise DayError(missing, f"the date must include a {' and a '.join(missing)}")
    day = re.sub(r"(st|nd|rd|th)$", "", typed[0].lower())
    month = MONTHS.get(typed[1].lower(), typed[1])
    if not re.fullmatch(r"\d{4}", typed[2]):
        raise DayError(["year"], "the year must have 4 numbers")
    try:
        return date(int(typed[2]), int(month), int(day))
    except ValueError:
        raise DayError(DAY_PARTS, "enter a real date, such as 31 3 2027") from None
