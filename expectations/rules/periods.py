"""Rules on the end and the length of an order.

The end of an order is not one value: until further order, a fixed end counted to the day before the anniversary or
to the day itself, an end that follows from a wrong length, from the date of order, or from another order. They are kept
apart here; none is a comparison of texts.
Not a discrepancy: the last day counted to the day or to the day before; an interim order's end beside the full order's.
"""

from functools import partial

import polars as pl

from expectations.rules.dates import date_rules, golden_start, not_followed
from expectations.rules.rule import Rule, differs, golden
from reconciliation.date_arithmetic import DAYS_OF_SLIP, months_after, whole_months
from reconciliation.statutes import HALF_YEAR

SAME_LENGTH_NOTE = "Length and dates disagree when keyed apart (E09) [COLLEGE-STRO: the length was re-requested]."
END_NOTE = "A fixed order ends by time; Modern Slavery Act 2015 ss.17, 24 [MSA-2015]. End missing or miscounted (E08)."
INTERIM_END_NOTE = (
    "An interim order ends at the latest when the main application is determined, ss.21, 28 (R13) [MSA-2015]."
)

record_start = pl.coalesce("start_on", "made_on", "golden_start_on")
length_to_own_end = whole_months(golden_start, pl.col("end_on"))
recorded_length = pl.coalesce(whole_months(record_start, pl.col("end_on")), length_to_own_end)
is_day_before_convention = ((pl.col("end_on") - golden("end_on")).dt.total_days().abs() <= 1) & (
    whole_months(golden_start, pl.col("end_on")) == whole_months(golden_start, golden("end_on"))
)
is_end_different = differs("end_on") & ~is_day_before_convention.fill_null(False)
is_end_from_made = (
    (golden("start_on") != golden("made_on"))
    & (whole_months(golden("made_on"), pl.col("end_on")) == whole_months(golden_start, golden("end_on")))
).fill_null(False)
# A wrong length moves the end with it: one cause, reported once, as the length.
is_length_keyed_wrong = differs("term_months")
is_length_by_dates_wrong = (
    pl.col("term_months").is_null()
    & is_end_different
    & ~is_end_from_made
    & (recorded_length != golden("term_months"))
    & (recorded_length % HALF_YEAR == 0)
    & (recorded_length > 0)
)
# Also where the dates are not whole months apart: 12 months between days that lie 24 months and a week apart.
is_term_off = (
    pl.min_horizontal(
        *(
            (pl.col("end_on") - months_after(start, pl.col("term_months"))).dt.total_days().abs()
            for start in (golden_start, record_start)
        )
    )
    > DAYS_OF_SLIP
)
is_end_from_length = is_length_by_dates_wrong | (is_length_keyed_wrong & (recorded_length == pl.col("term_months")))
is_end_open = pl.col("is_until_further_order").fill_null(False)
is_golden_open = golden("is_until_further_order").fill_null(False)

end_rule = partial(Rule, field="end_on", severity="high", dimension="consistency", note=END_NOTE)
term_rule = partial(Rule, field="term_months", severity="high", dimension="consistency", note=SAME_LENGTH_NOTE)

