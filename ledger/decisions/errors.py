"""What can go wrong with a ledger or a decision, in words and without personal data.

Belongs here: the errors of the package. `LedgerError`: the ledger can't be used. `DecisionError`: the decision can't
be taken as it was asked for. `DecisionRefusedError`: it could, but not over what is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class LedgerError(Exception):
    """The ledger can't be used; the message says why and what to do.

    Whatever reads or writes a ledger raises it while the ledger is down, and so does all that is handed a desk: it is
    said here, and not at each function.
    """


class LedgerMissingError(LedgerError):
    """There is no ledger at that place."""


class LedgerLockedError(LedgerError):
    """Another process holds the ledger for longer than is waited for."""


class LedgerUnreachableError(LedgerError):
    """The database does not answer."""


class LedgerSchemaError(LedgerError):
    """The ledger is of an older or newer schema, or is not a ledger."""


class LedgerDamagedError(LedgerError):
    """The ledger does not hold what was put into it."""


class LedgerClockError(LedgerError):
    """The clock stands before the last decision."""


class DecisionError(Exception):
    """The decision can't be taken: unknown record, order, field, value, reason or user."""


class DecisionRefusedError(Exception):
    """The decision could be taken, but goes against what is known."""


class ContradictionError(DecisionRefusedError):
    """It contradicts decisions in force."""

    def __init__(self, message: str, decision_ids: Sequence[str]) -> None:
        super().__init__(message)
        self.decision_ids = tuple(decision_ids)


class ValuesChangedError(DecisionRefusedError):
    """What was seen is not what is there now."""


class RefusedTogetherError(DecisionRefusedError):
    """Some of the decisions that were to be taken together can't be: none was taken.

    Attributes:
        refusals: by the place of the decision among those given, why it can't be taken.
    """

    def __init__(self, refusals: Mapping[int, Exception]) -> None:
        super().__init__(f"{len(refusals)} of the decisions can't be taken; none was")
        self.refusals = dict(refusals)


@dataclass(frozen=True)
class BadLine:
    """A line of a file that can't be taken: its number as a person counts it, and why."""

    line: int
    reason: str


class ImportRefusedError(DecisionRefusedError):
    """A file with bad lines: nothing of it was taken."""

    def __init__(self, lines: Sequence[BadLine]) -> None:
        super().__init__(f"{len(lines)} bad line(s), nothing was imported")
        self.lines = tuple(lines)
