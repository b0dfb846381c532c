"""Whose order a decision is about, wherever a decision is listed or looked at.

Belongs here: person and order in words. Does not: which orders a decision is about, as far as a user may see them
(`review.deciding.visible_subject`).
"""

from collections.abc import Collection
from datetime import date

import polars as pl

from review.item.related_orders import person_name
from review.item.titles import format_day


def describe_people(orders: pl.DataFrame, named: Collection[str]) -> dict[str, str]:
    """Whom each of these orders of a release binds, by its id."""
    found = orders.filter(pl.col("order_id").is_in(sorted(named))).sort("order_id")
    return {
        row["order_id"]: f"{person_name(row)}, {_birth(row['date_of_birth'])}" for row in found.iter_rows(named=True)
    }


def _birth(day: date | None) -> str:
    return f"born {format_day(day)}" if day else "birth not known"
