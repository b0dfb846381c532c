"""What the forms of an item show: put together for anyone who may decide.

Belongs here: bringing choices, work and what was sent together. Does not: any part of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.in_force import in_force
from ledger.desk.accounts import all_accounts
from ledger.desk.comments import comments_on
from ledger.desk.item_work import APPROVERS, claim, read_item_work
from ledger.desk.proposals import Proposal, read_proposals
from review.access.viewer import RIGHTS, Viewer
from review.access.visible_release import VisibleRelease
from review.deciding.changed_since import version_of
from review.deciding.decision_request import SentFields
from review.deciding.decisions_again import decisions_again
from review.deciding.form_options import FormEvidence, form_options
from review.deciding.item_form import ItemForm
from review.deciding.order_decisions import OrderDecisions
from review.desk import Desk, decidable_night
from review.item.doubts import read_doubts
from review.queue.facets import A_TEAM
from warehouse.tables.register import DISCREPANCIES, FIELD_PROVENANCE


@dataclass(frozen=True)
class FormState:
    """The page of an item as it was come to, or sent.

    Attributes:
        view: the view of the queue that the steward came from, as its address has it.
        pair: the pair of records whose weights are shown.
        fields: what was sent before, by field.
        problems: what is wrong in it, by field.
    """

    view: str = ""
    pair: str | None = None
    fields: SentFields = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def form_context(
    desk: Desk, item: Mapping[str, Any], on_orders: OrderDecisions, form_state: FormState
) -> dict[str, Any]:
    """`choices`, `again` and `deciding`, for `deciding/form.html`, and the `errors` of the form."""
    orders = tuple(order for order in (item["order_id"], item["other_order_id"]) if order)
    whole = desk.whole_release()
    of_order = pl.col("order_id") == orders[0]
    found = whole.table(DISCREPANCIES.name).filter(of_order)
    decisions, night = on_orders.rows, decidable_night(whole)
    waiting = [
        proposal for proposal in read_proposals(desk.database, waiting=True) if _concerns(proposal, orders, night)
    ]
    choices = form_options(
        item,
        FormEvidence(
            discrepancies=found,
            provenance=whole.table(FIELD_PROVENANCE.name).filter(of_order),
            doubts=read_doubts(desk, orders[:1]),
            present=night,
            standing=in_force(decisions, as_of=whole.release.as_of),
            proposed=[draft for proposal in waiting for draft, _ in proposal.requests],
        ),
    )
    assignee, (stewards, teams) = _assigned_to(desk, item["item_id"]), who_may_take(desk, orders)
    form = ItemForm(
        item_id=item["item_id"],
        orders=orders,
        release_id=whole.release.release_id,
        version=version_of(decisions),
        view=form_state.view,
        waiting=tuple(proposal.proposal_id for proposal in waiting),
        assignee=assignee,
        stewards=stewards,
        teams=teams,
        comments=tuple(comment for order in orders for comment in comments_on(desk.database, order)),
        fields=form_state.fields,
        problems=form_state.problems,
    )
    again = decisions_again(item, decisions, on_orders.described, found, night)
    return {"choices": choices, "again": again, "deciding": form, "errors": form.errors}


def _assigned_to(desk: Desk, item_id: str) -> str | None:
    """Who an item is assigned to: a steward or a team."""
    with desk.reading() as connection:
        work = read_item_work(connection, at=desk.clock())
    assigned = work.assignments.filter(pl.col("item_id") == item_id).select(
        pl.coalesce("assignee", A_TEAM + pl.col("team"))
    )
    return next(iter(assigned.to_series()), None)


def who_may_take(desk: Desk, orders: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The stewards, and the teams, who may see one of the orders of an item: nobody else could work on it."""
    with desk.reading() as connection:
        users = [account for account in all_accounts(connection) if account.disabled_at is None]
    stewards = [account for account in users if "decide" in RIGHTS[account.role]]
    whole = desk.whole_release()

    def may_see(forces: Collection[str] | None) -> bool:
        visible = VisibleRelease(whole, None if forces is None else frozenset(forces))
        return any(map(visible.sees, orders))

    codes = sorted({force for account in stewards for force in account.forces or ()})
    return (
        tuple(account.name for account in stewards if may_see(account.forces)),
        (APPROVERS, *(force for force in codes if may_see([force]))),
    )


def _concerns(proposal: Proposal, orders: Sequence[str], night: Present) -> bool:
    """Whether a proposal is about one of these orders, or their records."""
    held = night.owners.filter(pl.col("order_id").is_in(list(orders))).get_column("record_id")
    names = {*orders, *held}
    return any(
        not names.isdisjoint({draft.order_id, draft.left_record_id, draft.right_record_id})
        for draft, _ in proposal.requests
    )


def claim_for(desk: Desk, who: Viewer, item_id: str, *, minutes: int) -> str | None:
    """Claim an item for who opened it; who else holds it already, if a user does."""
    held = claim(desk.database, item_id, by=who.name, at=desk.clock(), lasting=timedelta(minutes=minutes))
    return None if held.held_by == who.name else held.held_by
