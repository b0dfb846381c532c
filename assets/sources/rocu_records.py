"""Rows of the regional returns in the canonical shape.

Belongs here: what the fields of a return mean. Does not: workbooks, layouts and which rows count (`rocu`).
"""

from collections.abc import Mapping
from datetime import date
from functools import partial

import polars as pl

from assets.parsing.checks import (
    CONDITION_CHECK,
    NAME_CHECKS,
    OFFENCE_CHECK,
    STATUS_CHECK,
    asn_checks,
    basis_check,
    birth_check,
    court_check,
    cro_checks,
    date_check,
    doubt_check,
    force_check,
    pnc_id_checks,
    sex_check,
)
from assets.parsing.condition_cells import split_conditions
from assets.parsing.courts import add_court
from assets.parsing.date_forms import HAND_TYPED
from assets.parsing.forces import add_force
from assets.parsing.identifiers import read_asn, read_cro_number, read_pnc_id
from assets.parsing.names import one_text, other_name_rows, read_name
from assets.parsing.offences import add_offence
from assets.parsing.orders import END_IN_SENTENCE, read_orders
from assets.parsing.records import (
    as_one,
    as_sent,
    coded,
    condition_rows,
    core_tables,
    in_sequence,
    record_columns,
    runs_on,
    with_birth,
    with_dates,
)
from assets.parsing.rejections import Check, collect_rejected, rejected_values, show_partial_dates
from assets.parsing.short_answers import read_sex, read_yes_no
from assets.parsing.terms import BARE_NUMBER, is_until_determination, is_until_further_order, read_term
from assets.parsing.unmade_rows import recorded_status
from assets.parsing.words import known
from assets.sources.rocu_formulas import SHEET_ROW, part_failed
from reconciliation.date_arithmetic import months_after
from warehouse.codes import codes
from warehouse.sources import delivered_on

# `Interim?` is answered by yes or no, `Interim/Full` by the word or its first letter.
INTERIM_CODES = {
    **dict.fromkeys(("I", "INT", "INT.", "INTERIM", "Y", "YES", "TRUE", "INTERIM ORDER"), True),
    **dict.fromkeys(("F", "FULL", "FINAL", "N", "NO", "FALSE", "FULL ORDER"), False),
}
BREACH_COUNTS = {"NONE": 0, "NO": 0, "N": 0, "FALSE": 0, "NIL": 0}
ORDER_DATES = ("made_on", "start_on", "end_on")
CUSTODY_FORCE = r"^(\w{2})/"
A_DATE = "a whole date, as an Excel date or as dd/mm/yyyy"
UNREAD_LENGTH = pl.when(pl.col("term_months").is_null()).then("length_alone")
WHOLE_NUMBER = r"^\d{1,4}$"
DAYS_OF_MONTH = 31
MONTHS_A_YEAR = 12

PERSON_CHECKS = (
    birth_check("sent_date_of_birth", A_DATE),
    *NAME_CHECKS,
    sex_check("sent_sex"),
    *pnc_id_checks("sent_pnc_id"),
    *cro_checks("sent_cro_number"),
    force_check("sent_force"),
)
ORDER_CHECKS = (
    *PERSON_CHECKS,
    *(date_check(field, f"sent_{field}", A_DATE) for field in ORDER_DATES),
    Check("order_type", "sent_order_type", "unknown_code", "the words or letters for STRO, STPO, TERO or TEPO"),
    doubt_check("sent_order_type"),
    basis_check("sent_order_type"),
    Check(
        "is_interim",
        "sent_interim",
        "unknown_code",
        "interim or full",
        pl.col("sent_interim").is_not_null() & pl.col("stated_interim").is_null(),
    ),
    Check(
        "term_months",
        "sent_length",
        "bad_format",
        "a length as `3 years` or `18 months`, or `UFO`",
        (~is_until_further_order(UNREAD_LENGTH) & ~is_until_determination(UNREAD_LENGTH))
        | (pl.col("end_in_length").is_not_null() & (pl.col("sent_end_on") != pl.col("end_in_length"))),
    ),
    Check("term_months", "sent_length_months", "bad_format", "a whole number of months"),
    court_check("sent_court"),
    STATUS_CHECK,
    Check("is_county_lines", "sent_county_lines", "unknown_code", "Y or N"),
    Check("breach_count", "sent_breaches", "bad_format", "a whole number"),
)
ARREST_CHECKS = (
    *PERSON_CHECKS,
    date_check("arrested_on", "sent_arrested_on", A_DATE),
    OFFENCE_CHECK,
    *asn_checks("sent_asn"),
)


