"""Where an order is now: still there, merged into another one, or split.

Belongs here: what a page says of it. Does not: following redirects (`reconciliation.redirects`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import polars as pl

from reconciliation.redirects import follow_redirects, order_redirects

Tables = Callable[[str], pl.DataFrame]


@dataclass(frozen=True)
class CurrentOrders:
    """Where an order is.

    Attributes:
        is_there: the register has an order of that id.
        order_ids: the order itself, or those that its redirects lead to.
        split_off: orders that were split off it, while it kept its id.
    """

    is_there: bool
    order_ids: tuple[str, ...]
    split_off: tuple[str, ...] = ()

    def only(self, sees: Callable[[str], bool]) -> Self:
        """The same, limited to the orders that the viewer sees."""
        order_ids, split_off = (tuple(filter(sees, ids)) for ids in (self.order_ids, self.split_off))
        return replace(self, order_ids=order_ids, split_off=split_off)


def find_current_orders(order_id: str, table: Tables) -> CurrentOrders:
    """Where an order is.

    Args:
        order_id: an id that it has or once had.
        table: all tables of the release by name: an order that the viewer may not see is there all the same.
    """
    reached = follow_redirects(pl.Series([order_id]), order_redirects(table("id_redirects"))).get_column("reached")
    known = table("orders").get_column("order_id")
    there = known.filter(known.is_in(reached.implode())).sort().to_list()
    if order_id in there:
        return CurrentOrders(True, (order_id,), tuple(found for found in there if found != order_id))
    return CurrentOrders(False, tuple(there))
