"""How good the data are, by order, source, force, area, region and over all.

Belongs here: which records are judged, and the sums of what the measures count on them. Does not: the measures
(`expectations.measures`), intervals (`expectations.intervals`), what is published outside (`expectations.disclosure`).

A score is numerator by denominator. Where there was nothing to judge the denominator is 0 and the score null: who sent
nothing has no score to be proud of, and its absent orders count against its completeness.
"""

from collections.abc import Collection
from datetime import date

import polars as pl

from expectations.intervals import effective_trials, score_interval
from expectations.measures import (
    COMPARED_FIELDS,
    MEASURES,
    SETTLED_BY_COURT,
    Measure,
    is_delivery,
)
from expectations.rules.frames import IS_STANDING, REPORTED_ELSEWHERE, held_sources, lacking_sources
from expectations.rules.orders import golden_orders
from expectations.rules.rule import Evidence, PresenceClock
from warehouse.codes import FORCE_CODES, REGION_CODES
from warehouse.sources import POLICE_SOURCES, REGIONAL_SOURCES, SOURCE_NAMES, is_from_court, region_of_feed
from warehouse.tables.core import RECORD_ID
from warehouse.tables.register import QUALITY_SCORES, STRAY_FEED

SCOPE_KEYS = {
    "record": "order_id",
    "source": "source",
    "force": "holder",
    "area": "region_code",
    "region": "region_code",
    "all": "whole",
}
# Keys that are in every release, with 0 of 0 where nothing was judged.
KNOWN_KEYS = {
    "source": SOURCE_NAMES,
    "force": FORCE_CODES,
    "area": REGION_CODES,
    "region": REGION_CODES,
    "all": ("all",),
}


