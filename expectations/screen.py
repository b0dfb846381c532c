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


def screen(table: Table, frame: pl.DataFrame | pl.LazyFrame, suite: Sequence[Expectation]) -> Screened:
    """Find the rows of a table, in any order, that may break an expectation of its suite.

    Of a lazy table no more than the doubtful rows stays in memory.
    """
    whole = frame.lazy()
    schema = whole.collect_schema()
    floats = [name for name, dtype in schema.items() if dtype.is_float()]
    whole = whole.with_columns(pl.col(floats).fill_nan(None))  # pandas has no other null among numbers
    height = int(whole.select(pl.len()).collect(engine="streaming").item())
    on_rows = {place: _breaks(table, item) for place, item in enumerate(suite) if "column" in item.kwargs}
    found = _work_out(whole, {place: (breaks.any(), _evaluated(suite[place])) for place, breaks in on_rows.items()})
    # What can't be worked out may be broken by any row.
    broken = {
        place: breaks if place in found else pl.lit(value=True)
        for place, breaks in on_rows.items()
        if place not in found or found[place][0]
    }
    order = [name for name in table.order if name in schema]
    rules = [_value(table, suite[place]) for place in found if suite[place].holds is not None]
    rows = whole.with_columns(rules).filter(pl.any_horizontal(*broken.values()) if broken else pl.lit(value=False))
    read = {*order, *(suite[place].kwargs["column"] for place in broken)}
    unread = (pl.lit(None, pl.Int8).alias(name) for name in rows.collect_schema() if name not in read)
    rows = rows.with_columns(unread)
    return Screened(
        evaluated=tuple(found[place][1] if place in found else height for place in range(len(suite))),
        doubtful=tuple(
            place
            for place, item in enumerate(suite)
            if place in broken or (place not in on_rows and not _has_shape(item, schema.names(), height))
        ),
        rows=(rows.sort(order) if order else rows).collect(engine="streaming"),
    )


def _work_out(whole: pl.LazyFrame, asked: Mapping[int, tuple[pl.Expr, ...]]) -> dict[int, tuple[Any, ...]]:
    """What each asks of the table as a whole, in one reading of it; one that can't be worked out is left out."""
    asks = [ask.alias(f"{place} {nth}") for place, parts in asked.items() for nth, ask in enumerate(parts)]
    try:
        answers = whole.select(asks).collect(engine="streaming").row(0, named=True)
    except pl.exceptions.PolarsError:
        alone = ({place: parts} for place, parts in asked.items() if len(asked) > 1)
        return {place: found for one in alone for place, found in _work_out(whole, one).items()}
    return {place: tuple(answers[f"{place} {nth}"] for nth in range(len(parts))) for place, parts in asked.items()}


def _value(table: Table, item: Expectation) -> pl.Expr:
    """What an expectation speaks of; of a rule 1 for met, 0 for broken, null where it does not apply."""
    column = str(item.kwargs["column"])
    if item.holds is not None:
        return item.holds.cast(pl.Int8).alias(column)
    return pl.struct(table.key) if column == ROW_KEY else pl.col(column)


def _breaks(table: Table, item: Expectation) -> pl.Expr:
    """Whether a row may break an expectation: any may break one of a type that is not known here."""
    if item.type not in BREAKS:
        return pl.lit(value=True)
    return BREAKS[item.type](_value(table, item), item.kwargs).fill_null(value=False)


def _evaluated(item: Expectation) -> pl.Expr:
    """How many rows an expectation speaks of."""
    if item.type == NOT_NULL or item.kwargs["column"] == ROW_KEY:
        return pl.len()
    return (pl.col(str(item.kwargs["column"])) if item.holds is None else item.holds).count()


def _has_shape(item: Expectation, columns: Sequence[str], height: int) -> bool:
    """Whether a table meets an expectation of it as a whole."""
    names, least = item.kwargs.get("column_set", ()), item.kwargs.get("min_value", 0)
    return set(names) <= set(columns) and height >= least  # type: ignore[call-overload,operator]
