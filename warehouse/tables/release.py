"""What a release holds: the public tables, the match weights behind each order, and the memory of ids."""

from warehouse.schema import Table
from warehouse.tables.link import IDENTITIES, LINK_PAIRS
from warehouse.tables.register import DELIVERIES, EXPECTATION_RESULTS, ORDER_ID, PUBLIC_TABLES

ORDER_PAIRS = Table(
    "order_pairs",
    "a pair of records of one order, with the weight of each comparison",
    (ORDER_ID, *LINK_PAIRS.columns),
    key=LINK_PAIRS.key,
    sort_by=("order_id", *LINK_PAIRS.key),
)

QUERIED_TABLES = (*PUBLIC_TABLES, ORDER_PAIRS)
RELEASE_TABLES = (*QUERIED_TABLES, IDENTITIES)

# These tell how the night went, not what it came to: a file that was sent twice changes them and nothing else.
ACCOUNT_OF_THE_NIGHT = (DELIVERIES, EXPECTATION_RESULTS)