def score_quality(
    evidence: Evidence,
    discrepancies: pl.DataFrame,
    *,
    as_of: date,
    clock: PresenceClock,
    watched: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Score every order, source, force, area and region, and all together, in the six dimensions.

    Args: as `sum_holdings`.

    Returns:
        `QUALITY_SCORES`, sorted by its key; every scope has all six dimensions.
    """
    return score_sums(sum_holdings(evidence, discrepancies, as_of=as_of, clock=clock, watched=watched))


def sum_holdings(
    evidence: Evidence,
    discrepancies: pl.DataFrame,
    *,
    as_of: date,
    clock: PresenceClock,
    watched: pl.DataFrame | None = None,
    golden: pl.DataFrame | None = None,
    with_deliveries: bool = True,
) -> pl.DataFrame:
    """What each measure counts, summed over the orders (and feeds) of every key of a scope.

    A force is judged by the PNC and PND records of its orders, an area by those of all its forces, a region by its
    return. Deliveries count in the timeliness of their source and region, not of single orders.

    Args:
        evidence: the core tables and the register, of whole orders.
        discrepancies: `DISCREPANCIES` of the same evidence.
        as_of: the day of the release.
        clock: when an order is due in a source.
        watched: of `watched_sources`, where the evidence is only a part of the night's; None: of the evidence.
        golden: likewise of `golden_orders`.
        with_deliveries: whether deliveries are counted: once in a night.

    Returns:
        `scope`, `dimension`, `scope_key` (one row for each) and sums of whole numbers: those of the parts of a night,
        added up, are those of the night.
    """
    since = watched_sources(evidence.order_sources) if watched is None else watched
    orders = (golden_orders(evidence) if golden is None else golden).join(evidence.orders, on="order_id", how="semi")
    whole = _judged(evidence, discrepancies, orders, as_of=as_of, clock=clock, since=since)
    if not with_deliveries:
        whole = whole.filter(~is_delivery)
    of_forces = whole.filter(pl.col("source").is_in(POLICE_SOURCES) & ~is_delivery)
    scopes = {
        "record": whole.filter(~is_delivery),
        "source": whole,
        "force": of_forces,
        "area": of_forces,
        "region": whole.filter(pl.col("source").is_in(REGIONAL_SOURCES)),
        "all": whole,
    }
    return pl.concat(
        _sums(units, scope, measure)
        for scope, frame in scopes.items()
        for units in [_sum_by_unit(frame, SCOPE_KEYS[scope])]
        for measure in MEASURES
    )


def score_sums(sums: pl.DataFrame, scopes: Collection[str] = tuple(SCOPE_KEYS)) -> pl.DataFrame:
    """The scores of some scopes by the sums of `sum_holdings`: `QUALITY_SCORES`, sorted by its key."""
    scored = pl.concat(_score(sums, scope, measure) for scope in scopes for measure in MEASURES)
    return QUALITY_SCORES.conform(scored).sort(QUALITY_SCORES.key)


def watched_sources(order_sources: pl.DataFrame) -> pl.DataFrame:
    """`source`, `watched_since`: the first night on which each source held a record; of all records of a night."""
    return order_sources.group_by("source").agg(watched_since=pl.col("first_seen_on").min())


def _judged(
    evidence: Evidence,
    discrepancies: pl.DataFrame,
    orders: pl.DataFrame,
    *,
    as_of: date,
    clock: PresenceClock,
    since: pl.DataFrame,
) -> pl.DataFrame:
    """Every holding with what each measure counts on it; `orders` of `golden_orders`."""
    in_time = (pl.col("is_used") & (pl.col("state") == "fresh")).any()
    feeds = evidence.deliveries.filter(pl.col("feed") != STRAY_FEED).group_by("source", "feed").agg(is_fresh=in_time)
    holdings = pl.concat(
        [
            _records(evidence, discrepancies, clock=clock),
            _absent(orders, as_of=as_of, clock=clock),
            feeds.select("source", "feed", "is_fresh", region_code=region_of_feed(pl.col("feed"))),
        ],
        how="diagonal",
    ).with_columns(
        pl.col("is_present", "is_duplicate", "is_fresh").fill_null(False),
        as_of=pl.lit(as_of),
        has_history=pl.lit(evidence.deliveries.get_column("records_expected").is_not_null().any()),
    )
    holdings = holdings.join(since, on="source", how="left")
    return holdings.select(
        "order_id",
        "source",
        "holder",
        "region_code",
        pl.lit("all").alias("whole"),
        pl.coalesce("order_id", "feed").alias("unit"),
        *(measure.numerator.fill_null(0).alias(f"{measure.dimension} numerator") for measure in MEASURES),
        *(measure.denominator.fill_null(0).alias(f"{measure.dimension} denominator") for measure in MEASURES),
    )


def _records(evidence: Evidence, discrepancies: pl.DataFrame, *, clock: PresenceClock) -> pl.DataFrame:
    """The records that stand, beside their order, the court's values, and the counts that go in."""
    places = held_sources(evidence).select(
        "source", "source_key", "order_id", "is_duplicate", "is_amended", "first_seen_on"
    )
    gold = evidence.orders.select(
        "order_id",
        "record_count",
        "region_code",
        holder="force_code",
        **{f"golden_{name}": pl.col(name) for name in COMPARED_FIELDS},
    )
    standing = (
        evidence.core_orders.join(places, on=["source", "source_key"]).filter(IS_STANDING).join(gold, on="order_id")
    )
    counted = standing
    for counts in _counts(evidence, discrepancies):
        counted = counted.join(counts, on="record_id", how="left")
    sent_by = region_of_feed(pl.col("delivery_id"))
    return counted.join(_court_values(standing), on="order_id", how="left").with_columns(
        pl.col("condition_count", "refused").fill_null(0),
        pl.col("differing").fill_null([]),
        is_present=pl.lit(True),
        region_code=pl.coalesce(sent_by, "region_code"),
        grace_days=clock.days_of_grace("order_type"),
        **{f"court_{name}": pl.when(~is_from_court).then(f"court_{name}") for name in SETTLED_BY_COURT},
    )


def _counts(evidence: Evidence, discrepancies: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """By record: conditions given, compared fields that differ, values refused."""
    differing = discrepancies.filter(pl.col("source_key").is_not_null())
    refused = evidence.rejected_values.filter(~pl.col("reason_code").is_in(REPORTED_ELSEWHERE))
    return (
        evidence.core_conditions.group_by("record_id").agg(condition_count=pl.len()),
        differing.group_by(record_id=RECORD_ID).agg(differing=pl.col("field")),
        refused.group_by("record_id").agg(refused=pl.len()),
    )


def _court_values(standing: pl.DataFrame) -> pl.DataFrame:
    """What the court said of each order: of several standing results, the last by key."""
    results = standing.filter(is_from_court).sort("source_key")
    return results.group_by("order_id").agg(pl.col(name).last().alias(f"court_{name}") for name in SETTLED_BY_COURT)


def _absent(orders: pl.DataFrame, *, as_of: date, clock: PresenceClock) -> pl.DataFrame:
    """Orders due in a source and absent, whether or not a delivery came."""
    due = lacking_sources(orders, clock=clock).filter(pl.col("due_on") <= pl.lit(as_of))
    return due.select(
        "order_id",
        "source",
        "golden_made_on",
        holder="golden_force_code",
        region_code="golden_region_code",
        grace_days=clock.days_of_grace("golden_order_type"),
    )


def _sum_by_unit(judged: pl.DataFrame, key: str) -> pl.DataFrame:
    """What was counted on every order, and feed, of a key."""
    counts = pl.selectors.ends_with(" numerator", " denominator")
    return judged.filter(pl.col(key).is_not_null()).group_by("unit", scope_key=key).agg(counts.sum().cast(pl.Int64))


def _score(sums: pl.DataFrame, scope: str, measure: Measure) -> pl.DataFrame:
    """The score of every key of a scope in one dimension, with its parts; a known key with no sums has 0 of 0."""
    summed = sums.filter(scope=scope, dimension=measure.dimension).drop("scope", "dimension")
    known = pl.DataFrame({"scope_key": KNOWN_KEYS.get(scope, ())}, schema={"scope_key": pl.String})
    missing = known.join(summed, on="scope_key", how="anti")
    counted = pl.concat([summed, missing], how="diagonal").with_columns(pl.exclude("scope_key").fill_null(0))
    low, high = score_interval(pl.col("score"), pl.col("trials"))
    return effective_trials(counted).with_columns(
        scope=pl.lit(scope), dimension=pl.lit(measure.dimension), weight=pl.lit(measure.weight), low=low, high=high
    )


def _sums(units: pl.DataFrame, scope: str, measure: Measure) -> pl.DataFrame:
    """Sum by the key of a scope over its orders."""
    passed, total = pl.col(f"{measure.dimension} numerator"), pl.col(f"{measure.dimension} denominator")
    return units.group_by("scope_key", scope=pl.lit(scope), dimension=pl.lit(measure.dimension)).agg(
        numerator=passed.sum(),
        denominator=total.sum(),
        units=(total > 0).sum(),
        failed_units=(passed < total).sum(),
        passed_squared=(passed * passed).sum(),
        passed_judged=(passed * total).sum(),
        judged_squared=(total * total).sum(),
    )
