"""What can be decided on: the night behind the release that is shown.

Belongs here: putting it together once a release. Does not: deciding (`review.deciding.decider`).
"""

from review.desk import Snapshot
from warehouse.ledger.present import Present
from warehouse.tables.register import DISCREPANCIES, ID_REDIRECTS, ORDER_SOURCES, ORDERS
from warehouse.tables.release import SOURCE_RECORDS

NEEDED = (ORDERS, ORDER_SOURCES, DISCREPANCIES, ID_REDIRECTS)


def present_of(snapshot: Snapshot) -> Present:
    """The night behind a release, kept as long as the release is shown.

    Raises:
        KeyError: the release is of a time when records were not kept with it.
    """

    def put_together() -> Present:
        versions = snapshot.release.manifest["versions"]
        return Present.of(
            snapshot.table(SOURCE_RECORDS.name),
            {table.name: snapshot.table(table.name) for table in NEEDED},
            release_id=snapshot.release.release_id,
            as_of=snapshot.release.as_of,
            model_version=str(versions.get("models", versions.get("concord"))),
        )

    return snapshot.keep("present", put_together)
