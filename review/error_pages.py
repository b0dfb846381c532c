"""When something goes wrong: a page in plain words, without personal data but what the user typed themselves.

Belongs here: which error becomes which page. Does not: raising them.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.decisions.errors import LedgerError
from review.access import resending
from review.access.attempt_limits import TooManyAttemptsError
from review.access.form_protection import SAFE_METHODS, ForeignFormError, OutdatedFormError
from review.access.pace import TooManyRequestsError
from review.access.viewer import (
    OwnPasswordRequiredError,
    ReasonRequiredError,
    SecondFactorRequiredError,
    SignInRequiredError,
    signed_in,
)
from review.desk import NoReleaseError
from review.pages import redirect_to, render_page, sentence

log = logging.getLogger("concord.review")

LARGEST_BODY = 1_000_000

TITLE_BY_STATUS: Mapping[int, str] = {
    400: "This can’t be read",
    403: "You can’t do this",
    404: "Page not found",
    405: "This can’t be done here",
    409: "Something has changed since you opened this",
    410: "This is no longer here",
    413: "This is too long",
    422: "Something in the address or the form can’t be read",
    429: "Too many attempts",
    500: "Something went wrong",
    503: "The desk can’t do this now",
}
TEXT_BY_STATUS: Mapping[int, str] = {
    404: "If you typed the address, check it. The page may also be about a record that you may not see.",
    413: "What you sent is longer than the desk takes. Nothing was saved.",
    422: "A value is missing or has a form that is not expected. Go back and try again.",
    500: "Only what a page has confirmed was saved. Try again. If it fails again, report the time to the operator.",
}
STOCK_TEXTS = frozenset({"Not Found", "Method Not Allowed", "Forbidden", "Bad Request", "Content Too Large"})
GONE = frozenset({404, 410})
TOO_FAST = "Too much in a short time"
ITEM_GONE = "This item has left the queue, or you may not see it. Nothing was saved."
FOREIGN = "This form was sent from another site. Nothing was changed."
OUTDATED = "This form belongs to a session that has ended. Nothing was saved. Check it, and send it again."


def error_page(request: Request, status: int, words: str | None = None, **context: Any) -> Response:
    """A page that says what went wrong and what to do.

    Args:
        request: what is answered.
        status: the HTTP status.
        words: what went wrong; defaults to the usual words for the status.
        context: what else the page shows; `unsent`: path and fields of a form that can be sent again; `typed`: fields
            of one that can't.
    """
    text = TEXT_BY_STATUS.get(status, "") if words is None or words in STOCK_TEXTS else words
    return render_page(
        request,
        "problem.html",
        status=status,
        words=text,
        **{"title": TITLE_BY_STATUS.get(status, TITLE_BY_STATUS[500])} | context,
    )


def too_many_attempts(request: Request, error: TooManyAttemptsError) -> Response:
    """A page that says how long to wait before a password is looked at again."""
    words = f"Too many attempts to sign in failed. Wait {error.minutes} minutes, then try again."
    answer = error_page(request, 429, words)
    answer.headers["Retry-After"] = str(error.minutes * 60)
    return answer


async def too_many_requests(request: Request, error: Exception) -> Response:
    """A page that says how long to wait before the desk does more of it; what was typed can be sent again then."""
    if not isinstance(error, TooManyRequestsError):
        raise error
    words = f"You asked for more {error.kind} than one person may in a short time. Nothing was saved or handed out."
    what_next = (
        f"Wait {error.minutes} minutes, then try again. An administrator sees in the audit log that you were held up."
    )
    answer = error_page(
        request,
        429,
        f"{words} {what_next}",
        title=TOO_FAST,
        unsent=_form(request, await resending.typed_fields(request)),
    )
    answer.headers["Retry-After"] = str(error.minutes * 60)
    return answer


async def http_error(request: Request, error: Exception) -> Response:
    """An HTTP error that a route raised; what was typed for something that is no longer there is given back."""
    status, words = getattr(error, "status_code", 500), getattr(error, "detail", None)
    typed = await resending.typed_fields(request) if status in GONE and hasattr(request.state, "viewer") else ()
    return error_page(request, status, ITEM_GONE if typed and words in STOCK_TEXTS else words, typed=typed)


async def ledger_down(request: Request, error: Exception) -> Response:
    """The ledger can't be written or read: what was typed is shown again, to be sent when it can."""
    log.warning("the ledger can't be used: %s", type(error).__name__)
    request.state.is_read_only = True
    fields = await resending.typed_fields(request)
    return error_page(request, 503, f"{sentence(error)} Nothing was saved.", unsent=_form(request, fields))


