"""Deciding many differences of one rule at once: shown one by one, with exceptions, a preview, and one undo."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from review.access.viewer import AnySteward, Audit, Auditing, Viewer
from review.deciding.bulk_selection import NotOneRuleError, select_bulk
from review.deciding.decision_request import FormError, SentFields, read_request, sent_fields, text
from review.deciding.item_form import ItemForm
from review.deciding.item_navigation import SentForm
from review.deciding.preview_page import decider_of, show_preview
from review.deciding.settling import ON_DISCREPANCY
from review.pages import redirect_to, render_page
from review.queue.queue_view import read_view

router = APIRouter()


@router.get("/bulk")
def show_bulk(request: Request, who: AnySteward, audit: Auditing) -> Response:
    """The differences of a view that chooses one rule."""
    return _shown(request, who, audit, request.url.query, {}, {})


@router.post("/bulk/preview")
def preview(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """What deciding them all would change."""
    try:
        wanted = read_request(form, kinds=ON_DISCREPANCY, refuse=decider_of(request, who).refuse)
        return show_preview(request, who, audit, wanted)
    except FormError as error:
        return _shown(request, who, audit, text(form, "view"), sent_fields(form), error.problems)


def _shown(
    request: Request, who: Viewer, audit: Audit, query: str, fields: SentFields, problems: Mapping[str, str]
) -> Response:
    view = read_view(parse_qsl(query), viewer=who.name)
    try:
        bulk = select_bulk(request.app.state.desk, who, view)
    except NotOneRuleError:
        words = "Choose one rule first: only discrepancies of one rule can be decided together."
        return redirect_to(request, f"/queue{'?' if view.query else ''}{view.query}", message=words, tone="warning")
    audit("consultation", what={"page": "bulk", "orders": sorted({line.order_id for line in bulk.lines})})
    release = bulk.release_id
    form = ItemForm("", (), release, "", view.query, fields=fields, problems=problems)
    return render_page(
        request,
        "deciding/bulk.html",
        status=422 if problems else 200,
        bulk=bulk,
        kinds=bulk.kinds,
        deciding=form,
        errors=form.errors,
        left=set(fields["discrepancy_id"]) if "discrepancy_id" in fields else None,
    )
