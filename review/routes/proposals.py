"""Decisions that wait for a second steward: looking at them, approving, returning, withdrawing."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.errors import DecisionError, DecisionRefusedError, RefusedTogetherError
from ledger.desk.proposals import ProposalError, find_proposal, return_proposal, withdraw
from review.access.viewer import AnyApprover, AnySteward, Audit, Auditing, Viewer, may
from review.access.visible_release import VisibleRelease, visible_release
from review.deciding.decision_request import text
from review.deciding.item_navigation import SentForm
from review.deciding.preview_page import decider_of
from review.deciding.shown_proposal import ShownProposal, find_shown_proposal, proposals_waiting_for
from review.deciding.visible_subject import NotVisibleError
from review.desk import Desk
from review.item.item_page import ItemPage, build_page
from review.item.value_marks import show_hidden
from review.pages import NavigationLink, redirect_to, render_page, sentence

router = APIRouter()
MOST_COMPARED = 2
navigation = (NavigationLink("Second look", "/proposals", "decide", 30),)


@router.get("/proposals")
def show_waiting(request: Request, who: AnySteward, audit: Auditing) -> Response:
    """What waits for a second steward."""
    waiting = proposals_waiting_for(request.app.state.desk, who)
    orders = sorted({order for look in waiting for order in look.orders})
    audit("consultation", what={"page": "proposals", "orders": orders})
    return render_page(request, "deciding/proposals.html", waiting=waiting)


@router.get("/proposals/{proposal_id}")
def show_proposal(request: Request, who: AnySteward, audit: Auditing, proposal_id: str) -> Response:
    """A proposal: what is decided, why a second steward is asked, what it would change."""
    return _shown(request, who, audit, proposal_id)


@router.post("/proposals/{proposal_id}/approve")
def approve(request: Request, who: AnyApprover, audit: Auditing, form: SentForm, proposal_id: str) -> Response:
    """Approve another steward's proposal: its decisions are taken."""
    try:
        taken = decider_of(request, who).approve(proposal_id, text(form, "comment") or None)
    except NotVisibleError:
        raise HTTPException(404) from None
    except (DecisionError, DecisionRefusedError) as error:
        return _shown(request, who, audit, proposal_id, error=error, comment=text(form, "comment", strip=False))
    words = "The decision is taken." if len(taken) == 1 else f"{len(taken)} decisions are taken."
    return redirect_to(request, "/proposals", message=words)


@router.post("/proposals/{proposal_id}/return")
def give_back(request: Request, who: AnyApprover, audit: Auditing, form: SentForm, proposal_id: str) -> Response:
    """Return a proposal to who made it, and say why."""
    _look(request, who, proposal_id)
    desk: Desk = request.app.state.desk
    proposal, comment = find_proposal(desk.database, proposal_id), text(form, "comment")
    try:
        return_proposal(desk.database, proposal, by=who.name, at=desk.clock(), comment=comment)
    except ProposalError as error:
        return _shown(request, who, audit, proposal_id, error=error)
    audit("alteration", what={"proposal": proposal_id, "verdict": "returned"})
    return redirect_to(request, "/proposals", message="The proposal is returned.")


@router.post("/proposals/{proposal_id}/withdraw")
def take_back(request: Request, who: AnySteward, audit: Auditing, proposal_id: str) -> Response:
    """Take back one's own proposal."""
    desk: Desk = request.app.state.desk
    _look(request, who, proposal_id)
    try:
        withdraw(desk.database, find_proposal(desk.database, proposal_id), by=who.name, at=desk.clock())
    except ProposalError as error:
        return _shown(request, who, audit, proposal_id, error=error)
    audit("alteration", what={"proposal": proposal_id, "verdict": "withdrawn"})
    return redirect_to(request, "/proposals", message="Your proposal is withdrawn.")


def _look(request: Request, who: Viewer, proposal_id: str) -> ShownProposal:
    """A proposal that a user may see.

    Raises:
        HTTPException: 404.
    """
    try:
        return find_shown_proposal(request.app.state.desk, who, proposal_id)
    except (ProposalError, NotVisibleError):
        raise HTTPException(404) from None


def _compared(visible: VisibleRelease, orders: Sequence[str], fields: Collection[str]) -> ItemPage | None:
    """The order that a proposal is about, or the two, with what their records say, the decided fields first."""
    if not 1 <= len(orders) <= MOST_COMPARED:
        return None
    page = build_page(orders, visible.opening(orders).table, as_of=visible.release.as_of)
    return replace(page, comparison=page.comparison.asking(fields))


def _shown(
    request: Request, who: Viewer, audit: Audit, proposal_id: str, *, error: Exception | None = None, comment: str = ""
) -> Response:
    look = _look(request, who, proposal_id)
    fields = {draft.field for draft, _ in look.proposal.requests if draft.field}
    compared = _compared(visible_release(request, who), sorted(look.orders), fields)
    keys = {"orders": sorted(look.orders), "records": list(compared.record_ids) if compared else []}
    audit("consultation", what={"page": "proposal", "proposal": proposal_id, **keys})
    refusals = error.refusals.values() if isinstance(error, RefusedTogetherError) else [error] if error else []
    errors = [{"text": words, "href": "#comment"} for words in dict.fromkeys(map(sentence, refusals))]
    return render_page(
        request,
        "deciding/proposal.html",
        status=409 if errors else 200,
        look=look,
        shown=compared,
        show_hidden=show_hidden,
        errors=errors,
        comment=comment,
        is_own=look.proposal.proposed_by == who.name,
        may_judge=may(request, who, "approve") and look.proposal.proposed_by != who.name,
    )
