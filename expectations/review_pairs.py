"""Items of the steward's queue about two orders, and how likely these are one.

Belongs here: two orders that may be one, and those that the linking kept apart. Does not: how likely that is
(`reconciliation.confidence.links`), other items (`expectations.review_items`).

What the functions are given: `kept_apart`, records that stewards keep apart; `pairs`, `PAIR_WEIGHTS` of `LINK_PAIRS`;
`conflicts`, `LINK_CONFLICTS`; `chances` with `order_id`, `other_order_id`, `confidence`, how likely two orders are one;
the `policy`, which says from which chance on they are asked about.
"""

from typing import Final

import polars as pl
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import cpdist

from expectations.review_items import ReviewPolicy
from expectations.rules.rule import Evidence
from reconciliation.confidence.links import SIDES
from reconciliation.date_arithmetic import is_slip_for
from warehouse.sources import SOURCES

PAIR: Final = ("order_id", "other_order_id", "left_record_id", "right_record_id", "sources")
PLACES: Final = ("court_code", "force_code")
DAYS: Final = ("made_on", "start_on", "end_on")
LIKE: Final = 80
"""From which likeness of whole names (of 100, words in any order) two people of different births may be one."""
LIKE_WITHOUT_BIRTH: Final = 60
"""Likewise where a birth is not known."""
_WHOLE_NAME: Final = pl.concat_str("surname_folded", "forenames_folded", separator=" ", ignore_nulls=True).alias("name")
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
    """Two orders of which the later ended the earlier, unless both are one order that is still in force."""
    chance = 1 - pl.col("status_confidence")
    ended = evidence.orders.filter(pl.col("legal_status") == "superseded", chance >= policy.settle)
    return _pair_items(
        ended.select(
            "order_id",
            other_order_id="followed_by_order_id",
            uncertainty=chance.round(4),
            reason=pl.lit("the later order ended the earlier one, unless they are one order that is in force"),
        ),
        evidence,
        kept_apart,
    )


def complement_items(evidence: Evidence, kept_apart: pl.DataFrame, *, policy: ReviewPolicy) -> pl.DataFrame:
    """Two orders that no source holds both of, and that are alike: by day and place, or by whom they bind and a day.

    The linking leaves them apart where errors come together, such as another PNC id, no date of birth and a slip in the
    name; or a slip in the day beside another court. Measured on nights that nothing was chosen on: docs/confidence.md.
    """
    bit = pl.col("source").replace_strict({facts.name: 1 << place for place, facts in enumerate(SOURCES)})
    holders = evidence.order_sources.filter(~pl.col("is_dropped")).select("order_id", held=bit).unique()
    held = holders.group_by("order_id").agg(pl.col("held").sum())
    orders = evidence.orders.select("order_id", *PLACES, *DAYS, "date_of_birth", _WHOLE_NAME).join(held, on="order_id")
    sides = orders.select(pl.all().name.prefix("other_"))
    found = pl.concat(
        [
            _of_one_day_and_place(orders).with_columns(is_of_place=pl.lit(value=True)),
            _of_one_person(orders).with_columns(is_of_place=pl.lit(value=False)),
        ]
    )
    pairs = found.join(orders, on="order_id").join(sides, on="other_order_id")
    names = (pairs.get_column(name).to_list() for name in ("name", "other_name"))
    likeness = pl.Series(cpdist(*names, scorer=token_sort_ratio), dtype=pl.Float64)
    birth, other = pl.col("date_of_birth"), pl.col("other_date_of_birth")
    is_unknown, is_slip = birth.is_null() | other.is_null(), is_slip_for(birth, other)
    least = pl.when(is_unknown).then(LIKE_WITHOUT_BIRTH).when(is_slip).then(0).otherwise(LIKE)
    is_one_person = (likeness >= LIKE) & (is_unknown | is_slip) & _has_like_day()
    alike = pairs.filter(pl.when("is_of_place").then(likeness >= least).otherwise(is_one_person))
    return _pair_items(
        alike.select(
            order_id=pl.min_horizontal("order_id", "other_order_id"),
            other_order_id=pl.max_horizontal("order_id", "other_order_id"),
            uncertainty=pl.when("is_of_place").then(policy.complement).otherwise(policy.of_one_person),
            reason=pl.when("is_of_place")
            .then(pl.lit("two orders of one day and place may be one: no source holds both"))
            .otherwise(pl.lit("two orders of one person and like days may be one: no source holds both")),
        ).sort("uncertainty", "order_id", "other_order_id", descending=[True, False, False]),
        evidence,
        kept_apart,
    )


