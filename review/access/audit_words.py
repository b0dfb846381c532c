"""Entries of the audit log in words: what a user did, and to what.

Belongs here: words for acts, pages and kinds of keys. Does not: finding entries (`review.access.audit_search`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

ACT_WORDS: Final = {
    "collection": "Added",
    "alteration": "Changed or decided",
    "consultation": "Looked at",
    "disclosure": "Handed out",
    "combination": "Put together",
    "erasure": "Erased",
    "sign_in": "Signed in",
    "sign_out": "Signed out",
    "refused": "Was refused",
}
"""What was done, by act."""

PAGE_WORDS: Final = {
    "bulk": "many differences at once",
    "decisions": "their own decisions",
    "expiries": "orders that end soon",
    "item": "an item",
    "order": "an order",
    "proposal": "a proposal",
    "proposals": "what waits for a second steward",
    "queue": "the queue",
    "search": "what a search found",
}
KEY_WORDS: Final = {
    "account": ("account", "accounts"),
    "accounts": ("account", "accounts"),
    "decisions": ("decision", "decisions"),
    "items": ("item", "items"),
    "orders": ("order", "orders"),
    "proposal": ("proposal", "proposals"),
    "records": ("record", "records"),
    "third_parties": ("order that names other people", "orders that name other people"),
}
"""Kinds of keys, for one and for several."""


@dataclass(frozen=True)
class AuditLine:
    """An entry in words.

    Attributes:
        about: kinds of keys with their count, such as `2 orders`, or other facts.
        digest: by which the log hangs together.
    """

    sequence: int
    at: datetime
    who: str
    did: str
    about: str
    keys: tuple[tuple[str, str], ...]
    reason: str
    digest: str


def describe_entry(row: Mapping[str, Any]) -> AuditLine:
    """A row of the log in words."""
    what = json.loads(row["what"])
    page = what.pop("page", None) if isinstance(what, dict) else None
    facts = what if isinstance(what, dict) else {"": what}
    did = ACT_WORDS.get(row["act"], _plain(row["act"]))
    if page is not None:
        did = f"{did} {PAGE_WORDS.get(page, f'the page “{_plain(page)}”')}"
    elif "audit_log" in facts:
        did = f"{did} the audit log"
    return AuditLine(
        sequence=row["sequence"],
        at=row["at"],
        who=row["who"],
        did=did,
        about=", ".join(_about(name, value) for name, value in facts.items() if value not in ([], {}, None)),
        keys=tuple((_title(name, value), _listed(value)) for name, value in facts.items() if value),
        reason=row["reason"] or "",
        digest=row["digest"],
    )


def _about(name: str, value: Any) -> str:
    """A fact in a few words: keys by their number, a single one as it is."""
    if isinstance(value, list):
        return f"{len(value):,} {_title(name, value)}" if len(value) > 1 else f"{_title(name, value)} {_listed(value)}"
    return f"{_title(name, value)} {_listed(value)}".strip()


def _title(name: str, value: Any) -> str:
    one, several = KEY_WORDS.get(name, (_plain(name), _plain(name)))
    return several if isinstance(value, list) and len(value) > 1 else one


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_plain(str(name))}: {_listed(part)}" for name, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(name: str) -> str:
    return name.replace("_", " ")
