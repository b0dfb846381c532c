"""Which column of the register points to which: the foreign keys, declared once.

The gates of a release, the suites and the data dictionary derive from this list.
"""

from dataclasses import dataclass

from warehouse.schema import Table
from warehouse.tables import register


@dataclass(frozen=True)
class ForeignKey:
    """Every value of a column must be the key of a row of another table; null points nowhere and is allowed.

    Attributes:
        parent: the table pointed to, by its key of one column.
        is_total: every row of the parent is pointed to as well (an order without a source record can't be).
    """

    table: Table
    column: str
    parent: Table
    is_total: bool = False

    @property
    def parent_column(self) -> str:
        """The key of the table pointed to."""
        return self.parent.key[0]


FOREIGN_KEYS = (
    ForeignKey(register.ORDERS, "subject_id", register.SUBJECTS, is_total=True),
    ForeignKey(register.ORDER_SOURCES, "order_id", register.ORDERS, is_total=True),
    ForeignKey(register.CONDITIONS, "order_id", register.ORDERS),
    ForeignKey(register.UNCODED_CONDITIONS, "order_id", register.ORDERS),
    ForeignKey(register.FIELD_PROVENANCE, "order_id", register.ORDERS),
    ForeignKey(register.DISCREPANCIES, "order_id", register.ORDERS),
    ForeignKey(register.REVIEW_QUEUE, "order_id", register.ORDERS),
    ForeignKey(register.REVIEW_QUEUE, "other_order_id", register.ORDERS),
    ForeignKey(register.CORRECTION_LINES, "order_id", register.ORDERS),
    ForeignKey(register.ARRESTS, "subject_id", register.SUBJECTS),
    ForeignKey(register.ARREST_SOURCES, "arrest_id", register.ARRESTS, is_total=True),
)
