"""What a form asks for: read, and explained in words where it can't be understood.

Belongs here: the fields of the forms. Does not: whether the ledger takes the decision (`review.deciding.decider`).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from ledger.decisions.decision import LONGEST_COMMENT
from ledger.decisions.kinds import DECISION_REASON, KIND
from ledger.packs.owners import UnknownOwnerError, find_owner
from review.deciding.typed_day import DAY_PARTS, DayError, parse_day
from review.deciding.value_options import code_of

SentFields = Mapping[str, Sequence[str]]

ANSWER = "answer-"
"""Begins the field that answers one discrepancy, by its id: a kind of decision, a value, or nothing: it stays open."""

VALUE_TEXT = "value_text-"
"""Begins the field in which a value that no source gives is typed in."""

USUAL_REASONS = {"both_right": "different_facts", "refer": "correction_requested"}
"""Why a discrepancy is decided so, as a rule; by kind of decision."""

TITLE = r"[A-Za-z][A-Za-z -]{2,79}"
"""Titles of new conditions: short, and without numbers, which may lead to a person."""


class Form(Protocol):
    """A form as it was sent: several values may have one name."""

    def get(self, key: str) -> object:
        """One value of a name."""

    def getlist(self, key: str) -> Sequence[object]:
        """All values of a name."""

    def keys(self) -> Iterable[str]:
        """The names."""


class FormError(ValueError):
    """The form can't be understood.

    Attributes:
        problems: by field of the form, what is missing or wrong.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"{len(problems)} field(s) to correct")
        self.problems = dict(problems)


@dataclass(frozen=True)
class DecisionRequest:
    """What a steward wants to decide.

    Attributes:
        decisions: what is decided, each by columns of `DECISIONS`.
        release_id: the release that the form was drawn by.
        orders: that the form is about.
        version: the decisions on these orders when the form was drawn.
        fingerprints: of what was seen, one a decision; empty until a preview was shown.
        submission: the form that was sent; sent twice, it counts once.
        fields: all that was sent, to draw the form again.
    """

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

    Raises:
        WishError: something is missing or can't be read.
    """
    problems: dict[str, str] = {}
    asked = _read_answers(form, problems) if _names(form, ANSWER) else _read_asked(form, kinds, problems)
    reason = text(form, "reason_code") or _usual_reason(asked)
    comment = text(form, "comment", strip=False).replace("\r\n", "\n")
    if reason not in DECISION_REASON:
        problems["reason_code"] = "Choose a reason"
    elif not all(DECISION_REASON[reason].fits(KIND[one["kind"]]) for one in asked):
        problems["reason_code"] = "Choose another reason: this one does not apply to such a decision"
    elif DECISION_REASON[reason].needs_comment and not comment.strip():
        problems["comment"] = "Enter a comment: the reason you chose needs one"
    if len(comment) > LONGEST_COMMENT:
        problems["comment"] = f"Use {LONGEST_COMMENT:,} characters or fewer: you have used {len(comment):,}"
    if problems:
        raise FormError(problems)
    return DecisionRequest(
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
    *("left_handle", "condition", "title"),
    *("kind", "left_record_id", "right_record_id", "order_id", "discrepancy_id"),
    *("until-day", "until-month", "until-year", "referred_to", "replaces", "reason_code", "comment", "item_id"),
    *("release_id", "orders", "version", "submission", "view", "words", "deferred_why"),
    *(f"deferred-{part}" for part in DAY_PARTS),
)
"""The fields of a form that say what is wished, as they are sent on from page to page; and the answers, by name."""


def sent_fields(form: Form) -> dict[str, tuple[str, ...]]:
    """What was sent, by name, to be drawn again."""
    names = (*REQUEST_FIELDS, *_names(form, ANSWER), *_names(form, VALUE_TEXT))
    return {name: tuple(texts(form, name)) for name in names if form.getlist(name)}


def text(form: Form, name: str, *, strip: bool = True) -> str:
    """A field of a form as text; empty if it is missing or a file."""
    value = form.get(name)
    found = value if isinstance(value, str) else ""
    return found.strip() if strip else found


def texts(form: Form, name: str) -> list[str]:
    """All values of a field that are text."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def _usual_reason(asked: Sequence[Mapping[str, Any]]) -> str:
    """The reason that decisions give if none is chosen; empty if they have none, or not the same one."""
    reasons = {USUAL_REASONS.get(one["kind"], "") for one in asked}
    return reasons.pop() if len(reasons) == 1 else ""


def _names(form: Form, prefix: str) -> list[str]:
    """The fields whose names begin so, once each, in the order of the form."""
    return [name for name in dict.fromkeys(form.keys()) if name.startswith(prefix)]


