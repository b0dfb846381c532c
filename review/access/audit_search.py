"""The audit log as an administrator reads it: by act, user, day and key, the latest first.

Belongs here: what is asked of the log. Does not: its chain (`ledger.audit`), the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

import sqlalchemy as sa

from ledger.audit import audit_log
from review.desk import Desk
from review.typed_day import parse_day

PAGE_LENGTH = 50
LAST_SEQUENCE = 2**31 - 1


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
