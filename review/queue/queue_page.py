"""The queue as a page shows it: facets with their words and counts, links from page to page, headings that sort.

Belongs here: what templates are given. Does not: how it looks (`review/templates/queue`), what is filtered down how
(`review.queue.filters`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from review.item.queue_reason import describe_reason
from review.item.titles import format_day, status_words
from review.queue.facets import FACET, FACETS, MYSELF, NOBODY, NOT_KNOWN, STREAM, STREAMS, Facet
from review.queue.filters import FilteredItems
from review.queue.queue_view import SORT, SORTS, QueueView
from warehouse.codes import SEVERITIES

AROUND = 1
FIRST_OF_ALL = (MYSELF, NOBODY)


@dataclass(frozen=True)
class FacetValue:
    """A value that can be chosen: a checkbox."""

    key: str
    value: str
    words: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class FacetGroup:
    """A facet with its choices."""

    name: str
    title: str
    choices: tuple[FacetValue, ...]
    chosen: int


@dataclass(frozen=True)
class ChosenFilter:
    """A value that is chosen, and the address without it."""

    title: str
    words: str
    href: str


@dataclass(frozen=True)
class SortHeading:
    """The heading of a column by which the queue can be sorted."""

    title: str
    href: str
    direction: str | None
    then: str


@dataclass(frozen=True)
class QueueList:
    """One of the two lists of the queue: how many items the filters leave in it."""

    words: str
    href: str
    count: int
    is_shown: bool


@dataclass(frozen=True)
class QueueLine:
    """An item as one line of the queue, in words."""

    item_id: str
    order_id: str
    other_order_id: str | None
    kind: str
    why: str
    chance: str
    harm: str
    person: str
    order: str
    status: str
    force: str
    is_grave: bool
    severity: str
    last_day: str
    age: str
    priority: str
    arithmetic: str
    state: str
    state_words: str
    worked_on_by: str | None


def queue_lines(items: pl.DataFrame) -> list[QueueLine]:
    """The items of a page, in their order."""
    return list(map(_line, items.iter_rows(named=True)))


def queue_lists(filtered: FilteredItems, view: QueueView, address: str) -> list[QueueList]:
    """The two lists, each with what the filters leave in it."""
    counts = filtered.counts[STREAM]
    return [
        QueueList(words, _address(address, view.in_stream(stream)), counts.get(stream, 0), stream == view.stream)
        for stream, words in STREAMS.items()
    ]


def facet_groups(filtered: FilteredItems, choices: Mapping[str, Collection[str]], view: QueueView) -> list[FacetGroup]:
    """The facets; the lists have links of their own, and those of which nothing could be chosen are left out."""
    facets = (facet for facet in FACETS if facet.name != STREAM)
    made = (_group(facet, filtered.counts[facet.name], choices[facet.name], view) for facet in facets)
    return [group for group in made if len(group.choices) > 1 or group.chosen]


def chosen_filters(view: QueueView, address: str) -> list[ChosenFilter]:
    """What is chosen, one by one; what is chosen anyway is not listed."""
    return [
        ChosenFilter(FACET[name].title, FACET[name].words(value), _address(address, view.without(name, value)))
        for name, values in view.chosen.items()
        if name != STREAM
        for value in values
    ]


def sort_headings(view: QueueView, address: str) -> dict[str, SortHeading]:
    """The headings that sort, by the name of the sort."""
    return {sort.name: _heading(sort.name, view, address) for sort in SORTS}


def sort_options(view: QueueView) -> list[dict[str, Any]]:
    """All orders that can be chosen, for a select."""
    return [
        {"value": sign + sort.name, "text": f"{sort.title}: {words}", "selected": view.sort == sign + sort.name}
        for sort in SORTS
        for sign, words in zip(("", "-"), sort.words, strict=True)
    ]


def page_links(view: QueueView, pages: int, address: str, *, release: str) -> dict[str, Any]:
    """What GOV.UK's pagination takes: the first, the last and the pages around this one; nothing for a single page."""
    if pages == 1:
        return {}
    here = min(view.page, pages)

    def link(number: int) -> str:
        return f"{address}?{view.at(number, release=release).link()}"

    shown = sorted({1, pages, *range(max(1, here - AROUND), min(pages, here + AROUND) + 1)})
    items: list[dict[str, Any]] = []
    for number in shown:
        if items and number - items[-1]["number"] > 1:
            items.append({"ellipsis": True, "number": number - 1})
        items.append({"number": number, "href": link(number), "current": number == here})
    ends = {"previous": here - 1 if here > 1 else None, "next": here + 1 if here < pages else None}
    return {"items": items, **{name: {"href": link(number)} for name, number in ends.items() if number}}


