"""How sure what an order comes to is: its believed conditions, all together, and whether it is in force or has ended.

Belongs here: what is observed of both, and their probability. Does not: golden values (`values`), the weights
(`confidence/shipped/contents.json`).
"""

from typing import Final

import polars as pl

from reconciliation.confidence.model import shipped_model
from reconciliation.confidence.values import observe_holding

COLUMNS: Final = {"conditions": "conditions_confidence", "legal_status": "status_confidence"}
"""What is measured, and the column of `ORDERS` that says how sure it is."""
FEATURES: Final = ("field, rests_on", "field, contest", "field, held_by", "field, surest")

CLOSE_DAYS: Final = 92
"""A second order seldom begins within three months of the first: more likely both are one."""
END_BANDS: Final = (0.8, 0.95, 0.99)
IN_DOUBT: Final = 0.98
"""Of a status in doubt: too little for any policy to send a line about it without a steward who looks."""
UNCLAIMED: Final = ("uncertain", "not_known")
"""Statuses that claim nothing."""


def with_contents_confidence(
    orders: pl.DataFrame, conditions: pl.DataFrame, provenance: pl.DataFrame, order_sources: pl.DataFrame
) -> pl.DataFrame:
    """Orders with `COLUMNS`; the status of an order has none where the register is in doubt whether it is in force.

    Args:
        orders: `ORDERS`.
        conditions: `CONDITIONS`.
        provenance: `FIELD_PROVENANCE`, with confidence.
        order_sources: `ORDER_SOURCES`, with the confidence of links.
    """
    observed = observe_contents(orders, conditions, provenance, order_sources)
    sure = observed.select("order_id", "field", confidence=shipped_model("contents").probability())
    orders = orders.drop(COLUMNS.values(), strict=False)
    for field, column in COLUMNS.items():
        own = sure.filter(pl.col("field") == field).select("order_id", pl.col("confidence").alias(column))
        orders = orders.join(own, on="order_id", how="left", maintain_order="left")
    return orders


def contents_as_values(orders: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `field`, `confidence`: `COLUMNS` of `ORDERS` as rows, as golden values are; `IN_DOUBT` of doubt."""
    named = orders.select("order_id", *(pl.col(column).alias(field) for field, column in COLUMNS.items()))
    return named.unpivot(index="order_id", variable_name="field", value_name="confidence").with_columns(
        pl.col("confidence").fill_null(IN_DOUBT)
    )


def observe_contents(
    orders: pl.DataFrame, conditions: pl.DataFrame, provenance: pl.DataFrame, order_sources: pl.DataFrame
) -> pl.DataFrame:
    """What is observed, as text: `order_id`, `field` and each observation of `FEATURES`.

    Args: as `with_contents_confidence`.
    """
    holders = observe_holding(order_sources)
    listed = _observe_conditions(orders, conditions).join(holders, on="order_id")
    ends = provenance.filter(pl.col("field") == "end_on").select("order_id", end="confidence")
    statuses = _observe_statuses(orders).join(holders, on="order_id").join(ends, on="order_id", how="left")
    places = ["order_id", "field", "rests_on", "contest", "held_by"]
    return pl.concat(
        [
            listed.select(*places, surest="link"),
            statuses.select(*places, surest=_band(pl.col("end"))),
        ]
    ).sort("order_id", "field")


def _observe_conditions(orders: pl.DataFrame, conditions: pl.DataFrame) -> pl.DataFrame:
    """How many sources list conditions, and what of them is contested."""
    listing = conditions.explode("sources").group_by("order_id").agg(listing=pl.col("sources").n_unique())
    twice = pl.col("sources").list.len() * 2
    sides = {
        "half hold one that is not believed": (twice == pl.col("listing")) & ~pl.col("is_golden"),
        "few hold one that is believed": (twice < pl.col("listing")) & pl.col("is_golden"),
        "half hold one that is believed": (twice == pl.col("listing")) & pl.col("is_golden"),
        "few hold one that is not believed": (twice < pl.col("listing")) & ~pl.col("is_golden"),
        "most hold each": twice > pl.col("listing"),
    }
    judged = (
        conditions.join(listing, on="order_id")
        .group_by("order_id")
        .agg(
            pl.col("listing").first(),
            contest=pl.coalesce(*(pl.when(holds.any()).then(pl.lit(words)) for words, holds in sides.items())),
        )
    )
    return (
        orders.select("order_id")
        .join(judged, on="order_id", how="left")
        .select(
            "order_id",
            field=pl.lit("conditions"),
            rests_on=pl.format("{} sources list them", pl.col("listing").fill_null(0)),
            contest=pl.col("contest").fill_null("none is listed"),
        )
    )


def _observe_statuses(orders: pl.DataFrame) -> pl.DataFrame:
    """The status, and how the order that took its place compares: it may be the same order, held a second time."""
    later = orders.select(
        "end_on", "start_on", "made_on", "is_until_further_order", "sources", followed_by_order_id="order_id"
    )
    both = orders.filter(~pl.col("is_in_force_doubtful"), ~pl.col("legal_status").is_in(UNCLAIMED)).join(
        later, on="followed_by_order_id", how="left", suffix="_later"
    )
    apart = pl.min_horizontal(
        (pl.col(f"{day}_later") - pl.col(day)).dt.total_days().abs() for day in ("start_on", "made_on")
    )
    is_same_end = (pl.col("end_on") == pl.col("end_on_later")).fill_null(value=False)
    is_apart = pl.col("sources").list.set_intersection("sources_later").list.len() == 0
    contest = (
        pl.when(pl.col("legal_status") != "superseded")
        .then(pl.lit("-"))
        .when(is_same_end | (apart <= CLOSE_DAYS))
        .then(pl.lit("the later order has the same end, or begins soon after"))
        .when(is_apart)
        .then(pl.lit("no source holds both"))
        .otherwise(pl.lit("a later order"))
    )
    return both.select("order_id", field=pl.lit("legal_status"), rests_on="legal_status", contest=contest)


def _band(sure: pl.Expr) -> pl.Expr:
    bands = (pl.when(sure < band).then(pl.lit(f"end below {band}")) for band in END_BANDS)
    return pl.coalesce(pl.when(sure.is_null()).then(pl.lit("no end")), *bands, pl.lit("end sure"))
