"""What is right in a register, by truth: golden values, links, pairs of orders, whole orders.

Belongs here: labels of the tables of a night. Does not: learning from them (`train_confidence`), what they show
(`stewarding`).
"""

from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.truth import COLUMNS, OPEN, register_values, squashed, true_values
from reconciliation.confidence.orders import DECISIVE

TITLES: Final = {"surname": "surname", "forenames": "forenames"} | COLUMNS
"""Fields of truth by their columns in the register; an end is two columns."""


def true_orders(order_sources: pl.DataFrame, truth: Path) -> pl.DataFrame:
    """`order_id`, `true_id`: the true order that most records of an order are of."""
    return (
        _true_records(order_sources, truth)
        .group_by("order_id", "true_id")
        .len()
        .sort("len", "order_id", "true_id", descending=[True, False, False])
        .unique("order_id", keep="first", maintain_order=True)
        .select("order_id", "true_id")
    )


def label_values(provenance: pl.DataFrame, order_sources: pl.DataFrame, truth: Path) -> pl.DataFrame:
    """`order_id`, `field`, `is_right`, `true`: every golden value that truth knows, and whether it is true."""
    rows = provenance.filter(pl.col("rule") != "none_valid").join(true_orders(order_sources, truth), on="order_id")
    is_name = pl.col("field").is_in(["forenames", "surname"])
    value = pl.when(is_name).then(squashed("value")).otherwise(pl.col("value"))
    return rows.join(_true_fields(truth), on=["true_id", "field"]).select(
        "order_id", "field", "true", is_right=value.eq_missing(pl.col("true"))
    )


def label_contents(
    orders: pl.DataFrame, conditions: pl.DataFrame, order_sources: pl.DataFrame, truth: Path
) -> pl.DataFrame:
    """`order_id`, `field`, `is_right`: whether the believed conditions, all together, and the status are true.

    A status is right if it says truly that the order is in force, or has ended: truth has no words for why. One that is
    in doubt says neither, and is not judged.
    """
    listed = register_values(orders, conditions).select("order_id", "conditions")
    claimed = orders.filter(~pl.col("is_in_force_doubtful")).select(
        "order_id", legal_status=pl.col("legal_status").is_in(["live", "not_started"])
    )
    true = true_values(truth).select("conditions", true_id="order_id", legal_status=pl.col("status") == "live")
    known = true_orders(order_sources, truth).join(true, on="true_id")
    return pl.concat(
        known.join(found, on="order_id", suffix="_found").select(
            "order_id", field=pl.lit(name), is_right=pl.col(name).eq_missing(pl.col(f"{name}_found"))
        )
        for name, found in (("conditions", listed), ("legal_status", claimed))
    )


def label_links(order_sources: pl.DataFrame, truth: Path) -> pl.DataFrame:
    """`record_id`, `is_right`: whether a record is of the true order that most records of its order are of."""
    records = _true_records(order_sources, truth).rename({"true_id": "own_id"})
    return records.join(true_orders(order_sources, truth), on="order_id").select(
        "record_id", is_right=pl.col("own_id") == pl.col("true_id")
    )


def label_pairs(pairs: pl.DataFrame, order_sources: pl.DataFrame, truth: Path) -> pl.DataFrame:
    """`order_id`, `other_order_id`, `is_right`: whether two orders kept apart are one in truth."""
    places = true_orders(order_sources, truth)
    other = places.select(other_order_id="order_id", other_id="true_id")
    return (
        pairs.join(places, on="order_id")
        .join(other, on="other_order_id")
        .select("order_id", "other_order_id", is_right=pl.col("true_id") == pl.col("other_id"))
    )


def label_orders(values: pl.DataFrame, links: pl.DataFrame, order_sources: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `is_right`: whether all decisive values are true, and all records its own.

    Args:
        values: from `label_values`.
        links: from `label_links`.
        order_sources: `ORDER_SOURCES`.
    """
    of_values = values.filter(pl.col("field").is_in(DECISIVE)).select("order_id", "is_right")
    of_links = links.join(order_sources, on="record_id").select("order_id", "is_right")
    return pl.concat([of_values, of_links]).group_by("order_id").agg(pl.col("is_right").all())


def _true_records(order_sources: pl.DataFrame, truth: Path) -> pl.DataFrame:
    links = pl.read_csv(truth / "links.csv", infer_schema=False).rename({"order_id": "true_id"})
    return order_sources.select("record_id", "source", "source_key", "order_id").join(
        links, on=["source", "source_key"]
    )


def _true_fields(truth: Path) -> pl.DataFrame:
    """`true_id`, `field` (a column of `orders`), `true` (text)."""
    known = true_values(truth).with_columns(
        is_until_further_order=(pl.col("end") == OPEN).cast(pl.String),
        end_on=pl.when(pl.col("end") != OPEN).then("end"),
    )
    columns = {column: pl.col(name) for name, column in TITLES.items()}
    wide = known.select("is_until_further_order", "end_on", true_id="order_id", **columns)
    return wide.unpivot(index="true_id", variable_name="field", value_name="true")