def _line(item: Mapping[str, Any]) -> QueueLine:
    reason = describe_reason(item)
    days = item["age_days"]
    return QueueLine(
        item_id=item["item_id"],
        order_id=item["order_id"],
        other_order_id=item["other_order_id"],
        kind=reason.title,
        why=reason.why,
        chance=f"{reason.chance_of}: {reason.chance}",
        harm=reason.harm,
        person=" ".join(name for name in (item["forenames"], item["surname"]) if name) or "Name not known",
        order=FACET["type"].words(item["type"]) + (", interim" if item["is_interim"] else ""),
        force=FACET["force"].words(item["force"]),
        status=status_words(item).lower() if item["legal_status"] else FACET["status"].words(item["status"]).lower(),
        is_grave=item["severity"] == SEVERITIES[0],
        severity=FACET["severity"].words(item["severity"]),
        last_day=_last_day(item),
        age="New" if days == 0 else "1 day" if days == 1 else f"{days} days",
        priority=f"{item['priority']:.1f}",
        arithmetic=item["arithmetic"],
        state=item["state"],
        state_words=_state_words(item),
        worked_on_by=_worker(item["assignee"]),
    )


def _worker(assignee: str) -> str | None:
    if assignee == NOBODY:
        return None
    return "you" if assignee == MYSELF else FACET["assignee"].words(assignee)


def _last_day(item: Mapping[str, Any]) -> str:
    if item["end_on"] is not None:
        return format_day(item["end_on"])
    return "Until further order" if item["is_until_further_order"] else "Not known"


def _state_words(item: Mapping[str, Any]) -> str:
    words = FACET["state"].words(item["state"])
    if item["state"] == "claimed":
        return f"{words} by {item['held_by']}"
    return f"{words} to {format_day(item['deferred_until'])}" if item["state"] == "deferred" else words


def _group(facet: Facet, counts: Mapping[str, int], choices: Collection[str], view: QueueView) -> FacetGroup:
    chosen = view.values(facet.name)
    offered = _in_order(facet, {*choices, *chosen} | ({*facet.fixed} if facet.defaults else set()))
    made = tuple(
        FacetValue(f"{facet.name}-{at}", value, facet.words(value), counts.get(value, 0), value in chosen)
        for at, value in enumerate(offered)
    )
    return FacetGroup(facet.name, facet.title, made, len(view.chosen.get(facet.name, ())))


def _in_order(facet: Facet, values: Collection[str]) -> Sequence[str]:
    """The values as declared, then by their words; the viewer and nobody come first, what is not known last."""
    places = {value: place for place, value in enumerate(facet.fixed or FIRST_OF_ALL)}

    def rank(value: str) -> tuple[bool, int, str, str]:
        return value == NOT_KNOWN, places.get(value, len(places)), facet.words(value).casefold(), value

    return sorted(values, key=rank)


def _heading(name: str, view: QueueView, address: str) -> SortHeading:
    sort, turned = SORT[name], view.sort == f"-{name}"
    direction = None
    if view.sort.removeprefix("-") == name:
        direction = "descending" if sort.descending != turned else "ascending"
    then = sort.words[1 if view.sort == name else 0]
    return SortHeading(sort.title, _address(address, view.sorted_by(name)), direction, then)


def _address(address: str, view: QueueView) -> str:
    query = view.query
    return f"{address}?{query}" if query else address
