"""The six dimensions of the Government Data Quality Framework: how each is counted, what it weighs, what it leaves out.

Belongs here: the measures, and what may be asked of a record. Does not: which records are judged and how their counts
are summed (`expectations.quality`), finding what is wrong (`expectations.discrepancies`).

Source of the dimensions: Government Data Quality Framework, 3 December 2020 [GDQF].
"""

from dataclasses import dataclass

import polars as pl

from expectations.rules.rule import Dimension
from warehouse.sources import POLICE_SOURCES, is_asked_for


@dataclass(frozen=True)
class Example:
    """A worked example: an order that all sources hold alike but for one difference, and what is counted on it."""

    difference: str
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Measure:
    """A dimension and how it is counted on a holding: a source record, or an order absent where it is due.

    Attributes:
        dimension: one of the six.
        formula: numerator by denominator, in words.
        inputs: the tables and columns that go in.
        limits: what the number does not show.
        weight: how much it counts in the score of an order, against the other five.
        reason: why it weighs so much.
        example: a case worked out. Invented.
        numerator: what passed.
        denominator: what was judged; 0 where there is nothing to judge.
    """

    dimension: Dimension
    formula: str
    inputs: str
    limits: str
    weight: int
    reason: str
    example: Example
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
COMPARED_FIELDS = (
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

is_present = pl.col("is_present")
is_delivery = pl.col("order_id").is_null()


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
    """Both the record and the order give the value, and the order has other records to compare with."""
    is_shared = is_present & (pl.col("record_count") > 1)
    return is_shared & pl.col(name).is_not_null() & pl.col(f"golden_{name}").is_not_null()


# Court results carry the day of the hearing, and returns come once a month: neither shows when an order was entered.
# What a source held on its first night may have been there for years: only orders made since are judged, when their
# time is up, held or not.
due_on = pl.col("golden_made_on") + pl.duration(days=pl.col("grace_days"))
is_timed = (
    pl.col("source").is_in(POLICE_SOURCES)
    & (pl.col("golden_made_on") > pl.col("watched_since"))
    & (due_on <= pl.col("as_of"))
)
is_watched_delivery = is_delivery & pl.col("has_history")
wrong_letters = count(~pl.col("is_pnc_id_valid"), ~pl.col("is_cro_valid"))
values_given = count(*(pl.col(name).is_not_null() for name in COMPARED_FIELDS))

MEASURES = (
    Measure(
        "completeness",
        "required values given ÷ required values of records held and of orders that are due and absent",
        "core__orders, core__conditions; orders, court and region (what is due), presence clock",
        "A value may be given and wrong.",
        3,
        "An order that is absent, or whose end or conditions are not given, protects nobody.",
        Example(
            "The PNC record lacks the date of birth; the regional return, where the order is due, lacks the "
            "order. The PNC gives 9 of 10 values, the PND 10 of 10, the court 9 of 9 (it need not name the "
            "force), the return 0 of 10.",
            28,
            39,
        ),
        count(*(is_asked_for(name) & is_given(name) & is_present for name in REQUIRED)),
        count(*(is_asked_for(name) & ~is_delivery for name in REQUIRED)),
    ),
    Measure(
        "uniqueness",
        "records that are not a second one of their order in the source ÷ records",
        "order_sources.is_duplicate",
        "Rests on the matching: a duplicate that was not linked counts as an order of its own.",
        1,
        "A second record misleads counts, not who is bound.",
        Example(
            "The PND holds the order twice: one of five records is a second one.",
            4,
            5,
        ),
        count(is_present & ~pl.col("is_duplicate")),
        count(is_present),
    ),
    Measure(
        "consistency",
        "compared values without a discrepancy ÷ values that both the record and its order in the register give",
        "core__orders, orders, discrepancies of a record's fields",
        "Orders that only one record holds are not judged: there is nothing to compare.",
        2,
        "Where two values differ one is wrong, but which one is not known.",
        Example(
            "The PNC record gives another day on which the order was made. Each of the four records gives 13 of "
            "the compared values, as the order does; one differs.",
            51,
            52,
        ),
        count(*(is_compared(name) & ~pl.col("differing").list.contains(name) for name in COMPARED_FIELDS)),
        count(*(is_compared(name) for name in COMPARED_FIELDS)),
    ),
    Measure(
        "timeliness",
        "orders first seen in the PNC and PND, and deliveries come, in time ÷ orders made since the source's first "
        "night whose time is up, held or absent, and deliveries due",
        "order_sources.first_seen_on − orders.made_on against the clock of the source; deliveries.state",
        "No rate on a source's first night, nor of orders made before it. Where Concord did not run, a record is first "
        "seen later than it was entered. Clock of the PNC: Code of Practice 2005, 7 (later 10) days [PNC-COP]; the "
        "others are settings.",
        2,
        "Until an order is recorded, no other force can act on it.",
        Example(
            "The PNC record was first seen 20 days after the order was made, the clock of the PNC being 10 days; the "
            "PND record within its 31. Deliveries do not count in the score of an order.",
            1,
            2,
        ),
        count(is_timed & is_present & (pl.col("first_seen_on") <= due_on), is_watched_delivery & pl.col("is_fresh")),
        count(is_timed & ~pl.col("is_duplicate"), is_watched_delivery),
    ),
    Measure(
        "validity",
        "values in their form and range ÷ values sent",
        "core__orders (check letters), core__rejected_values",
        "A valid value may be another person's.",
        1,
        "A value in the wrong form is noticed by anyone who reads it, and misleads nobody.",
        Example(
            "The check letter of the PNC record's PNC id is wrong, and its CRO number could not be read and was "
            "refused. Each record gives 13 values, and one more was sent.",
            51,
            53,
        ),
        pl.when(is_present).then(values_given - wrong_letters).otherwise(0),
        pl.when(is_present).then(values_given + pl.col("refused")).otherwise(0),
    ),
    Measure(
        "accuracy",
        "values equal to the court's ÷ values that both the record and the standing court result give",
        "core__orders of the other sources against the court's",
        "The court result is taken as the truth; the courts themselves are not judged, nor orders without a result.",
        3,
        "A wrong type, term or end binds the wrong conduct, or for the wrong time.",
        Example(
            "The PNC record gives STRO, the court STPO. Three records (not the court's own) are held against six "
            "values of the court.",
            17,
            18,
        ),
        count(*(is_true_to_court(name) & is_present for name in SETTLED_BY_COURT)),
        count(*(is_true_to_court(name).is_not_null() & is_present for name in SETTLED_BY_COURT)),
    ),
)
