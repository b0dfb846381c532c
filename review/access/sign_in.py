"""Signing in with a name and a password.

Belongs here: who is let in, and how often one may try. Does not: the page (`review.routes.access`).
"""

from review.access.logbook import Logbook
from review.access.passwords import Passwords
from review.access.tokens import digest_of
from review.desk import Desk
from warehouse.desk.accounts import Account, find_account

SHOWN_DIGITS = 12


class RefusedError(Exception):
    """Somebody is not let in; why is not told to them."""


def check_password(desk: Desk, logbook: Logbook, passwords: Passwords, *, name: str, password: str) -> Account:
    """The account of somebody who knows its password.

    Raises:
        RefusedError: name or password is wrong, or the account is closed.
        LedgerError: the ledger is down.
    """
    with desk.database.reading() as connection:
        account = find_account(connection, name)
    is_right = passwords.is_right(password, account.password_hash if account else None)
    if account is None or not is_right or account.disabled_at is not None:
        # A password typed where the name belongs must not stand in the log.
        who = account.name if account else f"unknown:{digest_of(name)[:SHOWN_DIGITS]}"
        logbook.note("refused", who=who, what={"sign_in": "password"})
        raise RefusedError
    return account
