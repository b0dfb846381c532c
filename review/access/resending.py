"""Forms that could not be taken: kept or shown again, so that nothing typed is lost.

Belongs here: which fields are kept, and for whom. Does not: the pages (`review.routes.signing_in`,
`review.error_pages`).

A form that came after its session had ended is kept for who typed it, and offered when they sign in again. It is
never sent automatically: the user sees where it goes and presses a button, and it carries the new session's token.
"""

from collections.abc import Sequence
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request

from ledger.desk.unsent_forms import (
    UnsentForm,
    delete_old_unsent_forms,
    delete_unsent_form,
    save_unsent_form,
    unsent_forms_of,
)
from review.access.form_protection import SAFE_METHODS, TOKEN_FIELD
from review.desk import Desk

Fields = tuple[tuple[str, str], ...]
KEPT_FOR = timedelta(days=1)
LONGEST_FORM = 200_000
SECRET = "password"  # noqa: S105  # what such fields are called
NEVER_KEPT = frozenset({"/sign-in", "/sign-out"})


async def typed_fields(request: Request) -> Fields:
    """What was typed into a form, if it may be kept: no passwords, nothing that is longer than people type."""
    if request.method in SAFE_METHODS or request.url.path in NEVER_KEPT:
        return ()
    try:
        form = await request.form()
    except HTTPException:
        return ()
    fields = tuple(
        (name, value) for name, value in form.multi_items() if isinstance(value, str) and name != TOKEN_FIELD
    )
    is_secret = any(SECRET in name for name, _ in fields)
    return () if is_secret or sum(len(value) for _, value in fields) > LONGEST_FORM else fields


def save_unsent(desk: Desk, name: str, *, path: str, fields: Sequence[tuple[str, str]]) -> None:
    """Keep a form for who typed it."""
    at = desk.clock()
    with desk.writing() as connection:
        delete_old_unsent_forms(connection, before=at - KEPT_FOR)
        save_unsent_form(connection, name, path=path, fields=fields, at=at)


def unsent_forms_for(desk: Desk, name: str) -> tuple[UnsentForm, ...]:
    """The forms that wait for a user, the oldest first."""
    since = desk.clock() - KEPT_FOR
    with desk.reading() as connection:
        return tuple(form for form in unsent_forms_of(connection, name) if form.kept_at >= since)


def discard_unsent(desk: Desk, name: str, form_id: str) -> None:
    """Forget a form."""
    with desk.writing() as connection:
        delete_unsent_form(connection, name, form_id)
