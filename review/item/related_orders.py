"""What stands near an order: the person's other orders, orders that may be the same one, the person's arrests.

Belongs here: finding and summing up. Does not: who may see which (`review.access.visible_release`), linking
(`matching`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from reconciliation.law import ENDED
from review.item.timeline import order_kind
from review.item.titles import format_day, source_name, status_words, title_of

Values = Mapping[str, Any]
SHOWN_ARRESTS: Final = 5


@dataclass(frozen=True)
class RelatedOrder:
    """Another order that bears on the one looked at."""

    order_id: str
    kind: str
    person: str
    made: str
    ends: str
    court: str
    status: str
    relation: str


@dataclass(frozen=True)
class ListedArrest:
    """An arrest: its day, offence and the sources that hold it, in words."""

    day: str
    offence: str
    sources: str


@dataclass(frozen=True)
class Arrests:
    """The arrests of a person, summed up.

    Attributes:
        breaches: breaches of the order that a record reports, at most; None: no record reports any.
    """

    count: int
    latest: tuple[ListedArrest, ...]
    breaches: int | None


def describe_related_orders(
    order: Values, others: Sequence[Values], near_ids: Sequence[str]
) -> tuple[RelatedOrder, ...]:
    """Other orders in words: those of the person first.

    Args:
        order: the row of `orders` that is looked at.
        others: rows of `orders` to list.
        near_ids: ids of those that may be the same order.
    """
    dated = sorted(others, key=lambda other: (other["made_on"] or date.max, other["order_id"]))
    return tuple(_near(order, other, is_near=other["order_id"] in near_ids) for other in dated)


def sum_up_arrests(arrests: pl.DataFrame, records: Sequence[Values]) -> Arrests:
    """The arrests of a person and the breaches that records of the order report."""
    latest = arrests.sort("arrested_on", "arrest_id", descending=[True, False], nulls_last=True).head(SHOWN_ARRESTS)
    breaches = [record["breach_count"] for record in records if record["breach_count"] is not None]
    return Arrests(arrests.height, tuple(map(_arrest, latest.iter_rows(named=True))), max(breaches, default=None))


def near_ids_of(order_id: str, queue: pl.DataFrame) -> list[str]:
    """Ids of the orders that the queue holds near an order."""
    pairs = queue.filter(pl.col("other_order_id").is_not_null())
    there = pairs.filter(pl.col("order_id") == order_id).get_column("other_order_id")
    back = pairs.filter(pl.col("other_order_id") == order_id).get_column("order_id")
    return pl.concat([there, back]).unique().sort().to_list()


def person_name(order: Values) -> str:
    """The names of a person as the register has them."""
    return " ".join(part for part in (order["forenames"], order["surname"]) if part) or "name not known"


def _arrest(row: Values) -> ListedArrest:
    return ListedArrest(
        day=_day(row["arrested_on"]),
        offence=row["offence_title"] or row["offence_code"] or "not known",
        sources=", ".join(map(source_name, row["sources"])),
    )


def _day(day: date | None) -> str:
    return format_day(day) if day else "not known"


def _near(order: Values, other: Values, *, is_near: bool) -> RelatedOrder:
    return RelatedOrder(
        order_id=other["order_id"],
        kind=order_kind(other),
        person=person_name(other),
        made=_day(other["made_on"]),
        ends="until further order" if other["is_until_further_order"] else _day(other["end_on"]),
        court=title_of("court_code", other["court_code"]) if other["court_code"] else "not known",
        status=status_words(other),
        relation=_relation(order, other, is_near=is_near),
    )


def _relation(order: Values, other: Values, *, is_near: bool) -> str:
    relations = {
        f"this order followed it{_beside(other)}": other["order_id"] == order["follows_order_id"]
        or other["followed_by_order_id"] == order["order_id"],
        f"followed this order{_beside(order)}": other["follows_order_id"] == order["order_id"]
        or other["order_id"] == order["followed_by_order_id"],
        "may be the same order": is_near,
        "same person": other["subject_id"] == order["subject_id"],
    }
    return "; ".join(words for words, holds in relations.items() if holds)


def _beside(earlier: Values) -> str:
    """To follow an order is not to end it."""
    is_ended = earlier["legal_status"] in ENDED or earlier["legal_status"] == "withdrawn"
    return "" if is_ended else "; both bind"
