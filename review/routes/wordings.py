"""Naming a wording that fits no condition of the catalogue."""

from collections.abc import Mapping, Sequence

import polars as pl
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.decisions.kinds import DECISION_REASONS
from review.access.viewer import AnySteward, Auditing, Viewer
from review.access.visible_release import Visible
from review.dashboards.prohibition_panels import find_alike
from review.deciding.decision_request import FormError, read_request, sent_fields
from review.deciding.item_form import new_submission
from review.deciding.item_navigation import SentForm
from review.deciding.preview_page import show_preview
from review.item.titles import CONDITION_KINDS
from review.pages import render_page, shown_problems
from warehouse.codes import NAMEABLE_CODES, NAMED_KINDS, condition_label, new_condition_code

router = APIRouter()

NEW = {
    new_condition_code(letter, ""): f"New: a {CONDITION_KINDS[kind].lower()} that is not in this list"
    for letter, kind in NAMED_KINDS.items()
}


@router.get("/wordings/{wording_id}")
def show_wording(request: Request, who: AnySteward, visible: Visible, wording_id: str) -> Response:
    """A wording that fits nothing, those like it, and a form that asks which condition it is."""
    return _shown(request, who, find_alike(visible, wording_id))


@router.post("/wordings/{wording_id}")
def name_wording(
    request: Request, who: AnySteward, audit: Auditing, visible: Visible, form: SentForm, wording_id: str
) -> Response:
    """Show what naming it would change, or what is wrong in the form."""
    alike = find_alike(visible, wording_id)
    try:
        return show_preview(request, who, audit, read_request(form, kinds=["wording"]))
    except FormError as error:
        return _shown(request, who, alike, sent=sent_fields(form), problems=error.problems)


def _shown(
    request: Request,
    who: Viewer,
    alike: pl.DataFrame,
    *,
    sent: Mapping[str, Sequence[str]] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Response:
    if alike.is_empty() or who.forces is not None:
        raise HTTPException(404)
    catalogue = {code: f"{condition_label(code)} ({code})" for code in NAMEABLE_CODES}
    return render_page(
        request,
        "deciding/wording.html",
        alike=alike.rows(named=True),
        conditions=[{"value": code, "text": text} for code, text in ({"": "Choose"} | NEW | catalogue).items()],
        reasons=[
            {"value": reason.code, "text": reason.title} for reason in DECISION_REASONS if "wording" in reason.about
        ],
        submission=new_submission(),
        sent={name: values[0] for name, values in (sent or {}).items()},
        **shown_problems(problems),
    )
