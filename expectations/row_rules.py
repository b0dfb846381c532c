"""What must hold between the columns of one row: logic, and the hard rules of the statutes. A list to read.

Belongs here: rules that one row can break alone. Does not: what two records say differently
(`expectations.discrepancies`), what one column must look like (declared with the column).

Statutes: Modern Slavery Act 2015 (MSA), in force for orders from 31 July 2015; Human Trafficking and Exploitation
(Scotland) Act 2015 (HTEAS); Human Trafficking and Exploitation (Northern Ireland) Act 2015 (HTENI). Breaking one is a
warning: it reports a wrong record, not of a wrong table.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import polars as pl

from reconciliation.statutes import (
    COMMENCED_IN_NORTHERN_IRELAND_ON,
    COMMENCED_ON,
    LONGEST_TRAVEL_MONTHS,
    MINIMUM_MONTHS,
    OPEN_ENDED_TYPES,
    SCOTTISH_TYPES,
)
from warehouse.codes import reference

START_TOLERANCE_DAYS = 7
"""An order that takes effect before its hearing is recorded may start some days early on paper."""
TERM_TOLERANCE_DAYS = 31
"""Terms are recorded in whole months, ends as days."""
LONGEST_TERM_MONTHS = 1200
"""Longer terms are cut to this before they are added to a date, which has no room for them."""


@dataclass(frozen=True)
class RowRule:
    """A rule that a row meets, breaks, or that does not apply to it.

    Attributes:
        subject: the rule in a few words; unique within a table.
        holds: true where the row meets it, false where it breaks it, null where it does not apply.
        note: why it must hold: the section of the statute, or the meaning of the columns.
        severity: structural only where the pipeline itself would be wrong.
    """

    subject: str
    holds: pl.Expr = field(compare=False)
    note: str
    severity: Literal["structural", "warning"] = "warning"


def applies(condition: pl.Expr, holds: pl.Expr) -> pl.Expr:
    """The rule where the condition is true; null where it is false or not known."""
    return pl.when(condition).then(holds)


@cache
def _court(column: str) -> pl.Expr:
    courts = reference("courts")
    values = dict(zip(courts["code"], courts[column], strict=True))
    return pl.col("court_code").replace_strict(values, default=None, return_dtype=pl.String)


order_type, made, start, end = pl.col("order_type"), pl.col("made_on"), pl.col("start_on"), pl.col("end_on")
interim, open_ended, term = pl.col("is_interim"), pl.col("is_until_further_order"), pl.col("term_months")
jurisdiction = _court("jurisdiction")
effective = pl.coalesce(start, made)
travel_only = pl.col("is_travel_only")
scottish = order_type.is_in(SCOTTISH_TYPES)


def _end_by_term() -> pl.Expr:
    return effective.dt.offset_by(pl.format("{}mo", term.clip(0, LONGEST_TERM_MONTHS)))


def _lasts_at_least(kind: str) -> pl.Expr:
    return end.dt.offset_by("1d") >= effective.dt.offset_by(f"{MINIMUM_MONTHS[kind]}mo")


ORDER_RULES = (
    RowRule("end on or after start", end >= effective, "An order cannot end before it takes effect."),
    RowRule(
        "start on or after made",
        start >= made.dt.offset_by(f"-{START_TOLERANCE_DAYS}d"),
        "An order takes effect when made or later; 7 days are allowed for recording.",
    ),
    RowRule(
        "until further order has no end",
        applies(open_ended, end.is_null()),
        "An order until further order has no last day.",
    ),
    RowRule(
        "until further order has no term",
        applies(open_ended, term.is_null()),
        "An order until further order has no length.",
    ),
    RowRule(
        "interim is not until further order",
        applies(interim, ~open_ended),
        "Interim orders are for a fixed period (MSA ss.21, 28).",
    ),
    RowRule(
        "term agrees with dates",
        (end - _end_by_term()).abs() <= pl.duration(days=TERM_TOLERANCE_DAYS),
        "Start and length give the end, within 31 days.",
    ),
    RowRule(
        "England and Wales: made since commencement",
        applies(
            order_type.is_in(OPEN_ENDED_TYPES) & (jurisdiction != "Northern Ireland").fill_null(value=True),
            made >= COMMENCED_ON["STPO"],
        ),
        "Part 2 of the MSA is in force since 31 July 2015 (SI 2015/1476).",
    ),
    RowRule(
        "Northern Ireland: made since commencement",
        applies(jurisdiction == "Northern Ireland", made >= COMMENCED_IN_NORTHERN_IRELAND_ON),
        "HTENI Schedule 3 is in operation since 1 April 2016 (SR 2016/61).",
    ),
    RowRule(
        "TEPO: made since commencement",
        applies(order_type == "TEPO", made >= COMMENCED_ON["TEPO"]),
        "HTEAS ss.17-19 are in force since 30 June 2017.",
    ),
    RowRule(
        "TERO: made since commencement",
        applies(order_type == "TERO", made >= COMMENCED_ON["TERO"]),
        "HTEAS s.26 is in force since 31 October 2017.",
    ),
    RowRule(
        "Scottish order has a fixed term",
        applies(scottish & ~interim, ~open_ended),
        "TEPO and TERO are for a fixed period (HTEAS ss.20(2), 27(2)).",
    ),
    RowRule(
        "order type fits the nation of the court",
        applies(jurisdiction.is_not_null() & order_type.is_not_null(), scottish == (jurisdiction == "Scotland")),
        "STRO and STPO are not made in Scotland, TERO and TEPO nowhere else.",
    ),
    RowRule(
        "adult under a Scottish order",
        applies(scottish, pl.col("date_of_birth").dt.offset_by("18y") <= made),
        "TEPO and TERO are for adults (HTEAS ss.17-19, 26).",
    ),
    RowRule(
        "person born at least 10 years before",
        pl.col("date_of_birth").dt.offset_by("10y") <= made,
        "Below the age of criminal responsibility a date of birth is wrong.",
    ),
)

# Of golden orders alone: which of them forbid foreign travel alone is not known of one record.
MINIMUM_RULES = (
    RowRule(
        "prevention order lasts at least 5 years",
        applies(order_type.is_in(["STPO", "TEPO"]) & ~interim & ~travel_only, _lasts_at_least("STPO")),
        "Minimum of a fixed term: MSA s.17, HTEAS s.20(2), HTENI Schedule 3; not of orders that forbid foreign travel "
        "alone (MSA s.18(1), HTEAS s.21).",
    ),
    RowRule(
        "risk order lasts at least 2 years",
        applies(order_type.is_in(["STRO", "TERO"]) & ~interim & ~travel_only, _lasts_at_least("STRO")),
        "Minimum of a fixed term: MSA s.24, HTEAS s.27(2); not of orders that forbid foreign travel alone "
        "(MSA s.25(1), HTEAS s.28).",
    ),
    RowRule(
        "order of travel prohibitions lasts at most 5 years",
        applies(travel_only, end <= effective.dt.offset_by(f"{LONGEST_TRAVEL_MONTHS}mo")),
        "A prohibition on foreign travel, and each extension, is for 5 years at most (MSA ss.18, 25; HTEAS ss.21, 28).",
    ),
)

IDENTIFIER_RULES = (
    RowRule(
        "PNC id judged where there is one",
        pl.col("pnc_id").is_null() == pl.col("is_pnc_id_valid").is_null(),
        "Validity is known for every PNC id, and for nothing else.",
    ),
    RowRule(
        "CRO number judged where there is one",
        pl.col("cro_number").is_null() == pl.col("is_cro_valid").is_null(),
        "Validity is known for every CRO number, and for nothing else.",
    ),
    RowRule("PNC id has its check letter", pl.col("is_pnc_id_valid"), "The check letter fits the number."),
    RowRule("CRO number has its check letter", pl.col("is_cro_valid"), "The check letter fits the number."),
    RowRule(
        "year of birth agrees with date",
        pl.col("date_of_birth").dt.year() == pl.col("birth_year"),
        "Year and date of birth come from one value.",
    ),
)

NOT_EMPTY = RowRule("held by a source", pl.col("sources").list.len() > 0, "At least one source holds it.", "structural")

ROW_RULES: dict[str, tuple[RowRule, ...]] = {
    "core__orders": (
        *ORDER_RULES,
        *IDENTIFIER_RULES,
        RowRule(
            "recorded on or after made",
            pl.col("recorded_on") >= made,
            "A source cannot have recorded the order before it was made.",
        ),
    ),
    "core__arrests": (
        *IDENTIFIER_RULES,
        RowRule("ASN has its check letter", pl.col("is_asn_valid"), "The check letter fits the number."),
        RowRule(
            "person born at least 8 years before",
            pl.col("date_of_birth").dt.offset_by("8y") <= pl.col("arrested_on"),
            "Nobody is arrested as a small child: a date is wrong.",
        ),
    ),
    "link_orders__pairs": (
        RowRule("left before right", pl.col("left_id") < pl.col("right_id"), "A pair is listed once.", "structural"),
    ),
    "orders": (
        *ORDER_RULES,
        *MINIMUM_RULES,
        RowRule(
            "interim has no term",
            applies(interim, term.is_null()),
            "An interim order ends with the main application; its length is not a term.",
        ),
        RowRule(
            "does not follow itself",
            pl.col("follows_order_id") != pl.col("order_id"),
            "An order follows another one.",
            "structural",
        ),
    ),
    "conditions": (NOT_EMPTY,),
    "arrests": (NOT_EMPTY,),
    "field_provenance": (
        RowRule(
            "winner is named",
            applies(
                pl.col("value").is_not_null() & ~pl.col("rule").is_in(["derived", "steward"]),
                pl.col("source_key").is_not_null(),
            ),
            "A value that was neither worked out nor decided comes from a record.",
        ),
        RowRule(
            "decision is named",
            (pl.col("rule") == "steward") == pl.col("decision_id").is_not_null(),
            "A decided value names its decision, and no other value does.",
        ),
    ),
    "source_reliability": (
        RowRule(
            "interval holds the rate",
            pl.col("error_rate").is_between("low", "high"),
            "A rate comes with the interval in which it lies.",
            "structural",
        ),
    ),
    "quality_scores": (
        RowRule(
            "numerator within denominator",
            pl.col("numerator") <= pl.col("denominator") + 1e-9,
            "No more can pass than was judged.",
            "structural",
        ),
        RowRule(
            "no score where nothing was judged",
            applies(pl.col("denominator") == 0, pl.col("score").is_null()),
            "Absence never scores as perfect.",
            "structural",
        ),
        RowRule(
            "interval holds the score",
            applies(pl.col("score").is_not_null(), pl.col("score").is_between("low", "high")),
            "A score comes with the interval in which it lies.",
            "structural",
        ),
    ),
    "review_queue": (
        RowRule(
            "near match is another order",
            pl.col("other_order_id") != pl.col("order_id"),
            "An order is not its own near match.",
            "structural",
        ),
    ),
    "deliveries": (
        RowRule(
            "no row lost",
            pl.col("rows_read") == pl.sum_horizontal("rows_kept", "rows_quarantined", "rows_duplicate"),
            "Rows read = rows kept + quarantined + exact duplicates.",
            "structural",
        ),
    ),
}
