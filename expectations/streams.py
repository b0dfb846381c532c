"""Whether a discrepancy is for a steward to settle, or to be sent to the owner of the source; and how sure that is.

Belongs here: the stream and the confidence of each discrepancy. Does not: items (`expectations.review_queue`), what
owners are asked and on whose authority (`ledger.packs`).
"""

from typing import Final

import polars as pl

from expectations.discrepancy_history import active_ones
from expectations.review_items import ReviewPolicy, value_chances
from warehouse.tables.core import RECORD_ID
from warehouse.tables.register import DISCREPANCIES

IN_QUESTION: Final = pl.col("other_order_id").is_not_null() | (pl.col("decision_ids").list.len() > 0)
"""Items by which nothing of an order is sure: which records it holds, or what was decided on it, is in question."""


def with_streams(
    discrepancies: pl.DataFrame, *, provenance: pl.DataFrame, order_sources: pl.DataFrame, queue: pl.DataFrame
) -> pl.DataFrame:
    """Discrepancies with `confidence` and `stream`; both are null of those that are resolved.

    To settle is what an item to settle asks about, what was found in the order itself and in no record of it, and
    everything about an order of which the links are in question, however slightly.

    Args:
        discrepancies: `DISCREPANCIES` without both.
        provenance: `FIELD_PROVENANCE`, with confidence.
        order_sources: `ORDER_SOURCES`, with the confidence of links.
        queue: `REVIEW_QUEUE` of the same night.
    """
    linked = order_sources.select("record_id", "link_confidence")
    sure = (
        active_ones(discrepancies)
        .join(value_chances(provenance), on=["order_id", "field"], how="left")
        .with_columns(record_id=RECORD_ID)
        .join(linked, on="record_id", how="left")
        .select(
            "discrepancy_id",
            confidence=pl.min_horizontal(
                1 - pl.col("chance").fill_null(ReviewPolicy().unmeasured), "link_confidence"
            ).round(4),
            stream=pl.when(_is_asked(queue)).then(pl.lit("settle")).otherwise(pl.lit("send")),
        )
    )
    return DISCREPANCIES.conform(
        discrepancies.drop("confidence", "stream").join(sure, on="discrepancy_id", how="left")
    ).sort("discrepancy_id")


def _is_asked(queue: pl.DataFrame) -> pl.Expr:
    """Whether a steward is asked about a discrepancy, or about the links of its order."""
    items = queue.filter(pl.col("stream") == "settle")
    of_links = queue.filter(IN_QUESTION)
    orders = pl.concat([of_links.get_column(name) for name in ("order_id", "other_order_id")]).drop_nulls()
    place = pl.concat_str("order_id", "field", separator=" ")
    fields = items.explode("fields", empty_as_null=False).select(pl.concat_str("order_id", "fields", separator=" "))
    named = items.get_column("discrepancy_ids").explode().drop_nulls()
    return (
        pl.col("source").is_null()
        | pl.col("discrepancy_id").is_in(named.implode())
        | place.is_in(fields.to_series().implode())
        | pl.col("order_id").is_in(orders.implode())
    )
