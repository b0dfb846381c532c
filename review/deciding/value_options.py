"""The values that the form offers for a field of an order, with those who give them.

Belongs here: collecting them, and lists of values by name, so that nobody has to know codes. Does not: whether a field
can have a value (`ledger.decisions.values`), other answers (`review.deciding.form_options`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl

from ledger.decisions.decidable import Present
from review.item.fields import FIELD_NATURES
from review.item.findings import format_value
from review.item.titles import source_name, title_of
from warehouse.codes import reference
from warehouse.tables.core import split_record_id
from warehouse.tables.register import ORDERS


@dataclass(frozen=True)
class ValueOption:
    """A value that some records give for a field.

    Attributes:
        value: as it is sent.
        words: as it is shown.
        held_by: the sources that give it, and the register if it holds it, in words.
    """

    value: str
    words: str
    held_by: tuple[str, ...]


def values_of(field: str, order_id: str, present: Present) -> tuple[ValueOption, ...]:
    """The values that records give for a field, those that most give first; the register's; all of a short list."""
    held = present.owners.filter(pl.col("order_id") == order_id).select("record_id")
    given = present.records.join(held, on="record_id").select("record_id", value=pl.col(field).cast(pl.String))
    golden = present.orders.filter(pl.col("order_id") == order_id).get_column(field).cast(pl.String).to_list()
    counted = (
        given.drop_nulls()
        .group_by("value")
        .agg(pl.col("record_id").sort())
        .sort(pl.col("record_id").list.len(), "value", descending=[True, False])
    )
    held_by = dict(counted.iter_rows())
    listed = [*held_by, *(value for value in (*golden, *all_values(field)) if value is not None)]
    return tuple(
        ValueOption(
            value, format_value(field, value) or value, _holders(held_by.get(value, ()), is_golden=value in golden)
        )
        for value in dict.fromkeys(listed)
    )


def _holders(records: Sequence[str], *, is_golden: bool) -> tuple[str, ...]:
    names = dict.fromkeys(source_name(split_record_id(record)[0]) for record in records)
    return (*(["the register"] if is_golden else []), *names)


SEARCHED: Final = {"court_code": "courts", "force_code": "forces"}
"""Fields whose values are too many to show, by the name of their list."""


def all_values(field: str) -> tuple[str, ...]:
    """All values of a field that has few; empty of any other field."""
    if FIELD_NATURES.get(field) == "flag":
        return ("true", "false")
    is_short = FIELD_NATURES.get(field) == "code" and field not in SEARCHED
    return tuple(ORDERS.column(field).codes or ()) if is_short else ()


def names_to_search(field: str) -> tuple[str, ...]:
    """The names of all values of a field that has many, sorted; empty of any other field."""
    return tuple(sorted(_codes_by_name(field).values())) if field in SEARCHED else ()


def code_of(field: str, text: str) -> str | None:
    """The code of a named value; the text itself of a field without a list; None: the list does not hold it."""
    if field not in SEARCHED:
        return text
    names = _codes_by_name(field)
    by_name = {name.casefold(): code for code, name in names.items()}
    return by_name.get(text.casefold(), text if text in names else None)


@cache
def _codes_by_name(field: str) -> Mapping[str, str]:
    """Names by code, of those in use now."""
    listed = reference(SEARCHED[field])
    codes = listed.get_column("current_code" if "current_code" in listed.columns else "code")
    return {code: title_of(field, code) for code in codes.drop_nulls().unique(maintain_order=True)}
