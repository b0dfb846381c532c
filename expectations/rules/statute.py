"""Hard rules of the statutes, put to the order, which must keep them.

Belongs here: what the law forbids. Does not: what it allows and is still worth a question
(`expectations.rules.queries`).

A record that breaks a hard rule where its order keeps it differs from the order, and is reported there.
Not put, since no source gives what they need: R06 (one condition of the catalogue holds both ban and surrender), R07,
R08 (findings and cautions), R11 (addresses), R18, R22 (applications, appeals), R19 and R31 (what may be imposed).
"""

from datetime import date
from functools import partial

import polars as pl

from expectations.rules.dates import golden_start
from expectations.rules.rule import Rule, golden
from reconciliation.statutes import (
    COMMENCED_IN_NORTHERN_IRELAND_ON,
    COMMENCED_ON,
    LONGEST_TRAVEL_MONTHS,
    MINIMUM_MONTHS,
)

ENGLAND_AND_WALES = "England and Wales"
ADULT_YEARS = 18
is_here = pl.col("jurisdiction") == ENGLAND_AND_WALES
is_full = ~golden("is_interim")


hard = partial(Rule, severity="high", dimension="validity", subject="order", owner="court")


def commencement(code: str, title: str, *, applies: pl.Expr, day: date, note: str, example: str) -> Rule:
    """No order is older than the law that made it possible."""
    return hard(
        code=code,
        title=f"Made before commencement ({title})",
        field="made_on",
        when=applies & (golden("made_on") < day),
        message=f"The order is dated before {day.day} {day:%B %Y}, when such orders became possible.",
        correction="Check the date of order with the court; the type, the court or the day is wrong.",
        note=note,
        example=example,
        observed=golden("made_on"),
        expected=pl.lit(f"on or after {day.isoformat()}"),
    )


def shortest_end(order_type: str) -> pl.Expr:
    """The first day on which a full order of the type can end; a day is allowed for counting to the day before."""
    return golden_start.dt.offset_by(f"{MINIMUM_MONTHS[order_type]}mo").dt.offset_by("-1d")


def is_too_short(order_type: str) -> pl.Expr:
    """A fixed full order of the type that ends sooner, unless it forbids foreign travel alone.

    A last day that a steward gave says when it ended, however that came: nothing of the period that the court set.
    """
    return (
        is_full
        & ~pl.col("is_end_decided")
        & ~golden("is_travel_only").fill_null(value=False)
        & (golden("order_type") == order_type)
        & (golden("end_on") < shortest_end(order_type))
    )


def minimum_term(code: str, order_type: str, *, note: str, example: str, applies: pl.Expr) -> Rule:
    """A fixed full order has a least length, unless it forbids foreign travel alone."""
    months = MINIMUM_MONTHS[order_type]
    return hard(
        code=code,
        title=f"Shorter than {months // 12} years ({order_type})",
        field="end_on",
        when=applies & is_too_short(order_type),
        message=f"A fixed {order_type} lasts at least {months // 12} years; this one ends sooner.",
        correction="Check type, start and end with the court.",
        note=note,
        example=example,
        observed=golden("end_on"),
        expected=pl.format("on or after {}", shortest_end(order_type)),
    )


def longest_travel(code: str, nation: str, *, note: str, example: str, applies: pl.Expr) -> Rule:
    """A prohibition on foreign travel has a greatest length, by its words or by the span of an order without others."""
    longest = golden_start.dt.offset_by(f"{LONGEST_TRAVEL_MONTHS}mo")
    return hard(
        code=code,
        title=f"Foreign travel forbidden for more than 5 years ({nation})",
        field="end_on",
        when=applies & (pl.col("travel_end_on") > longest),
        message="A prohibition on foreign travel, or its extension, lasts at most 5 years; this one is longer.",
        correction="Ask the court for the period of the prohibition, and whether it was extended.",
        note=note,
        example=example,
        observed=pl.col("travel_end_on"),
        expected=pl.format("on or before {}, unless extended", longest),
    )


def court_rule(code: str, title: str, *, name: str, when: pl.Expr, expected: str, note: str, example: str) -> Rule:
    """A rule that the order breaks and the court can settle."""
    return hard(
        code=code,
        title=title,
        field=name,
        when=when,
        message=f"The order can't be right as recorded. {title}.",
        correction="Check type, court and dates with the court.",
        note=note,
        example=example,
        observed=golden(name),
        expected=pl.lit(expected),
    )


is_scottish = pl.col("jurisdiction") == "Scotland"
is_northern_irish = pl.col("jurisdiction") == "Northern Ireland"
order_type = golden("order_type")
is_adult_only = is_scottish | is_northern_irish
is_minor = golden("made_on") < golden("date_of_birth").dt.offset_by(f"{ADULT_YEARS}y")

