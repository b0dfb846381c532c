"""What a release holds: the public tables, what stands behind each order, and what the next night carries on from."""

import polars as pl

from warehouse.schema import Column, Table
from warehouse.tables.code_lists import CODE_LISTS
from warehouse.tables.core import CORE_ORDERS
from warehouse.tables.ledger import DECISIONS
from warehouse.tables.link import IDENTITIES, LINK_PAIRS
from warehouse.tables.register import DELIVERIES, EXPECTATION_RESULTS, ORDERS, PUBLIC_TABLES

ORDER_PAIRS = Table(
    "order_pairs",
    "a pair of records of one order, with the weight of each comparison",
    (ORDERS.column("order_id"), *LINK_PAIRS.columns),
    key=LINK_PAIRS.key,
    sort_by=("order_id", *LINK_PAIRS.key),
)

NEAR_PAIRS = Table(
    "near_pairs",
    "a pair of records of two orders that a steward should look at together, with the weight of each comparison",
    (
        Column("order_id", "The order of one of the records, the smaller id of the two.", required=True),
        Column("other_order_id", "The order of the other.", required=True),
        *LINK_PAIRS.columns,
    ),
    key=LINK_PAIRS.key,
    sort_by=("order_id", "other_order_id", *LINK_PAIRS.key),
)
"""What speaks for and against putting them together: of the orders that an item of `review_queue` names both."""

SOURCE_RECORDS = Table(
    "source_records", "an order as one source records it, as the night read it", CORE_ORDERS.columns, CORE_ORDERS.key
)
"""What stewards see beside the golden values, and decide on."""

RECORD_DIGESTS = Table(
    "record_digests",
    "a record of the night, whose it is, and a digest of all that it says",
    (
        Column("kind", "order or arrest.", required=True, codes=("order", "arrest")),
        Column("record_id", "The record.", required=True),
        Column("handle", "Digest of what it is known by from night to night.", required=True),
        Column("order_id", "Its order; null for an arrest."),
        Column("subject_id", "Its person; null for an arrest of nobody who is bound by an order."),
        Column("delivery_id", "The delivery it came in.", required=True),
        Column("digest", "Digest of its values, other names, conditions and refused values.", required=True),
        Column(
            "ties",
            "Digests of values by which records of different persons bear on one another, `name:digest`.",
            pl.List(pl.String),
            required=True,
        ),
    ),
    key=("kind", "record_id"),
)
"""By these the next night finds which records changed."""

OBEYED_DECISIONS = Table(
    "obeyed_decisions",
    "a decision of a steward that was in force on the night",
    tuple(
        DECISIONS.column(name)
        for name in ("decision_id", "kind", "left_handle", "right_handle", "order_id", "field", "discrepancy_id")
    ),
    key=("decision_id",),
)
"""By these the next night finds which decisions are new, and which have ended."""

KNOWN_DECISIONS = Table(
    "known_decisions",
    "a decision that the ledger held on the night, in force or not",
    (DECISIONS.column("decision_id"),),
    key=("decision_id",),
)
"""By these later nights find out whether the ledger has lost any."""

QUERIED_TABLES = (*PUBLIC_TABLES, ORDER_PAIRS, NEAR_PAIRS, SOURCE_RECORDS)
DATABASE_TABLES = (*QUERIED_TABLES, *CODE_LISTS)
CARRIED_TABLES = (IDENTITIES, RECORD_DIGESTS, OBEYED_DECISIONS, KNOWN_DECISIONS)
RELEASE_TABLES = (*QUERIED_TABLES, *CARRIED_TABLES)

# These describe how the night went, not its result: a file that was sent twice changes them and nothing else.
ACCOUNT_OF_THE_NIGHT = (DELIVERIES, EXPECTATION_RESULTS, KNOWN_DECISIONS)
