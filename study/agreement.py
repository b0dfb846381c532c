"""How often two sources say the same of the orders that both hold.

Belongs here: the comparison of sources with one another, without the golden values. Does not: who is right
(`reconciliation.confidence.source_errors`).
"""

from typing import Final

import polars as pl

from warehouse.sources import SOURCE_NAMES

AGREEMENT_FIELDS: Final = (
    "order_type", "is_interim", "surname_folded", "forenames_folded", "date_of_birth", "sex", "pnc_id", "made_on",
    "start_on", "end_on", "term_months", "court_code", "force_code",
)  # fmt: skip
PAIR: Final = ["source", "other_source"]


def compare_sources(source_records: pl.DataFrame, order_sources: pl.DataFrame) -> pl.DataFrame:
    """Compare the records of each two sources, field by field, where both say something.

    Args:
        source_records: `SOURCE_RECORDS`.
        order_sources: `ORDER_SOURCES`; second records and amended results don't count.

    Returns:
        `source`, `other_source`, `field`, `compared`, `agreeing`: a row for each pair, in both directions, and field.
    """
    firsts = order_sources.filter(~pl.col("is_duplicate"), ~pl.col("is_amended")).select("record_id", "order_id")
    said = (
        source_records.join(firsts, on="record_id")
        .select("order_id", "source", *(pl.col(name).cast(pl.String) for name in AGREEMENT_FIELDS))
        .unique(["order_id", "source"], keep="first", maintain_order=True)
        .unpivot(index=["order_id", "source"], variable_name="field")
        .drop_nulls("value")
    )
    both = said.join(said.rename({"source": "other_source"}), on=["order_id", "field"], suffix="_other")
    counted = (
        both.filter(pl.col("source") != pl.col("other_source"))
        .group_by(*PAIR, "field")
        .agg(
            pl.len().cast(pl.Int64).alias("compared"),
            (pl.col("value") == pl.col("value_other")).sum().cast(pl.Int64).alias("agreeing"),
        )
    )
    return counted.sort(*(pl.col(name).cast(pl.Enum(SOURCE_NAMES)) for name in PAIR), "field")


def agreement_matrix(compared: pl.DataFrame) -> pl.DataFrame:
    """`PAIR`, `compared`, `agreeing`, `share`: all fields of a pair together, from `compare_sources`."""
    summed = compared.group_by(PAIR, maintain_order=True).agg(pl.col("compared", "agreeing").sum())
    return summed.with_columns(share=pl.col("agreeing") / pl.col("compared"))
