"""The golden values that settle what is found in an order itself.

Belongs here: the fields that answer a doubt whether an order is in force, and those that a broken rule holds against
one another. Does not: the rules (`expectations.rules`), which items there are (`expectations.review_items`).
"""

from typing import Final

from expectations.discrepancies import RULES
from expectations.rules.doubt import NOT_HELD
from expectations.rules.rule import Rule
from reconciliation.golden import ORDER_FIELDS, PERSON_FIELDS
from warehouse.codes import DOUBT

_GOLDEN: Final = {f"golden_{field.name}": field.name for field in (*PERSON_FIELDS, *ORDER_FIELDS)}
_BY_DOUBT: Final = {f"{DOUBT}DATES": ("made_on", "start_on", "end_on"), f"{DOUBT}TYPE": ("order_type", "end_on")}
_ABOUT_DAYS: Final = frozenset({f"{DOUBT}DATES", f"{DOUBT}END", f"{DOUBT}INTERIM", NOT_HELD})


def _settled_by(rule: Rule) -> tuple[str, ...]:
    if rule.code.startswith(DOUBT):
        return _BY_DOUBT.get(rule.code, ("end_on",))
    if rule.subject != "order" or rule.field not in _GOLDEN.values():
        return ()
    named = (_GOLDEN[name] for name in rule.when.meta.root_names() if name in _GOLDEN)
    return tuple(dict.fromkeys((rule.field, *named)))


SETTLED_BY: Final = {rule.code: fields for rule in RULES if (fields := _settled_by(rule))}
"""By rule the fields of which a value settles what it found: any of them may be the wrong one."""


def settles_only_if_past(rule_code: str, field: str) -> bool:
    """Whether a last day settles a doubt only once it is past: a later one does not say that nothing ended the order.

    Where the days themselves are in doubt, or the order is not known but for them, any last day does.
    """
    return field == "end_on" and rule_code.startswith(DOUBT) and rule_code not in _ABOUT_DAYS
