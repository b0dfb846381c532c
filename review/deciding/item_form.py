"""The forms of an item: what they remember, what was sent before, what is wrong.

Belongs here: the shape that GOV.UK's components take. Does not: what can be chosen
(`review.deciding.form_options`), reading what was sent (`review.deciding.decision_request`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from ledger.decisions.kinds import KIND, KINDS_WITH_REASONS, DecisionReason, Kind
from ledger.desk.comments import Comment
from review.deciding.decision_request import ANSWER, QUESTION, VALUE_TEXT, SentFields
from review.deciding.form_options import FormOptions, Question
from review.queue.facets import A_TEAM, team_words
from review.typed_day import DAY_PARTS

Item = dict[str, Any]

UNCLEAR = "not_enough"
"""The action of the key for all answers that leave a question open until more is known."""

KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "both_right": (
        "Both are right",
        "They state different facts, or the source need not hold it. The discrepancy is closed.",
    ),
    "accept": ("Known and accepted", "The discrepancy is closed until a day."),
    "not_enough": ("Not clear from this", "It stays open, and leaves the queue until its values change."),
    "value_unclear": ("Not clear from this", "It leaves the queue until a record gives another value."),
    "pair_unclear": ("Not clear from this", "They stay as they are, and leave the queue until a value changes."),
    "refer": ("Refer it to its owner", "It stays open and leaves the queue."),
    "same_order": (
        "The same order",
        "The records are put together; of two orders, those of every source that holds both.",
    ),
    "different_order": ("Different orders", "The records are kept apart; they may be about one person."),
    "same_person": ("The same person, whatever the orders", "The orders are put to one person."),
    "different_person": ("Different people", "The records and their orders are kept apart."),
}
"""What a steward chooses, in a few words, and what it does."""


def new_submission() -> str:
    """A name for a form: sent twice, it counts once."""
    return uuid4().hex


@dataclass(frozen=True)
class ItemForm:
    """What the forms of an item show beside the choices.

    Attributes:
        orders: that it is about, its own first.
        release_id: the release that the page is drawn by.
        version: the decisions on these orders.
        view: the view of the queue that the steward came from, as its address has it.
        waiting: ids of the proposals on its orders that wait for a second steward.
        stewards: who may be given it.
        teams: codes of those that may be given it.
        fields: what was sent before.
        problems: by field, what is wrong.
        submission: names the form.
    """

    item_id: str
    orders: tuple[str, ...]
    release_id: str
    version: str
    view: str = ""
    waiting: tuple[str, ...] = ()
    assignee: str | None = None
    stewards: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    fields: SentFields = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    submission: str = field(default_factory=new_submission)

    @property
    def errors(self) -> list[Item]:
        """What is wrong, for the summary at the top of the page."""
        pair = bool(self.sent("left_record_id"))
        prefixed = {"kind": "pair-kind", "reason_code": "pair-reason_code", "comment": "pair-comment"} if pair else {}
        return [
            {"text": words, "href": f"#{prefixed.get(name, name)}"} for name, words in self.problems.items() if words
        ]

    @property
    def steward_items(self) -> list[Item]:
        """Who the item may be given to: a steward, or a team."""
        teams = ({"value": f"{A_TEAM}{team}", "text": team_words(team)} for team in self.teams)
        return [{"value": "", "text": "Nobody"}, *({"value": name, "text": name} for name in self.stewards), *teams]

    def sent(self, name: str) -> str:
        """What was sent in a field, or nothing."""
        return next(iter(self.fields.get(name, ())), "")

    def problem(self, name: str) -> Item | None:
        """What is wrong in a field."""
        return {"text": self.problems[name]} if self.problems.get(name) else None

    def day_problem(self, name: str) -> Item | None:
        """What is wrong in a day."""
        return next(filter(None, (self.problem(f"{name}-{part}") for part in DAY_PARTS)), None)

    def kind_items(self, kinds: Sequence[Kind]) -> list[Item]:
        """Kinds of decision to choose from."""
        return [
            {
                "value": kind.code,
                "text": KIND_WORDS[kind.code][0],
                "hint": {"text": KIND_WORDS[kind.code][1]},
                "attributes": {
                    "data-kind": UNCLEAR if kind.code in KINDS_WITH_REASONS else kind.code,
                    **({"data-choice": str(place)} if kind.about == "pair" else {}),
                },
            }
            for place, kind in enumerate(kinds, 1)
        ]

    def answer_items(self, options: Question) -> list[Item]:
        """The answers to a question: values, numbered for the keyboard, another one, and the other kinds."""
        given = [
            {
                "value": f"value|{options.field}|{choice.value}",
                "text": f"{choice.words} is right" + (f" ({', '.join(choice.held_by)})" if choice.held_by else ""),
                "attributes": {"data-choice": str(place)},
            }
            for place, choice in enumerate(options.values, 1)
        ]
        other = {
            "value": f"value|{options.field}|",
            "text": "Another value is right",
            "attributes": {"data-kind": "value"},
        }
        kinds = [
            {name: part for name, part in item.items() if name != "hint"}
            | ({"value": f"{item['value']}|{options.field}"} if KIND[item["value"]].about == "value" else {})
            for item in self.kind_items(options.kinds)
        ]
        for item in kinds:
            item["text"] = options.words_of_kinds.get(item["value"], item["text"])
        return [
            *given,
            *([other] if options.takes_other else []),
            *kinds,
            {"value": "", "text": "Leave it open", "checked": not self.sent(self.answer_name(options))},
        ]

    def answers_any(self, listed: Sequence[Question]) -> bool:
        """Whether an answer to one of these was sent, or has to be corrected."""
        return any(self.sent(name) or name in self.problems for name in map(self.answer_name, listed))

    def answer_name(self, options: Question) -> str:
        """The field that answers a question."""
        return f"{ANSWER}{options.key}"

    def question_name(self, options: Question) -> str:
        """The field that says what a question is about, for who reads the form again."""
        return f"{QUESTION}{options.key}"

    def value_name(self, options: Question) -> str:
        """The field in which another value is typed in."""
        return f"{VALUE_TEXT}{options.key}"

    def record_items(self, choices: FormOptions) -> list[Item]:
        """Records to choose from."""
        return [{"value": name, "text": words} for name, words in choices.records]

    def reason_items(self, reasons: Sequence[DecisionReason]) -> list[Item]:
        """Reasons to choose from."""
        return [{"value": reason.code, "text": reason.title} for reason in reasons]

    def day_items(self, name: str) -> list[Item]:
        """The parts of a day."""
        wrong = {part: " govuk-input--error" for part in DAY_PARTS if f"{name}-{part}" in self.problems}
        widths = dict(zip(DAY_PARTS, (2, 2, 4), strict=True))
        return [
            {
                "name": part,
                "classes": f"govuk-input--width-{widths[part]}{wrong.get(part, '')}",
                "value": self.sent(f"{name}-{part}"),
                "id": f"{name}-{part}",
            }
            for part in DAY_PARTS
        ]
