"""Rules on records as such: an order absent from a source, held twice in one, or with values nobody could read."""

import polars as pl

from expectations.rules.rule import Rule, Severity, golden

PNC_NOTE = (
    "All forces were told in June 2020 to record orders on the PNC; the entry of a civil order is by hand (E01) "
    "[IASC-2022; B7-CORE]."
)
PND_NOTE = "Held in one system and missing from another (E01) [COLLEGE-STRO]."
COURT_NOTE = "Only a court makes an order, ss.14, 15 and 23 [MSA-2015]; results get lost on the way [NAO-2023]."
ROCU_NOTE = "Regional units were asked for their orders by return (E01, E03) [COLLEGE-STRO]."
DUPLICATE_NOTE = "The same order sent twice, for example from two force systems (E27) [UKAUTH]."
UNREADABLE_NOTE = "A value is read as what it is or not at all; a guess would be worse than none (E10, E16, E22)."


def absence(code: str, title: str, source: str, severity: Severity, when: pl.Expr, note: str, example: str) -> Rule:
    """An order that a source ought to hold and does not."""
    return Rule(
        code,
        title,
        "presence",
        severity,
        "completeness",
        (pl.col("source") == source) & when,
        f"{title}: the order is held elsewhere and the time for entering it has passed.",
        "Find the order in the court's register and enter it, or tell why it is not held.",
        note,
        example,
        subject="absence",
        observed=pl.lit("absent"),
        expected=pl.lit("present"),
    )


is_alone = pl.col("source_count") == 1
is_before_instruction = golden("made_on") < pl.col("pnc_instructed_on")

PRESENCE_RULES = (
    absence(
        "ABSENT-COURT-ALONE",
        "In no court result, and one source alone holds it",
        "court",
        "high",
        is_alone,
        COURT_NOTE,
        "A PND document tells of an STRO of Leeds Magistrates' Court. No court result, PNC record or return does.",
    ),
    absence(
        "ABSENT-COURT",
        "In no court result",
        "court",
        "medium",
        pl.lit(True),
        COURT_NOTE,
        "PNC and PND hold an STPO of Leeds Crown Court of 9 March 2021. The courts' delivery has no result for it. An "
        "order made in Scotland or Northern Ireland is not looked for there.",
    ),
    absence(
        "ABSENT-PNC-OLD",
        "Not on the PNC (older order)",
        "pnc",
        "low",
        is_before_instruction,
        PNC_NOTE,
        "Court result of 9 March 2019, no PNC record. Forces were not yet told to record such orders.",
    ),
    absence(
        "ABSENT-PNC-ALONE",
        "Not on the PNC, and one source alone holds it",
        "pnc",
        "high",
        is_alone,
        PNC_NOTE,
        "A court result of 9 March 2021 stands alone: no police system holds the order, and nobody enforces it.",
    ),
    absence(
        "ABSENT-PNC",
        "Not on the PNC",
        "pnc",
        "high",
        pl.lit(True),
        PNC_NOTE,
        "Court result and return of 9 March 2021, no PNC record ten days later.",
    ),
    absence(
        "ABSENT-PND",
        "Not on the PND",
        "pnd",
        "medium",
        pl.lit(True),
        PND_NOTE,
        "Court result and PNC record of 9 March 2021, no PND document by 9 April 2021.",
    ),
    absence(
        "ABSENT-ROCU",
        "Not in the regional return",
        "rocu",
        "medium",
        pl.lit(True),
        ROCU_NOTE,
        "Court, PNC and PND hold an order of Kent. The region's return came and lacks it. Of a region that sent no "
        "return nothing is absent: that is told of the delivery.",
    ),
    Rule(
        "DUPLICATE",
        "Held twice in one source",
        "duplicate",
        "low",
        "uniqueness",
        pl.lit(True),
        "The order is held twice: {source} is a second record of it.",
        "Merge the two records in the source.",
        DUPLICATE_NOTE,
        "Two forces upload the same STRO to the PND, a month apart. An amended result, or one entered anew after a "
        "withdrawal, is no duplicate.",
        subject="duplicate",
        observed=pl.col("source_key"),
        expected=pl.col("first_source_key"),
    ),
)


# A court's name that was cut short fits several courts; it does not contradict the one that made the order.
is_cut_court = (pl.col("field") == "court_code") & pl.col("court_name").str.to_lowercase().str.starts_with(
    pl.col("value").str.strip_chars().str.to_lowercase()
)


# An interim order has no length: whatever stands in its place is not missed.
is_length_of_interim = (pl.col("field") == "term_months") & pl.col("is_interim")


def unreadable(name: str, title: str, example: str) -> Rule:
    """A value that was sent but could not be read."""
    words = title if title[1].isupper() else title[0].lower() + title[1:]
    article = "an" if words[0] in "aeiou" else "a"
    return Rule(
        f"UNREADABLE-{name.upper().replace('_', '-')}",
        f"{title} could not be read",
        name,
        "low",
        "validity",
        (pl.col("field") == name) & ~is_cut_court.fill_null(False) & ~is_length_of_interim.fill_null(False),
        f"{{source}} gives {article} {words} that could not be read.",
        "Enter the value in the form that the source prescribes.",
        UNREADABLE_NOTE,
        example,
        subject="rejected",
        observed=pl.col("value"),
        expected=pl.col("expected"),
    )


UNREADABLE_RULES = tuple(
    unreadable(name, title, example)
    for name, title, example in (
        ("made_on", "Day of making", "Return: 31/02/2021. No such day."),
        ("start_on", "Start", "Return: spring 2021."),
        ("end_on", "End", "PND: ends 2026-02-30. No such day."),
        ("term_months", "Length", "Return: as ordered. The word interim in place of a length is none."),
        ("order_type", "Order type", "PND: Trafficking Order. It fits four types."),
        ("court_code", "Court", "Court: B01XQ00, closed, merged or mistyped. A name cut short that fits is none."),
        ("force_code", "Force", "PND: Northern Constabulary Unit 3. On no list."),
        ("date_of_birth", "Date of birth", "PNC: 31111988. No such day. A partial date is none."),
        ("pnc_id", "PNC id", "Return: 12/061254. No check letter."),
        ("cro_number", "CRO number", "PNC: 000000/00Z. A dummy (E18)."),
        ("sex", "Sex", "PND: X1."),
        ("is_county_lines", "County lines mark", "Return: maybe."),
        ("case_urn", "Case number", "Court: 33AB0123/1. Not force, station, serial and year in 11 signs (E21)."),
    )
)
