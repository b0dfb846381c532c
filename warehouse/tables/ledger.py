"""The ledger of decisions as a table: what one row holds. It is no part of a release."""

import polars as pl

from warehouse.schema import Column, Table

DECISIONS = Table(
    "decisions",
    "something a steward decided; never edited, only taken back or replaced by a later row",
    (
        Column("decision_id", "Made of all other columns: a row that was altered does not fit its id.", required=True),
        Column("kind", "What was decided.", required=True),
        Column("target", "What it is about; two decisions about one thing have one target.", required=True),
        Column(
            "left_handle",
            "Pairs: digest of what the one record is known by, the smaller of the two. Discrepancies: of the record that holds the value.",
        ),
        Column("right_handle", "Pairs: digest of what the other record is known by."),
        Column("left_record_id", "That record as it was named then."),
        Column("right_record_id", "Pairs: the other record as it was named then."),
        Column("order_id", "Values and discrepancies: the order as it was named then."),
        Column("field", "Values and discrepancies: the field of the order."),
        Column("value", "Values: the value decided, as text; dates as YYYY-MM-DD."),
        Column("discrepancy_id", "Discrepancies: its id then."),
        Column("rule_code", "Discrepancies: the rule that found it."),
        Column("source", "Discrepancies: the source that holds or lacks the value."),
        Column("accepted_until", "Known and accepted: the last day on which it is.", pl.Date),
        Column("referred_to", "Referred: the owner it was referred to."),
        Column("replaces", "The decision that this one takes back or replaces."),
        Column("reason_code", "Why, as a code.", required=True),
        Column("comment", "Why, in the steward's words."),
        Column("decided_by", "Who decided.", required=True),
        Column("decided_at", "When.", pl.Datetime("us", "UTC"), required=True),
        Column("seen", "What the steward saw: canonical values as sorted JSON.", required=True),
        Column("fingerprint", "Digest of `seen`.", required=True),
        Column("release_id", "The release that the steward looked at."),
        Column("model_version", "The version of the matching model behind that release."),
        Column("batch_id", "Decisions that were taken together bear one; they can be taken back together."),
    ),
    key=("decision_id",),
    sort_by=("decided_at", "decision_id"),
)
