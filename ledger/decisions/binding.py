"""What the pipeline has to obey: links that must and must not be, values that are settled, discrepancies closed.

Belongs here: pure functions from decisions in force and the night's records to what binds. Does not: obeying it.

Only what can be obeyed without guessing binds. Stale decisions bind as their kind says (`Kind.binds_when_stale`). Of
decisions that contradict one another those that part records bind and those that put them together do not: a wrong
merge would act on the wrong person, and every link that a parting forbids is reported by the clustering.

What the functions are given: `decisions` in force on the night (`in_force(decisions, as_of=night)`: acceptances run
out), `records` of orders of all sources in their core shape, `owners` with `record_id`, `order_id`, `subject_id`, the
ids of all orders, `redirects` of orders.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ledger.decisions.contradictions import CANNOT, MUST, find_contradictions
from ledger.decisions.decision import OF_CONFLICT
from ledger.decisions.kinds import KINDS, PERSON_FIELD_NAMES, Level, codes_about
from ledger.decisions.record_values import name_records
from ledger.decisions.staleness import (
    conflicts,
    conflicts_decided,
    find_successors,
    stale_discrepancies,
    stale_pairs,
    stale_values,
)
from reconciliation.redirects import follow_orders
from warehouse.codes import DOUBT

UNCLEAR: Mapping[Level, tuple[str, ...]] = {"order": ("pair_unclear",), "person": ("pair_unclear",)}
LINK = {"level": pl.String, "left_id": pl.String, "right_id": pl.String, "decision_id": pl.String}


@dataclass(frozen=True, eq=False)
class LinkConstraints:
    """What binds the linking of a night.

    Attributes:
        must: `level` (order or person), `left_id`, `right_id` (record ids, the smaller first), `decision_id`.
        cannot: the same.
        contradictions: of `find_contradictions`.
        stale: changed values, of `stale_pairs`.
        unclear: the same, of records of which a steward could not say whether they belong together: they bind nothing.
    """

    must: pl.DataFrame
    cannot: pl.DataFrame
    unclear: pl.DataFrame
    contradictions: pl.DataFrame
    stale: pl.DataFrame


@dataclass(frozen=True, eq=False)
class DecidedValues:
    """Golden values that stewards settled.

    Attributes:
        values: `order_id`, `field`, `value` (as text), `decision_id`; a fact of the person stands for each of the
            person's orders.
        unclear: `order_id`, `field` of which a steward could not say which value is right: the rules choose.
        contradictions: of `find_contradictions`, and decisions that give one person two values; none of these binds.
        stale: changed values, of `stale_values`.
    """

    values: pl.DataFrame
    unclear: pl.DataFrame
    contradictions: pl.DataFrame
    stale: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Closures:
    """Discrepancies that stewards dealt with.

    Attributes:
        closed: `discrepancy_id`, `kind` (`both_right`, `accept`, `refer`, `not_enough`), `decision_id`,
            `accepted_until`, `referred_to`. One that is referred waits for its owner, one with not enough to decide for
            other evidence: they stay open (`LEFT_OPEN`); the others are closed.
        stale: changed values, of `stale_discrepancies`.
        successors: ids of the discrepancies that took the place of those decided on: their values changed.
    """

    closed: pl.DataFrame
    stale: pl.DataFrame
    successors: pl.Series


def constraints(decisions: pl.DataFrame, records: pl.DataFrame) -> LinkConstraints:
    """The links that must and must not be."""
    named = name_records(records)
    pairs = decisions.filter(pl.col("kind").is_in(codes_about("pair")))
    contradictions = find_contradictions(pairs)
    stale = stale_pairs(pairs, named)
    suspended = contradictions.select(pl.col("against").explode(empty_as_null=False)).to_series()
    lapsed = pairs.filter(
        pl.col("decision_id").is_in(stale.get_column("decision_id").implode())
        & ~pl.col("kind").is_in([kind.code for kind in KINDS if kind.binds_when_stale])
    ).get_column("decision_id")
    binding = pairs.filter(~pl.col("decision_id").is_in(pl.concat([suspended, lapsed]).implode()))
    placed = _place(binding, named)
    return LinkConstraints(
        must=_links(placed, MUST),
        cannot=_links(placed, CANNOT),
        unclear=_links(placed, UNCLEAR),
        contradictions=contradictions,
        stale=stale,
    )


def overrides(
    decisions: pl.DataFrame, records: pl.DataFrame, owners: pl.DataFrame, redirects: pl.DataFrame
) -> DecidedValues:
    """The golden values that are settled."""
    about = decisions.filter(pl.col("kind").is_in(codes_about("value")))
    stale = stale_values(about, name_records(records), owners, redirects)
    fresh = about.join(stale, on="decision_id", how="anti")
    places = follow_orders(fresh.get_column("order_id"), owners.get_column("order_id"), redirects)
    subjects = owners.select("order_id", "subject_id").unique()
    placed = fresh.join(places, on="order_id").join(
        subjects.rename({"order_id": "order_now"}), on="order_now", how="left"
    )
    is_personal = pl.col("field").is_in(sorted(PERSON_FIELD_NAMES))
    # A fact of the person is decided for the person, whichever order it was decided on.
    scoped = placed.with_columns(order_now=pl.when(is_personal).then("subject_id").otherwise("order_now"))
    contradictions = find_contradictions(scoped)
    settled = scoped.join(contradictions, on="decision_id", how="anti").filter(pl.col("order_now").is_not_null())
    columns = ("kind", "field", "value", "decision_id")
    spread = pl.concat(
        [
            settled.filter(~is_personal).select(*columns, order_id="order_now"),
            settled.filter(is_personal)
            .join(subjects, left_on="order_now", right_on="subject_id", suffix="_of_subject")
            .select(*columns, order_id="order_id_of_subject"),
        ]
    )
    # The same value decided twice, on orders that have become one: the earlier decision is named.
    order = decisions.select("decision_id", "decided_at")
    single = spread.join(order, on="decision_id").sort("decided_at", "decision_id").drop("decided_at")
    place = ["order_id", "field"]
    is_value = pl.col("kind") == "value"
    values = single.filter(is_value).unique(place, keep="first", maintain_order=True).sort(place)
    unclear = single.filter(~is_value).select(place).unique().join(values, on=place, how="anti").sort(place)
    return DecidedValues(values.select(*place, "value", "decision_id"), unclear, contradictions, stale)


def closures(
    decisions: pl.DataFrame,
    discrepancies: pl.DataFrame,
    records: pl.DataFrame,
    orders: pl.Series,
    redirects: pl.DataFrame,
) -> Closures:
    """The discrepancies that are dealt with; those that are no longer found count for nothing."""
    about = decisions.filter(pl.col("kind").is_in(codes_about("discrepancy")))
    placed = about.join(follow_orders(about.get_column("order_id"), orders, redirects), on="order_id")
    is_found = pl.col("resolved_by").is_null() | (pl.col("resolved_by") == "steward")
    of_decided = discrepancies.filter(is_found).join(placed, left_on="order_id", right_on="order_now", how="semi")
    found = conflicts(of_decided, name_records(records))
    key = ["order_now", "rule_code", "source", "handle", *OF_CONFLICT]
    closed = (
        found.select("discrepancy_id", *key)
        .join(conflicts_decided(placed).drop("discrepancy_id"), on=key, nulls_equal=True)
        .sort("decided_at", "decision_id")
        .unique("discrepancy_id", keep="last", maintain_order=True)
        .select("discrepancy_id", "kind", "decision_id", "accepted_until", "referred_to")
        .sort("discrepancy_id")
    )
    successors = find_successors(placed, found)
    ids = successors.get_column("discrepancy_id_now").unique().sort()
    return Closures(closed, stale_discrepancies(successors), ids)


def said_in_force(decisions: pl.DataFrame, orders: pl.Series, redirects: pl.DataFrame) -> pl.DataFrame:
    """The orders that stewards said are in force though it is in doubt, by accepting the doubt until a day.

    Returns:
        `order_id`, `until` (the last day for which it was said), `said_on`: what was said last of each.
    """
    said = decisions.filter(pl.col("kind") == "accept", pl.col("rule_code").str.starts_with(DOUBT))
    placed = said.join(follow_orders(said.get_column("order_id"), orders, redirects), on="order_id")
    known = placed.drop_nulls("order_now")
    last = known.sort("decided_at", "decision_id").unique("order_now", keep="last", maintain_order=True)
    return last.select(order_id="order_now", until="accepted_until", said_on=pl.col("decided_at").dt.date())


def touched_orders(
    decisions: pl.DataFrame, records: pl.DataFrame, owners: pl.DataFrame, redirects: pl.DataFrame
) -> tuple[str, ...]:
    """The orders that decisions taken, or ended, since the release before change: theirs, and all of these persons."""
    named = name_records(records).select("record_id", "handle")
    handles = pl.concat([decisions.get_column(side) for side in ("left_handle", "right_handle")])
    by_record = owners.join(named.filter(pl.col("handle").is_in(handles.implode())), on="record_id", how="semi")
    places = follow_orders(decisions.get_column("order_id"), owners.get_column("order_id"), redirects)
    by_order = owners.join(places, left_on="order_id", right_on="order_now", how="semi")
    subjects = pl.concat([by_record, by_order]).get_column("subject_id").unique()
    touched = owners.filter(pl.col("subject_id").is_in(subjects.implode()))
    return tuple(touched.get_column("order_id").unique().sort())


def _place(pairs: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Pairs with the records' ids of tonight; those of which a record is missing are left out."""
    ids = named.select("handle", "record_id")
    return pairs.join(ids.rename({"handle": "left_handle", "record_id": "one"}), on="left_handle").join(
        ids.rename({"handle": "right_handle", "record_id": "other"}), on="right_handle"
    )


def _links(placed: pl.DataFrame, kinds: Mapping[Level, tuple[str, ...]]) -> pl.DataFrame:
    links = [
        placed.filter(pl.col("kind").is_in(codes)).select(
            pl.lit(level).alias("level"),
            pl.min_horizontal("one", "other").alias("left_id"),
            pl.max_horizontal("one", "other").alias("right_id"),
            "decision_id",
        )
        for level, codes in kinds.items()
    ]
    return pl.concat(links).select(*LINK).sort(*LINK)
