"""The one door for commands that change what is decided or hand it out: who acts, what they may, what is logged.

Belongs here: proving who types, and asking for a second steward as the desk does. Does not: the rules
(`ledger.desk.four_eyes`), the commands (`cli.deciding`).

As long as the ledger has no account nobody uses the desk, and a name is taken as it is given. From the first account on
the user of the operating system must be mapped to one (`--identity "os|<user>"`), and may do what its role may.
"""

import os
import pwd
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import typer

from cli.desk_tools import OPERATOR, accounts_of, opened_desk
from cli.options import Exit, fail
from ledger.audit import Entry, append
from ledger.decisions.decision import Draft, Signature
from ledger.decisions.errors import DecisionRefusedError, RefusedTogetherError
from ledger.decisions.submitting import Taken
from ledger.desk.four_eyes import APPROVAL_REASON
from pipelines.settings import read_settings
from review.access.account_changes import AccountChanges
from review.access.audit_recorder import AuditRecorder
from review.access.passwords import Passwords
from review.access.viewer import Viewer
from review.deciding.decider import Decider
from review.deciding.visible_subject import NotVisibleError
from review.desk import Desk
from warehouse.releases.manifests import known_decisions

SYSTEM = "os|"
"""Before the name of a user of the operating system, as the identity of an account."""


def system_user() -> str:
    """Who runs this process, by the operating system: no variable of the environment is asked."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def require(desk: Desk, right: str, *, by: str | None = None) -> Viewer | None:
    """Who acts, if their role has the right; None as long as there are no accounts. Else the command ends.

    Args:
        desk: of the installation.
        right: one of those in `review.access.viewer.RIGHTS`.
        by: the name that was given, which must be theirs.
    """
    accounts = accounts_of(desk)
    if not accounts:
        return None
    user = system_user()
    account = next((one for one in accounts if one.identity == f"{SYSTEM}{user}" and one.disabled_at is None), None)
    if account is None:
        fail(f"no open account is mapped to {user}, the user of the system: make one with --identity", Exit.REFUSED)
    if by not in (None, account.name):
        fail(f"you are {account.name} and can't act as another user", Exit.REFUSED)
    viewer = Viewer(account.name, account.role, account.forces, account.preferences, "")
    if not viewer.may(right):
        fail(f"{account.name} is {account.role} and may not {right}", Exit.REFUSED)
    return viewer


def require_at(home: Path, right: str, *, by: str) -> Viewer | None:
    """As `require`, of the installation in a folder."""
    with opened_desk(home) as desk:
        return require(desk, right, by=by)


def require_administrator(desk: Desk, *, by: str = OPERATOR) -> str:
    """Who changes accounts or hands out the log: an administrator; before one is mapped to a user, the name given."""
    mapped = (one for one in accounts_of(desk) if one.role == "administrator" and one.disabled_at is None)
    if not any((one.identity or "").startswith(SYSTEM) for one in mapped):
        return by
    viewer = require(desk, "administer", by=None if by == OPERATOR else by)
    return viewer.name if viewer else by


def administration(desk: Desk) -> AccountChanges:
    """Changes accounts in the name of who types."""
    settings = read_settings(desk.home.path).review
    by = require_administrator(desk)
    return AccountChanges(desk, AuditRecorder(desk), passwords=Passwords(settings), by=by)


def decide(desk: Desk, drafts: Sequence[Draft], signature: Signature) -> tuple[Taken, ...]:
    """Take decisions, or let them wait for a second steward, which ends the command in words.

    Raises:
        DecisionError, DecisionRefusedError, LedgerError: as `Ledger.decide_all`.
    """
    viewer = require(desk, "decide", by=signature.by)
    try:
        if viewer is None:
            return desk.ledger.decide_all([(draft, signature) for draft in drafts], beside=_noted(desk, signature.by))
        decider = Decider(desk, read_settings(desk.home.path).review, viewer)
        outcome = decider.submit(drafts, signature, submission=secrets.token_hex(8))
    except RefusedTogetherError as error:
        if len(drafts) > 1:
            raise
        raise error.refusals[0] from None
    except NotVisibleError:
        fail("it is about orders that you may not see", Exit.REFUSED)
    if outcome.proposal_id is not None:
        typer.echo(f"{outcome.proposal_id} waits for a second steward, who finds it at the desk:")
        for code in outcome.why:
            typer.echo(f"  {APPROVAL_REASON[code].title}")
        raise typer.Exit(Exit.PUBLISHED)
    return outcome.taken


def note(
    desk: Desk,
    act: str,
    what: Mapping[str, Any],
    *,
    by: str | None = None,
    right: str = "see",
    reason: str | None = None,
) -> str:
    """Log what a command is about to hand out, put in or change, before it does; who acts."""
    viewer = require(desk, right, by=by)
    who = viewer.name if viewer else by or system_user()
    with desk.writing() as connection:
        append(connection, [Entry(desk.clock(), who, act, what, reason)])
    return who


def require_importable(home: Path, desk: Desk, decision_ids: Sequence[str | None]) -> None:
    """Once there are accounts, a file only puts back what a release knew; anything else is decided one by one.

    Raises:
        DecisionRefusedError: a line is of no such decision.
    """
    if not accounts_of(desk):
        return
    known = known_decisions(desk.home)
    foreign = sum(name not in known for name in decision_ids)
    if foreign:
        raise DecisionRefusedError(
            f"{foreign} lines are of decisions that no release in {home} knew: a file puts back what was lost, and no "
            "more; decide at the desk or by `concord decide`"
        )


def _noted(desk: Desk, by: str) -> Any:
    def beside(connection: sa.Connection, taken: Sequence[Taken]) -> None:
        names = [result.decision_id for result in taken if result.is_new]
        if names:
            append(connection, [Entry(desk.clock(), by, "alteration", {"decisions": names})])

    return beside
