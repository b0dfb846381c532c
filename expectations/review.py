"""The steward's queue: what a person should look at, in what order, and the arithmetic of it.

Belongs here: which findings become items, and their priority = impact × uncertainty × age factor. Does not: finding
discrepancies, or linking.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from expectations.rules.rule import Evidence
from warehouse.digests import digests
from warehouse.tables.register import REVIEW_QUEUE

QUEUED_SEVERITIES = ("high", "medium")
LEAST_IMPACT = 1
OLDEST_DAYS = 90
SOON_DAYS = 90
KEY = ("kind", "order_id", "other_order_id")


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
        constraint_uncertainty: of an order that breaks a hard rule: a wrong value or a wrong merge.
        uncounted_uncertainty: of differences without votes for either side (conditions, status).
    """

    person_bar: float = 4.0
    order_bar: float = 0.0
    near: float = 4.0
    clear: float = 4.0
    split: float = 0.9
    lone_uncertainty: float = 0.6
    constraint_uncertainty: float = 0.8
    uncounted_uncertainty: float = 0.5


@dataclass(frozen=True)
class Impact:
    """Something that hangs on an order: points, why, and when it holds (on the golden order and the item)."""

    points: int
    words: str
    when: pl.Expr


def impacts(as_of: date) -> tuple[Impact, ...]:
    """What hangs on an item, each with its points; with the least impact of 1 they make at most 10."""
    days_left = (pl.col("end_on") - pl.lit(as_of)).dt.total_days()
    return (
        Impact(3, "in force or about to be", pl.col("legal_status").is_in(["live", "not_started"])),
        Impact(1, "ends soon", days_left.is_between(0, SOON_DAYS)),
        Impact(1, "binds travel", pl.col("has_travel_condition")),
        Impact(1, "several forces", pl.col("force_count") > 1),
        Impact(1, "county lines", pl.col("is_county_lines")),
        Impact(2, "who is bound, until when or by what", pl.col("is_high")),
    )


def build_review_queue(
    evidence: Evidence,
    discrepancies: pl.DataFrame,
    *,
    provenance: pl.DataFrame,
    pairs: pl.DataFrame,
    former: pl.DataFrame,
    former_as_of: date | None,
    as_of: date,
    policy: ReviewPolicy | None = None,
) -> pl.DataFrame:
    """Collect what a steward should look at.

    Args:
        evidence: the core tables and the register.
        discrepancies: `DISCREPANCIES` of the same evidence.
        provenance: `FIELD_PROVENANCE`: the votes for and against a golden value.
        pairs: `LINK_PAIRS`.
        former: `REVIEW_QUEUE` of the release before; empty on the first night.
        former_as_of: the day of that release; None on the first night.
        as_of: the day of the release.
        policy: when an item is queued; the default policy unless given.

    Returns:
        `REVIEW_QUEUE`, sorted by its key. An item keeps its id while its cause is the same.
    """
    settled = policy or ReviewPolicy()
    items = pl.concat(
        [
            _discrepancy_items(evidence, discrepancies, provenance, policy=settled),
            _constraint_items(discrepancies, policy=settled),
            _near_items(evidence, pairs, policy=settled),
        ],
        how="diagonal",
    )
    signatures = items.select(pl.concat_str([pl.col(name).fill_null("") for name in (*KEY, "cause")], separator="|"))
    named = items.with_columns(item_id=digests(signatures.to_series()))
    aged = _with_age(named, former, former_as_of=former_as_of, as_of=as_of)
    return REVIEW_QUEUE.conform(_with_priority(_with_impact(aged, evidence, as_of=as_of))).sort("item_id")


