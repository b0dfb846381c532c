"""Values that a steward gives: whether the field can have them, and how they are read.

Belongs here: one value of one field of `orders`. Does not: whether it goes with the other fields of the order.
"""

import re
from collections.abc import Callable
from datetime import date

import polars as pl

from ledger.decisions.errors import DecisionError
from ledger.decisions.kinds import CANONICAL
from warehouse.identifiers import is_cro_valid, is_pnc_id_valid
from warehouse.schema import Column
from warehouse.tables.register import ORDERS

BOOLEANS = ("true", "false")
PERIOD_FIELDS = ("made_on", "start_on", "end_on", "term_months")
LONGEST_MONTHS = 1200
"""No order lasts longer than a life: a later end is a filler, such as 31 December 9999."""

CHECKED = {"pnc_id": is_pnc_id_valid, "cro_number": is_cro_valid}
"""Identifiers with a check letter: one that fails it is never published, even if a steward decides it."""


def read_value(field: str, text: str) -> str:
    """A value of a field in its canonical form as text: dates as YYYY-MM-DD, true or false, codes.

    Raises:
        DecisionError: there is no such field to decide on, or it can't have this value.
    """
    require_field(field)
    value = " ".join(text.split())
    expected = next((words for words, holds in _requirements(ORDERS.column(field)) if not holds(value)), None)
    if expected:
        raise DecisionError(f"{field} can't be that: expected {expected}")
    return value


def require_field(field: str) -> None:
    """A field that can be decided on.

    Raises:
        DecisionError: there is no such one.
    """
    if field not in CANONICAL:
        raise DecisionError(f"{field!r} is not a field to decide on: use {', '.join(CANONICAL)}")


def require_period(order: pl.DataFrame, field: str, value: str) -> None:
    """A period that an order can have once a field of it has this value.

    Args:
        order: its one row of `ORDERS`.
        field: the field.
        value: of `read_value`.

    Raises:
        DecisionError: it would start before it was made, end before it starts, be of no length, or last longer than
            anybody lives. A date of order after the start is let through: with it goes a start that is still to be
            decided.
    """
    if field not in PERIOD_FIELDS:
        return
    row = order.with_columns(typed_value(field, pl.lit(value)).alias(field)).row(0, named=True)
    begins = row["start_on"] or row["made_on"]
    if field == "term_months" and not 1 <= row[field] <= LONGEST_MONTHS:
        raise DecisionError(f"term_months can't be that: expected 1 to {LONGEST_MONTHS} months")
    if field == "start_on" and row["made_on"] and row["start_on"] < row["made_on"]:
        raise DecisionError("the order would start before it was made: decide the date of order first")
    if field == "term_months" or not (begins and row["end_on"]):
        return
    if row["end_on"] < begins:
        raise DecisionError("the order would end before it starts: decide the start or the end first")
    if row["end_on"].year - begins.year > LONGEST_MONTHS // 12:
        raise DecisionError(
            f"the order would last more than {LONGEST_MONTHS // 12} years: one without an end is until further order"
        )


def typed_value(field: str, text: pl.Expr) -> pl.Expr:
    """A column of canonical texts as the type of the field in `orders`."""
    dtype = ORDERS.column(field).dtype
    if dtype == pl.Date:
        return text.str.to_date("%Y-%m-%d")
    return text == BOOLEANS[0] if dtype == pl.Boolean else text.cast(dtype)


def typed_values(values: pl.DataFrame, fold: Callable[[pl.Expr], pl.Expr]) -> dict[str, pl.DataFrame]:
    """Decided values field by field, each in the type of its field.

    Args:
        values: `order_id`, `field`, `value` (as text), `decision_id`.
        fold: the form in which names are compared.

    Returns:
        For each field that has any: `order_id`, `value`, `canonical` (by which two values are equal), `decision_id`.
    """
    typed = {}
    for field in values.get_column("field").unique().sort():
        value = typed_value(field, pl.col("value"))
        canonical = value if CANONICAL[field] == field else fold(pl.col("value"))
        rows = values.filter(pl.col("field") == field)
        typed[field] = rows.select("order_id", value.alias("value"), canonical.alias("canonical"), "decision_id")
    return typed


def _requirements(column: Column) -> list[tuple[str, Callable[[str], bool]]]:
    """What is expected of a value of a column, each with its test, in the order of asking."""
    by_type: dict[object, tuple[str, Callable[[str], bool]]] = {
        pl.Date: ("a date as YYYY-MM-DD", _is_date),
        pl.Boolean: (" or ".join(BOOLEANS), lambda value: value in BOOLEANS),
        pl.Int64: ("a whole number", lambda value: re.fullmatch(r"\d{1,6}", value, re.ASCII) is not None),
    }
    requirements = [by_type.get(column.dtype, ("a text", bool))]
    if column.codes:
        shown = f"one of {', '.join(column.codes[:8])}" + (", …" if len(column.codes) > 8 else "")
        requirements.append((shown, lambda value: value in column.codes))
    if column.pattern:
        pattern = column.pattern
        requirements.append((f"the form {pattern}", lambda value: re.fullmatch(pattern, value) is not None))
    if column.name in CHECKED:
        check = CHECKED[column.name]
        words = "an identifier whose check letter is right"
        requirements.append((words, lambda value: bool(pl.select(check(pl.lit(value))).item())))
    return requirements


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
