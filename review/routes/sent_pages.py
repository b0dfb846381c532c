"""The page that a form led to, under an address of its own: going back to it never asks to send the form again."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from review.access.viewer import Auditing, SignedIn
from review.pages import SentPage

router = APIRouter()


@router.get("/sent/{name}")
def show_sent(request: Request, who: SignedIn, audit: Auditing, name: str) -> HTMLResponse:
    """What somebody was shown after they sent a form; looking at it again is logged as looking at it was."""
    page: SentPage | None = request.app.state.sent_pages.find(name, who.session)
    if page is None:
        raise HTTPException(410, "This page is no longer kept. Open the item again.")
    if page.consulted:
        audit("consultation", what=page.consulted)
    return HTMLResponse(page.html, page.status)
