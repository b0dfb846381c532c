"""What must hold of a table, and between tables, before a release is published.

Belongs here: what holds whatever the tables say. Does not: the gates (`expectations.gates`), expectations that only
warn (`expectations.suites`), publication itself.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.row_groups import in_pieces
from warehouse.schema import Table
from warehouse.tables.register import DELIVERIES
from warehouse.tables.relations import FOREIGN_KEYS

CODE = "code"
"""The entry of a release's versions that is a digest of the code that made it."""


class PublicationRefusedError(Exception):
    """The tables can't be published; the message names the table, what it breaks and in how many rows."""


def check_table(table: Table, frame: pl.LazyFrame | pl.DataFrame | None) -> pl.LazyFrame:
    """The table as declared and in its order, once its required values are there and its keys are unique.

    Args:
        table: as declared.
        frame: its rows. Of a lazy one, a scan of files that gives its rows in one order each time, only what is looked
            at is in memory, as long as it is in its order.

    Raises:
        PublicationRefusedError: it is missing, of another shape, lacks required values or repeats a key.
    """
    if frame is None:
        raise PublicationRefusedError(f"{table.name}: the table was not handed over")
    rows = _conformed(table, frame.lazy())
    required = [column.name for column in table.columns if column.required]
    counted = rows.select(pl.col(required).null_count()).collect(engine="streaming")
    for name, missing in counted.row(0, named=True).items() if required else ():
        if missing:
            raise PublicationRefusedError(f"{table.name}: {name} is missing in {missing} rows")
    # Without a key, all other columns break the ties of the order.
    ties = [] if table.key else [name for name, dtype in table.schema.items() if not dtype.is_nested()]
    order = list(dict.fromkeys([*table.order, *ties]))
    is_in_order = _is_in_order(rows, order, strictly=bool(table.key))
    if not is_in_order:
        rows = rows.collect().sort(order, nulls_last=True).lazy()
    # What follows strictly by its key repeats none.
    if table.key and not (is_in_order and table.order == table.key) and (repeated := _count_repeated(table, rows)):
        raise PublicationRefusedError(f"{table.name}: {repeated} rows repeat the key {', '.join(table.key)}")
    return rows


def check_relations(folder: Path) -> None:
    """Hold the written tables to the foreign keys of the register.

    Raises:
        PublicationRefusedError: a row points to nothing, or a row that must be pointed to is not.
    """
    for key in FOREIGN_KEYS:
        pointing = pl.scan_parquet(folder / f"{key.table.name}.parquet").select(key.column).drop_nulls()
        parents = pl.scan_parquet(folder / f"{key.parent.name}.parquet").select(key.parent_column)
        lost = _count(pointing.join(parents, how="anti", left_on=key.column, right_on=key.parent_column))
        if lost:
            raise PublicationRefusedError(f"{key.table.name}: {key.column} of {lost} rows is not in {key.parent.name}")
        unheld = _count(parents.join(pointing, how="anti", left_on=key.parent_column, right_on=key.column))
        if key.is_total and unheld:
            raise PublicationRefusedError(f"{key.parent.name}: {unheld} rows have no row in {key.table.name}")


def check_repeated(account: Mapping[str, Any], revisions: Sequence[Mapping[str, Any]]) -> None:
    """Hold a release to those of its date: where all that it rests on is the same, so must its content be.

    Only for releases that name the code they were made by; other code is a reason to differ.

    Args:
        account: the manifest of the release.
        revisions: manifests of the releases of the same date.

    Raises:
        PublicationRefusedError: its content differs from that of one of them, and nothing explains why.
    """
    if CODE not in account["versions"]:
        return
    for revision in revisions:
        if _rests_on(revision) == _rests_on(account) and revision["content_hash"] != account["content_hash"]:
            differ = [name for name, digest in account["digests"].items() if revision["digests"].get(name) != digest]
            raise PublicationRefusedError(
                f"an unexplained change: {revision['release_id']} rests on the same deliveries, decisions, models, "
                f"settings and code, and differs in {', '.join(differ)}; run the night again, and if it is refused "
                "again, have the two compared"
            )


def _rests_on(manifest: Mapping[str, Any]) -> tuple[object, ...]:
    """All that the content of a release follows from. Unused deliveries count too: `deliveries` lists them."""
    named = [manifest.get(name) for name in ("as_of", "follows", "config_hash", "versions", "inputs")]
    return (*named, manifest["digests"].get(DELIVERIES.name))


def _conformed(table: Table, frame: pl.LazyFrame) -> pl.LazyFrame:
    try:
        conformed, held = table.conform(frame), frame.collect_schema()
        # Only a look at all values shows whether they fit another type.
        return conformed if conformed.collect_schema().items() <= held.items() else conformed.collect().lazy()
    except pl.exceptions.ColumnNotFoundError:
        missing = [column.name for column in table.columns if column.name not in frame.collect_schema()]
        raise PublicationRefusedError(f"{table.name}: {len(missing)} columns are missing: {missing}") from None
    except pl.exceptions.InvalidOperationError:
        # The message of polars quotes values; the register's people must not be in a log.
        raise PublicationRefusedError(f"{table.name}: values do not fit the declared types") from None


def _is_in_order(rows: pl.LazyFrame, order: list[str], *, strictly: bool) -> bool:
    """Whether nothing need be sorted, as is the rule: quick to see. Null counts as out of order."""
    follows = pl.lit(not strictly)
    for name in reversed(order):
        follows = (pl.col(name) > pl.col(name).shift()) | ((pl.col(name) == pl.col(name).shift()) & follows)
    is_one = follows.slice(1).fill_null(value=False).all()
    return all(piece.select(is_one).item() for piece in in_pieces(rows.select(order), overlap=1))


def _count_repeated(table: Table, rows: pl.LazyFrame) -> int:
    keys = rows.select(table.key).collect()
    return keys.height - keys.n_unique()


def _count(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect(engine="streaming").item())
