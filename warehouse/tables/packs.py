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
    (DISCLOSURE_ID, REFERENCE, *ASKED),
    key=("disclosure_id", "reference"),
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
