"""What the rules found wrong with an order, with the words and the law behind each.

Belongs here: rows of `discrepancies` as a page shows them. Does not: finding them (`expectations`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from expectations.discrepancies import RULES
from expectations.rules.rule import Rule
from review.item.condition_table import describe_condition
from review.item.fields import FIELD_NATURES
from review.item.titles import (
    SEVERITY_TITLES,
    STATE_TITLES,
    format_day,
    record_title,
    source_name,
    title_for,
    title_of,
    title_of_owner,
    with_days,
)
from review.item.value_marks import MARK_OF_NATURE, Piece, Pieces, mark_set, mark_whole
from warehouse.tables.core import record_id_of
from warehouse.tables.titles import FIELD_TITLES

Values = Mapping[str, Any]

RULE_BY_CODE: Final = {rule.code: rule for rule in RULES}
SEVERITY_RANK: Final = {severity: rank for rank, severity in enumerate(SEVERITY_TITLES)}


@dataclass(frozen=True)
class Finding:
    """A discrepancy as a page shows it.

    Attributes:
        holder: the record that holds the value, or the source that lacks the order.
        sides: the value found and the one expected, each with who has it, marked where they differ.
        is_set: the pieces of a side are members of a set.
        state: in words, with the night since when.
        owner: who should correct it.
        correction: what should be done.
        note: the law or standard behind the rule.
        example: a case worked out.
        rule_code: the rule.
        is_resolved: nobody has to do anything any more.
    """

    discrepancy_id: str
    title: str
    message: str
    field: str
    holder: str
    sides: tuple[tuple[str, Pieces], ...]
    is_set: bool
    severity: str
    state: str
    owner: str
    correction: str
    note: str
    example: str
    rule_code: str
    is_resolved: bool


def describe_findings(discrepancies: Sequence[Values]) -> tuple[Finding, ...]:
    """Discrepancies in words: those that are open first, the gravest first."""
    return tuple(map(_finding, sorted(discrepancies, key=_urgency)))


def disputed_values(discrepancies: Sequence[Values]) -> frozenset[tuple[str, str]]:
    """`(record_id, field)` of the values that the rules found wrong."""
    return frozenset(
        (record_id_of(row), row["field"]) for row in discrepancies if row["source_key"] and row["state"] != "resolved"
    )


def _urgency(row: Values) -> tuple[bool, int, str, str, str]:
    is_resolved, place = row["state"] == "resolved", SEVERITY_RANK[row["severity"]]
    return is_resolved, place, row["rule_code"], row["source"] or "", row["discrepancy_id"]


def _finding(row: Values) -> Finding:
    rule = RULE_BY_CODE.get(row["rule_code"])
    is_set = row["field"] == "conditions"
    words = f"{STATE_TITLES[row['state']]} since {format_day(row['state_since'])}"
    return Finding(
        discrepancy_id=row["discrepancy_id"],
        title=rule.title if rule else row["rule_code"],
        message=row["message"],
        field=title_for(FIELD_TITLES, row["field"]),
        holder=describe_holder(row),
        sides=tuple(
            (title, pieces) for title, pieces in zip(_side_titles(row, rule), _sides(row), strict=True) if pieces
        ),
        is_set=is_set,
        severity=SEVERITY_TITLES[row["severity"]],
        state=f"{words}, by {row['resolved_by']}" if row["resolved_by"] else words,
        owner=title_of_owner(row["owner"]),
        correction=row["correction"],
        note=rule.note if rule else "",
        example=rule.example if rule else "",
        rule_code=row["rule_code"],
        is_resolved=row["state"] == "resolved",
    )


def describe_holder(row: Values) -> str:
    """Who holds the value of a discrepancy, or lacks the order."""
    if row["source_key"]:
        return record_title(record_id_of(row))
    return f"{source_name(row['source'])}: no record" if row["source"] else "the order itself"


def _side_titles(row: Values, rule: Rule | None) -> tuple[str, str]:
    """Who has the value found, and who the one expected: a record is held against the register, an order by a rule."""
    if rule is None or rule.subject != "record":
        return ("Register" if rule and rule.subject == "order" else "Found", "Expected")
    golden = rule.expected is None or [name.startswith("golden_") for name in rule.expected.meta.root_names()] == [True]
    return describe_holder(row), "Register" if golden else "Expected"


def _sides(row: Values) -> tuple[Pieces, Pieces]:
    """The value found and the one expected, each marked where it differs from the other."""
    observed, expected, field = row["observed"], row["expected"], row["field"]
    if field == "conditions":
        held, listed = ([describe_condition(code) for code in (text or "").split()] for text in (observed, expected))
        return mark_set(held, listed), mark_set(listed, held)
    if observed is None or expected is None:
        return _plain(field, observed), _plain(field, expected)
    return _marked(field, observed, expected), _marked(field, expected, observed)


def _plain(field: str, text: str | None) -> Pieces:
    words = format_value(field, text)
    return (Piece(words),) if words else ()


def _marked(field: str, text: str, other: str) -> Pieces:
    nature = FIELD_NATURES.get(field, "")
    values = (_day(text), _day(other)) if nature == "date" else (text, other)
    if all(values) and (mark := MARK_OF_NATURE.get(nature)):
        return mark(*values)
    return mark_whole(str(format_value(field, text)), str(format_value(field, other)))


def format_value(field: str, text: str | None) -> str | None:
    """A value of a discrepancy in words."""
    if text is None:
        return None
    if field == "conditions":
        return "; ".join(describe_condition(code) for code in text.split()) or "none"
    if FIELD_NATURES.get(field) == "flag":
        return {"true": "Yes", "false": "No"}.get(text, text)
    return title_of(field, with_days(text))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