def _discrepancy_items(
    evidence: Evidence, discrepancies: pl.DataFrame, provenance: pl.DataFrame, *, policy: ReviewPolicy
) -> pl.DataFrame:
    """One item an order with discrepancies that need a person; one that is only absent elsewhere is a lone record."""
    counts = evidence.orders.select("order_id", "record_count")
    located = (
        discrepancies.filter(pl.col("severity").is_in(QUEUED_SEVERITIES) & pl.col("source").is_not_null())
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
            pl.col("discrepancy_id").str.join(",").alias("cause"),
            pl.col("field").unique().sort().alias("fields"),
            pl.col("source").filter(pl.col("field") == "presence").unique().sort().alias("absent_from"),
            (pl.col("severity") == "high").sum().alias("high_count"),
            (pl.col("severity") == "medium").sum().alias("medium_count"),
            pl.col("doubt").max().alias("uncertainty"),
            pl.col("first_seen_on").min(),
            pl.col("record_count").first(),
        )
        .select(
            "order_id",
            "cause",
            "first_seen_on",
            is_high=pl.col("high_count") > 0,
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


def _constraint_items(discrepancies: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """One item an order that breaks a hard rule as it stands in the register."""
    # Soft rules only ask: they are questions to the court, not work for a steward.
    is_hard = pl.col("source").is_null() & pl.col("severity").is_in(QUEUED_SEVERITIES)
    breaches = discrepancies.filter(is_hard).sort("rule_code")
    return breaches.group_by("order_id").agg(
        pl.col("rule_code").str.join(",").alias("cause"),
        pl.col("first_seen_on").min(),
        pl.lit(True).alias("is_high"),
        pl.lit("constraint").alias("kind"),
        pl.lit(policy.constraint_uncertainty).alias("uncertainty"),
        pl.format("breaks {}", pl.col("rule_code").str.join(", ")).alias("reason"),
    )


def _near_items(evidence: Evidence, pairs: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """Two orders that are nearly one: one half of the evidence is strong, the other is near its bar."""
    place = evidence.order_sources.select("order_id", record_id=pl.format("{}:{}", "source", "source_key"))
    over_person = pl.col("person_weight") - policy.person_bar
    over_order = pl.col("order_weight") - policy.order_bar
    is_near = ((over_person >= policy.clear) & (over_order.abs() <= policy.near)) | (
        (over_order >= policy.clear) & (over_person.abs() <= policy.near)
    )
    distance = pl.min_horizontal(over_person.abs(), over_order.abs())
    between = (
        pairs.filter(is_near)
        .with_columns(distance=distance)
        .join(place.rename({"order_id": "left_order"}), left_on="left_id", right_on="record_id")
        .join(place.rename({"order_id": "right_order"}), left_on="right_id", right_on="record_id")
        .filter(pl.col("left_order") != pl.col("right_order"))
        .with_columns(
            order_id=pl.min_horizontal("left_order", "right_order"),
            other_order_id=pl.max_horizontal("left_order", "right_order"),
        )
        .sort("distance", "left_id", "right_id")
        .unique(["order_id", "other_order_id"], keep="first", maintain_order=True)
    )
    weights = (pl.col(name).round(1).cast(pl.String) for name in ("person_weight", "order_weight"))
    return between.select(
        "order_id",
        "other_order_id",
        kind=pl.lit("near_match"),
        cause=pl.lit(""),
        first_seen_on=pl.lit(None, pl.Date),
        is_high=pl.lit(True),
        uncertainty=(1 - pl.col("distance") / (2 * policy.near)).round(2),
        reason=pl.format("two orders are nearly one: person weight {}, order weight {}", *weights),
    )


def _with_age(items: pl.DataFrame, former: pl.DataFrame, *, former_as_of: date | None, as_of: date) -> pl.DataFrame:
    """Days since the cause was first found, or since the item was first queued."""
    queued_on = pl.lit(former_as_of, pl.Date) - pl.duration(days=pl.col("age_days"))
    queued = former.select("item_id", queued_on=queued_on)
    first = pl.coalesce("first_seen_on", "queued_on", pl.lit(as_of))
    return items.join(queued, on="item_id", how="left").with_columns(
        age_days=(pl.lit(as_of) - first).dt.total_days().clip(0)
    )


def _with_impact(items: pl.DataFrame, evidence: Evidence, *, as_of: date) -> pl.DataFrame:
    """Add up what hangs on each item, in points and in words."""
    travel = evidence.conditions.filter(pl.col("kind") == "travel", pl.col("is_golden")).get_column("order_id")
    forces = (
        evidence.core_orders.join(
            evidence.order_sources.select("source", "source_key", "order_id"), on=["source", "source_key"]
        )
        .group_by("order_id")
        .agg(force_count=pl.col("force_code").drop_nulls().n_unique())
    )
    facts = evidence.orders.select("order_id", "legal_status", "end_on", "is_county_lines").join(
        forces, on="order_id", how="left"
    )
    known = items.join(facts, on="order_id", how="left").with_columns(
        has_travel_condition=pl.col("order_id").is_in(travel.implode())
    )
    parts = impacts(as_of)
    points = pl.sum_horizontal(pl.when(part.when).then(part.points).otherwise(0) for part in parts)
    words = pl.concat_str(
        [pl.when(part.when).then(pl.lit(f" + {part.points} {part.words}")).otherwise(pl.lit("")) for part in parts]
    )
    return known.with_columns(impact=LEAST_IMPACT + points, impact_words=pl.lit(str(LEAST_IMPACT)) + words)


def _with_priority(items: pl.DataFrame) -> pl.DataFrame:
    """Multiply, and write the sum down."""
    age_factor = (1 + pl.col("age_days").clip(0, OLDEST_DAYS) / OLDEST_DAYS).round(2)
    priority = (pl.col("impact") * pl.col("uncertainty") * age_factor).round(3)
    arithmetic = pl.format(
        "impact {} ({}) × uncertainty {} × age factor {} ({} days) = {}",
        "impact",
        "impact_words",
        "uncertainty",
        age_factor,
        "age_days",
        priority,
    )
    return items.with_columns(priority=priority, arithmetic=arithmetic)
