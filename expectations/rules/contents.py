"""Rules on what the order is: type, interim, court, force, conditions, county lines mark, status.

Not a discrepancy: a court or a force by another of its names, a legacy code, a condition in other words.
"""

import polars as pl

from expectations.rules.rule import Rule, differs, golden
from reconciliation.plausibility import JURISDICTIONS, POLICE, fact_of
from warehouse.sources import Severity, fact_of_source, is_from_court, may_omit

TYPE_NOTE = "Similar names, and court result codes for the STPO alone (E05) [B7-DATA]; tests differ, ss.14-15 and 23."
INTERIM_NOTE = "Interim and full are two orders, ss.21 and 28 [MSA-2015]; interims distort counts (E06) [IASC-2022]."
COURT_NOTE = "Unknown, closed or merged court code (E22) [B7-CORE HO100200, HO100300]."
FORCE_NOTE = "The applicant's force need not be the home force; old names live on (E29) [ROCU-SITES; IASC-2022]."
CONDITION_NOTE = "Conditions are shortened or left out when copied (E33) [COLLEGE-STRO: they were re-requested]."
APPLICANT_NOTE = (
    "An applicant may be any chief officer in whose area the person is, or an agency (R10, R11, E29) [MSA-2015]."
)
PERIOD_NOTE = "Each prohibition may have a period of its own (R04), ss.17, 24 [MSA-2015; MSA-EN para 81]."
STATUS_NOTE = "No update on expiry or on a new order (E07) [IASC-2022]; breach does not end an order."

CLOSED = ("expired", "discharged", "superseded")
RUNNING = ("live", "not_started")

force_jurisdiction = fact_of(pl.col("force_code"), "forces", "nation").replace_strict(JURISDICTIONS, default=None)
# Agencies apply for orders and hold none (R10): their name beside a force is no other force.
is_agency = ~fact_of(pl.col("force_code"), "forces", "kind").is_in(POLICE)
missing = pl.col("missing_codes").list.len()
extra = pl.col("extra_codes").list.len()
# Conditions are a part of every PNC record and court result, and regions are asked for them. A PND document without
# any does not contradict the order: it is incomplete, and scored so.
lists_none = (pl.col("condition_codes").list.len() == 0) & (pl.col("uncoded_conditions") == 0)
# A wording that was cut or could not be coded may be the one that seems to be missing.
is_explained_by_cut = (missing <= pl.col("uncoded_conditions")) | (pl.col("has_cut_condition") & (missing == extra))


def condition_rule(
    code: str, title: str, severity: Severity, when: pl.Expr, message: str, correction: str, example: str
) -> Rule:
    """A rule on the set of conditions."""
    return Rule(
        code,
        title,
        "conditions",
        severity,
        "consistency",
        when,
        message,
        correction,
        CONDITION_NOTE,
        example,
        observed=pl.col("condition_codes").list.join(" "),
        expected=golden("condition_codes").list.join(" "),
    )


def content_rule(
    code: str, title: str, name: str, severity: Severity, when: pl.Expr, message: str, note: str, example: str
) -> Rule:
    """A rule on one value that the court's order settles."""
    return Rule(
        code,
        title,
        name,
        severity,
        "consistency",
        when,
        message,
        "Check against the court result and correct the record.",
        note,
        example,
    )


def status_rule(code: str, title: str, when: pl.Expr, message: str, correction: str, note: str, example: str) -> Rule:
    """A rule on the status that a record shows beside the one that the law makes of the order."""
    return Rule(
        code,
        title,
        "legal_status",
        "high",
        "timeliness",
        when,
        message,
        correction,
        note,
        example,
        observed=pl.col("recorded_status"),
    )


WHAT_RULES = (
    content_rule(
        "TYPE-WRONG",
        "Order type wrong",
        "order_type",
        "high",
        differs("order_type"),
        "{source} holds the order as another type.",
        TYPE_NOTE,
        "PNC: STRO. Court, PND and return: STPO, made by a Crown Court, which makes no STRO. The PNC record is wrong.",
    ),
    content_rule(
        "INTERIM-AS-FULL",
        "Interim held as full",
        "is_interim",
        "high",
        ~pl.col("is_interim") & golden("is_interim"),
        "{source} holds an interim order as a full one.",
        INTERIM_NOTE,
        "PND: STRO from 1 June to 1 November 2022. Court: interim STRO. Five months are no full order: held as full.",
    ),
    content_rule(
        "FULL-AS-INTERIM",
        "Full held as interim",
        "is_interim",
        "high",
        pl.col("is_interim") & ~golden("is_interim"),
        "{source} holds a full order as an interim one.",
        INTERIM_NOTE,
        "Return: interim STRO of three years. Court and PNC: STRO of three years. The return's mark is wrong.",
    ),
    content_rule(
        "COURT-WRONG",
        "Another court",
        "court_code",
        "medium",
        differs("court_code") & ~pl.col("is_court_named_in_part"),
        "{source} gives another court.",
        COURT_NOTE,
        "PND: Leicester Crown Court. Court result: Nottingham Crown Court. A town alone that has both courts is none.",
    ),
    content_rule(
        "FORCE-APPLICANT",
        "Applicant's force is another",
        "force_code",
        "low",
        differs("force_code") & is_from_court & ~is_agency,
        "{source} names another force than the one that holds the order: the applicant, as it seems.",
        APPLICANT_NOTE,
        "Court: applicant Chief Constable of Essex. PNC and return: owner Kent. Both may be true; ask which holds it. "
        "An agency that applies is none: it holds no orders.",
    ),
    content_rule(
        "FORCE-OTHER",
        "Another force",
        "force_code",
        "medium",
        # Two forces that upload one order are told of as a duplicate (E27); each upload is true.
        differs("force_code")
        & ~is_from_court
        & ~(pl.col("is_force_held_beside") & (fact_of_source("owner") == "force")),
        "{source} gives another force: a former holder, a neighbour, or a slip.",
        FORCE_NOTE,
        "PNC: owner Leicestershire. Court (case number 33…), PND: Nottinghamshire. A legacy code or name is none.",
    ),
    content_rule(
        "FORCE-NATION",
        "Force of another nation than the court",
        "force_code",
        "medium",
        (force_jurisdiction != pl.col("jurisdiction")) & ~differs("force_code").fill_null(value=False),
        "{source} gives a force that has no orders of the courts of that nation, and no source gives another.",
        "Orders are held in the nation of their court (R35, E29) [IASC-2022].",
        "PNC alone: TEPO of Glasgow Sheriff Court, owner West Midlands. A slip in the force or in the court.",
    ),
)

