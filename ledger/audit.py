"""The audit log: who looked at, changed or disclosed what, each entry chained to the one before by its digest.

Belongs here: appending, reading and proving the log. Does not: what is worth logging (the desk's pages), where it
waits while the ledger is down (`review.access.audit_recorder`).

The acts are those of section 62 of the Data Protection Act 2018, and those of signing in. An entry names keys alone
(ids of orders, items, decisions, accounts), never values.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import sqlalchemy as sa

from ledger.decisions.metadata import UtcDateTime, metadata
from warehouse.home import Home
from warehouse.installation_key import keyed_mark

SECTION_62 = ("collection", "alteration", "consultation", "disclosure", "combination", "erasure")
ACTS = (*SECTION_62, "sign_in", "sign_out", "refused")
BATCH = 5_000
SEAL = "audit log"
HEAD_FORM = re.compile(r"(\d{1,18}):([0-9a-f]{64})", re.ASCII)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("who", sa.Text(), nullable=False),
    sa.Column("act", sa.Text(), nullable=False),
    sa.Column("what", sa.Text(), nullable=False),  # keys alone, as JSON
    sa.Column("reason", sa.Text()),
    sa.Column("previous", sa.Text(), nullable=False),
    sa.Column("digest", sa.Text(), nullable=False),
)


@dataclass(frozen=True)
class Entry:
    """Something that was done.

    Attributes:
        who: the user; of a refused sign-in a digest of the name given.
        act: one of `ACTS`.
        what: the kind of thing and its keys, as JSON can hold them.
        reason: why, where it was asked.
    """

    at: datetime
    who: str
    act: str
    what: Mapping[str, Any]
    reason: str | None = None


@dataclass(frozen=True)
class Head:
    """The end of the log: noted elsewhere, it proves later that nothing was cut off."""

    sequence: int
    digest: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"

    @classmethod
    def read(cls, text: str) -> Self:
        """A head as it was noted, `<sequence>:<digest>`.

        Raises:
            ValueError: it is no such text.
        """
        found = HEAD_FORM.fullmatch(text.strip())
        if found is None:
            raise ValueError("expected a number, a colon and a digest of 64 characters")
        return cls(int(found[1]), found[2])


def sealed(home: Home, head: Head) -> str:
    """A head as it is noted, `<sequence>:<digest>:<mark>`: who rewrites the log can't note another."""
    return f"{head}:{keyed_mark(home, SEAL, str(head))}"


def unsealed(home: Home, text: str) -> Head:
    """A head that was noted.

    Raises:
        ValueError: it is no such text, or its mark was not made with the key of this installation.
    """
    noted, _, mark = text.strip().rpartition(":")
    if not hmac.compare_digest(mark, keyed_mark(home, SEAL, noted)):
        raise ValueError("its mark was not made with the key of this installation")
    return Head.read(noted)


BEGINNING = Head(0, "0" * 64)


@dataclass(frozen=True)
class Proof:
    """What proving the log came to.

    Attributes:
        head: the last entry whose digest follows from all entries before it.
        broken_at: the sequence number of the first entry that does not; None: the log is whole.
        words: what is wrong with it.
    """

    head: Head
    broken_at: int | None = None
    words: str = "whole"


def append(connection: sa.Connection, entries: Sequence[Entry]) -> Head:
    """Append entries; the connection must hold the ledger's write lock (`Database.writing`).

    Raises:
        ValueError: an act is unknown, or a moment has no time zone.
    """
    head, rows = head_of(connection), []
    for entry in entries:
        row = _row(entry, head)
        head = Head(row["sequence"], row["digest"])
        rows.append(row)
    if rows:
        connection.execute(sa.insert(audit_log), rows)
    return head


def head_of(connection: sa.Connection) -> Head:
    """The end of the log."""
    last = sa.select(audit_log.c.sequence, audit_log.c.digest).order_by(audit_log.c.sequence.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    return BEGINNING if row is None else Head(row.sequence, row.digest)


def read_rows(connection: sa.Connection, where: sa.ColumnElement[bool] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of the log in their order, those that meet a condition if there is one, read in batches."""
    query = sa.select(audit_log).order_by(audit_log.c.sequence)
    chosen = query if where is None else query.where(where)
    # Of the statement alone: set on the connection, PostgreSQL would be asked to write by a cursor too.
    for batch in connection.execute(chosen.execution_options(yield_per=BATCH)).mappings().partitions():
        for row in batch:
            yield {str(name): value for name, value in row.items()}


def held_values(connection: sa.Connection, key: str) -> frozenset[str]:
    """All values of a key that entries carry in what they are about."""
    carried = read_rows(connection, audit_log.c.what.contains(json.dumps(key) + ":", autoescape=True))
    return frozenset(str(json.loads(row["what"]).get(key)) for row in carried)


def prove(connection: sa.Connection, *noted: Head) -> Proof:
    """Work the chain out again, and name the first link that does not hold.

    Args:
        connection: to the ledger's database.
        noted: heads that were noted elsewhere: entries that must be there as they were.
    """
    expected = {head.sequence: head.digest for head in noted}
    head = BEGINNING
    for row in read_rows(connection):
        words = _fault(row, head) or _replaced(row, expected)
        if words:
            return Proof(head, head.sequence + 1, words)
        head = Head(row["sequence"], row["digest"])
    last = max(expected, default=0)
    if head.sequence < last:
        return Proof(head, head.sequence + 1, f"the end was cut off: entry {last} was noted and is gone")
    return Proof(head)


def _row(entry: Entry, head: Head) -> dict[str, Any]:
    if entry.act not in ACTS:
        raise ValueError(f"there is no act {entry.act!r}")
    what = json.dumps(entry.what, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    row = {"at": entry.at, "who": entry.who, "act": entry.act, "what": what, "reason": entry.reason}
    row |= {"sequence": head.sequence + 1, "previous": head.digest}
    return row | {"digest": _digest(row)}


def _digest(row: Mapping[str, Any]) -> str:
    said = {name: row[name] for name in ("sequence", "who", "act", "what", "reason", "previous")}
    said["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _fault(row: Mapping[str, Any], head: Head) -> str | None:
    if row["sequence"] != head.sequence + 1:
        return f"entry {head.sequence + 1} is missing: entry {row['sequence']} comes next"
    if row["previous"] != head.digest:
        return "it does not follow from the entry before: entries were removed, inserted or put in another order"
    return None if row["digest"] == _digest(row) else "it was edited: its digest is not of what it says"


def _replaced(row: Mapping[str, Any], expected: Mapping[int, str]) -> str | None:
    if expected.get(row["sequence"], row["digest"]) == row["digest"]:
        return None
    return "the log up to here was written again: its digest is not the one that was noted"
