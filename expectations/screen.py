"""Which rows of a table may break an expectation: worked out by polars on the whole table, before Great Expectations.

A screen may doubt a row that meets the expectation, and never passes one that breaks it: what cannot be worked out here
leaves the whole table in doubt.

Belongs here: one expression for each type of expectation. Does not: what is expected (`expectations.suites`), the
verdict on doubtful rows (`expectations.gx`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.suites import ROW_KEY, Expectation
from warehouse.schema import Table

NOT_NULL = "expect_column_values_to_not_be_null"

BREAKS: Mapping[str, Callable[[pl.Expr, Mapping[str, Any]], pl.Expr]] = {
    NOT_NULL: lambda column, _: column.is_null(),
    "expect_column_values_to_be_unique": lambda column, _: column.is_duplicated(),
    "expect_column_values_to_be_in_set": lambda column, wanted: ~column.is_in(wanted["value_set"]),
    "expect_column_values_to_match_regex": lambda column, wanted: ~column.str.contains(f"^(?:{wanted['regex']})"),
    "expect_column_values_to_be_between": lambda column, wanted: (
        (column < pl.lit(wanted.get("min_value"))) | (column > pl.lit(wanted.get("max_value")))
    ),
}
"""Whether a value breaks an expectation, by type; null where the expectation does not speak of it."""


@dataclass(frozen=True)
class Screened:
    """What a screen found in a table.

    Attributes:
        evaluated: the rows that each expectation speaks of: those with a value, unless it is about having one or about
            the table.
        doubtful: the places in the suite of the expectations that may be broken.
        rows: the rows that may break them, in the fixed order of the table, with a column for each rule. Columns that
            neither these expectations nor the order read are without values.
    """

    evaluated: tuple[int, ...]
    doubtful: tuple[int, ...]
    rows: pl.DataFrame


def screen(table: Table, frame: pl.DataFrame, suite: Sequence[Expectation]) -> Screened:
    """Find the rows of a table, in any order, that may break an expectation of its suite."""
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    rules = [rule for item in suite if (rule := _rule(frame, item)) is not None]
    whole = frame.with_columns(pl.col(floats).fill_nan(None), *rules)  # pandas has no other null among numbers
    broken = {place: breaks for place, item in enumerate(suite) if (breaks := _breaks(table, whole, item)) is not None}
    rows = whole.filter(pl.any_horizontal(*broken.values())) if broken else whole.clear()
    order = [name for name in table.order if name in frame.columns]
    read = {*order, *(suite[place].kwargs.get("column") for place in broken)}
    unread = (pl.lit(None, pl.Int8).alias(name) for name in rows.columns if name not in read)
    return Screened(
        evaluated=tuple(_evaluated(whole, item) for item in suite),
        doubtful=tuple(broken),
        rows=(rows.sort(order) if order else rows).with_columns(unread),
    )


def _rule(frame: pl.DataFrame, item: Expectation) -> pl.Series | None:
    """The column of a rule: 1 met, 0 broken, null not applicable. None if it can't be worked out."""
    if item.holds is None:
        return None
    try:
        return frame.select(item.holds.cast(pl.Int8).alias(str(item.kwargs["column"]))).to_series()
    except pl.exceptions.PolarsError:
        return None


def _breaks(table: Table, whole: pl.DataFrame, item: Expectation) -> pl.Series | None:
    """Which rows may break an expectation; None if the table meets it."""
    column = item.kwargs.get("column")
    if column is None:
        names, least = item.kwargs.get("column_set", ()), item.kwargs.get("min_value", 0)
        is_met = set(names) <= set(whole.columns) and whole.height >= least  # type: ignore[call-overload,operator]
        return None if is_met else whole.select(pl.repeat(value=False, n=pl.len())).to_series()
    key = pl.struct(table.key) if column == ROW_KEY else pl.col(str(column))
    try:
        found = whole.select(BREAKS[item.type](key, item.kwargs).fill_null(value=False)).to_series()
    except (KeyError, pl.exceptions.PolarsError):
        return whole.select(pl.repeat(value=True, n=pl.len())).to_series()
    return found if found.any() else None


def _evaluated(whole: pl.DataFrame, item: Expectation) -> int:
    column = item.kwargs.get("column")
    if column not in whole.columns or item.type == NOT_NULL:
        return whole.height
    return whole.height - whole.get_column(str(column)).null_count()
