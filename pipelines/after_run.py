"""What follows a run, however it ended: mirroring, alerts, pruning, figures. None of it changes the outcome of a night.

Belongs here: what is done, in which order. Does not: any of it.
"""

import logging
from collections.abc import Callable

from pipelines.alerts import send_or_log
from pipelines.failures import known_cause
from pipelines.metrics import write_metrics
from pipelines.retention import prune_outdated
from pipelines.settings import Settings
from warehouse.home import Home
from warehouse.storage import mirror_releases
from warehouse.time_zone import today

log = logging.getLogger("concord.after_run")


def look_again(home: Home, settings: Settings) -> None:
    """Mirror releases, send what changed, remove what is kept no longer, write figures; log why it failed."""
    if settings.storage.releases is None:
        home.unmirrored.unlink(missing_ok=True)
    else:
        url = settings.storage.releases
        _try("mirroring", lambda: mirror_releases(home, url))
    _try("alerts", lambda: send_or_log(home, settings.alerts, today=today()))
    _try("pruning", lambda: prune_outdated(home, settings.retention))
    _try("metrics", lambda: write_metrics(home))


def _try(name: str, act: Callable[[], object]) -> None:
    try:
        act()
    except Exception as error:  # noqa: BLE001  # the night is over, and its outcome stands
        # The words of the operating system hold no value of a record; those of another error may.
        words = error.strerror if isinstance(error, OSError) else None
        log.warning("%s failed after the run: %s", name, known_cause(words or "") or words or type(error).__name__)
