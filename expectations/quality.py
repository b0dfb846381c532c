"""How good the data are: the six dimensions of the Government Data Quality Framework, each by a declared formula.

Belongs here: the measures and their sums by order, source, force, region and over all. Does not: finding what is
wrong (`expectations.discrepancies`).

A score is numerator by denominator. Where there was nothing to judge the denominator is 0 and the score null: who sent
nothing has no score to be proud of, and its absent orders count against its completeness.
Source of the dimensions: Government Data Quality Framework, 3 December 2020 [GDQF].
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from expectations.rules.frames import TOLD_ELSEWHERE, golden_orders, lacking_sources
from expectations.rules.rule import Dimension, Evidence, PresenceClock
from warehouse.codes import FORCE_CODES, REGION_CODES
from warehouse.tables.core import SOURCES
from warehouse.tables.register import DIMENSIONS, QUALITY_SCORES, STRAY_FEED


@dataclass(frozen=True)
class Measure:
    """A dimension and how it is counted on a holding: a source record, or an order absent where it is due.

    Attributes:
        dimension: one of the six.
        formula: numerator by denominator, in words.
        inputs: the tables and columns that go in.
        limits: what the number does not tell.
        numerator: what passed.
        denominator: what was judged; 0 where there is nothing to judge.
    """

    dimension: Dimension
    formula: str
    inputs: str
    limits: str
    numerator: pl.Expr
    denominator: pl.Expr


REQUIRED = (
    "surname",
    "forenames",
    "date_of_birth",
    "order_type",
    "made_on",
    "start_on",
    "end",
    "court_code",
    "force_code",
    "conditions",
)
# A court result names an applicant, not the force that holds the order.
NOT_REQUIRED = {"court": ("force_code",)}
COMPARED = (
    "order_type",
    "is_interim",
    "surname",
    "forenames",
    "date_of_birth",
    "sex",
    "pnc_id",
    "cro_number",
    "made_on",
    "start_on",
    "end_on",
    "term_months",
    "court_code",
    "force_code",
)
SETTLED_BY_COURT = ("order_type", "is_interim", "made_on", "start_on", "end_on", "court_code")
# Police systems: forces enter them, and they alone say when a record was entered.
FORCE_SOURCES = ("pnc", "pnd")
SCOPE_KEYS = {"record": "order_id", "source": "source", "force": "holder", "region": "region_code", "all": "whole"}

is_present = pl.col("is_present")
is_delivery = pl.col("order_id").is_null()


def required(name: str) -> pl.Expr:
    """Whether a source must give a column."""
    excused = [source for source, names in NOT_REQUIRED.items() if name in names]
    return ~pl.col("source").is_in(excused)


def is_given(name: str) -> pl.Expr:
    """Whether the record gives a column; the end is given by a date or as until further order."""
    if name == "end":
        return pl.col("end_on").is_not_null() | pl.col("is_until_further_order").fill_null(False)
    if name == "conditions":
        return pl.col("condition_count") > 0
    return pl.col(name).is_not_null()


def count(*holds: pl.Expr) -> pl.Expr:
    """How many of the conditions hold."""
    return pl.sum_horizontal(expression.fill_null(False).cast(pl.Int64) for expression in holds)


def is_true_to_court(name: str) -> pl.Expr:
    """The value is the court's; an end may be counted to the day before."""
    if name == "end_on":
        return (pl.col(name) - pl.col("court_end_on")).dt.total_days().abs() <= 1
    return pl.col(name) == pl.col(f"court_{name}")


def is_compared(name: str) -> pl.Expr:
    """Both the record and the golden order give the value, and the order has other records to compare with."""
    is_shared = is_present & (pl.col("record_count") > 1)
    return is_shared & pl.col(name).is_not_null() & pl.col(f"golden_{name}").is_not_null()


# Court results carry the day of the hearing, returns the month they were made for: neither is a day of entry.
is_dated = pl.col("source").is_in(FORCE_SOURCES) & pl.col("recorded_on").is_not_null() & pl.col("made_on").is_not_null()
days_to_record = (pl.col("recorded_on") - pl.col("made_on")).dt.total_days()
wrong_letters = count(~pl.col("is_pnc_id_valid"), ~pl.col("is_cro_valid"))
values_given = count(*(pl.col(name).is_not_null() for name in COMPARED))

