"""Which decisions wait for a second steward, and why.

Belongs here: the rules, as data and pure functions. Does not: keeping what waits (`ledger.desk.proposals`), drawing.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft
from ledger.decisions.in_force import in_force
from ledger.decisions.kinds import KIND
from ledger.decisions.preview import CHANGE, IN_DOUBT, foresee_all
from reconciliation.law import IN_FORCE, counts_as_in_force
from warehouse.home import Home
from warehouse.installation_key import keyed_mark
from warehouse.sources import COURT_SOURCES, POLICE_SOURCES
from warehouse.tables.core import parts_of_record_id


@dataclass(frozen=True)
class ApprovalReason:
    """A reason why a second steward is asked."""

    code: str
    title: str


APPROVAL_REASONS = (
    ApprovalReason("status", "It changes whether an order is in force."),
    ApprovalReason("end", "It moves the end of an order by more than a year, or takes or gives it an end."),
    ApprovalReason("people", "It makes two people one."),
    ApprovalReason("confirmed", "It splits an order that a steward, or a court and the police, have confirmed."),
    ApprovalReason("wordings", "It says which condition a wording is, for every order that is worded so."),
    ApprovalReason("overrules", "It replaces or takes back another steward's decision."),
    ApprovalReason("approved", "It takes back what a second steward had approved."),
    ApprovalReason("sample", "It was drawn at random: a share of all decisions is looked at twice."),
)
APPROVAL_REASON = {reason.code: reason for reason in APPROVAL_REASONS}


JOINING = tuple(kind.code for kind in KIND.values() if kind.about == "pair" and not (kind.parts or kind.leaves_open))
FAR_DAYS = 366
"""An end that moves further leaves a person bound, or free, for more than a year longer."""


def reasons_for_approval(
    draft: Draft,
    by: str,
    present: Present,
    decisions: pl.DataFrame,
    *,
    approved: Collection[str] = (),
    changes: pl.DataFrame | None = None,
) -> tuple[str, ...]:
    """Why a decision needs a second steward; empty if it needs none.

    Args:
        draft: the decision.
        by: who takes it.
        present: the night that it was drafted on.
        decisions: `DECISIONS` of the ledger.
        approved: ids of decisions that a second steward had approved.
        changes: of a value, what all values that are taken with it change (`foresee_all`): two may end an order that
            neither ends alone. Defaults to what it changes alone.

    Returns:
        Codes of `APPROVAL_REASONS`, in their order; `sample` is not among them (`is_sampled`).
    """
    former = decisions.filter(pl.col("decision_id").eq(draft.replaces or ""))
    if draft.kind != "value":
        changes = pl.DataFrame(schema=CHANGE)
    elif changes is None:
        changes = foresee_all([draft], present)
    is_others = not former.filter(pl.col("decided_by") != by).is_empty()
    found = {
        "status": _flips_status(draft, changes, present),
        "end": _moves_end(draft, changes, present),
        "people": _merges_people(draft, present),
        "confirmed": _splits_confirmed(draft, present, decisions),
        "wordings": draft.kind == "wording",
        "overrules": is_others,
        "approved": draft.kind == "undo" and draft.replaces in approved,
    }
    return tuple(reason.code for reason in APPROVAL_REASONS if found.get(reason.code))


def is_sampled(home: Home, by: str, orders: Collection[str], share: float) -> bool:
    """Whether decisions on some orders fall into the share that is looked at twice.

    Drawn by the key of the installation for each steward and order: nobody can foresee it, or get another draw by
    deciding otherwise, together or again.
    """
    draws = (int(keyed_mark(home, "second look", f"{by}\n{order}")[:16], 16) for order in orders)
    return any(draw < share * 2**64 for draw in draws)


def _flips_status(draft: Draft, changes: pl.DataFrame, present: Present) -> bool:
    """A value moves an order into or out of force, or of doubt; or of two that become one, one alone is in force."""
    is_live = present.orders.select("order_id", is_live=counts_as_in_force())
    if KIND[draft.kind].about == "pair":
        held = _held(draft, present).join(is_live, on="order_id")
        return draft.kind == "same_order" and held.get_column("is_live").n_unique() > 1
    is_moved = pl.col("before").is_in(IN_FORCE) != pl.col("after").is_in(IN_FORCE)
    is_of_doubt = (pl.col("before") == IN_DOUBT) | (pl.col("after") == IN_DOUBT)
    moved = ((pl.col("field") == "in_force") & is_of_doubt) | ((pl.col("field") == "legal_status") & is_moved)
    return not changes.filter(moved).is_empty()


def _moves_end(draft: Draft, changes: pl.DataFrame, present: Present) -> bool:
    """A value moves the end of an order far, or takes or gives it one; or two that become one end as far apart."""
    if draft.kind == "same_order":
        both = present.orders.join(_held(draft, present), on="order_id", how="semi")
        ends = both.select(before=pl.col("end_on").first(), after=pl.col("end_on").last())
    elif draft.kind == "value":
        ends = changes.filter(field="end_on").select(pl.col("before", "after").str.to_date("%Y-%m-%d"))
    else:
        return False
    days = (pl.col("after") - pl.col("before")).dt.total_days().abs()
    is_far = (days > FAR_DAYS) | (pl.col("before").is_null() != pl.col("after").is_null())
    return not ends.filter(is_far).is_empty()


def _merges_people(draft: Draft, present: Present) -> bool:
    """Two records of two people are put together: one order has one person."""
    is_merge = draft.kind in JOINING
    return is_merge and _held(draft, present).get_column("subject_id").n_unique() > 1


def _splits_confirmed(draft: Draft, present: Present, decisions: pl.DataFrame) -> bool:
    """Records of one order, or of one person, are separated although a user confirmed what joins them."""
    kind = KIND[draft.kind]
    held = _held(draft, present)
    column = "subject_id" if kind.level == "person" else "order_id"
    if not kind.parts or held.get_column(column).n_unique() != 1:
        return False
    together = present.owners.filter(pl.col(column) == held.item(0, column))
    sources = set(together.select(parts_of_record_id(pl.col("record_id"))[0]).to_series())
    is_confirmed = not (sources.isdisjoint(COURT_SOURCES) or sources.isdisjoint(POLICE_SOURCES))
    return is_confirmed or _is_decided(together, present, decisions)


def _is_decided(owned: pl.DataFrame, present: Present, decisions: pl.DataFrame) -> bool:
    """A decision in force puts records of these together, or gives a value of their orders."""
    standing = in_force(decisions, as_of=present.as_of)
    handles = present.records.join(owned, on="record_id", how="semi").get_column("handle").implode()
    puts_together = pl.col("kind").is_in(JOINING) & pl.col("left_handle").is_in(handles)
    gives_value = (pl.col("kind") == "value") & pl.col("order_id").is_in(owned.get_column("order_id").implode())
    return not standing.filter(puts_together | gives_value).is_empty()


def _held(draft: Draft, present: Present) -> pl.DataFrame:
    """The orders and persons that hold the records of a pair."""
    handles = [draft.left_handle, draft.right_handle]
    records = present.records.filter(pl.col("handle").is_in(handles)).select("record_id", "handle").unique("handle")
    return present.owners.join(records, on="record_id")
