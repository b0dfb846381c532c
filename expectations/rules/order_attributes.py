"""Rules on what the order is: type, interim, court, force, county lines mark, status.

Not a discrepancy: a court or a force by another of its names, a legacy code.
"""

from functools import partial

import polars as pl

from expectations.rules.rule import Rule, differs, golden
from reconciliation.law import ENDED
from reconciliation.plausibility import JURISDICTIONS, POLICE_KINDS, fact_of
from warehouse.sources import fact_of_source, is_from_court

TYPE_NOTE = "Similar names, and court result codes for the STPO alone (E05) [B7-DATA]; tests differ, ss.14-15 and 23."
INTERIM_NOTE = "Interim and full are two orders, ss.21 and 28 [MSA-2015]; interims distort counts (E06) [IASC-2022]."
COURT_NOTE = "Unknown, closed or merged court code (E22) [B7-CORE HO100200, HO100300]."
FORCE_NOTE = "The applicant's force need not be the home force; old names live on (E29) [ROCU-SITES; IASC-2022]."
APPLICANT_NOTE = (
    "An applicant may be any chief officer in whose area the person is, or an agency (R10, R11, E29) [MSA-2015]."
)
STATUS_NOTE = "No update on expiry or on a new order (E07) [IASC-2022]; breach does not end an order."

CLOSED = ("expired", "discharged", "withdrawn", "superseded", "ended")
RUNNING = ("live", "not_started")

is_closed = pl.col("recorded_status").is_in(CLOSED)
is_doubtful = golden("is_in_force_doubtful").fill_null(value=False)

force_jurisdiction = fact_of(pl.col("force_code"), "forces", "nation").replace_strict(JURISDICTIONS, default=None)
# Agencies apply for orders and hold none (R10): their name beside a force is not another force.
is_agency = ~fact_of(pl.col("force_code"), "forces", "kind").is_in(POLICE_KINDS)


content_rule = partial(
    Rule, dimension="consistency", correction="Check against the court result and correct the record."
)
"""On one value that the court's order settles."""


status_rule = partial(
    Rule, field="legal_status", severity="high", dimension="timeliness", observed=pl.col("recorded_status")
)
"""On the status that a record shows beside the one that the law makes of the order."""


WHAT_RULES = (
    content_rule(
        code="TYPE-WRONG",
        title="Order type wrong",
        field="order_type",
        severity="high",
        when=differs("order_type"),
        message="{source} holds the order as a different type.",
        note=TYPE_NOTE,
        example="PNC: STRO. Court, PND and return: STPO, on conviction, by a Crown Court. The PNC record is wrong.",
    ),
    content_rule(
        code="INTERIM-AS-FULL",
        title="Interim held as full",
        field="is_interim",
        severity="high",
        when=~pl.col("is_interim") & golden("is_interim"),
        message="{source} holds an interim order as a full one.",
        note=INTERIM_NOTE,
        example="PND: STRO from 1 June to 1 November 2022. Court: interim STRO. Five months are not a full order: held "
        "as full.",
    ),
    content_rule(
        code="FULL-AS-INTERIM",
        title="Full held as interim",
        field="is_interim",
        severity="high",
        when=pl.col("is_interim") & ~golden("is_interim"),
        message="{source} holds a full order as an interim one.",
        note=INTERIM_NOTE,
        example="Return: interim STRO of three years. Court and PNC: STRO of three years. The return's mark is wrong.",
    ),
    content_rule(
        code="COURT-WRONG",
        title="Different court",
        field="court_code",
        severity="medium",
        when=differs("court_code") & ~pl.col("is_court_named_in_part"),
        message="{source} gives a different court.",
        note=COURT_NOTE,
        example="PND: Leicester Crown Court. Court result: Nottingham Crown Court. A town name alone, where the "
        "town has both courts, is not reported.",
    ),
    content_rule(
        code="FORCE-APPLICANT",
        title="Force is the applicant's, not the holder's",
        field="force_code",
        severity="low",
        when=differs("force_code") & is_from_court & ~is_agency,
        message="{source} names a force that does not hold the order: apparently the applicant.",
        note=APPLICANT_NOTE,
        example="Court: applicant Chief Constable of Essex. PNC and return: owner Kent. Both may be true; ask which "
        "holds it. An agency that applies is not reported: it holds no orders.",
    ),
    content_rule(
        code="FORCE-OTHER",
        title="Different force",
        field="force_code",
        severity="medium",
        # Two forces that upload one order are reported as a duplicate (E27); each upload is true.
        when=differs("force_code")
        & ~is_from_court
        & ~(pl.col("is_force_held_beside") & (fact_of_source("owner") == "force")),
        message="{source} gives a different force: a former holder, a neighbour, or a mistake.",
        note=FORCE_NOTE,
        example="PNC: owner Leicestershire. Court (case number 33…), PND: Nottinghamshire. A legacy code or name is "
        "not reported.",
    ),
    content_rule(
        code="FORCE-NATION",
        title="Force and court in different nations",
        field="force_code",
        severity="medium",
        when=(force_jurisdiction != pl.col("jurisdiction")) & ~differs("force_code").fill_null(value=False),
        message="{source} gives a force that has no orders from the courts of that nation; no source gives another.",
        note="Orders are held in the nation of their court (R35, E29) [IASC-2022].",
        example="PNC only: TEPO of Glasgow Sheriff Court, owner West Midlands. A mistake in the force or in the court.",
    ),
)

