"""The facets of the queue: by what it can be filtered down, and the words for their values.

Belongs here: the list. Does not: counting (`review.queue.filters`), the address of a view (`review.queue.queue_view`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from expectations.discrepancies import RULES
from ledger.desk.item_work import APPROVERS
from review.item.titles import KIND_TITLES, SEVERITY_TITLES, STATUS_TITLES, source_name, title_of
from warehouse.codes import LEGAL_STATUSES, ORDER_TYPES, SEVERITIES, names_of
from warehouse.tables.register import QUEUE_KINDS
from warehouse.tables.titles import FIELD_TITLES

NOT_KNOWN: Final = "none"
"""Stands for a value that an item does not have."""
NOBODY: Final = "nobody"
MYSELF: Final = "me"
A_USER: Final = "@"
"""Begins the name of a user among assignees: a user may be called `nobody`."""
A_TEAM: Final = "team:"
"""Begins a team among assignees."""

STREAM: Final = "stream"
STREAMS: Final = {"settle": "To settle", "send": "To send"}
"""The two lists of the queue: what a steward settles, and what is sent to the owners of sources."""
STATES: Final = {
    "open": "Open",
    "claimed": "Being worked on",
    "waiting": "Waits for a second steward",
    "deferred": "Deferred",
    "decided": "Decided since the release",
}
ARRIVALS: Final = {"new": "New tonight", "reopened": "Found again", "open": "From earlier nights"}
TO_DO: Final = ("open", "claimed")
"""The states that are shown unless others are chosen."""


@dataclass(frozen=True)
class Band:
    """A range of numbers that can be chosen.

    Attributes:
        code: in the address.
        words: on the page.
        below: the first number above it; None: it has no end.
    """

    code: str
    words: str
    below: float | None = None


BANDS: Final = {
    "chance": (
        Band("seldom", "Less than 1 in 10", 0.1),
        Band("perhaps", "1 in 10 to 1 in 2", 0.5),
        Band("likely", "1 in 2 or more"),
    ),
    "age": (
        Band("week", "Up to a week", 8),
        Band("month", "Up to a month", 32),
        Band("quarter", "Up to three months", 93),
        Band("longer", "Longer"),
    ),
    "ends": (
        Band("past", "Has passed", 0),
        Band("month", "Within a month", 32),
        Band("quarter", "Within three months", 93),
        Band("year", "Within a year", 367),
        Band("later", "Later"),
    ),
}
"""Facets of numbers: how likely the register is wrong, days in the queue, days from the release to the last day."""


def band_of(name: str, number: pl.Expr) -> pl.Expr:
    """The band of a facet in which a number lies; `NOT_KNOWN` where there is none."""
    *ended, last = BANDS[name]
    bands = [pl.when(number < band.below).then(pl.lit(band.code)) for band in ended]
    known = pl.when(number.is_not_null()).then(pl.lit(last.code))
    return pl.coalesce(*bands, known, pl.lit(NOT_KNOWN)).alias(name)


@dataclass(frozen=True)
class Facet:
    """One facet.

    Attributes:
        name: in the address, and the column of the items.
        title: on the page.
        words: the words for a value.
        fixed: its values, in the order in which they are shown, if they are known beforehand; else those that the
            items have, by their words.
        has_several: an item can have several values; they are kept beside the items.
        defaults: the values that are chosen if none is named.
    """

    name: str
    title: str
    words: Callable[[str], str]
    fixed: tuple[str, ...] = ()
    has_several: bool = False
    defaults: tuple[str, ...] = ()


def _listed(words: Mapping[str, str]) -> Callable[[str], str]:
    """The words of a list; a code that is not in it stands for itself."""
    return lambda code: words.get(code, "Not known" if code == NOT_KNOWN else code.replace("_", " "))


def _pair_words(pair: str) -> str:
    return " and ".join(source_name(source) for source in pair.split("-"))


def _force_words(code: str) -> str:
    return "Not known" if code == NOT_KNOWN else title_of("force_code", code)


def _type_words(code: str) -> str:
    return "Not known" if code == NOT_KNOWN else title_of("order_type", code)


def _assignee_words(value: str) -> str:
    words = {NOBODY: "Nobody", MYSELF: "Me"}
    if value.startswith(A_TEAM):
        return team_words(value.removeprefix(A_TEAM))
    return words.get(value, value.removeprefix(A_USER))


def team_words(team: str) -> str:
    """What a team is called."""
    return "Approvers" if team == APPROVERS else f"Stewards of {title_of('force_code', team)}"


def _banded(name: str, title: str, unknown: str) -> Facet:
    words = {band.code: band.words for band in BANDS[name]} | {NOT_KNOWN: unknown}
    return Facet(name, title, _listed(words), tuple(words))


FACETS: Final = (
    Facet(STREAM, "List", _listed(STREAMS), tuple(STREAMS), defaults=("settle",)),
    Facet("state", "State", _listed(STATES), tuple(STATES), defaults=TO_DO),
    Facet("assignee", "Assigned to", _assignee_words),
    Facet("kind", "Kind", _listed(KIND_TITLES), QUEUE_KINDS),
    Facet("severity", "Severity", _listed(SEVERITY_TITLES), SEVERITIES),
    _banded("chance", "How likely it is wrong", "Not known"),
    _banded("age", "Time in the queue", "Not known"),
    Facet("came", "New or known", _listed(ARRIVALS), tuple(ARRIVALS)),
    Facet("field", "Field", _listed(FIELD_TITLES), has_several=True),
    Facet("rule", "Rule", _listed({rule.code: rule.title for rule in RULES}), has_several=True),
    Facet("pair", "Sources that differ", _pair_words, has_several=True),
    Facet("type", "Type of order", _type_words, (*ORDER_TYPES, NOT_KNOWN)),
    Facet("status", "Status in law", _listed(STATUS_TITLES), LEGAL_STATUSES),
    _banded("ends", "Last day of the order", "None, or not known"),
    Facet("force", "Force", _force_words),
    Facet("region", "Region", _listed(names_of("regions"))),
)
FACET: Final = {facet.name: facet for facet in FACETS}