MEASURES = (
    Measure(
        "completeness",
        "required values given ÷ required values of records held and of orders that are due and absent",
        "core__orders, core__conditions; orders, court and region (what is due), presence clock",
        "A value may be given and wrong.",
        count(*(required(name) & is_given(name) & is_present for name in REQUIRED)),
        count(*(required(name) & ~is_delivery for name in REQUIRED)),
    ),
    Measure(
        "uniqueness",
        "records that are not a second one of their order in the source ÷ records",
        "order_sources.is_duplicate",
        "Rests on the matching: a duplicate that was not linked counts as an order of its own.",
        count(is_present & ~pl.col("is_duplicate")),
        count(is_present),
    ),
    Measure(
        "consistency",
        "compared values without a discrepancy ÷ values that both the record and the golden order give",
        "core__orders, orders, discrepancies of a record's fields",
        "Orders that one record alone holds are not judged: there is nothing to compare.",
        count(*(is_compared(name) & ~pl.col("differing").list.contains(name) for name in COMPARED)),
        count(*(is_compared(name) for name in COMPARED)),
    ),
    Measure(
        "timeliness",
        "PNC and PND records entered, and deliveries come, in time ÷ such records with both days, and deliveries due",
        "core__orders.recorded_on − made_on against the clock of the source; deliveries.state",
        "recorded_on is the last touch: an old record that was updated looks late. Clock of the PNC: Code of Practice "
        "2005, 7 (later 10) days [PNC-COP]; the others are settings.",
        count(is_present & is_dated & (days_to_record <= pl.col("grace_days")), is_delivery & pl.col("is_fresh")),
        count(is_present & is_dated, is_delivery),
    ),
    Measure(
        "validity",
        "values in their form and range ÷ values sent",
        "core__orders (check letters), core__rejected_values",
        "A valid value may be another person's.",
        pl.when(is_present).then(values_given - wrong_letters).otherwise(0),
        pl.when(is_present).then(values_given + pl.col("refused")).otherwise(0),
    ),
    Measure(
        "accuracy",
        "values equal to the court's ÷ values that both the record and the standing court result give",
        "core__orders of the other sources against the court's",
        "The court result stands for reality; the courts themselves are not judged, nor orders without a result.",
        count(*(is_true_to_court(name) & is_present for name in SETTLED_BY_COURT)),
        count(*(is_true_to_court(name).is_not_null() & is_present for name in SETTLED_BY_COURT)),
    ),
)


def score_quality(
    evidence: Evidence, discrepancies: pl.DataFrame, *, as_of: date, clock: PresenceClock
) -> pl.DataFrame:
    """Score every order, source, force and region, and all together, in the six dimensions.

    A force is judged by the PNC and PND records of its orders, a region by its return. Deliveries count in the
    timeliness of their source and region, not of single orders.

    Args:
        evidence: the core tables and the register.
        discrepancies: `DISCREPANCIES` of the same evidence.
        as_of: the day of the release.
        clock: when an order is due in a source.

    Returns:
        `QUALITY_SCORES`, sorted by its key; every scope has all six dimensions.
    """
    judged = _judged(evidence, discrepancies, as_of=as_of, clock=clock)
    whole = judged.with_columns(whole=pl.lit("all"))
    scopes = {
        "record": whole.filter(~is_delivery),
        "source": whole,
        "force": whole.filter(pl.col("source").is_in(FORCE_SOURCES) & ~is_delivery),
        "region": whole.filter(pl.col("source") == "rocu"),
        "all": whole,
    }
    sums = pl.concat(_sums(frame, scope) for scope, frame in scopes.items())
    score = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    return QUALITY_SCORES.conform(sums.with_columns(score=score)).sort(QUALITY_SCORES.key)


def _judged(evidence: Evidence, discrepancies: pl.DataFrame, *, as_of: date, clock: PresenceClock) -> pl.DataFrame:
    """Every holding with what each measure counts on it."""
    holdings = pl.concat(
        [
            _records(evidence, discrepancies, clock=clock),
            _absent(evidence.orders, as_of=as_of, clock=clock),
            _deliveries(evidence.deliveries),
        ],
        how="diagonal",
    ).with_columns(pl.col("is_present", "is_duplicate", "is_fresh").fill_null(False))
    return holdings.select(
        "order_id",
        "source",
        "holder",
        "region_code",
        *(measure.numerator.fill_null(0).alias(f"{measure.dimension} numerator") for measure in MEASURES),
        *(measure.denominator.fill_null(0).alias(f"{measure.dimension} denominator") for measure in MEASURES),
    )


