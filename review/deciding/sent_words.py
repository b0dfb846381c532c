"""What was typed into a form, in words: to be looked at before it is sent again.

Belongs here: the fields of any form of the desk, as a user who filled it in knows them. Does not: keeping them
(`review.access.resending`), reading them (`review.deciding.decision_request`).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ledger.decisions.kinds import DECISION_REASON
from review.deciding.decision_request import ANSWER, QUESTION, VALUE_TEXT
from review.deciding.item_form import KIND_WORDS
from review.item.findings import format_value
from review.item.titles import title_for
from review.typed_day import DAY_PARTS
from warehouse.tables.titles import FIELD_TITLES

UNSEEN: Final = frozenset({"item_id", "release_id", "version", "submission", "orders", "view", "fingerprint"})
"""Fields that nobody typed or chose."""


def sent_in_words(fields: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Name and value of each field that a user filled in, as they are called on the form; the parts of a day as one."""
    said: dict[str, list[str]] = {}
    questions = {name.removeprefix(QUESTION): value for name, value in fields if name.startswith(QUESTION)}
    for name, value in fields:
        if value and name not in UNSEEN and not name.startswith(QUESTION):
            whole, _, part = name.rpartition("-")
            said.setdefault(whole if part in DAY_PARTS else name, []).append(_value(name, value))
    words = [(_title(name, questions), " ".join(values)) for name, values in said.items()]
    return [(title, value) for title, value in words if value]


def _title(name: str, questions: Mapping[str, str]) -> str:
    """What a field is called; of several questions on a form, with the one that it answers."""
    for prefix, title in ((ANSWER, "Answer"), (VALUE_TEXT, "Another value")):
        if name.startswith(prefix):
            question = questions.get(name.removeprefix(prefix))
            return f"{title}: {question}" if question else title
    return name.replace("_", " ").removesuffix(" code").removesuffix(" id").capitalize()


def _value(name: str, value: str) -> str:
    kind, *of_value = value.split("|", maxsplit=2)
    if name == "reason_code" and value in DECISION_REASON:
        return DECISION_REASON[value].title
    if name != "kind" and not name.startswith(ANSWER):
        return value
    if kind == "value" and of_value:
        field, *given = of_value
        chosen = format_value(field, "".join(given)) or "another value is right"
        return f"{title_for(FIELD_TITLES, field)}: {chosen}"
    return KIND_WORDS[kind][0] if kind in KIND_WORDS else value
