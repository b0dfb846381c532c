"""The ledger of decisions as a table, declared in `ledger.toml`. It is no part of a release."""

from typing import Final

from warehouse.tables.declarations import read_tables

DECISIONS: Final = read_tables("ledger")["decisions"]
