"""Whether a discrepancy is for a steward to settle, or to be sent to the owner of the source; and how sure that is.

Belongs here: the stream and the confidence of each discrepancy, and the values that both rest on. Does not: items
(`expectations.review_queue`), what owners are asked and on whose authority (`ledger.packs`).
"""

from typing import Final

import polars as pl

from expectations.discrepancy_history import IS_ACTIVE, active_ones
from expectations.review_items import ReviewPolicy, doubtful_values, value_chances
from warehouse.schema import Frame
from warehouse.tables.core import RECORD_ID
from warehouse.tables.register import DISCREPANCIES

IN_QUESTION: Final = pl.col("other_order_id").is_not_null() | (pl.col("decision_ids").list.len() > 0)
"""Items that leave nothing of an order sure: which records it holds, or what was decided on it, is in question."""


def values_at_issue(provenance: pl.DataFrame, discrepancies: pl.DataFrame) -> pl.DataFrame:
    """The golden values, with their confidence, that a queue or a stream rests on: the others need not be kept.

    They were decided, may well be wrong, or were found to differ.

    Args:
        provenance: `order_id`, `field`, `decision_id` and `confidence` of `FIELD_PROVENANCE`.
        discrepancies: `DISCREPANCIES` of the same orders.
    """
    place = ["order_id", "field"]
    doubtful = doubtful_values(provenance, policy=ReviewPolicy())
    asked = pl.concat([frame.select(place) for frame in (doubtful, discrepancies)])
    is_decided = pl.col("decision_id").is_not_null()
    return pl.concat([provenance.filter(is_decided), provenance.filter(~is_decided).join(asked, on=place, how="semi")])


def with_confidence(
    discrepancies: pl.DataFrame, *, provenance: pl.DataFrame, order_sources: pl.DataFrame
) -> pl.DataFrame:
    """Discrepancies with `confidence`, in the order given; it is null of those that are resolved.

    Args:
        discrepancies: `DISCREPANCIES`.
        provenance: `FIELD_PROVENANCE` of their orders, with confidence.
        order_sources: `ORDER_SOURCES` of their orders, with the confidence of links.
    """
    linked = order_sources.select("record_id", "link_confidence")
    chance = pl.col("chance").fill_null(ReviewPolicy().unmeasured)
    sure = (
        active_ones(discrepancies)
        .join(value_chances(provenance), on=["order_id", "field"], how="left")
        .with_columns(record_id=RECORD_ID)
        .join(linked, on="record_id", how="left")
        .select("discrepancy_id", confidence=pl.min_horizontal(1 - chance, "link_confidence").round(4))
    )
    unsure = discrepancies.drop("confidence")
    return DISCREPANCIES.conform(unsure.join(sure, on="discrepancy_id", how="left", maintain_order="left"))


def with_streams(discrepancies: Frame, queue: pl.DataFrame) -> Frame:
    """Discrepancies with `stream`, in the order given; it is null of those that are resolved.

    To settle is what an item to settle asks about, what was found in the order itself and in no record of it, and
    everything about an order of which the links are in question, however slightly.

    Args:
        discrepancies: `DISCREPANCIES`.
        queue: `REVIEW_QUEUE` of the same night.
    """
    stream = pl.when(_is_asked(queue)).then(pl.lit("settle")).otherwise(pl.lit("send"))
    return discrepancies.with_columns(stream=pl.when(IS_ACTIVE).then(stream))


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
