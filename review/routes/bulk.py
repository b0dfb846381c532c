"""Deciding many differences of one rule at once: shown one by one, with exceptions, a preview, and one undo."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from review.access.viewer import AnySteward, Audit, Auditing, Viewer
from review.deciding.bulk import KINDS, NotOneRuleError, find_bulk
from review.deciding.forms import DecidingForm
from review.deciding.previewing import show_preview
from review.deciding.way import SentForm
from review.deciding.wishes import Sent, WishError, read_wish, sent_fields, text
from review.pages import go_on, page
from review.queue.view import read_view

router = APIRouter()


@router.get("/bulk")
def show_bulk(request: Request, who: AnySteward, audit: Auditing) -> Response:
    """The differences of a view that chooses one rule."""
    return _shown(request, who, audit, request.url.query, {}, {})


@router.post("/bulk/preview")
def preview(request: Request, who: AnySteward, audit: Auditing, form: SentForm) -> Response:
    """What deciding them all would change."""
    try:
        return show_preview(request, who, read_wish(form, kinds=[kind.code for kind in KINDS]))
    except WishError as error:
        return _shown(request, who, audit, text(form, "view"), sent_fields(form), error.problems)


def _shown(
    request: Request, who: Viewer, audit: Audit, query: str, fields: Sent, problems: Mapping[str, str]
) -> Response:
    view = read_view(parse_qsl(query), viewer=who.name)
    try:
        bulk = find_bulk(request.app.state.desk, who, view)
    except NotOneRuleError:
        words = "Choose one rule first: only differences of one rule are decided at once."
        return go_on(request, f"/queue{'?' if view.query else ''}{view.query}", message=words, tone="warning")
    audit("consultation", what={"page": "bulk", "orders": sorted({line.order_id for line in bulk.lines})})
    release = request.app.state.desk.snapshot().release.release_id
    form = DecidingForm("", (), release, "", view.query, fields=fields, problems=problems)
    return page(
        request,
        "deciding/bulk.html",
        status=422 if problems else 200,
        bulk=bulk,
        kinds=KINDS,
        deciding=form,
        errors=form.errors,
        left=set(fields["discrepancy_id"]) if "discrepancy_id" in fields else None,
    )
