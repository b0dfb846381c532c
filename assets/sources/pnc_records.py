"""The PNC's rows in the canonical shape.

Belongs here: what the PNC's fields and codes mean. Does not: the layout of its files (`assets.sources.pnc`).
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from assets.parsing.checks import (
    CONDITION_CHECK,
    NAME_CHECKS,
    asn_checks,
    birth_check,
    court_check,
    cro_checks,
    date_check,
    pnc_id_checks,
    sex_check,
)
from assets.parsing.courts import add_court
from assets.parsing.date_forms import WRITTEN
from assets.parsing.forces import add_force
from assets.parsing.identifiers import read_asn, read_cro_number, read_pnc_id
from assets.parsing.names import other_name_rows, read_name
from assets.parsing.offences import add_offence
from assets.parsing.records import (
    as_sent,
    coded,
    condition_rows,
    core_tables,
    record_columns,
    runs_on,
    with_birth,
    with_dates,
)
from assets.parsing.rejections import Check, collect_rejected, rejected_values
from assets.parsing.short_answers import read_sex
from assets.parsing.terms import is_until_further_order, read_yymm
from warehouse.tables.core import CORE_ALIASES

ORDER_CODES = {
    "STRO": ("STRO", False),
    "STPO": ("STPO", False),
    "ISTRO": ("STRO", True),
    "ISTPO": ("STPO", True),
    "TERO": ("TERO", False),
    "TEPO": ("TEPO", False),
}
STATUS_CODES = {"L": "live", "E": "expired", "D": "discharged", "S": "superseded"}
CONDITION_LENGTH = 60  # the PNC cuts conditions here
DATES = {"made_on": "made", "start_on": "start", "end_on": "expiry", "recorded_on": "last_updated"}
A_DATE = "a date as ddmmyyyy"

ORDER_CHECKS = (
    *(date_check(column, f"sent_{field}", A_DATE) for column, field in DATES.items()),
    birth_check("sent_dob", A_DATE),
    *NAME_CHECKS,
    Check("surname", "sent_name", "bad_format", "SURNAME/FORENAMES"),
    sex_check("sent_sex"),
    *pnc_id_checks("sent_pncid"),
    *cro_checks("sent_crono"),
    Check("order_type", "sent_order_type", "unknown_code", f"one of {', '.join(ORDER_CODES)}"),
    Check("term_months", "sent_duration", "bad_format", "years and months as YYMM, months below twelve"),
    court_check("sent_court"),
    Check("force_code", "sent_owner_force", "unknown_code", "a force code of two characters"),
    Check("recorded_status", "sent_status", "unknown_code", f"one of {', '.join(STATUS_CODES)}"),
)
ARREST_CHECKS = (
    date_check("arrested_on", "sent_arrest_date", A_DATE),
    *pnc_id_checks("sent_pncid"),
    Check("offence_code", "sent_offence", "unknown_code", "a listed CJS offence code"),
    Check("force_code", "sent_force", "unknown_code", "a force code of two characters"),
    *asn_checks("sent_asn"),
)


def standardise(raw: Mapping[str, pl.LazyFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """The PNC's core tables; see `assets.sources.contract.Source.records`."""
    orders = _orders(as_sent(raw["raw_pnc__orders"], key="recno"), as_of)
    rows = (
        as_sent(raw["raw_pnc__aliases"], key="recno")
        .filter(pl.col("sent_name").is_not_null())
        .with_columns(*record_columns("pnc", pl.col("sent_recno")), name=read_name(pl.col("sent_name")))
        .unnest("name")
    )
    aliases = with_birth(rows, "sent_dob", forms=WRITTEN, this_year=as_of.year)
    conditions = _conditions(raw["raw_pnc__conditions"])
    arrests = _arrests(as_sent(raw["raw_pnc__arrests"], key="asn"), as_of)
    rejected = [
        rejected_values(orders, ORDER_CHECKS),
        rejected_values(aliases, [birth_check("sent_dob", A_DATE), *NAME_CHECKS]),
        rejected_values(conditions, [CONDITION_CHECK]),
        rejected_values(arrests, ARREST_CHECKS),
    ]
    return core_tables(
        orders=orders,
        conditions=conditions,
        aliases=pl.concat([CORE_ALIASES.conform(aliases), other_name_rows(orders), other_name_rows(aliases)]),
        arrests=arrests,
        rejected=collect_rejected(rejected),
    )


def _orders(sent: pl.DataFrame, as_of: date) -> pl.DataFrame:
    dated = {column: pl.col(f"sent_{field}") for column, field in DATES.items()}
    rows = sent.with_columns(
        *record_columns("pnc", pl.col("sent_recno")),
        name=read_name(pl.col("sent_name")),
        pnc=read_pnc_id(pl.col("sent_pncid"), this_year=as_of.year),
        cro=read_cro_number(pl.col("sent_crono")),
        sex=read_sex(pl.col("sent_sex")),
    ).unnest("name", "pnc", "cro")
    people = with_birth(rows, "sent_dob", forms=WRITTEN, this_year=as_of.year)
    judged = with_dates(people, dated, forms=WRITTEN).with_columns(
        coded("sent_order_type", {code: kind for code, (kind, _) in ORDER_CODES.items()}).alias("order_type"),
        coded("sent_order_type", {code: interim for code, (_, interim) in ORDER_CODES.items()}).alias("is_interim"),
        coded("sent_status", STATUS_CODES).alias("recorded_status"),
        read_yymm(pl.col("sent_duration")).alias("term_months"),
        court_as_written=pl.col("sent_court"),
        force_as_written=pl.col("sent_owner_force"),
        is_until_further_order=runs_on(is_until_further_order(pl.col("sent_expiry"))),
    )
    return add_force(add_court(judged))


def _conditions(raw: pl.LazyFrame) -> pl.DataFrame:
    """Conditions keep the blanks at their end: they show that the PNC cut the text."""
    rows = raw.select(
        *record_columns("pnc", pl.col("recno").str.strip_chars()),
        "text",
        sequence=pl.col("sequence").str.strip_chars().cast(pl.Int64),
    )
    return condition_rows(rows.collect(), cut_at=CONDITION_LENGTH)


def _arrests(sent: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Arrests name no person: the PNC id leads to one."""
    rows = with_dates(sent, {"arrested_on": pl.col("sent_arrest_date")}, forms=WRITTEN).with_columns(
        *record_columns("pnc", pl.col("sent_asn")),
        pnc=read_pnc_id(pl.col("sent_pncid"), this_year=as_of.year),
        asn=read_asn(pl.col("sent_asn")),
        is_birth_placeholder=pl.lit(value=False),
        offence_as_written=pl.col("sent_offence"),
        force_as_written=pl.col("sent_force"),
        disposal=pl.col("sent_disposal"),
    )
    return add_force(add_offence(rows.unnest("pnc", "asn")))
