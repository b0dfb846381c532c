"""Words for numbers, as commands, reports and the desk say them."""


def count_words(number: int, one: str, many: str) -> str:
    """A number with what it counts: `1 item`, `2 items`."""
    return f"{number:,} {one if number == 1 else many}"
