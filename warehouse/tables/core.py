"""The core layer: one canonical shape for all sources. `core_<source>__orders` and its companions."""

import polars as pl

from warehouse.codes import CONDITION_CODES, COURT_CODES, FORCE_CODES, OFFENCE_CODES
from warehouse.identifiers import ASN_PATTERN, CRO_PATTERN, PNC_ID_PATTERN
from warehouse.schema import Column, Table
from warehouse.sources import SOURCE_NAMES

RECORD_ID = pl.concat_str("source", "source_key", separator=":")
"""The id of a record in all tables, for those that hold its two parts."""
ORDER_TYPES = ("STRO", "STPO", "TERO", "TEPO")
RECORDED_STATUSES = ("live", "expired", "discharged", "withdrawn", "superseded", "ended")
RESULT_STATES = ("FINAL", "AMENDED", "WITHDRAWN")
SEXES = ("M", "F")

RECORD = (
    Column("record_id", "The record: `<source>:<source_key>`.", required=True),
    Column("source", "The system that holds it.", required=True, codes=SOURCE_NAMES),
    Column(
        "source_key",
        "PNC recno or ASN; PND record_id; court result_id; ROCU `<file>#<sheet>#<row>`.",
        required=True,
    ),
    Column("delivery_id", "The delivery it came in.", required=True),
    Column("file_name", "Name of the file as it was sent.", required=True),
    Column("row_number", "Row in the file as a person counts it.", pl.Int64, required=True, minimum=1),
)

PERSON = (
    Column("forenames", "Forenames in reading case, diacritics kept where the source has them."),
    Column("surname", "Surname in reading case, diacritics kept where the source has them."),
    Column("forenames_folded", "Forenames in ASCII capitals, one space between names, no other signs."),
    Column("surname_folded", "Surname in ASCII capitals, one space between parts, no other signs."),
    Column("date_of_birth", "Date of birth where the day is known.", pl.Date, minimum="1900-01-01"),
    Column("birth_year", "Year of birth, known for partial dates too.", pl.Int64, minimum=1900),
    Column("birth_month", "Month of birth, known for partial dates too.", pl.Int64, minimum=1, maximum=12),
    Column(
        "is_birth_placeholder",
        "The date of birth looks like a filler: 1 January, or a date that its office gives to too many people to be true.",
        pl.Boolean,
        required=True,
    ),
    Column("sex", "M or F; null if not known.", codes=SEXES),
    Column(
        "pnc_id",
        "PNC id in the long form `YYYY/NNNNNNNL`, also where its check letter is wrong.",
        pattern=PNC_ID_PATTERN,
    ),
    Column("is_pnc_id_valid", "The check letter of the PNC id is right; null without an id.", pl.Boolean),
    Column("cro_number", "CRO number in its canonical form; dummies are null.", pattern=CRO_PATTERN),
    Column("is_cro_valid", "The check letter of the CRO number is right; null without a number.", pl.Boolean),
)

CORE_ORDERS = Table(
    "core__orders",
    "an order as one source records it, in the canonical shape",
    RECORD
    + PERSON
    + (
        Column("order_type", "STRO, STPO, TERO or TEPO.", codes=ORDER_TYPES),
        Column("is_interim", "The record says it is an interim order; null where it does not say.", pl.Boolean),
        Column("made_on", "Day the court made the order.", pl.Date),
        Column("start_on", "Day the order takes effect.", pl.Date),
        Column("end_on", "Last day of the order as recorded; null if none is given.", pl.Date),
        Column(
            "is_until_further_order",
            "The order runs until further order; null where the end is not known.",
            pl.Boolean,
        ),
        Column("term_months", "Length in months as recorded.", pl.Int64, minimum=0),
        Column(
            "court_code",
            "Code of the court (organisation unit, or a local code outside England and Wales).",
            codes=COURT_CODES,
        ),
        Column("court_as_written", "The court as the source writes it."),
        Column(
            "court_score",
            "How well the written court fits the code, 0 to 100.",
            pl.Float64,
            minimum=0,
            maximum=100,
        ),
        Column(
            "force_code",
            "Code of the force that holds the order, legacy codes brought up to date.",
            codes=FORCE_CODES,
        ),
        Column("force_as_written", "The force, or the applicant, as the source writes it."),
        Column(
            "recorded_status",
            "Status as recorded: live, expired, discharged, withdrawn (by somebody, of something: no discharge), superseded, ended (no longer in force, no word on why).",
            codes=RECORDED_STATUSES,
            title="Status",
        ),
        Column(
            "result_state",
            "Courts only: FINAL, AMENDED or WITHDRAWN.",
            codes=RESULT_STATES,
            title="State of the court result",
        ),
        Column("amends_source_key", "Courts only: the result that this one amends."),
        Column("applicant_code", "Courts only: who applied for the order, a force or an agency.", codes=FORCE_CODES),
        Column("case_urn", "Courts only: unique reference of the case.", title="Case reference"),
        Column("occurrence_ref", "Occurrence reference of the force or region.", title="Occurrence reference"),
        Column("is_county_lines", "Marked as linked to county lines; null where it does not say.", pl.Boolean),
        Column("breach_count", "Breaches recorded.", pl.Int64, minimum=0, title="Breaches recorded"),
        Column("recorded_on", "Day the source last touched the record.", pl.Date, title="Record last touched on"),
    ),
    key=("record_id",),
)

