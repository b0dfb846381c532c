"""What administrators do: accounts, and reading the audit log; and one's own password and sessions."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ledger.desk.accounts import Account, AccountError, all_accounts, find_account
from ledger.desk.desk_tables import ROLES
from review.access.account_changes import AccountChanges, new_password
from review.access.attempt_limits import TooManyAttemptsError
from review.access.audit_reading import ACT_WORDS, PAGE_LENGTH, AuditQuery, describe_entry, find_entries
from review.access.passwords import WeakPasswordError
from review.access.viewer import AnyAdministrator, Auditing, SignedIn, Viewer, administrator, signed_in
from review.error_pages import too_many_attempts
from review.item.titles import title_of
from review.pages import NavigationLink, redirect_to, render_page, sentence
from warehouse.codes import FORCE_CODES

router = APIRouter()
navigation = (
    NavigationLink("Accounts", "/accounts", "administer", rank=80),
    NavigationLink("Audit log", "/audit", "administer", rank=90),
)
Text = Annotated[str, Form()]
Texts = Annotated[Sequence[str], Form()]
ALL_FORCES = ["all"]
LONGEST_AUDIT_QUERY = 200
NO_DAY = "Enter real dates, such as 20 11 2026"


@router.get("/accounts", dependencies=[Depends(administrator)])
def list_accounts(request: Request) -> Response:
    """All accounts, and a form for a new one."""
    return _accounts_page(request)


@router.post("/accounts")
def add_account(
    request: Request, who: AnyAdministrator, name: Text = "", role: Text = "", forces: Texts = (), identity: Text = ""
) -> Response:
    """Make an account; without an identity it gets a password, which is shown once."""
    password = None if identity else new_password()
    try:
        _office(request, who).add(name, role=role, forces=_chosen(forces), password=password, identity=identity or None)
    except (AccountError, WeakPasswordError) as error:
        typed = {"name": name, "role": role, "forces": forces, "identity": identity}
        return _accounts_page(request, error=str(error), typed=typed)
    return _accounts_page(request, made=name, password=password)


@router.get("/accounts/{name}", dependencies=[Depends(administrator)])
def show_account(request: Request, name: str) -> Response:
    """One account, and what can be done to it."""
    return _account_page(request, name)


@router.post("/accounts/{name}")
def change_account(
    request: Request, who: AnyAdministrator, name: str, change: Text = "", role: Text = "", forces: Texts = ()
) -> Response:
    """Change an account; its sessions end."""
    office = _office(request, who)
    if name == who.name and change in ("role", "close"):
        return _account_page(request, name, error="you can't take your own rights away: ask another administrator")
    try:
        if change == "password":
            password = new_password()
            office.set_password(name, password)
            return _account_page(request, name, password=password)
        if change == "role":
            office.set_role(name, role=role, forces=_chosen(forces))
        elif change == "second-factor":
            office.set_second_factor(name, None)
        elif change in ("close", "open"):
            office.set_disabled(name, is_disabled=change == "close")
        else:
            raise HTTPException(422)
    except (AccountError, WeakPasswordError) as error:
        return _account_page(request, name, error=str(error))
    return redirect_to(request, "/accounts", message=f"The account {name} is changed. Its sessions have ended.")


@router.get("/password", dependencies=[Depends(signed_in)])
def ask_for_password(request: Request) -> Response:
    """The form to change your own password."""
    return _password_page(request)


@router.post("/password")
def change_password(request: Request, who: SignedIn, old_password: Text = "", new_password: Text = "") -> Response:
    """Change one's own password; all other sessions end."""
    try:
        is_proved = request.app.state.password_sign_in.prove_again(who.name, old_password)
    except TooManyAttemptsError as error:
        return too_many_attempts(request, error)
    if not is_proved:
        return _password_page(request, old_error="This is not your password.")
    if request.state.lacks_own_password and new_password == old_password:
        return _password_page(request, new_error="Choose a different one: another person knows this password.")
    try:
        _office(request, who).set_password(who.name, new_password, own_session=who.session)
    except WeakPasswordError as error:
        return _password_page(request, new_error=sentence(error))
    return redirect_to(request, "/", message="Your password is changed. You are signed out everywhere else.")


@router.get("/sessions")
def show_sessions(request: Request, who: SignedIn) -> Response:
    """Where one is signed in."""
    found = request.app.state.sessions.open_of(who.name)
    return render_page(request, "access/sessions.html", sessions=found, own=who.session)


@router.post("/sessions")
def end_sessions(request: Request, who: SignedIn) -> Response:
    """End all your sessions but this one."""
    request.app.state.sessions.end_others(who.name, but=who.session)
    return redirect_to(request, "/sessions", message="You are signed out everywhere else.")


@router.get("/audit", dependencies=[Depends(administrator)])
def show_log(request: Request, audit: Auditing) -> Response:
    """The audit log, the latest entries first; looking into it is itself logged."""
    asked = request.query_params
    typed = {name: asked.get(name, "")[:LONGEST_AUDIT_QUERY] for name in ("act", "user", "key", "since", "until")}
    try:
        question = AuditQuery.read({**typed, "before": asked.get("before", "")})
    except ValueError:
        return render_page(request, "access/audit.html", status=422, typed=typed, acts=ACT_WORDS, wrong=NO_DAY)
    audit("consultation", what={"audit_log": question.keys})
    desk = request.app.state.desk
    entries = find_entries(desk, question)
    shown = entries[:PAGE_LENGTH]
    further = urlencode({**typed, "before": shown[-1]["sequence"]}) if len(entries) > PAGE_LENGTH else None
    with desk.reading() as connection:
        names = [account.name for account in all_accounts(connection)]
    lines = list(map(describe_entry, shown))
    found: dict[str, Any] = {"typed": typed, "acts": ACT_WORDS, "names": names, "entries": lines, "further": further}
    return render_page(request, "access/audit.html", **found)


def _password_page(request: Request, **errors: str) -> Response:
    is_given = request.state.lacks_own_password
    return render_page(request, "access/password.html", status=422 if errors else 200, is_given=is_given, **errors)


def _office(request: Request, who: Viewer) -> AccountChanges:
    state = request.app.state
    return AccountChanges(state.desk, state.audit_recorder, passwords=state.passwords, by=who.name)


def _accounts_page(request: Request, *, error: str | None = None, **context: object) -> Response:
    with request.app.state.desk.reading() as connection:
        found: tuple[Account, ...] = all_accounts(connection)
    return _shown(request, "access/accounts.html", error, accounts=found, **context)


def _account_page(request: Request, name: str, *, error: str | None = None, **context: object) -> Response:
    with request.app.state.desk.reading() as connection:
        account = find_account(connection, name)
    if account is None:
        raise HTTPException(404)
    return _shown(request, "access/account.html", error, account=account, **context)


def _shown(request: Request, page: str, error: str | None, **context: object) -> Response:
    named = {code: title_of("force_code", code) for code in FORCE_CODES}
    return render_page(
        request,
        page,
        status=422 if error else 200,
        forces=dict(sorted(named.items(), key=lambda force: force[1])),
        roles=ROLES,
        error=sentence(error) if error else None,
        **context,
    )


def _chosen(forces: Sequence[str]) -> Sequence[str] | None:
    """Codes of the forces that were ticked; None: all forces. Who ticks none is asked again."""
    return None if list(forces) == ALL_FORCES else forces
