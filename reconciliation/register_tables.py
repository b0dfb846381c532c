"""The register's tables, made of the core records, the clusters they were linked into and the ids of those clusters.

Belongs here: the way from records to tables, piece by piece. Does not: what a piece takes from the rest of the night
(`reconciliation.night_facts`), its tables (`reconciliation.register_pieces`), ids (`reconciliation.stable_ids`).
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from reconciliation.confidence.source_errors import estimate_from
from reconciliation.night import NightInput
from reconciliation.night_facts import ORDERS_APIECE, GoldenFacts, cut_night, cut_persons
from reconciliation.register_pieces import CHOSEN_ORDERS, LISTED_CONDITIONS, TABLES, choose_piece, weigh_piece
from warehouse.pieces import Pieces
from warehouse.tables.register import ORDERS

SOURCE_ERRORS = "source_errors"


def build_register(night: NightInput, *, apiece: int = ORDERS_APIECE) -> dict[str, pl.DataFrame]:
    """The tables of `write_register`, in memory, for tests and measurements; the events may be in any order."""
    night = replace(night, events=night.events.lazy().sort("record_id"))
    with TemporaryDirectory(prefix="register-") as folder:
        tables = write_register(night, Pieces(Path(folder)), apiece=apiece)
        return {name: table.collect() for name, table in tables.items()}


def write_register(night: NightInput, pieces: Pieces, *, apiece: int = ORDERS_APIECE) -> dict[str, pl.LazyFrame]:
    """Build the tables that rest on the records alone, by table name: piece by piece, so that memory holds few records.

    Facts of the night come first, from few columns of all records. Then the golden values of each piece are chosen.
    What they all say together comes next, and each piece is weighed with it.

    Args:
        night: the night.
        pieces: where the pieces are written; the tables are read from there.
        apiece: orders in a piece; the tables are the same with any number.

    Returns:
        `orders` (with `discrepancy_count` and `quality_score` still empty: see `finish_orders`), `order_sources`,
        `subjects`, `conditions`, `arrests`, `arrest_sources`, `field_provenance`; and, not published, `condition_texts`
        and how often each source is wrong (`SOURCE_ERRORS`).
    """
    persons, count = cut_persons(night.clusters, apiece=apiece)
    pieces = pieces.of(count)
    facts = cut_night(night, persons, count, pieces)
    patterns = [choose_piece(pieces, piece, night, facts) for piece in range(count)]
    golden_facts = GoldenFacts.of(pieces.scan(CHOSEN_ORDERS), pieces.scan(LISTED_CONDITIONS), estimate_from(patterns))
    for piece in range(count):
        weigh_piece(pieces, piece, night, golden_facts)
    tables = {table.name: pieces.in_order(table.name, table.order) for table in TABLES}
    return tables | {SOURCE_ERRORS: golden_facts.errors.lazy()}


def finish_orders(orders: pl.DataFrame, discrepancies: pl.DataFrame, quality_scores: pl.DataFrame) -> pl.DataFrame:
    """Put the number of discrepancies and the weighted mean of its quality dimensions to every order.

    A dimension without a score has no part in the mean; an order without any has none.
    """
    counts = discrepancies.group_by("order_id").agg(pl.len().alias("discrepancy_count"))
    scores = (
        quality_scores.filter((pl.col("scope") == "record") & pl.col("score").is_not_null())
        .sort("scope_key", "dimension")
        .group_by("scope_key", maintain_order=True)
        .agg(quality_score=((pl.col("score") * pl.col("weight")).sum() / pl.col("weight").sum()).round(4))
    )
    finished = (
        orders.drop("discrepancy_count", "quality_score")
        .join(counts, on="order_id", how="left")
        .join(scores, left_on="order_id", right_on="scope_key", how="left")
        .with_columns(pl.col("discrepancy_count").fill_null(0))
    )
    return ORDERS.conform(finished).sort("order_id")


def owners_of_records(order_sources: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """`record_id`, `order_id`, `subject_id`: the order and the person that each order record belongs to."""
    return order_sources.select("record_id", "order_id").join(orders.select("order_id", "subject_id"), on="order_id")
