"""Rules of the statutes, put to the golden order: hard ones that it must keep, soft ones that only ask.

A record that breaks a hard rule where the golden order keeps it differs from the golden order, and is told of there.
Not put, since no source tells what they need: R05 and R30 (periods of travel bans), R06 (one condition of the
catalogue holds both ban and surrender), R07, R08 (findings and cautions), R11 (addresses), R16 and R17 (the day of a
discharge, and consent to it), R18, R22 (applications, appeals), R19 and R31 (what may be imposed).
"""

from datetime import date

import polars as pl

from expectations.rules.dates import golden_start
from expectations.rules.rule import Rule, golden
from reconciliation.law import COMMENCED_ON, MINIMUM_MONTHS

ENGLAND_AND_WALES = "England and Wales"
ADULT_YEARS = 18
FRIDAY = 5
HALF_YEAR = 6
MOST_CONDITIONS = 12
"""A court cut 13 conditions to 5 in one case [IASC-2022 case study 7]: so many are worth a question."""
is_here = pl.col("jurisdiction") == ENGLAND_AND_WALES
is_full = ~golden("is_interim")


def commencement(code: str, title: str, *, applies: pl.Expr, day: date, note: str, example: str) -> Rule:
    """No order is older than the law that made it possible."""
    return Rule(
        code=code,
        title=f"Made before commencement ({title})",
        field="made_on",
        severity="high",
        dimension="validity",
        when=applies & (golden("made_on") < day),
        message=f"The order is dated before {day.day} {day:%B %Y}, when such orders became possible.",
        correction="Check the day of making with the court; one of type, court and day is wrong.",
        note=note,
        example=example,
        subject="order",
        owner="court",
        observed=golden("made_on"),
        expected=pl.lit(f"on or after {day.isoformat()}"),
    )


def minimum_term(code: str, order_type: str, *, note: str, example: str, applies: pl.Expr) -> Rule:
    """A fixed full order has a least length; a day is allowed for counting to the day before."""
    months = MINIMUM_MONTHS[order_type]
    shortest = golden_start.dt.offset_by(f"{months}mo").dt.offset_by("-1d")
    return Rule(
        code=code,
        title=f"Shorter than {months // 12} years ({order_type})",
        field="end_on",
        severity="high",
        dimension="validity",
        when=applies & is_full & (golden("order_type") == order_type) & (golden("end_on") < shortest),
        message=f"A fixed {order_type} lasts at least {months // 12} years; this one ends sooner.",
        correction="Check type, start and end with the court.",
        note=note,
        example=example,
        subject="order",
        owner="court",
        observed=golden("end_on"),
        expected=pl.format("on or after {}", shortest),
    )


def court_rule(code: str, title: str, *, name: str, when: pl.Expr, expected: str, note: str, example: str) -> Rule:
    """A rule that the golden order breaks and the court can settle."""
    return Rule(
        code=code,
        title=title,
        field=name,
        severity="high",
        dimension="validity",
        when=when,
        message=f"The order cannot stand as it is recorded: {title[0].lower()}{title[1:]}.",
        correction="Check type, court and dates with the court.",
        note=note,
        example=example,
        subject="order",
        owner="court",
        observed=golden(name),
        expected=pl.lit(expected),
    )


