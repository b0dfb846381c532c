"""What ought to be true within a table, as data: one suite for each table, derived from its declared columns and rules.

Belongs here: which expectations a table has. Does not: rules between systems (`expectations.discrepancies`), the
legal and logical rules of a row (`expectations.row_rules`), running any of it (`expectations.gx`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import polars as pl

from expectations.row_rules import ROW_RULES
from warehouse.schema import Column, Table
from warehouse.tables.register import PUBLIC_TABLES

Severity = Literal["structural", "warning"]

NEVER_EMPTY = frozenset({"orders", "order_sources", "subjects"})
"""Tables without which there is no register; an empty `core__orders` may be a source that sent nothing."""
SELDOM_EMPTY = frozenset({"core__orders", "core__arrests"})
WITHOUT_ROWS = frozenset({"core_court__arrests"})
"""The courts send results alone."""
ROW_KEY = "row_key"
"""Stands for all columns of a key of several."""
REGISTER_NAMES = frozenset(table.name for table in PUBLIC_TABLES)


@dataclass(frozen=True)
class Expectation:
    """One expectation of a suite.

    Attributes:
        type: the Great Expectations type, `expect_column_values_to_not_be_null`.
        kwargs: its arguments.
        severity: structural (blocks what is downstream) or warning.
        subject: the columns or the rule it is about; with the type it names the expectation within its table.
        note: what it says, in words.
        holds: for a rule over several columns, whether a row meets it (null: the rule does not apply). It is worked
            out before the suite runs, as a column named by `kwargs["column"]`.
    """

    type: str
    kwargs: Mapping[str, object]
    severity: Severity
    subject: str
    note: str
    holds: pl.Expr | None = field(default=None, compare=False)


def base_name(table: Table) -> str:
    """The name under which a table's shape is declared: `core_pnc__orders` has the shape `core__orders`."""
    return re.sub(r"^core_[a-z]+__", "core__", table.name)


def suite_for(table: Table) -> tuple[Expectation, ...]:
    """The suite of any table: its columns, its key, its rules.

    Foreign keys are held by the gates of a release.
    """
    return (
        *_table_shape(table),
        *_key(table),
        *(expectation for column in table.columns for expectation in _column(table, column)),
        *_rules(table),
    )


def is_raw(table: Table) -> bool:
    """A raw table holds what a source sent: its keys and values may be wrong without the table being wrong."""
    return table.name.startswith("raw_")


def _table_shape(table: Table) -> Iterator[Expectation]:
    names = [column.name for column in table.columns]
    yield Expectation(
        "expect_table_columns_to_match_set",
        {"column_set": names, "exact_match": False},
        "structural",
        "all columns",
        "every declared column is there",
    )
    name = base_name(table)
    if name in NEVER_EMPTY | SELDOM_EMPTY and table.name not in WITHOUT_ROWS:
        yield Expectation(
            "expect_table_row_count_to_be_between",
            {"min_value": 1},
            "structural" if name in NEVER_EMPTY else "warning",
            "rows",
            "there is at least one row",
        )


def _key(table: Table) -> Iterator[Expectation]:
    if not table.key:
        return
    column = table.key[0] if len(table.key) == 1 else ROW_KEY
    yield Expectation(
        "expect_column_values_to_be_unique",
        {"column": column},
        "warning" if is_raw(table) else "structural",
        ", ".join(table.key),
        "no two rows have the same key",
    )


def _column(table: Table, column: Column) -> Iterator[Expectation]:
    on_column = {"column": column.name}
    severity: Severity = "structural" if table.name in REGISTER_NAMES and column.required else "warning"
    if column.required:
        yield Expectation(
            "expect_column_values_to_not_be_null", on_column, "structural", column.name, "the value is there"
        )
    if column.codes:
        yield Expectation(
            "expect_column_values_to_be_in_set",
            {**on_column, "value_set": list(column.codes)},
            severity,
            column.name,
            "the value is in the code list",
        )
    if column.pattern:
        yield Expectation(
            "expect_column_values_to_match_regex",
            {**on_column, "regex": _without_groups(column.pattern)},
            "warning",
            column.name,
            "the value has the canonical form",
        )
    if column.minimum is not None or column.maximum is not None:
        bounds = {"min_value": _bound(column.minimum), "max_value": _bound(column.maximum)}
        yield Expectation(
            "expect_column_values_to_be_between",
            on_column | {name: bound for name, bound in bounds.items() if bound is not None},
            "warning",
            column.name,
            "the value is within its range",
        )


def _bound(value: float | str | None) -> float | datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _without_groups(pattern: str) -> str:
    """The pattern without capturing groups, of which pandas warns."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


def _rules(table: Table) -> Iterator[Expectation]:
    for rule in ROW_RULES.get(base_name(table), ()):
        yield Expectation(
            "expect_column_values_to_be_in_set",
            {"column": rule.subject, "value_set": [1]},
            rule.severity,
            rule.subject,
            rule.note,
            holds=rule.holds,
        )
