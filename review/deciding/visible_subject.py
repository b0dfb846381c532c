"""What decisions are about, as far as a user may see it.

Belongs here: this one rule, for decisions that are taken, looked at or taken back. Does not: whose records a user
sees (`review.access.visible_release`).
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft
from ledger.decisions.lookup import orders_of_drafts
from review.access.visible_release import VisibleRelease
from review.desk import WholeRelease, decidable_night


class NotVisibleError(LookupError):
    """A decision on orders that a user may not see: for them there are none."""


def visible_night(whole: WholeRelease, forces: frozenset[str] | None) -> Present:
    """What a viewer can decide on: for them an order that they may not see is not there, nor what belongs to it.

    So nothing that a form names, and no reason why it can't be, says anything of such an order.
    """
    visible = VisibleRelease(whole, forces)

    def limited() -> Present:
        present = decidable_night(whole)
        return replace(
            present,
            records=visible.only(present.records),
            owners=visible.only(present.owners),
            orders=visible.only(present.orders),
            discrepancies=visible.only(present.discrepancies),
        )

    return visible.keep("visible night", limited)


def visible_subject(
    drafts: Sequence[Draft], decisions: pl.DataFrame, whole: WholeRelease, forces: frozenset[str] | None
) -> frozenset[str]:
    """The orders that drafts are about as they are now, all of which a user with these forces sees.

    What is about no order that there is, is seen by who sees everything.

    Args:
        drafts: what is to be decided.
        decisions: `DECISIONS`; the taking back of one is about what that one was about.
        whole: the release that is shown.
        forces: of the viewer; None: all.

    Raises:
        NotVisibleError: they may not see one of them.
    """
    orders = orders_of_drafts(drafts, decisions, decidable_night(whole))
    if forces is not None and not (orders and all(map(VisibleRelease(whole, forces).sees, orders))):
        raise NotVisibleError
    return orders
