"""What a dashboard is made of: panels, each with a table and perhaps a picture of the same figures.

Belongs here: the form of all dashboards, and words for figures. Does not: which figures (the modules beside).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

NONE: Final = "–"


@dataclass(frozen=True)
class PanelCell:
    """A cell of a table.

    Attributes:
        is_grave: it asks for attention; its words say why.
    """

    text: str
    href: str | None = None
    is_grave: bool = False


@dataclass(frozen=True)
class PanelHeading:
    """The heading of a column."""

    title: str
    is_number: bool = False


@dataclass(frozen=True)
class PanelTable:
    """A table; the first cell of each row names it.

    Attributes:
        caption: what it shows, for people who can't see where it is.
    """

    caption: str
    headings: tuple[PanelHeading, ...]
    rows: tuple[tuple[PanelCell, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A picture of the figures of a table."""

    name: str
    description: str


@dataclass(frozen=True)
class Panel:
    """A part of a dashboard.

    Attributes:
        summary: how to read it.
        sheet: its figures; None: there are none, and `summary` says why.
        picture: the same figures drawn.
        is_folded: its table is long and its picture says the most of it: it is shown on demand.
    """

    key: str
    title: str
    summary: str
    sheet: PanelTable | None = None
    picture: Picture | None = None
    is_folded: bool = False


def panel_table(caption: str, headings: Sequence[str], rows: Iterable[Iterable[object]]) -> PanelTable:
    """A table from plain values; whole numbers are written with separators, and their columns to the right."""
    listed = [tuple(row) for row in rows]
    titled = tuple(
        PanelHeading(title, any(isinstance(row[at], int) for row in listed)) for at, title in enumerate(headings)
    )
    return PanelTable(caption, titled, tuple(tuple(map(_cell, row)) for row in listed))


def percent(share: float | None) -> str:
    """A share as people read it; a dash where there is none."""
    return NONE if share is None else f"{100 * share:.1f}%"


def span(low: float | None, high: float | None) -> str:
    """An interval of a share."""
    return NONE if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f}%"


def _cell(value: object) -> PanelCell:
    if isinstance(value, PanelCell):
        return value
    return PanelCell(f"{value:,}" if isinstance(value, int) else str(value))