STATUTE_RULES = (
    commencement(
        "R01",
        "Part 2, England and Wales",
        applies=is_here,
        day=COMMENCED_ON["STPO"],
        note="SI 2015/1476; MSA 2015 s.14 [SI-2015-1476].",
        example="An STPO of Leeds Crown Court dated 9 March 2015. Part 2 came into force on 31 July 2015.",
    ),
    commencement(
        "R26",
        "TEPO",
        applies=order_type == "TEPO",
        day=COMMENCED_ON["TEPO"],
        note="HTE(S)A 2015 ss.17-19 [HTEAS-2015].",
        example="A TEPO dated 9 March 2017; in force from 30 June 2017.",
    ),
    commencement(
        "R28",
        "TERO",
        applies=order_type == "TERO",
        day=COMMENCED_ON["TERO"],
        note="HTE(S)A 2015 s.26 [HTEAS-2015].",
        example="A TERO dated 9 July 2017; in force from 31 October 2017.",
    ),
    commencement(
        "R32",
        "STPO, Northern Ireland",
        applies=is_northern_irish,
        day=COMMENCED_IN_NORTHERN_IRELAND_ON,
        note="SR 2016/61 [HTENI-2015; PSNI-STPO].",
        example="An STPO of Belfast Crown Court dated 9 March 2016; in operation from 1 April 2016.",
    ),
    court_rule(
        "R13",
        "Interim order without an end",
        name="end_on",
        when=golden("is_interim") & golden("end_on").is_null() & is_here,
        expected="a fixed end",
        note="An interim order is for a fixed period, ss.21 and 28 [MSA-2015].",
        example="An interim STRO of 1 June 2022 for which no source gives an end.",
    ),
    minimum_term(
        "R02",
        "STPO",
        note="MSA 2015 s.17 [MSA-2015; MSA-EN para 81].",
        example="An STPO from 1 April 2021 to 31 March 2023: two years.",
        applies=is_here,
    ),
    minimum_term(
        "R03",
        "STRO",
        note="MSA 2015 s.24 [MSA-2015; IASC-2022].",
        example="An STRO from 1 April 2021 to 31 March 2022: one year.",
        applies=is_here,
    ),
    minimum_term(
        "R27",
        "TEPO",
        note="HTE(S)A 2015 s.20(2) [HTEAS-2015].",
        example="A TEPO from 1 April 2021 to 31 March 2024: three years.",
        applies=is_scottish,
    ),
    minimum_term(
        "R29",
        "TERO",
        note="HTE(S)A 2015 s.27(2) [HTEAS-2015].",
        example="A TERO from 1 April 2021 to 31 March 2022: one year.",
        applies=is_scottish,
    ),
    court_rule(
        "R27-OPEN",
        "Scottish order without a fixed end",
        name="end_on",
        when=is_scottish & golden("is_until_further_order"),
        expected="a fixed end",
        note="TEPO and TERO are for a fixed period, ss.20(2) and 27(2) [HTEAS-2015].",
        example="A TEPO of Glasgow Sheriff Court until further order.",
    ),
    longest_travel(
        "R05",
        "England and Wales",
        note="MSA 2015 ss.18 and 25: a fixed period of at most 5 years, and each extension as long [MSA-2015].",
        example="An STRO of ten years from 1 April 2021, with: not to travel to Romania for 7 years. At most until 31 "
        "March 2026.",
        applies=is_here,
    ),
    longest_travel(
        "R30",
        "Scotland",
        note="HTE(S)A 2015 ss.21 and 28 [HTEAS-2015].",
        example="A TERO of foreign-travel prohibitions only, from 1 April 2021 to 31 March 2029.",
        applies=is_scottish,
    ),
    court_rule(
        "R35",
        "Order type that the courts of that nation can't make",
        name="order_type",
        when=(is_scottish != order_type.is_in(["TERO", "TEPO"])),
        expected="a type of the court's nation",
        note="STRO and STPO in England and Wales, STPO in Northern Ireland, TERO and TEPO in Scotland [IASC-2022].",
        example="A TEPO of Leeds Crown Court.",
    ),
    court_rule(
        "R15",
        "Two live orders of one type for one person",
        name="legal_status",
        when=pl.col("live_of_type") > 1,
        expected="one live order of a type",
        note="A later order of the same type ends the earlier one, ss.17(6) and 24(6), the latter read in part "
        "[MSA-2015]; in Scotland ss.20(5) and 27(5) [HTEAS-2015]. An STPO of Northern Ireland is under another Act: "
        "it and one of England or Wales both bind.",
        example="Two STPOs of one person, made on one day and both live: one is a duplicate, or they are of two "
        "people.",
    ),
    court_rule(
        "R26-AGE",
        "Order against a child in a nation where orders are for adults only",
        name="date_of_birth",
        when=is_adult_only & is_minor,
        expected="18 years old when it was made",
        note="Adult only in Scotland and Northern Ireland (R26, R28, R32) [HTEAS-2015 ss.17, 26; HTENI-2015 Sch.3].",
        example="A TEPO of 9 March 2021 on a person born on 17 April 2004.",
    ),
)
