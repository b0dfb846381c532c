"""Decisions that somebody took, and taking them back."""

from collections.abc import Mapping, Sequence

import polars as pl
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.decision import Draft
from ledger.decisions.in_force import fold
from ledger.decisions.kinds import DECISION_REASONS
from ledger.desk.proposals import read_proposals
from review.access.viewer import AnySteward, Audit, Auditing, Viewer
from review.deciding.decidable_night import decidable_night
from review.deciding.decision_request import FormError, read_request, sent_fields, texts
from review.deciding.item_form import new_submission
from review.deciding.item_navigation import SentForm
from review.deciding.preview_page import show_preview
from review.deciding.visible_subject import NotVisibleError, visible_subject
from review.desk import Desk
from review.item.past_decisions import summarise_decisions
from review.pages import NavigationLink, render_page

router = APIRouter()
navigation = (NavigationLink("Your decisions", "/decisions/mine", "decide", 40),)

SHOWN_DECISIONS = 50
SHOWN_RETURNED = 10


@router.get("/decisions/mine")
def show_mine(request: Request, who: AnySteward, audit: Auditing) -> Response:
    """What somebody decided lately, to be taken back; not what they may see no longer."""
    desk: Desk = request.app.state.desk
    decisions = desk.ledger.read()
    snapshot, present = desk.snapshot(), decidable_night(desk.snapshot())

    def is_seen(*drafts: Draft) -> bool:
        try:
            visible_subject(drafts, decisions, snapshot, who.forces)
        except NotVisibleError:
            return False
        return True

    folded = fold(decisions.filter(pl.col("decided_by") == who.name))
    latest = folded.filter(pl.col("kind") != "undo").reverse().head(SHOWN_DECISIONS)
    own = latest.filter([is_seen(present.draft_undo(name)) for name in latest.get_column("decision_id")])
    proposals = [
        entry
        for entry in read_proposals(desk.database)
        if entry.proposed_by == who.name and is_seen(*(draft for draft, _ in entry.requests))
    ]
    audit("consultation", what={"page": "decisions", "decisions": own.get_column("decision_id").to_list()})
    return render_page(
        request,
        "deciding/mine.html",
        decisions=summarise_decisions(own),
        returned=[entry for entry in proposals if entry.verdict == "returned"][-SHOWN_RETURNED:],
        waiting=[entry for entry in proposals if entry.waits],
    )


@router.get("/decisions/{decision_id}/undo")
def ask_to_undo(request: Request, who: AnySteward, audit: Auditing, decision_id: str) -> Response:
    """Ask why a decision is taken back."""
    return show_undo(request, _standing(request, who, audit, pl.col("decision_id") == decision_id))


@router.get("/batches/{batch_id}/undo")
def ask_to_undo_batch(request: Request, who: AnySteward, audit: Auditing, batch_id: str) -> Response:
    """Ask why all decisions that were taken together are taken back."""
    return show_undo(request, _standing(request, who, audit, pl.col("batch_id") == batch_id))


@router.post("/decisions/undo")
def undo(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """Show what the taking back comes to, or what of the form is to be mended."""
    try:
        return show_preview(request, who, read_request(form))
    except FormError as error:
        standing = _standing(request, who, audit, pl.col("decision_id").is_in(texts(form, "replaces")))
        return show_undo(request, standing, sent=sent_fields(form), problems=error.problems)


def show_undo(
    request: Request,
    standing: pl.DataFrame,
    *,
    sent: Mapping[str, Sequence[str]] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Response:
    """The page that asks why decisions are taken back; with what was typed, if it was sent before."""
    reasons = [reason for reason in DECISION_REASONS if "decision" in reason.about]
    return render_page(
        request,
        "deciding/undo.html",
        status=422 if problems else 200,
        decisions=summarise_decisions(standing.head(SHOWN_DECISIONS)),
        names=standing.get_column("decision_id").to_list(),
        reasons=[{"value": reason.code, "text": reason.title} for reason in reasons],
        submission=new_submission(),
        sent={name: values[0] for name, values in (sent or {}).items()},
        problems=problems or {},
        errors=[{"text": words, "href": f"#{name}"} for name, words in (problems or {}).items()],
    )


def _standing(request: Request, who: Viewer, audit: Audit, which: pl.Expr) -> pl.DataFrame:
    """Decisions that may be taken back.

    Raises:
        HTTPException: 404: there are none that somebody may see, or 410: none of them stands.
    """
    desk: Desk = request.app.state.desk
    snapshot = desk.snapshot()
    present = decidable_night(snapshot)
    decisions = desk.ledger.read()
    found = fold(decisions).filter(which & (pl.col("kind") != "undo"))
    drafts = [present.draft_undo(name) for name in found.get_column("decision_id")]
    try:
        orders = visible_subject(drafts, decisions, snapshot, who.forces)
    except NotVisibleError:
        raise HTTPException(404) from None
    if not drafts:
        raise HTTPException(404)
    standing = found.filter(pl.col("ended_by").is_null())
    if standing.is_empty():
        raise HTTPException(410, "The decision no longer stands: it was taken back or replaced before.")
    audit("consultation", what={"decisions": standing.get_column("decision_id").to_list(), "orders": sorted(orders)})
    return standing
