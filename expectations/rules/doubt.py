"""Questions of whether an order is in force at all: the first that a steward should settle.

Until one is settled the order counts as in force. Not a discrepancy of a record: nobody is asked to close an order by
these rules, nor to open one.
"""

from typing import Final

import polars as pl

from expectations.rules.rule import Rule, golden
from warehouse.codes import DOUBT
from warehouse.sources import is_from_court

is_refused = pl.col("is_refused_by_court").fill_null(value=False)
is_doubtful = golden("is_in_force_doubtful").fill_null(value=False)
status = golden("legal_status")


NOT_HELD: Final = f"{DOUBT}NOT-HELD"


def doubt(code: str, title: str, *, when: pl.Expr, message: str, correction: str, note: str, example: str) -> Rule:
    """Nobody knows whether the order is in force; the court can say."""
    return Rule(
        code=f"{DOUBT}{code}",
        title=title,
        field="legal_status",
        severity="high",
        dimension="accuracy",
        when=is_doubtful & when,
        message=message,
        correction=correction,
        note=note,
        example=example,
        subject="order",
        owner="court",
        observed=status,
        expected=pl.lit("to be confirmed"),
    )


REFUSAL_RULES = (
    Rule(
        code=f"{DOUBT}REFUSED",
        title="Held as an order though the court refused it",
        field="legal_status",
        severity="high",
        dimension="accuracy",
        when=is_doubtful & is_refused & ~is_from_court & pl.col("recorded_status").fill_null("live").eq("live"),
        message="{source} holds an order of the kind that the court refused for this person at about that time. It "
        "counts as in force until the holder says whether it is held by mistake or was made later.",
        correction="Find out whether the order was made. If it was, send the day and the court; if not, remove it.",
        note="A refused application makes no order; a court can make one later, or on appeal, ss.22 and 29 "
        "[MSA-2015]. Records are not always updated (E07) [IASC-2022].",
        example="Court, 4 May 2026: application for an STRO refused. PNC: STRO of 4 May 2026, live.",
        observed=pl.lit("live"),
        expected=pl.lit("to be confirmed"),
    ),
)
"""Put to the holder: the court has said what it knows."""

NOT_HELD_RULES = (
    Rule(
        code=NOT_HELD,
        title="Mentioned in a court result, and held by no source",
        field="legal_status",
        severity="high",
        dimension="completeness",
        when=pl.col("is_without_making").fill_null(value=False),
        message="A court result says what happened to an order that no record holds, or that can't be distinguished "
        "from another order of the person. It is listed separately and changes no other order.",
        correction="Ask the court which order it was and when it was made; join the records if the register holds it.",
        note="Only a court varies, renews or discharges an order, ss.20 and 27 (R18): there was one [MSA-2015].",
        example="Court: STRO discharged on 5 May 2026. The person has two STROs, and the result names neither.",
        subject="order",
        owner="court",
        observed=status,
        expected=pl.lit("to be confirmed"),
    ),
)

DOUBT_RULES = (
    *NOT_HELD_RULES,
    doubt(
        "DROPPED",
        "No longer held by any source",
        when=pl.col("is_dropped").fill_null(value=False),
        message="Sources held the order, and none does now. It is kept as last recorded, and counts as in force "
        "until its last day has passed, or until it is known when it ended.",
        correction="Ask the court whether anything has ended the order, and those who held it why they no longer do.",
        note="Only its time, a discharge or a later order of its type ends an order, ss.17, 20, 24 and 27 [MSA-2015]; "
        "deleting a record, or being unable to read it, ends none.",
        example="Only the PNC held an STRO with the last day 31 March 2026; the extract of 1 December 2023 lacks it.",
    ),
    doubt(
        "INTERIM",
        "Interim order not known to be in force",
        when=status == "uncertain",
        message="No source gives an end of the interim order, and its application has been decided or is overdue. It "
        "counts as in force until the court says when it ended.",
        correction="Ask the court whether the application was decided, and when; enter the end.",
        note="An interim order is for a fixed period and ends when the main application is determined, ss.21(7) and "
        "28(7) (R13) [MSA-2015]. That it is overdue after 18 months is our assumption.",
        example="An interim STRO of 1 June 2022 without an end, release of 1 December 2024, no full order known.",
    ),
    doubt(
        "DISCHARGE",
        "Discharge that the court has not confirmed",
        when=status == "discharged",
        message="Only one source shows the order as discharged, or another contradicts it. It counts as in force "
        "until the court confirms the discharge.",
        correction="Ask the court whether it discharged the order, and when.",
        note="Only a court discharges an order, ss.20 and 27 (R16 to R18) [MSA-2015]; records are not always updated "
        "(E07) [IASC-2022].",
        example="PNC: discharged. PND: live. The last day is 31 March 2026, release of 1 December 2023.",
    ),
    doubt(
        "END",
        "Ended according to one source, in force according to another",
        when=status == "expired",
        message="The order has ended by the end date that the register holds, but the court, or as many sources, give "
        "a later end or none. It counts as in force until the court confirms the end.",
        correction="Ask the court for the end that it set.",
        note="A wrong end calls a person free who is bound (E08, E09) [IASC-2022; COLLEGE-STRO].",
        example="Court: ends 31 March 2023. PNC: ends 31 March 2025. No other source, release of 1 December 2023.",
    ),
    doubt(
        "TYPE",
        "May have been ended by a later order whose type is in doubt",
        when=pl.col("may_be_superseded"),
        message="By the types that the register holds, a later order of the same type has taken effect; but the court, "
        "or as many sources, give one of the two a different type, or one police source alone gives it. The earlier "
        "order counts as in force until the court confirms both types.",
        correction="Ask the court which type each order is; correct it where it is wrong.",
        note="Only a later order of the same type ends an order, ss.17(6) and 24(6) (R15), the latter read in part; a "
        "prevention order made as well as a risk order does not (R25) [MSA-2015; IASC-2022].",
        example="STRO of 1 March 2021. Court: STPO of 9 May 2022. PNC and PND: STRO of 9 May 2022.",
    ),
    doubt(
        "STATUS",
        "Shown as ended by a source that does not say what ended it",
        when=(status == "live") & ~is_refused,
        message="A source shows the order as withdrawn, no longer in force or possibly never made, or the application "
        "of an interim order as withdrawn, but not what ended the order. It counts as in force until the court says "
        "that it was never made, or when it ended.",
        correction="Ask the court whether the order was made, and whether anything has ended it.",
        note="Only its time, a discharge or a later order of its type ends an order, ss.17, 20, 24 and 27 [MSA-2015].",
        example="PND: withdrawn. PNC: live. The last day is 31 March 2026, release of 1 December 2023.",
    ),
    doubt(
        "DATES",
        "No date that shows whether the order is in force",
        when=status.is_in(["not_known", "not_started"]),
        message="No source gives a date of order, start or end that can be right. The order counts as in force "
        "until these are found.",
        correction="Ask the court for the dates of order, start and end.",
        note="Without dates the law says nothing of an order; doubt is on the side of the person protected (E10) "
        "[IASC-2022].",
        example="A PND document of an STRO with no dates at all; or one dated after the night.",
    ),
)
