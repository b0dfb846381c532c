"""Rules on records as such: an order absent from a source, held twice in one, or with values nobody could read."""

import polars as pl

from expectations.rules.rule import Rule, Severity, golden

PNC_NOTE = (
    "All forces were told in June 2020 to record orders on the PNC; the entry of a civil order is by hand (E01) "
    "[IASC-2022; B7-CORE]."
)
PND_NOTE = "Held in one system and missing from another (E01) [COLLEGE-STRO]."
COURT_NOTE = "Only a court makes an order, ss.14, 15 and 23 [MSA-2015]; results get lost on the way [NAO 2023]."
ROCU_NOTE = "Regional units were asked for their orders by return (E01, E03) [COLLEGE-STRO]."
DUPLICATE_NOTE = "The same order sent twice, for example from two force systems (E27) [UKAUTH]."
UNREADABLE_NOTE = "A value is read as what it is or not at all; a guess would be worse than none (E10, E16, E22)."


def absence(code: str, title: str, source: str, severity: Severity, when: pl.Expr, note: str) -> Rule:
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
        subject="absence",
        observed=pl.lit("absent"),
        expected=pl.lit("present"),
    )


is_before_instruction = golden("made_on") < pl.col("pnc_instructed_on")

PRESENCE_RULES = (
    absence(
        "ABSENT-COURT-ALONE",
        "In no court result, and one source alone holds it",
        "court",
        "high",
        pl.col("source_count") == 1,
        COURT_NOTE,
    ),
    absence("ABSENT-COURT", "In no court result", "court", "medium", pl.lit(True), COURT_NOTE),
    absence("ABSENT-PNC-OLD", "Not on the PNC (older order)", "pnc", "low", is_before_instruction, PNC_NOTE),
    absence("ABSENT-PNC", "Not on the PNC", "pnc", "high", pl.lit(True), PNC_NOTE),
    absence("ABSENT-PND", "Not on the PND", "pnd", "medium", pl.lit(True), PND_NOTE),
    absence("ABSENT-ROCU", "Not in the regional return", "rocu", "medium", pl.lit(True), ROCU_NOTE),
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


def unreadable(name: str, title: str) -> Rule:
    """A value that was sent but could not be read."""
    return Rule(
        f"UNREADABLE-{name.upper().replace('_', '-')}",
        f"{title} could not be read",
        name,
        "low",
        "validity",
        (pl.col("field") == name) & ~is_cut_court.fill_null(False) & ~is_length_of_interim.fill_null(False),
        f"{{source}} gives a {title.lower()} that could not be read.",
        "Enter the value in the form that the source prescribes.",
        UNREADABLE_NOTE,
        subject="rejected",
        observed=pl.col("value"),
        expected=pl.col("expected"),
    )


UNREADABLE_RULES = tuple(
    unreadable(name, title)
    for name, title in {
        "made_on": "Day of making",
        "start_on": "Start",
        "end_on": "End",
        "term_months": "Length",
        "order_type": "Order type",
        "court_code": "Court",
        "force_code": "Force",
        "date_of_birth": "Date of birth",
        "pnc_id": "PNC id",
        "cro_number": "CRO number",
        "sex": "Sex",
        "is_county_lines": "County lines mark",
    }.items()
)
