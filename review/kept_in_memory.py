"""What users typed and saw, kept in memory so that nothing of it gets into an address, a log or a browser's history.

Belongs here: keeping and finding. Does not: what is kept (`review.pages`, `review.routes.queue`).
"""

import secrets
import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class KeptInMemory(Generic[Kept]):
    """The latest things of all users; only their owner can find them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[str, Kept]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, whose: str, what: Kept) -> str:
        """Keep something; returns the name by which it can be found."""
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[name] = (whose, what)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return name

    def find(self, name: str, whose: str) -> Kept | None:
        """Something by its name; None if it is forgotten, or belongs to another user."""
        with self._lock:
            owner, what = self._kept.get(name, (None, None))
        return what if owner == whose else None
