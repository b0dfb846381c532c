"""Hard rules of the statutes, put to the golden order.

A record that breaks one where the golden order keeps it differs from the golden order, and is told of there.
R05 (travel bans of five years) needs a period a condition, which no source gives: it cannot be known.
"""

from datetime import date

import polars as pl

from expectations.rules.dates import golden_start
from expectations.rules.rule import Rule, golden
from warehouse.legal import COMMENCED_ON, MINIMUM_MONTHS

ENGLAND_AND_WALES = "England and Wales"
is_here = pl.col("jurisdiction") == ENGLAND_AND_WALES
is_full = ~golden("is_interim")


def commencement(code: str, title: str, applies: pl.Expr, day: date, note: str) -> Rule:
    """No order is older than the law that made it possible."""
    return Rule(
        code,
        f"Made before commencement ({title})",
        "made_on",
        "high",
        "validity",
        applies & (golden("made_on") < day),
        f"The order is dated before {day.day} {day:%B %Y}, when such orders became possible.",
        "Check the day of making with the court; one of type, court and day is wrong.",
        note,
        subject="order",
        owner="court",
        observed=golden("made_on"),
        expected=pl.lit(f"on or after {day.isoformat()}"),
    )


def minimum_term(code: str, order_type: str, note: str, *, applies: pl.Expr) -> Rule:
    """A fixed full order has a least length; a day is allowed for counting to the day before."""
    months = MINIMUM_MONTHS[order_type]
    shortest = golden_start.dt.offset_by(f"{months}mo").dt.offset_by("-1d")
    return Rule(
        code,
        f"Shorter than {months // 12} years ({order_type})",
        "end_on",
        "high",
        "validity",
        applies & is_full & (golden("order_type") == order_type) & (golden("end_on") < shortest),
        f"A fixed {order_type} lasts at least {months // 12} years; this one ends sooner.",
        "Check type, start and end with the court.",
        note,
        subject="order",
        owner="court",
        observed=golden("end_on"),
        expected=pl.format("on or after {}", shortest),
    )


def court_rule(code: str, title: str, name: str, when: pl.Expr, expected: str, note: str) -> Rule:
    """A rule that the golden order breaks and the court can settle."""
    return Rule(
        code,
        title,
        name,
        "high",
        "validity",
        when,
        f"The order cannot stand as it is recorded: {title[0].lower()}{title[1:]}.",
        "Check type, court and dates with the court.",
        note,
        subject="order",
        owner="court",
        observed=golden(name),
        expected=pl.lit(expected),
    )


is_scottish = pl.col("jurisdiction") == "Scotland"
is_northern_irish = pl.col("jurisdiction") == "Northern Ireland"
order_type = golden("order_type")

STATUTE_RULES = (
    commencement(
        "R01", "Part 2, England and Wales", is_here, COMMENCED_ON["STPO"], "SI 2015/1476; MSA 2015 s.14 [SI-2015-1476]."
    ),
    commencement("R26", "TEPO", order_type == "TEPO", COMMENCED_ON["TEPO"], "HTE(S)A 2015 ss.17-19 [HTEAS-2015]."),
    commencement("R28", "TERO", order_type == "TERO", COMMENCED_ON["TERO"], "HTE(S)A 2015 s.26 [HTEAS-2015]."),
    commencement(
        "R32", "STPO, Northern Ireland", is_northern_irish, date(2016, 4, 1), "SR 2016/61 [HTENI-2015; PSNI-STPO]."
    ),
    court_rule(
        "R13",
        "Interim order without an end",
        "end_on",
        golden("is_interim") & golden("end_on").is_null() & is_here,
        "a fixed end",
        "An interim order is for a fixed period, ss.21 and 28 [MSA-2015].",
    ),
    minimum_term("R02", "STPO", "MSA 2015 s.17 [MSA-2015; MSA-EN para 81].", applies=is_here),
    minimum_term("R03", "STRO", "MSA 2015 s.24 [MSA-2015; IASC-2022].", applies=is_here),
    minimum_term("R27", "TEPO", "HTE(S)A 2015 s.20(2) [HTEAS-2015].", applies=is_scottish),
    minimum_term("R29", "TERO", "HTE(S)A 2015 s.27(2) [HTEAS-2015].", applies=is_scottish),
    court_rule(
        "R27-OPEN",
        "Scottish order without a fixed end",
        "end_on",
        is_scottish & golden("is_until_further_order"),
        "a fixed end",
        "TEPO and TERO are for a fixed period, ss.20(2) and 27(2) [HTEAS-2015].",
    ),
    court_rule(
        "R09",
        "Risk order from another court than magistrates' or youth",
        "court_code",
        (order_type == "STRO") & is_here & ~pl.col("court_type").is_in(["magistrates", "youth"]),
        "a magistrates' or youth court",
        "An STRO is made on application to a magistrates' court, s.23 [MSA-2015; COLLEGE-STRO].",
    ),
    court_rule(
        "R14",
        "Interim prevention order from a Crown Court",
        "court_code",
        (order_type == "STPO") & golden("is_interim") & is_here & (pl.col("court_type") == "crown"),
        "a magistrates' or youth court",
        "An interim STPO belongs to an application under s.15, s.21 [MSA-2015].",
    ),
    court_rule(
        "R34",
        "Risk order in Northern Ireland",
        "order_type",
        is_northern_irish & order_type.is_in(["STRO", "TERO"]),
        "STPO",
        "Northern Ireland has no risk order (to February 2022) [HTENI-2015; IASC-2022].",
    ),
    court_rule(
        "R35",
        "Type that the nation's courts cannot make",
        "order_type",
        (is_here & order_type.is_in(["TERO", "TEPO"])) | (is_scottish & order_type.is_in(["STRO", "STPO"])),
        "a type of the court's nation",
        "STRO and STPO in England and Wales, TERO and TEPO in Scotland [IASC-2022].",
    ),
    court_rule(
        "R15",
        "Two live orders of one type for one person",
        "legal_status",
        pl.col("live_of_type") > 1,
        "one live order of a type",
        "A later order of the same type ends the earlier one, s.17(6), s.24 by analogy [MSA-2015].",
    ),
)
