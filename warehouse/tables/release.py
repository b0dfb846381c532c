"""What a release holds: the public tables, and the match weights behind each order."""

from warehouse.schema import Table
from warehouse.tables.link import LINK_PAIRS
from warehouse.tables.register import ORDER_ID, PUBLIC_TABLES

ORDER_PAIRS = Table(
    "order_pairs",
    "a pair of records of one order, with the weight of each comparison",
    (ORDER_ID, *LINK_PAIRS.columns),
    key=LINK_PAIRS.key,
    sort_by=("order_id", *LINK_PAIRS.key),
)

RELEASE_TABLES = (*PUBLIC_TABLES, ORDER_PAIRS)