async def outdated_form(request: Request, _: Exception) -> Response:
    """A form of this desk from before the session: who is signed in now may send it again, having looked."""
    fields = await resending.typed_fields(request)
    try:
        await run_in_threadpool(signed_in, request)
    except SignInRequiredError:
        return await sign_in_required(request, SignInRequiredError())
    return error_page(request, 403, OUTDATED, unsent=_form(request, fields))


FIRST: dict[type[Exception], str] = {
    OwnPasswordRequiredError: "/password",
    ReasonRequiredError: "/reason",
    SecondFactorRequiredError: "/second-factor",
}
"""Where a user has to do something first: choose a password of their own, say why they look at records, and so on."""


async def required_first(request: Request, error: Exception) -> Response:
    """A user has to do something else first; what they typed is kept."""
    return await _send_first(request, request.state.viewer.name, place=FIRST[type(error)])


async def sign_in_required(request: Request, error: Exception) -> Response:
    """Nobody is signed in: send them where they can, and keep what they typed."""
    return await _send_first(request, getattr(error, "name", None), place="/sign-in")


async def _send_first(request: Request, name: str | None, *, place: str) -> Response:
    """Send a user to another page first; what they typed is kept for them."""
    fields = await resending.typed_fields(request)
    if name is not None and fields:
        try:
            await run_in_threadpool(
                resending.save_unsent, request.app.state.desk, name, path=request.url.path, fields=fields
            )
        except LedgerError as down:
            return await ledger_down(request, down)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    afterwards = wanted if request.method in SAFE_METHODS else "/unsent"
    return redirect_to(request, f"{place}?next={quote(afterwards, safe='/')}")


HANDLERS: dict[int | type[Exception], Callable[[Request, Exception], Any]] = {
    HTTPException: http_error,
    RequestValidationError: lambda request, _: error_page(request, 422),  # what can't be read is not shown
    ForeignFormError: lambda request, _: error_page(request, 403, FOREIGN),
    OutdatedFormError: outdated_form,
    LedgerError: ledger_down,
    NoReleaseError: lambda request, error: error_page(request, 503, str(error)),
    **dict.fromkeys(FIRST, required_first),
    SignInRequiredError: sign_in_required,
    TooManyRequestsError: too_many_requests,
}


class UnexpectedErrors:
    """Answers with a page when something goes wrong that nobody foresaw.

    The kind of the error and its place are logged; its words, which may quote a value, are not.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        if scope["type"] == "http" and _says_too_long(Headers(scope=scope)):
            await error_page(Request(scope, receive), 413)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:  # noqa: BLE001  # whatever it is, a page must say so
            log.error("a page failed: %s at %s", type(error).__name__, _place_of(error))  # noqa: TRY400  # no values
            if scope["type"] == "http" and not is_begun:
                await error_page(Request(scope, receive), 500)(scope, receive, send)


def _says_too_long(headers: Headers) -> bool:
    """What is sent is longer than is taken, as browsers say beforehand; one that does not say is cut off later."""
    length = headers.get("content-length", "")
    return length.isdecimal() and int(length[:20]) > LARGEST_BODY


def _form(request: Request, fields: resending.Fields) -> dict[str, Any] | None:
    return {"path": request.url.path, "fields": fields} if fields else None


def _place_of(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "an unknown place"
