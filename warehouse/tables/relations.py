"""Which column of the register points to which: the foreign keys, declared once.

The gates of a release, the suites and the data dictionary derive from this list.
"""

from dataclasses import dataclass

from warehouse.schema import Table
from warehouse.tables.register import (
    ARREST_SOURCES,
    ARRESTS,
    CONDITIONS,
    CORRECTION_LINES,
    DISCREPANCIES,
    FIELD_PROVENANCE,
    ORDER_SOURCES,
    ORDERS,
    REVIEW_QUEUE,
    SUBJECTS,
    UNCODED_CONDITIONS,
)


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
    ForeignKey(ORDERS, "subject_id", SUBJECTS, is_total=True),
    ForeignKey(ORDER_SOURCES, "order_id", ORDERS, is_total=True),
    ForeignKey(CONDITIONS, "order_id", ORDERS),
    ForeignKey(UNCODED_CONDITIONS, "order_id", ORDERS),
    ForeignKey(FIELD_PROVENANCE, "order_id", ORDERS),
    ForeignKey(DISCREPANCIES, "order_id", ORDERS),
    ForeignKey(REVIEW_QUEUE, "order_id", ORDERS),
    ForeignKey(REVIEW_QUEUE, "other_order_id", ORDERS),
    ForeignKey(CORRECTION_LINES, "order_id", ORDERS),
    ForeignKey(ARRESTS, "subject_id", SUBJECTS),
    ForeignKey(ARREST_SOURCES, "arrest_id", ARRESTS, is_total=True),
)
