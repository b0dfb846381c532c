"""Rules on what the order is: type, interim, court, force, conditions, county lines mark, status."""

import polars as pl

from expectations.rules.rule import Rule, Severity, differs, golden

TYPE_NOTE = "Similar names, and court result codes for the STPO alone (E05) [B7-DATA]; tests differ, ss.14-15 and 23."
INTERIM_NOTE = "Interim and full are two orders, ss.21 and 28 [MSA-2015]; interims distort counts (E06) [IASC-2022]."
COURT_NOTE = "Unknown, closed or merged court code (E22) [B7-CORE HO100200, HO100300]."
FORCE_NOTE = "The applicant's force need not be the home force; old names live on (E29) [ROCU-SITES; IASC-2022]."
CONDITION_NOTE = "Conditions are shortened or left out when copied (E33) [COLLEGE-STRO: they were re-requested]."
STATUS_NOTE = "No update on expiry or on a new order (E07) [IASC-2022]; breach does not end an order."

CLOSED = ("expired", "discharged", "superseded")
RUNNING = ("live", "not_started")

missing = pl.col("missing_codes").list.len()
extra = pl.col("extra_codes").list.len()
# Conditions are a part of every PNC record and court result. A PND document or a return without any does not
# contradict the order: it is incomplete, and scored so.
holds_conditions = (pl.col("condition_codes").list.len() > 0) | pl.col("source").is_in(["pnc", "court"])
# A wording that was cut or could not be coded may be the one that seems to be missing.
is_explained_by_cut = (missing <= pl.col("uncoded_conditions")) | (pl.col("has_cut_condition") & (missing == extra))


def condition_rule(code: str, title: str, when: pl.Expr, message: str, correction: str) -> Rule:
    """A rule on the set of conditions."""
    return Rule(
        code,
        title,
        "conditions",
        "high",
        "consistency",
        when,
        message,
        correction,
        CONDITION_NOTE,
        observed=pl.col("condition_codes").list.join(" "),
        expected=golden("condition_codes").list.join(" "),
    )


def content_rule(code: str, title: str, name: str, severity: Severity, when: pl.Expr, message: str, note: str) -> Rule:
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
    )


CONTENT_RULES = (
    content_rule(
        "TYPE-WRONG",
        "Order type wrong",
        "order_type",
        "high",
        differs("order_type"),
        "{source} holds the order as another type.",
        TYPE_NOTE,
    ),
    content_rule(
        "INTERIM-AS-FULL",
        "Interim held as full",
        "is_interim",
        "high",
        ~pl.col("is_interim") & golden("is_interim"),
        "{source} holds an interim order as a full one.",
        INTERIM_NOTE,
    ),
    content_rule(
        "FULL-AS-INTERIM",
        "Full held as interim",
        "is_interim",
        "high",
        pl.col("is_interim") & ~golden("is_interim"),
        "{source} holds a full order as an interim one.",
        INTERIM_NOTE,
    ),
    content_rule(
        "COURT-WRONG",
        "Another court",
        "court_code",
        "medium",
        differs("court_code"),
        "{source} gives another court.",
        COURT_NOTE,
    ),
    content_rule(
        "FORCE-OTHER",
        "Another force",
        "force_code",
        "medium",
        differs("force_code"),
        "{source} gives another force: the applicant, a former holder, or a slip.",
        FORCE_NOTE,
    ),
    condition_rule(
        "COND-DIFFER",
        "Conditions differ",
        (missing > 0) & (extra > 0) & ~is_explained_by_cut,
        "{source} lacks conditions of the order and holds others that no order of the court supports.",
        "Compare with the court result condition by condition.",
    ),
    condition_rule(
        "COND-MISSING",
        "Condition missing",
        holds_conditions & (missing > 0) & (extra == 0) & ~is_explained_by_cut,
        "{source} lacks conditions of the order.",
        "Add the conditions that the court set.",
    ),
    condition_rule(
        "COND-EXTRA",
        "Condition too many",
        (extra > 0) & (missing == 0),
        "{source} holds conditions that no other source supports.",
        "Remove the conditions that the court did not set.",
    ),
    content_rule(
        "COUNTY-LINES",
        "County lines mark differs",
        "is_county_lines",
        "low",
        differs("is_county_lines"),
        "{source} gives another county lines mark.",
        "A mark for counting, not a statutory field [IASC-2022].",
    ),
    Rule(
        "STATUS-WITHDRAWN",
        "Withdrawn result still held",
        "legal_status",
        "high",
        "accuracy",
        (golden("legal_status") == "withdrawn") & (pl.col("source") != "court"),
        "The court withdrew the result; {source} still holds the order.",
        "Ask the court, then remove the order or close it.",
        "A withdrawn result makes no order; nobody may be held to it [MSA-2015 s.30].",
        observed=pl.col("recorded_status"),
    ),
    Rule(
        "STATUS-OPEN",
        "Shown as live though ended",
        "legal_status",
        "high",
        "timeliness",
        (pl.col("recorded_status") == "live") & golden("legal_status").is_in(CLOSED),
        "{source} shows the order as live; it has ended.",
        "Close the order with the right reason.",
        STATUS_NOTE,
        observed=pl.col("recorded_status"),
    ),
    Rule(
        "STATUS-CLOSED",
        "Shown as ended though live",
        "legal_status",
        "high",
        "consistency",
        pl.col("recorded_status").is_in(CLOSED) & golden("legal_status").is_in(RUNNING),
        "{source} shows the order as ended; it is still in force.",
        "Show the order as live, or tell what ended it.",
        STATUS_NOTE,
        observed=pl.col("recorded_status"),
    ),
)
