"""The values that the form offers for a field of an order, with those who give them.

Belongs here: collecting them. Does not: names of coded values (`review.deciding.value_lists`), other answers
(`review.deciding.form_options`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ledger.decisions.decidable import Present
from review.deciding.value_lists import all_values
from review.item.findings import format_value
from review.item.titles import source_name


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
    names = dict.fromkeys(source_name(record.split(":")[0]) for record in records)
    return (*(["the register"] if is_golden else []), *names)
