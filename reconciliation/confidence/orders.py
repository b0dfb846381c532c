"""How sure each order is: who is bound, until when, by what.

Belongs here: what is put together, and how. Does not: single values (`values`), links (`links`),
conditions and status (`contents`).
"""

from typing import Final

import polars as pl

from reconciliation.confidence.model import probability_of, shipped_model, weight_of

WHO: Final = ("forenames", "surname", "date_of_birth", "pnc_id")
UNTIL_WHEN: Final = ("start_on", "end_on", "is_until_further_order")
BY_WHAT: Final = ("order_type", "is_interim", "court_code", "made_on")
DECISIVE: Final = (*WHO, *UNTIL_WHEN, *BY_WHAT)
"""The golden values that must be true for an order to be right. Its conditions and its status have a confidence of
their own (`contents`)."""


def order_confidence(provenance: pl.DataFrame, order_sources: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `confidence`: the probability that who is bound, until when and by what are right.

    Args:
        provenance: `FIELD_PROVENANCE`, with confidence.
        order_sources: `ORDER_SOURCES`, with the confidence of links.
    """
    calibration = shipped_model("order")
    combined = combine(provenance, order_sources)
    weight = calibration.calibrated(calibration.base + weight_of(pl.col("combined")))
    return combined.select("order_id", confidence=probability_of(weight))


def combine(provenance: pl.DataFrame, order_sources: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `combined`: the probability that everything is right, if nothing depended on anything else.

    Args:
        provenance: `FIELD_PROVENANCE`, with confidence.
        order_sources: `ORDER_SOURCES`, with the confidence of links.
    """
    values = provenance.filter(pl.col("field").is_in(DECISIVE)).select("order_id", "confidence")
    links = order_sources.select("order_id", confidence="link_confidence")
    # Sums of whole numbers come out the same in any order.
    millionths = (pl.col("confidence").fill_null(1).log() * 1e6).round().cast(pl.Int64)
    return (
        pl.concat([values, links])
        .group_by("order_id")
        .agg(combined=(millionths.sum() / 1e6).exp())
        .with_columns(pl.col("combined").clip(1e-6, 1 - 1e-6))
    )
