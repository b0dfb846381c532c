"""What an administrator does to accounts: each change is logged, and ends the sessions that it concerns.

Belongs here: the changes, for pages and commands alike. Does not: the tables (`ledger.desk.accounts`).
"""

import secrets
from collections.abc import Collection
from dataclasses import KW_ONLY, dataclass
from datetime import timedelta

from ledger.desk import accounts
from ledger.desk.sessions import end_sessions_of
from review.access.audit_recorder import AuditRecorder
from review.access.passwords import Passwords
from review.access.second_factor import reseal
from review.desk import Desk

GENERATED_BYTES = 16
GIVEN_FOR = timedelta(days=7)
"""How long a password that another user chose opens an account; its user has to choose another at once."""


def new_password() -> str:
    """A password that nobody can guess, to be handed over once."""
    return secrets.token_urlsafe(GENERATED_BYTES)


@dataclass(frozen=True)
class AccountChanges:
    """Makes and changes accounts in a user's name."""

    desk: Desk
    recorder: AuditRecorder
    _: KW_ONLY
    passwords: Passwords
    by: str

    def add(
        self,
        name: str,
        *,
        role: str,
        forces: Collection[str] | None = None,
        password: str | None = None,
        identity: str | None = None,
    ) -> None:
        """Make an account, with a password, or for a user whom an identity provider knows.

        Raises:
            AccountError: name, role, force or identity won't do.
            WeakPasswordError: the password won't do.
        """
        kept = None if password is None else self.passwords.hash_new(password, name=name)
        at = self.desk.clock()
        with self.desk.writing() as connection:
            accounts.add_account(
                connection,
                name,
                role=role,
                forces=forces,
                password_hash=kept,
                password_until=None if kept is None else at + GIVEN_FOR,
                identity=identity,
                at=at,
            )
        self._note("collection", name, "added")

    def set_role(self, name: str, *, role: str, forces: Collection[str] | None = None) -> None:
        """Give a user another role, or other forces. Raises as `add`."""
        at = self.desk.clock()
        with self.desk.writing() as connection:
            accounts.set_role(connection, name, role=role, forces=forces, at=at)
            end_sessions_of(connection, name, at=at)
        self._note("alteration", name, "role")

    def set_password(self, name: str, password: str, *, own_session: str | None = None) -> None:
        """Give a user another password; all their sessions end. Raises as `add`.

        Args:
            name: of the account.
            password: the new one.
            own_session: digest of the token of a session that goes on, in which its user chose it; None: who changes
                accounts did, and it opens the account for `GIVEN_FOR`.
        """
        kept, at = self.passwords.hash_new(password, name=name), self.desk.clock()
        with self.desk.writing() as connection:
            accounts.set_password_hash(connection, name, kept, until=None if own_session else at + GIVEN_FOR)
            end_sessions_of(connection, name, at=at, but=own_session)
        self._note("alteration", name, "password")

    def set_disabled(self, name: str, *, is_disabled: bool) -> None:
        """Close an account, or open it again. Raises as `add`."""
        at = self.desk.clock()
        with self.desk.writing() as connection:
            accounts.set_disabled(connection, name, is_disabled=is_disabled, at=at)
            end_sessions_of(connection, name, at=at)
        self._note("alteration", name, "disabled" if is_disabled else "enabled")

    def set_identity(self, name: str, identity: str | None) -> None:
        """Let a user whom an identity provider knows sign in to an account. Raises as `add`."""
        with self.desk.writing() as connection:
            accounts.set_identity(connection, name, identity)
            end_sessions_of(connection, name, at=self.desk.clock())
        self._note("alteration", name, "identity")

    def set_second_factor(self, name: str, sealed: str | None) -> None:
        """Keep a user's second factor; None takes it away from a user who lost it, and ends their sessions.

        Raises as `add`.
        """
        with self.desk.writing() as connection:
            accounts.set_second_factor(connection, name, sealed)
            if sealed is None:
                end_sessions_of(connection, name, at=self.desk.clock())
        self._note("alteration", name, "second factor set" if sealed else "second factor taken away")

    def reseal_second_factors(self) -> tuple[list[str], list[str]]:
        """Seal all second factors by the present key; whose are sealed by it now, and whose no key opens."""
        with self.desk.writing() as connection:
            sealed, shut = reseal(connection, self.desk.home)
        for name in sealed:
            self._note("alteration", name, "second factor sealed again")
        return sealed, shut

    def _note(self, act: str, name: str, change: str) -> None:
        self.recorder.note(act, who=self.by, what={"account": name, "change": change})