STATUS_RULES = (
    content_rule(
        code="COUNTY-LINES",
        title="County lines mark differs",
        field="is_county_lines",
        severity="low",
        when=differs("is_county_lines"),
        message="{source} gives a different county lines mark.",
        note="A mark for counting, not a statutory field [IASC-2022].",
        example="Return of EMSOU: Y. Return of ERSOU, which lists the order too: N.",
    ),
    status_rule(
        code="STATUS-WITHDRAWN",
        title="Withdrawn result still held",
        when=(golden("legal_status") == "withdrawn") & ~is_from_court,
        message="The court withdrew the result; {source} still holds the order.",
        correction="Ask the court, then remove the order or close it.",
        note="A withdrawn result makes no order, and breach takes an order [MSA-2015 s.30]: inferred.",
        example="Court: result withdrawn on 4 May. PNC: live.",
    ),
    status_rule(
        code="STATUS-BESIDE",
        title="Risk order closed because a prevention order was made",
        when=is_closed & pl.col("is_beside_prevention") & golden("legal_status").is_in(RUNNING),
        message="{source} shows the risk order as ended. A prevention order was made for the person, but that does not "
        "end the risk order: both bind.",
        correction="Was it discharged? If so, record the discharge. If not, show the order as live.",
        note="A later order ends only an earlier one of its own type, ss.17(6) and 24(6); a prevention order with "
        "a risk order is practice (R25) [MSA-2015; IASC-2022].",
        example="STRO of 1 March 2021 until 28 February 2026; STPO of 9 May 2022 for the same person. PNC: the STRO is "
        "superseded. It binds until 28 February 2026, unless a court discharged it.",
    ),
    status_rule(
        code="STATUS-NOT-SUPERSEDED",
        title="Shown as live though a later order ended it",
        when=(pl.col("recorded_status") == "live") & (golden("legal_status") == "superseded"),
        message="{source} shows the order as live; a later order of the same type has taken effect and ended it.",
        correction="Close the order as superseded, with the day on which the later order took effect.",
        note="A later order of the same type ends the earlier one, ss.17(6) and 24(6), the latter read in part (R15) "
        "[MSA-2015]; in Scotland ss.20(5) and 27(5) [HTEAS-2015].",
        example="STPO of 1 March 2021, another STPO of 9 May 2022 for the same person. PNC: the first is live.",
    ),
    status_rule(
        code="STATUS-OPEN",
        title="Shown as live though ended",
        when=(pl.col("recorded_status") == "live") & golden("legal_status").is_in(ENDED) & ~is_doubtful,
        message="{source} shows the order as live; it has ended.",
        correction="Close the order with the right reason.",
        note=STATUS_NOTE,
        example="Last day 30 April 2023 in all sources, release of 1 December 2023. PND: live. Where it is in doubt "
        "whether an order has ended, nobody is asked to close it.",
    ),
    status_rule(
        code="STATUS-CLOSED",
        title="Shown as ended though live",
        # Who has closed what the court refused may be right: the others are asked.
        when=is_closed
        & golden("legal_status").is_in(RUNNING)
        & ~pl.col("is_refused_by_court").fill_null(value=False)
        & ~pl.col("may_be_superseded"),
        message="{source} shows the order as ended; nothing that we know of has ended it.",
        correction="Show the order as live, or say what ended it and when.",
        note=STATUS_NOTE,
        example="Last day 31 March 2026, release of 1 December 2023. PNC: expired.",
    ),
)

CONTENT_RULES = (*WHAT_RULES, *STATUS_RULES)
