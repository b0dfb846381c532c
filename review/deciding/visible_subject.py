"""What decisions are about, as far as a user may see it, and whom those orders bind, in words.

Belongs here: this one rule, for decisions that are taken, looked at or taken back, and person and order wherever a
decision is listed. Does not: whose records a user sees (`review.access.visible_release`).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft
from ledger.decisions.lookup import orders_of_drafts
from review.access.visible_release import VisibleRelease
from review.desk import WholeRelease, decidable_night
from review.item.related_orders import person_name
from review.item.titles import format_day


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


def describe_people(orders: pl.DataFrame, named: Collection[str]) -> dict[str, str]:
    """Whom each of these orders of a release binds, by its id."""
    found = orders.filter(pl.col("order_id").is_in(sorted(named))).sort("order_id")
    return {
        row["order_id"]: f"{person_name(row)}, {_birth(row['date_of_birth'])}" for row in found.iter_rows(named=True)
    }


def _birth(day: date | None) -> str:
    return f"born {format_day(day)}" if day else "birth not known"
