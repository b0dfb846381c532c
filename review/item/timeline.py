"""The orders of a person along time: when each ran, what ended it, what else happened.

Belongs here: what is drawn and said of time, and where it stands on the drawing. Does not: the status in law
(`reconciliation.law`), the SVG (`review/templates/item`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from reconciliation.law import ENDED
from review.item.titles import format_day, record_title, status_words

Values = Mapping[str, Any]
Shape = Literal["binds", "ended", "travel", "said"]

WIDTH: Final = 1000
"""Units of the drawing along time."""

CUT_SHORT: Final = ("superseded", "determined")
TRAVEL_NOTE: Final = (
    "A prohibition on foreign travel lasts as its words say, or else at most 5 years, and so does each extension: "
    "Modern Slavery Act 2015 ss.18 and 25; in Scotland, Human Trafficking and Exploitation (Scotland) Act 2015 ss.21 "
    "and 28."
)
MARGIN: Final = timedelta(days=120)
"""Shown before the first and after the last day."""

AHEAD: Final = timedelta(days=3 * 365)
"""How far past the release an order without an end is drawn."""

FARTHEST: Final = timedelta(days=40 * 365)
"""A slip such as the year 9999 must not squeeze all else into a line."""


@dataclass(frozen=True)
class Stretch:
    """Something that lasts.

    Attributes:
        shape: `binds`: the order runs; `ended`: it would have run, had a later order not ended it; `travel`: the
            longest that its travel condition can last; `said`: what a record says that differs.
        left: where it begins on the drawing.
        width: its length there.
        is_open: it goes on past the drawing.
    """

    shape: Shape
    title: str
    start_on: date
    end_on: date | None
    left: float
    width: float
    is_open: bool

    @property
    def words(self) -> str:
        """From when to when, in words."""
        end = format_day(self.end_on) if self.end_on else "no end known"
        return f"{format_day(self.start_on)} to {end}"


@dataclass(frozen=True)
class Event:
    """Something that happened on a day."""

    on: date
    order_id: str
    what: str

    @property
    def day(self) -> str:
        """The day in words."""
        return format_day(self.on)


@dataclass(frozen=True)
class Year:
    """The first of January of a year, on the drawing."""

    year: int
    left: float


@dataclass(frozen=True)
class Timeline:
    """The orders of a person along time.

    Attributes:
        stretches: what lasts, in the order in which it is listed.
        events: what happened, by day.
        years: marks along the drawing.
        today: where the day of the release stands.
        undated: orders of which no day is known.
    """

    stretches: tuple[Stretch, ...]
    events: tuple[Event, ...]
    years: tuple[Year, ...]
    today: float
    as_of: date
    undated: tuple[str, ...]

    @property
    def has_travel(self) -> bool:
        """A travel condition is among them."""
        return any(stretch.shape == "travel" for stretch in self.stretches)

    @property
    def travel_note(self) -> str:
        """The law of travel conditions."""
        return TRAVEL_NOTE

    @property
    def today_words(self) -> str:
        """The day of the release in words."""
        return format_day(self.as_of)


@dataclass(frozen=True)
class _Span:
    """A stretch before it has a place on the drawing."""

    shape: Shape
    title: str
    start_on: date
    end_on: date | None


def draw_timeline(
    orders: Sequence[Values], conditions: Sequence[Values], records: Sequence[Values], *, as_of: date
) -> Timeline:
    """The orders of a person along time.

    Args:
        orders: rows of `orders` of one person, or of two that may be one.
        conditions: rows of `conditions` of these orders.
        records: rows of `source_records` of the orders compared, with `order_id`.
        as_of: the day of the release.
    """
    dated = sorted((order for order in orders if _start(order)), key=lambda order: (_start(order), order["order_id"]))
    known = {order["order_id"]: order for order in dated}
    enders = {order["order_id"]: known.get(order["followed_by_order_id"]) for order in dated}
    travel = [row for row in conditions if row["kind"] == "travel" and (row["is_golden"] or row["is_doubtful"])]
    spans = [span for order in dated for span in _spans(order, travel, records)]
    starts = [span.start_on for span in spans]
    ends = [span.end_on or as_of + AHEAD for span in spans]
    first, last = min([as_of, *starts]), max([as_of, *ends])
    scale = _DayScale(max(first, as_of - FARTHEST) - MARGIN, min(last, as_of + FARTHEST) + MARGIN)
    events = [event for order in dated for event in _events_of(order, enders.get(order["order_id"]))]
    for record in records:
        if record["result_state"] in ("AMENDED", "WITHDRAWN") and record["recorded_on"]:
            what = f"{record_title(record['record_id'])}: the court result was {record['result_state'].lower()}"
            events.append(Event(record["recorded_on"], record["order_id"], what))
    return Timeline(
        stretches=tuple(map(scale.place, spans)),
        events=tuple(sorted(events, key=lambda event: (event.on, event.order_id, event.what))),
        years=scale.years(),
        today=scale.at(as_of),
        as_of=as_of,
        undated=tuple(sorted(order["order_id"] for order in orders if not _start(order))),
    )


def order_kind(order: Values) -> str:
    """What an order is, in a few words."""
    return f"{'Interim ' if order['is_interim'] else ''}{order['order_type'] or 'order of a type not known'}"


def _start(order: Values) -> date | None:
    start: date | None = order["start_on"] or order["made_on"]
    return start


def _spans(order: Values, travel: Sequence[Values], records: Sequence[Values]) -> list[_Span]:
    start, end, name = _start(order), order["end_on"], f"{order['order_id']}, {order_kind(order)}"
    if start is None:
        return []
    ended_on = order["ended_by"] if order["legal_status"] in CUT_SHORT else None
    is_cut = ended_on is not None and ended_on > start and (end is None or ended_on < end)
    last = ended_on if is_cut else end
    spans = [_Span("binds", name, start, last)]
    if ended_on and is_cut:
        spans.append(_Span("ended", f"{order['order_id']}, had no later order ended it", ended_on, end))
    for row in travel:
        if row["order_id"] == order["order_id"]:
            title = f"{order['order_id']}, travel condition {row['condition_code']}: at the longest, unless extended"
            end_on = min((day for day in (row["end_on"], last) if day), default=None)
            spans.append(_Span("travel", title, start, end_on))
    return [*spans, *_deviating(order, start, end, records)]


def _deviating(order: Values, start: date, end: date | None, records: Sequence[Values]) -> list[_Span]:
    """Periods of records that say something else than the register."""
    spans: dict[tuple[date, date], list[str]] = {}
    for record in records:
        if record["order_id"] != order["order_id"] or record["end_on"] is None:
            continue
        said = (record["start_on"] or record["made_on"] or start, record["end_on"])
        if said[0] <= said[1] and said != (start, end):
            spans.setdefault(said, []).append(record_title(record["record_id"]))
    return [_Span("said", f"as {', '.join(names)} has it", *said) for said, names in sorted(spans.items())]


def _events_of(order: Values, ender: Values | None) -> list[Event]:
    kind, found = order_kind(order), list[tuple[date | None, str]]()
    made, start, end = order["made_on"], order["start_on"], order["end_on"]
    if made is not None and made == start:
        found.append((made, f"{kind} made, and starts"))
    else:
        found += [(made, f"{kind} made"), (start, f"{kind} starts")]
    found.append((end, f"{kind}: last day (on the day of the release: {status_words(order).lower()})"))
    if ender is not None:
        found.append((ender["made_on"] or ender["start_on"], f"{kind} {_followed(order)} {ender['order_id']}"))
    if order["legal_status"] == "superseded":
        found.append((order["ended_by"], f"{kind} ended: a later order of its type took effect"))
    return [Event(on, order["order_id"], what) for on, what in found if on is not None]


def _followed(order: Values) -> str:
    if order["legal_status"] == "determined":
        return "determined by the full order"
    return "followed by" if order["legal_status"] in ENDED else "followed by, and in force together with,"


@dataclass(frozen=True)
class _DayScale:
    """From days to units of the drawing."""

    first: date
    last: date

    def at(self, day: date) -> float:
        clipped = min(max(day, self.first), self.last)
        return round((clipped - self.first).days / (self.last - self.first).days * WIDTH, 1)

    def place(self, span: _Span) -> Stretch:
        left = self.at(span.start_on)
        right = self.at(span.end_on) if span.end_on else float(WIDTH)
        is_open = span.end_on is None or span.end_on > self.last
        width = round(max(right - left, 3.0), 1)
        return Stretch(span.shape, span.title, span.start_on, span.end_on, left, width, is_open)

    def years(self) -> tuple[Year, ...]:
        count = self.last.year - self.first.year
        step = max(1, -(-count // 10))
        marked = range(self.first.year + 1, self.last.year + 1, step)
        return tuple(Year(year, self.at(date(year, 1, 1))) for year in marked)
