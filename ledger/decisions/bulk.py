"""Many decisions at once, out of a file: all are saved, or none and every bad line is reported.

Belongs here: what a line asks for, and what became of the file. Does not: the form of files
(`ledger.decisions.exchange`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from ledger.decisions.decidable import Present, require_seen
from ledger.decisions.decided_orders import Given, with_values
from ledger.decisions.decision import Draft, Signature
from ledger.decisions.errors import (
    BadLine,
    DecisionError,
    DecisionRefusedError,
    ImportRefusedError,
    RefusedTogetherError,
)
from ledger.decisions.exchange import FileLine, taken_before
from ledger.decisions.kinds import KIND
from ledger.decisions.ledger import Ledger
from ledger.decisions.values import read_value


@dataclass(frozen=True)
class Imported:
    """What became of a file.

    Attributes:
        batch_id: what the new decisions can be taken back by; None where they were taken before.
    """

    added: int
    known: int
    batch_id: str | None = None


def import_lines(ledger: Ledger, lines: Sequence[FileLine], *, by: str, present: Callable[[], Present]) -> Imported:
    """Put the decisions of a file into the ledger.

    Args:
        ledger: the ledger.
        lines: of the file.
        by: who takes those that are to be taken now.
        present: what these are taken on; asked for only if there are any.

    Raises:
        ImportRefusedError: bad lines; nothing was taken.
        DecisionError: the file holds lines of both kinds.
    """
    if not lines:
        return Imported(0, 0)
    former = sum(line.was_taken for line in lines)
    if 0 < former < len(lines):
        raise DecisionError("some lines have a decision_id and some have none: split the file")
    return _bring_in(ledger, lines) if former else _take(ledger, lines, by=by, night=present())


def draft_of(asked: dict[str, Any], present: Present) -> Draft:
    """The decision that is asked for by columns of `DECISIONS`, on what there is now.

    Raises:
        DecisionError: a column that the kind needs is missing, or what it names is not there.
        ValuesChangedError: `fingerprint` is given, and is not that of what there is now.
    """
    kind = KIND.get(asked.get("kind") or "")
    if kind is None:
        raise DecisionError(f"there is no kind of decision {asked.get('kind')!r}: use {', '.join(KIND)}")
    if kind.about == "pair":
        sides = [_needed(asked, f"{side}_record_id", f"{side}_handle") for side in ("left", "right")]
        draft = present.draft_pair(kind.code, *sides)
    elif kind.about == "value":
        names = ("order_id", "field") if kind.leaves_open else ("order_id", "field", "value")
        draft = present.draft_value(*(_needed(asked, name) for name in names))
    elif kind.about == "discrepancy":
        draft = present.draft_discrepancy(
            kind.code,
            _needed(asked, "discrepancy_id"),
            accepted_until=asked.get("accepted_until"),
            referred_to=asked.get("referred_to"),
        )
    elif kind.about == "wording":
        draft = present.draft_wording(*(_needed(asked, name) for name in ("left_handle", "value")))
    else:
        return present.draft_undo(_needed(asked, "replaces"))
    return require_seen(draft, asked.get("fingerprint"), asked.get("seen")).replacing(asked.get("replaces"))


def drafted_together(asked: Iterable[Mapping[str, Any]], present: Present) -> Present:
    """The night to draft decisions on that are taken together: its orders have every value that is asked for.

    A start is judged beside the end that is decided with it, and not beside the one that it replaces. What can't be
    read is left out: its own draft says so.
    """
    given = list[Given]()
    for one in asked:
        if one.get("kind") == "value":
            with suppress(DecisionError):
                value = read_value(one.get("field") or "", one.get("value") or "")
                given.append((present.find_order(one.get("order_id") or ""), one["field"], value))
    return replace(present, orders=with_values(present.orders, given)) if given else present


def _bring_in(ledger: Ledger, lines: Sequence[FileLine]) -> Imported:
    rows = taken_before(lines)
    try:
        added = ledger.insert(rows)
    except RefusedTogetherError as error:
        raise ImportRefusedError(_bad_lines(lines, error)) from None
    return Imported(added, rows.height - added)


def _take(ledger: Ledger, lines: Sequence[FileLine], *, by: str, night: Present) -> Imported:
    batch_id, night = uuid4().hex[:12], drafted_together([line.values for line in lines], night)
    asked: list[tuple[FileLine, tuple[Draft, Signature]]] = []
    bad: list[BadLine] = []
    for line in lines:
        try:
            asked.append((line, _request(line, by, night, batch_id)))
        except (DecisionError, DecisionRefusedError) as error:
            bad.append(BadLine(line.number, str(error)))
    try:
        taken = ledger.decide_all([request for _, request in asked], keep=not bad)
    except RefusedTogetherError as error:
        bad += _bad_lines([line for line, _ in asked], error)
    if bad:
        raise ImportRefusedError(sorted(bad, key=lambda line: line.line))
    added = sum(result.is_new for result in taken)
    return Imported(added, len(taken) - added, batch_id if added else None)


def _request(line: FileLine, by: str, night: Present, batch_id: str) -> tuple[Draft, Signature]:
    asked = dict(line.values)
    if asked.get("decided_by") not in (None, by):
        raise DecisionError(f"it is by {asked['decided_by']!r}, but the file is taken by {by!r}")
    signature = Signature(by, asked.get("reason_code") or "", asked.get("comment"))
    return draft_of(asked, night).in_batch(batch_id), signature


def _bad_lines(lines: Sequence[FileLine], error: RefusedTogetherError) -> list[BadLine]:
    return [BadLine(lines[place].number, str(why)) for place, why in error.refusals.items()]


def _needed(asked: dict[str, Any], *names: str) -> str:
    found = next((asked[name] for name in names if asked.get(name)), None)
    if found is None:
        raise DecisionError(f"{' or '.join(names)} is missing")
    return str(found)
