"""Rules on the dates and the length of an order.

The end of an order is not one value: until further order, a fixed end counted to the day before the anniversary or
to the day itself, an end that follows from a wrong length. Each is told apart here; none is a comparison of texts.
"""

import polars as pl

from expectations.rules.rule import Rule, Severity, differs, golden
from warehouse.periods import whole_months

SAME_LENGTH_NOTE = "Length and dates disagree when keyed apart (E09) [COLLEGE-STRO: the length was re-requested]."
END_NOTE = "A fixed order ends by time; Modern Slavery Act 2015 ss.17, 24 [MSA-2015]. End missing or miscounted (E08)."
DATE_NOTE = "Interfaces write dates differently: PNC ddmmyyyy, courts ISO, returns by hand (E10) [HMPPS-PR; B7-CORE]."
START_NOTE = "An order may start after it was made, for example on release from custody (R23, E08) [IASC-2022]."
AMENDED_NOTE = "An amended result replaces the one it amends; the other systems do not always follow [B7-CORE]."

HALF_YEAR = 6


def is_swapped(name: str) -> pl.Expr:
    """Day and month have changed places."""
    record, gold = pl.col(name).dt, golden(name).dt
    return (
        (record.year() == gold.year()) & (record.month() == gold.day()) & (record.day() == gold.month()) & differs(name)
    )


def is_other_year(name: str) -> pl.Expr:
    """The year alone is another."""
    record, gold = pl.col(name).dt, golden(name).dt
    return (record.month() == gold.month()) & (record.day() == gold.day()) & differs(name)


record_start = pl.coalesce("start_on", "made_on", "golden_start_on")
golden_start = pl.coalesce("golden_start_on", "golden_made_on")
length_by_dates = whole_months(golden_start, pl.col("end_on"))
recorded_length = pl.coalesce(whole_months(record_start, pl.col("end_on")), length_by_dates)
is_day_before_convention = ((pl.col("end_on") - golden("end_on")).dt.total_days().abs() <= 1) & (
    whole_months(golden_start, pl.col("end_on")) == whole_months(golden_start, golden("end_on"))
)
is_end_different = differs("end_on") & ~is_day_before_convention.fill_null(False)
# A wrong length moves the end with it: one cause, told once, as the length.
is_length_keyed_wrong = differs("term_months")
is_length_by_dates_wrong = (
    pl.col("term_months").is_null()
    & is_end_different
    & (recorded_length != golden("term_months"))
    & (recorded_length % HALF_YEAR == 0)
    & (recorded_length > 0)
)
is_end_from_length = is_length_by_dates_wrong | (is_length_keyed_wrong & (recorded_length == pl.col("term_months")))
is_end_open = pl.col("is_until_further_order").fill_null(False)
is_golden_open = golden("is_until_further_order").fill_null(False)
# A wrong day of making that is copied as the start is one mistake, told once, as the day of making.
is_start_from_made = (
    (pl.col("start_on") == pl.col("made_on")) & differs("made_on") & (golden("start_on") == golden("made_on"))
)
is_start_different = differs("start_on") & ~is_start_from_made.fill_null(False)
is_made_given_as_start = ((pl.col("start_on") == pl.col("made_on")) | (pl.col("start_on") == golden("made_on"))) & (
    golden("start_on") != golden("made_on")
)


def not_followed(code: str, name: str, title: str) -> Rule:
    """A rule: the record still gives what the court has since amended."""
    return Rule(
        code,
        f"Amended {title} not followed",
        name,
        "high",
        "timeliness",
        differs(name) & (pl.col(name) == pl.col(f"amended_{name}")) & (pl.col("source") != "court"),
        f"The court amended the {title}; {{source}} still gives the earlier one.",
        f"Update the {title} from the amended result.",
        AMENDED_NOTE,
    )