def _records(evidence: Evidence, discrepancies: pl.DataFrame, *, clock: PresenceClock) -> pl.DataFrame:
    """The records that stand, beside the golden order, the court's values, and the counts that go in."""
    places = evidence.order_sources.select("source", "source_key", "order_id", "is_duplicate", "is_amended")
    gold = evidence.orders.select(
        "order_id",
        "record_count",
        "region_code",
        holder="force_code",
        **{f"golden_{name}": pl.col(name) for name in COMPARED},
    )
    standing = (
        evidence.core_orders.join(places, on=["source", "source_key"])
        .filter(~pl.col("is_amended") & (pl.col("result_state").fill_null("FINAL") != "WITHDRAWN"))
        .join(gold, on="order_id")
    )
    counted = standing
    for counts in _counts(evidence, discrepancies):
        counted = counted.join(counts, on="record_id", how="left")
    sent_by = pl.col("delivery_id").str.extract(r"^rocu_([^:]+):")
    return counted.join(_court_values(standing), on="order_id", how="left").with_columns(
        pl.col("condition_count", "refused").fill_null(0),
        pl.col("differing").fill_null([]),
        is_present=pl.lit(True),
        region_code=pl.coalesce(sent_by, "region_code"),
        grace_days=pl.col("source").replace_strict(clock.days, return_dtype=pl.Int64),
        **{f"court_{name}": pl.when(pl.col("source") != "court").then(f"court_{name}") for name in SETTLED_BY_COURT},
    )


def _counts(evidence: Evidence, discrepancies: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """By record: conditions given, compared fields that differ, values refused."""
    differing = discrepancies.filter(pl.col("source_key").is_not_null())
    refused = evidence.rejected_values.filter(~pl.col("reason_code").is_in(TOLD_ELSEWHERE))
    return (
        evidence.core_conditions.group_by("record_id").agg(condition_count=pl.len()),
        differing.group_by(record_id=pl.format("{}:{}", "source", "source_key")).agg(differing=pl.col("field")),
        refused.group_by("record_id").agg(refused=pl.len()),
    )


def _court_values(standing: pl.DataFrame) -> pl.DataFrame:
    """What the court said of each order: of several standing results, the last by key."""
    results = standing.filter(pl.col("source") == "court").sort("source_key")
    return results.group_by("order_id").agg(pl.col(name).last().alias(f"court_{name}") for name in SETTLED_BY_COURT)


def _absent(orders: pl.DataFrame, *, as_of: date, clock: PresenceClock) -> pl.DataFrame:
    """Orders due in a source and absent, whether or not a delivery came."""
    due = lacking_sources(golden_orders(orders), clock=clock).filter(pl.col("due_on") <= pl.lit(as_of))
    return due.select("order_id", "source", holder="golden_force_code", region_code="golden_region_code")


def _deliveries(deliveries: pl.DataFrame) -> pl.DataFrame:
    """Every feed that is due, and whether the delivery that the register rests on came in time."""
    in_time = (pl.col("is_used") & (pl.col("state") == "fresh")).any()
    feeds = deliveries.filter(pl.col("feed") != STRAY_FEED).group_by("source", "feed").agg(is_fresh=in_time)
    return feeds.select("source", "is_fresh", region_code=pl.col("feed").str.extract(r"^rocu_(.+)$"))


def _sums(judged: pl.DataFrame, scope: str) -> pl.DataFrame:
    """Sum by the key of a scope; a key that is known but has nothing to judge stands with 0 of 0."""
    key = SCOPE_KEYS[scope]
    counts = [column for column in judged.columns if column.endswith(("numerator", "denominator"))]
    summed = judged.filter(pl.col(key).is_not_null()).group_by(scope_key=key).agg(pl.col(counts).sum())
    known = {"source": SOURCES, "force": FORCE_CODES, "region": REGION_CODES, "all": ("all",)}.get(scope, ())
    keys = pl.concat([summed.select("scope_key"), pl.DataFrame({"scope_key": known}, schema={"scope_key": pl.String})])
    full = keys.unique().join(summed, on="scope_key", how="left").with_columns(pl.col(counts).fill_null(0))
    return pl.concat(
        full.select(
            "scope_key",
            scope=pl.lit(scope),
            dimension=pl.lit(dimension),
            numerator=pl.col(f"{dimension} numerator").cast(pl.Float64),
            denominator=pl.col(f"{dimension} denominator").cast(pl.Float64),
        )
        for dimension in DIMENSIONS
    )
