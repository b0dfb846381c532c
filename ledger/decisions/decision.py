"""A decision before it is in the ledger: what is decided, by whom and why, and the row that this makes.

Belongs here: the form of a decision, its target, its fingerprint and its id. Does not: whether it may be taken
(`ledger.decisions.ledger`), or what there is to decide on (`ledger.decisions.decidable`).
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any

from ledger.decisions.errors import DecisionError
from ledger.decisions.kinds import DECISION_REASON, KIND
from reconciliation.stable_ids import ALPHABET
from warehouse.tables.ledger import DECISIONS

Row = Mapping[str, Any]

LONGEST_COMMENT = 20_000
ID_LETTERS = 16
CONTENT = tuple(column.name for column in DECISIONS.columns if column.name not in DECISIONS.key)
OF_CONFLICT = ("observed", "expected")
"""What a sighting is of, where the decision is about a discrepancy rather than about records."""


@dataclass(frozen=True, order=True)
class Sighting:
    """A canonical value that the steward saw.

    Attributes:
        of: handle of the record that holds it; for a discrepancy `observed` or `expected`.
        field: the field.
        value: the value in canonical form (`ledger.decisions.record_values`); None where the record has none.
    """

    of: str
    field: str
    value: str | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is decided; the columns of `DECISIONS` that say so.

    Attributes:
        seen: what the steward saw; kept as sorted JSON.
    """

    kind: str
    left_handle: str | None = None
    right_handle: str | None = None
    left_record_id: str | None = None
    right_record_id: str | None = None
    order_id: str | None = None
    field: str | None = None
    value: str | None = None
    discrepancy_id: str | None = None
    rule_code: str | None = None
    source: str | None = None
    accepted_until: date | None = None
    referred_to: str | None = None
    replaces: str | None = None
    seen: tuple[Sighting, ...] = ()
    release_id: str | None = None
    model_version: str | None = None
    batch_id: str | None = None

    @property
    def seen_text(self) -> str:
        """What was seen, as it is kept."""
        return write_sightings(self.seen)

    @property
    def fingerprint(self) -> str:
        """Digest of what was seen: the same in any order and form."""
        return hashlib.sha256(self.seen_text.encode()).hexdigest()[:20]

    @property
    def target(self) -> str:
        """What it is about. Kinds that answer one question have one target."""
        kind = KIND[self.kind]
        parts: Mapping[str, tuple[str | None, ...]] = {
            "pair": (kind.level, self.left_handle, self.right_handle),
            "value": (self.order_id, self.field),
            "discrepancy": (self.order_id, self.rule_code, self.source, self.left_handle, *conflict_of(self.seen)),
            "wording": (self.left_handle,),
            "decision": (self.replaces,),
        }
        return json.dumps([kind.about, *parts[kind.about]], ensure_ascii=False)

    def about(self) -> dict[str, Any]:
        """The columns that it fills."""
        plain = {part.name: getattr(self, part.name) for part in fields(self) if part.name != "seen"}
        return plain | {"seen": self.seen_text, "fingerprint": self.fingerprint, "target": self.target}

    def replacing(self, decision_id: str | None) -> "Draft":
        """The same, in place of an earlier decision."""
        return replace(self, replaces=decision_id)

    def in_batch(self, batch_id: str) -> "Draft":
        """The same, taken together with others."""
        return replace(self, batch_id=batch_id)


@dataclass(frozen=True)
class Signature:
    """Who decides, and why.

    Attributes:
        reason_code: one of `ledger.decisions.kinds.DECISION_REASONS`.
    """

    by: str
    reason_code: str
    comment: str | None = None


def sign(draft: Draft, signature: Signature, *, at: datetime) -> dict[str, Any]:
    """The row that a draft makes once it is signed.

    Raises:
        DecisionError: the reason does not fit, or a text can't be kept.
    """
    content = draft.about() | {
        "reason_code": signature.reason_code,
        "comment": signature.comment or None,
        "decided_by": signature.by,
        "decided_at": at.astimezone(UTC),
    }
    problem = next(find_problems(content), None)
    if problem:
        raise DecisionError(problem)
    return {"decision_id": name_row(content)} | content


def find_problems(row: Row) -> Iterator[str]:
    """What is wrong with the words of a row; nothing is said of what it is about."""
    kind, reason = KIND.get(row["kind"]), DECISION_REASON.get(row["reason_code"])
    if kind is None:
        yield f"there is no kind of decision {row['kind']!r}: use {', '.join(KIND)}"
    if reason is None or (kind and not reason.fits(kind)):
        fitting = [code for code, known in DECISION_REASON.items() if kind is None or known.fits(kind)]
        yield f"reason {row['reason_code']!r} does not fit: use {', '.join(fitting)}"
    elif reason.needs_comment and not (row["comment"] or "").strip():
        yield f"reason {reason.code!r} needs a comment"
    if len(row["comment"] or "") > LONGEST_COMMENT:
        yield f"the comment is longer than {LONGEST_COMMENT:,} characters"
    for name, value in row.items():
        if isinstance(value, str) and any(map(_is_unkeepable, value)):
            yield f"{name} holds characters that are not text"


def name_row(content: Row) -> str:
    """The id of a row: made of all that it says, so that the same decision has the same id in every ledger."""
    listed = [_plain(content[name]) for name in CONTENT]
    digest = hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).digest()
    number = int.from_bytes(digest, "big")
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(ID_LETTERS))
    return f"DEC-{letters}"


def write_sightings(seen: Iterable[Sighting]) -> str:
    """Sightings as sorted JSON."""
    keyed = sorted(seen, key=lambda sight: (sight.of, sight.field, sight.value or ""))
    return json.dumps([asdict(sight) for sight in keyed], ensure_ascii=False, separators=(",", ":"))


def read_sightings(text: str) -> tuple[Sighting, ...]:
    """Sightings from the JSON they are kept as."""
    return tuple(Sighting(**sight) for sight in json.loads(text))


def conflict_of(seen: Iterable[Sighting]) -> tuple[str | None, ...]:
    """The values in conflict, observed and expected, where a discrepancy was seen."""
    values = {sight.of: sight.value for sight in seen}
    return tuple(values.get(side) for side in OF_CONFLICT)


def _plain(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)


def _is_unkeepable(character: str) -> bool:
    """Control characters but line breaks and tabs, which PostgreSQL refuses, and halves of surrogate pairs."""
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\r\t"
