"""The chain of decisions: each is marked by the key of the installation, together with the mark before it.

Belongs here: extending, proving and renewing the chain. Does not: the ids of decisions, which are made of what they
say and need no key (`ledger.decisions.integrity`): who writes to the database alone can make a fitting id, and no mark.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa

from ledger.decisions.errors import LedgerDamagedError
from ledger.decisions.metadata import decision_marks, decisions
from warehouse.disk import keep_private, make_folder, put_text
from warehouse.home import Home
from warehouse.installation_key import marker

PURPOSE = "decision"
BEGINNING = (0, "")

_PROVED: dict[str, list[tuple[int, str, str]]] = {}
"""The chains that were proved last: by place, under the key."""

Link = tuple[int, str]
"""The place of a decision in the chain, and its mark."""


class Chain:
    """The chain of the decisions in a database.

    Its end is noted in the home too: who cuts it off in the database alone is found out.
    """

    def __init__(self, home: Home, place: str) -> None:
        self._home = home
        self._place = place
        self._note = home.desk / f"ledger-end-{hashlib.sha256(place.encode()).hexdigest()[:12]}"

    def extend(self, connection: sa.Connection, ids: Sequence[str]) -> Link | None:
        """Mark decisions that were appended, within their transaction; the end of the chain, to be noted after it."""
        last = sa.select(decision_marks.c.sequence, decision_marks.c.mark).order_by(decision_marks.c.sequence.desc())
        row = connection.execute(last.limit(1)).one_or_none()
        return self._write(connection, BEGINNING if row is None else (row.sequence, row.mark), ids)

    def note(self, end: Link | None) -> None:
        """Note the end of the chain, after the transaction that made it."""
        if end is not None:
            keep_private()
            make_folder(self._home.desk)
            put_text(self._note, f"{end[0]}:{end[1]}\n")

    def noted(self) -> Link | None:
        """A link that must be there; ask before decisions are read, since others append meanwhile."""
        if not self._note.exists():
            return None
        sequence, _, mark = self._note.read_text(encoding="utf-8").strip().partition(":")
        return int(sequence), mark

    def require_whole(self, connection: sa.Connection, ids: Collection[str], noted: Link | None) -> None:
        """Hold that these decisions, all that there are, were taken by this installation and that none is gone.

        Raises:
            LedgerDamagedError: the chain does not hold, or not of these.
        """
        columns = (decision_marks.c.sequence, decision_marks.c.mark, decision_marks.c.decision_id)
        links = [tuple(row) for row in connection.execute(sa.select(*columns).order_by(columns[0]))]
        unmarked = sorted(set(ids).difference(decision_id for _, _, decision_id in links))
        if unmarked:
            raise self._damaged(f"{len(unmarked)} bear no mark of this installation, such as {unmarked[0]}")
        self._require_marks(links)
        place, noted_mark = noted or BEGINNING
        if len(links) > len(ids) or place > len(links) or (place and links[place - 1][1] != noted_mark):
            raise self._damaged("some that were taken are gone")

    def _require_marks(self, links: list[tuple[int, str, str]]) -> None:
        """Hold the marks to the key; what was proved before is compared alone, since a desk asks for every page."""
        mark = marker(self._home, PURPOSE)
        proved = _PROVED.get(mark(self._place), [])
        known = len(proved) if links[: len(proved)] == proved else 0
        last = proved[-1][:2] if known else BEGINNING
        for sequence, found, decision_id in links[known:]:
            if (sequence, found) != (last[0] + 1, _mark(mark, *last, decision_id)):
                raise self._damaged(f"the mark of {decision_id} is not of this installation, or one before it is gone")
            last = (sequence, found)
        _PROVED[mark(self._place)] = links

    def adopt(self, connection: sa.Connection) -> Link | None:
        """Mark the decisions of a ledger that is older than marks; of one that was marked before nothing is changed."""
        marked = connection.execute(sa.select(decision_marks.c.sequence).limit(1)).one_or_none()
        return None if marked or self.noted() else self.renew(connection)

    def renew(self, connection: sa.Connection) -> Link | None:
        """Mark all decisions there are again: after an erasure, or when a user has vouched for them."""
        connection.execute(sa.delete(decision_marks))
        query = sa.select(decisions.c.decision_id).order_by(decisions.c.decided_at, decisions.c.decision_id)
        return self._write(connection, BEGINNING, list(connection.execute(query).scalars())) or BEGINNING

    def _write(self, connection: sa.Connection, last: Link, ids: Sequence[str]) -> Link | None:
        mark, rows = marker(self._home, PURPOSE), []
        for decision_id in ids:
            last = (last[0] + 1, _mark(mark, *last, decision_id))
            rows.append({"sequence": last[0], "decision_id": decision_id, "mark": last[1]})
        if rows:
            connection.execute(sa.insert(decision_marks), rows)
        return last if rows else None

    def _damaged(self, words: str) -> LedgerDamagedError:
        return LedgerDamagedError(
            f"of the decisions in the ledger {self._place} {words}: it was changed in the database, an older "
            "backup was restored, or the key of the installation (CONCORD_KEY) is another. Restore the newest backup "
            "with its key; if the decisions are right as they are, an approver says so by `concord decisions vouch`"
        )


def _mark(mark: Callable[[str], str], sequence: int, previous: str, decision_id: str) -> str:
    return mark(f"{sequence} {previous} {decision_id}")
