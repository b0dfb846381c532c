"""The model of an arrest: what makes two records those of one arrest.

Belongs here: blocking rules and comparisons of arrests. Does not: the comparison of persons (`matching.persons`), how
records are linked (`matching.arrests`).
"""

import polars as pl

from matching.engine.blocking import BlockingRule
from matching.engine.comparators.expressions import Level
from matching.engine.comparators.pair_conditions import (
    ANYTHING,
    both,
    day_and_month_swapped,
    days_apart,
    edits,
    equal,
    missing,
    year_off,
)
from matching.engine.entries import expression_comparison, same_or_not
from matching.engine.model import LinkageModel

REFERENCES = LinkageModel(
    "reference",
    (
        expression_comparison(
            "ASN",
            ("asn", "is_asn_valid"),
            (
                Level("not known", missing("asn"), 1, 1),
                # One number is one arrest of one person, whatever PNC ids stand beside it.
                Level("the same", equal("asn"), 0.93, 1e-9),
                Level("one character off", pl.col("asn_edits") <= 1, 0.04, 2e-4),
                Level("differ, both check letters right", both("is_asn_valid"), 0.001, 1.0),
                Level("differ, a check letter wrong", ANYTHING, 0.03, 1.0),
            ),
            (edits("asn"),),
        ),
        expression_comparison(
            "custody reference",
            ("custody_ref",),
            (
                Level("not known", missing("custody_ref"), 1, 1),
                # A custody record can hold several offences, and a rearrest may use it again.
                Level("the same", equal("custody_ref"), 0.95, 1e-5),
                Level("one character off", pl.col("custody_ref_edits") <= 1, 0.02, 0.02),
                Level("differs", ANYTHING, 0.004, 0.98),
            ),
            (edits("custody_ref"),),
        ),
    ),
)

SUBJECT = LinkageModel(
    "subject",
    (
        expression_comparison(
            "subject",
            ("subject_cluster",),
            (
                Level("not known", missing("subject_cluster"), 1, 1),
                Level("the same", equal("subject_cluster"), 0.98, 2e-5),
                Level("differs", ANYTHING, 0.01, 0.98),
            ),
        ),
    ),
)

EVENT = LinkageModel(
    "event",
    (
        expression_comparison(
            "date of arrest",
            ("arrested_on",),
            (
                Level("not known", missing("arrested_on"), 1, 1),
                Level("the same", equal("arrested_on"), 0.90, 0.003),
                Level("within 2 days", days_apart("arrested_on") <= 2, 0.04, 0.008),
                Level("day and month exchanged", day_and_month_swapped("arrested_on"), 0.01, 0.002),
                Level("in another year, same day", year_off("arrested_on", 1), 0.02, 0.003),
                Level("within 14 days", days_apart("arrested_on") <= 14, 0.02, 0.03),
                Level("other date", ANYTHING, 0.005, 0.95),
            ),
        ),
        # A person's arrests are often for one kind of offence; 158 codes are in use. Charges are amended within a kind.
        expression_comparison(
            "offence",
            ("offence_code", "offence_category"),
            (
                Level("not known", missing("offence_code"), 1, 1),
                Level("the same", equal("offence_code"), 0.93, 0.05),
                Level("another of its kind", equal("offence_category"), 0.05, 0.20),
                Level("differs", ANYTHING, 0.02, 0.75),
            ),
        ),
        same_or_not("force", "force_code", (0.95, 0.80), (0.05, 0.20)),
        same_or_not("source", "source", (0.02, 0.40), (0.98, 0.60)),
    ),
)

EVENT_RULES = (
    BlockingRule("the same ASN", (pl.col("asn"),)),
    BlockingRule("the same custody reference", (pl.col("custody_ref"),)),
    BlockingRule("subject and date", (pl.col("subject_cluster"), pl.col("arrested_on"))),
    BlockingRule("subject and offence", (pl.col("subject_cluster"), pl.col("offence_code"))),
    BlockingRule("PNC id and date", (pl.col("pnc_id"), pl.col("arrested_on"))),
    BlockingRule("PNC id and offence", (pl.col("pnc_id"), pl.col("offence_code"))),
    BlockingRule("date, offence and force", tuple(map(pl.col, ("arrested_on", "offence_code", "force_code")))),
    # A name and the date alone make pairs by the square of the arrests of a day: 61 in 100 at 100,000 orders.
    BlockingRule("a name, date and offence", tuple(map(pl.col, ("names", "arrested_on", "offence_code")))),
    BlockingRule("a name, date and force", tuple(map(pl.col, ("names", "arrested_on", "force_code")))),
    BlockingRule("a name, date and year of birth", tuple(map(pl.col, ("names", "arrested_on", "birth_year")))),
    BlockingRule(
        "date of birth, date and offence", tuple(map(pl.col, ("date_of_birth", "arrested_on", "offence_code")))
    ),
)
