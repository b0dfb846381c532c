"""What becomes an item of the steward's queue, and how likely the register is wrong about it.

Belongs here: one function a kind of item about one order, and about decisions. Does not: items about two orders
(`expectations.review_pairs`), what is at stake, its age and its priority (`expectations.review_queue`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from expectations.discrepancies import RULES
from expectations.rules.doubt import NOT_HELD
from expectations.rules.rule import Evidence
from expectations.settling import SETTLED_BY
from reconciliation.confidence.links import SIDES
from reconciliation.confidence.orders import DECISIVE
from warehouse.codes import DOUBT, SEVERITIES
from warehouse.sources import SOURCE_TITLES

QUEUED_SEVERITIES: Final = ("high", "medium")
RULE_TITLES: Final = {rule.code: rule.title for rule in RULES}
IS_DOUBT: Final = pl.col("rule_code").str.starts_with(DOUBT)
DETAILS: Final = (
    pl.col("field").unique().sort().alias("fields"),
    pl.col("rule_code").unique().sort().alias("rule_codes"),
    pl.col("source").drop_nulls().unique().sort().alias("sources"),
    pl.col("discrepancy_id").sort().alias("discrepancy_ids"),
    (pl.col("state") == "reopened").any().alias("is_reopened"),
)
"""What an item shows of its discrepancies, so that it can be found by them."""

LISTS: Final = ("fields", "rule_codes", "sources", "discrepancy_ids", "decision_ids", "excluding_ids")
KINDS: Final = (
    *("doubt", "contradiction", "constraint", "stale_decision"),
    *("link_conflict", "near_match"),
    *("discrepancies", "lone_record", "doubtful_value"),
)
"""What one order, or two, may be queued for, the gravest first."""
SEVERITY: Final = pl.Enum(SEVERITIES)

ITEM: Final = (
    "order_id", "kind", "fields", "rule_codes", "sources", "discrepancy_ids", "first_seen_on", "is_reopened",
    "uncertainty", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class ReviewPolicy:
    """When an item is queued, and how likely the register is wrong where nothing measures it.

    Attributes:
        doubtful: chance of being wrong from which a lesser discrepancy needs a person.
        doubtful_alone: chance of being wrong from which a value that no record disputes needs a person.
        near: chance of being one from which two orders kept apart are asked about.
        complement: chance of being one of two orders that no source holds both of and that are alike.
        of_one_person: the same of two of one person and like days, wherever they were made.
        settle: chance of being wrong from which an item is for a steward to settle; the others are sent to owners.
        unmeasured: chance that the register is wrong in what has no confidence, where a discrepancy is found.
        doubt: of an order of which nobody knows whether it is in force.
        constraint: of an order that breaks a hard rule: a wrong value or a wrong merge.
        questions: likewise, by rule, of what the law allows and is seldom so.
        persons_apart: of two persons kept apart though a pair of records joins them.
        stale: of a decision whose evidence has changed: a person was sure, of other values.
        contradiction: of decisions that exclude one another: one of them is wrong.
    """

    doubtful: float = 0.05
    doubtful_alone: float = 0.1
    near: float = 0.02
    # Of 57 on synthetic nights of ordinary and of twice the noise 53.
    complement: float = 0.9
    of_one_person: float = 0.6
    settle: float = 0.05
    # The share found wrong on synthetic nights of ordinary and of twice the noise.
    unmeasured: float = 0.005
    doubt: float = 1.0
    # Of 19 on synthetic nights of ordinary noise 18.
    constraint: float = 0.95
    # None of 31 was wrong on synthetic nights; a discharge wrongly believed frees a person who is bound.
    questions: Mapping[str, float] = field(default_factory=lambda: {"R16": 0.05, "R17": 0.05})
    persons_apart: float = 0.3
    stale: float = 0.7
    contradiction: float = 1.0


def one_item_each(found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """One item an order, and one a pair of orders, with everything that is open; its kind is the gravest of it.

    Args:
        found: what was found of orders (`discrepancy_items`, `doubtful_items`, `constraint_items`), of pairs of orders
            (`expectations.review_pairs`) and of either (`decision_items`).
    """
    lists = [pl.col(name).explode().drop_nulls().unique().sort() for name in LISTS]
    return (
        pl.concat(found, how="diagonal")
        .with_columns(pl.col("kind").cast(pl.Enum(KINDS)), pl.col("severity").cast(SEVERITY))
        .sort(*SIDES, "kind")
        .group_by(SIDES, maintain_order=True)
        .agg(
            pl.col("kind").first().cast(pl.String),
            pl.col("severity").min().cast(pl.String),
            pl.col("first_seen_on").min(),
            pl.col("uncertainty").max(),
            pl.col("is_high", "is_reopened").any(),
            pl.col("reason").str.join("; "),
            pl.col("left_record_id", "right_record_id").drop_nulls().first(),
            *lists,
        )
    )


def discrepancy_items(
    evidence: Evidence,
    discrepancies: pl.DataFrame,
    provenance: pl.DataFrame,
    doubtful: pl.DataFrame,
    *,
    policy: ReviewPolicy,
) -> pl.DataFrame:
    """One item per order with discrepancies that need a person; one that is only absent elsewhere is a lone record.

    Where nobody knows whether an order is in force, the item comes before others. Where a steward has decided the
    value, nothing is left to ask: the source that differs is asked to correct it. `doubtful_values` are part of it.
    """
    asked = _needing_a_person(evidence.orders, discrepancies, provenance, policy=policy)
    is_lone = (pl.col("record_count") == 1) & (pl.col("fields") == ["presence"])
    is_in_doubt = pl.col("doubts").list.len() > 0
    return (
        asked.group_by("order_id")
        .agg(
            pl.col("source")
            .filter(pl.col("field") == "presence")
            .replace_strict(SOURCE_TITLES)
            .unique()
            .sort()
            .alias("absent_from"),
            (pl.col("severity") == "high").any().alias("is_high"),
            pl.col("first_seen_on").min(),
            pl.col("record_count").first(),
            pl.col("rule_code").filter(IS_DOUBT).replace(RULE_TITLES).unique().sort().alias("doubts"),
            *DETAILS,
        )
        .join(_chances_at_issue(asked, doubtful), on="order_id")
        .select(
            *(name for name in ITEM if name not in ("fields", "kind", "reason", "uncertainty")),
            "is_high",
            severity=pl.when("is_high").then(pl.lit("high")).otherwise(pl.lit("medium")),
            uncertainty=pl.when(is_in_doubt).then(policy.doubt).otherwise("uncertainty"),
            fields=pl.col("fields").list.set_union("doubtful").list.sort(),
            kind=pl.when(is_in_doubt)
            .then(pl.lit("doubt"))
            .when(is_lone)
            .then(pl.lit("lone_record"))
            .otherwise(pl.lit("discrepancies")),
            reason=pl.when(is_lone)
            .then(pl.format("only one record holds it; missing from {}", pl.col("absent_from").list.join(", ")))
            .when(is_in_doubt)
            .then(pl.col("doubts").list.join("; "))
            .otherwise(pl.format("sources differ: {}", pl.col("fields").list.join(", "))),
        )
    )


def _needing_a_person(
    orders: pl.DataFrame, discrepancies: pl.DataFrame, provenance: pl.DataFrame, *, policy: ReviewPolicy
) -> pl.DataFrame:
    """Discrepancies that are weighty or in doubt, with `chance` and `record_count`; others go to the owner alone."""
    decided = provenance.filter(pl.col("decision_id").is_not_null()).select("order_id", "field")
    is_lone_absence = (pl.col("field") == "presence") & (pl.col("record_count") == 1)
    return (
        discrepancies.filter(pl.col("severity").is_in(QUEUED_SEVERITIES) & pl.col("source").is_not_null())
        .join(decided, on=["order_id", "field"], how="anti")
        .join(value_chances(provenance), on=["order_id", "field"], how="left")
        .join(orders.select("order_id", "record_count"), on="order_id")
        .with_columns(pl.col("chance").fill_null(policy.unmeasured))
        .filter((pl.col("severity") == "high") | (pl.col("chance") >= policy.doubtful) | is_lone_absence)
        .sort("discrepancy_id")
    )


def _chances_at_issue(asked: pl.DataFrame, doubtful: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `uncertainty` (the chance that any value at issue is wrong), `doubtful` (fields).

    At issue are the values that records dispute, and those of the same orders that may be wrong all the same.
    """
    doubtful = doubtful.join(asked, on="order_id", how="semi")
    disputed = asked.select("order_id", "field", "chance").unique(["order_id", "field"])
    return (
        pl.concat([disputed.with_columns(is_doubtful=False), doubtful.with_columns(is_doubtful=True)])
        .sort("order_id", "field", "is_doubtful")
        .group_by("order_id", maintain_order=True)
        .agg(
            any_chance(pl.col("chance").filter(pl.col("field").is_first_distinct())).alias("uncertainty"),
            pl.col("field").filter("is_doubtful").alias("doubtful"),
        )
    )


