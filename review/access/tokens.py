"""Secrets that a browser holds, and what is derived from them.

Belongs here: making and comparing them. Does not: cookies (`review.access.cookies`).

Nothing that would let a user in is kept: a session is known by the digest of its token, and the token of its forms
is derived from it, so that a form is good for its own session alone and needs no memory.
"""

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32
FORM = b"form"


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def text_digest(token: str) -> str:
    """The digest by which a token is known."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived(token: str, purpose: bytes) -> str:
    """A secret for a purpose, which shows nothing of the token."""
    return hmac.new(token.encode(), purpose, hashlib.sha256).hexdigest()


def form_token(token: str) -> str:
    """The token that the forms of a session carry."""
    return derived(token, FORM)


def is_same(given: str, expected: str) -> bool:
    """Whether two secrets are the same, in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())
