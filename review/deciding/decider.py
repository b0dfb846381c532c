"""From a request to the ledger: what it would change, who must look twice, what changed meanwhile, what became of it.

Belongs here: deciding, proposing, taking back. Does not: forms (`review.deciding.decision_request`), pages.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import sqlalchemy as sa

from assets.wording_decisions import foresee_with_names
from ledger.audit import Entry, append
from ledger.decisions.bulk import draft_of, drafted_together
from ledger.decisions.decidable import Present
from ledger.decisions.decision import Draft, Signature
from ledger.decisions.errors import DecisionError
from ledger.decisions.ledger import Beside
from ledger.decisions.preview import CLOSING, foresee_all
from ledger.decisions.submitting import Taken
from ledger.desk.four_eyes import APPROVAL_REASONS, is_sampled, reasons_for_approval
from ledger.desk.proposals import Proposal, approve, approved_decisions, find_proposal, propose
from review.access.viewer import Viewer
from review.access.visible_release import VisibleRelease
from review.deciding.changed_since import ChangedSince, find_changed_since
from review.deciding.decision_request import DecisionRequest
from review.deciding.drafting import draft_all, refusal
from review.deciding.visible_subject import visible_night, visible_subject
from review.desk import Desk, decidable_night
from review.desk_settings import DeskSettings
from warehouse.tables.register import REVIEW_QUEUE


@dataclass(frozen=True, eq=False)
class Preview:
    """What a request comes to, before anything is kept.

    Attributes:
        changes: of all of them, as `foresee` gives them: `order_id`, `change`, `field`, `before`, `after`.
        why: codes of `four_eyes.APPROVAL_REASONS` for which a second steward is asked, except the draw; empty if
            none is.
        decisions: `DECISIONS` of the ledger when they were previewed.
        changed: what changed since the form was drawn; None if nothing did.
    """

    drafts: tuple[Draft, ...]
    changes: pl.DataFrame
    why: tuple[str, ...]
    orders: frozenset[str]
    decisions: pl.DataFrame
    changed: ChangedSince | None

    @property
    def must_be_seen(self) -> bool:
        """It changes the register, or a second steward is asked: nobody saves it unseen."""
        return bool(self.why) or not self.changes.filter(~pl.col("change").is_in(CLOSING)).is_empty()


@dataclass(frozen=True)
class Outcome:
    """What became of a request.

    Attributes:
        taken: decisions in the ledger; empty if they wait for a second steward.
        proposal_id: of the proposal that waits; None if the decisions were taken.
        batch_id: by which all can be taken back at once.
        why: codes of the reasons for which they wait.
    """

    taken: tuple[Taken, ...]
    proposal_id: str | None
    batch_id: str | None
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matter:
    """Decisions that are taken, or wait, together.

    Attributes:
        why: codes of `four_eyes.APPROVAL_REASONS` for which a second steward is asked.
        item_id: the item of the queue that they settle; None: none.
    """

    drafts: tuple[Draft, ...]
    orders: frozenset[str]
    why: tuple[str, ...]
    item_id: str | None = None


class Decider:
    """Decides for one steward on what the desk shows now."""

    def __init__(self, desk: Desk, settings: DeskSettings, who: Viewer) -> None:
        self._desk = desk
        self._share = settings.second_look_share
        self._by = who.name
        self._forces = who.forces

    def refuse(self, asked: Mapping[str, Any], together: Sequence[Mapping[str, Any]]) -> str | None:
        """Why a value or an acceptance of a form can't be, beside all that the form asks for.

        Nothing of orders that the steward may not see: for them those are not there.
        """
        return refusal(asked, together, visible_night(self._desk.whole_release(), self._forces))

    def preview(self, wanted: DecisionRequest) -> Preview:
        """What a request comes to; nothing is kept.

        Raises:
            NotVisibleError: it is about orders that the steward may not see.
            DecisionError: what it names is not there for the steward, or does not fit.
            ValuesChangedError: values have changed since the preview.
            ContradictionError, RefusedTogetherError: decisions that stand contradict it.
        """
        if not wanted.decisions:
            raise DecisionError("nothing is decided")
        whole, ledger = self._desk.whole_release(), self._desk.ledger
        present, visible = decidable_night(whole), VisibleRelease(whole, self._forces)
        drafts, decisions = draft_all(wanted, visible_night(whole, self._forces)), ledger.read()
        orders = visible_subject(drafts, decisions, whole, self._forces)
        drawn_for = [order for order in wanted.orders if visible.sees(order)]
        signature = Signature(self._by, wanted.reason_code, wanted.comment)
        ledger.decide_all([(draft, signature) for draft in drafts], keep=False)
        return Preview(
            drafts=drafts,
            changes=foresee_with_names(drafts, decisions, present),
            why=self._why(drafts, present, decisions),
            orders=orders,
            decisions=decisions,
            changed=find_changed_since(self._desk, wanted, drafts, present, orders=drawn_for),
        )

    def save(self, wanted: DecisionRequest) -> Outcome | None:
        """Take the decisions, or let them wait for a second steward; None if they have to be looked at first.

        That is if something changed meanwhile, or if no preview was shown of what changes the register. It is for the
        caller to show (`preview`); values that changed since the preview are refused
        here too, by the fingerprints, and decisions that were taken since, by the ledger. Raises as `preview`.
        """
        preview = self.preview(wanted)
        if preview.changed is not None or (preview.must_be_seen and not wanted.fingerprints):
            return None
        signature = Signature(self._by, wanted.reason_code, wanted.comment)
        matter = Matter(preview.drafts, preview.orders, preview.why, self._settled(wanted, preview.orders))
        return self._take_or_propose(matter, signature, submission=wanted.submission)

    def submit(self, drafts: Sequence[Draft], signature: Signature, *, submission: str) -> Outcome:
        """Take decisions that were drafted on the release in force, or let them wait. Raises as `preview`."""
        whole, decisions = self._desk.whole_release(), self._desk.ledger.read()
        orders = visible_subject(drafts, decisions, whole, self._forces)
        why = self._why(drafts, decidable_night(whole), decisions)
        self._desk.ledger.decide_all([(draft, signature) for draft in drafts], keep=False)
        return self._take_or_propose(Matter(tuple(drafts), orders, why), signature, submission=submission)

    def _take_or_propose(self, matter: Matter, signature: Signature, *, submission: str) -> Outcome:
        # Not shown before: who sees that they were drawn could leave it.
        is_drawn = is_sampled(self._desk.home, self._by, matter.orders, self._share)
        why = (*matter.why, *(["sample"] if is_drawn else []))
        if why:
            return self._propose(replace(matter, why=why), signature, submission)
        batch_id = name_submission(self._by, submission) if len(matter.drafts) > 1 else None
        requests = [(draft.in_batch(batch_id) if batch_id else draft, signature) for draft in matter.drafts]
        note = self._noted(matter.orders)
        return Outcome(self._desk.ledger.decide_all(requests, beside=note), None, batch_id)

    def approve(self, proposal_id: str, comment: str | None) -> tuple[Taken, ...]:
        """Approve another steward's proposal on what there is now.

        Raises:
            NotVisibleError: it is about orders that the approver may not see.
            ProposalError: it is one's own, or was judged meanwhile.
            ValuesChangedError: values have changed since it was proposed: return it instead.
            RefusedTogetherError, LedgerError: as `preview`.
        """
        proposal = find_proposal(self._desk.database, proposal_id)
        night = visible_night(self._desk.whole_release(), self._forces)
        asked = [draft.about() for draft, _ in proposal.requests]
        together = drafted_together(asked, night)
        drafts = [draft_of(one, together) for one in asked]
        ledger = self._desk.ledger
        orders = visible_subject(drafts, ledger.read(), self._desk.whole_release(), self._forces)
        note = self._noted(orders, proposal=proposal_id)
        return tuple(approve(ledger, proposal, by=self._by, at=self._desk.clock(), comment=comment, beside=note))

    def _noted(self, orders: frozenset[str], **more: str) -> Beside:
        """Notes decisions in the audit log, in the transaction that keeps them: keys alone."""

        def note(connection: sa.Connection, taken: Sequence[Taken]) -> None:
            names = [result.decision_id for result in taken if result.is_new]
            if names or more:
                what = {"orders": sorted(orders), "decisions": names, **more}
                append(connection, [Entry(self._desk.clock(), self._by, "alteration", what)])

        return note

    def _why(self, drafts: Sequence[Draft], present: Present, decisions: pl.DataFrame) -> tuple[str, ...]:
        approved = approved_decisions(self._desk.database)
        changes = foresee_all([draft for draft in drafts if draft.kind == "value"], present)
        found = {
            code
            for draft in drafts
            for code in reasons_for_approval(draft, self._by, present, decisions, approved=approved, changes=changes)
        }
        return tuple(reason.code for reason in APPROVAL_REASONS if reason.code in found)

    def _propose(self, matter: Matter, signature: Signature, submission: str) -> Outcome:
        proposal = Proposal(
            proposal_id=name_submission(self._by, submission),
            proposed_by=self._by,
            proposed_at=self._desk.clock(),
            item_id=matter.item_id,
            requests=tuple((draft, signature) for draft in matter.drafts),
            why=matter.why,
        )
        propose(self._desk.database, proposal, beside=self._noted(matter.orders, proposal=proposal.proposal_id))
        return Outcome((), proposal.proposal_id, None, matter.why)

    def _settled(self, wanted: DecisionRequest, orders: frozenset[str]) -> str | None:
        """The item that a request settles: one of its orders; a form can name any."""
        if wanted.item_id is None:
            return None
        queue = self._desk.whole_release().table(REVIEW_QUEUE.name).filter(pl.col("item_id") == wanted.item_id)
        return wanted.item_id if orders & set(queue.get_column("order_id")) else None


def name_submission(by: str, submission: str) -> str:
    """The id of what a form that was sent leads to: the same for the same form, another one for every user."""
    return hashlib.sha256(f"{by}\n{submission}".encode()).hexdigest()[:12]
