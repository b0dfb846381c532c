"""Whether the URL of a PostgreSQL server says how the way there is protected, for the ledger and Dagster alike.

Belongs here: which servers are on another machine, and what is missing. Does not: connecting
(`ledger.decisions.database`).
"""

import os

import sqlalchemy as sa

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of this machine."""
HOST_NAMES = {"host": "PGHOST", "hostaddr": "PGHOSTADDR"}
"""The parameters that name a server, and the variables that do where the URL does not: libpq reads both."""


def lack_of_protection(url: sa.URL, *, what: str) -> str | None:
    """What is missing, in words, where a server elsewhere is named and nothing of encryption; None: nothing.

    Without a word the driver takes what it gets, encrypted or not.

    Args:
        url: of a PostgreSQL server.
        what: what lies there, such as `the ledger`.
    """
    elsewhere = [host for host in _hosts(url) if not host.startswith("/") and host not in LOOPBACK]
    if not elsewhere or url.query.get("sslmode") or os.environ.get("PGSSLMODE"):
        return None
    return (
        f"nothing says how the way to {what} on {elsewhere[0]} is protected: add ?sslmode=verify-full to its URL; "
        "where something else protects it, such as a tunnel, name the sslmode that is right there"
    )


def _hosts(url: sa.URL) -> list[str]:
    said = [url.host or "", *(value for name in HOST_NAMES for value in url.normalized_query.get(name, ()))]
    named = [host for text in said for host in text.split(",") if host]
    return named or [host for name in HOST_NAMES.values() for host in os.environ.get(name, "").split(",") if host]
