"""Decisions that a user took, and taking them back."""

from collections.abc import Mapping, Sequence

import polars as pl
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.kinds import DECISION_REASONS, KIND
from ledger.desk.proposals import Proposal
from review.access.viewer import AnySteward, Audit, Auditing, Viewer
from review.deciding.decision_request import FormError, read_request, sent_fields, texts
from review.deciding.item_form import new_submission
from review.deciding.item_navigation import SentForm
from review.deciding.own_decisions import SHOWN_DECISIONS, find_decisions, read_own_decisions
from review.deciding.preview_page import show_preview
from review.deciding.visible_subject import NotVisibleError
from review.item.past_decisions import describe_subject, summarise_decisions
from review.item.value_marks import show_hidden
from review.pages import NavigationLink, render_page, shown_problems

router = APIRouter()
navigation = (NavigationLink("Your decisions", "/decisions/mine", "decide", 40),)

SHOWN_RETURNED = 10


@router.get("/decisions/mine")
def show_mine(request: Request, who: AnySteward, audit: Auditing) -> Response:
    """What a user decided lately, to be taken back; not what they may see no longer."""
    own = read_own_decisions(request.app.state.desk, who)
    orders = sorted({order for people in own.people.values() for order in people})
    names = own.decisions.get_column("decision_id").to_list()
    audit("consultation", what={"page": "decisions", "decisions": names, "orders": orders})
    return render_page(
        request,
        "deciding/mine.html",
        decisions=summarise_decisions(own.decisions),
        people=own.people,
        show_hidden=show_hidden,
        titles={entry.proposal_id: _title(entry) for entry in own.proposals},
        returned=[entry for entry in own.proposals if entry.verdict == "returned"][-SHOWN_RETURNED:],
        waiting=[entry for entry in own.proposals if entry.waits],
    )


@router.get("/decisions/{decision_id}/undo")
def ask_to_undo(request: Request, who: AnySteward, audit: Auditing, decision_id: str) -> Response:
    """Ask why a decision is taken back."""
    return show_undo(request, *_standing(request, who, audit, pl.col("decision_id") == decision_id))


@router.get("/batches/{batch_id}/undo")
def ask_to_undo_batch(request: Request, who: AnySteward, audit: Auditing, batch_id: str) -> Response:
    """Ask why all decisions that were taken together are taken back."""
    return show_undo(request, *_standing(request, who, audit, pl.col("batch_id") == batch_id))


@router.post("/decisions/undo")
def undo(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """Show what undoing it would change, or what is wrong in the form."""
    try:
        return show_preview(request, who, audit, read_request(form))
    except FormError as error:
        standing = _standing(request, who, audit, pl.col("decision_id").is_in(texts(form, "replaces")))
        return show_undo(request, *standing, sent=sent_fields(form), problems=error.problems)


def _title(entry: Proposal) -> str:
    """What a proposal decides, in a line: the first of several."""
    draft, more = entry.requests[0][0], len(entry.requests) - 1
    words = f"{KIND[draft.kind].title.capitalize()}: {describe_subject(draft.about())}" if draft.kind != "undo" else ""
    return f"{words or KIND['undo'].title.capitalize()}{f' and {more} more' if more else ''}"


def show_undo(
    request: Request,
    standing: pl.DataFrame,
    people: Mapping[str, str],
    *,
    sent: Mapping[str, Sequence[str]] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Response:
    """The page that asks why decisions are taken back; with what was typed, if it was sent before."""
    reasons = [reason for reason in DECISION_REASONS if "decision" in reason.about]
    return render_page(
        request,
        "deciding/undo.html",
        decisions=summarise_decisions(standing.head(SHOWN_DECISIONS)),
        people=people,
        show_hidden=show_hidden,
        names=standing.get_column("decision_id").to_list(),
        reasons=[{"value": reason.code, "text": reason.title} for reason in reasons],
        submission=new_submission(),
        sent={name: values[0] for name, values in (sent or {}).items()},
        **shown_problems(problems),
    )


def _standing(request: Request, who: Viewer, audit: Audit, which: pl.Expr) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """Decisions that may be taken back, and whom the orders bind that they are about.

    Raises:
        HTTPException: 404: there are none that a user may see, or 410: none of them stands.
    """
    try:
        decisions, people = find_decisions(request.app.state.desk, who, which)
    except NotVisibleError:
        raise HTTPException(404) from None
    if decisions.is_empty():
        raise HTTPException(410, "The decision is no longer in force: it has been undone or replaced.")
    names = decisions.get_column("decision_id").to_list()
    audit("consultation", what={"decisions": names, "orders": sorted(people)})
    return decisions, people
