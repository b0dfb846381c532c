"""The model of an order: what makes two records of one person records of one order.

Belongs here: blocking rules and comparisons of orders. Does not: how persons are compared (`matching.persons`), how
records are linked by them (`matching.orders`).

Probabilities u are those among *other orders of the same person*, not among other people: an interim and a full order
share type, court and conditions, so these are weak evidence, while their dates differ.
"""

import polars as pl

from matching.engine.blocking import BlockingRule
from matching.engine.comparators.expressions import Level
from matching.engine.comparators.pair_conditions import (
    ANYTHING,
    any_of,
    both,
    crossed,
    day_and_month_swapped,
    days_apart,
    either,
    equal,
    left,
    missing,
    overlap,
    right,
    year_off,
)
from matching.engine.entries import expression_comparison, same_or_not
from matching.engine.model import LinkageModel
from matching.engine.options import Options
from matching.persons import PERSON_RULES

RENEWAL = "made and end both a year apart: a renewal"

MADE_OR_START = expression_comparison(
    "dates made and start",
    ("made_on", "start_on", "end_on"),
    (
        Level("both the same", equal("made_on") & equal("start_on"), 0.55, 0.001),
        Level("made the same, start not known", equal("made_on") & missing("start_on"), 0.20, 0.0005),
        # The term can run from release, and sources differ in what they hold as the start.
        Level("made the same, start differs", equal("made_on"), 0.06, 0.0005),
        Level("start the same, made not known", equal("start_on") & missing("made_on"), 0.06, 0.0003),
        Level("start the same, made differs", equal("start_on"), 0.04, 0.0005),
        Level("made of one is the start of the other", crossed("made_on", "start_on"), 0.04, 0.001),
        Level("made with day and month exchanged", day_and_month_swapped("made_on"), 0.01, 0.0005),
        # A slip moves one date; a renewal on the day the term runs out moves all.
        Level(
            RENEWAL,
            year_off("made_on", 1) & year_off("end_on", 1) & (days_apart("end_on") > 2),
            0.001,
            0.05,
            fixed=True,
        ),
        Level("made in another year, same day", year_off("made_on", 1), 0.03, 0.001),
        # Two weeks: hearings listed together; an interim order runs longer before the full one.
        Level("made within 14 days", days_apart("made_on") <= 14, 0.07, 0.003),
        Level(
            "start slipped",
            any_of(
                (
                    day_and_month_swapped("start_on"),
                    year_off("start_on", 1),
                    days_apart("start_on") <= 14,
                )
            ),
            0.03,
            0.006,
        ),
        Level(
            "only made of one and start of the other known",
            missing("made_on")
            & missing("start_on")
            & either(lambda one, other: one("made_on").is_not_null() & other("start_on").is_not_null()),
            0.25,
            0.95,
        ),
        Level("not known", missing("made_on") & missing("start_on"), 1, 1),
        Level("other dates", ANYTHING, 0.005, 0.95),
    ),
)

END = expression_comparison(
    "end",
    ("end_on", "is_until_further_order", "made_on"),
    (
        Level("the same", equal("end_on"), 0.75, 0.02),
        Level("both until further order", both("is_until_further_order"), 0.90, 0.40),
        # An interim order ends on the day the full order is made.
        Level("one ends when the other is made", crossed("end_on", "made_on"), 0.002, 0.30),
        Level("within 2 days", days_apart("end_on") <= 2, 0.10, 0.01),
        Level("within 31 days", days_apart("end_on") <= 31, 0.05, 0.03),
        # Renewals for a year or two are rarer in training than in law.
        Level("in another year, same day", year_off("end_on", 1), 0.02, 0.05, fixed=True),
        Level(
            "until further order in one, a date in the other",
            either(lambda one, other: one("is_until_further_order") & other("end_on").is_not_null()),
            0.10,
            0.40,
        ),
        Level("not known", missing("end_on"), 1, 1),
        Level("other date", ANYTHING, 0.06, 0.94),
    ),
)


CONDITIONS = expression_comparison(
    "conditions",
    ("condition_codes",),
    (
        Level("not known", overlap("condition_codes").is_null(), 1, 1),
        Level("all of the shorter list", overlap("condition_codes") >= 0.999, 0.75, 0.60),
        Level("most", overlap("condition_codes") >= 0.6, 0.18, 0.18),
        Level("some", overlap("condition_codes") > 0, 0.05, 0.10),
        Level("none", ANYTHING, 0.02, 0.12),
    ),
)

# A source holds an order once: two in a hundred are held twice, and hardly ever under two PNC ids.
SOURCE = expression_comparison(
    "source",
    ("source", "pnc_id", "is_pnc_id_valid"),
    (
        Level("another", left("source") != right("source"), 0.98, 0.67),
        Level(
            "the same, under two PNC ids",
            both("is_pnc_id_valid") & (left("pnc_id") != right("pnc_id")),
            0.0005,
            0.30,
            fixed=True,
        ),
        Level("the same", ANYTHING, 0.02, 0.33),
    ),
)

ORDER_MODEL = LinkageModel(
    "order",
    (
        MADE_OR_START,
        END,
        same_or_not("type", "order_type", (0.96, 0.60), (0.04, 0.40)),
        same_or_not("interim", "is_interim", (0.97, 0.55), (0.03, 0.45)),
        same_or_not("term", "term_months", (0.85, 0.30), (0.15, 0.70)),
        same_or_not("court", "court_code", (0.92, 0.50), (0.08, 0.50)),
        same_or_not("force", "force_code", (0.90, 0.75), (0.10, 0.25)),
        CONDITIONS,
        # One case holds the interim and the full order of all defendants.
        same_or_not("case", "case_urn", (0.99, 0.70), (0.01, 0.30)),
        # No national order number exists; forces and regions number the same order apart.
        same_or_not("occurrence", "occurrence_ref", (0.30, 0.02), (0.70, 0.98)),
        SOURCE,
    ),
    # What two orders of one person never had in common so far is not impossible, so declared shares count for much.
    options=Options(declared_pairs=1_000),
)

# Names spelt apart and births that one source lacks leave the court and a date to find an order by. In a large register
# many people share these: then the year of birth, its day and month, or the initials must agree as well.
LISTED_TOGETHER = 45
BIRTH_OR_INITIALS = pl.concat_list(
    pl.col("birth_year").cast(pl.String),
    pl.col("date_of_birth").dt.strftime("%d %m"),
    pl.concat_list(pl.col(name).str.head(1) for name in ("first_forename", "surname_folded")).list.sort().list.join(""),
)


def _court_and(name: str, date: str) -> BlockingRule:
    """The same court and date: of more than 45 pairs, which are ten records, those that agree in more."""
    key = (pl.col("court_code"), pl.col(date))
    return BlockingRule(f"court and the {name}", key, finer=(BIRTH_OR_INITIALS,), cut_above=LISTED_TOGETHER)


ORDER_RULES = (
    *PERSON_RULES,
    BlockingRule("a name and the day made", (pl.col("all_names"), pl.col("made_on"))),
    BlockingRule("a name and the start", (pl.col("all_names"), pl.col("start_on"))),
    BlockingRule("a name and the end", (pl.col("all_names"), pl.col("end_on"))),
    _court_and("day made", "made_on"),
    _court_and("start", "start_on"),
    _court_and("end", "end_on"),
    BlockingRule("the date of birth and the court", (pl.col("date_of_birth"), pl.col("court_code"))),
    BlockingRule("the occurrence reference", (pl.col("occurrence_ref"),), finer=(BIRTH_OR_INITIALS,)),
)
