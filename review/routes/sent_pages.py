"""The page that a form led to, under an address of its own: going back to it never asks to send the form again."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ledger.desk.sent_pages import take_sent_page
from review.access.viewer import Auditing, SignedIn
from review.desk import Desk

router = APIRouter()


@router.get("/sent/{name}")
def show_sent(request: Request, who: SignedIn, audit: Auditing, name: str) -> HTMLResponse:
    """What a user was shown after they sent a form. Drawing it was logged; each look after the first is too."""
    desk: Desk = request.app.state.desk
    with desk.writing() as connection:
        page = take_sent_page(connection, name, session=who.session, at=desk.clock())
    if page is None:
        raise HTTPException(410, "This page is no longer kept. Open the item again.")
    if page.consulted and not page.is_first_look:
        audit("consultation", what=page.consulted)
    return HTMLResponse(page.html, page.status)
