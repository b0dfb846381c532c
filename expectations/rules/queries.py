"""Soft rules, put to the order: nothing is wrong in law, but it is worth a question.

Belongs here: what may be so, and is rarer than a mistake. Does not: what the law forbids
(`expectations.rules.statute`), doubt whether an order is in force (`expectations.rules.doubt`).
"""

import polars as pl

from expectations.rules.rule import Rule, golden
from expectations.rules.statute import is_full, is_here, is_minor, is_northern_irish, is_too_short, order_type
from reconciliation.sitting_days import is_sitting_day
from reconciliation.statutes import HALF_YEAR, MINIMUM_MONTHS
from warehouse.sources import Severity

MOST_CONDITIONS = 12
"""A court cut 13 conditions to 5 in one case [IASC-2022 case study 7]: so many are worth a question."""


def query(
    code: str,
    title: str,
    *,
    name: str,
    when: pl.Expr,
    note: str,
    example: str,
    severity: Severity = "low",
    observed: pl.Expr | None = None,
) -> Rule:
    """A soft rule: nothing is wrong in law, but it is worth a question."""
    return Rule(
        code=code,
        title=title,
        field=name,
        severity=severity,
        dimension="accuracy",
        when=when,
        message=f"Unusual, and worth checking: {title[0].lower()}{title[1:]}.",
        correction="Ask the court whether this is right; if it is, accept it.",
        note=note,
        example=example,
        subject="order",
        owner="court",
        observed=golden(name) if observed is None else observed,
        expected=pl.lit("to be confirmed"),
    )


def early_discharge(code: str, kind: str, *, note: str, example: str) -> Rule:
    """A discharge that was known before the order had run for as long as a court can end it without consent.

    A steward who gave the last day has looked at it.
    """
    months = MINIMUM_MONTHS[kind]
    return query(
        code,
        f"Discharged within {months // 12} years ({kind})",
        name="ended_by",
        severity="high",
        when=is_here
        & is_full
        & (order_type == kind)
        & (golden("legal_status") == "discharged")
        & (golden("ended_by") < golden("made_on").dt.offset_by(f"{months}mo"))
        & ~pl.col("is_end_decided"),
        note=note,
        example=example,
    )


QUERIES = (
    query(
        "R09",
        "Risk order not from a magistrates' or youth court",
        name="court_code",
        when=(order_type == "STRO") & is_here & ~pl.col("court_type").is_in(["magistrates", "youth"]),
        note="An STRO is made on application to a magistrates' court, s.23; the Crown Court can make one on appeal, "
        "s.29(2)-(3) [MSA-2015; COLLEGE-STRO].",
        example="An STRO of Nottingham Crown Court in every source: made on appeal, or type or court are wrong.",
    ),
    query(
        "R14",
        "Interim prevention order from a Crown Court",
        name="court_code",
        when=(order_type == "STPO") & golden("is_interim") & is_here & (pl.col("court_type") == "crown"),
        note="An interim STPO belongs to an application under s.15, s.21; on appeal the Crown Court may make such "
        "orders as are needed, s.22(2) and (4) [MSA-2015].",
        example="An interim STPO of Nottingham Crown Court: made on appeal, or type or court are wrong.",
    ),
    query(
        "R33",
        "Shorter than 5 years (STPO of Northern Ireland)",
        name="end_on",
        severity="high",
        when=is_northern_irish & is_too_short("STPO"),
        note="In England and Wales a fixed STPO lasts at least 5 years, s.17(4) [MSA-2015]; that part of Schedule 3 "
        "[HTENI-2015] was not read.",
        example="An STPO of Belfast Crown Court from 1 April 2021 to 31 March 2023.",
    ),
    query(
        "R34",
        "Risk order in Northern Ireland",
        name="order_type",
        when=is_northern_irish & (order_type == "STRO"),
        note="Northern Ireland had no risk order to February 2022; an Act of that year amended the law and was not "
        "read [HTENI-2015; IASC-2022].",
        example="An STRO of Belfast Magistrates' Court.",
    ),
    early_discharge(
        "R16",
        "STPO",
        note="A court discharges no STPO within 5 years of making it without consent of the person and the chief "
        "officer, s.20 [MSA-2015].",
        example="An STPO made on 9 March 2021: live on the night of 1 May 2023, discharged on that of 2 May 2023.",
    ),
    early_discharge(
        "R17",
        "STRO",
        note="A court discharges no STRO within 2 years of making it without consent of the person and the chief "
        "officer, s.27 [MSA-2015].",
        example="An STRO made on 9 March 2021: live on the night of 1 May 2022, discharged on that of 2 May 2022.",
    ),
    query(
        "Q-BREACH",
        "Arrest for breach, and no breach recorded",
        name="breach_count",
        when=pl.col("breach_arrested_on").is_not_null(),
        note="Breach of an order is an offence, s.30 [MSA-2015; CPS-MS], s.32 [HTEAS-2015] and Sch.3 para.16 "
        "[HTENI-2015], orders of the other nations included; it does not end the order. No code of a Scottish or "
        "Northern Irish offence is known, so arrests for one are not found.",
        example="STRO of 9 March 2021. Arrest of 4 May 2022 for MS15007 (breach of a prohibition). Return: none.",
        observed=pl.col("breach_arrested_on"),
    ),
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
        "Unusual length in months",
        name="term_months",
        when=is_full & (golden("term_months") % HALF_YEAR != 0),
        note="Courts set years and half years [IASC-2022; WMERCIA-24].",
        example="An STRO of 25 months.",
    ),
    query(
        "Q-CONDITIONS",
        "Possibly more conditions than necessary",
        name="condition_count",
        when=golden("condition_count") > MOST_CONDITIONS,
        note="Only necessary prohibitions; 13 were cut to 5 in one case [IASC-2022 case study 7].",
        example="An STPO with 14 conditions.",
    ),
    query(
        "Q-SITTING",
        "Made on a day when courts do not sit",
        name="made_on",
        when=~is_sitting_day(golden("made_on"), golden("court_code")),
        note="On Sundays and bank holidays of their nation courts are closed, but for remands at some magistrates' "
        "courts; on Saturdays only magistrates sit [HMCTS-EASTER-22]. That is listing, not law.",
        example="An STPO of Leeds Crown Court dated Saturday, 10 April 2021, by every source that gives a day. A "
        "magistrates' court sits on Saturdays.",
    ),
)