def standardise(raw: Mapping[str, pl.LazyFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """The regional returns' core tables; see `assets.sources.contract.Source.records`."""
    sent_orders, failed_in_orders = part_failed(as_sent(raw["raw_rocu__orders"], exact=("sheet_name", "conditions")))
    sent_arrests, failed_in_arrests = part_failed(as_sent(raw["raw_rocu__arrests"], exact=("sheet_name",)))
    people = as_one([sent_orders, sent_arrests], partial(_people, as_of=as_of))
    orders, arrests = _orders(people[0]), _arrests(people[1])
    conditions = _conditions(orders)
    rejected = [
        failed_in_orders,
        failed_in_arrests,
        rejected_values(orders, ORDER_CHECKS),
        rejected_values(conditions, [CONDITION_CHECK]),
        rejected_values(arrests, ARREST_CHECKS),
    ]
    return core_tables(
        orders=orders,
        conditions=conditions,
        aliases=pl.concat([other_name_rows(orders), other_name_rows(arrests)]),
        arrests=arrests,
        rejected=show_partial_dates(collect_rejected(rejected)),
    )


def _people(sent: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add record keys and the person; numbers that Excel holds lose the `.0` that other programs add."""
    texts = ("sent_conditions", "sent_sheet_name")
    numbers = [name for name in sent.columns if name.startswith("sent_") and name not in texts]
    rows = sent.with_columns(pl.col(numbers).str.replace(r"^(\d+)\.0+$", "$1"), *record_columns("rocu", SHEET_ROW))
    name = one_text(surname=pl.col("sent_surname"), forenames=pl.col("sent_forenames"), name=pl.col("sent_name"))
    people = rows.with_columns(
        name=read_name(name),
        pnc=read_pnc_id(pl.col("sent_pnc_id"), this_year=as_of.year),
        cro=read_cro_number(pl.col("sent_cro_number")),
        sex=read_sex(pl.col("sent_sex")),
    )
    people = people.unnest("name", "pnc", "cro")
    return with_birth(people, "sent_date_of_birth", forms=HAND_TYPED, this_year=as_of.year)


def _orders(people: pl.DataFrame) -> pl.DataFrame:
    kinds = (
        read_orders(people.get_column("sent_order_type"))
        .drop("ends_another")
        .rename({"text": "sent_order_type", "is_interim": "named_interim"})
    )
    is_open = pl.any_horizontal(is_until_further_order(pl.col(f"sent_{field}")) for field in ("end_on", "length"))
    dated = {field: pl.col(f"sent_{field}") for field in ORDER_DATES}
    dated["end_on"] = pl.coalesce("sent_end_on", "end_in_length")
    typed = people.join(kinds, on="sent_order_type", how="left", maintain_order="left").with_columns(
        # `2 years, until 9 May 2025`
        end_in_length=pl.col("sent_length").str.extract(END_IN_SENTENCE),
        length_alone=known(pl.col("sent_length").str.replace(END_IN_SENTENCE, "").str.strip_chars(" ,;:-–()")),
    )
    rows = with_dates(typed, dated, forms=HAND_TYPED).with_columns(
        stated_interim=coded("sent_interim", INTERIM_CODES),
        term_months=_stated_length(),
        is_county_lines=read_yes_no(pl.col("sent_county_lines")),
        breach_count=_breaches(),
        recorded_status=recorded_status(pl.col("sent_status")),
        recorded_on=delivered_on.dt.month_end(),  # a return states how things are at the end of its month
        court_as_written=pl.col("sent_court"),
        force_as_written=pl.col("sent_force"),
        occurrence_ref=pl.col("sent_occurrence_ref"),
    )
    judged = rows.with_columns(
        is_interim=_is_interim(),
        is_until_further_order=runs_on(is_open),
    )
    return add_force(add_court(judged.with_columns(term_months=_length())))


def _stated_length() -> pl.Expr:
    """The length in months: of both columns together where one holds the years and the other the months beyond them.

    Where they contradict each other neither counts. No order is made for no months.
    """
    sent = pl.col("sent_length_months")
    length, months = (
        pl.when(term > 0).then(term)
        for term in (
            read_term(pl.col("length_alone")),
            pl.coalesce(_whole_number("sent_length_months"), read_term(sent)),
        )
    )
    is_beyond = (months < MONTHS_A_YEAR) & (length % MONTHS_A_YEAR == 0)
    both = pl.when(is_beyond).then(length + months).when(length == months).then(months)
    return pl.when(length.is_not_null() & months.is_not_null()).then(both).otherwise(pl.coalesce(months, length))


def _length() -> pl.Expr:
    """The length, that of a bare number by the dates where they show whether it is of years or of months.

    Else a bare number says nothing of an interim order: courts fix those in weeks and months, and `6` is not six years.
    """
    bare = pl.col("length_alone").str.extract(BARE_NUMBER).cast(pl.Int64, strict=False)
    began = pl.coalesce("start_on", "made_on")
    by_dates = [
        pl.when((months_after(began, months) - pl.col("end_on")).dt.total_days().abs() <= DAYS_OF_MONTH).then(months)
        for months in (bare * 12, bare)
    ]
    is_unclear = bare.is_not_null() & pl.col("is_interim").fill_null(value=False)
    return pl.coalesce(*by_dates, pl.when(~is_unclear).then("term_months"))


def _is_interim() -> pl.Expr:
    """The column for it if the layout has one; without it, or where the type itself says interim, the type's words.

    A blank cell in a column for it says nothing; a layout without the column writes `Interim STRO` where it is one.
    """
    is_asked = ~pl.col("sent_absent_fields").str.split("|").list.contains("interim").fill_null(value=False)
    return pl.coalesce("stated_interim", pl.when(~is_asked | pl.col("named_interim")).then("named_interim"))


def _whole_number(sent: str) -> pl.Expr:
    return pl.when(pl.col(sent).str.contains(WHOLE_NUMBER)).then(pl.col(sent).cast(pl.Int64, strict=False))


def _breaches() -> pl.Expr:
    """A number; `Y` says that there were some and not how many."""
    words = (
        pl.col("sent_breaches").str.to_uppercase().replace_strict(BREACH_COUNTS, default=None, return_dtype=pl.Int64)
    )
    return pl.coalesce(_whole_number("sent_breaches"), words)


def _conditions(orders: pl.DataFrame) -> pl.DataFrame:
    cells = orders.select("record_id", "source", "source_key", text="sent_conditions")
    return condition_rows(in_sequence(split_conditions(cells)))


def _arrests(people: pl.DataFrame) -> pl.DataFrame:
    """Arrests; without a column for the force, the force is the one whose code begins the custody reference."""
    prefix = pl.col("sent_custody_ref").str.extract(CUSTODY_FORCE)
    rows = with_dates(people, {"arrested_on": pl.col("sent_arrested_on")}, forms=HAND_TYPED).with_columns(
        asn=read_asn(pl.col("sent_asn")),
        offence_as_written=pl.col("sent_offence"),
        custody_ref=pl.col("sent_custody_ref"),
        disposal=pl.col("sent_disposal"),
        force_as_written=pl.coalesce("sent_force", pl.when(prefix.is_in(codes("forces"))).then(prefix)),
    )
    return add_force(add_offence(rows.unnest("asn")))
