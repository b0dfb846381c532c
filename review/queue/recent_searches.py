"""What people searched for, kept in memory so that no name gets into an address, a log or a browser's history.

Belongs here: keeping and finding what was typed. Does not: searching (`review.queue.order_search`).
"""

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass

MOST_KEPT = 2_000


@dataclass(frozen=True)
class RecentSearch:
    """What somebody asked for.

    Attributes:
        who: the user.
        text: as it was typed.
    """

    who: str
    text: str


class RecentSearches:
    """The last searches of all users; each is found only by who made it."""

    def __init__(self) -> None:
        """Nothing was searched for yet."""
        self._kept: OrderedDict[str, RecentSearch] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, search: RecentSearch) -> str:
        """Keep a search; the name under which it is found again."""
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[name] = search
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return name

    def find(self, name: str, who: str) -> RecentSearch | None:
        """A search by its name; None if it is forgotten, or another's."""
        with self._lock:
            found = self._kept.get(name)
        return found if found is not None and found.who == who else None
