"""The core layer: one canonical shape for all sources, declared in `core.toml`."""

from typing import Final

import polars as pl

from warehouse.schema import Table
from warehouse.tables.declarations import read_tables

RECORD_ID = pl.concat_str("source", "source_key", separator=":")
"""The id of a record in all tables, for those that hold its two parts."""

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
