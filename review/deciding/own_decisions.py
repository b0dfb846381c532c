"""The decisions that a user took and may still see, and those that they may take back.

Belongs here: reading and limiting them. Does not: the pages (`review.routes.own_decisions`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ledger.decisions.decision import Draft
from ledger.decisions.in_force import fold
from ledger.desk.proposals import Proposal, read_proposals
from review.access.viewer import Viewer
from review.deciding.visible_subject import NotVisibleError, describe_people, visible_subject
from review.desk import Desk, decidable_night

SHOWN_DECISIONS = 50


@dataclass(frozen=True, eq=False)
class OwnDecisions:
    """What a user decided.

    Attributes:
        decisions: of `fold`, the latest first.
        proposals: what they proposed, the oldest first.
        people: whom the orders bind that each is about (`describe_people`), by the id of the decision or proposal.
    """

    decisions: pl.DataFrame
    proposals: Sequence[Proposal]
    people: Mapping[str, Mapping[str, str]]


def read_own_decisions(desk: Desk, who: Viewer) -> OwnDecisions:
    """What a user decided lately, without what they may see no longer."""
    decisions, whole = desk.ledger.read(), desk.whole_release()
    night = decidable_night(whole)

    def people(*drafts: Draft) -> Mapping[str, str] | None:
        """Whom they are about; None: the user may not see it."""
        try:
            return describe_people(night.orders, visible_subject(drafts, decisions, whole, who.forces))
        except NotVisibleError:
            return None

    folded = fold(decisions.filter(pl.col("decided_by") == who.name))
    latest = folded.filter(pl.col("kind") != "undo").reverse().head(SHOWN_DECISIONS)
    proposals = [proposal for proposal in read_proposals(desk.database) if proposal.proposed_by == who.name]
    about = {name: people(night.draft_undo(name)) for name in latest.get_column("decision_id")} | {
        proposal.proposal_id: people(*(draft for draft, _ in proposal.requests)) for proposal in proposals
    }
    seen = {name: named for name, named in about.items() if named is not None}
    return OwnDecisions(
        latest.filter(pl.col("decision_id").is_in(list(seen))),
        [proposal for proposal in proposals if proposal.proposal_id in seen],
        seen,
    )


def find_decisions(desk: Desk, who: Viewer, which: pl.Expr) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """Decisions that may be taken back by any steward, of `fold`, and whom the orders bind that they are about.

    Raises:
        NotVisibleError: there are none, or they may not see one of them.
    """
    whole, decisions = desk.whole_release(), desk.ledger.read()
    night = decidable_night(whole)
    found = fold(decisions).filter(which & (pl.col("kind") != "undo"))
    drafts = [night.draft_undo(name) for name in found.get_column("decision_id")]
    orders = visible_subject(drafts, decisions, whole, who.forces)
    if not drafts:
        raise NotVisibleError
    return found.filter(pl.col("ended_by").is_null()), describe_people(night.orders, orders)
