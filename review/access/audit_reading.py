"""The audit log as an administrator reads it: by act, user, day and key, the latest first, each entry in words.

Belongs here: what is asked of the log; words for acts, pages and kinds of keys. Does not: its chain (`ledger.audit`),
the page.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Self

import sqlalchemy as sa

from ledger.audit import audit_log
from review.desk import Desk
from review.typed_day import parse_day

PAGE_LENGTH = 50
LAST_SEQUENCE = 2**31 - 1

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
class AuditQuery:
    """What is looked for in the log; what is empty is not asked.

    Attributes:
        before: only entries before this one: the next page.
    """

    act: str = ""
    who: str = ""
    key: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        """A question as it is in an address.

        Raises:
            ValueError: a day or a number can't be read, or is none that the log can hold.
        """
        since, until = (parse_day((text,)) if text else None for text in (asked["since"], asked["until"]))
        before = int(asked["before"]) if asked.get("before") else None
        if before is not None and not 0 <= before <= LAST_SEQUENCE:
            raise ValueError("no entry has that number")
        return cls(asked["act"], asked["user"], asked["key"], since, until, before)

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """It as a condition on the log."""
        columns = audit_log.c
        parts: list[sa.ColumnElement[bool]] = [sa.true()]
        if self.act:
            parts.append(columns.act == self.act)
        if self.who:
            parts.append(columns.who == self.who)
        if self.key:
            parts.append(columns.what.contains(self.key, autoescape=True))
        if self.since:
            parts.append(columns.at >= _midnight(self.since))
        if self.until and self.until < date.max:
            parts.append(columns.at < _midnight(self.until + timedelta(days=1)))
        if self.before:
            parts.append(columns.sequence < self.before)
        return sa.and_(*parts)

    @property
    def keys(self) -> dict[str, str]:
        """It as it is itself logged: the log that was looked into, and where."""
        asked = {"act": self.act, "who": self.who, "key": self.key, "since": self.since, "until": self.until}
        return {name: str(value) for name, value in asked.items() if value}


def find_entries(desk: Desk, question: AuditQuery) -> list[Mapping[str, Any]]:
    """The latest entries that a question asks for, one more than a page shows if there are more."""
    order = audit_log.c.sequence.desc()
    chosen = sa.select(audit_log).where(question.condition).order_by(order).limit(PAGE_LENGTH + 1)
    with desk.reading() as connection:
        return [dict(row) for row in connection.execute(chosen).mappings()]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


@dataclass(frozen=True)
class AuditLine:
    """An entry in words.

    Attributes:
        about: kinds of keys with their count, such as `2 orders`, or other facts.
        digest: what the next entry's digest is made with, so that a change shows.
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
