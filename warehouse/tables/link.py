"""The link layer, declared in `link.toml`: candidate pairs with their match weights, and the clusters they make."""

from typing import Final

from warehouse.tables.declarations import read_tables

PERSON_BAR: Final = 4.0
ORDER_BAR: Final = 0.0
"""Least weights for one order. The court, day and conditions that a pair of co-defendants shares stand in the order
weight, so the person weight must carry the link alone; a pair with no date to compare may still be one order."""

_TABLES: Final = read_tables("link")
LINK_PAIRS: Final = _TABLES["link_orders__pairs"]
PAIR_WEIGHTS: Final = ("left_id", "right_id", "person_weight", "order_weight")
"""The columns of `LINK_PAIRS` without what its weights are made of, which is most of it."""
LINK_CLUSTERS: Final = _TABLES["link_orders__clusters"]
LINK_CONFLICTS: Final = _TABLES["link_orders__conflicts"]
LINK_ARRESTS: Final = _TABLES["link_arrests__clusters"]
IDENTITIES: Final = _TABLES["identities"]
