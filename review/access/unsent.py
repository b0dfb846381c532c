"""Forms that could not be taken: kept or shown again, so that nothing typed is lost.

Belongs here: which fields are kept, and for whom. Does not: the pages (`review.routes.access`, `review.problems`).

A form that came after its session had ended is kept for who typed it, and offered when they sign in again. It is
never sent by itself: the user sees where it goes and presses a button, and it carries the new session's token.
"""

from collections.abc import Sequence
from datetime import timedelta

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from ledger.desk.unsent_forms import KeptForm, drop_form, forget_forms, keep_form, kept_forms_of
from review.access.forms import FIELD, SAFE_METHODS
from review.desk import Desk

Fields = tuple[tuple[str, str], ...]
KEPT_FOR = timedelta(days=1)
LONGEST = 200_000
SECRET = "password"  # noqa: S105  # what such fields are called
NEVER_KEPT = frozenset({"/sign-in", "/sign-out"})


async def fields_of(request: Request) -> Fields:
    """What was typed into a form, if it may be kept: no passwords, nothing that is longer than people type."""
    if request.method in SAFE_METHODS or request.url.path in NEVER_KEPT:
        return ()
    try:
        form = await request.form()
    except HTTPException:
        return ()
    fields = _texts(form)
    is_secret = any(SECRET in name for name, _ in fields)
    return () if is_secret or sum(len(value) for _, value in fields) > LONGEST else fields


def keep(desk: Desk, name: str, *, path: str, fields: Sequence[tuple[str, str]]) -> None:
    """Keep a form for who typed it.

    Raises:
        LedgerError: the ledger is down.
    """
    at = desk.clock()
    with desk.writing() as connection:
        forget_forms(connection, before=at - KEPT_FOR)
        keep_form(connection, name, path=path, fields=fields, at=at)


def kept_for(desk: Desk, name: str) -> tuple[KeptForm, ...]:
    """The forms that wait for somebody, the oldest first.

    Raises:
        LedgerError: the ledger is down.
    """
    since = desk.clock() - KEPT_FOR
    with desk.reading() as connection:
        return tuple(form for form in kept_forms_of(connection, name) if form.kept_at >= since)


def forget(desk: Desk, name: str, form_id: str) -> None:
    """Forget a form.

    Raises:
        LedgerError: the ledger is down.
    """
    with desk.writing() as connection:
        drop_form(connection, name, form_id)


def _texts(form: FormData) -> Fields:
    return tuple((name, value) for name, value in form.multi_items() if isinstance(value, str) and name != FIELD)
