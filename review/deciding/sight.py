"""What decisions are about, as far as somebody may see it.

Belongs here: this one rule, for decisions that are taken, looked at or taken back. Does not: whose records somebody
sees (`review.access.scope`).
"""

from collections.abc import Sequence

import polars as pl

from ledger.decisions.decision import Draft
from review.access.scope import sees
from review.deciding.meanwhile import orders_of
from review.deciding.night import present_of
from review.desk import Snapshot


class UnseenError(LookupError):
    """A decision on orders that somebody may not see: for them there are none."""


def seen_subject(
    drafts: Sequence[Draft], decisions: pl.DataFrame, snapshot: Snapshot, forces: frozenset[str] | None
) -> frozenset[str]:
    """The orders that drafts are about as they are now, all of which somebody with these forces sees.

    What is about no order that there is, is seen by who sees everything.

    Args:
        drafts: what is to be decided.
        decisions: `DECISIONS`; the taking back of one is about what that one was about.
        snapshot: the release that is shown.
        forces: of the viewer; None: all.

    Raises:
        UnseenError: they may not see one of them.
    """
    orders = orders_of(drafts, decisions, present_of(snapshot))
    if forces is not None and not (orders and all(sees(order, snapshot, forces) for order in orders)):
        raise UnseenError
    return orders