END_RULES = (
    not_followed(
        "END-AMENDED",
        "end_on",
        title="end",
        example="Court result with an end of 12 December 2030, amended to 31 March 2026. PNC: 12 December 2030.",
    ),
    end_rule(
        code="END-OPEN",
        title="Until further order, instead of a fixed end",
        when=is_end_open & golden("end_on").is_not_null() & ~is_golden_open,
        message="{source} holds the order as until further order; it has a fixed end.",
        correction="Enter the end that the court set.",
        example="PNC: 99999999, until further order. Court: 31 March 2026.",
        observed=pl.lit("until further order"),
    ),
    end_rule(
        code="END-FIXED",
        title="Fixed end, instead of until further order",
        when=pl.col("end_on").is_not_null() & is_golden_open,
        message="{source} gives a fixed end; the order runs until further order.",
        correction="Remove the end and mark the order as until further order.",
        example="Return: 31 March 2026. Court: UFO; PNC: 99999999.",
        expected=pl.lit("until further order"),
    ),
    end_rule(
        code="END-MISSING",
        title="End missing",
        dimension="completeness",
        when=pl.col("end_on").is_null()
        & ~is_end_open
        & golden("end_on").is_not_null()
        & ~pl.col("partial_fields").list.contains("end_on"),
        message="{source} gives no end; the order has one.",
        correction="Enter the end that the court set.",
        example="PND: ends null, term 60 months. Court: 31 March 2026.",
    ),
    end_rule(
        code="END-BEFORE-START",
        title="End before the order began",
        dimension="validity",
        when=(pl.col("end_on") < record_start) & golden("end_on").is_null() & ~is_golden_open,
        message="{source} gives an end before the order began, and no source gives another: the end is not known.",
        correction="Ask the court for the end that it set, and enter it.",
        note="Systems that hold no end write a day long past, such as 1 January 1900 (E10). An order ends after it "
        "began: our own principle.",
        example="PND only: made 9 March 2021, ends 1 January 1900.",
        expected=pl.format("on or after {}", record_start),
    ),
    end_rule(
        code="END-OF-FULL",
        title="End of the full order given for the interim",
        when=is_end_different & golden("is_interim") & (pl.col("end_on") == pl.col("full_end_on")),
        message="{source} gives the interim order the end of the full order that followed it.",
        correction="Enter the day on which the main application was determined.",
        note=INTERIM_END_NOTE,
        example="Interim STRO of 1 June 2022, ended by the STRO of 1 November 2022, which ends 31 October 2024. PNC, "
        "interim: 31 October 2024.",
    ),
    end_rule(
        code="END-FROM-MADE",
        title="End counted from the date of order",
        when=is_end_different & is_end_from_made & ~is_length_keyed_wrong.fill_null(False),
        message="{source} counts the end from the date of order; the order runs from a later start.",
        correction="Recalculate the end from the start that the court set.",
        note="The length may run from release, not from the date of order (R23, E08) [IASC-2022].",
        example="Made 9 March 2021, starts 1 April 2021, 60 months: ends 31 March 2026. PND: 8 March 2026.",
    ),
    *date_rules(
        "END",
        "end_on",
        title="End",
        severity="high",
        guard=is_end_different & ~is_end_from_length.fill_null(False),
        note=END_NOTE,
        examples=(
            "Return: 3 December 2026. Court: 12 March 2026 (12/03/2026 read as month, day).",
            "PNC: 31 March 2025, though its own length is 60 months from 1 April 2021. Court: 31 March 2026.",
            "PND: 28 February 2026. Court, PNC: 31 March 2026. 1 April 2026 is not reported: it counts one day more.",
        ),
    ),
)

TERM_RULES = (
    not_followed(
        "TERM-AMENDED",
        "term_months",
        title="length",
        example="Court result of 84 months, amended to 60. Return: 7 years.",
    ),
    term_rule(
        code="TERM-WRONG",
        title="Length wrong",
        when=is_length_keyed_wrong,
        message="{source} gives a different length from the order; an end calculated from it is wrong too.",
        correction="Enter the length that the court set and recalculate the end.",
        example="Return: 3 years, ends 31 March 2024. Court, PNC: 60 months, ends 31 March 2026. Reported once, as the "
        "length.",
    ),
    term_rule(
        code="TERM-BY-DATES",
        title="Start and end give a different length",
        when=is_length_by_dates_wrong,
        message="{source} gives no length, and its start and end give a different length from the order.",
        correction="Enter the length that the court set and recalculate the end.",
        example="PND: no length, 1 April 2021 to 31 March 2028, 84 months. Court: 60 months.",
        observed=recorded_length,
    ),
    term_rule(
        code="TERM-SELF",
        title="Length and dates disagree",
        severity="medium",
        when=~is_end_different.fill_null(False)
        & (length_to_own_end.ne_missing(pl.col("term_months")) & is_term_off)
        & recorded_length.ne_missing(pl.col("term_months")),
        message="Length and dates in {source} disagree, and no other source shows which is right.",
        correction="Check length and dates against the court result.",
        example="Court only: 84 months, 1 April 2021 to 31 March 2026, which are 60 months.",
        expected=length_to_own_end,
    ),
)

PERIOD_RULES = (*END_RULES, *TERM_RULES)
