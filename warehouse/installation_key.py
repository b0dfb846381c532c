"""The secret of an installation: what only its owner can have written, and what nobody else can foresee.

Belongs here: the key and marks made with it. Does not: what is marked or drawn.
"""

import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import suppress

from warehouse.disk import keep_private, make_folder, put_text
from warehouse.home import Home

VARIABLE = "CONCORD_KEY"
FORMER = "CONCORD_FORMER_KEY"
FILE = "key"


def keyed_mark(home: Home, purpose: str, text: str) -> str:
    """A mark of a text for a purpose (HMAC-SHA256), that nobody can make or foresee without the key.

    The key is `CONCORD_KEY`, kept away from the home, or else a file in it, made when it is first asked for.
    """
    return marker(home, purpose)(text)


def marker(home: Home, purpose: str) -> Callable[[str], str]:
    """Makes marks as `keyed_mark` does, many with one look at the key."""
    key = _key(home)
    return lambda text: _mark(key, purpose, text)


def former_marks(home: Home, purpose: str, text: str) -> list[str]:
    """The marks that former keys make of a text: `CONCORD_FORMER_KEY`, and the file where `CONCORD_KEY` is given."""
    given, path = os.environ.get(FORMER), home.desk / FILE
    keys = [given.encode()] if given else []
    if os.environ.get(VARIABLE) and path.exists():
        keys.append(path.read_bytes().strip())
    return [_mark(key, purpose, text) for key in keys]


def _mark(key: bytes, purpose: str, text: str) -> str:
    return hmac.digest(key, f"{purpose}\n{text}".encode(), "sha256").hex()


def _key(home: Home) -> bytes:
    given = os.environ.get(VARIABLE)
    if given:
        return given.encode()
    path = home.desk / FILE
    if not path.exists():
        keep_private()
        make_folder(home.desk)
        made = path.with_name(f".{FILE}-{secrets.token_hex(8)}")
        put_text(made, f"{secrets.token_hex(32)}\n")
        with suppress(FileExistsError):  # another process was first: one key for all
            path.hardlink_to(made)
        made.unlink()
    return path.read_bytes().strip()