def date_rules(prefix: str, name: str, title: str, severity: Severity, guard: pl.Expr, note: str) -> tuple[Rule, ...]:
    """The three ways in which a date is wrong, most specific first."""
    kinds = (
        ("SWAPPED", "day and month swapped", is_swapped(name)),
        ("YEAR", "year wrong", is_other_year(name)),
        ("DAYS", "another day", differs(name)),
    )
    return tuple(
        Rule(
            f"{prefix}-{kind}",
            f"{title}: {words}",
            name,
            severity,
            "consistency",
            guard & holds,
            f"{{source}} gives another {title.lower()} than the order ({words}).",
            f"Check the {title.lower()} against the court result and correct the record.",
            note,
        )
        for kind, words, holds in kinds
    )


MADE_RULES = (
    not_followed("MADE-AMENDED", "made_on", "day of making"),
    *date_rules("MADE", "made_on", "Day of making", "medium", pl.lit(True), DATE_NOTE),
)

START_RULES = (
    not_followed("START-AMENDED", "start_on", "start"),
    Rule(
        "START-MADE",
        "Day of making given as the start",
        "start_on",
        "high",
        "consistency",
        is_start_different & is_made_given_as_start,
        "{source} gives the day of making as the start, but the order starts on another day.",
        "Enter the start that the court set.",
        START_NOTE,
    ),
    *date_rules("START", "start_on", "Start", "high", is_start_different, START_NOTE),
)

END_RULES = (
    not_followed("END-AMENDED", "end_on", "end"),
    Rule(
        "END-OPEN",
        "Until further order against a fixed end",
        "end_on",
        "high",
        "consistency",
        is_end_open & golden("end_on").is_not_null() & ~is_golden_open,
        "{source} holds the order as until further order; it has a fixed end.",
        "Enter the end that the court set.",
        END_NOTE,
        observed=pl.lit("until further order"),
    ),
    Rule(
        "END-FIXED",
        "Fixed end against until further order",
        "end_on",
        "high",
        "consistency",
        pl.col("end_on").is_not_null() & is_golden_open,
        "{source} gives a fixed end; the order runs until further order.",
        "Remove the end and mark the order as until further order.",
        END_NOTE,
        expected=pl.lit("until further order"),
    ),
    Rule(
        "END-MISSING",
        "End missing",
        "end_on",
        "high",
        "completeness",
        pl.col("end_on").is_null()
        & ~is_end_open
        & golden("end_on").is_not_null()
        & ~pl.col("partial_fields").list.contains("end_on"),
        "{source} gives no end; the order has one.",
        "Enter the end that the court set.",
        END_NOTE,
    ),
    *date_rules("END", "end_on", "End", "high", is_end_different & ~is_end_from_length.fill_null(False), END_NOTE),
)

TERM_RULES = (
    not_followed("TERM-AMENDED", "term_months", "length"),
    Rule(
        "TERM-WRONG",
        "Length wrong",
        "term_months",
        "high",
        "consistency",
        is_length_keyed_wrong,
        "{source} gives another length than the order; an end worked out from it is wrong too.",
        "Enter the length that the court set and work the end out anew.",
        SAME_LENGTH_NOTE,
    ),
    Rule(
        "TERM-BY-DATES",
        "Start and end span another length",
        "term_months",
        "high",
        "consistency",
        is_length_by_dates_wrong,
        "{source} gives no length, and its start and end span another length than the order.",
        "Enter the length that the court set and work the end out anew.",
        SAME_LENGTH_NOTE,
        observed=recorded_length,
    ),
    Rule(
        "TERM-SELF",
        "Length disagrees with its own dates",
        "term_months",
        "medium",
        "consistency",
        ~is_end_different.fill_null(False) & (length_by_dates != pl.col("term_months")),
        "Length and dates in {source} disagree, and no other source tells which is right.",
        "Check length and dates against the court result.",
        SAME_LENGTH_NOTE,
        expected=length_by_dates,
    ),
)

DATE_RULES = (*MADE_RULES, *START_RULES, *END_RULES, *TERM_RULES)
