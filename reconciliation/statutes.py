"""Figures and types that the statutes fix, each with its section, and those that we assume, said to be so.

Belongs here: constants of the law. Does not: what is made of them for an order (`reconciliation.law`), facts of single
fields (`reconciliation.plausibility`).

Rule numbers refer to the rules of orders in the documentation; MSA is the Modern Slavery Act 2015, HTEAS the Human
Trafficking and Exploitation (Scotland) Act 2015, HTENI the Human Trafficking and Exploitation Act (Northern Ireland)
2015.
"""

from datetime import date
from typing import Final

import polars as pl

from warehouse.codes import reference

COMMENCED_ON: Final = {
    "STRO": date(2015, 7, 31),  # R01; SI 2015/1476 reg. 2
    "STPO": date(2015, 7, 31),  # R01
    "TEPO": date(2017, 6, 30),  # R26; HTEAS ss.17-19
    "TERO": date(2017, 10, 31),  # R28; HTEAS s.26
}
COMMENCED_IN_NORTHERN_IRELAND_ON: Final = date(2016, 4, 1)
"""HTENI Schedule 3 (R32; SR 2016/61)."""

FIRST_ORDER_ON: Final = min(COMMENCED_ON.values())
"""No order, and no night, is older."""

OPEN_ENDED_TYPES: Final = ("STRO", "STPO")
"""Types that may run until further order. Scottish orders are fixed (R27, R29; HTEAS ss.20(2), 27(2))."""

BREACH_OFFENCES: Final = ("MS15007", "MS15008", "MS15009")
"""Offences of breach of an order, MSA s.30 (R20); the Scottish section was not read."""

SCOTTISH_TYPES: Final = ("TERO", "TEPO")
"""Types that courts of Scotland make, and no others (R35; HTEAS ss.17, 26)."""

MINIMUM_MONTHS: Final = {"STRO": 24, "STPO": 60, "TERO": 24, "TEPO": 60}
"""Shortest fixed term of a full order (R02, R03, R27, R29; MSA ss.17(4), 24(4)); orders of foreign-travel prohibitions
alone have none (MSA ss.18(1), 25(1); HTEAS ss.20(3), 27(3)). That of Northern Ireland is not verified (R33)."""

HALF_YEAR: Final = 6
"""In months. Courts set lengths in years and half years [IASC-2022; WMERCIA-24]; a span of so many is not chance."""

LONGEST_TRAVEL_MONTHS: Final = 60
"""A prohibition on foreign travel is for a fixed period of 5 years at most, and so is each extension (R05, R30; MSA
ss.18(1), 18(3), 25(1), 25(3); HTEAS ss.21, 28)."""

PREVENTION_OF: Final = {"STRO": "STPO", "TERO": "TEPO"}
"""A risk order is often followed by a prevention order, after conviction (R25). No section ends it then: MSA s.17(6)
and HTEAS s.20(5) end an earlier prevention order, s.24(6) and s.27(5) an earlier risk order. Both bind."""

INTERIM_GRACE_DAYS: Final = 28
"""An interim order ends at the latest on determination (R13; MSA ss.21(7), 28(7)). Recorded days differ by some days,
so a full order made this long after the interim's recorded end is still taken for its determination."""

INTERIM_LONGEST_DAYS: Final = 548
"""After this (18 months) nobody knows whether an interim order without a recorded end is in force: no rule of law, but
over three times the length seen in public (about five months) [IASC-2022; WMERCIA-24]."""


def shortest_months(prefix: str = "") -> pl.Expr:
    """The shortest fixed term of an order in months (`MINIMUM_MONTHS`); null where none is known to apply.

    None applies to interim orders and to orders of foreign-travel prohibitions alone; that of Northern Ireland is not
    verified (R33).

    Args:
        prefix: of the columns read: `order_type`, `is_interim` and `court_code`. `is_travel_only` has none.
    """
    may_be_short = pl.any_horizontal(pl.col(f"{prefix}is_interim", "is_travel_only").fill_null(value=False))
    months = pl.col(f"{prefix}order_type").replace_strict(MINIMUM_MONTHS, default=None, return_dtype=pl.Int64)
    return pl.when(~may_be_short & ~is_northern_irish(pl.col(f"{prefix}court_code"))).then(months)


def is_northern_irish(court_code: pl.Expr) -> pl.Expr:
    """Whether a court is one of Northern Ireland; false for a court that is not known."""
    courts = reference("courts").filter(jurisdiction="Northern Ireland").get_column("code")
    return court_code.is_in(courts.implode()).fill_null(value=False)
