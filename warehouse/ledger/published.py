"""What a published release lets a steward decide on: read from the release alone, however old it is.

Belongs here: from a register to a `Present`. Does not: drafts made of it (`warehouse.ledger.present`).
"""

from warehouse.ledger.present import Present
from warehouse.register import Register
from warehouse.tables.register import DISCREPANCIES, ID_REDIRECTS, ORDER_SOURCES, ORDERS
from warehouse.tables.release import SOURCE_RECORDS


def read_present(register: Register) -> Present:
    """The night behind a release.

    Raises:
        FileNotFoundError: the release was made by a version of Concord that kept no records in it.
    """
    release = register.release
    if not release.parquet(SOURCE_RECORDS.name).exists():
        raise FileNotFoundError(
            f"release {release.release_id} keeps no {SOURCE_RECORDS.name}, since an earlier version of Concord made "
            "it: nothing can be decided on it; run its night again"
        )
    tables = {table.name: register.table(table.name) for table in (ORDERS, ORDER_SOURCES, DISCREPANCIES, ID_REDIRECTS)}
    versions = release.manifest["versions"]
    return Present.of(
        register.table(SOURCE_RECORDS.name),
        tables,
        release_id=release.release_id,
        as_of=release.as_of,
        # In releases that name no models these were part of the code.
        model_version=str(versions.get("models", versions.get("concord"))),
    )
