"""How sure the links are: that a record belongs to its order, and that two orders are one.

Belongs here: what is observed of a link, and its probability. Does not: which records are linked (`matching`), the
weights (`confidence/shipped/link.json` and `pair.json`).
"""

from typing import Final

import polars as pl

from reconciliation.confidence.model import ConfidenceModel, shipped_model
from warehouse.pieces import Rows
from warehouse.tables.link import ORDER_BAR, PERSON_BAR

FURTHEST: Final = 10.0
"""Beyond this distance from its bar a weight says no more."""

LINK_FEATURES: Final = ("others", "source", "unweighed")
LINK_NUMBERS: Final = ("best", "worst", "rival")
PAIR_FEATURES: Final = ("kept_apart", "overlap", "sizes", "unweighed")
PAIR_NUMBERS: Final = ("person", "order", "worst")
"""What is weighed; numbers are distances of match weights from their bars."""

ENDS: Final = ("left_id", "right_id")
SIDES: Final = ("order_id", "other_order_id")
NO_CONFLICT: Final = "nothing but the weights"


def link_confidence(places: pl.DataFrame, pairs: Rows, *, model: ConfidenceModel | None = None) -> pl.DataFrame:
    """`record_id`, `link_confidence`: the probability that a record belongs to the order it was put to.

    A record that stands alone has none; nor has any where no pair was weighed.

    Args:
        places: `record_id`, `order_id`, `source`: every order record.
        pairs: `PAIR_WEIGHTS` of `LINK_PAIRS`.
        model: defaults to the one that comes with Concord.
    """
    if pairs.lazy().limit(1).collect().is_empty():
        return pl.DataFrame(schema={"record_id": pl.String, "link_confidence": pl.Float64})
    observed = observe_links(places, pairs)
    return observed.select("record_id", link_confidence=(model or shipped_model("link")).probability())


def observe_links(places: pl.DataFrame, pairs: Rows) -> pl.DataFrame:
    """What is observed of each record that is not alone in its order: `record_id`, `LINK_FEATURES` and `LINK_NUMBERS`.

    Args:
        places: `record_id`, `order_id`, `source`: every order record.
        pairs: `PAIR_WEIGHTS` of `LINK_PAIRS`.
    """
    placed = _placed(pairs.lazy(), places)
    is_inside = pl.col("left_order") == pl.col("right_order")
    ends = pl.concat([placed.select(is_inside.alias("is_inside"), "over", record_id=end) for end in ENDS])
    inside, outside = (ends.filter(kept) for kept in (pl.col("is_inside"), ~pl.col("is_inside")))
    within = inside.group_by("record_id").agg(
        best=pl.col("over").max(), worst=pl.col("over").min(), weighed=pl.len().cast(pl.Int64)
    )
    rival = outside.group_by("record_id").agg(rival=pl.col("over").max())
    others = pl.len().over("order_id").cast(pl.Int64) - 1
    return (
        places.lazy()
        .with_columns(others=others)
        .filter(pl.col("others") > 0)
        .join(within, on="record_id", how="left")
        .join(rival, on="record_id", how="left")
        .select(
            "record_id",
            "source",
            *(_distance(pl.col(name)).alias(name) for name in LINK_NUMBERS),
            pl.col("others").clip(0, 4).cast(pl.String),
            _unweighed(pl.col("others") - pl.col("weighed").fill_null(0)),
        )
        .collect(engine="streaming")
    )


def pair_confidence(places: pl.DataFrame, pairs: pl.DataFrame, conflicts: pl.DataFrame) -> pl.DataFrame:
    """`order_id`, `other_order_id`, `confidence`: the probability that two orders kept apart are one.

    Of any two orders with a pair of records that nearly links them; the smaller id comes first.

    Args:
        places: `record_id`, `order_id`, `source`: every order record.
        pairs: `PAIR_WEIGHTS` of `LINK_PAIRS`.
        conflicts: `LINK_CONFLICTS`.
    """
    observed = observe_pairs(places, pairs, conflicts)
    return observed.select(*SIDES, confidence=shipped_model("pair").probability())


