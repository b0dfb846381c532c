"""What settles a question of an item: the kinds of answer it can have, and the decisions that answer it.

Belongs here: this, question by question. Does not: which items are settled (`review.queue.item_states`), what else a
form offers (`review.deciding.form_options`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from expectations.rules.doubt import NOT_HELD
from expectations.settling import SETTLED_BY, settles_only_if_past
from ledger.decisions.kinds import KIND, codes_about
from review.item.past_decisions import describe_subject
from warehouse.codes import DOUBT

Values = Mapping[str, Any]

ON_DISCREPANCY: Final = ("both_right", "accept", "refer", "not_enough")


IS_IN_FORCE: Final = "It is in force: ask again later"

_NEVER_MADE: Final = "If it was never made, refer it to its owner, who removes the record."
_ADVICE: Final = {
    f"{DOUBT}REFUSED": _NEVER_MADE,
    NOT_HELD: "If the court’s result is about an order that the register holds, put the two together. If it is a "
    "separate order, give its last day.",
    f"{DOUBT}TYPE": "If either type is wrong, correct it.",
    f"{DOUBT}DATES": "Give the days that are known.",
    f"{DOUBT}END": "Give the last day that the court set.",
    f"{DOUBT}INTERIM": "Give the last day that the court set, or on which the application was decided.",
}
_IF_ENDED: Final = "If it has ended, give its last day: from the next night it is no longer in force."
_IF_IN_FORCE: Final = (
    "If it is in force, say so and until when that is accepted: it continues to count as in force, and is asked again "
    "after that day."
)


def advice_on(rule_code: str) -> str | None:
    """What to answer to a doubt whether an order is in force, and what it does; None of any other rule."""
    if not rule_code.startswith(DOUBT):
        return None
    own = _ADVICE.get(rule_code)
    ended = None if rule_code in (NOT_HELD, f"{DOUBT}END", f"{DOUBT}INTERIM", f"{DOUBT}DATES") else _IF_ENDED
    return " ".join(words for words in (own, ended, _IF_IN_FORCE) if words)


def kinds_on(rule_code: str) -> tuple[str, ...]:
    """The kinds of decision on a discrepancy of a rule: an order is in force or it is not, so both can't be right."""
    return tuple(kind for kind in ON_DISCREPANCY if kind != "both_right" or not rule_code.startswith(DOUBT))


def settled_by_value(row: Values, as_of: date) -> pl.Expr:
    """Whether a decision settles a question by a value: of its own field, or one that settles what a rule found.

    Args:
        row: a row of `discrepancies`, or `order_id` and `field` of a value.
        as_of: the night that is shown.
    """
    is_of_order, rule_code = pl.col("order_id") == row["order_id"], row.get("rule_code") or ""
    settles: pl.Expr = pl.col("kind").is_in(codes_about("value")) & (pl.col("field") == row["field"])
    is_past = pl.col("value") <= as_of.isoformat()
    for field in SETTLED_BY.get(rule_code, ()):
        answers = (pl.col("kind") == "value") & (pl.col("field") == field)
        settles |= answers & is_past if settles_only_if_past(rule_code, field) else answers
    return pl.Expr.and_(is_of_order, settles)


def last_decided(standing: pl.DataFrame, settles: pl.Expr) -> str | None:
    """The last decision that settles a question, in words."""
    for decision in standing.filter(settles).tail(1).iter_rows(named=True):
        return f"{KIND[decision['kind']].title.capitalize()}, {describe_subject(decision)} ({decision['decided_by']})"
    return None
