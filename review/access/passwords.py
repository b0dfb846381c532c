"""Passwords of local users: hashed by Argon2id.

Belongs here: hashing, checking, what a new password must be. Does not: keeping the hash (`ledger.desk.accounts`).
"""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from review.desk_settings import DeskSettings
from warehouse.sources import SOURCE_NAMES

LANES = 4
AT_ONCE = 2
"""Passwords checked at once: each takes much memory, and many may knock together."""
LEAST_SCORE = 3
"""Of 0 to 4 by zxcvbn, which knows 30,000 passwords of breached lists, names, words, dates and keyboards: more than
10^8 guesses."""
WORDS_OF_THE_PLACE = (
    *SOURCE_NAMES, "concord", "register", "steward", "police", "constabulary", "ancord", "slavery", "trafficking",
    "stro", "stpo", "tero", "tepo", "discharge", "exploitation",
)  # fmt: skip
"""Words that a guesser tries first here; listed in docs/review.md."""
LONGEST_GUESSED = 72
"""Characters of a password whose strength is estimated; those after them only make it stronger."""
LONGEST_PASSWORD = 1_000
"""Longer ones are refused unread: hashing must not be made to work for a person who sends too much."""


class WeakPasswordError(ValueError):
    """A new password won't do; the message says why."""


class Passwords:
    """Hashes and checks passwords at the cost that the settings name."""

    def __init__(self, settings: DeskSettings) -> None:
        """Work out a hash for names that are not known, so that checking them takes as long."""
        self._shortest = settings.password_length
        self._hasher = PasswordHasher(
            time_cost=settings.password_passes,
            memory_cost=max(settings.password_memory_kib, 8 * LANES),
            parallelism=LANES,
        )
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._of_nobody = self._hasher.hash("")

    def hash_new(self, password: str, *, name: str) -> str:
        """The hash of a new password.

        Raises:
            WeakPasswordError: it is too short or too long, or easy to guess.
        """
        if len(password) < self._shortest:
            raise WeakPasswordError(f"the password is too short: it needs {self._shortest} characters or more")
        if len(password) > LONGEST_PASSWORD:
            raise WeakPasswordError(f"the password is too long: {LONGEST_PASSWORD} characters are the most")
        if zxcvbn(password[:LONGEST_GUESSED], user_inputs=[name, *WORDS_OF_THE_PLACE])["score"] < LEAST_SCORE:
            raise WeakPasswordError(
                "the password is too easy to guess: do not use passwords that others have used, your name, dates, or "
                "rows of keys; three or four words that do not belong together are good"
            )
        return self.hash_again(password)

    def hash_again(self, password: str) -> str:
        """The hash of a password that is in use, at today's cost."""
        with self._turns:
            return self._hasher.hash(password)

    def is_right(self, password: str, kept: str | None) -> bool:
        """Whether a password is the one that was hashed; takes as long if there is no hash."""
        if len(password) > LONGEST_PASSWORD:
            return False
        try:
            with self._turns:
                return self._hasher.verify(kept or self._of_nobody, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made at another cost than the settings name now."""
        return self._hasher.check_needs_rehash(kept)
