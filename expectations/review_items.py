"""What becomes an item of the steward's queue, and how unsure the machine is of it.

Belongs here: one function a kind of item. Does not: what hangs on an item, its age and its priority
(`expectations.review`).
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from expectations.rules.doubt import DOUBT
from expectations.rules.rule import Evidence

QUEUED_SEVERITIES: Final = ("high", "medium")
DETAILS: Final = (
    pl.col("field").unique().sort().alias("fields"),
    pl.col("rule_code").unique().sort().alias("rule_codes"),
    pl.col("source").drop_nulls().unique().sort().alias("sources"),
    pl.col("discrepancy_id").sort().alias("discrepancy_ids"),
    (pl.col("state") == "reopened").any().alias("is_reopened"),
)
"""What an item shows of its discrepancies, so that it can be found by them."""

SIDES: Final = ["order_id", "other_order_id"]
PAIR: Final = ("order_id", "other_order_id", "left_record_id", "right_record_id", "sources")
KEPT_APART: Final = {
    "weight": "their other records speak against it",
    "floor": "two of their records exclude each other",
    "group": "one source holds both",
    "limit": "together they would hold more records than one can have",
    "rounds": "the linking ended before it was settled",
}
"""Why the linking keeps two orders or persons apart, in words. What a steward keeps apart is decided, and no item."""


@dataclass(frozen=True)
class ReviewPolicy:
    """When an item is queued, and how unsure the machine is of what it cannot count.

    Attributes:
        person_bar: weight above which two records speak of one person.
        order_bar: weight above which, the person being one, they speak of one order.
        near: how far from its bar a weight is still near to it.
        clear: how far above its bar a weight is strong.
        split: how evenly the records must be split over a value for a lesser discrepancy to need a person.
        lone_uncertainty: of an order that one record holds though others ought to.
        doubt_uncertainty: of an order of which nobody knows whether it is in force.
        constraint_uncertainty: of an order that breaks a hard rule: a wrong value or a wrong merge.
        uncounted_uncertainty: of differences without votes for either side (conditions, status).
        stale_uncertainty: of a decision whose evidence has changed: a person was sure, of other values.
        contradiction_uncertainty: of decisions that exclude one another: one of them is wrong.
        least_conflict: of two orders or persons kept apart though a pair of records joins them, where that pair is
            barely above the bar; it grows to 1 where the pair is clear above it.
    """

    person_bar: float = 4.0
    order_bar: float = 0.0
    near: float = 4.0
    clear: float = 4.0
    split: float = 0.9
    lone_uncertainty: float = 0.6
    doubt_uncertainty: float = 1.0
    constraint_uncertainty: float = 0.8
    uncounted_uncertainty: float = 0.5
    stale_uncertainty: float = 0.7
    contradiction_uncertainty: float = 1.0
    least_conflict: float = 0.5


def discrepancy_items(
    evidence: Evidence, discrepancies: pl.DataFrame, provenance: pl.DataFrame, *, policy: ReviewPolicy
) -> pl.DataFrame:
    """One item an order with discrepancies that need a person; one that is only absent elsewhere is a lone record.

    Where a steward has decided the value, nothing is left to ask: the source that differs is asked to correct it.
    """
    counts = evidence.orders.select("order_id", "record_count")
    decided = provenance.filter(pl.col("decision_id").is_not_null()).select("order_id", "field")
    located = (
        discrepancies.filter(pl.col("severity").is_in(QUEUED_SEVERITIES) & pl.col("source").is_not_null())
        .join(decided, on=["order_id", "field"], how="anti")
        .join(_doubts(provenance), on=["order_id", "field"], how="left")
        .join(counts, on="order_id")
    )
    # What is neither weighty nor in doubt goes to the source's owner as a correction, without a steward.
    is_lone_absence = (pl.col("field") == "presence") & (pl.col("record_count") == 1)
    needs_a_person = (pl.col("severity") == "high") | (pl.col("doubt") >= policy.split) | is_lone_absence
    doubted = located.filter(needs_a_person).with_columns(pl.col("doubt").fill_null(policy.uncounted_uncertainty))
    is_lone = (pl.col("record_count") == 1) & (pl.col("fields") == ["presence"])
    return (
        doubted.sort("discrepancy_id")
        .group_by("order_id")
        .agg(
            pl.col("source").filter(pl.col("field") == "presence").unique().sort().alias("absent_from"),
            (pl.col("severity") == "high").sum().alias("high_count"),
            (pl.col("severity") == "medium").sum().alias("medium_count"),
            pl.col("doubt").max().alias("uncertainty"),
            pl.col("first_seen_on").min(),
            pl.col("record_count").first(),
            *DETAILS,
        )
        .select(
            "order_id",
            "first_seen_on",
            "fields",
            "rule_codes",
            "sources",
            "discrepancy_ids",
            "is_reopened",
            is_high=pl.col("high_count") > 0,
            severity=pl.when(pl.col("high_count") > 0).then(pl.lit("high")).otherwise(pl.lit("medium")),
            kind=pl.when(is_lone).then(pl.lit("lone_record")).otherwise(pl.lit("discrepancies")),
            uncertainty=pl.when(is_lone).then(policy.lone_uncertainty).otherwise(pl.col("uncertainty")),
            reason=pl.when(is_lone)
            .then(pl.format("one record alone holds it; absent from {}", pl.col("absent_from").list.join(", ")))
            .otherwise(
                pl.format("{} high, {} medium: {}", "high_count", "medium_count", pl.col("fields").list.join(", "))
            ),
        )
    )


def _doubts(provenance: pl.DataFrame) -> pl.DataFrame:
    """How evenly the records are split over a golden value: 1 if half are against it, 0 if none is."""
    votes_for, votes_against = pl.col("agreeing").list.len(), pl.col("losing").list.len()
    share = 2 * pl.min_horizontal(votes_for, votes_against) / (votes_for + votes_against)
    return provenance.filter(votes_against > 0).select("order_id", "field", doubt=share.round(2))


def constraint_items(discrepancies: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """One item an order that breaks a hard rule as it stands in the register."""
    # Soft rules only ask: they are questions to the court, not work for a steward.
    is_hard = pl.col("source").is_null() & pl.col("severity").is_in(QUEUED_SEVERITIES)
    is_in_doubt = pl.col("rule_code").str.starts_with(DOUBT)
    breaches = discrepancies.filter(is_hard).sort("rule_code")
    return breaches.group_by("order_id").agg(
        pl.col("first_seen_on").min(),
        *DETAILS,
        pl.lit(True).alias("is_high"),
        pl.when((pl.col("severity") == "high").any())
        .then(pl.lit("high"))
        .otherwise(pl.lit("medium"))
        .alias("severity"),
        pl.lit("constraint").alias("kind"),
        pl.when(is_in_doubt.any())
        .then(pl.lit(policy.doubt_uncertainty))
        .otherwise(pl.lit(policy.constraint_uncertainty))
        .alias("uncertainty"),
        pl.format("breaks {}", pl.col("rule_code").str.join(", ")).alias("reason"),
    )


def near_items(
    evidence: Evidence, pairs: pl.DataFrame, kept_apart: pl.DataFrame, *, policy: ReviewPolicy
) -> pl.DataFrame:
    """Two orders that are nearly one: one half of the evidence is strong, the other is near its bar.

    Two orders that a steward keeps apart are no question any more.
    """
    over_person = pl.col("person_weight") - policy.person_bar
    over_order = pl.col("order_weight") - policy.order_bar
    is_near = ((over_person >= policy.clear) & (over_order.abs() <= policy.near)) | (
        (over_order >= policy.clear) & (over_person.abs() <= policy.near)
    )
    distance = pl.min_horizontal(over_person.abs(), over_order.abs())
    between = (
        pairs.filter(is_near)
        .with_columns(distance=distance)
        .pipe(_between_orders, evidence)
        .join(_orders_apart(kept_apart, evidence).filter(pl.col("kind") == "order"), on=SIDES, how="anti")
        .sort("distance", "left_id", "right_id")
        .unique(["order_id", "other_order_id"], keep="first", maintain_order=True)
    )
    weights = (pl.col(name).round(1).cast(pl.String) for name in ("person_weight", "order_weight"))
    return between.select(
        *PAIR,
        kind=pl.lit("near_match"),
        is_high=pl.lit(True),
        uncertainty=(1 - pl.col("distance") / (2 * policy.near)).round(2),
        reason=pl.format("two orders are nearly one: person weight {}, order weight {}", *weights),
    )


def conflict_items(
    evidence: Evidence, conflicts: pl.DataFrame, kept_apart: pl.DataFrame, *, policy: ReviewPolicy
) -> pl.DataFrame:
    """Two orders, or the orders of two persons, kept apart though a pair of their records is above the bar.

    Those that a steward keeps apart are no question any more.
    """
    above = pl.col("weight").clip(0, policy.clear) / policy.clear
    why = pl.col("reason").replace_strict(KEPT_APART, default=None)
    what = pl.when(pl.col("kind") == "order").then(pl.lit("one order")).otherwise(pl.lit("one person"))
    return (
        conflicts.filter(pl.col("reason").is_in(list(KEPT_APART)))
        .pipe(_between_orders, evidence)
        .join(_orders_apart(kept_apart, evidence), on=["kind", *SIDES], how="anti")
        .sort("weight", "kind", "left_id", "right_id", descending=[True, False, False, False])
        .unique(["order_id", "other_order_id"], keep="first", maintain_order=True)
        .select(
            *PAIR,
            kind=pl.lit("link_conflict"),
            is_high=pl.lit(True),
            uncertainty=(policy.least_conflict + (1 - policy.least_conflict) * above).round(2),
            reason=pl.format(
                "two records speak of {}, {} above the bar, and are kept apart: {}",
                what,
                pl.col("weight").round(1),
                why,
            ),
        )
    )


def decision_items(decided: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """Decisions to be looked at again: their evidence has changed, or they exclude one another.

    Args:
        decided: `kind` (`stale_decision`, `contradiction`), `order_id`, `other_order_id`, `decision_ids`, `fields`.
        policy: how unsure each is.
    """
    is_stale = pl.col("kind") == "stale_decision"
    count = pl.col("decision_ids").list.len()
    return decided.select(
        "kind",
        "order_id",
        "other_order_id",
        "decision_ids",
        "fields",
        is_high=pl.lit(True),
        uncertainty=pl.when(is_stale).then(policy.stale_uncertainty).otherwise(policy.contradiction_uncertainty),
        reason=pl.when(is_stale)
        .then(pl.format("the evidence of {} decision(s) has changed: {}", count, pl.col("fields").list.join(", ")))
        .otherwise(pl.format("{} decisions exclude one another", count)),
    )


def _orders_apart(kept_apart: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """`kind`, `order_id`, `other_order_id`: the orders of records that stewards keep apart, as orders or as persons."""
    return _between_orders(kept_apart, evidence).select("order_id", "other_order_id", kind="level").unique()


def _between_orders(pairs: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Pairs of records of two orders, with `PAIR`; those within one order are left out."""
    place = evidence.order_sources.select("order_id", "source", "record_id")
    sides = {
        side: place.select(pl.all().name.prefix(f"{side}_")).rename({f"{side}_record_id": f"{side}_id"})
        for side in ("left", "right")
    }
    return (
        pairs.join(sides["left"], on="left_id")
        .join(sides["right"], on="right_id")
        .filter(pl.col("left_order_id") != pl.col("right_order_id"))
        .with_columns(
            order_id=pl.min_horizontal("left_order_id", "right_order_id"),
            other_order_id=pl.max_horizontal("left_order_id", "right_order_id"),
            left_record_id="left_id",
            right_record_id="right_id",
            sources=pl.concat_list("left_source", "right_source").list.unique().list.sort(),
        )
    )