def _of_one_day_and_place(orders: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `other_order_id`: orders that share a court or force, and a last day or a day of making or start."""
    days = pl.concat(
        orders.select("order_id", "held", place=place, day=day, is_last=pl.lit(day == "end_on"))
        for place in PLACES
        for day in DAYS
    ).drop_nulls()
    return _sharing(days, ["place", "day", "is_last"])


def _of_one_person(orders: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `other_order_id`: orders that share a date of birth, a whole name, or a word of it and a day."""
    words = pl.col("name").str.split(" ").list.sort()
    named = orders.with_columns(words=words.list.join(" "), word=words)
    keys: list[tuple[pl.Expr, ...]] = [(pl.col("date_of_birth"),), (pl.col("words"),)]
    by_day = named.explode("word", empty_as_null=False)
    shared = [named.select("order_id", "held", key=pl.concat_str(*key)) for key in keys]
    shared += [by_day.select("order_id", "held", key=pl.concat_str("word", day)) for day in DAYS]
    return _sharing(pl.concat(shared).drop_nulls(), ["key"])


def _sharing(places: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """`order_id`, `other_order_id`: orders that share the keys, and of which no source holds both.

    The first is held by so few sources that another order can be held by others alone. They are joined by who holds
    them: most orders are held by many, and all that share a key would be a hundred times as many pairs as are looked
    for, the more so the larger the register.
    """
    few = places.filter(pl.col("held").bitwise_count_ones() <= len(SOURCES) // 2)
    found = [
        few.filter(pl.col("held") == held)
        .join(places.filter(pl.col("held") & held == 0), on=keys)
        .select("order_id", other_order_id="order_id_right")
        for held in few.get_column("held").unique()
    ]
    return pl.concat([places.select("order_id", other_order_id="order_id").clear(), *found]).unique()


def _has_like_day() -> pl.Expr:
    """A slip of the hand makes a last day, or a day of making or start, of one order that of the other."""
    begun = [(day, other) for day in ("made_on", "start_on") for other in ("made_on", "start_on")]
    pairs = [*begun, ("end_on", "end_on")]
    return pl.any_horizontal(is_slip_for(pl.col(day), pl.col(f"other_{other}")) for day, other in pairs)


def _pair_items(pairs: pl.DataFrame, evidence: Evidence, kept_apart: pl.DataFrame) -> pl.DataFrame:
    """Items for pairs of orders (`order_id`, `other_order_id`, `uncertainty`, `reason`) that no steward keeps apart."""
    first = evidence.order_sources.group_by("order_id").agg(pl.col("record_id").min())
    return (
        pairs.join(first.rename({"record_id": "left_id"}), on="order_id")
        .join(first.rename({"record_id": "right_id"}), left_on="other_order_id", right_on="order_id")
        .select("left_id", "right_id", "uncertainty", "reason")
        .pipe(_between_orders, evidence)
        .join(_orders_apart(kept_apart, evidence).filter(pl.col("kind") == "order"), on=SIDES, how="anti")
        .unique(SIDES, keep="first", maintain_order=True)
        .select(
            *PAIR,
            "uncertainty",
            "reason",
            kind=pl.lit("near_match"),
            is_high=pl.lit(value=True),
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
