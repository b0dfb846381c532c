"""What the order that followed says of one: a prevention order beside it, or one that may have ended it.

Belongs here: columns of the rules' frames that look at two orders of a chain. Does not: which order followed which
(`reconciliation.successions`).
"""

import polars as pl

from reconciliation.statutes import PREVENTION_OF


def is_beside_prevention(orders: pl.DataFrame) -> pl.Expr:
    """A risk order that a prevention order followed: it binds beside it (R25)."""
    prevention = pl.col("order_type").replace_strict(PREVENTION_OF, default=None, return_dtype=pl.String)
    following = _of_next(orders, "order_type")
    return (following == prevention).fill_null(value=False).alias("is_beside_prevention")


def may_be_superseded(orders: pl.DataFrame) -> pl.Expr:
    """Live, and followed by a full order of its type, where the type of either is in doubt: that may have ended it."""
    is_full = ~pl.any_horizontal(pl.col("is_interim"), _of_next(orders, "is_interim")).fill_null(value=False)
    is_type_doubtful = pl.any_horizontal(pl.col("is_type_doubtful"), _of_next(orders, "is_type_doubtful"))
    is_same_type = pl.col("order_type") == _of_next(orders, "order_type")
    is_so = (pl.col("legal_status") == "live") & is_full & is_same_type & is_type_doubtful.fill_null(value=False)
    return is_so.fill_null(value=False).alias("may_be_superseded")


def _of_next(orders: pl.DataFrame, name: str) -> pl.Expr:
    """A value of the order that followed."""
    known = orders.select("order_id", name).drop_nulls()
    return pl.col("followed_by_order_id").replace_strict(
        known["order_id"], known[name], default=None, return_dtype=orders.schema[name]
    )
