"""How much a user who is signed in may ask for in some minutes: more than a person can do, less than a program would.

Belongs here: what is counted, and when it is too much. Does not: failed sign-ins (`review.access.attempt_limits`), the
page that says so (`review.error_pages`).

Counts are kept in the memory of the desk's process, by account: they end with it, and desks on one ledger count apart.
"""

import math
import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter

from review.access.audit_recorder import AuditRecorder
from review.desk_settings import DeskSettings

PAGES, SEARCHES, CHANGES, EXPORTS = "pages", "searches", "changes", "exports"
KIND_BY_ROUTE: Mapping[tuple[str, str], str] = {
    ("POST", "/search"): SEARCHES,
    ("GET", "/packs/handed-out/{disclosure_id}/pack.{suffix}"): EXPORTS,
    ("POST", "/packs/owners/{owner}"): EXPORTS,
}
UNCOUNTED = frozenset({"/decide/preview", "/bulk/preview"})
"""Forms that change nothing: they count as pages alone."""


class TooManyRequestsError(Exception):
    """A user asked for more of a kind than the settings allow.

    Attributes:
        kind: pages, searches, changes or exports.
        minutes: how long to wait, rounded up.
    """

    def __init__(self, kind: str, wait: timedelta) -> None:
        self.kind = kind
        self.minutes = max(1, math.ceil(wait / timedelta(minutes=1)))
        super().__init__(f"too many {kind}: wait {self.minutes} minutes")


def kinds_of(method: str, route: str) -> tuple[str, ...]:
    """What a request counts as: a page always, and what else it is."""
    further = KIND_BY_ROUTE.get((method, route))
    if further is None and method == "POST" and route not in UNCOUNTED:
        further = CHANGES
    return (PAGES, further) if further else (PAGES,)


class Pace:
    """Counts what each user asks for."""

    def __init__(self, settings: DeskSettings, recorder: AuditRecorder, registry: CollectorRegistry) -> None:
        self._span = timedelta(minutes=settings.pace_minutes)
        self._most = {
            PAGES: settings.most_pages,
            SEARCHES: settings.most_searches,
            CHANGES: settings.most_changes,
            EXPORTS: settings.most_exports,
        }
        self._recorder = recorder
        self._held_up = Counter(
            "concord_desk_held_up", "Requests refused because a user asked for too much.", ["kind"], registry=registry
        )
        self._asked: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)
        self._noted: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def admit(self, name: str, kinds: tuple[str, ...], *, at: datetime) -> None:
        """Count a request of a user, or refuse it; a refused one does not count. The log notes each span once.

        Raises:
            TooManyRequestsError: the user has to wait.
            NotLoggedError: that they are held up can't be logged.
        """
        with self._lock:
            full = next((kind for kind in kinds if self._is_full(name, kind, at)), None)
            if full is None:
                for kind in kinds:
                    self._asked[name, kind].append(at)
                return
            wait = self._asked[name, full][0] + self._span - at
            noted = self._noted.get((name, full))
            is_news = noted is None or at - noted >= self._span
            if is_news:
                self._noted[name, full] = at
        self._held_up.labels(full).inc()
        if is_news:
            self._recorder.note("refused", who=name, what={"too_many": full})
        raise TooManyRequestsError(full, wait)

    def _is_full(self, name: str, kind: str, at: datetime) -> bool:
        asked = self._asked[name, kind]
        while asked and at - asked[0] >= self._span:
            asked.popleft()
        return len(asked) >= self._most[kind]
