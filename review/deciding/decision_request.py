"""What a form asks for: read, and explained in words where it can't be understood.

Belongs here: the fields of the forms. Does not: whether the ledger takes the decision (`review.deciding.decider`).
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from ledger.decisions.decision import LONGEST_COMMENT
from ledger.decisions.kinds import DECISION_REASON, KIND
from ledger.owners import UnknownOwnerError, find_owner
from review.deciding.value_options import code_of
from review.item.titles import title_for
from review.typed_day import DAY_PARTS, DayError, parse_day
from warehouse.tables.titles import FIELD_TITLES

SentFields = Mapping[str, Sequence[str]]
Refusing = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], str | None]
"""Says why a decision can't be taken with all that were read, in words; None: nothing speaks against it."""

ANSWER = "answer-"
"""Begins the field that answers one discrepancy, by its id: a kind of decision, a value, or nothing: it stays open."""
VALUE_TEXT = "value_text-"
"""Begins the field in which a value that no source gives is typed in."""
QUESTION = "question-"
"""Begins the field that says what is asked."""
UNTIL = "until-day"
"""The field in which is typed until when a discrepancy is accepted."""

Read = tuple[str, Mapping[str, Any]]
"""A decision that was read, after the field in which a fault of it is shown."""

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


def read_request(
    form: Form, *, kinds: Collection[str] = tuple(KIND), refuse: Refusing = lambda *_: None
) -> DecisionRequest:
    """What a form asks for.

    Raises:
        FormError: something is missing, can't be read or is refused: all of it at once, each at its field.
    """
    problems: dict[str, str] = {}
    read = _read_answers(form, problems) if _names(form, ANSWER) else _read_asked(form, kinds, problems)
    asked = tuple(one for _, one in read)
    for place, one in read:
        is_read = place not in problems and one.get("value") != ""
        if is_read and (words := refuse(one, asked)):
            problems[place] = words
    reason = text(form, "reason_code") or _usual_reason(asked)
    comment = text(form, "comment", strip=False).replace("\r\n", "\n")
    if reason not in DECISION_REASON:
        problems["reason_code"] = "Choose a reason"
    elif words := DECISION_REASON[reason].misfit([one["kind"] for one in asked]):
        problems["reason_code"] = words[:1].upper() + words[1:]
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
    names = (*REQUEST_FIELDS, *(name for prefix in (ANSWER, VALUE_TEXT, QUESTION) for name in _names(form, prefix)))
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


def _read_answers(form: Form, problems: dict[str, str]) -> tuple[Read, ...]:
    """The decisions on an item's discrepancies; of those that ask for one value of a field, one."""
    asked: dict[tuple[str, str], Mapping[str, Any]] = {}
    places: dict[tuple[str, str], str] = {}
    for name in _names(form, ANSWER):
        kind, _, value_of = text(form, name).partition("|")
        discrepancy_id = name.removeprefix(ANSWER)
        if kind == "value":
            place, one = _read_value(form, discrepancy_id, value_of, problems)
            places.setdefault((kind, one["field"]), place)
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
    return tuple((places.get(key, UNTIL), {**one, "replaces": replaced}) for key, one in asked.items())


def _read_asked(form: Form, kinds: Collection[str], problems: dict[str, str]) -> tuple[Read, ...]:
    """Decisions of one kind: on two records, on many discrepancies, or the taking back of others."""
    kind, replaces = text(form, "kind"), list(filter(None, texts(form, "replaces")))
    is_known = kind in kinds and KIND[kind].about != "value"
    if not is_known:
        problems["kind"] = "Choose what you decide"
    about = KIND[kind].about if is_known else _form_about(form, kinds)
    shared = {"kind": kind, "replaces": next(iter(replaces), None)}
    asked: list[Mapping[str, Any]] = []
    if about == "decision":
        if not replaces:
            problems["kind"] = "Choose the decision that is taken back"
        asked = [{"kind": kind, "replaces": name} for name in dict.fromkeys(replaces)]
    elif about == "wording":
        asked = [shared | _read_wording(form, problems)]
    elif about == "pair":
        asked = [shared | _read_pair(form, problems)]
    elif about == "discrepancy":
        names = list(dict.fromkeys(filter(None, texts(form, "discrepancy_id"))))
        if not names:
            problems["discrepancy_id"] = "Choose a discrepancy"
        more = _closing(kind, form, problems)
        asked = [shared | more | {"discrepancy_id": name} for name in names]
    return tuple((UNTIL, one) for one in asked) if is_known else ()


def _form_about(form: Form, kinds: Collection[str]) -> str | None:
    """What a form is about of which no kind was chosen."""
    abouts = {KIND[kind].about for kind in kinds}
    if len(abouts) == 1:
        return abouts.pop()
    return "pair" if text(form, "left_record_id") else None


def _read_pair(form: Form, problems: dict[str, str]) -> dict[str, str]:
    """The two records that a decision is on."""
    sides = {name: text(form, name) for name in ("left_record_id", "right_record_id")}
    if not all(sides.values()):
        problems["right_record_id"] = "Name two records"
    elif sides["left_record_id"] == sides["right_record_id"]:
        problems["right_record_id"] = "Choose another record: these are one"
    return sides


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
        return {"accepted_until": read_day(form, "until", problems, of="Accepted until")}
    if kind != "refer" or not text(form, "referred_to"):
        return {}
    try:
        return {"referred_to": find_owner(text(form, "referred_to"))}
    except UnknownOwnerError:
        problems["referred_to"] = "Enter a force, court, regional unit or the PNC bureau, as the list names it"
        return {}


def _read_value(form: Form, discrepancy_id: str, value_of: str, problems: dict[str, str]) -> Read:
    """The right value of a field, from `<field>|<value>`, or from what was typed where no value is named."""
    field_name, _, chosen = value_of.partition("|")
    name = f"{VALUE_TEXT}{discrepancy_id}"
    is_day = f"{name}-{DAY_PARTS[0]}" in form.keys()  # noqa: SIM118  # a form is not a mapping
    day = read_day(form, name, problems, of=title_for(FIELD_TITLES, field_name)) if is_day and not chosen else None
    value = chosen or (day.isoformat() if day else text(form, name))
    title = title_for(FIELD_TITLES, field_name)
    if not value and not is_day:
        problems[name] = f"{title}: enter the right value"
    value, typed = code_of(field_name, value) or "", value
    if typed and not value:
        problems[name] = f"{title}: choose one from the list"
    typed_at = f"{name}-{DAY_PARTS[0]}" if is_day else name
    one = {"kind": "value", "order_id": text(form, "order_id"), "field": field_name, "value": value}
    return f"{ANSWER}{discrepancy_id}" if chosen else typed_at, one


def read_day(form: Form, name: str, problems: dict[str, str], *, of: str) -> date | None:
    """A day in three fields, called `of`; what is wrong with it is added to the problems."""
    try:
        return parse_day([text(form, f"{name}-{part}") for part in DAY_PARTS])
    except DayError as error:
        problems.update(dict.fromkeys((f"{name}-{part}" for part in error.parts), ""))
        problems[f"{name}-{error.parts[0]}"] = f"{of}: {error}"
        return None
