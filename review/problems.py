"""When something goes wrong: a page in plain words, without personal data.

Belongs here: which error becomes which page. Does not: raising them.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from review.access.forms import SAFE_METHODS
from review.access.viewer import SignInRequiredError
from review.desk import NoReleaseError
from review.pages import go_on, page
from warehouse.ledger.errors import LedgerError

log = logging.getLogger("concord.review")

TITLES: Mapping[int, str] = {
    400: "This can't be read",
    403: "You can't do this",
    404: "Page not found",
    405: "This can't be done here",
    409: "Something changed meanwhile",
    410: "This is no longer here",
    413: "This is too long",
    422: "Something in the address or the form can't be read",
    429: "Too many attempts",
    500: "Something went wrong",
    503: "The desk can't do this now",
}
WORDS: Mapping[int, str] = {
    404: "If you typed the address, check it. The page may also be about a record that you may not see.",
    422: "A value is missing or has a form that is not expected. Go back and try again.",
    500: "Nothing was saved but what a page has told you. Try again. If it fails again, tell the operator the time.",
}
DEFAULTS = frozenset({"Not Found", "Method Not Allowed", "Forbidden", "Bad Request"})


def problem(request: Request, status: int, words: str | None = None, **context: Any) -> HTMLResponse:
    """A page that says what went wrong and what to do."""
    title = TITLES.get(status, TITLES[500])
    told = WORDS.get(status, "") if words is None or words in DEFAULTS else words
    return page(request, "problem.html", status=status, title=title, words=told, **context)


def not_allowed(request: Request, error: Exception) -> Response:
    """An HTTP error that a route raised."""
    status, detail = getattr(error, "status_code", 500), getattr(error, "detail", None)
    return problem(request, status, detail)


def unreadable(request: Request, _: Exception) -> Response:
    """A value of the address or the form that can't be read; it is not shown."""
    return problem(request, 422)


def ledger_down(request: Request, error: Exception) -> Response:
    """The ledger can't be written or read."""
    log.warning("the ledger can't be used: %s", type(error).__name__)
    request.state.is_read_only = True
    return problem(request, 503, f"{error}. Nothing was saved. You can look at records; decisions must wait.")


def no_release(request: Request, _: Exception) -> Response:
    """Nothing has been published yet."""
    return problem(request, 503, "No release has been published yet. The desk shows one as soon as a night has run.")


def sign_in_required(request: Request, _: Exception) -> Response:
    """Nobody is signed in: send them to the page where they can."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method not in SAFE_METHODS:
        wanted = "/"
    return go_on(request, f"/sign-in?next={quote(wanted, safe='/')}")


def failed(request: Request, error: Exception) -> Response:
    """What nobody foresaw: its kind and place are logged, its words, which may quote a value, are not."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown place"
    log.error("a page failed: %s at %s", type(error).__name__, place)
    return problem(request, 500)


HANDLERS: dict[int | type[Exception], Callable[[Request, Exception], Any]] = {
    HTTPException: not_allowed,
    RequestValidationError: unreadable,
    LedgerError: ledger_down,
    NoReleaseError: no_release,
    SignInRequiredError: sign_in_required,
    Exception: failed,
}
