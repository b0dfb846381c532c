"""Signing in with a name and a password.

Belongs here: who is let in. Does not: the page (`review.routes.signing_in`), how often one may try
(`review.access.attempt_limits`).
"""

from dataclasses import KW_ONLY, dataclass

from ledger.desk.accounts import Account, find_account, set_password_hash
from review.access.attempt_limits import AttemptLimits
from review.access.audit_recorder import AuditRecorder
from review.access.passwords import Passwords
from review.access.second_factor import take_code
from review.access.tokens import text_digest
from review.desk import Desk

SHOWN_DIGITS = 12


class SignInRefusedError(Exception):
    """A user is not let in; the reason is not shown to them."""


@dataclass(frozen=True)
class SignInAttempt:
    """An attempt to sign in.

    Attributes:
        code: of the authenticator app, where they have set one up.
        browser: digest of the token of a session that the browser once had.
    """

    name: str
    password: str
    address: str
    browser: str | None
    code: str = ""


@dataclass(frozen=True)
class PasswordSignIn:
    """Lets in who knows a password and, where the account has a second factor, has its one-time code."""

    desk: Desk
    recorder: AuditRecorder
    _: KW_ONLY
    passwords: Passwords
    limits: AttemptLimits

    def sign_in(self, attempt: SignInAttempt) -> Account:
        """The account of a user who knows its password.

        Raises:
            SignInRefusedError: name or password is wrong, the account is closed, or its user let the time pass in
                which a password that another user chose had to be changed.
            TooManyAttemptsError: too many attempts failed.
        """
        at = self.desk.clock()
        with self.desk.writing() as connection:
            counts = self.limits.counts(connection, name=attempt.name, address=attempt.address, browser=attempt.browser)
            self.limits.admit(connection, counts, at=at)
            account = find_account(connection, attempt.name)
        is_right = self.passwords.is_right(attempt.password, account.password_hash if account else None)
        if is_right and account is not None:
            with self.desk.writing() as connection:
                is_right = take_code(connection, self.desk.home, account, attempt.code, at=at)
        is_late = account is not None and account.password_until is not None and account.password_until < at
        if account is None or not is_right or is_late or account.disabled_at is not None:
            self.recorder.note("refused", who=_known_as(attempt.name, account), what={"sign_in": "password"})
            raise SignInRefusedError
        with self.desk.writing() as connection:
            self.limits.succeeded(connection, counts, at=at)
            if self.passwords.is_outdated(account.password_hash or ""):
                again = self.passwords.hash_again(attempt.password)
                set_password_hash(connection, account.name, again, until=account.password_until)
        return account

    def prove_again(self, name: str, password: str) -> bool:
        """Whether a user who is signed in knows their password; counted as signing in is.

        Raises:
            TooManyAttemptsError: too many attempts failed.
        """
        at, counts = self.desk.clock(), self.limits.of_password(name)
        with self.desk.writing() as connection:
            self.limits.admit(connection, counts, at=at)
            account = find_account(connection, name)
        if account is None or not self.passwords.is_right(password, account.password_hash):
            return False
        with self.desk.writing() as connection:
            self.limits.succeeded(connection, counts, at=at)
        return True


def _known_as(name: str, account: Account | None) -> str:
    """Who is named in the log: a password typed where the name belongs must not stand there."""
    return account.name if account else f"unknown:{text_digest(name)[:SHOWN_DIGITS]}"