CORE_ALIASES = Table(
    "core__aliases",
    "another name under which a source holds the subject of an order or arrest",
    (
        RECORD[0],
        Column("forenames", "Forenames in reading case."),
        Column("surname", "Surname in reading case."),
        Column("forenames_folded", "Forenames in ASCII capitals."),
        Column("surname_folded", "Surname in ASCII capitals."),
        Column("date_of_birth", "Date of birth given with the alias.", pl.Date),
    ),
    key=("record_id", "surname_folded", "forenames_folded"),
)

CORE_CONDITIONS = Table(
    "core__conditions",
    "one condition of an order as one source words it, coded to the catalogue",
    (
        RECORD[0],
        Column("sequence", "Place of the condition in the record, from 1.", pl.Int64, required=True, minimum=1),
        Column("text", "The condition as worded.", required=True),
        Column(
            "condition_code",
            "Code in the catalogue; null if no wording fits well enough.",
            codes=CONDITION_CODES,
        ),
        Column(
            "match_score",
            "How well the wording fits the catalogue, 0 to 100.",
            pl.Float64,
            minimum=0,
            maximum=100,
        ),
        Column(
            "is_cut",
            "The source cuts conditions at a length and this one reaches it.",
            pl.Boolean,
            required=True,
        ),
    ),
    key=("record_id", "sequence"),
)

CORE_ARRESTS = Table(
    "core__arrests",
    "an arrest as one source records it, in the canonical shape",
    RECORD
    + PERSON
    + (
        Column("arrested_on", "Day of the arrest.", pl.Date),
        Column("offence_code", "CJS offence code.", codes=OFFENCE_CODES),
        Column("offence_as_written", "Offence code or title as the source writes it."),
        Column(
            "offence_score",
            "How well the written offence fits the code, 0 to 100.",
            pl.Float64,
            minimum=0,
            maximum=100,
        ),
        Column("asn", "Arrest/summons number, 20 characters; dummies are null.", pattern=ASN_PATTERN),
        Column("is_asn_valid", "The check letter of the ASN is right; null without a number.", pl.Boolean),
        Column("custody_ref", "Custody reference of the force."),
        Column("force_code", "Code of the arresting force.", codes=FORCE_CODES),
        Column("disposal", "What became of the arrest, as recorded."),
    ),
    key=("record_id",),
)

CORE_REJECTED_VALUES = Table(
    "core__rejected_values",
    "a value that could not be read as what its column holds: the row is kept, the value is null here",
    (
        RECORD[0],
        Column("source", "The system that holds it.", required=True, codes=SOURCE_NAMES),
        Column("source_key", "Key of the record in its source.", required=True),
        Column("field", "The core column that stays empty.", required=True),
        Column("value", "The value as sent, at most 200 characters."),
        Column(
            "reason_code",
            "unknown_code, unreadable_date, partial_date, impossible_date, check_letter, dummy, impossible_year, "
            "beside_name (in the cell of a name, and neither a name nor used), bad_format, too_long or formula_failed.",
            required=True,
        ),
        Column("expected", "What was expected, in words.", required=True),
    ),
    key=("record_id", "field", "reason_code", "value"),
)

CORE_TABLES = (CORE_ORDERS, CORE_ALIASES, CORE_CONDITIONS, CORE_ARRESTS, CORE_REJECTED_VALUES)


def core_table(source: str, table: Table) -> Table:
    """The core table of one source: `core__orders` becomes `core_pnc__orders`."""
    return table.renamed(table.name.replace("core__", f"core_{source}__"))
