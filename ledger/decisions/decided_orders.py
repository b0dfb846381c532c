"""Orders once values of them are decided, all of them together.

Belongs here: the values in their place, and what follows from them in the period. Does not: whether an order can have
them (`ledger.decisions.values`), what that would change (`ledger.decisions.preview`).
"""

from collections.abc import Sequence

import polars as pl

from ledger.decisions.kinds import PERSON_FIELD_NAMES
from ledger.decisions.values import typed_value
from reconciliation.overrides import PERIOD_FIELDS, STATED, Overrides
from reconciliation.periods import complete_period

Given = tuple[str, str, str]
"""An order, a field of it, and the value that it is to have, in its canonical form."""


def with_values(orders: pl.DataFrame, given: Sequence[Given]) -> pl.DataFrame:
    """Orders with the values that are given; a fact of the person is given to all orders of that person.

    Args:
        orders: `ORDERS`, sorted or not.
        given: the values; of an end, a term or an open end the other two follow.

    Returns:
        The same rows in the same order.
    """
    decided = orders
    for order_id, field, value in given:
        is_meant = pl.col("order_id") == order_id
        if field in PERSON_FIELD_NAMES:
            person = orders.filter(is_meant).get_column("subject_id")
            is_meant = pl.col("subject_id").is_in(person.implode())
        decided = decided.with_columns(
            pl.when(is_meant).then(typed_value(field, pl.lit(value))).otherwise(field).alias(field)
        )
    periods = [(order_id, field) for order_id, field, _ in given if field in PERIOD_FIELDS]
    for order_id in dict.fromkeys(order_id for order_id, _ in periods):
        decided = _with_period(decided, orders, order_id, [field for name, field in periods if name == order_id])
    return decided


def _with_period(decided: pl.DataFrame, orders: pl.DataFrame, order_id: str, fields: Sequence[str]) -> pl.DataFrame:
    """Put into an order what follows from the fields of its period that are decided."""
    is_meant = pl.col("order_id") == order_id
    held_end = orders.filter(is_meant).get_column("end_on").alias(f"{STATED}end_on")
    meant = decided.filter(is_meant).with_columns(held_end).with_row_index("group")
    followed = complete_period(meant, Overrides({field: meant.select("group") for field in fields}))
    return decided.update(followed.select("order_id", *PERIOD_FIELDS), on="order_id", include_nulls=True)
