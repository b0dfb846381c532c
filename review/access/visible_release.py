"""The release as one viewer may see it: pages get every table already limited to the viewer's orders.

Belongs here: the one rule that says whose records a user sees, applied to every table. Does not: what a role may do
(`review.access.viewer`).

An order is visible to a user if its force, or the force of one of its records, is theirs. A row that names two
orders is visible to anyone who sees either: to judge whether two orders are one takes both.
"""

from collections.abc import Callable, Collection
from typing import Annotated, Final, TypeVar

import polars as pl
from fastapi import Depends
from starlette.requests import Request

from review.access.viewer import Viewer, signed_in
from review.desk import WholeRelease
from review.item.current_orders import CurrentOrders, find_current_orders
from warehouse.releases.release import Release
from warehouse.tables.release import SOURCE_RECORDS

Made = TypeVar("Made")
ORDER_COLUMNS: Final = ("order_id", "other_order_id")
SHARED_TABLES: Final = frozenset({"condition_wordings", "deliveries", "expectation_results", "id_redirects"})
"""Tables that hold no person's data: counts of the night, wordings without names, and former ids."""


class VisibleRelease:
    """A release limited to the orders that one viewer may see."""

    def __init__(
        self, whole: WholeRelease, forces: frozenset[str] | None, *, opened: Collection[str] = frozenset()
    ) -> None:
        """Limit a release.

        Args:
            whole: the release.
            forces: codes of the forces whose orders are visible; None: all orders.
            opened: ids of orders that are shown beside a visible one (`opening`).
        """
        self._whole = whole
        self.forces = forces
        self._opened = sorted(opened)

    @property
    def release(self) -> Release:
        """Name, day and state of the release."""
        return self._whole.release

    def table(self, name: str) -> pl.DataFrame:
        """The visible rows of a table of the release.

        Raises:
            KeyError: the release has no such table, or its rows can't be limited to orders.
        """
        table = self._whole.table(name)
        return table if name in SHARED_TABLES else self.only(table)

    def condition_texts(self) -> pl.DataFrame:
        """Wordings that name people, of the visible orders: for those who decide, who need to know them."""
        return self.only(self._whole.condition_texts())

    def only(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The visible rows of a frame.

        Args:
            frame: with `order_id`, `other_order_id`, `subject_id` or `record_id`.

        Raises:
            KeyError: it has none of these columns.
        """
        return frame if self.forces is None else frame.filter(self._is_visible(frame.columns))

    def sees(self, order_id: str) -> bool:
        """Whether the viewer may see an order."""
        return self.forces is None or order_id in self.keep("set of orders", lambda: set(self._own_orders()))

    def has_order(self, order_id: str) -> bool:
        """Whether there is an order of that id now, and the viewer may see it."""
        return self.sees(order_id) and self.find_order(order_id).is_there

    def visible_orders(self) -> pl.Series | None:
        """Ids of the orders that the viewer may see, sorted; None: all orders."""
        return None if self.forces is None else self._own_orders()

    def find_order(self, order_id: str) -> CurrentOrders:
        """Where an order is now, limited to what the viewer sees."""
        return find_current_orders(order_id, self._whole.table).only(self.sees)

    def opening(self, order_ids: Collection[str]) -> "VisibleRelease":
        """The same with further orders visible: the second order of an item that the viewer may see."""
        return VisibleRelease(self._whole, self.forces, opened=order_ids)

    def keep(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` makes of the visible release: made once for all viewers who see the same orders."""
        return self._whole.keep(f"{name} for {self._forces_text()}", make)

    def _is_visible(self, columns: Collection[str]) -> pl.Expr:
        orders = pl.concat([self._own_orders(), pl.Series(self._opened, dtype=pl.String)])
        named = [name for name in ORDER_COLUMNS if name in columns]
        if named:
            return pl.any_horizontal(pl.col(name).is_in(orders.implode()) for name in named)
        owner, table = ("subject_id", "orders") if "subject_id" in columns else ("record_id", "order_sources")
        if owner not in columns:
            raise KeyError("the rows name no order, person or record: they can't be limited to a viewer")
        of_orders = pl.col("order_id").is_in(orders.implode())
        owners = self._whole.table(table).filter(of_orders).get_column(owner)
        return pl.col(owner).is_in(owners.unique().implode())

    def _own_orders(self) -> pl.Series:
        return self.keep("visible orders", lambda: _orders_of(self._whole, sorted(self.forces or ())))

    def _forces_text(self) -> str:
        return "all forces" if self.forces is None else " ".join(sorted(self.forces))


def visible_release(request: Request, who: Annotated[Viewer, Depends(signed_in)]) -> VisibleRelease:
    """The release in force, limited to what the viewer may see: what routes depend on.

    Raises:
        NoReleaseError: there is no release yet.
    """
    return VisibleRelease(request.app.state.desk.whole_release(), who.forces)


Visible = Annotated[VisibleRelease, Depends(visible_release)]


def _orders_of(whole: WholeRelease, codes: list[str]) -> pl.Series:
    """The orders that forces hold, or hold a record of."""
    held = whole.table("orders").filter(pl.col("force_code").is_in(codes)).get_column("order_id")
    records = SOURCE_RECORDS.of_release(whole.table)  # an older one keeps none, and less of it is visible
    recorded = records.filter(pl.col("force_code").is_in(codes)).select("record_id")
    placed = whole.table("order_sources").join(recorded, on="record_id", how="semi")
    return pl.concat([held, placed.get_column("order_id")]).unique().sort()
