"""Items of the steward's queue about two orders, and how likely these are one.

Belongs here: two orders that may be one, and those that the linking kept apart. Does not: how likely that is
(`reconciliation.confidence.links`), other items (`expectations.review_items`).
"""

from typing import Final

import polars as pl

from expectations.review_items import ReviewPolicy
from expectations.rules.rule import Evidence
from reconciliation.confidence.links import SIDES

PAIR: Final = ("order_id", "other_order_id", "left_record_id", "right_record_id", "sources")
OF_ONE_MAKING: Final = ("order_type", "is_interim", "made_on")
GIVEN_LETTERS: Final = 2
"""Of forenames that are alike: a shorter form begins as the name does."""
LOOKS_LIKE_ONE_PERSON: Final = "two records look like one person"
"""How the reason of an item begins that asks whether two are one person."""
KEPT_APART: Final = {
    "weight": "their other records are evidence against it",
    "floor": "two of their records exclude each other",
    "group": "one source holds both",
    "limit": "together they would hold more records than one can have",
    "rounds": "the linking ended before it was settled",
}
"""Why the linking keeps two orders or persons apart, in words. What a steward keeps apart is decided, and no item."""


def near_items(
    evidence: Evidence,
    pairs: pl.DataFrame,
    kept_apart: pl.DataFrame,
    *,
    chances: pl.DataFrame,
    policy: ReviewPolicy,
) -> pl.DataFrame:
    """Two orders that may be one.

    Two orders that a steward keeps apart are not in question any more.

    Args:
        evidence: the register.
        pairs: `PAIR_WEIGHTS` of `LINK_PAIRS`.
        kept_apart: records that stewards keep apart.
        chances: `order_id`, `other_order_id`, `confidence`: how likely two orders are one.
        policy: from which chance on they are asked about.
    """
    between = (
        _between_orders(pairs, evidence)
        .join(chances.filter(pl.col("confidence") >= policy.near), on=SIDES)
        .join(_orders_apart(kept_apart, evidence).filter(pl.col("kind") == "order"), on=SIDES, how="anti")
        .sort(
            pl.min_horizontal("person_weight", "order_weight"), "left_id", "right_id", descending=[True, False, False]
        )
        .unique(SIDES, keep="first", maintain_order=True)
    )
    return between.select(
        *PAIR,
        kind=pl.lit("near_match"),
        is_high=pl.lit(value=True),
        uncertainty="confidence",
        reason=pl.lit("two orders may be one"),
    )


def succession_items(evidence: Evidence, kept_apart: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """Two orders of which the later ended the earlier, unless both are one order that is still in force.

    Args:
        evidence: the register.
        kept_apart: records that stewards keep apart.
        policy: from which chance of a wrong status on they are asked about.
    """
    chance = 1 - pl.col("status_confidence")
    ended = evidence.orders.filter(pl.col("legal_status") == "superseded", chance >= policy.settle)
    return _pair_items(
        ended.select("order_id", other_order_id="followed_by_order_id", uncertainty=chance.round(4)),
        evidence,
        kept_apart,
        reason="the later order ended the earlier one, unless they are one order that is in force",
    )


def complement_items(evidence: Evidence, kept_apart: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """Two orders of one day, type and court or force that no source holds both of, of one birth or alike in name.

    The linking leaves them apart where two errors come together, such as another PNC id and no date of birth. On
    synthetic nights of all noises 35 of 35 were one order, and of those that no other item named 35 of 42 were these.

    Args:
        evidence: the register.
        kept_apart: records that stewards keep apart.
        policy: how likely they are one.
    """
    held = evidence.order_sources.filter(~pl.col("is_dropped")).group_by("order_id").agg(pl.col("source").unique())
    orders = evidence.orders.select(
        *("order_id", "court_code", "force_code", "date_of_birth", "surname_folded", *OF_ONE_MAKING),
        given=pl.col("forenames_folded").str.slice(0, GIVEN_LETTERS),
    ).join(held, on="order_id")
    alike = pl.concat(
        orders.join(orders, on=[*OF_ONE_MAKING, *who], suffix="_of_other").select(
            "order_id",
            "source",
            *(f"{name}_of_other" for name in ("order_id", "source")),
            is_of_one_place=pl.any_horizontal(
                pl.col(place) == pl.col(f"{place}_of_other") for place in ("court_code", "force_code")
            ),
        )
        for who in (("date_of_birth",), ("surname_folded", "given"))
    ).filter(
        pl.col("order_id") < pl.col("order_id_of_other"),
        pl.col("is_of_one_place").fill_null(value=False),
        pl.col("source").list.set_intersection("source_of_other").list.len() == 0,
    )
    return _pair_items(
        alike.select("order_id", other_order_id="order_id_of_other", uncertainty=pl.lit(policy.complement)).unique(),
        evidence,
        kept_apart,
        reason="two orders of one day, type and place may be one: no source holds both",
    )


def _pair_items(pairs: pl.DataFrame, evidence: Evidence, kept_apart: pl.DataFrame, *, reason: str) -> pl.DataFrame:
    """Items for pairs of orders (`order_id`, `other_order_id`, `uncertainty`) that no steward keeps apart."""
    first = evidence.order_sources.group_by("order_id").agg(pl.col("record_id").min())
    return (
        pairs.join(first.rename({"record_id": "left_id"}), on="order_id")
        .join(first.rename({"record_id": "right_id"}), left_on="other_order_id", right_on="order_id")
        .select("left_id", "right_id", "uncertainty")
        .pipe(_between_orders, evidence)
        .join(_orders_apart(kept_apart, evidence).filter(pl.col("kind") == "order"), on=SIDES, how="anti")
        .unique(SIDES, keep="first", maintain_order=True)
        .select(
            *PAIR,
            "uncertainty",
            kind=pl.lit("near_match"),
            is_high=pl.lit(value=True),
            reason=pl.lit(reason),
        )
    )


def conflict_items(
    evidence: Evidence,
    conflicts: pl.DataFrame,
    kept_apart: pl.DataFrame,
    *,
    chances: pl.DataFrame,
    policy: ReviewPolicy,
) -> pl.DataFrame:
    """Two orders, or the orders of two persons, kept apart though a pair of their records is above the bar.

    Those that a steward keeps apart are not in question any more.

    Args:
        evidence: the register.
        conflicts: `LINK_CONFLICTS`.
        kept_apart: records that stewards keep apart.
        chances: as for `near_items`.
        policy: the chance where the persons are two.
    """
    is_of_orders = pl.col("kind") == "order"
    why = pl.col("reason").replace_strict(KEPT_APART, default=None)
    looks = (
        pl.when(is_of_orders).then(pl.lit("two records look like one order")).otherwise(pl.lit(LOOKS_LIKE_ONE_PERSON))
    )
    chance = pl.when(is_of_orders).then("confidence").fill_null(policy.persons_apart)
    return (
        conflicts.filter(pl.col("reason").is_in(list(KEPT_APART)))
        .pipe(_between_orders, evidence)
        .join(_orders_apart(kept_apart, evidence), on=["kind", *SIDES], how="anti")
        .join(chances, on=SIDES, how="left")
        .sort("weight", "kind", "left_id", "right_id", descending=[True, False, False, False])
        .unique(SIDES, keep="first", maintain_order=True)
        .select(
            *PAIR,
            kind=pl.lit("link_conflict"),
            is_high=pl.lit(value=True),
            uncertainty=chance,
            reason=pl.format("{}, and are kept apart: {}", looks, why),
        )
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
