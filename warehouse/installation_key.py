"""The secret of an installation: what only its owner can have written, and what nobody else can foresee.

Belongs here: the key and marks made with it. Does not: what is marked or drawn.
"""

import hashlib
import hmac
import os
import secrets

from warehouse.disk import keep_private, make_folder, put_text
from warehouse.home import Home

VARIABLE = "CONCORD_KEY"
FILE = "key"


def keyed_mark(home: Home, purpose: str, text: str) -> str:
    """A mark of a text for a purpose (HMAC-SHA256), that nobody can make or foresee without the key.

    The key is `CONCORD_KEY`, kept away from the home, or else a file in it, made when it is first asked for.
    """
    return hmac.new(_key(home), f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


def _key(home: Home) -> bytes:
    given = os.environ.get(VARIABLE)
    if given:
        return given.encode()
    path = home.desk / FILE
    if not path.exists():
        keep_private()
        make_folder(home.desk)
        put_text(path, f"{secrets.token_hex(32)}\n")
    return path.read_bytes().strip()
