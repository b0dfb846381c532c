"""The kinds of decision and the reasons that may be given for one: the vocabulary of the ledger, as data.

Belongs here: what can be decided, about what, and why. Does not: how a decision is kept or obeyed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from reconciliation.golden import ORDER_FIELDS, PERSON_FIELDS
from warehouse.codes import reference

About = Literal["pair", "value", "discrepancy", "wording", "decision"]
Level = Literal["order", "person"]


@dataclass(frozen=True)
class Kind:
    """A kind of decision.

    Attributes:
        code: as it is in the ledger; with `-` for `_`, the command.
        title: what the steward says, in words.
        about: two records, a field of an order, a discrepancy, a wording of conditions, or another decision.
        level: of a pair: whether it speaks of the order or of the person.
        parts: of a pair: the two records are kept apart.
        binds_when_stale: it still binds when its evidence has changed. Records that a person kept apart stay apart
            until a person says otherwise: the clustering reports every link that this forbids. Records that a person
            put together, and values, are left to the rules again: nobody would see that they rest on old evidence.
        leaves_open: the question stays open, binds nothing, and is not asked again before its values change.
    """

    code: str
    title: str
    about: About
    level: Level | None = None
    parts: bool = False
    binds_when_stale: bool = False
    leaves_open: bool = False


KINDS = (
    Kind("same_order", "the two records are about the same order", "pair", level="order"),
    Kind("different_order", "the two records are about different orders", "pair", "order", True, True),
    Kind("same_person", "the two records are about the same person", "pair", level="person"),
    Kind("different_person", "the two records are about different persons", "pair", "person", True, True),
    Kind(
        "pair_unclear",
        "what is known does not show whether the two records belong together",
        "pair",
        "order",
        leaves_open=True,
    ),
    Kind("value", "this value is right", "value"),
    Kind("value_unclear", "what is known does not show which value is right", "value", leaves_open=True),
    Kind("both_right", "the values differ and both are right", "discrepancy"),
    Kind("accept", "the discrepancy is known and accepted until a date", "discrepancy"),
    Kind("refer", "the discrepancy is referred to its owner", "discrepancy", leaves_open=True),
    Kind("not_enough", "what is known is not enough to decide", "discrepancy", leaves_open=True),
    Kind("wording", "the wording is this condition", "wording"),
    Kind("undo", "the decision is taken back", "decision"),
)
KIND = {kind.code: kind for kind in KINDS}


LEFT_OPEN = tuple(kind.code for kind in KINDS if kind.leaves_open)


def codes_about(about: About) -> tuple[str, ...]:
    """The kinds of decision about pairs, values, discrepancies, wordings or other decisions."""
    return tuple(kind.code for kind in KINDS if kind.about == about)


@dataclass(frozen=True)
class DecisionReason:
    """A reason that may be given.

    Attributes:
        code: as it is in the ledger.
        title: what it says, in words.
        about: what the decisions are about that it fits.
        needs_comment: without a comment it says nothing.
        kinds: the only kinds of decision that it fits; empty: all that are about the same and have no reasons of their
            own.
    """

    code: str
    title: str
    about: tuple[str, ...]
    needs_comment: bool = False
    kinds: tuple[str, ...] = ()

    def fits(self, kind: Kind) -> bool:
        """Whether it may be given for a kind of decision."""
        own = kind.code in self.kinds if self.kinds else kind.code not in KINDS_WITH_REASONS or self.needs_comment
        return kind.about in self.about and own

    def misfit(self, kinds: Collection[str]) -> str | None:
        """Why it can't be given for decisions of these kinds together, in words; None: it can."""
        unfit = [KIND[code].title for code in dict.fromkeys(kinds) if not self.fits(KIND[code])]
        if not unfit:
            return None
        if len(unfit) == len(set(kinds)):
            return "choose another reason: this one does not apply to such a decision"
        listed = "; ".join(f"“{title}”" for title in unfit)
        return f"choose another reason, or save those answers separately that this one does not apply to: {listed}"


KINDS_WITH_REASONS = ("not_enough", "pair_unclear", "value_unclear")
"""Kinds of decision whose reasons fit no other: what would settle it."""

DECISION_REASONS = tuple(
    DecisionReason(
        code,
        title,
        tuple(about.split("|")),
        needs_comment=needs_comment == "true",
        kinds=KINDS_WITH_REASONS if leaves_open == "true" else (),
    )
    for code, title, about, needs_comment, leaves_open in reference("decision_reasons").iter_rows()
)
DECISION_REASON = {reason.code: reason for reason in DECISION_REASONS}

CANONICAL = {field.name: field.canonical or field.name for field in (*PERSON_FIELDS, *ORDER_FIELDS)}
"""The fields of an order that can be decided on, and the core column by which two values of each are equal."""

PERSON_FIELD_NAMES = frozenset(field.name for field in PERSON_FIELDS)
"""Facts of the person: decided for one order they hold for all orders of the person."""

LINK_FIELDS = (
    "forenames",
    "surname",
    "date_of_birth",
    "sex",
    "pnc_id",
    "cro_number",
    "order_type",
    "is_interim",
    "made_on",
    "court_code",
)
"""What shows whether two records belong together: what changes in the life of an order (its end, its status) is not."""
