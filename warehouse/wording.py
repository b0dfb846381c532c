"""Words for numbers and days, as commands, reports and the desk say them."""

from datetime import date


def count_words(number: int, one: str, many: str) -> str:
    """A number with what it counts: `1 item`, `2 items`."""
    return f"{number:,} {one if number == 1 else many}"


def day_in_words(day: date) -> str:
    """A day as people write it: `8 June 2027`."""
    return f"{day.day} {day:%B %Y}"
