"""A view of the queue: what is chosen, in which order, and its one address.

Belongs here: reading an address and writing it. Does not: applying it (`review.queue.filters`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import urlencode

from review.queue.facets import A_USER, FACET, FACETS, MYSELF, STREAM

LONGEST_VALUE: Final = 120
MOST_VALUES: Final = 100
LAST_PAGE: Final = 1_000_000
RELEASE: Final = "release"
"""Named by the links from page to page, so that a page can see that a release came between."""


@dataclass(frozen=True)
class QueueSort:
    """An order of the items.

    Attributes:
        name: in the address; with `-` before it, the other way round.
        title: in words.
        column: of the items.
        descending: which way it goes by default.
        words: what comes first by default, and the other way round.
    """

    name: str
    title: str
    column: str
    descending: bool
    words: tuple[str, str]


SORTS: Final = (
    QueueSort("priority", "Priority", "priority", True, ("highest first", "lowest first")),
    QueueSort("age", "Age", "age_days", True, ("oldest first", "newest first")),
    QueueSort("ends", "Last day of the order", "end_on", False, ("soonest first", "latest first")),
    QueueSort("case", "A person’s items together", "case_priority", True, ("highest first", "lowest first")),
    QueueSort("name", "Person", "name_folded", False, ("A to Z", "Z to A")),
)
SORT: Final = {sort.name: sort for sort in SORTS}


@dataclass(frozen=True)
class QueueView:
    """What a steward looks at.

    Attributes:
        chosen: facets with their values, in the order of `FACETS`, sorted; only such as differ from what stands.
        sort: name of a sort, with `-` before it if it goes the other way round.
        page: from 1.
        drawn_by: the release by which the page before was drawn, if the address names it.
        problems: what of the address could not be read, in words.
    """

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    sort: str = SORTS[0].name
    page: int = 1
    drawn_by: str | None = None
    problems: tuple[str, ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a facet by which items are held back; none: it holds nothing back."""
        return self.chosen.get(name, FACET[name].defaults)

    @property
    def query(self) -> str:
        """The one address of the view, without page: what is kept, compared and handed on."""
        return urlencode(self._parts())

    @property
    def page_query(self) -> str:
        """The address of the page."""
        return urlencode([*self._parts(), *([("page", str(self.page))] if self.page > 1 else [])])

    @property
    def rule(self) -> str | None:
        """The one rule that is chosen, if it is one."""
        rules = self.values("rule")
        return rules[0] if len(rules) == 1 else None

    @property
    def stream(self) -> str | None:
        """The list that is shown, if it is one."""
        streams = self.values(STREAM)
        return streams[0] if len(streams) == 1 else None

    def in_stream(self, stream: str) -> Self:
        """The other list, narrowed down in the same way."""
        return replace(self, chosen=_standard({**self.chosen, STREAM: (stream,)}), page=1, drawn_by=None)

    def at(self, page: int, *, release: str | None = None) -> Self:
        """Another page of the view, in an address that names the release."""
        return replace(self, page=page, drawn_by=release)

    def link(self) -> str:
        """The address of the page with the release it was drawn by."""
        named = [(RELEASE, self.drawn_by)] if self.drawn_by else []
        return "&".join(part for part in (self.page_query, urlencode(named)) if part)

    def sorted_by(self, name: str) -> Self:
        """The view in another order, from its first page; the same sort again turns it round."""
        return replace(self, sort=f"-{name}" if self.sort == name else name, page=1, drawn_by=None)

    def without(self, name: str, value: str | None = None) -> Self:
        """The view with a value of a facet, or the whole facet, no longer chosen."""
        rest = tuple(other for other in self.values(name) if value is not None and other != value)
        chosen = {**self.chosen, name: rest}
        return replace(self, chosen=_standard(chosen), page=1, drawn_by=None)

    def _parts(self) -> list[tuple[str, str]]:
        chosen = [(name, value) for name, values in self.chosen.items() for value in values]
        return [*chosen, *([("sort", self.sort)] if self.sort != SORTS[0].name else [])]


def read_view(parameters: Iterable[tuple[str, str]], *, viewer: str | None = None) -> QueueView:
    """Read an address; what can't be read is left out and reported.

    Args:
        parameters: names and values, as they came.
        viewer: the name of who looks: their own name among assignees becomes `me`.
    """
    chosen: dict[str, list[str]] = {}
    single: dict[str, str] = {}
    problems: list[str] = []
    for name, value in parameters:
        if not value:
            continue
        if name in FACET:
            problem = _problem_of_value(name, value)
            chosen.setdefault(name, []).extend([] if problem else [_own(name, value, viewer)])
        elif name in {"sort", "page", RELEASE}:
            problem = _problem_of_single(name, value)
            single |= {} if problem else {name: value}
        else:
            problem = "The address holds something that is not a filter of the queue."
        problems.extend([problem] if problem else [])
    return QueueView(
        chosen=_standard({name: tuple(values[:MOST_VALUES]) for name, values in chosen.items()}),
        sort=single.get("sort", SORTS[0].name),
        page=int(single.get("page", "1")),
        drawn_by=single.get(RELEASE),
        problems=tuple(dict.fromkeys(problems)),
    )


def _standard(chosen: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Facets in their order, values sorted and once each; what stands anyway is not named."""
    distinct = {facet.name: tuple(sorted(set(chosen.get(facet.name, ())))) for facet in FACETS}
    named = {
        name: values for name, values in distinct.items() if values and values != tuple(sorted(FACET[name].defaults))
    }
    return MappingProxyType(named)


def _own(name: str, value: str, viewer: str | None) -> str:
    return MYSELF if name == "assignee" and viewer is not None and value == f"{A_USER}{viewer}" else value


def _problem_of_value(name: str, value: str) -> str | None:
    facet = FACET[name]
    if len(value) > LONGEST_VALUE or not value.isprintable() or (facet.fixed and value not in facet.fixed):
        return f"“{facet.title}” can’t be what the address asks for."
    return None


def _problem_of_single(name: str, value: str) -> str | None:
    if name == "sort" and value.removeprefix("-") not in SORT:
        return "The queue can’t be put in the order that the address asks for."
    if name == "page" and not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= LAST_PAGE):
        return "The address asks for a page that is not a number."
    if len(value) > LONGEST_VALUE or not value.isprintable():
        return "The address holds something that is not a filter of the queue."
    return None
