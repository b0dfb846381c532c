"""The core layer: one canonical shape for all sources, declared in `core.toml`."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from warehouse.schema import Table
from warehouse.tables.declarations import read_tables

RECORD_ID = pl.concat_str("source", "source_key", separator=":")
"""The id of a record in all tables, for those that hold its two parts."""


def record_id_of(row: Mapping[str, Any]) -> str:
    """As `RECORD_ID`, of one row."""
    return f"{row['source']}:{row['source_key']}"


def split_record_id(record_id: str) -> tuple[str, str]:
    """The source of a record and its key there."""
    source, _, key = record_id.partition(":")
    return source, key


def parts_of_record_id(record_id: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """As `split_record_id`, of a column."""
    parts = record_id.str.splitn(":", 2)
    return parts.struct.field("field_0"), parts.struct.field("field_1")


_TABLES: Final = read_tables("core")
CORE_TABLES: Final = tuple(_TABLES.values())
CORE_ORDERS: Final = _TABLES["core__orders"]
CORE_ALIASES: Final = _TABLES["core__aliases"]
CORE_CONDITIONS: Final = _TABLES["core__conditions"]
CORE_ARRESTS: Final = _TABLES["core__arrests"]
CORE_REJECTED_VALUES: Final = _TABLES["core__rejected_values"]
RESULT_STATES: Final = CORE_ORDERS.column("result_state").codes
EVENT_REFUSED: Final = "refused"
"""The `event` of a result by which the court refused an application: it made no order."""


def core_table(source: str, table: Table) -> Table:
    """The core table of one source: `core__orders` becomes `core_pnc__orders`."""
    return table.renamed(table.name.replace("core__", f"core_{source}__"))
