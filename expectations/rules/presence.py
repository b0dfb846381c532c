"""Rules on records as such: an order absent from a source, held twice in one, or with values nobody could read."""

from collections.abc import Iterator

import polars as pl

from expectations.rules.rule import Rule, golden
from warehouse.sources import SOURCES, Severity, SourceFacts

DUPLICATE_NOTE = "The same order sent twice, for example from two force systems (E27) [UKAUTH]."
UNREADABLE_NOTE = (
    "A value that can't be read is not guessed: a wrong guess would be worse than no value (E10, E16, E22)."
)


def absence_rules(source: SourceFacts) -> Iterator[Rule]:
    """An order that a source ought to hold and does not: what matters most, or least, first."""
    absence, code = source.absence, f"ABSENT-{source.name.upper()}"
    if absence.older:
        yield _absence(
            source,
            f"{code}-OLD",
            title=f"{absence.title} (older order)",
            severity="low",
            when=is_older,
            example=absence.older,
        )
    if absence.alone:
        alone = f"{absence.title}, and held by one source only"
        yield _absence(source, f"{code}-ALONE", title=alone, severity="high", when=is_alone, example=absence.alone)
    yield _absence(
        source, code, title=absence.title, severity=absence.severity, when=pl.lit(True), example=absence.example
    )


def _absence(source: SourceFacts, code: str, *, title: str, severity: Severity, when: pl.Expr, example: str) -> Rule:
    return Rule(
        code=code,
        title=title,
        field="presence",
        severity=severity,
        dimension="completeness",
        when=(pl.col("source") == source.name) & when,
        message=f"{title}: the order is held elsewhere and the time for entering it has passed.",
        correction="Find the order in the court's register and enter it, or explain why it is not held.",
        note=source.absence.note,
        example=example,
        subject="absence",
        observed=pl.lit("absent"),
        expected=pl.lit("present"),
    )


is_alone = pl.col("source_count") == 1
is_older = golden("made_on") < pl.col("must_hold_since")

PRESENCE_RULES = (
    *(rule for source in SOURCES for rule in absence_rules(source)),
    Rule(
        code="DUPLICATE",
        title="Held twice in one source",
        field="duplicate",
        severity="low",
        dimension="uniqueness",
        when=pl.lit(True),
        message="The order is held twice: {source} has a second record of it.",
        correction="Merge the two records in the source.",
        note=DUPLICATE_NOTE,
        example="Two forces upload the same STRO to the PND, a month apart. An amended result, or one entered again "
        "after a withdrawal, is not a duplicate.",
        subject="duplicate",
        observed=pl.col("source_key"),
        expected=pl.col("first_source_key"),
    ),
)


# A court's name that was cut short fits several courts; it does not contradict the one that made the order.
is_cut_court = (pl.col("field") == "court_code") & pl.col("court_name").str.to_lowercase().str.starts_with(
    pl.col("value").str.strip_chars().str.to_lowercase()
)


# An interim order has no length: a value there that can't be read is no loss.
is_length_of_interim = (pl.col("field") == "term_months") & pl.col("is_interim")


def unreadable(name: str, title: str, *, example: str) -> Rule:
    """A value that was sent but could not be read."""
    words = title if title[1].isupper() else title[0].lower() + title[1:]
    article = "an" if words[0] in "aeiou" else "a"
    return Rule(
        code=f"UNREADABLE-{name.upper().replace('_', '-')}",
        title=f"{title} could not be read",
        field=name,
        severity="low",
        dimension="validity",
        when=(pl.col("field") == name) & ~is_cut_court.fill_null(False) & ~is_length_of_interim.fill_null(False),
        message=f"{{source}} gives {article} {words} that could not be read.",
        correction="Enter the value in the form that the source prescribes.",
        note=UNREADABLE_NOTE,
        example=example,
        subject="rejected",
        observed=pl.col("value"),
        expected=pl.col("expected"),
    )


UNREADABLE_RULES = tuple(
    unreadable(name, title, example=example)
    for name, title, example in (
        ("made_on", "Date of order", "Return: 31/02/2021. No such day."),
        ("start_on", "Start", "Return: spring 2021."),
        ("end_on", "End", "PND: ends 2026-02-30. No such day."),
        ("term_months", "Length", "Return: as ordered. The word interim in place of a length is not reported."),
        ("order_type", "Order type", "PND: Trafficking Order. It fits four types."),
        (
            "court_code",
            "Court",
            "Court: B01XQ00, closed, merged or mistyped. A shortened name that fits is not reported.",
        ),
        ("force_code", "Force", "PND: Northern Constabulary Unit 3. On no list."),
        ("date_of_birth", "Date of birth", "PNC: 31111988. No such day. A partial date is not reported."),
        ("pnc_id", "PNC id", "Return: 12/061254. No check letter."),
        ("cro_number", "CRO number", "PNC: 000000/00Z. A dummy (E18)."),
        ("sex", "Sex", "PND: X1."),
        ("is_county_lines", "County lines mark", "Return: maybe."),
        ("case_urn", "Case number", "Court: 33AB0123/1. Not force, station, serial and year in 11 characters (E21)."),
    )
)
