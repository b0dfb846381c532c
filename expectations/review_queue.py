"""The steward's queue: what a person should look at, in what order, and the arithmetic of it.

Belongs here: the items' priority = harm if the register is wrong × chance that it is × age factor, and what they can be
found by. Does not: which findings become items (`expectations.review_items`), finding discrepancies, or linking.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from expectations.review_items import (
    LISTS,
    ReviewPolicy,
    constraint_items,
    decision_items,
    discrepancy_items,
    doubtful_items,
    doubtful_values,
    one_item_each,
)
from expectations.review_pairs import complement_items, conflict_items, near_items, succession_items
from expectations.rules.rule import Evidence
from reconciliation.confidence.links import SIDES, pair_confidence
from reconciliation.law import counts_as_in_force
from warehouse.codes import DOUBT
from warehouse.tables.register import REVIEW_QUEUE

LEAST_IMPACT = 1
OLDEST_DAYS = 90
SOON_DAYS = 90
MOST_URGENT = 28
"""More than twice what any other item can have: age at most doubles a priority."""
ALWAYS_SETTLED = ("doubt", "constraint", "stale_decision", "contradiction")
FACETS = ("order_id", "order_type", "legal_status", "force_code", "region_code")
LOOKED_AT = {
    "orders": (
        *FACETS, "subject_id", "court_code", "date_of_birth", "surname_folded", "forenames_folded", "made_on",
        "start_on", "end_on", "is_in_force_doubtful", "is_county_lines", "record_count", "followed_by_order_id",
        "status_confidence",
    ),
    "order_sources": ("record_id", "order_id", "source", "source_key", "is_dropped"),
    "conditions": ("order_id", "kind", "is_golden"),
    "core_orders": ("source", "source_key", "force_code", "breach_count"),
}  # fmt: skip
"""Of the evidence, what the queue is built from."""
ITEM_ID = pl.concat_str(
    pl.when(pl.col("other_order_id").is_null()).then(pl.lit("order")).otherwise(pl.lit("pair")),
    *SIDES,
    separator="-",
    ignore_nulls=True,
).alias("item_id")
"""An item is named by the order or the two that it is about, whatever is found of them."""
NO_ITEMS = pl.DataFrame(
    schema={
        **{name: REVIEW_QUEUE.schema[name] for name in ("kind", *SIDES, "severity", "reason", "uncertainty", *LISTS)},
        **dict.fromkeys(("left_record_id", "right_record_id"), pl.String),
        "first_seen_on": pl.Date,
        **dict.fromkeys(("is_high", "is_reopened"), pl.Boolean),
    }
)


@dataclass(frozen=True, eq=False)
class Linked:
    """What the linking and the stewards left to be looked at.

    Attributes:
        pairs: `PAIR_WEIGHTS` of `LINK_PAIRS`.
        conflicts: `LINK_CONFLICTS`.
        decided: decisions to be looked at again (`decision_items`).
        kept_apart: records that stewards keep apart, or could not judge: `level` (order or person), `left_id`,
            `right_id`.
        unclear: values that stewards could not judge: `order_id`, `field`.
        answered: likewise, values on which stewards have dealt with what was found, and not said which is right.
    """

    pairs: pl.DataFrame
    conflicts: pl.DataFrame
    decided: pl.DataFrame
    kept_apart: pl.DataFrame
    unclear: pl.DataFrame
    answered: pl.DataFrame


@dataclass(frozen=True)
class Impact:
    """Something that is at stake if an order is wrong."""

    points: int
    words: str
    when: pl.Expr


def impacts(as_of: date) -> tuple[Impact, ...]:
    """What is at stake in an item, each with its points.

    Without the question of whether an order is in force they make at most 13 with the least impact of 1; with it an
    item comes before all others, however old those are.
    """
    days_left = (pl.col("end_on") - pl.lit(as_of)).dt.total_days()
    return (
        Impact(MOST_URGENT, "not known whether it is in force", pl.col("is_in_doubt")),
        Impact(3, "in force or about to be", (pl.col("legal_status") == "not_started") | counts_as_in_force()),
        Impact(1, "ends soon", days_left.is_between(0, SOON_DAYS)),
        Impact(1, "binds travel", pl.col("has_travel_condition")),
        Impact(1, "was breached", pl.col("breach_count") > 0),
        Impact(1, "several forces", pl.col("force_count") > 1),
        Impact(1, "county lines", pl.col("is_county_lines")),
        Impact(2, "who is bound, until when or by what", pl.col("is_high")),
        Impact(2, "two orders or persons taken for one another", pl.col("is_pair")),
    )


def build_review_queue(
    evidence: Evidence,
    discrepancies: pl.DataFrame,
    *,
    provenance: pl.DataFrame,
    linked: Linked,
    former: pl.DataFrame,
    former_as_of: date | None,
    as_of: date,
) -> pl.DataFrame:
    """Collect what a steward should look at.

    Args:
        evidence: the core tables and the register.
        discrepancies: `DISCREPANCIES` of the same evidence.
        provenance: `order_id`, `field`, `decision_id` and `confidence` of `FIELD_PROVENANCE`.
        linked: what the linking and the stewards left.
        former: `REVIEW_QUEUE` of the release before; empty on the first night.
        former_as_of: the day of that release; None on the first night.
        as_of: the day of the release.

    Returns:
        `REVIEW_QUEUE`, sorted by its key. An item keeps its id, whatever is found of its order.
    """
    policy = ReviewPolicy()
    places = evidence.order_sources.select("record_id", "order_id", "source")
    chances = pair_confidence(places, linked.pairs, linked.conflicts)
    conflicts = conflict_items(evidence, linked.conflicts, linked.kept_apart, chances=chances, policy=policy)
    near = near_items(evidence, linked.pairs, linked.kept_apart, chances=chances, policy=policy)
    others = [find(evidence, linked.kept_apart, policy=policy) for find in (complement_items, succession_items)]
    by_chance = pl.concat([near, *others], how="diagonal").sort("uncertainty", descending=True, maintain_order=True)
    pairs = by_chance.unique(SIDES, keep="first", maintain_order=True)
    asked = ["order_id", "field"]
    weighed = provenance.join(linked.unclear, on=asked, how="anti")
    located = discrepancies.join(linked.unclear, on=asked, how="anti")
    # To ask again would be to ask the same: what was answered stays so until a record gives another value.
    doubtful = doubtful_values(weighed.join(linked.answered, on=asked, how="anti"), policy=policy)
    differing = discrepancy_items(evidence, located, weighed, doubtful, policy=policy)
    found = [
        NO_ITEMS,
        differing,
        doubtful_items(doubtful).join(differing, on="order_id", how="anti"),
        constraint_items(discrepancies, provenance, policy=policy),
        conflicts,
        pairs.join(conflicts, on=SIDES, how="anti"),
        decision_items(linked.decided, policy=policy),
    ]
    items = one_item_each(found)
    # Items of an older release were several an order, and named by their kind.
    former = former.with_columns(ITEM_ID).group_by("item_id").agg(pl.col("age_days").max())
    aged = _with_age(items.with_columns(ITEM_ID), former, former_as_of=former_as_of, as_of=as_of)
    weighed = _with_priority(_with_impact(aged, evidence, as_of=as_of))
    streamed = weighed.with_columns(stream=_stream(policy))
    return REVIEW_QUEUE.conform(_with_state(streamed, former)).sort("item_id")


def _stream(policy: ReviewPolicy) -> pl.Expr:
    """Settle: the register may be wrong, or a person must look again. Send: it is a source that is wrong."""
    is_asked = (pl.col("uncertainty") >= policy.settle) | pl.col("kind").is_in(ALWAYS_SETTLED)
    return pl.when(is_asked).then(pl.lit("settle")).otherwise(pl.lit("send"))


def _with_age(items: pl.DataFrame, former: pl.DataFrame, *, former_as_of: date | None, as_of: date) -> pl.DataFrame:
    """Days since the first of its discrepancies was found, or since the item was first queued."""
    queued_on = pl.lit(former_as_of, pl.Date) - pl.duration(days=pl.col("age_days"))
    queued = former.select("item_id", queued_on=queued_on)
    first = pl.coalesce("first_seen_on", "queued_on", pl.lit(as_of))
    return items.join(queued, on="item_id", how="left").with_columns(
        age_days=(pl.lit(as_of) - first).dt.total_days().clip(0)
    )


def _with_state(items: pl.DataFrame, former: pl.DataFrame) -> pl.DataFrame:
    """`state`: reopened if a discrepancy of it was found again, new if it is queued for the first time, else open."""
    is_known = pl.col("item_id").is_in(former.get_column("item_id").implode())
    state = pl.when(pl.col("is_reopened").fill_null(value=False) & ~is_known).then(pl.lit("reopened"))
    return items.with_columns(
        *(pl.col(name).fill_null([]) for name in LISTS),
        severity=pl.coalesce("severity", pl.lit("high")),
        state=state.when(~is_known).then(pl.lit("new")).otherwise(pl.lit("open")),
    )


def _with_impact(items: pl.DataFrame, evidence: Evidence, *, as_of: date) -> pl.DataFrame:
    """Add up what is at stake in each item, in points and in words; on either order, where there are two."""
    facts = _facts(evidence)
    own = [column for column in FACETS if column != "order_id"]
    parts = impacts(as_of)
    is_in_doubt = pl.col("rule_codes").list.eval(pl.element().str.starts_with(DOUBT)).list.any()
    is_pair = pl.col("other_order_id").is_not_null()
    asked = items.with_columns(is_in_doubt=is_in_doubt.fill_null(value=False), is_pair=is_pair)
    meant = pl.concat(
        [
            asked.select("item_id", "is_high", "is_in_doubt", "is_pair", order_id=column)
            for column in ("order_id", "other_order_id")
        ]
    ).drop_nulls("order_id")
    holds = (
        meant.join(facts, on="order_id", how="left")
        .group_by("item_id")
        .agg(part.when.fill_null(value=False).any().alias(part.words) for part in parts)
    )
    known = items.join(facts.select("order_id", *own), on="order_id", how="left").join(holds, on="item_id", how="left")
    points = pl.sum_horizontal(pl.when(part.words).then(part.points).otherwise(0) for part in parts)
    words = pl.concat_str(
        [pl.when(part.words).then(pl.lit(f" + {part.points} {part.words}")).otherwise(pl.lit("")) for part in parts]
    )
    at_stake = pl.concat_list(pl.when(part.words).then(pl.lit(part.words)) for part in parts).list.drop_nulls()
    return known.with_columns(
        impact=LEAST_IMPACT + points, impact_words=pl.lit(str(LEAST_IMPACT)) + words, at_stake=at_stake
    )


def _facts(evidence: Evidence) -> pl.DataFrame:
    """What the impact of an item is read off, by order."""
    travel = evidence.conditions.filter(pl.col("kind") == "travel", pl.col("is_golden")).get_column("order_id")
    records = evidence.core_orders.join(
        evidence.order_sources.select("source", "source_key", "order_id"), on=["source", "source_key"]
    )
    counts = records.group_by("order_id").agg(
        force_count=pl.col("force_code").drop_nulls().n_unique(), breach_count=pl.col("breach_count").max()
    )
    return (
        evidence.orders.select(*FACETS, "is_in_force_doubtful", "end_on", "is_county_lines")
        .join(counts, on="order_id", how="left")
        .with_columns(has_travel_condition=pl.col("order_id").is_in(travel.implode()))
    )


def _with_priority(items: pl.DataFrame) -> pl.DataFrame:
    """Multiply, and write the sum down."""
    age_factor = (1 + pl.col("age_days").clip(0, OLDEST_DAYS) / OLDEST_DAYS).round(2)
    priority = (pl.col("impact") * pl.col("uncertainty") * age_factor).round(4)
    arithmetic = pl.format(
        "harm if wrong {} ({}) × chance that it is wrong {} × age factor {} ({} days) = {}",
        "impact",
        "impact_words",
        "uncertainty",
        age_factor,
        "age_days",
        priority,
    )
    return items.with_columns(priority=priority, arithmetic=arithmetic)
