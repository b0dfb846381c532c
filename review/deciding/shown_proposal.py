"""Proposals as a second steward looks at them: what is decided, why they are asked, what it would change now.

Belongs here: bringing a proposal and the night together. Does not: judging it (`ledger.desk.proposals`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from assets.wording_decisions import foresee_with_names
from ledger.decisions.bulk import draft_of, drafted_together
from ledger.decisions.decision import Draft
from ledger.decisions.errors import DecisionError, DecisionRefusedError
from ledger.desk.four_eyes import APPROVAL_REASON, ApprovalReason
from ledger.desk.proposals import Proposal, find_proposal, read_proposals
from review.access.viewer import Viewer
from review.access.visible_release import VisibleRelease
from review.deciding.draft_words import Consequences, SummaryLine, describe_consequences, describe_drafts
from review.deciding.visible_subject import NotVisibleError, describe_people, visible_subject
from review.desk import Desk, WholeRelease, decidable_night
from review.item.titles import with_titles


@dataclass(frozen=True)
class ShownProposal:
    """A proposal as it is shown.

    Attributes:
        people: whom each of these orders binds, by its id.
        outdated: why it can no longer be taken as it stands, in words; empty if it can.
    """

    proposal: Proposal
    orders: frozenset[str]
    people: Mapping[str, str]
    lines: tuple[SummaryLine, ...]
    why: tuple[ApprovalReason, ...]
    consequences: Consequences
    outdated: tuple[str, ...]


def find_shown_proposal(desk: Desk, who: Viewer, proposal_id: str) -> ShownProposal:
    """A proposal of any steward, whether or not it still waits.

    Raises:
        ProposalError: there is none.
        NotVisibleError: it is about orders that a user may not see.
    """
    return _look(desk.whole_release(), who, find_proposal(desk.database, proposal_id), desk.ledger.read())


def proposals_waiting_for(desk: Desk, who: Viewer) -> list[ShownProposal]:
    """The proposals that wait, as far as a user may see them, the oldest first."""
    decisions, whole, seen = desk.ledger.read(), desk.whole_release(), []
    for proposal in read_proposals(desk.database, waiting=True):
        try:
            seen.append(_look(whole, who, proposal, decisions))
        except NotVisibleError:
            continue
    return seen


def _look(whole: WholeRelease, who: Viewer, proposal: Proposal, decisions: pl.DataFrame) -> ShownProposal:
    present, drafts = decidable_night(whole), [draft for draft, _ in proposal.requests]
    orders = visible_subject(drafts, decisions, whole, who.forces)
    outdated, current = list[str](), list[Draft]()
    together = drafted_together([draft.about() for draft in drafts], present)
    for draft in drafts if proposal.waits else ():
        try:
            current.append(draft_of(draft.about(), together))
        except (DecisionError, DecisionRefusedError) as error:
            outdated.append(with_titles(str(error)))
    changes, visible = foresee_with_names(current, decisions, present), VisibleRelease(whole, who.forces)
    signature = proposal.requests[0][1]
    return ShownProposal(
        proposal=proposal,
        orders=orders,
        people=describe_people(present.orders, orders),
        lines=tuple(describe_drafts(drafts, decisions, reason_code=signature.reason_code, comment=signature.comment)),
        why=tuple(APPROVAL_REASON[code] for code in proposal.why),
        consequences=describe_consequences(current, changes, visible, whole),
        outdated=tuple(dict.fromkeys(outdated)),
    )
