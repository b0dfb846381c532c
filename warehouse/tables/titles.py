"""What the fields of an order are called on screens, in correction packs and in files for people.

Belongs here: the titles of columns, gathered from the tables that declare them. Does not: any title of a column.
"""

from typing import Final

from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.register import ORDERS

FIELD_TITLES: Final = {
    column.name: column.title for table in (CORE_ORDERS, ORDERS) for column in table.columns if column.title
} | {
    "conditions": "Conditions",
    "presence": "Record of the order",
    "duplicate": "Second record in one source",
}
"""By the column, or by what a rule finds that is not a column."""
