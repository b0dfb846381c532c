"""The Parquet files of a release: written, ordered, and held to the gates.

Belongs here: which tables a release holds, how they are written, the digest over them. Does not: the gates
(`warehouse.releases.publication_checks`), putting a release in place (`warehouse.releases.release`).
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import polars.selectors as cs

from warehouse.codes import reference
from warehouse.pieces import Pieces
from warehouse.releases.publication_checks import check_relations, check_table
from warehouse.row_groups import ROWS_AT_ONCE, in_pieces, joined_up
from warehouse.schema import Table
from warehouse.tables.code_lists import CODE_LISTS
from warehouse.tables.link import LINK_PAIRS
from warehouse.tables.register import PUBLIC_TABLES
from warehouse.tables.release import ACCOUNT_OF_THE_NIGHT, CARRIED_TABLES, NEAR_PAIRS, ORDER_PAIRS, SOURCE_RECORDS

COMPRESSION_LEVEL = 3
# Orders whose pairs are put in order at a time.
ORDERS_APIECE = 20_000


def write_tables(building: Path, tables: Mapping[str, pl.LazyFrame | pl.DataFrame]) -> dict[str, int]:
    """Write every table as Parquet and hold it to its gates; rows by table.

    Raises:
        PublicationRefusedError: a table is missing or breaks a gate.
    """
    rows = {table.name: _write_table(building, table, tables.get(table.name)) for table in PUBLIC_TABLES}
    check_relations(building)
    if LINK_PAIRS.name in tables:
        pairs = tables[LINK_PAIRS.name].lazy()
        with _order_pairs(pairs, building) as of_orders:
            rows[ORDER_PAIRS.name] = _write_table(building, ORDER_PAIRS, of_orders)
        rows[NEAR_PAIRS.name] = _write_table(building, NEAR_PAIRS, _near_pairs(pairs, building))
    for table in CODE_LISTS:
        listed = tables[table.name] if table.name in tables else table.conform(reference(CODE_LISTS[table]))
        rows[table.name] = _write_table(building, table, listed)
    for table in (SOURCE_RECORDS, *CARRIED_TABLES):
        if table.name in tables:
            rows[table.name] = _write_table(building, table, tables[table.name])
    return rows


def hash_of(digests: Mapping[str, str]) -> str:
    """The content hash: the digest over the sorted table names and their digests, except the account of the night."""
    account = {table.name for table in ACCOUNT_OF_THE_NIGHT}
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(digests.items()) if name not in account)
    return hashlib.sha256(lines.encode()).hexdigest()


def _write_table(building: Path, table: Table, frame: pl.LazyFrame | pl.DataFrame | None) -> int:
    path = building / f"{table.name}.parquet"
    write_frame(check_table(table, frame), path)
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def write_frame(frame: pl.LazyFrame | pl.DataFrame, path: Path) -> None:
    """Write a table of a release, piece by piece: the same rows give the same bytes."""
    rows = frame.lazy()
    groups = (_alone(piece) for piece in in_pieces(rows))
    joined_up(groups, rows.collect_schema()).sink_parquet(
        path, compression="zstd", compression_level=COMPRESSION_LEVEL, row_group_size=ROWS_AT_ONCE
    )


def _alone(piece: pl.DataFrame) -> pl.DataFrame:
    """The rows in one chunk that shares nothing with others: pages are cut by the size of all that a chunk holds."""
    gathered = piece.with_columns(cs.list().gather(pl.int_range(pl.len()))).rechunk()
    return pl.DataFrame(gathered.to_arrow(compat_level=pl.CompatLevel.oldest()))


@contextmanager
def _order_pairs(pairs: pl.LazyFrame, building: Path) -> Iterator[pl.LazyFrame]:
    """The pairs whose records belong to one order, in the order of `ORDER_PAIRS`, for as long as one looks at them."""
    piece = ((pl.col("order_id").rank("dense") - 1) // ORDERS_APIECE).cast(pl.Int64)
    orders = _orders_of_records(building).with_columns(piece=piece).collect()
    columns = [*ORDER_PAIRS.schema, "piece"]
    within = (
        some.filter(pl.col("order_id") == pl.col("other_order")).select(columns) for some in _placed(pairs, orders)
    )
    count = orders.select(pl.col("piece").max().fill_null(-1) + 1).item() or 1
    with Pieces.of_step(ORDER_PAIRS.name, below=building) as folder:
        pieces = folder.of(count)
        pieces.cut(ORDER_PAIRS.name, joined_up(within, pl.Schema({**ORDER_PAIRS.schema, "piece": pl.Int64()})))
        ordered = (pieces.read(ORDER_PAIRS.name, number).sort(ORDER_PAIRS.order) for number in range(count))
        yield pieces.keep("in_order", joined_up(ordered, ORDER_PAIRS.schema))


def _near_pairs(pairs: pl.LazyFrame, building: Path) -> pl.DataFrame:
    """The pairs whose records belong to two orders that an item of the queue names both."""
    items = pl.scan_parquet(building / "review_queue.parquet").filter(pl.col("other_order_id").is_not_null())
    sides = ("order_id", "other_order_id")
    near = items.select(order_id=pl.min_horizontal(sides), other_order_id=pl.max_horizontal(sides)).unique().collect()
    meant = pl.concat([near.get_column(side) for side in sides]).unique()
    orders = _orders_of_records(building).filter(pl.col("order_id").is_in(meant.implode())).collect()
    ends = ("order_id", "other_order")
    return pl.concat(
        _alone(
            NEAR_PAIRS.conform(
                some.with_columns(order_id=pl.min_horizontal(ends), other_order_id=pl.max_horizontal(ends))
            ).join(near, on=sides, how="semi")
        )
        for some in _placed(pairs, orders)
    )


def _placed(pairs: pl.LazyFrame, orders: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Some pairs at a time, those both of whose records are in orders: the left's columns, and `other_order`."""
    others = orders.select(right_id="record_id", other_order="order_id")
    for some in in_pieces(pairs):
        yield some.join(orders, left_on="left_id", right_on="record_id").join(others, on="right_id")


def _orders_of_records(building: Path) -> pl.LazyFrame:
    return pl.scan_parquet(building / "order_sources.parquet").select("record_id", "order_id")
