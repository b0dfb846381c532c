"""Pictures of dashboards: drawn when a browser asks for them, so that no page waits for its pictures.

Belongs here: from a chart to SVG, and keeping it. Does not: what is drawn.

A picture is named by its content and by whose eyes it is for. Its page carries the same figures as a table.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import altair as alt

from matching.engine.charts import draw_svg
from review.dashboards.panels import Picture

MOST_KEPT = 500
NAME_LETTERS = 32


@dataclass
class _Drawn:
    chart: alt.TopLevelMixin
    forces: frozenset[str] | None
    svg: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class PictureStore:
    """The latest pictures of all dashboards."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[str, _Drawn] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, chart: alt.TopLevelMixin, description: str, *, forces: frozenset[str] | None) -> Picture:
        """Take a chart in."""
        marked = f"{sorted(forces) if forces is not None else 'all'} {chart.to_json()}"
        name = hashlib.sha256(marked.encode()).hexdigest()[:NAME_LETTERS]
        with self._lock:
            self._pictures.setdefault(name, _Drawn(chart, forces))
            self._pictures.move_to_end(name)
            if len(self._pictures) > MOST_KEPT:
                self._pictures.popitem(last=False)
        return Picture(name, description)

    def svg(self, name: str, *, forces: frozenset[str] | None) -> str | None:
        """A picture as SVG, which loads nothing from anywhere; None: there is none of that name for these eyes."""
        with self._lock:
            drawn = self._pictures.get(name)
        if drawn is None or drawn.forces != forces:
            return None
        with drawn.lock:
            if drawn.svg is None:
                drawn.svg = draw_svg(drawn.chart)
            return drawn.svg
