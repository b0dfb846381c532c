"""Rows of single orders for researchers: coarse enough that each fits several persons.

Belongs here: what is kept of an order, and how coarse. Does not: counts (`study.research.counts`), files
(`study.research.publication`).

An order is described by `KNOWN`, what an outsider may know of it. It is published at the finest of `LEVELS` at
which it shares its description with the orders of enough other persons published at that level; what fits none is left
out. A search for a person by what is published finds `least` persons at least. An order has an id of its own, and
none of its person: two orders of one person would show more than either.
"""

from collections.abc import Callable
from typing import Final

import polars as pl

from warehouse.codes import reference
from warehouse.schema import Column, Table

KNOWN: Final = ("order_type", "is_interim", "legal_status", "made_years", "length", "place", "sex", "birth_years")
"""What a person is looked for by; each level leaves the type and whether it is interim as they are."""
RESEARCH_ORDERS: Final = Table(
    "orders",
    "an order, described coarsely",
    (
        Column("order_ref", "The order: a keyed hash, the same in later releases of one installation.", required=True),
        Column("order_type", "STRO, STPO, TERO or TEPO."),
        Column("is_interim", "An interim order.", pl.Boolean),
        Column("legal_status", "Status as of the release; null where it would show too much."),
        Column("made_years", "Year or years in which it was made, as `2021` or `2019-2021`."),
        Column("length", "Length in bands of years, or `until further order`."),
        Column("place", "Region of the force, or the nation."),
        Column("sex", "M or F."),
        Column("birth_years", "Year or years of birth of the person."),
        Column("level", "How coarse: 0 is the finest.", pl.Int64, required=True, minimum=0),
    ),
    key=("order_ref",),
)
LENGTHS: Final = ((24, "to 2 years"), (60, "to 5 years"), (120, "to 10 years"))


def _years(column: str, span: int) -> pl.Expr:
    """Bands of `span` years; the year itself where the span is 1."""
    year = pl.col(column)
    first = year // span * span
    return year.cast(pl.String) if span == 1 else pl.format("{}-{}", first, first + span - 1)


_NOTHING: Final = pl.lit(None, pl.String)


def _level(made: int, birth: int | None, place: str | None, **left_out: pl.Expr) -> dict[str, pl.Expr]:
    """What a level says of an order: spans in years, the column of the place; None: nothing."""
    fine = {
        "made_years": _years("made_year", made),
        "birth_years": _years("birth_year", birth) if birth else _NOTHING,
        "place": pl.col(place) if place else _NOTHING,
    }
    return fine | left_out


LEVELS: Final = (
    _level(1, 1, "region"),
    _level(1, 5, "region"),
    _level(1, 10, "nation"),
    _level(3, 10, "nation", legal_status=_NOTHING),
    _level(3, None, "nation", legal_status=_NOTHING),
    _level(5, None, "nation", legal_status=_NOTHING, sex=_NOTHING, length=_NOTHING),
    {name: _NOTHING for name in KNOWN if name not in ("order_type", "is_interim")},
)
"""From the finest to the coarsest."""


def describe_orders(orders: pl.DataFrame, *, least: int, mark: Callable[[str], str]) -> pl.DataFrame:
    """The orders that may be published, each as finely as `least` persons allow.

    Args:
        orders: `ORDERS`; withdrawn ones are left out.
        least: persons who share a description, at least.
        mark: the keyed hash of an order id.

    Returns:
        `RESEARCH_ORDERS`, sorted by its key.
    """
    left = prepare(orders)
    published = []
    for number, level in enumerate(LEVELS):
        described = left.with_columns(**level)
        is_shared = pl.col("subject_id").n_unique().over(KNOWN) >= least
        published.append(described.filter(is_shared).with_columns(level=pl.lit(number, pl.Int64)))
        left = left.join(published[-1], on="order_id", how="anti")
    found = pl.concat(published, how="diagonal")
    refs = pl.Series("order_ref", [mark(name) for name in found.get_column("order_id")], dtype=pl.String)
    return RESEARCH_ORDERS.conform(found.with_columns(refs)).sort("order_ref")


def prepare(orders: pl.DataFrame) -> pl.DataFrame:
    """What is known of each order before it is made coarse: `order_id`, `subject_id`, and what `LEVELS` read."""
    regions = reference("regions").select(region_code="code", region="region").unique("region_code", keep="first")
    months = pl.col("term_months")
    is_open = pl.col("is_until_further_order").fill_null(value=False)
    length = pl.coalesce(
        pl.when(is_open).then(pl.lit("until further order")),
        *(pl.when(months <= most).then(pl.lit(words)) for most, words in LENGTHS),
        pl.when(months.is_not_null()).then(pl.lit("more than 10 years")),
    )
    return (
        orders.filter(pl.col("legal_status") != "withdrawn")
        .join(regions, on="region_code", how="left")
        .select(
            "order_id",
            "subject_id",
            "order_type",
            "is_interim",
            "legal_status",
            "sex",
            "region",
            "nation",
            made_year=pl.col("made_on").dt.year(),
            birth_year=pl.col("date_of_birth").dt.year(),
            length=length,
        )
    )
