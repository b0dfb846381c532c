"""Correction packs as tables: what was handed out, to whom, line by line. They lie beside the ledger of decisions.

Belongs here: the log and what a night reads of it. Does not: what became of the lines (`CORRECTION_LINES` of the
register).
"""

import polars as pl

from warehouse.schema import Column, Table

DISCLOSURE_ID = Column("disclosure_id", "Made of who, when, to whom, why and every line.", required=True)
REFERENCE = Column(
    "reference",
    "The line: `<order_id>/<discrepancy_id>`, the same in every pack and release while what is asked is the same.",
    required=True,
)
OWNER = Column(
    "owner",
    "Who was asked: `force:<code>`, `court:<code>`, `region:<code>` or `pnc_bureau`.",
    required=True,
)
ASKED = (
    Column("order_id", "The order as it was named then.", required=True),
    Column("discrepancy_id", "The discrepancy as it was named then.", required=True),
    Column("rule_code", "The rule that found it.", required=True),
    Column("field", "A column of `orders`, or `conditions`, `presence`, `duplicate`.", required=True),
    Column("source", "The source that holds or lacks the value; null where it is the order itself."),
    Column("handle", "Digest of what the record is known by from night to night; null for an absence."),
    Column("observed", "The value to be corrected, as text."),
    Column("expected", "The value asked for, as text."),
)

POLICY_ID = Column("policy_id", "The sending policy that let the line go without a steward; null: a steward did.")
VERDICTS = ("right", "wrong", "not_known")

DISAGREEMENTS = {
    "right_as_it_is": "our record is right",
    "not_ours": "not our record",
    "cannot_correct": "our system can't hold it",
}
"""Why an owner may disagree, by code, in the words of a pack."""

DISCLOSURES = Table(
    "disclosures",
    "a correction pack handed out: a disclosure in the sense of the Data Protection Act 2018, s.62(1)(d); never edited",
    (
        DISCLOSURE_ID,
        OWNER,
        Column(
            "recipient", "Who received it, as stated by the person who handed it out: s.62(3)(b)(ii).", required=True
        ),
        Column("reason", "The justification, in words: s.62(3)(a).", required=True),
        Column("disclosed_by", "Who handed it out: s.62(3)(b)(i).", required=True),
        Column("disclosed_at", "When: s.62(3)(a).", pl.Datetime("us", "UTC"), required=True),
        Column("release_id", "The release it was made of.", required=True),
        Column("marking", "The protective marking it bears.", required=True),
        Column("xlsx_sha256", "Digest of the workbook as it was written.", required=True),
        Column("csv_sha256", "Digest of the CSV file as it was written.", required=True),
    ),
    key=("disclosure_id",),
    sort_by=("disclosed_at", "disclosure_id"),
)

PACK_LINES = Table(
    "pack_lines",
    "a line of a correction pack that was handed out; never edited",
    (DISCLOSURE_ID, REFERENCE, *ASKED, POLICY_ID),
    key=("disclosure_id", "reference"),
)

SENDING_POLICIES = Table(
    "sending_policies",
    "what may go into packs without a steward, as an approver set it; the last row is in force; never edited",
    (
        Column("policy_id", "Made of all other columns.", required=True),
        Column("is_on", "Whether anything may go; false: the policy before was revoked.", pl.Boolean, required=True),
        Column("owners", "The owners it lets lines go to, as a JSON list; empty: all.", required=True),
        Column("fields", "The fields it lets go, as a JSON list; empty: all.", required=True),
        Column("least_confidence", "How sure the register must be, 0 to 1.", pl.Float64, required=True),
        Column("sampled_share", "The share of lines that a steward checks first, 0 to 1.", pl.Float64, required=True),
        Column("reason", "Why it was set.", required=True),
        Column("set_by", "The approver.", required=True),
        Column("set_at", "When.", pl.Datetime("us", "UTC"), required=True),
    ),
    key=("policy_id",),
    sort_by=("set_at", "policy_id"),
)

SAMPLE_CHECKS = Table(
    "sample_checks",
    "a line drawn into the sample of a sending policy, and what a steward found; never edited, the last one counts",
    (
        REFERENCE,
        Column("policy_id", "The policy that would have let it go.", required=True),
        *(column for column in ASKED if column.name != "handle"),
        Column("release_id", "The release that was checked.", required=True),
        Column("confidence", "How sure the register was.", pl.Float64),
        Column(
            "verdict",
            "right: the register is right, and the source wrong; wrong: the register is wrong; not_known.",
            required=True,
            codes=VERDICTS,
        ),
        Column("comment", "What it rests on, in words."),
        Column("checked_by", "The steward.", required=True),
        Column("checked_at", "When.", pl.Datetime("us", "UTC"), required=True),
    ),
    key=("reference", "checked_at"),
    sort_by=("checked_at", "reference"),
)

PACK_ANSWERS = Table(
    "pack_answers",
    "what an owner answered to a line of a pack; never edited, the last one counts",
    (
        DISCLOSURE_ID,
        REFERENCE,
        Column("corrected_on", "The day on which the owner corrected the record.", pl.Date),
        Column("disagrees_because", "Why the owner does not correct it, as a code.", codes=tuple(DISAGREEMENTS)),
        Column("value_now", "What the record holds now, as the owner states it."),
        Column("answered_by", "Who answered, as the workbook states."),
        Column("remarks", "What the owner added."),
        Column("received_by", "Who took the answer in.", required=True),
        Column("received_at", "When.", pl.Datetime("us", "UTC"), required=True),
        Column("file_sha256", "Digest of the file that held it.", required=True),
    ),
    key=("disclosure_id", "reference", "received_at"),
    sort_by=("received_at", "disclosure_id", "reference"),
)

ASKED_CORRECTIONS = Table(
    "asked_corrections",
    "a correction that an owner was asked for in packs of earlier releases, as a night reads it from the log",
    (
        REFERENCE,
        OWNER,
        *ASKED,
        Column("handed_out_on", "The day it was first handed out, in London.", pl.Date, required=True),
        Column("last_handed_out_on", "The day it was last handed out.", pl.Date, required=True),
        Column("times_handed_out", "In how many packs.", pl.Int64, required=True, minimum=1),
    ),
    key=("reference",),
)