def doubtful_items(doubtful: pl.DataFrame) -> pl.DataFrame:
    """One item for each order with `doubtful_values`, whether or not a record disputes them."""
    percent = (pl.col("chance") * 100).round(0).cast(pl.Int64)
    return (
        doubtful.sort("order_id", "field")
        .with_columns(words=pl.format("{} ({} %)", "field", percent))
        .group_by("order_id", maintain_order=True)
        .agg(fields="field", uncertainty=any_chance(pl.col("chance")), words=pl.col("words").str.join(", "))
        .select(
            "order_id",
            "fields",
            "uncertainty",
            kind=pl.lit("doubtful_value"),
            severity=pl.lit("medium"),
            is_high=pl.lit(value=False),
            reason=pl.format("may be wrong: {}", "words"),
        )
    )


def doubtful_values(provenance: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """`value_chances` of decisive values that may well be wrong."""
    is_doubtful = (pl.col("chance") >= policy.doubtful_alone) & pl.col("field").is_in(DECISIVE)
    return value_chances(provenance).filter(is_doubtful)


def value_chances(provenance: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `field`, `chance`: how likely each golden value is wrong; those without a confidence are left out."""
    return provenance.drop_nulls("confidence").select("order_id", "field", chance=(1 - pl.col("confidence")).round(4))


def any_chance(chances: pl.Expr) -> pl.Expr:
    """The chance that any of several is wrong, if they are independent; the same in any order of rows."""
    right = ((1 - chances).log() * 1e6).round().cast(pl.Int64).sum()
    return (1 - (right / 1e6).exp()).clip(0, 1).round(4)


def constraint_items(discrepancies: pl.DataFrame, provenance: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """One item for each order that breaks a hard rule as it is in the register, or is not known to be in force.

    An order of which the court alone speaks is asked about until a steward gave its last day.
    """
    # Soft rules only ask: they are questions to the court, not work for a steward.
    is_hard = pl.col("source").is_null() & pl.col("severity").is_in(QUEUED_SEVERITIES)
    ended = provenance.filter(pl.col("decision_id").is_not_null(), pl.col("field") == "end_on").get_column("order_id")
    is_answered = (pl.col("rule_code") == NOT_HELD) & pl.col("order_id").is_in(ended.implode())
    breaches = discrepancies.filter(is_hard & ~is_answered).sort("rule_code")
    broken = pl.col("rule_code").replace_strict(
        dict(policy.questions), default=policy.constraint, return_dtype=pl.Float64
    )
    settling = pl.col("rule_code").replace_strict(SETTLED_BY, default=[], return_dtype=pl.List(pl.String))
    return breaches.group_by("order_id").agg(
        pl.col("first_seen_on").min(),
        *DETAILS[1:],
        pl.concat_list("field", settling).explode().unique().sort().alias("fields"),
        pl.lit(True).alias("is_high"),
        pl.when((pl.col("severity") == "high").any())
        .then(pl.lit("high"))
        .otherwise(pl.lit("medium"))
        .alias("severity"),
        pl.when(IS_DOUBT.any()).then(pl.lit("doubt")).otherwise(pl.lit("constraint")).alias("kind"),
        pl.when(IS_DOUBT.any()).then(policy.doubt).otherwise(broken.max()).alias("uncertainty"),
        pl.col("rule_code").replace(RULE_TITLES).str.join("; ").alias("reason"),
    )


def decision_items(decided: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """Decisions to be looked at again: their evidence has changed, or they exclude one another.

    The fields whose evidence has changed stand in the reason only: the question is the decision, not the value.

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
        excluding_ids=pl.when(~is_stale).then("decision_ids"),
        severity=pl.lit("high"),
        is_high=pl.lit(True),
        uncertainty=pl.when(is_stale).then(policy.stale).otherwise(policy.contradiction),
        reason=pl.when(is_stale)
        .then(
            pl.format(
                "{} of which the evidence has changed: {}",
                _counted("decision", count),
                pl.col("fields").list.join(", "),
            )
        )
        .otherwise(pl.format("{} that exclude one another", _counted("decision", count))),
    )


def _counted(what: str, count: pl.Expr) -> pl.Expr:
    return pl.when(count == 1).then(pl.lit(f"1 {what}")).otherwise(pl.format(f"{{}} {what}s", count))
