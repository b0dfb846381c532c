"""Interim orders whose application a court refused.

Belongs here: which records say so. Does not: which order a result is about (`matching.events`), what it makes of the
order (`reconciliation.endings`).
"""

import polars as pl

from warehouse.tables.core import EVENT_REFUSED


def with_determinations(held: pl.DataFrame, golden: pl.DataFrame) -> pl.DataFrame:
    """Mark the refusals that ended the interim order that they are about, and read them like a discharge.

    R13 (MSA ss.21(7), 28(7)): an interim order ends on the determination of the main application.

    Args:
        held: order records with `order_id`.
        golden: `order_id`, `is_interim`.

    Returns:
        The records with `is_determined`, and `recorded_status`.
    """
    interim = golden.filter(pl.col("is_interim").fill_null(value=False)).get_column("order_id").implode()
    is_determined = (pl.col("event") == EVENT_REFUSED) & pl.col("ends_another") & pl.col("order_id").is_in(interim)
    return held.with_columns(is_determined=is_determined.fill_null(value=False)).with_columns(
        recorded_status=pl.when("is_determined").then(pl.lit("discharged")).otherwise("recorded_status")
    )
