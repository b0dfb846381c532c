"""Pictures of dashboards: drawn when a browser asks for them, so that no page waits for its pictures.

Belongs here: from a chart to SVG, and keeping it. Does not: what is drawn.

A picture is named by its content and by whose eyes it is for. Its page carries the same figures as a table.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import vl_convert

from ledger.packs.text import plain
from review.dashboards.panels import Picture

MOST_KEPT = 500
NAME_LETTERS = 32


@dataclass
class _Drawn:
    specification: str
    forces: frozenset[str] | None
    svg: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class PictureStore:
    """The latest pictures of all dashboards."""

    def __init__(self) -> None:
        """Nothing hangs here yet."""
        self._pictures: OrderedDict[str, _Drawn] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, chart: alt.TopLevelMixin, description: str, *, forces: frozenset[str] | None) -> Picture:
        """Take a chart in."""
        specification = json.dumps(_plain(chart.to_dict()))
        marked = f"{sorted(forces) if forces is not None else 'all'} {specification}"
        name = hashlib.sha256(marked.encode()).hexdigest()[:NAME_LETTERS]
        with self._lock:
            self._pictures.setdefault(name, _Drawn(specification, forces))
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
                drawn.svg = str(vl_convert.vegalite_to_svg(drawn.specification))
            return drawn.svg


def _plain(part: Any) -> Any:  # JSON
    """A chart whose texts hold no sign that XML forbids: the drawing library ends the process over one."""
    if isinstance(part, dict):
        return {plain(str(name)): _plain(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_plain(value) for value in part]
    return plain(part) if isinstance(part, str) else part
