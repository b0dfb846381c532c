"""What a form asks for: read, and told in words where it can't be understood.

Belongs here: the fields of the forms. Does not: whether the ledger takes the decision (`review.deciding.decider`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from ledger.decisions.decision import LONGEST_COMMENT
from ledger.decisions.kinds import DECISION_REASON, KIND

SentFields = Mapping[str, Sequence[str]]

OTHER_VALUE = "other"
"""The choice of a value that no source gives; it is typed in."""

DAY_PARTS = ("day", "month", "year")


class Form(Protocol):
    """A form as it was sent: several values may have one name."""

    def get(self, key: str) -> object:
        """One value of a name."""

    def getlist(self, key: str) -> Sequence[object]:
        """All values of a name."""


class FormError(ValueError):
    """The form can't be understood.

    Attributes:
        problems: by field of the form, what is missing or wrong.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"{len(problems)} field(s) to mend")
        self.problems = dict(problems)


@dataclass(frozen=True)
class DecisionRequest:
    """What a steward wants to decide.

    Attributes:
        kind: code of the kind of decision; empty if none was chosen yet.
        decisions: what is decided, each by columns of `DECISIONS`.
        reason_code: why, as a code.
        comment: why, in words.
        item_id: the item that it settles.
        release_id: the release that the form was drawn by.
        orders: that the form is about.
        version: the decisions on these orders when the form was drawn.
        fingerprints: of what was seen, one a decision; empty until a preview was shown.
        submission: the form that was sent; sent twice, it counts once.
        fields: all that was sent, to draw the form again.
    """

    kind: str
    decisions: tuple[Mapping[str, Any], ...]
    reason_code: str
    comment: str | None
    item_id: str | None
    release_id: str
    orders: tuple[str, ...]
    version: str
    fingerprints: tuple[str, ...]
    submission: str
    fields: SentFields = field(default_factory=dict)


def read_request(form: Form, *, kinds: Collection[str] = tuple(KIND)) -> DecisionRequest:
    """What a form asks for.

    Args:
        form: as it was sent.
        kinds: that it may ask for.

    Raises:
        WishError: something is missing or can't be read.
    """
    kind, problems = text(form, "kind"), dict[str, str]()
    if kind not in kinds:
        problems["kind"] = "Choose what you decide"
    reason, comment = text(form, "reason_code"), text(form, "comment", strip=False).replace("\r\n", "\n")
    if reason not in DECISION_REASON:
        problems["reason_code"] = "Choose a reason"
    elif kind in kinds and KIND[kind].about not in DECISION_REASON[reason].about:
        problems["reason_code"] = "Choose another reason: this one does not apply to such a decision"
    elif DECISION_REASON[reason].needs_comment and not comment.strip():
        problems["comment"] = "Enter a comment: the reason you chose needs one"
    if len(comment) > LONGEST_COMMENT:
        problems["comment"] = f"Use {LONGEST_COMMENT:,} characters or fewer: you have used {len(comment):,}"
    asked = _read_asked(form, kind, problems) if kind in kinds else ()
    if problems:
        raise FormError(problems)
    return DecisionRequest(
        kind=kind,
        decisions=asked,
        reason_code=reason,
        comment=comment.strip() or None,
        item_id=text(form, "item_id") or None,
        release_id=text(form, "release_id"),
        orders=tuple(texts(form, "orders")),
        version=text(form, "version"),
        fingerprints=tuple(texts(form, "fingerprint")),
        submission=text(form, "submission"),
        fields=sent_fields(form),
    )


REQUEST_FIELDS = (
    *("kind", "left_record_id", "right_record_id", "order_id", "field", "value", "value_text", "discrepancy_id"),
    *("until-day", "until-month", "until-year", "referred_to", "replaces", "reason_code", "comment", "item_id"),
    *("release_id", "orders", "version", "submission", "view", "words"),
    *(f"deferred-{part}" for part in DAY_PARTS),
)
"""The fields of a form that say what is wished, as they are sent on from page to page."""


def sent_fields(form: Form) -> dict[str, tuple[str, ...]]:
    """What was sent, by name, to be drawn again."""
    return {name: tuple(texts(form, name)) for name in REQUEST_FIELDS if form.getlist(name)}


def text(form: Form, name: str, *, strip: bool = True) -> str:
    """A field of a form as text; empty if it is missing or a file."""
    value = form.get(name)
    found = value if isinstance(value, str) else ""
    return found.strip() if strip else found


def texts(form: Form, name: str) -> list[str]:
    """All values of a field that are text."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def _read_asked(form: Form, kind: str, problems: dict[str, str]) -> tuple[Mapping[str, Any], ...]:
    about, replaces = KIND[kind].about, list(filter(None, texts(form, "replaces")))
    if about == "decision":
        if not replaces:
            problems["kind"] = "Choose the decision that is taken back"
        return tuple({"kind": kind, "replaces": name} for name in dict.fromkeys(replaces))
    shared = {"kind": kind, "replaces": next(iter(replaces), None)}
    if about == "pair":
        sides = {name: text(form, name) for name in ("left_record_id", "right_record_id")}
        if not all(sides.values()):
            problems["kind"] = "Name two records"
        return (shared | sides,)
    if about == "value":
        return (shared | _read_value(form, problems),)
    names = list(dict.fromkeys(filter(None, texts(form, "discrepancy_id"))))
    if not names:
        problems["discrepancy_id"] = "Choose a difference"
    more: dict[str, Any] = {}
    if kind == "accept":
        more["accepted_until"] = read_day(form, "until", problems)
    if kind == "refer":
        more["referred_to"] = text(form, "referred_to") or None
    return tuple(shared | more | {"discrepancy_id": name} for name in names)


def _read_value(form: Form, problems: dict[str, str]) -> dict[str, Any]:
    chosen = text(form, "value")
    value = text(form, "value_text") if chosen == OTHER_VALUE else chosen
    if not value:
        problems["value_text" if chosen == OTHER_VALUE else "value"] = "Choose or type the right value"
    return {"order_id": text(form, "order_id"), "field": text(form, "field"), "value": value}


def read_day(form: Form, name: str, problems: dict[str, str]) -> date | None:
    """A day in three fields; what is wrong with it is added to the problems."""
    parts = [text(form, f"{name}-{part}") for part in DAY_PARTS]
    try:
        day, month, year = map(int, parts)
        return date(year, month, day)
    except (ValueError, OverflowError):
        wrong = "Enter a day" if not any(parts) else "Enter a day that there is"
        problems[f"{name}-day"] = f"{wrong}, such as 31 3 2027"
        return None