CONDITION_RULES = (
    condition_rule(
        "COND-NONE",
        "No conditions at all",
        "high",
        lists_none & (missing > 0) & ~may_omit("conditions"),
        "{source} lists no conditions; the order has some.",
        "Enter the conditions that the court set.",
        "Return: cell empty. Court: C01, C02. Nobody can tell from the return what is forbidden. A PND document has no "
        "place for conditions in many forms: none there is incomplete, not wrong.",
    ),
    condition_rule(
        "COND-DIFFER",
        "Conditions differ",
        "high",
        (missing > 0) & (extra > 0) & ~is_explained_by_cut,
        "{source} lacks conditions of the order and holds others that few sources support.",
        "Compare with the court result condition by condition.",
        "PNC: C01, C09. Court, PND: C01, C02. C02 is missing and C09 is too many.",
    ),
    condition_rule(
        "COND-MISSING",
        "Condition missing",
        "high",
        ~lists_none & (missing > 0) & (extra == 0) & ~is_explained_by_cut,
        "{source} lacks conditions of the order.",
        "Add the conditions that the court set.",
        "PND: C01. Court, PNC: C01, C02. C02 is missing.",
    ),
    condition_rule(
        "COND-EXTRA",
        "Condition too many",
        "high",
        (extra > 0) & (missing == 0),
        "{source} holds conditions that few sources support.",
        "Remove the conditions that the court did not set.",
        "Return: C01, C02, C09. Court, PNC: C01, C02. C09 is too many.",
    ),
    condition_rule(
        "COND-CUT",
        "Condition cut too short to tell",
        "low",
        (missing > 0) & pl.col("has_cut_condition") & (pl.col("uncoded_conditions") > 0),
        "{source} cuts conditions at a width, and what is left of one cannot be told.",
        "Read the condition in the court result; shorten its wording by sense.",
        "PNC, cut at 60 characters: NOT TO BE IN THE COMPANY OF ANY PERSON WHO TO HIS KNOWLEDGE. Court: C02 among "
        "others. A cut condition that can be told is none.",
    ),
    condition_rule(
        "COND-PERIOD",
        "Condition with another period",
        "high",
        pl.col("has_other_period"),
        "{source} words a condition with another number of days, months or years.",
        "Take the period from the court result.",
        "PNC: notify an address within 7 days. Court: within 3 days. The same condition (C29), another period.",
    ),
)

STATUS_RULES = (
    content_rule(
        "COUNTY-LINES",
        "County lines mark differs",
        "is_county_lines",
        "low",
        differs("is_county_lines"),
        "{source} gives another county lines mark.",
        "A mark for counting, not a statutory field [IASC-2022].",
        "Return of EMSOU: Y. Return of ERSOU, which lists the order too: N.",
    ),
    status_rule(
        "STATUS-WITHDRAWN",
        "Withdrawn result still held",
        (golden("legal_status") == "withdrawn") & ~is_from_court,
        "The court withdrew the result; {source} still holds the order.",
        "Ask the court, then remove the order or close it.",
        "A withdrawn result makes no order; nobody may be held to it [MSA-2015 s.30].",
        "Court: result withdrawn on 4 May. PNC: live.",
    ),
    status_rule(
        "STATUS-NOT-SUPERSEDED",
        "Shown as live though a later order took its place",
        (pl.col("recorded_status") == "live") & (golden("legal_status") == "superseded"),
        "{source} shows the order as live; a later order of the person has taken its place.",
        "Close the order as superseded, with the later order's date.",
        "A later order of the same type ends the earlier one, s.17(6), s.24 by analogy (R15); an STPO overtakes an "
        "STRO (R25) [MSA-2015; IASC-2022].",
        "STRO of 1 March 2021, STPO of 9 May 2022 for the same person. PNC: the STRO is live.",
    ),
    status_rule(
        "STATUS-OPEN",
        "Shown as live though ended",
        (pl.col("recorded_status") == "live") & golden("legal_status").is_in(CLOSED),
        "{source} shows the order as live; it has ended.",
        "Close the order with the right reason.",
        STATUS_NOTE,
        "Last day 30 April 2023 in all sources, release of 1 December 2023. PND: live.",
    ),
    status_rule(
        "STATUS-CLOSED",
        "Shown as ended though live",
        pl.col("recorded_status").is_in(CLOSED) & golden("legal_status").is_in(RUNNING),
        "{source} shows the order as ended; it is still in force.",
        "Show the order as live, or tell what ended it.",
        STATUS_NOTE,
        "Last day 31 March 2026, release of 1 December 2023. PNC: expired.",
    ),
)

CONTENT_RULES = (*WHAT_RULES, *CONDITION_RULES, *STATUS_RULES)
