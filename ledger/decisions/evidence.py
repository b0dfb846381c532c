"""The evidence of a night in the form in which the ledger keeps and compares it.

Belongs here: what a record is known by, its canonical values, where an order's id went. Does not: comparing them with
what a steward saw (`ledger.decisions.staleness`).
"""

import polars as pl

from ledger.decisions.kinds import CANONICAL
from reconciliation.identity import record_handles
from warehouse.text_hashes import digests

RECORD = ("record_id", "handle", "source")


def name_records(records: pl.DataFrame) -> pl.DataFrame:
    """Order records with what each is known by in the ledger.

    Args:
        records: order records of all sources in their core shape: all of them, since what a row of a regional return
            is known by depends on the others. Those that are named already are left as they are.

    Returns:
        The records with `handle`: a digest, since some hold names.
    """
    if "handle" in records.columns:
        return records
    handles = record_handles(records)
    return records.join(handles.with_columns(digests(handles.get_column("handle"))), on="record_id")


def canonical_values(records: pl.DataFrame) -> pl.DataFrame:
    """The values of records as they are compared.

    Args:
        records: some of the rows of `name_records`, with further columns if need be.

    Returns:
        `record_id`, `handle`, `source`, `field`, `value`: one row a record and field that can be decided on; `value`
        is null where the record has none.
    """
    wide = records.select(
        *RECORD, *(pl.col(column).cast(pl.String).alias(field) for field, column in CANONICAL.items())
    )
    long = wide.unpivot(index=list(RECORD), variable_name="field", value_name="value")
    return long.with_columns(normal(pl.col("value")))


def normal(text: pl.Expr) -> pl.Expr:
    """A value in the form in which values are compared: one form of each letter, no capitals, single blanks."""
    squeezed = text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(squeezed != "").then(squeezed).alias(text.meta.output_name())


def follow_orders(order_ids: pl.Series, present: pl.Series, redirects: pl.DataFrame) -> pl.DataFrame:
    """Where orders are now.

    Args:
        order_ids: ids as they were once.
        present: the ids of all orders there are now.
        redirects: `id_redirects` (`old_id`, `new_id`).

    Returns:
        `order_id`, `order_now`: the id itself while there is such an order, or the one that its redirects lead to;
        null where there is none, or where they lead to several: the order was split.
    """
    there = present.unique().implode()
    moves = redirects.select("old_id", "new_id")
    open_ids = order_ids.drop_nulls().unique().sort().to_frame("order_id").with_columns(at="order_id")
    visited, ends = [open_ids], []
    while open_ids.height:
        ends.append(open_ids.filter(pl.col("at").is_in(there)))
        moved = open_ids.filter(~pl.col("at").is_in(there)).join(moves, left_on="at", right_on="old_id")
        open_ids = (
            moved.select("order_id", at="new_id").unique().join(pl.concat(visited), on=["order_id", "at"], how="anti")
        )
        visited.append(open_ids)
    reached = pl.concat([visited[0].clear(), *ends]).group_by("order_id").agg(pl.col("at").unique())
    only = pl.when(pl.col("at").list.len() == 1).then(pl.col("at").list.first())
    return visited[0].select("order_id").join(reached.select("order_id", order_now=only), on="order_id", how="left")
