"""What can be decided on: the night behind the release that is shown.

Belongs here: putting it together once a release. Does not: deciding (`review.deciding.decider`).
"""

from ledger.decisions.decidable import Present
from ledger.decisions.published import read_present
from review.desk import WholeRelease


def decidable_night(whole: WholeRelease) -> Present:
    """The night behind a release, kept as long as the release is shown.

    Raises:
        FileNotFoundError: the release is of a time when records were not kept with it.
    """
    return whole.keep("present", lambda: read_present(whole.release, whole.table))