def query(code: str, title: str, *, name: str, when: pl.Expr, note: str, example: str) -> Rule:
    """A soft rule: nothing is wrong in law, but it is worth a question."""
    return Rule(
        code=code,
        title=title,
        field=name,
        severity="low",
        dimension="accuracy",
        when=when,
        message=f"Worth a question: {title[0].lower()}{title[1:]}.",
        correction="Ask the court whether it is so; if it is, accept it.",
        note=note,
        example=example,
        subject="order",
        owner="court",
        observed=golden(name),
        expected=pl.lit("to be confirmed"),
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
        day=date(2016, 4, 1),
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
    court_rule(
        "R09",
        "Risk order from another court than magistrates' or youth",
        name="court_code",
        when=(order_type == "STRO") & is_here & ~pl.col("court_type").is_in(["magistrates", "youth"]),
        expected="a magistrates' or youth court",
        note="An STRO is made on application to a magistrates' court, s.23 [MSA-2015; COLLEGE-STRO].",
        example="An STRO of Nottingham Crown Court in every source: the type or the court is wrong.",
    ),
    court_rule(
        "R14",
        "Interim prevention order from a Crown Court",
        name="court_code",
        when=(order_type == "STPO") & golden("is_interim") & is_here & (pl.col("court_type") == "crown"),
        expected="a magistrates' or youth court",
        note="An interim STPO belongs to an application under s.15, s.21 [MSA-2015].",
        example="An interim STPO of Nottingham Crown Court.",
    ),
    court_rule(
        "R34",
        "Risk order in Northern Ireland",
        name="order_type",
        when=is_northern_irish & order_type.is_in(["STRO", "TERO"]),
        expected="STPO",
        note="Northern Ireland has no risk order (to February 2022) [HTENI-2015; IASC-2022].",
        example="An STRO of Belfast Magistrates' Court.",
    ),
    court_rule(
        "R35",
        "Type that the nation's courts cannot make",
        name="order_type",
        when=(is_here & order_type.is_in(["TERO", "TEPO"])) | (is_scottish & order_type.is_in(["STRO", "STPO"])),
        expected="a type of the court's nation",
        note="STRO and STPO in England and Wales, TERO and TEPO in Scotland [IASC-2022].",
        example="A TEPO of Leeds Crown Court.",
    ),
    court_rule(
        "R15",
        "Two live orders of one type for one person",
        name="legal_status",
        when=pl.col("live_of_type") > 1,
        expected="one live order of a type",
        note="A later order of the same type ends the earlier one, ss.17(6) and 24(6), the latter read in part "
        "[MSA-2015]; in Scotland ss.20(5) and 27(5) [HTEAS-2015].",
        example="Two STPOs of one person, made on one day and both live: one is a duplicate, or they are of two "
        "people.",
    ),
    court_rule(
        "R26-AGE",
        "Order on a child in a nation of adult orders",
        name="date_of_birth",
        when=is_adult_only & is_minor,
        expected="18 years old when it was made",
        note="Adult only in Scotland and Northern Ireland (R26, R28, R32) [HTEAS-2015 ss.17, 26; HTENI-2015 Sch.3].",
        example="A TEPO of 9 March 2021 on a person born on 17 April 2004.",
    ),
    minimum_term(
        "R33",
        "STPO",
        note="HTENI 2015 Sch.3; the text was not read, unverified [HTENI-2015].",
        example="An STPO of Belfast Crown Court from 1 April 2021 to 31 March 2023.",
        applies=is_northern_irish,
    ),
)

QUERIES = (
    query(
        "Q-YOUTH",
        "A child before the magistrates' court, not the youth court",
        name="date_of_birth",
        when=is_here & is_minor & (pl.col("court_type") == "magistrates"),
        note="Under 18 goes to the youth court (R21), ss.15, 23, 32 [MSA-2015].",
        example="An STRO of Leeds Magistrates' Court of 9 March 2021 on a person born on 17 April 2004.",
    ),
    query(
        "Q-BTP",
        "Held by the British Transport Police",
        name="force_code",
        when=is_here & (golden("force_code") == "93"),
        note="A proposal of February 2021 would make it an applicant; enactment not found (R12) [IASC-2022].",
        example="An STRO whose owner is force 93.",
    ),
    query(
        "Q-LENGTH",
        "A length of odd months",
        name="term_months",
        when=is_full & (golden("term_months") % HALF_YEAR != 0),
        note="Courts set years and half years [IASC-2022; WMERCIA-24].",
        example="An STRO of 25 months.",
    ),
    query(
        "Q-CONDITIONS",
        "More conditions than necessary, perhaps",
        name="condition_count",
        when=golden("condition_count") > MOST_CONDITIONS,
        note="Only necessary prohibitions; 13 were cut to 5 in one case [IASC-2022 case study 7].",
        example="An STPO with 14 conditions.",
    ),
    query(
        "Q-SITTING",
        "Made on a day on which courts do not sit",
        name="made_on",
        when=golden("made_on").dt.weekday() > FRIDAY,
        note="Applications and sentences are heard on weekdays: general knowledge of listing, not law.",
        example="An STPO dated Saturday, 10 April 2021, by every source that gives a day.",
    ),
)
