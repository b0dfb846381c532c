"""The model of a person: what makes two records speak of one person, whatever the records are about.

Belongs here: the columns, blocking rules and comparisons of persons. Does not: orders and arrests.

Shares m and u are declared, not fitted: m from the kinds of error that forces and courts report (typing errors,
dropped middle names, fillers for dates of birth, PNC ids keyed by hand), u from the size of the value's space. The
pairs that matter most are not two strangers but relatives and co-defendants, and where these share a value by
nature (surname, or the birth of twins) u is theirs.
"""

from collections.abc import Callable
from functools import cache
from math import log2

import numpy as np
import polars as pl

from matching.engine.blocking import BlockingRule
from matching.engine.comparators.expressions import Level
from matching.engine.comparators.pair_conditions import (
    ANYTHING,
    both,
    day_and_month_swapped,
    digits_off,
    edits,
    either,
    equal,
    letter_off,
    missing,
    same_day_of_year,
    same_year_and_month,
    year_off,
    years_apart,
)
from matching.engine.entries import expression_comparison
from matching.engine.model import LinkageModel
from matching.engine.options import Options
from matching.engine.weights import Weights
from matching.names import compare_names
from reconciliation.name_forms import name_variants

PERSON_COLUMNS = (
    "forenames_folded",
    "surname_folded",
    "date_of_birth",
    "birth_year",
    "birth_month",
    "is_birth_placeholder",
    "sex",
    "pnc_id",
    "is_pnc_id_valid",
    "cro_number",
    "is_cro_valid",
)


@cache
def person_model() -> LinkageModel:
    """The comparisons of persons; names that stand for each other are those of `name_variants`."""
    comparisons = (compare_names(name_variants()), BIRTH, SEX, PNC_ID, CRO)
    return LinkageModel("person", comparisons, options=Options(declared_pairs=1_000))


def _is_standard_filler(side: Callable[[str], pl.Expr]) -> pl.Expr:
    return side("is_birth_placeholder") & side("birth_year").is_in([1900, 1970])


BIRTH = expression_comparison(
    "date of birth",
    ("date_of_birth", "birth_year", "birth_month", "is_birth_placeholder"),
    (
        Level("not known", missing("birth_year"), 1, 1),
        Level("same filler", equal("date_of_birth") & both("is_birth_placeholder"), 0.02, 0.0012),
        # 40 years of birth, 365 days each.
        Level("same day", equal("date_of_birth"), 0.80, 1 / 15_000),
        Level(
            "same year and month, day not known",
            missing("date_of_birth") & equal("birth_year") & equal("birth_month"),
            0.03,
            7e-5,
        ),
        Level(
            "same year, rest not known",
            missing("date_of_birth") & equal("birth_year") & missing("birth_month"),
            0.03,
            8e-4,
        ),
        Level(
            "filler with the same year",
            equal("birth_year") & either(lambda one, _: one("is_birth_placeholder")),
            0.05,
            0.0015,
        ),
        Level("day and month exchanged", day_and_month_swapped("date_of_birth"), 0.02, 4e-5),
        Level("same day, year up to two off", year_off("date_of_birth", 2), 0.03, 2.7e-4),
        Level(
            "same day, year ten off",
            same_day_of_year("date_of_birth") & (years_apart("date_of_birth") == 10),
            0.01,
            1e-4,
        ),
        Level("one digit off", digits_off("date_of_birth") == 1, 0.02, 1.2e-3),
        Level("same year and month", same_year_and_month("date_of_birth"), 0.02, 2e-3),
        # The fillers of systems stand for any birth.
        Level("filler of 1900 or 1970", either(lambda one, _: _is_standard_filler(one)), 0.01, 0.01),
        Level("filler, other year", either(lambda one, _: one("is_birth_placeholder")), 0.003, 0.03),
        # A slip in each record. A generation apart it is another person: son and father can share name and birthday.
        Level(
            "two digits off, less than a generation apart",
            (digits_off("date_of_birth") == 2) & (years_apart("date_of_birth") <= 11),
            0.006,
            0.024,
        ),
        # Slips leave traces, met above. A namesake of another birth, such as a son, must not pass by the name alone.
        Level("other date", ANYTHING, 0.002, 0.95),
    ),
)

SEX = expression_comparison(
    "sex",
    ("sex",),
    (
        Level("not known", missing("sex"), 1, 1),
        Level("same", equal("sex"), 0.98, 0.70),
        Level("other", ANYTHING, 0.02, 0.30),
    ),
)

PNC_ID = expression_comparison(
    "PNC id",
    ("pnc_id", "is_pnc_id_valid"),
    (
        Level("not known", missing("pnc_id"), 1, 1),
        Level("same, check letter right", equal("pnc_id") & both("is_pnc_id_valid"), 0.88, 1e-8),
        Level("same, check letter wrong", equal("pnc_id"), 0.02, 1e-9),
        Level("check letter differs", letter_off("pnc_id"), 0.02, 1e-8),
        Level(
            "one character off, check letter wrong",
            (pl.col("pnc_id_edits") <= 1) & ~both("is_pnc_id_valid"),
            0.03,
            2e-5,
        ),
        # A person keeps one PNC id for life. Two ids for one person occur; without the same full name and birth
        # they are two persons.
        Level("differ, both check letters right", both("is_pnc_id_valid"), 1e-6, 1.0, fixed=True),
        Level("differ, a check letter wrong", ANYTHING, 0.01, 0.95),
    ),
    (edits("pnc_id"),),
)

CRO = expression_comparison(
    "CRO number",
    ("cro_number", "is_cro_valid"),
    (
        Level("not known", missing("cro_number"), 1, 1),
        Level("same", equal("cro_number"), 0.92, 1e-7),
        Level("one character off", pl.col("cro_number_edits") <= 1, 0.03, 5e-4),
        # Unlike a PNC id, a person can come to several CRO numbers.
        Level("differ", ANYTHING, 0.03, 0.99),
    ),
    (edits("cro_number"),),
)


PERSON_RULES = (
    BlockingRule("same PNC number", (pl.col("pnc_id").str.head(-1),)),
    BlockingRule("same CRO number", (pl.col("cro_number"),)),
    BlockingRule(
        "a name and the date of birth",
        (pl.col("all_names"), pl.when(~pl.col("is_birth_placeholder")).then(pl.col("date_of_birth"))),
    ),
    BlockingRule("first forename, surname, year of birth", (pl.col("short_name"), pl.col("birth_year"))),
)


def subject_bar(records: int) -> float:
    """Weight that two records need to be of one person when nothing but the person speaks for it.

    Of n records a given one has a few partners, so the prior odds of a pair are near 2/n; the bar asks for posterior
    odds of 8 to 1.
    """
    return round(log2(max(records, 2) / 2) + 3, 2)


# One slip in a record disagrees with every record of its order: counted each time, it would weigh like many slips.
AGAINST = -2.0
FORBIDDEN = -99.0


def lenient(weights: Weights, floor: float) -> Weights:
    """Weights above their bar as they count among all pairs of two clusters.

    Args:
        weights: how far pairs are above their bar.
        floor: below it a pair forbids the merge; above, it counts against it for 2 at most.
    """
    return np.where(weights < floor, FORBIDDEN, np.maximum(weights, AGAINST))
