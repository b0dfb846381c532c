"""Orders on whose type the sources do not agree.

Belongs here: whether the type is in doubt. Does not: which type is believed (`reconciliation.golden`), what follows of
the doubt in law (`reconciliation.successions`).
"""

from collections.abc import Mapping

import polars as pl

from reconciliation.standing import STANDS
from warehouse.sources import is_from_court


def find_disputed_types(held: pl.DataFrame, golden: pl.DataFrame, decided: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Find the orders of which the court gives another type than the one believed, or at least as many sources do.

    So are those whose type one police source alone gives, which holds them as in force: the type may be wrong, or that
    nothing ended them.

    Args:
        held: order records with `order_id`, `standing` and `recorded_status`.
        golden: `order_id`, `order_type`.
        decided: what stewards decided, by field, with `order_id`: a type that they decided is in no doubt.

    Returns:
        `order_id`, `is_type_doubtful`, of orders of which a record gives a type.
    """
    undecided = golden.select("order_id", golden_type="order_type")
    if "order_type" in decided:
        undecided = undecided.join(decided["order_type"], on="order_id", how="anti")
    given = (
        held.filter((pl.col("standing") == STANDS) & pl.col("event").is_null() & pl.col("order_type").is_not_null())
        .join(undecided, on="order_id")
        .with_columns(is_other=pl.col("order_type") != pl.col("golden_type"))
    )
    other, same = (pl.col("source").filter(which).n_unique() for which in (pl.col("is_other"), ~pl.col("is_other")))
    is_other_by_court = (pl.col("is_other") & is_from_court).any()
    is_alone = (pl.col("source").n_unique() == 1) & ~is_from_court.any() & (pl.col("recorded_status") == "live").any()
    is_doubtful = is_other_by_court | ((other > 0) & (other >= same)) | is_alone
    return given.group_by("order_id").agg(is_type_doubtful=is_doubtful.fill_null(value=False))
