"""What a published release lets a steward decide on: read from the release alone, however old it is.

Belongs here: from a release to a `Present`. Does not: drafts made of it (`ledger.decisions.decidable`).
"""

from collections.abc import Callable
from contextlib import suppress

import polars as pl

from ledger.decisions.decidable import Present
from warehouse.releases.release import Release
from warehouse.tables.register import (
    CONDITION_WORDINGS,
    CONDITIONS,
    DISCREPANCIES,
    ID_REDIRECTS,
    ORDER_SOURCES,
    ORDERS,
    UNCODED_CONDITIONS,
)
from warehouse.tables.release import SOURCE_RECORDS

NEEDED = (ORDERS, ORDER_SOURCES, DISCREPANCIES, ID_REDIRECTS)


def read_present(release: Release, table: Callable[[str], pl.DataFrame]) -> Present:
    """The night behind a release.

    Raises:
        FileNotFoundError: the release was made by a version of Concord that kept no records in it.
    """
    if not release.parquet(SOURCE_RECORDS.name).exists():
        raise FileNotFoundError(
            f"release {release.release_id} keeps no {SOURCE_RECORDS.name}, since an earlier version of Concord made "
            "it: nothing can be decided on it; run its night again"
        )
    versions = release.manifest["versions"]
    return Present.of(
        table(SOURCE_RECORDS.name),
        {needed.name: table(needed.name) for needed in NEEDED} | _words(table),
        release_id=release.release_id,
        as_of=release.as_of,
        # In releases that name no models these were part of the code.
        model_version=str(versions.get("models", versions.get("concord"))),
    )


def _words(table: Callable[[str], pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What a release holds of conditions; an earlier one holds less."""
    found = {}
    for held in (CONDITIONS, CONDITION_WORDINGS, UNCODED_CONDITIONS):
        with suppress(KeyError):
            found[held.name] = table(held.name)
    return found
