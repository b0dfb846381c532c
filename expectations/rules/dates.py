"""Rules on the day an order was made and the day it starts, and what all rules on dates share.

Not a discrepancy: a date in another form; a start after the date of order, where the order itself starts later.
"""

import polars as pl

from expectations.rules.rule import Rule, differs, golden
from reconciliation.date_arithmetic import is_exchanged, is_same_but_for_year
from warehouse.sources import Severity, is_from_court

DATE_NOTE = "Interfaces write dates differently: PNC ddmmyyyy, courts ISO, returns by hand (E10) [HMPPS-PR; B7-CORE]."
START_NOTE = "An order may start after it was made, for example on release from custody (R23, E08) [IASC-2022]."
AMENDED_NOTE = "An amended result replaces the one it amends; the other systems do not always follow [B7-CORE]."

DAYS_TO_START = 28
"""A start delayed by more than some weeks waits for something: most often for release from custody (R23)."""


def is_swapped(name: str) -> pl.Expr:
    """Day and month have changed places."""
    return is_exchanged(pl.col(name), golden(name)) & differs(name)


def is_other_year(name: str) -> pl.Expr:
    """The year alone is another."""
    return is_same_but_for_year(pl.col(name), golden(name)) & differs(name)


golden_start = pl.coalesce("golden_start_on", "golden_made_on")
# A wrong date of order that is copied as the start is one mistake, reported once, as the date of order.
is_start_from_made = (
    (pl.col("start_on") == pl.col("made_on")) & differs("made_on") & (golden("start_on") == golden("made_on"))
)
is_start_different = differs("start_on") & ~is_start_from_made.fill_null(False)
is_made_given_as_start = ((pl.col("start_on") == pl.col("made_on")) | (pl.col("start_on") == golden("made_on"))) & (
    golden("start_on") != golden("made_on")
)


is_start_delayed = (golden("start_on") == golden("made_on")) & (
    (pl.col("start_on") - pl.col("made_on")).dt.total_days() > DAYS_TO_START
)


def not_followed(code: str, name: str, *, title: str, example: str) -> Rule:
    """A rule: the record still gives what the court has since amended."""
    return Rule(
        code=code,
        title=f"Amended {title} not followed",
        field=name,
        severity="high",
        dimension="timeliness",
        when=differs(name) & (pl.col(name) == pl.col(f"amended_{name}")) & ~is_from_court,
        message=f"The court amended the {title}; {{source}} still gives the earlier one.",
        correction=f"Update the {title} from the amended result.",
        note=AMENDED_NOTE,
        example=example,
    )


def date_rules(
    prefix: str, name: str, *, title: str, severity: Severity, guard: pl.Expr, note: str, examples: tuple[str, str, str]
) -> tuple[Rule, ...]:
    """The three ways in which a date is wrong, most specific first."""
    kinds = (
        ("SWAPPED", "day and month swapped", is_swapped(name)),
        ("YEAR", "year wrong", is_other_year(name)),
        ("DAYS", "day wrong", differs(name)),
    )
    return tuple(
        Rule(
            code=f"{prefix}-{kind}",
            title=f"{title}: {words}",
            field=name,
            severity=severity,
            dimension="consistency",
            when=guard & holds,
            message=f"{{source}} gives a different {title.lower()} from the order ({words}).",
            correction=f"Check the {title.lower()} against the court result and correct the record.",
            note=note,
            example=example,
        )
        for (kind, words, holds), example in zip(kinds, examples, strict=True)
    )


MADE_RULES = (
    not_followed(
        "MADE-AMENDED",
        "made_on",
        title="date of order",
        example="Court result of 2 March 2021, amended to 9 March 2021. PNC: 2 March 2021.",
    ),
    *date_rules(
        "MADE",
        "made_on",
        title="Date of order",
        severity="medium",
        guard=pl.lit(True),
        note=DATE_NOTE,
        examples=(
            "PND: 3 September 2021. Court, PNC: 9 March 2021 (09/03/2021 read as month, day).",
            "Return: 9 March 2020. Court, PNC: 9 March 2021.",
            "PNC: 11 March 2021. Court, PND: 9 March 2021. A mistake that is copied as the start too is reported once.",
        ),
    ),
)

START_DAY_RULES = date_rules(
    "START",
    "start_on",
    title="Start",
    severity="high",
    guard=is_start_different,
    note=START_NOTE,
    examples=(
        "PND: 4 January 2021. Court: 1 April 2021 (01/04/2021 read as month, day).",
        "Return: 1 April 2022. Court, PNC: 1 April 2021.",
        "PNC: 3 April 2021. Court, return: 1 April 2021.",
    ),
)
START_RULES = (
    not_followed(
        "START-AMENDED",
        "start_on",
        title="start",
        example="Court result with a start of 1 May 2021, amended to 1 April 2021. PND: 1 May 2021.",
    ),
    Rule(
        code="START-MADE",
        title="Date of order given as the start",
        field="start_on",
        severity="high",
        dimension="consistency",
        when=is_start_different & is_made_given_as_start,
        message="{source} gives the date of order as the start, but the order starts on a different day.",
        correction="Enter the start that the court set.",
        note=START_NOTE,
        example="Court: made 9 March 2021, starts 1 April 2021 for 60 months, ends 31 March 2026. PNC: starts 9 "
        "March 2021.",
    ),
    *START_DAY_RULES[:2],
    Rule(
        code="START-PUT-OFF",
        title="Start delayed in this record only",
        field="start_on",
        severity="high",
        dimension="consistency",
        when=is_start_different & is_start_delayed,
        message="{source} gives a start weeks after the order was made, as on release from custody; others do not.",
        correction="Ask the court whether the order runs from release, and enter the start that it set.",
        note=START_NOTE,
        example="Return: made 9 March 2021, starts 4 October 2021 (release). Court, PNC: starts 9 March 2021.",
    ),
    *START_DAY_RULES[2:],
)

DATE_RULES = (*MADE_RULES, *START_RULES)

ORDER_DATE_RULES = (
    Rule(
        code="MADE-AFTER-NIGHT",
        title="Dated after the night",
        field="made_on",
        severity="high",
        dimension="validity",
        when=golden("made_on") > pl.col("night"),
        message="The order is dated after the night of the release, and no source gives an earlier day.",
        correction="Ask the court on which day it made the order.",
        note=DATE_NOTE,
        example="An STRO dated 9 March 2033 in the only source that holds it, release of 1 December 2023.",
        subject="order",
        owner="court",
        observed=golden("made_on"),
        expected=pl.format("on or before {}", pl.col("night")),
    ),
    Rule(
        code="START-BEFORE-MADE",
        title="Start before the date of order",
        field="start_on",
        severity="high",
        dimension="validity",
        when=golden("start_on") < golden("made_on"),
        message="The order starts before it was made, and no source gives days that fit each other.",
        correction="Ask the court on which day it made the order, and from which day it runs.",
        note=START_NOTE,
        example="PNC only: made 9 March 2021, starts 1 March 2021.",
        subject="order",
        owner="court",
        observed=golden("start_on"),
        expected=pl.format("on or after {}", golden("made_on")),
    ),
)
