"""Decisions that wait for a second steward: proposed by one, approved or returned by another.

Belongs here: keeping them, and taking the decisions once they are approved. Does not: which decisions must wait
(`ledger.desk.four_eyes`). That nobody approves their own is held by the database itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ledger.decisions.database import Database
from ledger.decisions.decision import Draft, Sighting, Signature
from ledger.decisions.errors import DecisionError
from ledger.decisions.ledger import Beside, Ledger
from ledger.decisions.submitting import Taken
from ledger.desk.desk_tables import judgements, proposals

Request = tuple[Draft, Signature]


class ProposalError(DecisionError):
    """A proposal can't be judged: it is not there, was judged before, or is one's own."""


@dataclass(frozen=True)
class Proposal:
    """Decisions that wait, or waited, for a second steward.

    Attributes:
        proposal_id: its id; also the batch of the decisions that it leads to.
        item_id: the item of the queue that it settles, if it settles one.
        requests: the decisions, each signed by who proposed it.
        why: codes of `four_eyes.APPROVAL_REASONS`.
        verdict: approved, returned or withdrawn; None while it waits.
    """

    proposal_id: str
    proposed_by: str
    proposed_at: datetime
    item_id: str | None
    requests: tuple[Request, ...]
    why: tuple[str, ...]
    verdict: str | None = None
    judged_by: str | None = None
    judged_at: datetime | None = None
    comment: str | None = None

    @property
    def waits(self) -> bool:
        """Nobody has judged it yet."""
        return self.verdict is None


def propose(database: Database, proposal: Proposal, *, beside: Beside | None = None) -> bool:
    """Let decisions wait for a second steward.

    Returns:
        Whether it is new: the same form sent twice makes one proposal.

    Raises:
        DecisionError: it holds no decision.
    """
    if not proposal.requests:
        raise DecisionError("a proposal without a decision")
    with database.writing() as connection:
        if _read(connection, proposals.c.proposal_id == proposal.proposal_id):
            return False
        listed = [{"draft": asdict(draft), "signature": asdict(signature)} for draft, signature in proposal.requests]
        connection.execute(
            sa.insert(proposals).values(
                proposal_id=proposal.proposal_id,
                proposed_by=proposal.proposed_by,
                proposed_at=proposal.proposed_at,
                item_id=proposal.item_id,
                drafts=json.dumps(listed, ensure_ascii=False, sort_keys=True, default=date.isoformat),
                why=json.dumps(proposal.why),
            )
        )
        if beside is not None:
            beside(connection, ())
        return True


def read_proposals(database: Database, *, waiting: bool = False) -> list[Proposal]:
    """All proposals, the oldest first; on demand only those that wait."""
    with database.reading() as connection:
        return _read(connection, judgements.c.verdict.is_(None) if waiting else sa.true())


def find_proposal(database: Database, proposal_id: str) -> Proposal:
    """A proposal by its id.

    Raises:
        ProposalError: there is none.
    """
    with database.reading() as connection:
        return _find(connection, proposal_id)


def approve(
    ledger: Ledger,
    proposal: Proposal,
    *,
    by: str,
    at: datetime,
    comment: str | None = None,
    beside: Beside | None = None,
) -> list[Taken]:
    """Approve a proposal: its decisions are taken, in the name of who proposed them, in the same transaction.

    Args:
        ledger: that takes the decisions.
        proposal: as `find_proposal` gave it; its drafts are judged against what stands now.
        by: who approves.
        at: when.
        comment: what they say.
        beside: writes what else must stand or fall with the decisions.

    Raises:
        ProposalError: it is one's own, or was judged meanwhile.
        RefusedTogetherError: decisions taken meanwhile contradict it; it goes on waiting.
    """
    _require_other(proposal, by)

    def judge(connection: sa.Connection, taken: Sequence[Taken]) -> None:
        _judge(connection, proposal, by=by, at=at, verdict="approved", comment=comment)
        if beside is not None:
            beside(connection, taken)

    batched = [(draft.in_batch(proposal.proposal_id), signature) for draft, signature in proposal.requests]
    return list(ledger.decide_all(batched, beside=judge))


def return_proposal(database: Database, proposal: Proposal, *, by: str, at: datetime, comment: str) -> None:
    """Give a proposal back to who made it, and say why.

    Raises:
        ProposalError: it is one's own, was judged meanwhile, or nothing is said.
    """
    _require_other(proposal, by)
    if not comment.strip():
        raise ProposalError("say why the proposal is returned")
    with database.writing() as connection:
        _judge(connection, proposal, by=by, at=at, verdict="returned", comment=comment)


def withdraw(database: Database, proposal: Proposal, *, by: str, at: datetime) -> None:
    """Take back one's own proposal.

    Raises:
        ProposalError: it is another's, or was judged meanwhile.
    """
    if by != proposal.proposed_by:
        raise ProposalError(f"proposal {proposal.proposal_id} is another steward's: return it instead")
    with database.writing() as connection:
        _judge(connection, proposal, by=by, at=at, verdict="withdrawn", comment=None)


def approved_decisions(database: Database) -> frozenset[str]:
    """Ids of all decisions that a second steward approved."""
    decisions = judgements.metadata.tables["decisions"]
    query = sa.select(decisions.c.decision_id).where(
        decisions.c.batch_id.in_(sa.select(judgements.c.batch_id).where(judgements.c.verdict == "approved"))
    )
    with database.reading() as connection:
        return frozenset(connection.execute(query).scalars())


def _require_other(proposal: Proposal, by: str) -> None:
    if by == proposal.proposed_by:
        raise ProposalError("nobody approves or returns their own proposal: another steward must look at it")


def _judge(
    connection: sa.Connection, proposal: Proposal, *, by: str, at: datetime, verdict: str, comment: str | None
) -> None:
    now = _find(connection, proposal.proposal_id)
    if not now.waits:
        raise ProposalError(f"proposal {proposal.proposal_id} was {now.verdict} meanwhile by {now.judged_by}")
    connection.execute(
        sa.insert(judgements).values(
            proposal_id=proposal.proposal_id,
            proposed_by=now.proposed_by,
            judged_by=by,
            verdict=verdict,
            judged_at=at,
            comment=comment,
            batch_id=proposal.proposal_id if verdict == "approved" else None,
        )
    )


def _find(connection: sa.Connection, proposal_id: str) -> Proposal:
    found = _read(connection, proposals.c.proposal_id == proposal_id)
    if not found:
        raise ProposalError(f"there is no proposal {proposal_id}")
    return found[0]


def _read(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Proposal]:
    judged = (judgements.c.verdict, judgements.c.judged_by, judgements.c.judged_at, judgements.c.comment)
    query = (
        sa.select(proposals, *judged)
        .outerjoin(judgements, judgements.c.proposal_id == proposals.c.proposal_id)
        .where(condition)
        .order_by(proposals.c.proposed_at, proposals.c.proposal_id)
    )
    return [_proposal(row) for row in connection.execute(query).mappings()]


def _proposal(row: Mapping[Any, Any]) -> Proposal:
    plain = {part.name: row[part.name] for part in fields(Proposal) if part.name not in {"requests", "why"}}
    return Proposal(**plain, requests=_read_requests(row["drafts"]), why=tuple(json.loads(row["why"])))


def _read_requests(text: str) -> tuple[Request, ...]:
    return tuple((_draft(entry["draft"]), Signature(**entry["signature"])) for entry in json.loads(text))


def _draft(entry: dict[str, Any]) -> Draft:
    until = entry["accepted_until"]
    seen = tuple(Sighting(**sight) for sight in entry["seen"])
    return Draft(**entry | {"seen": seen, "accepted_until": date.fromisoformat(until) if until else None})
