"""What a view of the register is.

Belongs here: its shape. Does not: the views that there are (`warehouse.releases.views`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse.schema import Column, Table
from warehouse.tables.register import ORDERS


def number(name: str, description: str, **parts: Any) -> Column:
    """A column of a view that counts, with further parts of its declaration."""
    return Column(name, description, pl.Int64, **parts)


def share(name: str, description: str, **parts: Any) -> Column:
    """A column of a view that is a share or a score, with further parts of its declaration."""
    return Column(name, description, pl.Float64, unit="share, 0 to 1", **parts)


ORDER_COUNT: Final = number("order_count", "Orders that the force holds.", example="36")
"""Of views with a row for each force."""


@dataclass(frozen=True)
class View:
    """A view of the register, or a macro if it has parameters.

    Attributes:
        name: what it is queried by.
        row_is: what one row is.
        query: its SQL.
        known: columns that it takes over, with their meaning.
        columns: the columns of its own.
        parameters: of a macro: `in_force_on(day)` is queried as `SELECT * FROM in_force_on(DATE '2026-03-01')`.
        is_stored: its rows are kept in the file, since to work them out takes too long.
    """

    name: str
    row_is: str
    query: str
    known: tuple[Column, ...] = ORDERS.columns
    columns: tuple[Column, ...] = ()
    parameters: tuple[str, ...] = ()
    is_stored: bool = False

    @property
    def signature(self) -> str:
        """Its name, with the parameters of a macro."""
        return f"{self.name}({', '.join(self.parameters)})" if self.parameters else self.name

    def as_table(self, names: Sequence[str]) -> Table:
        """The view as a table of the columns that its query gives."""
        meanings = {column.name: column for column in (*self.known, *self.columns)}
        return Table(self.name, self.row_is, tuple(meanings[name] for name in names))
