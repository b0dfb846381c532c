"""Which release stands for each night: the last one of its date that was not rolled back."""

from warehouse.dated_folders import day_in
from warehouse.home import Home
from warehouse.releases.release import no_such_release, release_ids
from warehouse.releases.rollback_history import withdrawn_releases


def release_of_each_night(home: Home, *, until: str | None = None) -> dict[str, str]:
    """The id of the release that stands for each night, by the night (`2026-11-20`), in order.

    Args:
        home: the folder of all state.
        until: the release that ends the series, even if it was rolled back; defaults to the last one.

    Raises:
        LookupError: there is no such release.
    """
    ids, withdrawn = release_ids(home), withdrawn_releases(home)
    if until is not None and until not in ids:
        raise no_such_release(home, until)
    ids = ids[: ids.index(until) + 1] if until else ids
    return {day_in(name).isoformat(): name for name in ids if name == until or name not in withdrawn}
