"""What the manifests of all releases say together, and which release stands for each night.

Belongs here: reading across releases. Does not: one release (`warehouse.releases.release`).
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import polars as pl

from warehouse.dated_folders import day_in
from warehouse.home import Home
from warehouse.releases.release import DamagedReleaseError, no_such_release, read_release, release_ids
from warehouse.releases.rollback_history import withdrawn_releases
from warehouse.tables.release import KNOWN_DECISIONS


def manifests(home: Home) -> Iterator[Mapping[str, Any]]:
    """The manifests of all releases, oldest date first, except those that can't be read."""
    for release_id in release_ids(home):
        with suppress(DamagedReleaseError):
            yield read_release(home, release_id).manifest


def known_decisions(home: Home) -> frozenset[str]:
    """The decisions that any release knew, by id."""
    files = (home.releases / name / f"{KNOWN_DECISIONS.name}.parquet" for name in release_ids(home))
    return frozenset(name for file in files if file.exists() for name in pl.read_parquet(file)["decision_id"])


def published_inputs(home: Home) -> dict[str, set[str]]:
    """The digests of all that releases rest on, by what they are of: a date's revisions may rest on several."""
    inputs: dict[str, set[str]] = {}
    for manifest in manifests(home):
        for name, digest in manifest.get("inputs", {}).items():
            inputs.setdefault(name, set()).add(digest)
    return inputs


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