def observe_pairs(places: pl.DataFrame, pairs: pl.DataFrame, conflicts: pl.DataFrame) -> pl.DataFrame:
    """What is observed of two orders that are nearly one: their ids, `PAIR_FEATURES` and `PAIR_NUMBERS`.

    Args:
        places: `record_id`, `order_id`, `source`: every order record.
        pairs: `PAIR_WEIGHTS` of `LINK_PAIRS`.
        conflicts: `LINK_CONFLICTS`.
    """
    between = _between(_placed(pairs.lazy(), places)).collect()
    best = between.sort("over", *ENDS, descending=[True, False, False]).unique(SIDES, keep="first", maintain_order=True)
    counts = between.group_by(SIDES).agg(worst=pl.col("over").min(), weighed=pl.len().cast(pl.Int64))
    reasons = (
        _between(_placed(conflicts.lazy().filter(pl.col("kind") == "order").select(*ENDS, "reason"), places))
        .group_by(SIDES)
        .agg(kept_apart=pl.col("reason").min())
        .collect()
    )
    held = places.group_by("order_id").agg(records=pl.len().cast(pl.Int64), sources=pl.col("source").unique())
    both = best.join(counts, on=SIDES).join(reasons, on=SIDES, how="left")
    both = both.join(held, on="order_id").join(
        held.rename({"order_id": "other_order_id"}), on="other_order_id", suffix="_other"
    )
    sizes = (pl.min_horizontal("records", "records_other"), pl.max_horizontal("records", "records_other"))
    return both.select(
        *SIDES,
        _distance(pl.col("person_weight") - PERSON_BAR).alias("person"),
        _distance(pl.col("order_weight") - ORDER_BAR).alias("order"),
        _distance(pl.col("worst")).alias("worst"),
        pl.col("kept_apart").fill_null(NO_CONFLICT),
        pl.col("sources").list.set_intersection("sources_other").list.len().clip(0, 2).cast(pl.String).alias("overlap"),
        pl.format("{} and {}", *(size.clip(0, 4) for size in sizes)).alias("sizes"),
        _unweighed(pl.col("records") * pl.col("records_other") - pl.col("weighed")),
    ).sort(SIDES)


def _placed(pairs: pl.LazyFrame, places: pl.DataFrame) -> pl.LazyFrame:
    """Pairs of records with the orders of both, and how far the lower weight is above its bar (`over`)."""
    for side in ("left", "right"):
        orders = places.select(pl.col("record_id").alias(f"{side}_id"), pl.col("order_id").alias(f"{side}_order"))
        pairs = pairs.join(orders.lazy(), on=f"{side}_id")
    if "person_weight" not in pairs.collect_schema():
        return pairs
    over = pl.min_horizontal(pl.col("person_weight") - PERSON_BAR, pl.col("order_weight") - ORDER_BAR)
    return pairs.with_columns(over=over)


def _between(placed: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs of records of two orders, with `order_id` and `other_order_id`."""
    sides = ("left_order", "right_order")
    return placed.filter(pl.col("left_order") != pl.col("right_order")).with_columns(
        order_id=pl.min_horizontal(*sides), other_order_id=pl.max_horizontal(*sides)
    )


def _distance(weight: pl.Expr) -> pl.Expr:
    """The distance of a weight from its bar; where there is none, as far below it as counts."""
    return weight.clip(-FURTHEST, FURTHEST).fill_null(-FURTHEST)


def _unweighed(count: pl.Expr) -> pl.Expr:
    """Pairs of records too far apart to be weighed, in words."""
    return pl.when(count > 0).then(pl.lit("some far apart")).otherwise(pl.lit("none far apart")).alias("unweighed")
