"""Which cases of a test with many run at every change, and which, as further examples of the same, with the long tests.

Belongs here: how cases are parted. Does not: what is promised; a test says that where its cases are.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import pytest


def first_of_each(
    promise: Callable[..., Hashable], names: str | tuple[str, ...], cases: Iterable[Any]
) -> pytest.MarkDecorator:
    """`parametrize`, all cases but the first of each promise long. `promise` says what the values of a case show."""
    seen: set[Hashable] = set()
    parted = []
    for case in cases:
        shows = promise(*_values(case))
        parted.append(_long(case) if shows in seen else case)
        seen.add(shows)
    return pytest.mark.parametrize(names, parted)


def one_in(count: int, names: str | tuple[str, ...], cases: Iterable[Any]) -> pytest.MarkDecorator:
    """`parametrize`, all cases but one in so many long, the first among them: more examples of one promise."""
    return pytest.mark.parametrize(names, [_long(case) if place % count else case for place, case in enumerate(cases)])


def _values(case: Any) -> tuple[Any, ...]:
    return case.values if hasattr(case, "marks") else (case,)


def _long(case: Any) -> Any:
    marks = getattr(case, "marks", ())
    return pytest.param(*_values(case), id=getattr(case, "id", None), marks=(*marks, pytest.mark.long))
