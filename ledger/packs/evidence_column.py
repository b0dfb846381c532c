"""What speaks for the value that an owner is asked for, in the words of a pack.

Belongs here: the column *Evidence*. Does not: the other columns (`ledger.packs.content`).
"""

import polars as pl

from warehouse.sources import COURT_SOURCES, SOURCE_TITLES
from warehouse.tables.core import RECORD_ID, parts_of_record_id

NAME_FIELDS = ("surname", "forenames")
"""Fields that are compared in capitals without accents."""


def find_evidence(found: pl.DataFrame, orders: pl.DataFrame, provenance: pl.DataFrame) -> pl.DataFrame:
    """`discrepancy_id`, `evidence`: who gives the value asked for, and which decisions stand behind it.

    Args:
        found: discrepancies with `record_id` and `referred_by`, the decision that refers them.
        orders: `ORDERS`.
        provenance: `FIELD_PROVENANCE`.
    """
    named = orders.select("order_id", "sources", *(f"{name}_folded" for name in NAME_FIELDS))
    stated = (
        found.select("discrepancy_id", "order_id", "field", "source", "record_id", "expected", "referred_by")
        .join(provenance.drop("source_key").rename({"source": "winner"}), on=["order_id", "field"], how="left")
        .join(named, on="order_id", how="left")
    )
    is_golden = (pl.col("expected") == pl.col("value")) | pl.any_horizontal(
        (pl.col("field") == name) & (pl.col("expected") == pl.col(f"{name}_folded")) for name in NAME_FIELDS
    )
    stated = stated.with_columns(is_golden=is_golden.fill_null(value=False)).join(
        _voices(found, provenance), on="discrepancy_id", how="left"
    )
    others = pl.col("sources").list.set_difference(pl.concat_list("source")).list.sort()
    titles = others.list.eval(pl.element().replace_strict(SOURCE_TITLES, default=None, return_dtype=pl.String))
    given = (
        pl.when(pl.col("is_golden") & pl.col("decision_id").is_not_null())
        .then(pl.format("decided by a steward ({})", "decision_id"))
        .when(pl.col("is_golden") & pl.col("voices").is_not_null())
        .then(pl.format("given by {}", "voices"))
        .when(pl.col("is_golden") & (pl.col("rule") == "derived"))
        .then(pl.lit("worked out from the order's other values"))
        .when(others.list.len() > 0)
        .then(pl.format("the order is held by {}", titles.list.join(", ")))
    )
    referred = pl.format("referred by a steward ({})", "referred_by")
    return stated.select("discrepancy_id", evidence=pl.concat_str(given, referred, separator="; ", ignore_nulls=True))


def _voices(found: pl.DataFrame, provenance: pl.DataFrame) -> pl.DataFrame:
    """`discrepancy_id`, `voices`: the systems whose records give the golden value, the owner's own record apart."""
    winner = pl.concat_list(RECORD_ID).list.drop_nulls()
    records = provenance.select("order_id", "field", voice=pl.concat_list(winner, "agreeing").list.unique())
    source, key = parts_of_record_id(pl.col("voice"))
    title = source.replace_strict(SOURCE_TITLES, default=None, return_dtype=pl.String)
    named = pl.when(source.is_in(COURT_SOURCES)).then(pl.format("court result {}", key))
    return (
        found.select("discrepancy_id", "order_id", "field", "record_id")
        .join(records, on=["order_id", "field"])
        .explode("voice", empty_as_null=False)
        .filter(pl.col("voice").ne_missing(pl.col("record_id")))
        .select("discrepancy_id", voices=named.otherwise(title))
        .unique()
        .sort("discrepancy_id", "voices")
        .group_by("discrepancy_id", maintain_order=True)
        .agg(pl.col("voices").str.join(", "))
    )