def _read_answers(form: Form, problems: dict[str, str]) -> tuple[Mapping[str, Any], ...]:
    """The decisions on an item's discrepancies; of those that ask for one value of a field, one."""
    asked: dict[tuple[str, str], Mapping[str, Any]] = {}
    for name in _names(form, ANSWER):
        kind, _, value_of = text(form, name).partition("|")
        discrepancy_id = name.removeprefix(ANSWER)
        if kind == "value":
            one = _read_value(form, discrepancy_id, value_of, problems)
            known = asked.setdefault((kind, one["field"]), one)
            if known != one:
                problems[name] = "Choose the same value as above: the field can have one value only"
        elif kind == "value_unclear":
            asked[kind, value_of] = {"kind": kind, "order_id": text(form, "order_id"), "field": value_of}
        elif kind in KIND and KIND[kind].about == "discrepancy":
            asked[kind, discrepancy_id] = {"kind": kind, "discrepancy_id": discrepancy_id} | _closing(
                kind, form, problems
            )
        elif kind:
            problems[name] = "Choose one of the answers"
    if not asked and not problems:
        problems[_names(form, ANSWER)[0]] = "Choose an answer"
    replaced = next(filter(None, texts(form, "replaces")), None)
    return tuple({**one, "replaces": replaced} for one in asked.values())


def _read_asked(form: Form, kinds: Collection[str], problems: dict[str, str]) -> tuple[Mapping[str, Any], ...]:
    """Decisions of one kind: on two records, on many discrepancies, or the taking back of others."""
    kind, replaces = text(form, "kind"), list(filter(None, texts(form, "replaces")))
    if kind not in kinds or KIND[kind].about == "value":
        problems["kind"] = "Choose what you decide"
        return ()
    if KIND[kind].about == "decision":
        if not replaces:
            problems["kind"] = "Choose the decision that is taken back"
        return tuple({"kind": kind, "replaces": name} for name in dict.fromkeys(replaces))
    shared = {"kind": kind, "replaces": next(iter(replaces), None)}
    if KIND[kind].about == "wording":
        return (shared | _read_wording(form, problems),)
    if KIND[kind].about == "pair":
        sides = {name: text(form, name) for name in ("left_record_id", "right_record_id")}
        if not all(sides.values()):
            problems["kind"] = "Name two records"
        elif sides["left_record_id"] == sides["right_record_id"]:
            problems["right_record_id"] = "Choose another record: these are one"
        return (shared | sides,)
    names = list(dict.fromkeys(filter(None, texts(form, "discrepancy_id"))))
    if not names:
        problems["discrepancy_id"] = "Choose a discrepancy"
    more = _closing(kind, form, problems)
    return tuple(shared | more | {"discrepancy_id": name} for name in names)


def _read_wording(form: Form, problems: dict[str, str]) -> dict[str, Any]:
    """Which condition a wording is: a code of the catalogue, or the letter of a kind and the title of a new one."""
    condition, title = text(form, "condition"), text(form, "title")
    is_new = condition.endswith(":")
    if not condition:
        problems["condition"] = "Choose a condition, or that it is new"
    if is_new and not re.fullmatch(TITLE, title):
        problems["title"] = "Enter what it is in a few words: letters, spaces and hyphens, 80 at most"
    return {"left_handle": text(form, "left_handle"), "value": f"{condition}{title}" if is_new else condition}


def _closing(kind: str, form: Form, problems: dict[str, str]) -> dict[str, Any]:
    """Until when a discrepancy is accepted, or to whom it is referred."""
    if kind == "accept":
        return {"accepted_until": read_day(form, "until", problems)}
    if kind != "refer" or not text(form, "referred_to"):
        return {}
    try:
        return {"referred_to": find_owner(text(form, "referred_to"))}
    except UnknownOwnerError:
        problems["referred_to"] = "Enter a force, court, regional unit or the PNC bureau, as the list names it"
        return {}


def _read_value(form: Form, discrepancy_id: str, value_of: str, problems: dict[str, str]) -> dict[str, Any]:
    """The right value of a field, from `<field>|<value>`, or from what was typed where no value is named."""
    field_name, _, chosen = value_of.partition("|")
    name = f"{VALUE_TEXT}{discrepancy_id}"
    is_day = f"{name}-{DAY_PARTS[0]}" in form.keys()  # noqa: SIM118  # a form is not a mapping
    day = read_day(form, name, problems) if is_day and not chosen else None
    value = chosen or (day.isoformat() if day else text(form, name))
    if not value and not is_day:
        problems[name] = "Enter the right value"
    value, typed = code_of(field_name, value) or "", value
    if typed and not value:
        problems[name] = "Choose one from the list"
    return {"kind": "value", "order_id": text(form, "order_id"), "field": field_name, "value": value}


def read_day(form: Form, name: str, problems: dict[str, str]) -> date | None:
    """A day in three fields; what is wrong with it is added to the problems."""
    try:
        return parse_day([text(form, f"{name}-{part}") for part in DAY_PARTS])
    except DayError as error:
        problems[f"{name}-{error.part}"] = f"{error}"
        return None
