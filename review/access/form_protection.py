"""Forms that can't be forged: what changes anything must come from a page of this desk, shown in the same session.

Belongs here: distinguishing a form of ours from others. Does not: who sends it (`review.access.viewer`).

Three things are asked, any of which would do in a browser of today: where the request comes from (`Sec-Fetch-Site`,
`Origin`), a cookie that other sites' forms don't send (SameSite), and a token that only our pages know.
"""

import re
from collections.abc import Iterable

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from review.access.cookies import SESSION, VISITOR, read_cookie
from review.access.security_headers import is_own_page
from review.access.tokens import form_token, is_same

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_FIELD = "form_token"  # noqa: S105  # what the field is called
TOKEN_HEADER = "X-Form-Token"  # noqa: S105  # what the header is called
MOST_FIELDS = 5_000
"""Of a form: many differences decided at once send two fields each."""
NO_TEXT = re.compile("[\\x00\\ud800-\\udfff]")
"""Characters that no database takes: nobody types them, and what holds them was made to break something."""


class ForeignFormError(Exception):
    """The form was sent from another site."""


class OutdatedFormError(Exception):
    """The form is of this desk, as the browser says, but not of this session."""


async def check_form(request: Request) -> None:
    """Refuse what would change something and does not come from a form of this session, and what is not text.

    Raises:
        ForeignFormError: another site sent it.
        OutdatedFormError: it is of another session, or no form of ours.
        HTTPException: 404 or 422: the address or the form holds characters that are not text.
    """
    _require_text([request.url.path], status=404)
    _require_text((part for pair in request.query_params.multi_items() for part in pair), status=422)
    if request.method in SAFE_METHODS:
        return
    if not is_own_page(request.headers, request.app.state.settings.origin):
        raise ForeignFormError
    expected = expected_token(request)
    form = await _form_of(request)
    given = request.headers.get(TOKEN_HEADER) or _field(form)
    if expected is None or not is_same(given, expected):
        raise OutdatedFormError


def expected_token(request: Request) -> str | None:
    """The token that the forms of this browser carry: of its session, or of its visit before there is one."""
    held = read_cookie(request, SESSION) or read_cookie(request, VISITOR)
    return form_token(held) if held else None


async def _form_of(request: Request) -> FormData:
    """What was sent, kept with the request for the next that asks for it."""
    try:
        form = await request.form(max_fields=MOST_FIELDS)
    except UnicodeError as error:  # it names an encoding that does not fit
        raise HTTPException(400) from error
    _require_text((part for pair in form.multi_items() for part in pair if isinstance(part, str)), status=422)
    return form


def _require_text(texts: Iterable[str], *, status: int) -> None:
    if any(NO_TEXT.search(text) for text in texts):
        raise HTTPException(status)


def _field(form: FormData) -> str:
    given = form.get(TOKEN_FIELD)
    return given if isinstance(given, str) else ""
