"""Figures that were made public, beside those of the register.

Belongs here: the register counted as each figure was counted, as far as its scope is known. Does not: making them
agree. A difference is shown with its scope and not explained away: the published figures contradict each other too.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import polars as pl

from warehouse.codes import reference
from warehouse.sources import SOURCES

UNITED_KINGDOM: Final = "United Kingdom"
AREAS: Final = {"England": "England and Wales", "Wales": "England and Wales"}
COUNTED: Final = {
    "made": "full orders made from the first day to the last",
    "in_force": "full orders in force on the day, or that may have been",
    "people": "people against whom a full order was made from the first day to the last, each counted once",
}
"""What a figure counts."""
SCHEMA: Final = {
    "figure": pl.String,
    "area": pl.String,
    "from_on": pl.Date,
    "to_on": pl.Date,
    "published": pl.String,
    "register": pl.Int64,
    "difference": pl.Int64,
    "interim_too": pl.Int64,
    "scope": pl.String,
    "source": pl.String,
}


def published_figures() -> pl.DataFrame:
    """The published figures: what is counted, of which types, where, when, and how the number is qualified."""
    typed = reference("published_figures").with_columns(
        pl.col("from_on", "to_on").str.to_date(), pl.col("published").cast(pl.Int64)
    )
    return typed.with_columns(pl.col("order_types").str.split("|"))


def compare_figures(orders: pl.DataFrame, *, in_force: Callable[[date], pl.DataFrame]) -> pl.DataFrame:
    """Each published figure beside the register's (`SCHEMA`).

    `difference` is the register's less the published one, null where that is not an exact number; `interim_too` counts
    interim orders as well, since no publication says whether it does.

    Args:
        orders: the table of a release.
        in_force: the orders of the release in force on a day, or that may have been.
    """
    rows = [_row(figure, _place(orders), in_force) for figure in published_figures().iter_rows(named=True)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _row(figure: dict[str, Any], orders: pl.DataFrame, in_force: Callable[[date], pl.DataFrame]) -> tuple[object, ...]:
    counted = orders.filter(_within(figure))
    if figure["counted"] == "in_force":
        day = figure["to_on"]
        counted = counted.join(in_force(day), on="order_id", how="semi")
    full = counted.filter(~pl.col("is_interim"))
    unit = "subject_id" if figure["counted"] == "people" else "order_id"
    register, interim_too = full[unit].n_unique(), counted[unit].n_unique()
    published, qualifier = figure["published"], figure["qualifier"]
    return (
        _name(figure),
        figure["area"],
        figure["from_on"],
        figure["to_on"],
        f"{qualifier} {published}" if qualifier else f"{published}",
        register,
        None if qualifier else register - published,
        interim_too,
        figure["scope"],
        figure["source"],
    )


def _name(figure: dict[str, Any]) -> str:
    """What is counted, as it is shown: types, what of them, which court, which source."""
    titles = {source.name: source.title for source in SOURCES}
    of_court = f", {figure['court_type']} court" if figure["court_type"] else ""
    held = f", on the {titles[figure['held_by']]}" if figure["held_by"] else ""
    return f"{' and '.join(figure['order_types'])}: {figure['counted'].replace('_', ' ')}{of_court}{held}"


def _within(figure: dict[str, Any]) -> pl.Expr:
    """Whether an order is of the types, area, court and source that a figure counts, and made in its days."""
    is_within = pl.col("order_type").is_in(figure["order_types"]) & (pl.col("legal_status") != "withdrawn")
    if figure["area"] != UNITED_KINGDOM:
        is_within &= pl.col("area") == figure["area"]
    if figure["court_type"]:
        is_within &= pl.col("court_type") == figure["court_type"]
    if figure["held_by"]:
        is_within &= pl.col("sources").list.contains(figure["held_by"])
    if figure["counted"] != "in_force":
        is_within &= pl.col("made_on").is_between(figure["from_on"], figure["to_on"])
    return is_within


def _place(orders: pl.DataFrame) -> pl.DataFrame:
    """The orders with `area` (England and Wales are one) and `court_type`; null where it is not known."""
    courts = reference("courts").select("court_type", court_code="code")
    placed = orders.join(courts.unique("court_code"), on="court_code", how="left")
    return placed.with_columns(
        area=pl.col("nation").replace(AREAS), is_interim=pl.col("is_interim").fill_null(value=False)
    )
