"""Why an item is in the queue, in plain words: what it is about, how likely the register is wrong, what is at stake.

Belongs here: rows of `review_queue` in words. Does not: how the figures come about (`expectations.review_queue`), what
was decided before (`review.item.past_decisions`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from review.item.titles import KIND_QUESTIONS, KIND_TITLES, title_for, with_titles
from warehouse.tables.titles import FIELD_TITLES

Values = Mapping[str, Any]

HARMS: Final = {
    "not known whether it is in force": "nobody knows whether the order is in force: a victim may be left unprotected",
    "in force or about to be": "the order is in force or about to be",
    "ends soon": "it ends within 90 days",
    "binds travel": "it restricts travel",
    "was breached": "it has been breached",
    "several forces": "several forces hold it",
    "county lines": "it is about county lines",
    "who is bound, until when or by what": "it decides who is bound, until when or by what",
    "two orders or persons taken for one another": "two orders or people may be taken for one another",
}
"""What is at stake in an item, by the words of `expectations.review_queue.impacts`."""

BETWEEN_ORDERS: Final = ("near_match", "link_conflict")
ASSUMED: Final = ("stale_decision",)
"""Kinds of which nobody has measured how often the register is wrong."""

SHARES: Final = tuple((part, whole) for whole in (2, 3, 4, 5, 10) for part in range(1, whole))
RAREST_SHARE, MOST_CERTAIN = 0.1, 0.95


@dataclass(frozen=True)
class QueueReason:
    """Why something is in the queue.

    Attributes:
        chance_of: what may be: that the register is wrong, or that two orders belong together.
        harm: what would be harmed if it is; empty if nothing is at stake.
    """

    title: str
    question: str
    why: str
    chance_of: str
    chance: str
    harm: str
    arithmetic: str
    age_days: int


def describe_reason(item: Values) -> QueueReason:
    """A row of `review_queue` in words."""
    chance_of = "the two belong together" if item["kind"] in BETWEEN_ORDERS else "the register is wrong"
    return QueueReason(
        title=title_for(KIND_TITLES, item["kind"]),
        question=title_for(KIND_QUESTIONS, item["kind"]),
        why=_why(item),
        chance_of=f"How likely {chance_of}",
        chance=_chance(item),
        harm="; ".join(title_for(HARMS, words) for words in item["at_stake"] or ()),
        arithmetic=item["arithmetic"],
        age_days=item["age_days"],
    )


def odds(chance: float) -> str:
    """A chance as people say it, with the percentage: `about 1 in 3 (33%)`."""
    percentage = f"{100 * chance:.0f}%" if chance >= RAREST_SHARE else f"{100 * chance:.2g}%"
    if chance >= MOST_CERTAIN:
        return f"almost certain ({percentage if chance < 0.995 else 'over 99%'})"
    if chance <= 0:
        return "not likely (0%)"
    if chance < RAREST_SHARE:
        return f"about 1 in {round(1 / chance):,} ({percentage})"
    part, whole = min(SHARES, key=lambda share: (abs(share[0] / share[1] - chance), share[1]))
    return f"about {part} in {whole} ({percentage})"


def field_list(fields: Sequence[str]) -> str:
    """Fields by their titles, as in a sentence."""
    return ", ".join(sorted(title_for(FIELD_TITLES, field) for field in fields))


def _why(item: Values) -> str:
    if item["kind"] == "discrepancies" and item["fields"]:
        return f"At issue: {field_list(item['fields'])}"
    words = with_titles(item["reason"])
    return words[:1].upper() + words[1:]


def _chance(item: Values) -> str:
    kind, chance = item["kind"], item["uncertainty"]
    if kind == "contradiction":
        return "certain: one of the decisions is wrong"
    if kind == "doubt":
        return "nobody can say from the records"
    return f"{odds(chance)}; an assumption, not measured" if kind in ASSUMED else odds(chance)
