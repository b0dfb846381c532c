"""The code lists that a release holds, so that every code in it can be looked up there.

Belongs here: which lists, and the lists as tables. Does not: what their columns mean (`code_lists.toml`), the lists
themselves (`warehouse/reference/*.csv`), what codes are read from (`assets.parsing`).
"""

from typing import Final

from warehouse.tables.declarations import read_tables

CODE_LISTS: Final = {
    table: {"condition_catalogue": "conditions", "legal_status_codes": "legal_statuses"}.get(name, name)
    for name, table in read_tables("code_lists").items()
}
"""Each with the reference list that it is read from."""

CONDITION_CATALOGUE: Final = next(table for table in CODE_LISTS if table.name == "condition_catalogue")
