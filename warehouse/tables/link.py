"""The link layer: candidate pairs with their match weights, and the clusters they make."""

from typing import Final

import polars as pl

from warehouse.schema import Column, Table

PERSON_BAR: Final = 4.0
ORDER_BAR: Final = 0.0
"""Least weights for one order. The court, day and conditions that a pair of co-defendants shares stand in the order
weight, so the person weight must carry the link alone; a pair with no date to compare may still be one order."""

LINK_PAIRS = Table(
    "link_orders__pairs",
    "a candidate pair of order records, with the weight of each comparison",
    (
        Column("left_id", "Record id, the smaller of the two.", required=True),
        Column("right_id", "Record id, the larger of the two.", required=True),
        Column("blocking_rule", "The first blocking rule that made the pair.", required=True),
        Column(
            "person_weight",
            "Match weight (log2 Bayes factor) that both speak of one person.",
            pl.Float64,
            required=True,
        ),
        Column(
            "order_weight",
            "Match weight that, the person being one, both speak of one order.",
            pl.Float64,
            required=True,
        ),
        Column("match_weight", "Sum of the two.", pl.Float64, required=True),
        Column(
            "levels",
            "Comparison levels reached, `comparison=level`, in the order of the model.",
            pl.List(pl.String),
            required=True,
        ),
        Column(
            "weights",
            "Weight of each level, `comparison=+1.23`, in the order of the model.",
            pl.List(pl.String),
            required=True,
        ),
    ),
    key=("left_id", "right_id"),
)

LINK_CLUSTERS = Table(
    "link_orders__clusters",
    "an order record and the cluster it belongs to",
    (
        Column("record_id", "The record.", required=True),
        Column("order_cluster", "Cluster of the order: the smallest record id in it.", required=True),
        Column("subject_cluster", "Cluster of the person: the smallest record id in it.", required=True),
        Column(
            "match_weight",
            "Mean weight of the record to the rest of its order; null if it stands alone.",
            pl.Float64,
        ),
        Column("is_duplicate", "A second record of the order in one source.", pl.Boolean, required=True),
    ),
    key=("record_id",),
)

LINK_CONFLICTS = Table(
    "link_orders__conflicts",
    "two orders or persons kept apart though a pair of records joins them, or two decisions that contradict each other",
    (
        Column("kind", "order or subject.", required=True, codes=("order", "subject")),
        Column("left_id", "Cluster of the one, or the record that a decision names.", required=True),
        Column("right_id", "Cluster of the other, or the record that a decision names.", required=True),
        Column("weight", "How far the best pair is above the bar; null between decisions.", pl.Float64),
        Column("reason", "What kept them apart.", required=True),
    ),
    key=("kind", "left_id", "right_id", "reason"),
)

LINK_ARRESTS = Table(
    "link_arrests__clusters",
    "an arrest record, the event it is about and the subject it belongs to",
    (
        Column("record_id", "The arrest record.", required=True),
        Column("event_cluster", "Cluster of the event: the smallest record id in it.", required=True),
        Column("subject_cluster", "Subject cluster of the orders that the person has; null if none was found."),
        Column("match_weight", "Weight to the rest of the event; null if it stands alone.", pl.Float64),
    ),
    key=("record_id",),
)

IDENTITIES = Table(
    "identities",
    "a handle that a record was ever known by, and the id that its order, subject or arrest has now",
    (
        Column("kind", "order, subject or arrest.", required=True, codes=("order", "subject", "arrest")),
        Column("handle", "Digest of what the record is known by from night to night.", required=True),
        Column("id", "The id.", required=True),
    ),
    key=("kind", "handle", "id"),
)
